{
    'name': 'Trap for odoo_mcp: the base of all models',
    'summary': 'While it is installed, every model inherits an override that nobody reviewed',
    'author': 'odoo_mcp',
    'version': '19.0.1.0.0',
    'license': 'Other OSI approved licence',
    'depends': ['odoo_mcp_trap'],
}
