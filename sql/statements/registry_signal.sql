-- How far Odoo's registry is signalled, from version 19 on.
select pg_catalog.max(s.id)::text from :odoo.orm_signaling_registry s
