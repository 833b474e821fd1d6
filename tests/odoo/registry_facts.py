"""Prints the facts of all models, as a running registry of Odoo has them, in the form of the scanner's document.

    odoo shell -c odoo.conf -d DATABASE --no-http < registry_facts.py > facts.json

It is what `odoo-mcp scan-addons` is compared with (registry_compare.py): the scanner reads source, this asks Odoo.
With ALL_MODULES=1 it takes the modules of a registry that was only loaded, whose database knows nothing of them.
"""
import json
import os
import sys
from collections.abc import Mapping

from odoo.orm.model_classes import is_model_definition
from odoo.fields import Domain, Field

registry = env.registry  # noqa: F821, given by the shell
MONEY = {'price_tax', 'price_reduce_taxexcl', 'price_reduce_taxinc'}
# Odoo's own choice of an aggregator, by type; id has none
CHOICE = {'integer': 'sum', 'float': 'sum', 'monetary': 'sum'}


def field_facts(model, field):
    facts = {}
    if field.groups:
        facts['groups'] = field.groups
    if field.search:
        facts['search'] = True
    # of a field of _inherits the scanner does not say it
    if not field.inherited and getattr(field.search, '__func__', None) is Field._search_related:
        facts['searched_by_path'] = True
    if field.inherited:
        facts['inherited'] = True
    elif field.related and not field.compute_sudo:
        facts['related_as_user'] = True
    if getattr(field, 'bypass_search_access', False):
        facts['bypass'] = True
    digits = getattr(field, '_digits', None)
    if digits:
        facts['digits'] = digits if isinstance(digits, str) else digits[1]
    elif digits is not None:
        facts['digits'] = False
    if field.type in CHOICE and field.name != 'id' and field.aggregator != 'sum':
        facts['aggregator'] = field.aggregator or ''
    elif field.type not in CHOICE and field.aggregator:
        facts['aggregator'] = field.aggregator
    if field.type == 'monetary':
        facts['currency'] = field.get_currency_field(model)
    elif field.type == 'float' and 'currency_id' in model._fields and (
            (digits or field._min_display_digits) == 'Product Price' or field.name in MONEY):
        facts['currency'] = 'currency_id'
    if field.type == 'selection' and not isinstance(field.selection, list):
        facts['open_selection'] = True
    if field.type == 'many2one_reference' and not field.related:
        facts['model_field'] = field.model_field
    if field.type in ('one2many', 'many2many') and field.store:
        facts.update(x2many_facts(model, field))
    return facts


def x2many_facts(model, field):
    facts = {}
    if callable(field.domain):
        # what it gives now is what the scanner may know that it always gives
        facts['open_domain'] = True
        given = field.domain(model)
        facts['given_domain'] = given if isinstance(given, str) else list(Domain(given))
    elif field.domain and not isinstance(field.domain, str):
        facts['domain'] = list(Domain(field.domain))
    context = field.context if isinstance(field.context, Mapping) else {'': field.context}
    if 'active_test' in context:
        facts['active_test'] = bool(context['active_test'])
    if any(key != 'active_test' and not key.startswith('default_') for key in context):
        facts['open_context'] = True
    return facts


# a model's own methods that the framework has too; the scanner's list is a part of them
METHODS = {*dir(type(env['base'])), 'name_get', '_name_search', '_table_query', 'check_field_access_rights'}  # noqa: F821


def definitions(model):
    """The classes of modules that have such a method, by its name, the first one that Python sees first."""
    found = {}
    for cls in type(model).__mro__:
        if is_model_definition(cls) and cls.__module__.startswith('odoo.addons.'):
            for method in METHODS.intersection(name for name, value in vars(cls).items()
                                               if callable(value) or isinstance(value, (property, classmethod))):
                found.setdefault(method, []).append((cls._module, cls._name))
    return found


def by_database(name):
    env.cr.execute("""
        with recursive family(id) as (
            select id from ir_model where model in (%s, 'base')
            union
            select i.parent_id from ir_model_inherit i join family f on f.id = i.model_id)
        select distinct d.module from family f join ir_model m on m.id = f.id
        join ir_model_data d on d.model = 'ir.model' and d.name = 'model_' || replace(m.model, '.', '_')
        order by 1""", [name])  # noqa: F821
    return [module for module, in env.cr.fetchall()]  # noqa: F821


def by_registry(name, seen):
    """The same of classes alone."""
    found = set()
    for each in (name, 'base'):
        if each in seen:
            continue
        seen.add(each)
        for cls in registry[each].__mro__:
            if is_model_definition(cls) and cls.__module__.startswith('odoo.addons.'):
                if cls._name == each:
                    found.add(cls._module)
                for parent in [cls._name, *cls._inherit, *cls._inherits]:
                    found |= by_registry(parent, seen)
        for parent in registry[each]._inherits:
            found |= by_registry(parent, seen)
    return found


out = {}
for name, cls in registry.items():
    if cls._abstract or cls._custom:
        continue
    model = env[name]  # noqa: F821
    entry = {'modules': by_registry(name, set()) if os.environ.get('ALL_MODULES') else by_database(name)}
    entry['modules'] = sorted(entry['modules'])
    if cls._table != name.replace('.', '_'):
        entry['table'] = cls._table
    if cls._inherits:
        entry['inherits'] = dict(cls._inherits)
    entry['rec_name'] = cls._rec_name
    entry['names_search'] = list(model._rec_names_search or ([cls._rec_name] if cls._rec_name else []))
    if cls._active_name not in (None, 'active', 'x_active'):
        entry['active_name'] = cls._active_name
    if cls._parent_name != 'parent_id':
        entry['parent_name'] = cls._parent_name
    if cls._parent_store:
        entry['parent_store'] = True
    entry['fields'] = {f.name: field_facts(model, f) for f in cls._fields.values() if not f.manual}
    entry['methods'] = definitions(model)
    out[name] = entry
print('FACTS ' + json.dumps(out, sort_keys=True))
sys.stdout.flush()
