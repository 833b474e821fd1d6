from odoo import api, fields, models


class Dossier(models.Model):
    _name = 'odoo_mcp_trap.dossier'
    _description = 'Dossier with a rule through a computed field'
    _order = 'id'

    name = fields.Char(required=True)
    reader_ids = fields.Many2many('res.users')
    # Trap: the rule of security/rules.xml asks this field, which has no column: its domain is made in Python.
    is_mine = fields.Boolean(compute='_compute_is_mine', search='_search_is_mine')

    @api.depends_context('uid')
    @api.depends('reader_ids')
    def _compute_is_mine(self):
        for dossier in self:
            dossier.is_mine = not dossier.reader_ids or self.env.user in dossier.reader_ids

    def _search_is_mine(self, operator, value):
        if operator != 'in':
            return NotImplemented
        return ['|', ('reader_ids', '=', False), ('reader_ids', 'in', [self.env.uid])]
