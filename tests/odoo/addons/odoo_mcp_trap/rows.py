from odoo import Command


def fill(env):
    """Some rows of each model: for nobody in particular, and for users of the seed."""
    env = env(context=dict(env.context, lang='en_US'))
    users = env['res.users'].search([('login', 'in', ['admin', 'sales_own', 'both_user', 'books', 'portal'])], order='id')
    owners = [False, *users.ids]
    for model in ('trap.hidden', 'trap.searched'):
        fields = env[model]._fields
        env[model].create([
            {'name': f'{model} {n}', 'user_id': owners[n % len(owners)], **({'amount': 10.5 * n} if 'amount' in fields else {})}
            for n in range(20)])
    hidden = env['trap.hidden'].search([], order='id')
    env['trap.paper'].create([{'name': f'Paper {n}', 'is_published': n % 3 == 0, 'amount': 7.25 * n} for n in range(12)])
    env['trap.called'].create([{'name': f'Called {n}', 'level': n % 4} for n in range(12)])
    env['trap.grouped'].create([{'name': f'Grouped {n}', 'kind': 'ab'[n % 2], 'amount': 25.0 * n} for n in range(9)])
    env['trap.grumble'].create([{'name': 'content'}, {'name': 'calm'}])
    env['trap.tabled'].create([{'title': f'Tabled {n}', 'amount': 1.5 * n} for n in range(5)])
    env['trap.parent'].create([{
        'name': f'Parent {n}', 'sequence': n % 3, 'line_ids': [Command.create({
            'name': f'Line {n}.{k}', 'active': k != 1, 'kind': 'kept' if k == 2 else 'shown', 'amount': n + k / 8, 'wage': 1000 * k,
            'rate': k, 'hidden_id': hidden[(4 * n + k) % 20].id}) for k in range(4)]} for n in range(6)])
    companies = env['res.company'].search([], order='id')
    accounts = env['account.account'].search([('account_type', '=', 'income')], order='id')
    for n in range(6):
        record = env['trap.valued'].create({'name': f'Valued {n}'})
        record.with_context(lang='fr_FR').name = f'Évalué {n}'
        for k, company in enumerate(companies):
            there = record.with_company(company)
            if (n + k) % 3:
                there.price = 100 * n + k
                there.note = f'{n} for {company.id}'
                there.account_id = accounts.filtered(lambda a: company in a.company_ids)[:1]
