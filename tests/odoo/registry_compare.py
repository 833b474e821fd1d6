"""Compares the scanner's document with what registry_facts.py printed: registry_compare.py DOCUMENT FACTS

Every difference is printed; what the scanner says to be unread is counted and is no difference. Ends with 1 if there is one.
"""
import json
import os
import re
import sys
from collections import Counter, defaultdict

document = json.load(open(sys.argv[1]))
registry = json.loads(next(line for line in open(sys.argv[2]) if line.startswith('FACTS '))[6:])
FIELD_KEYS = ('groups search inherited related_as_user bypass digits aggregator currency open_selection model_field domain open_domain'
              ' active_test open_context').split()
FINDERS = {'name_search', 'web_name_search'}
NAMES = {'_compute_display_name', 'name_get', '_search_display_name', '_name_search', 'name_search', 'web_name_search'}
# Odoo makes them in a way that the scanner does not read, and both say so: an unknown field is Odoo's to answer.
EXPLAINED = {('ir.rule', 'global'): 'set with setattr() after the class'}
SCANNER = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../http_front/scanner')
METHODS = set(re.findall(r'"(\w+)"', open(os.path.join(SCANNER, 'src/registry/methods.rs')).read().split('fn reaches_all')[0]))
REVIEWED = {(r['module'], r['model'], r['method']) for r in json.load(open(os.path.join(SCANNER, 'review/reviewed.json')))}
differences, unread, explained, compared = [], Counter(), Counter(), Counter()
kinds = Counter()


def prefix(domain):
    """With every & written out."""
    if not domain:
        return domain
    domain = [tuple(e) if isinstance(e, list) else e for e in domain]
    expected, out = 1, []
    for element in domain:
        if expected == 0:
            out.insert(0, '&')
            expected = 1
        out.append(element)
        if element in ('&', '|'):
            expected += 1
        elif element != '!':
            expected -= 1
    return out


def normal(key, value):
    return json.dumps(prefix(value)) if key == 'domain' and value is not None else value


def differ(model, what, ours, theirs):
    kinds[what.split()[0] if ' ' in what else what] += 1
    differences.append(f'{model} {what}: scanned {json.dumps(ours)}, registry {json.dumps(theirs)}')


for name in sorted(set(document['models']) | set(registry)):
    ours, theirs = document['models'].get(name), registry.get(name)
    if theirs is None and any(o['effect'] == 'unread' for o in ours.get('overrides', [])):
        unread['models that the scanner could not place'] += 1
        continue
    if ours is None and name.startswith('export.'):
        explained['test_import_export makes its models in a loop: not in the facts, so with Odoo'] += 1
        continue
    if ours is None or theirs is None:
        differ(name, 'model', ours is not None, theirs is not None)
        continue
    compared['models'] += 1
    a, b = sorted(ours['modules'].split()), theirs['modules']
    if a != b:
        differ(name, 'modules', sorted(set(a) - set(b)), sorted(set(b) - set(a)))
    unread_model = any(o['effect'] == 'unread' for o in ours.get('overrides', []))
    if unread_model:
        unread['models'] += 1
    for key, default in (('table', None), ('inherits', {}), ('active_name', None), ('parent_name', None), ('parent_store', False)):
        if ours.get(key, default) != theirs.get(key, default):
            differ(name, key, ours.get(key), theirs.get(key))
    if ours['display_name'].get('rec_name') != theirs['rec_name']:
        differ(name, 'rec_name', ours['display_name'].get('rec_name'), theirs['rec_name'])
    methods = {method: where for method, where in theirs['methods'].items() if method in METHODS}
    overridden = bool({'_search_display_name', '_name_search', 'name_search', 'web_name_search'} & set(methods))
    if ours.get('name_search') is None:
        if not overridden:
            unread['name_search'] += 1
    elif ours['name_search'] != theirs['names_search']:
        differ(name, 'name_search', ours['name_search'], theirs['names_search'])
    compared[f"display_name {ours['display_name']['kind']}{' overridden' if '_compute_display_name' in methods else ''}"] += 1
    if ours['display_name']['kind'] == 'python' and '_compute_display_name' not in methods:
        unread['display_name'] += 1
    # every override that is named must be there, and in Python's order
    seen = defaultdict(list)
    for o in ours.get('overrides', []):
        if o['method'] in methods:
            seen[o['method']].append(o['module'])
    for method, where in seen.items():
        classes = [module for module, _ in methods[method]]
        rest = iter(classes)
        if not all(module in rest for module in where):
            differ(name, f'override {method}', where, classes)
    for method, where in methods.items():
        compared['definitions of methods'] += len(where)
        # whoever is not among the overrides was read, or has its say in the names
        rest = list(seen.get(method, ()))
        for module, model in where:
            if module in rest:
                rest.remove(module)
                compared['overrides'] += 1
            elif method in NAMES and (ours.get('name_search') is None or method in ('_compute_display_name', 'name_get')
                                      ) and (method not in ('_compute_display_name', 'name_get')
                                             or ours['display_name']['kind'] == 'python'):
                compared['definitions that make names Odoo\'s'] += 1
            elif method in FINDERS and ours.get('name_finder') == 'python':
                compared['definitions that make lists by name Odoo\'s'] += 1
            elif (module, model, method) in REVIEWED:
                compared['definitions that were read'] += 1
            else:
                differ(name, f'override {method}', None, [module, model])
    plain = set(ours['fields']['plain'].split())
    facts = ours['fields']['with_facts']
    for field in sorted(plain | set(facts) | set(theirs['fields'])):
        there = field in plain or field in facts
        if there != (field in theirs['fields']):
            if (name, field) in EXPLAINED:
                explained[EXPLAINED[name, field]] += 1
            elif there and facts.get(field, {}).get('unread', '').startswith('it may be a field'):
                explained['a value of the class body that may be a field, and is none'] += 1
            else:
                differ(name, f'field {field}', there, not there)
            continue
        compared['fields'] += 1
        mine, other = facts.get(field, {}), theirs['fields'][field]
        if 'unread' in mine:
            unread[f"field: {mine['unread']}"] += 1
            continue
        if other.get('open_domain') and 'domain' in mine:
            compared['domains that Python makes, read for certain'] += 1
            other = {**other, 'open_domain': None, 'domain': other['given_domain']}
        by_path = mine.get('searched') == 'related', other.get('searched_by_path', False)
        if by_path[0] != by_path[1]:
            differ(name, f'searched_by_path of {field}', *by_path)
        compared['fields that are searched along their paths'] += all(by_path)
        for key in FIELD_KEYS:
            x, y = normal(key, mine.get(key)), normal(key, other.get(key))
            if key == 'open_selection' and x and not y:
                # keys are in the database; only a note about unknown ones is left out
                unread['open_selection'] += 1
                continue
            if x != y:
                differ(name, f'{key} of {field}', x, y)

print('\n'.join(differences[:int(sys.argv[3]) if len(sys.argv) > 3 else None]))
for title, counts in (('compared', compared), ('unread, so with Odoo', unread), ('explained', explained), ('differences', kinds)):
    print(f'{title}:')
    for what, count in counts.most_common():
        print(f'  {count:6}  {what}')
sys.exit(bool(differences))
