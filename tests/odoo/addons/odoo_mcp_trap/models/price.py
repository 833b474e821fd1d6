from odoo import fields, models


class Price(models.Model):
    _name = 'odoo_mcp_trap.price'
    _description = 'Price with another value in each company and another name in each language'
    # Trap: by the name in the caller's language.
    _order = 'name, id'

    name = fields.Char(required=True, translate=True)
    # Trap: the value of the caller's first company, else the default that an administrator gave it.
    rate = fields.Float(company_dependent=True)
    note = fields.Char(company_dependent=True)
    partner_id = fields.Many2one('res.partner', company_dependent=True)
