-- $1: ids of groups. The models that an access list lets somebody in these groups read, as a JSON list.
select coalesce(pg_catalog.json_agg(distinct m.model), '[]')::text
  from :odoo.ir_model_access a
  join :odoo.ir_model m on m.id = a.model_id
 where a.active and a.perm_read and (a.group_id is null or a.group_id = any ($1))
