from odoo import models


class Users(models.Model):
    _inherit = 'res.users'

    def trap_level(self):
        """What the rule of trap.called asks."""
        return 3 if self.has_group('base.group_system') else 2 if self.has_group('base.group_user') else 1
