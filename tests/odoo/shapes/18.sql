-- Odoo 18's own: groups with those that they imply, categories, sequences of signals.
alter table ir_model_fields add translate boolean;
alter table res_groups add category_id integer;
update res_groups set category_id = 1 where id > 1;
insert into res_groups_users_rel (gid, uid) values (1, 5), (2, 5), (1, 6);
update ir_model_fields set translate = model = 'sale.tag' and name = 'name';
insert into ir_module_module (name, state, latest_version, write_date) values
    ('base', 'installed', '18.0.1.3', '2026-01-01'), ('sale', 'installed', '18.0.1.2', '2026-01-01'), ('crm', 'uninstalled', null, null);
create sequence base_registry_signaling;
create sequence base_cache_signaling_assets;
create sequence base_cache_signaling_default;
create sequence base_cache_signaling_routing;
create sequence base_cache_signaling_templates;
create sequence base_cache_signaling_groups;
alter table ir_model_fields add currency_field varchar;
alter table ir_module_module add imported boolean;
create table ir_model_inherit (id serial primary key, model_id integer not null, parent_id integer not null, parent_field_id integer);
create index on ir_model_inherit (model_id);
-- what depends on the company has a column of them, and its keys an end
alter table ir_model_fields add company_dependent boolean;
update ir_model_fields set company_dependent = name = 'credit_limit';
alter table res_partner add credit_limit jsonb;
update res_partner set credit_limit = '{"1": 500.0}' where id = 10;
alter table res_users_apikeys add expiration_date timestamp;
