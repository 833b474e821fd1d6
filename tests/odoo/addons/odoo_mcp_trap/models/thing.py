from odoo import api, fields, models
from odoo.fields import Domain


class Thing(models.Model):
    _name = 'odoo_mcp_trap.thing'
    _description = 'Thing that only some may find'
    _order = 'name, id'

    name = fields.Char(required=True)
    hidden = fields.Boolean()
    owner_id = fields.Many2one('res.users')
    company_id = fields.Many2one('res.company')
    active = fields.Boolean(default=True)
    amount = fields.Float(digits=(16, 2))
    # Trap: who is no salesperson must not read it, search by it, order, group or add it up.
    margin = fields.Integer(groups='sales_team.group_sale_salesman')
    # Trap: archived parts are among its ids, parts of another kind are not; the table has both.
    spare_ids = fields.One2many(
        'odoo_mcp_trap.part', 'thing_id', domain=[('kind', '=', 'spare')], context={'active_test': False})
    part_ids = fields.One2many('odoo_mcp_trap.part', 'thing_id')

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        # Trap: no rule tells that hidden things are found by their owner alone, by nobody else, by no count and
        # in no group, and that a path from another model leads to them for the same people only.
        if not self.env.su and not bypass_access:
            domain = Domain(domain) & (Domain('hidden', '=', False) | Domain('owner_id', '=', self.env.uid))
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)


class Part(models.Model):
    _name = 'odoo_mcp_trap.part'
    _description = 'Part of a thing'
    # Trap: shelves are ordered by rank downwards, so this is by their rank upwards; parts on no shelf come last.
    _order = 'shelf_id desc, name'

    name = fields.Char(required=True)
    kind = fields.Selection([('main', 'Main'), ('spare', 'Spare')], required=True)
    active = fields.Boolean(default=True)
    quantity = fields.Integer()
    thing_id = fields.Many2one('odoo_mcp_trap.thing')
    shelf_id = fields.Many2one('odoo_mcp_trap.shelf')
