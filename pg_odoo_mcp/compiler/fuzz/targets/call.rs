#![no_main]

odoo_compiler_fuzz::json_target!(odoo_compiler_fuzz::call);
