-- What Odoo 16 to 19 have alike of the tables that are read or asked for: as Odoo's own role.
create table ir_model (id serial primary key, model varchar not null unique, name jsonb not null, "order" varchar not null default 'id',
    state varchar default 'base', transient boolean);
create table ir_model_fields (id serial primary key, model_id integer not null, model varchar not null, name varchar not null,
    ttype varchar not null, relation varchar, relation_field varchar, relation_table varchar, column1 varchar, column2 varchar,
    related varchar, field_description jsonb not null, help jsonb, required boolean, readonly boolean, store boolean,
    selectable boolean, state varchar not null default 'base', unique (model, name));
create table ir_model_fields_selection (id serial primary key, field_id integer not null, sequence integer, value varchar not null,
    name jsonb not null);
create index on ir_model_fields_selection (field_id);
create table ir_model_data (id serial primary key, module varchar not null, name varchar not null, model varchar not null, res_id integer,
    noupdate boolean);
create index on ir_model_data (model, res_id);
create table ir_model_access (id serial primary key, name varchar not null, model_id integer not null, group_id integer, active boolean,
    perm_read boolean);
create index on ir_model_access (model_id);
create table ir_rule (id serial primary key, name varchar, model_id integer not null, domain_force text, active boolean, perm_read boolean,
    global boolean);
create index on ir_rule (model_id);
create table ir_module_category (id serial primary key, name jsonb not null);
create table res_groups (id serial primary key, name jsonb not null, share boolean);
create table rule_group_rel (rule_group_id integer not null, group_id integer not null, primary key (rule_group_id, group_id));
create table res_groups_users_rel (gid integer not null, uid integer not null, primary key (gid, uid));
create index on res_groups_users_rel (uid, gid);
create table res_groups_implied_rel (gid integer not null, hid integer not null, primary key (gid, hid));
create table ir_module_module (id serial primary key, name varchar not null unique, state varchar(16), latest_version varchar,
    write_date timestamp);
create table ir_config_parameter (id serial primary key, key varchar not null, value text not null);
create table ir_default (id serial primary key, field_id integer not null, user_id integer, company_id integer, condition varchar,
    json_value varchar not null);
create table res_lang (id serial primary key, name varchar not null, code varchar not null, week_start varchar not null, active boolean);
create table res_currency (id serial primary key, name varchar not null, active boolean);
create table decimal_precision (id serial primary key, name varchar not null, digits integer not null);
create table res_company (id serial primary key, name varchar not null, partner_id integer not null, currency_id integer not null,
    sequence integer, parent_path varchar, active boolean);
create table res_partner (id serial primary key, name varchar, parent_id integer, commercial_partner_id integer, company_id integer,
    lang varchar, tz varchar, active boolean);
create table res_users (id serial primary key, login varchar not null, password varchar, partner_id integer not null,
    company_id integer not null, active boolean, share boolean);
create table res_company_users_rel (cid integer not null, user_id integer not null, primary key (cid, user_id));
create index on res_company_users_rel (user_id, cid);
create table res_users_apikeys (id serial primary key, name varchar not null, user_id integer not null references res_users on delete cascade,
    scope varchar, index varchar(8) not null constraint res_users_apikeys_index_check check (char_length(index) = 8), key varchar not null,
    create_date timestamp default (now() at time zone 'utc'));
create index on res_users_apikeys (user_id, index);
create table sale_tag (id serial primary key, name jsonb, active boolean);
create table sale_category (id serial primary key, name varchar, parent_id integer, parent_path varchar);
create table sale_order (id serial primary key, name varchar not null, partner_id integer, user_id integer, company_id integer,
    category_id integer, amount_total numeric, date_order timestamp, note text, state varchar);
create table sale_order_tag_rel (order_id integer not null references sale_order, tag_id integer not null references sale_tag,
    primary key (order_id, tag_id));
