"""Python that decides what groups hold."""
from odoo import api, fields, models


class Grouped(models.Model):
    _name = 'trap.grouped'
    _description = 'Groups from which an override leaves records out'

    name = fields.Char(required=True)
    kind = fields.Selection([('a', 'First'), ('b', 'Second')])
    amount = fields.Float()

    @api.model
    def _read_group(self, domain, *args, **kwargs):
        if not self.env.user.has_group('account.group_account_manager'):
            domain = [('amount', '<', 100), *domain]
        return super()._read_group(domain, *args, **kwargs)
