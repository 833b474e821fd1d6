from . import models


def fill(env):
    env['odoo_mcp_grumble.grumble'].create([{'name': 'content', 'weight': 1}, {'name': 'calm', 'weight': 2}])
