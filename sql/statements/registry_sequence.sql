-- $1: Odoo's schema. How far Odoo's registry is signalled, up to version 18: for the sequence's owner.
select pg_catalog.pg_sequence_last_value(c.oid)::text
  from pg_catalog.pg_namespace n, pg_catalog.pg_class c
 where n.nspname = $1::name and c.relnamespace = n.oid and c.relname = 'base_registry_signaling' and c.relkind = 'S'
