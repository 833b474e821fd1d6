{
    'name': 'Traps for pg_odoo_mcp',
    'summary': 'Everything that makes SQL answer something else than Odoo does',
    'version': '1.0',
    'author': 'pg_odoo_mcp',
    'license': 'Other OSI approved licence',
    'depends': ['sale_management', 'account'],
    'data': ['security/ir.model.access.csv', 'security/rules.xml'],
    'post_init_hook': 'fill',
}
