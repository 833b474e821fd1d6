"""Rules that lead into Python."""
from odoo import fields, models


class Called(models.Model):
    _name = 'trap.called'
    _description = 'A rule that calls a method'

    name = fields.Char(required=True)
    level = fields.Integer()


class Searched(models.Model):
    _name = 'trap.searched'
    _description = 'A rule through a computed field with a search method'

    name = fields.Char(required=True)
    user_id = fields.Many2one('res.users')
    is_mine = fields.Boolean(compute='_compute_is_mine', search='_search_is_mine')

    def _compute_is_mine(self):
        for record in self:
            record.is_mine = record.user_id in (self.env.user, self.env['res.users'])

    def _search_is_mine(self, operator, value):
        if operator != 'in':
            return NotImplemented
        mine = [('user_id', 'in', [self.env.uid, False])]
        return mine if True in value else ['!', *mine]
