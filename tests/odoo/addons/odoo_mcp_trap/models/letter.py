from odoo import api, fields, models
from odoo.fields import Domain


class Discreet(models.AbstractModel):
    _name = 'odoo_mcp_trap.discreet'
    _description = 'What leaders of the sales team may find'

    discreet = fields.Boolean()

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        # Trap: the model that inherits this has no line of Python about it.
        if not self.env.su and not bypass_access and \
                not self.env.user.has_group('sales_team.group_sale_salesman_all_leads'):
            domain = Domain(domain) & Domain('discreet', '=', False)
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)


class Letter(models.Model):
    _name = 'odoo_mcp_trap.letter'
    _inherit = 'odoo_mcp_trap.discreet'
    _description = 'Letter'
    _order = 'id'

    name = fields.Char(required=True)
