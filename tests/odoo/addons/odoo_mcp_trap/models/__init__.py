from . import facts, groups, grumble, rows, rules, users
