from odoo import fields, models


class Shelf(models.Model):
    _name = 'odoo_mcp_trap.shelf'
    _description = 'Shelf that is kept elsewhere'
    # Trap: the table that its name suggests is the one of another model.
    _table = 'odoo_mcp_trap_regal'
    _order = 'rank desc, name'

    name = fields.Char(required=True)
    rank = fields.Integer()


class Decoy(models.Model):
    _name = 'odoo_mcp_trap.decoy'
    _description = 'What lies where shelves should'
    _table = 'odoo_mcp_trap_shelf'

    name = fields.Char(required=True)
    rank = fields.Integer()
