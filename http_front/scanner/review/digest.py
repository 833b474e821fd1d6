"""Keeps reviewed.json in step with a source tree of Odoo: digests of methods, and what has changed since.

    digest.py check FOLDER…            entries that match no definition any more; fails if there are some
    digest.py unreviewed FOLDER…       definitions of the methods below without a verdict for their text
    digest.py show FOLDER… MODEL METHOD   what is to be read, with its digest
    digest.py add FOLDER… < lines      adds verdicts: JSON objects, one a line, as in the file but without digests
    digest.py --older VERB FOLDER…     the same with older.json: texts that only an older Odoo has

A folder holds modules. Only the standard library; nothing of the tree is run.

A verdict is for a text and not for a version: an entry stays when Odoo moves on, since older versions still
have that text, and a changed method gets another entry once somebody has read it. Until then it has the
full effect that its name implies.
"""
import ast
import hashlib
import json
import pathlib
import re
import sys

REVIEWED = pathlib.Path(__file__).with_name('reviewed.json')
OLDER = REVIEWED.with_name('older.json')
# Methods that are worth a review: those that the scanner gives an effect, as a test of methods.rs sees to,
# and hooks, which may do anything.
METHODS = set("""
    _compute_display_name name_get _search_display_name _name_search name_search web_name_search search _search
    search_count search_fetch fetch _fetch_query browse exists _as_query _where_calc _flush_search _apply_ir_rules
    _check_access check_access has_access _filtered_access check_access_rights check_access_rule
    _filter_access_rules _filter_access_rules_python filtered_domain _table_query _table_sql read _read
    _read_format _fetch_field search_read web_read web_search_read web_search_read_format _convert_to_record
    _origin _get_base_lang read_group _read_group _read_group_raw _read_grouping_sets formatted_read_group
    formatted_read_grouping_sets web_read_group _web_read_group read_progress_bar _read_progress_bar
    _read_group_select _read_group_groupby _read_group_orderby _read_group_having _read_group_empty_value
    _read_group_postprocess_aggregate _read_group_postprocess_groupby _read_group_format_result
    _read_group_format_result_properties _read_group_fill_results _read_group_fill_temporal _read_group_prepare
    _read_group_process_groupby _read_group_prepare_data _read_group_resolve_many2x_fields _read_group_expand_full
    _read_group_expand_states _read_group_get_annotated _read_group_groupby_properties
    _read_group_postprocess_properties _web_read_group_format _web_read_group_groupby_formatter
    _web_read_group_expand _web_read_group_fill_temporal _web_read_group_field_expand
    _web_read_group_groupby_properties_formatter _order_to_sql _order_field_to_sql _generate_order_by
    _generate_order_by_inner _generate_m2o_order_by _field_to_sql _field_properties_to_sql _condition_to_sql
    _inherits_join _inherits_join_calc _inherits_join_add _traverse_related_sql _has_field_access
    _check_field_access check_field_access_rights user_has_groups _determine_fields_to_fetch _is_field_accessible
    sudo with_user with_company with_context with_env __getattribute__ __getattr__ __getitem__ __iter__ __new__
    __init_subclass__ _setup_models__ _build_model _build_model_attributes _prepare_setup _setup_base
    _setup_complete _setup_fields _add_field _pop_field _post_model_setup__
""".split())
HOOKS = {'_register_hook'}
# Methods of models that every read depends on, where they are extended.
SYSTEM = {
    'ir.rule': {'_compute_domain', '_compute_domain_keys', '_get_rules', '_eval_context', 'domain_get',
                '_compute_domain_context_values'},
    'ir.model.access': {'check', '_get_allowed_models', '_get_access_groups', 'check_mode'},
    'res.users': {'_get_group_ids', '_get_company_ids', '_is_superuser', '_compute_all_group_ids',
                  '_search_all_group_ids', '_compute_company_ids', 'has_group', '_has_group', 'has_groups',
                  '_is_system', '_is_admin'},
    'res.groups': {'_get_group_definitions', '_compute_all_implied_ids', '_search_all_implied_ids'},
    'decimal.precision': {'precision_get'},
    'res.currency': {'round', '_get_rates'},
    'res.lang': {'_get_data', '_get_active_by', '_lang_get'},
}
NOT_FOR_REVIEW = {'tests', 'migrations', 'upgrades', 'static'}


def modules(folders):
    for folder in folders:
        for manifest in sorted(pathlib.Path(folder).glob('*/__manifest__.py')):
            yield manifest.parent


def literal(node):
    try:
        return ast.literal_eval(node)
    except ValueError:
        return None


