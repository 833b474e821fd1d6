from odoo import api, models


class Base(models.AbstractModel):
    _inherit = 'base'

    @api.model
    def _search(self, domain, *args, **kwargs):
        # every third tag and table is for the system only
        if self._name in ('crm.tag', 'trap.tabled') and not self.env.user.has_group('base.group_system'):
            domain = [('id', 'not in', list(range(0, 3000, 3))), *domain]
        return super()._search(domain, *args, **kwargs)
