-- $1: the sequence that Odoo's workers look at before every request; they forget what they keep when it has moved.
select pg_catalog.nextval($1::pg_catalog.regclass)::text
