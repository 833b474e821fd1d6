-- Installed modules: name, version, version or state as model_state.sql has it, when Odoo wrote the row, whether it was
-- imported as data, without Python, and when it was written in seconds since 1970. A column that some versions lack is named without qualification inside a subquery: where
-- the table has it, it is found there first, and else in `absent`.
select d.name::text, coalesce(d.latest_version::text, ''),
       case d.state::text when 'installed' then coalesce(d.latest_version::text, '') else d.state::text end,
       d.write_date::text, coalesce(d.imported, false)::text, pg_catalog.date_part('epoch', d.write_date)::text
  from (select false as imported) absent
 cross join lateral (
    select m.name, m.latest_version, m.state, m.write_date, imported
      from :odoo.ir_module_module m) d
 where d.state::text in ('installed', 'to upgrade', 'to remove')
 order by d.name
