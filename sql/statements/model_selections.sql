-- $1: ir_model.model. The keys of its selection fields in their order, with English labels.
select f.name::text, s.value::text, coalesce(s.name ->> 'en_US', s.value)::text
  from :odoo.ir_model_fields f, :odoo.ir_model_fields_selection s
 where f.model = $1 and f.ttype = 'selection' and s.field_id = f.id
 order by f.name, s.sequence, s.id
