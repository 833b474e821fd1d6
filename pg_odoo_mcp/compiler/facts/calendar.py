"""Prints what dates are called in every language that Odoo knows, as its Babel has it, in JSON.

    odoo shell -c odoo.conf -d DATABASE --no-http < calendar.py > calendar.json

A language is [months, short months, quarters, first day of the week (0 is Monday), least days of
the first week], the first three by their place in the lists, for many languages share them. A
language that Babel does not know is left out: there, Odoo itself has no label to give.
With CHECK=file in the environment labels of some days are written there, as Babel makes them.
"""
import datetime
import json
import os
import sys

import babel
import babel.dates

from odoo.orm.models import READ_GROUP_DISPLAY_FORMAT
from odoo.tools import date_utils

lists = {'months': [], 'short_months': [], 'quarters': []}


def place(kind, names):
    names = [names[key] for key in sorted(names)]
    if names not in lists[kind]:
        lists[kind].append(names)
    return lists[kind].index(names)


languages = {}
for code in sorted(env['res.lang'].with_context(active_test=False).search([]).mapped('code')):  # noqa: F821
    try:
        locale = babel.Locale.parse(code)
    except (ValueError, babel.UnknownLocaleError) as fault:
        print(code, fault, file=sys.stderr)
        continue
    languages[code] = [
        place('months', babel.dates.get_month_names('wide', 'format', locale)),
        place('short_months', babel.dates.get_month_names('abbreviated', 'format', locale)),
        place('quarters', babel.dates.get_quarter_names('abbreviated', 'format', locale)),
        locale.first_week_day,
        locale.min_week_days,
    ]


def rows(items):
    return ',\n'.join(json.dumps(item, ensure_ascii=False, separators=(',', ':')) for item in items)


parts = [f'"{kind}":[\n{rows(names)}\n]' for kind, names in lists.items()]
parts.append('"languages":{\n' + ',\n'.join(f'"{code}":{json.dumps(of, separators=(",", ":"))}' for code, of in languages.items()) + '\n}')
print('{' + ',\n'.join(parts) + '}')

if os.environ.get('CHECK'):
    moments = [datetime.datetime(*parts) for parts in (
        (2020, 12, 27, 0), (2020, 12, 31, 23), (2021, 1, 1, 0), (2021, 1, 3, 12), (2021, 1, 4, 1),
        (2023, 12, 31, 13), (2024, 2, 29, 11), (2024, 12, 28, 10), (2024, 12, 30, 9), (2025, 5, 5, 0),
        (2026, 8, 15, 21), (2027, 10, 9, 8), (987, 6, 2, 15))]
    codes = ['ar_001', 'ar_SY', 'de_DE', 'en_GB', 'en_US', 'fa_IR', 'fr_FR', 'nl_BE', 'pl_PL', 'pt_BR', 'sr@latin', 'zh_CN']

    def label(code, granularity, moment):
        if granularity == 'week':
            year, week = date_utils.weeknumber(babel.Locale.parse(code), moment)
            return f'W{week} {year:04}'
        return babel.dates.format_datetime(moment, format=READ_GROUP_DISPLAY_FORMAT[granularity], locale=code)

    with open(os.environ['CHECK'], 'w') as check:
        for code in codes:
            for moment in moments:
                labels = [label(code, granularity, moment) for granularity in READ_GROUP_DISPLAY_FORMAT]
                print(code, moment.isoformat(sep=' '), *labels, sep='\t', file=check)
