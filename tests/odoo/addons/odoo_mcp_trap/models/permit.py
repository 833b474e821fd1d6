from odoo import fields, models


class Permit(models.Model):
    _name = 'odoo_mcp_trap.permit'
    _description = 'Permit with a rule that calls a method'
    _order = 'id'

    # Trap: the rule of security/rules.xml is no domain but an expression that makes one of the user's groups.
    name = fields.Char(required=True)
    public = fields.Boolean()
