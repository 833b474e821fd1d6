"""Prints the facts of the vetted models, as Odoo's registry has them, in JSON.

    odoo shell -c odoo.conf -d DATABASE --no-http < export.py > vetted.json

Facts are what only Python knows: field groups, display names, search methods, digits, delegation.
The models below were read by hand: nothing in their Python governs which rows a read returns, for
the modules listed with them. A model that is touched by another module is not answered.
"""
import json
import sys
from collections.abc import Mapping

from odoo.fields import Domain

VETTED = {
    'sale.order': 'name partner_id date_order state user_id team_id company_id currency_id amount_total',
    'sale.order.line': 'order_id product_id name product_uom_qty price_unit price_subtotal state',
    'crm.lead': 'name partner_id stage_id user_id team_id expected_revenue probability type date_deadline',
    'crm.stage': 'name sequence is_won fold',
    'crm.team': 'name user_id company_id active',
    'mail.alias': 'alias_name alias_contact',  # every crm.team is one
    'crm.recurring.plan': 'name number_of_months',
    'crm.tag': 'name color',
    'crm.lost.reason': 'name active',
    'res.partner': 'name email phone city country_id is_company parent_id',
    'product.template': 'name default_code list_price type categ_id active',
    'product.product': 'default_code product_tmpl_id active',
    'product.category': 'complete_name parent_id',
    'product.pricelist': 'name currency_id company_id active',
    'account.move': 'name partner_id invoice_date date state move_type payment_state amount_total currency_id company_id',
    'account.move.line': 'move_id date account_id partner_id name debit credit balance parent_state',
    'account.journal': 'name code type company_id',
    'account.payment.term': 'name active company_id',
    'purchase.order': 'name partner_id date_order state user_id amount_total currency_id company_id',
    'purchase.order.line': 'order_id product_id name product_qty price_unit price_subtotal date_planned',
    'account.fiscal.position': 'name active company_id',
    'account.incoterms': 'name code active',
    'res.partner.industry': 'name full_name active',
    'res.country': 'name code currency_id',
    'res.country.state': 'name code country_id',
    'res.currency': 'name symbol active decimal_places',
    'res.company': 'name currency_id partner_id parent_id',
    'uom.uom': 'name factor active',
    'utm.source': 'name',
    'utm.medium': 'name active',
    'utm.campaign': 'title user_id stage_id',
}
# Overrides that give the stored column back in any context that we answer (lang, tz, companies).
SAME_AS_REC_NAME = {'sale.order', 'uom.uom', 'product.category', 'utm.campaign'}
Base = type(env['base'])  # noqa: F821, given by the shell


def overridden(model, method):
    """Whether any class of the model but the framework's own defines the method."""
    return any(method in vars(c) and c.__module__ != 'odoo.orm.models' for c in type(model).__mro__)


def display_name(model):
    """How the display name is made: a stored column, the partner's, the user's, or Python."""
    if model._name == 'res.partner':
        return 'partner'
    if model._name == 'res.users':
        return 'user'
    if overridden(model, '_compute_display_name') and model._name not in SAME_AS_REC_NAME:
        return 'python'
    rec = model._fields.get(model._rec_name or '')
    if rec is None or not rec.store or rec.type not in ('char', 'text', 'selection'):
        return 'python'
    return 'column' if rec.type != 'selection' else 'python'


def field_facts(model, field):
    facts = {}
    if field.groups:
        facts['groups'] = field.groups
    if field.search:
        facts['search'] = True
    if field.inherited:
        facts['inherited'] = True
    if getattr(field, 'bypass_search_access', False):
        facts['bypass'] = True
    digits = getattr(field, '_digits', None)
    if digits:
        facts['digits'] = digits if isinstance(digits, str) else digits[1]
    if field.type in ('integer', 'float', 'monetary') and field.aggregator != 'sum':
        facts['aggregator'] = field.aggregator
    if field.type == 'monetary':
        facts['currency'] = field.get_currency_field(model)
    if model._name == 'crm.lead' and field.name == 'company_currency':
        facts['company_currency'] = True  # of the record's company, or else of the first allowed one
    if field.type == 'selection' and not isinstance(field.selection, list):
        facts['open_selection'] = True
    if field.type in ('one2many', 'many2many') and field.store:
        facts.update(x2many_facts(field))
    return facts


