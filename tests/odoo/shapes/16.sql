-- Odoo 16's own: groups with those that they imply, categories, sequences of signals.
alter table ir_model_fields add translate boolean;
alter table res_groups add category_id integer;
update res_groups set category_id = 1 where id > 1;
insert into res_groups_users_rel (gid, uid) values (1, 5), (2, 5), (1, 6);
update ir_model_fields set translate = model = 'sale.tag' and name = 'name';
insert into ir_module_module (name, state, latest_version, write_date) values
    ('base', 'installed', '16.0.1.3', '2026-01-01'), ('sale', 'installed', '16.0.1.2', '2026-01-01'), ('crm', 'uninstalled', null, null);
create sequence base_registry_signaling;
create sequence base_cache_signaling;
-- what depends on the company has no column, and nothing in ir_model_fields says so
create table ir_property (id serial primary key, company_id integer, fields_id integer not null, res_id varchar, value_float double precision,
    type varchar not null);
insert into ir_property (company_id, fields_id, res_id, value_float, type)
select 1, id, 'res.partner,10', 500, 'float' from ir_model_fields where name = 'credit_limit';
update ir_model_fields set store = false where name = 'credit_limit';
