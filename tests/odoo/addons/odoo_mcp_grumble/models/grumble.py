"""Every way in which Odoo refuses: the operand of the condition on `name` chooses."""
import time

from odoo import api, fields, models
from odoo.exceptions import AccessDenied, AccessError, LockError, MissingError, RedirectWarning, UserError, ValidationError

REFUSALS = {
    'access': AccessError('grumble: no right'),
    'denied': AccessDenied('grumble: who are you'),
    'missing': MissingError('grumble: it is gone'),
    'validation': ValidationError('grumble: not valid'),
    'user': UserError('grumble: not now'),
    'lock': LockError('grumble: somebody else has it'),
    'redirect': RedirectWarning('grumble: look there', 1, 'Go'),
    'value': ValueError('grumble: no such value'),
    'crash': RuntimeError('grumble: a secret of the server'),
}


class Grumble(models.Model):
    _name = 'odoo_mcp_grumble.grumble'
    _description = 'Refuses as it is told'

    name = fields.Char(required=True)
    weight = fields.Integer()

    @api.model
    def _search(self, domain, *args, **kwargs):
        for leaf in domain:
            wanted = leaf[2] if isinstance(leaf, (list, tuple)) and leaf[0] == 'name' else None
            if wanted in REFUSALS:
                raise REFUSALS[wanted]
            if isinstance(wanted, str) and wanted.startswith('sleep '):
                time.sleep(float(wanted[6:]))
        return super()._search(domain, *args, **kwargs)
