# Run by init_db.sh inside `odoo shell` (env is there): the second company, the
# users of the access tests, one global API key each. Writes KEYS.txt.
import os
from datetime import datetime, timedelta

from odoo import Command

ref = env.ref
admin = ref('base.user_admin')
main = ref('base.main_company')

# portal users may have API keys only where this is set
set_param = env['ir.config_parameter'].sudo().set_param
set_param('portal.allow_api_keys', 'True')
set_param('web.base.url', os.environ['SEED_URL'])
set_param('web.base.url.freeze', 'True')
# the in-app services are not to be reached: refuse at once
set_param('iap.endpoint', 'http://127.0.0.1:9')
set_param('iap.partner_autocomplete.endpoint', 'http://127.0.0.1:9')

# --- a second language, in which a few records have other names: weeks start on another day, names sort differently; and
# a third, whose weeks start on a Saturday
env['res.lang']._activate_lang('fr_FR')
env['res.lang']._activate_lang('ar_001')
for xmlid, name in (('crm.stage_lead1', 'Nouveau'), ('base.be', 'Belgique'), ('base.us', 'États-Unis'), ('base.de', 'Allemagne')):
    ref(xmlid).with_context(lang='fr_FR').name = name
for template in env['product.template'].search([], limit=5, order='id'):
    template.with_context(lang='fr_FR').name = 'Article %d' % template.id

# --- a second company, in another currency, with its own chart of accounts
eur = ref('base.EUR')
eur.active = True
beta = env['res.company'].create({
    'name': 'Beta Europe', 'currency_id': eur.id, 'email': 'info@beta.example.com', 'city': 'Namur', 'zip': '5000'})
# (a country given to create() would install that country's localization modules)
beta.partner_id.country_id = ref('base.be')
admin.write({'company_ids': [Command.link(beta.id)]})
env = env(user=admin, context=dict(env.context, allowed_company_ids=[main.id, beta.id]))
env['account.chart.template'].try_loading('generic_coa', company=beta, install_demo=False)
beta.currency_id = eur  # the chart's own currency took its place
env['res.currency.rate'].create([
    {'currency_id': ref('base.USD').id, 'company_id': beta.id, 'name': '2010-01-01', 'rate': 1.10},
    {'currency_id': eur.id, 'company_id': beta.id, 'name': '2010-01-01', 'rate': 1.0}])
if not env['stock.warehouse'].search([('company_id', '=', beta.id)]):
    env['stock.warehouse'].create({'name': 'Beta', 'code': 'BETA', 'company_id': beta.id})


def user(login, name, groups, companies=main, **more):
    return env['res.users'].with_context(no_reset_password=True).create({
        'login': login, 'password': login, 'name': name, 'email': login + '@example.com',
        'company_id': companies[0].id, 'company_ids': [Command.set(companies.ids)],
        'group_ids': [Command.set([ref(g).id for g in groups])], **more})


SALES = 'sales_team.group_sale_salesman'
USERS = [
    (admin, 'admin', 'everything; companies: main, Chicago, US, Beta'),
    (ref('base.user_demo'), 'demo', 'demo data\'s Marc Demo, internal, main company'),
    (user('sales_own', 'Olga Own', [SALES]), None, 'Sales / User: Own Documents Only, main company'),
    (user('sales_all', 'Abel All', [SALES + '_all_leads']), None, 'Sales / User: All Documents, main company'),
    (user('nobody', 'Nora None', ['base.group_user']), None, 'internal user without any application'),
    (user('books', 'Bo Books', ['account.group_account_manager']), None, 'Invoicing / Administrator only, main company'),
    (user('beta_user', 'Bente Beta', [SALES + '_all_leads', 'account.group_account_invoice'], beta), None,
     'Beta Europe only: Sales / All Documents and Invoicing'),
    (user('both_user', 'Bruno Both', [SALES + '_all_leads'], main + beta), None,
     'main (default) and Beta Europe: Sales / All Documents'),
    (user('ruled', 'Rita Ruled', ['base.group_user'], env['res.company'].sudo().search([], order='id'), lang='fr_FR', tz='Asia/Kolkata'), None,
     'two groups of the test, whose record rules widen each other; all companies'),
    (user('fenced', 'Finn Fenced', ['base.group_user'], beta + main, lang='ar_001', tz='Pacific/Auckland'), None,
     'a group of the test with rights of its own, but to few models; Beta Europe (default) and main'),
    (ref('base.demo_user0'), 'portal', 'demo data\'s Joel Willis, portal'),
]

