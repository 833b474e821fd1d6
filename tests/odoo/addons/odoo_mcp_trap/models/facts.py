"""What Python says of tables and fields, and SQL can follow once it is known."""
from odoo import fields, models


class Parent(models.Model):
    _name = 'trap.parent'
    _description = 'Lines with a domain and without active_test'
    _order = 'sequence desc, id'

    name = fields.Char(required=True)
    sequence = fields.Integer()
    line_ids = fields.One2many('trap.line', 'parent_id', domain=[('kind', '=', 'shown')], context={'active_test': False})
    all_line_ids = fields.One2many('trap.line', 'parent_id')


class Line(models.Model):
    _name = 'trap.line'
    _description = 'A line'
    _order = 'parent_id, name desc, id'

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    kind = fields.Selection([('shown', 'Shown'), ('kept', 'Kept back')])
    parent_id = fields.Many2one('trap.parent', required=True)
    amount = fields.Float(digits=(12, 3))
    wage = fields.Float(groups='account.group_account_manager')
    rate = fields.Float(aggregator='avg')
    hidden_id = fields.Many2one('trap.hidden')


class Tabled(models.Model):
    _name = 'trap.tabled'
    _table = 'trap_of_another_name'
    _description = 'A table of another name'
    _rec_name = 'title'

    title = fields.Char(required=True)
    amount = fields.Float()


class Valued(models.Model):
    _name = 'trap.valued'
    _description = 'Values by company and by language'

    name = fields.Char(required=True, translate=True)
    price = fields.Float(company_dependent=True)
    note = fields.Char(company_dependent=True)
    account_id = fields.Many2one('account.account', company_dependent=True)
