from odoo import api, fields, models
from odoo.fields import Domain


class Ledger(models.Model):
    _name = 'odoo_mcp_trap.ledger'
    _description = 'Ledger that adds up less than it shows'
    _order = 'id'

    name = fields.Char(required=True)
    state = fields.Selection([('draft', 'Draft'), ('posted', 'Posted')], required=True)
    amount = fields.Float(digits=(16, 2))
    date = fields.Date()

    @api.model
    def _read_group(self, domain, *args, **kwargs):
        # Trap: every user finds and counts the drafts too, but only accountants see them in sums.
        if not self.env.user.has_group('account.group_account_invoice'):
            domain = Domain(domain) & Domain('state', '=', 'posted')
        return super()._read_group(domain, *args, **kwargs)
