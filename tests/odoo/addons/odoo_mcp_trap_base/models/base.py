from odoo import api, models
from odoo.fields import Domain


class Base(models.AbstractModel):
    _inherit = 'base'

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        # Trap: means one model, and is Python of all of them. Shelves of the top rank are not found any more; of any
        # other model nobody can tell from outside that nothing happens.
        if self._name == 'odoo_mcp_trap.shelf' and not self.env.su and not bypass_access:
            domain = Domain(domain) & Domain('rank', '<', 3)
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)
