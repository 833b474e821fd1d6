-- Installed modules: name, version, version or state as model_state.sql has it, when Odoo wrote the row.
select m.name::text, coalesce(m.latest_version::text, ''),
       case m.state::text when 'installed' then coalesce(m.latest_version::text, '') else m.state::text end,
       m.write_date::text
  from :odoo.ir_module_module m
 where m.state::text in ('installed', 'to upgrade', 'to remove')
 order by m.name
