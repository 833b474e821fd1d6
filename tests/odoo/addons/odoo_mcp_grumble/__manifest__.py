{
    'name': 'A grumbler for odoo_mcp',
    'summary': 'Refuses in every way that Odoo has, and a report whose rows Python makes',
    'author': 'odoo_mcp',
    'version': '19.0.1.0.0',
    'license': 'Other OSI approved licence',
    'depends': ['base'],
    'data': ['security/ir.model.access.csv'],
    'post_init_hook': 'fill',
}