# --- records of Beta Europe, and some of the limited salesperson's own
by_login = {u.login: u for u, *_ in USERS}
partners = env['res.partner'].create([
    {'name': 'Beta Client %d' % i, 'company_id': beta.id, 'is_company': True,
     'country_id': ref('base.be').id, 'email': 'client%d@beta.example.com' % i} for i in range(1, 6)])
product = env['product.product'].create({
    'name': 'Beta Widget', 'company_id': beta.id, 'list_price': 80.0, 'type': 'consu', 'default_code': 'BETA-1'})
common = env['product.product'].search([('sale_ok', '=', True), ('company_id', '=', False), ('type', '=', 'consu')], limit=3)
beta_env = env['sale.order'].with_company(beta).with_context(allowed_company_ids=[beta.id])
team_beta = env['crm.team'].create({'name': 'Beta Sales', 'company_id': beta.id})
for i, partner in enumerate(partners):
    so = beta_env.create({
        'partner_id': partner.id, 'company_id': beta.id, 'user_id': by_login['beta_user'].id, 'team_id': team_beta.id,
        'date_order': datetime.now().replace(microsecond=0) - timedelta(days=30 * i + 1),
        'order_line': [Command.create({'product_id': product.id, 'product_uom_qty': i + 1}),
                       Command.create({'product_id': common[i % 3].id, 'product_uom_qty': 2})]})
    if i < 3:
        when = so.date_order
        so.action_confirm()
        so.date_order = when  # confirming sets it to now
    if i < 2:
        so.order_line.filtered('product_id').write({'qty_delivered': 1})
    env['crm.lead'].with_company(beta).create({
        'name': 'Beta lead %d' % i, 'type': 'opportunity', 'partner_id': partner.id, 'company_id': beta.id,
        'user_id': by_login['beta_user'].id, 'team_id': team_beta.id, 'expected_revenue': 1000.0 * (i + 1)})
azure = ref('base.res_partner_12')
own = by_login['sales_own']
for i in range(3):
    so = env['sale.order'].create({
        'partner_id': azure.id, 'user_id': own.id, 'company_id': main.id,
        'order_line': [Command.create({'product_id': common[i].id, 'product_uom_qty': 3 + i})]})
    env['crm.lead'].create({'name': 'Own lead %d' % i, 'type': 'opportunity', 'partner_id': azure.id,
                            'user_id': own.id, 'company_id': main.id, 'expected_revenue': 500.0})
# confirmed orders over the past year, with months in which nothing was sold: some of the limited
# salesperson's own, some of a colleague in the same company
for user, months in ((own, (11, 8, 7, 4, 2)), (by_login['demo'], (10, 8, 5, 4, 1)), (admin, (11, 5, 2))):
    for k, months_ago in enumerate(months):
        so = env['sale.order'].create({
            'partner_id': azure.id, 'user_id': user.id, 'company_id': main.id,
            'order_line': [Command.create({'product_id': common[k % 3].id, 'product_uom_qty': k + 1,
                                           'price_unit': 125.5 + 100 * k})]})
        so.action_confirm()
        so.date_order = datetime.now().replace(microsecond=0) - timedelta(days=30 * months_ago + k)
invoices = env['account.move'].with_company(beta).with_context(allowed_company_ids=[beta.id]).create([{
    'move_type': 'out_invoice', 'partner_id': p.id, 'company_id': beta.id,
    'invoice_date': (datetime.now() - timedelta(days=10)).date(),
    'invoice_line_ids': [Command.create({'product_id': product.id, 'quantity': 2, 'price_unit': 80.0})]}
    for p in partners[:2]])
invoices.action_post()

