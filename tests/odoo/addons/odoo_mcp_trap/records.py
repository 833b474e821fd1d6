"""The records of the traps, for the users and companies that seed.py makes."""
from odoo import Command


def fill(env):
    users = {user.login: user for user in env['res.users'].with_context(active_test=False).search([])}
    main = env.ref('base.main_company')
    beta = env['res.company'].search([('name', '=', 'Beta Europe')]) or main
    shelves = env['odoo_mcp_trap.shelf'].create([
        {'name': 'Top', 'rank': 3}, {'name': 'Middle', 'rank': 2}, {'name': 'Bottom', 'rank': 1}, {'name': 'Also middle', 'rank': 2}])
    env['odoo_mcp_trap.decoy'].create([{'name': 'No shelf %d' % i, 'rank': i} for i in range(1, 8)])
    things = env['odoo_mcp_trap.thing'].create([
        {'name': 'Anvil', 'amount': 10.25, 'margin': 1, 'company_id': False},
        {'name': 'Bellows', 'amount': 20.5, 'margin': 2, 'company_id': main.id},
        {'name': 'Crucible', 'amount': 40, 'margin': 4, 'company_id': beta.id},
        {'name': 'Demijohn', 'amount': 80, 'margin': 8, 'hidden': True, 'owner_id': users['demo'].id},
        {'name': 'Ember', 'amount': 160, 'margin': 16, 'hidden': True, 'owner_id': users['sales_own'].id},
        {'name': 'Flask', 'amount': 320, 'margin': 32, 'hidden': True},
        {'name': 'Gauge', 'amount': 640, 'margin': 64, 'active': False},
    ])
    for thing, shelf in zip(things, (*shelves, *shelves)):
        env['odoo_mcp_trap.part'].create([
            {'name': 'body of ' + thing.name, 'kind': 'main', 'quantity': 1, 'thing_id': thing.id, 'shelf_id': shelf.id},
            {'name': 'spare of ' + thing.name, 'kind': 'spare', 'quantity': 2, 'thing_id': thing.id},
            {'name': 'old spare of ' + thing.name, 'kind': 'spare', 'quantity': 4, 'thing_id': thing.id, 'active': False,
             'shelf_id': shelf.id}])
    env['odoo_mcp_trap.letter'].create([
        {'name': 'Open letter'}, {'name': 'Discreet letter', 'discreet': True}, {'name': 'Another open letter'}])
    env['odoo_mcp_trap.ledger'].create([
        {'name': 'Rent', 'state': 'posted', 'amount': 1000, 'date': '2026-01-31'},
        {'name': 'Rent', 'state': 'draft', 'amount': 500, 'date': '2026-02-28'},
        {'name': 'Wages', 'state': 'posted', 'amount': 250.5, 'date': '2026-02-28'},
        {'name': 'Gifts', 'state': 'draft', 'amount': 125, 'date': '2026-03-31'}])
    env['odoo_mcp_trap.permit'].create([{'name': 'For all', 'public': True}, {'name': 'For salespeople'}])
    env['odoo_mcp_trap.dossier'].create([
        {'name': 'Everybody\'s'},
        {'name': 'Demo\'s and the accountant\'s', 'reader_ids': [Command.set([users['demo'].id, users['books'].id])]},
        {'name': 'Nobody\'s else', 'reader_ids': [Command.set(users['admin'].ids)]}])
    env['ir.default'].set('odoo_mcp_trap.price', 'rate', 7.5, company_id=main.id)
    prices = env['odoo_mcp_trap.price'].with_company(main).create([
        {'name': 'Apple', 'rate': 1.5, 'note': 'main', 'partner_id': main.partner_id.id}, {'name': 'Plum'}, {'name': 'Zest', 'rate': 0}])
    prices[0].with_company(beta).write({'rate': 2.5, 'note': 'beta', 'partner_id': beta.partner_id.id})
    if env['res.lang']._get_code('fr_FR'):
        prices[0].with_context(lang='fr_FR').name = 'Pomme'
        prices[1].with_context(lang='fr_FR').name = 'Abricot'