def x2many_facts(field):
    """What a search through the field, and reading it, add to the comodel's records."""
    facts = {}
    if callable(field.domain):
        facts['open_domain'] = True
    elif field.domain and not isinstance(field.domain, str):  # a text is for the web client
        facts['domain'] = list(Domain(field.domain))
    context = field.context if isinstance(field.context, Mapping) else {'': field.context}
    if 'active_test' in context:
        facts['active_test'] = bool(context['active_test'])
    if any(key != 'active_test' and not key.startswith('default_') for key in context):
        facts['open_context'] = True
    return facts


def order_fields(model):
    """The fields of the model's order that have the columns and the rights that the database tells;
    nothing where Python writes the order."""
    if any(overridden(model, method) for method in ('_order_to_sql', '_order_field_to_sql', '_field_to_sql')):
        return None
    names = dict.fromkeys(term.split()[0].strip('"').split('.')[0] for term in model._order.split(','))
    return ' '.join(name for name in names if is_plain(model, name))


def is_plain(model, name):
    """A field without groups that is a column, here or behind many2one columns."""
    field = model._fields.get(name)
    if field is None or field.groups:
        return False
    if field.store:
        return bool(field.column_type)
    if not field.related:
        return False
    *links, last = field.related.split('.')
    for link in links:
        step = model._fields[link]
        if step.type != 'many2one' or not step.store:
            return False
        model = model.env[step.comodel_name]
    return is_plain(model, last)


def modules(name):
    """The modules that define or extend the model, one it inherits from, or the base of all."""
    env.cr.execute("""
        with recursive family(id) as (
            select id from ir_model where model in (%s, 'base')
            union
            select i.parent_id from ir_model_inherit i join family f on f.id = i.model_id)
        select distinct d.module from family f join ir_model m on m.id = f.id
        join ir_model_data d on d.model = 'ir.model' and d.name = 'model_' || replace(m.model, '.', '_')
        order by 1""", [name])
    return [module for module, in env.cr.fetchall()]  # noqa: F821


def own_modules(name):
    """Without those of the base of all, which every model has."""
    return ' '.join(module for module in modules(name) if module not in base_modules)


base_modules = modules('base')
# lists of names are one text each, see facts.rs
out = {'base_modules': ' '.join(base_modules), 'models': {}, 'display_names': {}}
for name in sorted(env.registry.models):  # noqa: F821
    model = env[name]  # noqa: F821
    if not model._abstract and not model._transient:
        entry = {'kind': display_name(model), 'modules': own_modules(name)}
        if entry['kind'] == 'column':
            entry['rec_name'] = model._rec_name
        if (fields := order_fields(model)) is not None:
            entry['order_fields'] = fields
        out['display_names'][name] = entry
for name, defaults in VETTED.items():
    model = env[name]  # noqa: F821
    facts = {f.name: field_facts(model, f) for f in sorted(model._fields.values(), key=lambda f: f.name)}
    entry = {
        'modules': own_modules(name),
        'defaults': defaults.split(),
        'inherits': dict(model._inherits),
    }
    # a field without facts is only a name
    plain = ' '.join(field for field, of in facts.items() if not of)
    with_facts = {field: of for field, of in facts.items() if of}
    if model._parent_name != 'parent_id':
        entry['parent_name'] = model._parent_name
    if model._parent_store:
        entry['parent_store'] = True
    if not overridden(model, '_search_display_name'):
        entry['name_search'] = list(model._rec_names_search or ([model._rec_name] if model._rec_name else []))
    if name == 'account.move.line':
        entry['order_suffix'] = 'id'  # its search_fetch() appends it to every order
    missing = [f for f in entry['defaults'] if f not in model._fields]
    assert not missing, (name, missing)
    out['models'][name] = entry, plain, with_facts


def compact(value):
    return json.dumps(value, separators=(',', ':'), sort_keys=True)


# a line for each model and field, so that a change is seen
print('{"base_modules":%s,' % compact(out['base_modules']))
print('"display_names":{')
print(',\n'.join('%s:%s' % (compact(name), compact(entry)) for name, entry in sorted(out['display_names'].items())))
print('},"models":{')
lines = []
for name, (entry, plain, with_facts) in sorted(out['models'].items()):
    fields = ',\n  '.join('%s:%s' % (compact(field), compact(facts)) for field, facts in sorted(with_facts.items()))
    lines.append('%s:%s,\n "fields":{"plain":%s,"with_facts":{\n  %s}}}' % (
        compact(name), compact(entry)[:-1], compact(plain), fields))
print(',\n'.join(lines))
print('}}')
sys.stdout.flush()