# --- two users of our own kind: rights and rules that no module of Odoo has
def group(name, logins, rights, rules):
    made = env['res.groups'].create({'name': name, 'user_ids': [Command.link(by_login[login].id) for login in logins]})
    model = env['ir.model']._get_id
    env['ir.model.access'].create([
        {'name': '%s reads %s' % (name, m), 'model_id': model(m), 'group_id': made.id, 'perm_read': True} for m in rights])
    env['ir.rule'].create([
        {'name': '%s: %s' % (name, m), 'model_id': model(m), 'groups': [Command.link(made.id)], 'domain_force': domain}
        for m, domain in rules])


DOCUMENTS = ['sale.order', 'sale.order.line', 'account.move', 'account.move.line', 'purchase.order', 'purchase.order.line']
group('Wide', ['ruled'], DOCUMENTS + ['crm.lead', 'crm.stage', 'crm.tag', 'product.template', 'product.product', 'product.category'], [
    ('sale.order', "['|', ('user_id', '=', user.id), ('partner_id.country_id', 'in', user.company_ids.partner_id.country_id.ids)]"),
    ('sale.order.line', "[('order_id.user_id', '!=', user.id), ('company_id', 'in', company_ids)]"),
    ('res.partner', "['|', ('category_id', '=', False), ('category_id.name', 'ilike', 'e')]"),
    ('crm.lead', "['!', ('tag_ids.name', '=like', 'P%'), ('company_id', 'in', company_ids + [False])]"),
    ('product.template', "['|', ('categ_id.parent_id', '!=', False), ('list_price', '>=', 100)]"),
    ('account.move.line', "[('move_id.state', '=', 'posted'), ('company_id', 'parent_of', company_ids)]"),
    ('purchase.order', "[('order_line.product_qty', '>', 5)]"),
])
group('Narrow', ['ruled'], [], [
    ('sale.order', "[('state', '=', 'draft'), ('order_line', 'any', [('product_uom_qty', '>', 1)])]"),
    ('sale.order.line', "[('tax_ids', '=', False), ('order_id.company_id', '=', user.company_id.id)]"),
    ('res.partner', "[('child_ids', '!=', False), ('id', 'not in', [user.partner_id.id])]"),
    ('crm.lead', "[('stage_id.is_won', '=', False), ('date_deadline', '=', False), ('probability', '<', 50)]"),
    ('account.move', "[('invoice_line_ids', 'not any', [('quantity', '>', 2)])]"),
])
group('Fenced', ['fenced'], DOCUMENTS + ['product.template', 'crm.team'], [
    ('sale.order', "[('company_id', 'in', company_ids), ('amount_total', '!=', 0)]"),
    ('sale.order.line', "[('order_id.partner_id', 'child_of', user.company_ids.partner_id.ids + [user.commercial_partner_id.id])]"),
    ('account.move', "[('partner_id.commercial_partner_id', '!=', user.partner_id.commercial_partner_id.id), ('invoice_date', '!=', False)]"),
    ('account.move.line', "['!', '|', ('debit', '=', 0), ('account_id.name', 'ilike', 'a')]"),
    ('res.partner', "['|', ('company_id', 'in', company_ids), ('country_id.code', 'in', ['US', 'BE', False])]"),
    ('purchase.order.line', "[('order_id', 'any', [('state', 'in', ['purchase', 'draft'])])]"),
    ('crm.team', "[('id', 'in', user.crm_team_ids.ids + [False]), (1, '=', 1)]"),
])

# --- keys
rows = []
for u, password, note in USERS:
    key = env['res.users.apikeys'].with_user(u).sudo()._generate(None, 'seed', None)
    rows.append((u.login, password or u.login, key, str(u.id), note))
env.cr.commit()

path = os.environ['SEED_KEYS']
with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 'w') as f:
    f.write('# %s  db %s\n# login\tpassword\tapi_key\tuid\twhat\n' % (os.environ['SEED_URL'], env.cr.dbname))
    for row in rows:
        f.write('\t'.join(row) + '\n')
    f.write('# companies: %s\n' % ', '.join('%d=%s(%s)' % (c.id, c.name, c.currency_id.name)
                                            for c in env['res.company'].sudo().search([], order='id')))
print('seeded', len(rows), 'users')