def model_names(cls):
    """The model that a class makes or extends: `_name`, else what it inherits, else its own name in 19's way."""
    attributes = {}
    for statement in cls.body:
        if isinstance(statement, ast.Assign):
            attributes.update({t.id: literal(statement.value) for t in statement.targets if isinstance(t, ast.Name)})
    inherited = attributes.get('_inherit')
    if attributes.get('_name'):
        return [attributes['_name']]
    if inherited:
        return [inherited] if isinstance(inherited, str) else inherited[:1]
    if any('Model' in ast.unparse(base) for base in cls.bases):
        return [re.sub(r'(?<=[^_])([A-Z])', r'.\1', cls.name).lower()]
    return []


def text(lines, function):
    """From the first decorator to the end of the body: lines trimmed on the right, less the first
    one's indentation where they begin with it.
    """
    start = min([function.lineno, *(d.lineno for d in function.decorator_list)])
    lines = [line.rstrip() for line in lines[start - 1:function.end_lineno]]
    indentation = lines[0][:len(lines[0]) - len(lines[0].lstrip())]
    return '\n'.join(line.removeprefix(indentation) for line in lines)


def definitions(folders):
    """Every method of every model: (module, model, method) → [(digest, file, line, text)]."""
    found = {}
    for module in modules(folders):
        for path in sorted(module.rglob('*.py')):
            relative = path.relative_to(module.parent)
            if NOT_FOR_REVIEW & set(relative.parts):
                continue
            source = path.read_text()
            lines = source.split('\n')
            tree = ast.parse(source)
            # a function outside of classes is of no model
            places = [('', tree)]
            for cls in ast.walk(tree):
                if isinstance(cls, ast.ClassDef):
                    places += [(model, cls) for model in model_names(cls)]
            for model, place in places:
                for function in place.body:
                    if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
                        body = text(lines, function)
                        digest = hashlib.sha256(body.encode()).hexdigest()
                        found.setdefault((module.name, model, function.name), []).append(
                            (digest, str(relative), function.lineno, body))
    return found


def key(entry):
    return entry['module'], entry['model'], entry['method']


def load(path):
    return json.loads(path.read_text()) if path.exists() else []


def save(path, entries):
    entries.sort(key=lambda entry: (*key(entry), entry['digest']))
    lines = ',\n'.join(json.dumps(entry, ensure_ascii=False) for entry in entries)
    path.write_text(f'[\n{lines}\n]\n')


def check(found, entries):
    stale = 0
    for entry in entries:
        for of, what in [(entry, 'verdict'), *((helper, 'helper') for helper in entry.get('with', ()))]:
            there = {digest for digest, *_ in found.get(key(of), ())}
            if of['digest'] not in there:
                stale += 1
                print('changed' if there else 'gone', what, *key(of))
        for helper in entry.get('with', ()):
            for other in found:
                if other[2] == helper['method'] and other[1] == helper['model'] and \
                        other not in {key(h) for h in entry['with']}:
                    stale += 1
                    print('another definition of a helper', *other)
    print(f'{len(entries)} entries, {stale} that do not match')
    return stale == 0


def unreviewed(found, entries):
    reviewed = {(*key(entry), entry['digest']) for entry in entries}
    for (module, model, method), of in sorted(found.items()):
        if not model:
            continue
        is_system = method in SYSTEM.get(model, ()) and module != 'base'
        if module.startswith('test_') or not (method in METHODS | HOOKS or is_system):
            continue
        for digest, file, line, _ in of:
            if (module, model, method, digest) not in reviewed:
                print(f'{file}:{line}', model, method)


def show(found, model, method):
    for (module, *rest), of in sorted(found.items()):
        if rest == [model, method]:
            for digest, file, line, body in of:
                print(f'# {file}:{line} {digest}\n{body}\n')


def add(found, path, lines):
    """Each with the digest of the one definition there is; several with the same key are an error."""
    entries = load(path)
    for line in filter(str.strip, lines):
        entry = json.loads(line)
        for of in (entry, *entry.get('with', ())):
            (digest, *_), *more = found[key(of)]
            assert not more, f'{key(of)} is defined more than once'
            of['digest'] = digest
        order = ('module', 'model', 'method', 'digest', 'verdict', 'with', 'why')
        entry = {name: entry[name] for name in order if name in entry}
        entries[:] = [e for e in entries if (*key(e), e['digest']) != (*key(entry), entry['digest'])] + [entry]
    save(path, entries)


def main(verb, *arguments):
    path = REVIEWED
    if verb == '--older':
        path, (verb, *arguments) = OLDER, arguments
    if verb == 'check':
        return check(definitions(arguments), load(path))
    if verb == 'unreviewed':
        unreviewed(definitions(arguments), load(REVIEWED) + load(OLDER))
    elif verb == 'show':
        *folders, model, method = arguments
        show(definitions(folders), model, method)
    elif verb == 'add':
        add(definitions(arguments), path, sys.stdin)
    else:
        sys.exit(__doc__)
    return True


if __name__ == '__main__':
    sys.exit(0 if len(sys.argv) > 2 and main(*sys.argv[1:]) else 1)
