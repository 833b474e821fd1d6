{
    'name': 'Traps for odoo_mcp',
    'summary': 'Models whose reads mean something else than their tables say',
    'author': 'odoo_mcp',
    'version': '19.0.1.0.0',
    'license': 'Other OSI approved licence',
    'depends': ['sale_management', 'account'],
    'data': ['security/ir.model.access.csv', 'security/rules.xml'],
    'post_init_hook': 'fill',
}
