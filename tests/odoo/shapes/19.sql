-- Odoo 19's own: groups that were given alone, privileges, tables of signals.
alter table ir_model add abstract boolean, add fold_name varchar;
alter table ir_model_fields add translate varchar;
create table res_groups_privilege (id serial primary key, name jsonb not null);
insert into res_groups_privilege (name) values ('{"en_US": "Sales"}');
alter table res_groups add privilege_id integer;
update res_groups set privilege_id = 1 where id > 1;
update ir_model_fields set translate = 'standard' where model = 'sale.tag' and name = 'name';
insert into ir_module_module (name, state, latest_version, write_date) values
    ('base', 'installed', '19.0.1.3', '2026-01-01'), ('sale', 'installed', '19.0.1.2', '2026-01-01'),
    ('rpc', 'installed', '19.0.1.0', '2026-01-01'), ('crm', 'uninstalled', null, null);
create table orm_signaling_registry (id serial primary key, date timestamp);
create table orm_signaling_default (id serial primary key, date timestamp);
insert into orm_signaling_registry (date) values (now());
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
