-- The same records in each: two people of one company, three orders, four models that are asked for.
create function pg_temp.field(of_model text, field text, type text, comodel text default null, path text default null) returns integer
language sql as $$
    insert into ir_model_fields (model_id, model, name, ttype, relation, related, field_description, store, selectable)
    select m.id, $1, $2, $3, $4, $5, jsonb_build_object('en_US', initcap($2)), $5 is null, true
      from ir_model m where m.model = $1
    returning id
$$;

insert into res_lang (name, code, week_start, active) values ('English', 'en_US', '7', true), ('Français', 'fr_FR', '1', true);
insert into res_currency (name, active) values ('EUR', true);
insert into decimal_precision (name, digits) values ('Product Price', 2);
insert into res_partner (id, name, commercial_partner_id, lang, tz, active) values
    (1, 'Company', 1, 'en_US', 'UTC', true), (2, 'Administrator', 2, 'en_US', 'UTC', true),
    (5, 'Sees All', 5, 'en_US', 'Europe/Brussels', true), (6, 'Sees Own', 6, 'en_US', 'Europe/Brussels', true),
    (10, 'Azure', 10, null, null, true), (11, 'Gemini', 11, null, null, false);
insert into res_company (name, partner_id, currency_id, sequence, parent_path, active) values ('Company', 1, 1, 10, '1/', true);
insert into res_users (id, login, partner_id, company_id, active, share) values
    (1, '__system__', 1, 1, false, false), (2, 'admin', 2, 1, true, false), (5, 'all', 5, 1, true, false), (6, 'own', 6, 1, true, false);
insert into res_company_users_rel select 1, id from res_users;

insert into ir_module_category (name) values ('{"en_US": "Sales"}');
insert into res_groups (id, name, share) values
    (1, '{"en_US": "Internal User"}', false), (2, '{"en_US": "Own Documents"}', false), (3, '{"en_US": "All Documents"}', false);
insert into res_groups_implied_rel (gid, hid) values (2, 1), (3, 2);
-- those that were given; an older Odoo has the implied ones here, too
insert into res_groups_users_rel (gid, uid) values (1, 2), (3, 5), (2, 6);
insert into ir_model_data (module, name, model, res_id) values
    ('base', 'group_user', 'res.groups', 1), ('sale', 'group_own', 'res.groups', 2), ('sale', 'group_all', 'res.groups', 3);

insert into ir_model (model, name, "order") values
    ('base', '{"en_US": "Base"}', 'id'), ('res.partner', '{"en_US": "Contact"}', 'name, id'),
    ('res.users', '{"en_US": "User"}', 'login'), ('res.company', '{"en_US": "Companies"}', 'sequence, name'),
    ('sale.order', '{"en_US": "Sales Order", "fr_FR": "Bon de commande"}', 'id'),
    ('sale.tag', '{"en_US": "Tag"}', 'id'), ('sale.category', '{"en_US": "Category"}', 'id');
insert into ir_model_data (module, name, model, res_id)
select case when model like 'sale.%' then 'sale' else 'base' end, 'model_' || replace(model, '.', '_'), 'ir.model', id from ir_model;

select pg_temp.field(m.model, f.name, f.type)
  from ir_model m, (values ('id', 'integer'), ('name', 'char')) f (name, type) where m.model <> 'base' and m.model <> 'res.users';
select pg_temp.field('res.users', 'id', 'integer'), pg_temp.field('res.users', 'login', 'char');
select pg_temp.field('res.partner', 'active', 'boolean'), pg_temp.field('res.partner', 'credit_limit', 'float');
select pg_temp.field('sale.tag', 'active', 'boolean');
select pg_temp.field(model, 'display_name', 'char') from ir_model where model <> 'base';
update ir_model_fields set store = false where name = 'display_name';
select pg_temp.field('sale.category', 'parent_id', 'many2one', 'sale.category'), pg_temp.field('sale.category', 'parent_path', 'char');
select pg_temp.field('sale.order', f.name, f.type, f.relation)
  from (values ('partner_id', 'many2one', 'res.partner'), ('user_id', 'many2one', 'res.users'),
               ('company_id', 'many2one', 'res.company'), ('category_id', 'many2one', 'sale.category'),
               ('amount_total', 'float', null), ('date_order', 'datetime', null), ('note', 'text', null),
               ('state', 'selection', null), ('tag_ids', 'many2many', 'sale.tag')) f (name, type, relation);
update ir_model_fields set relation_table = 'sale_order_tag_rel', column1 = 'order_id', column2 = 'tag_id' where name = 'tag_ids';
update ir_model_fields set field_description = '{"en_US": "Total", "fr_FR": "Somme"}' where name = 'amount_total';
insert into ir_model_fields_selection (field_id, sequence, value, name)
select id, s.place, s.value, s.name
  from ir_model_fields, (values (1, 'draft', '{"en_US": "Quotation", "fr_FR": "Devis"}'::jsonb),
                                (2, 'sale', '{"en_US": "Sales Order", "fr_FR": "Bon de commande"}')) s (place, value, name)
 where ir_model_fields.model = 'sale.order' and ir_model_fields.name = 'state';

insert into ir_model_access (name, model_id, group_id, active, perm_read)
select 'read', id, case when model = 'sale.order' then 2 else 1 end, true, true from ir_model where model <> 'base';
insert into ir_rule (name, model_id, domain_force, active, perm_read, global)
select r.name, m.id, r.domain, true, true, r.is_global
  from ir_model m, (values ('Companies', '[("company_id", "in", company_ids)]', true),
                           ('Own', '[("user_id", "=", user.id)]', false), ('All', '[(1, "=", 1)]', false)) r (name, domain, is_global)
 where m.model = 'sale.order';
insert into rule_group_rel values (2, 2), (3, 3);

insert into sale_tag (name, active) values ('{"en_US": "Hot", "fr_FR": "Chaud"}', true), ('{"en_US": "Cold"}', true),
    ('{"en_US": "Old"}', false);
insert into sale_category (name, parent_id, parent_path) values ('All', null, '1/'), ('Goods', 1, '1/2/'), ('Services', null, '3/');
insert into sale_order (name, partner_id, user_id, company_id, category_id, amount_total, date_order, note, state) values
    ('S1', 10, 5, 1, 2, 100, '2026-01-31 23:30:00', null, 'sale'),
    ('S2', 10, 6, 1, 1, null, '2026-02-01 10:00:00', '', 'draft'),
    ('S3', 11, 6, 1, 3, 0, '2026-02-02 00:00:00.5', 'x', 'sale');
insert into sale_order_tag_rel values (1, 1), (1, 3), (2, 2), (3, 3);
insert into ir_config_parameter (key, value) values ('database.uuid', gen_random_uuid());
