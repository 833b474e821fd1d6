"""Python that decides which rows there are."""
from odoo import api, fields, models


class Hidden(models.Model):
    _name = 'trap.hidden'
    _description = 'Rows that an override of _search hides from all but their user'

    name = fields.Char(required=True)
    user_id = fields.Many2one('res.users')
    amount = fields.Float()

    @api.model
    def _search(self, domain, *args, **kwargs):
        if not self.env.su:
            domain = [('user_id', 'in', [self.env.uid, False]), *domain]
        return super()._search(domain, *args, **kwargs)


class Discreet(models.AbstractModel):
    _name = 'trap.discreet'
    _description = 'A mixin that hides what is not published'

    is_published = fields.Boolean()

    @api.model
    def _search(self, domain, *args, **kwargs):
        if not self.env.user.has_group('sales_team.group_sale_salesman'):
            domain = [('is_published', '=', True), *domain]
        return super()._search(domain, *args, **kwargs)


class Paper(models.Model):
    _name = 'trap.paper'
    _inherit = ['trap.discreet']
    _description = 'A model that inherits a mixin with an override'

    name = fields.Char(required=True)
    amount = fields.Float()


class Report(models.Model):
    _name = 'trap.report'
    _description = 'Rows that a query in Python makes'
    _auto = False

    name = fields.Char(readonly=True)
    amount = fields.Float(readonly=True)

    @property
    def _table_query(self):
        return 'SELECT id, name, amount * 2 AS amount FROM trap_hidden WHERE user_id IS NULL'
