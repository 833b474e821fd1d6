-- A row where Odoo answers JSON-2, which comes with this module.
select m.name::text from :odoo.ir_module_module m where m.name = 'rpc' and m.state in ('installed', 'to upgrade', 'to remove')
