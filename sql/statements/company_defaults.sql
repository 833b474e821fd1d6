-- $1: a model, $2: res_company.id. What its fields hold for the company where it has no value of its own, as JSON: what
-- Odoo's superuser would be given.
select distinct on (f.name) f.name::text, d.json_value::text
  from :odoo.ir_default d, :odoo.ir_model_fields f
 where f.id = d.field_id and f.model = $1 and d.condition is null
   and (d.user_id is null or d.user_id = 1)
   and (d.company_id is null or d.company_id = $2)
 order by f.name, d.user_id, d.company_id, d.id
