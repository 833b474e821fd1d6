-- Run as Odoo's own role: the same table holds secrets, so the reading role has no right to it.
select p.value::text from :odoo.ir_config_parameter p where p.key::text = 'database.uuid'
