"""Every way in which Odoo refuses: the operand of the condition on `name` chooses."""
import time

from odoo import api, fields, models
from odoo.exceptions import AccessDenied, AccessError, LockError, MissingError, RedirectWarning, UserError, ValidationError

REFUSALS = {
    'access': AccessError('trap: no right'),
    'denied': AccessDenied('trap: who are you'),
    'missing': MissingError('trap: it is gone'),
    'validation': ValidationError('trap: not valid'),
    'user': UserError('trap: not now'),
    'lock': LockError('trap: somebody else has it'),
    'redirect': RedirectWarning('trap: look there', 1, 'Go'),
    'value': ValueError('trap: no such value'),
    'crash': RuntimeError('trap: a secret of the server'),
}


class Grumble(models.Model):
    _name = 'trap.grumble'
    _description = 'Refuses as it is told'

    name = fields.Char(required=True)

    @api.model
    def _search(self, domain, *args, **kwargs):
        for leaf in domain:
            wanted = leaf[2] if isinstance(leaf, (list, tuple)) and leaf[0] == 'name' else None
            if wanted in REFUSALS:
                raise REFUSALS[wanted]
            if isinstance(wanted, str) and wanted.startswith('sleep '):
                time.sleep(float(wanted[6:]))
        return super()._search(domain, *args, **kwargs)
