from odoo import fields, models


class Report(models.Model):
    _name = 'odoo_mcp_grumble.report'
    _description = 'Rows that a query in Python makes'
    _auto = False

    name = fields.Char(readonly=True)
    weight = fields.Integer(readonly=True)

    @property
    def _table_query(self):
        return 'SELECT id, name, weight * 2 AS weight FROM odoo_mcp_grumble_grumble WHERE id > 1'
