{
    'name': 'A trap on base for pg_odoo_mcp',
    'summary': 'One override that every model inherits',
    'version': '1.0',
    'author': 'pg_odoo_mcp',
    'license': 'Other OSI approved licence',
    'depends': ['odoo_mcp_trap'],
}
