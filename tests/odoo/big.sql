-- The million-order database, by plain SQL on a copy of the seeded one: what `make demo-big` adds. init_big.sh runs it.
--   psql -d DB -f big.sql [-v seed=42] [-v scale=1.0] [-v last_day=2025-12-31]
-- scale 1: 200,000 partners, 2,000 products, 500,000 leads, 1,000,000 orders, 3,000,000 order lines over the four years
-- that end with last_day. Every value is a hash of (row number, what it is for, seed), so the same seed gives the same
-- numbers whatever the plan, parallel or not. Superusers only: foreign key triggers are off while it loads, and the end
-- of the file looks whether every key is met.
\set ON_ERROR_STOP on
\timing off
\if :{?seed} \else \set seed 42 \endif
\if :{?scale} \else \set scale 1.0 \endif
\if :{?last_day} \else \set last_day 2025-12-31 \endif
set client_min_messages = warning;
set timezone = 'UTC';
set work_mem = '256MB';
set maintenance_work_mem = '1GB';
set synchronous_commit = off;
select (200000 * :scale)::int n_partner, (2000 * least(1, :scale * 5))::int n_product,
       20 * (50000 * :scale)::int n_order, (500000 * :scale)::int n_lead \gset

select exists (select from ir_config_parameter where key = 'big.sql') as done \gset
\if :done
  \echo 'big.sql was run here already: nothing done'
  \quit
\endif

begin;
set local session_replication_role = replica;

-- r(i, what): a number in [0, 1), the same one for the same seed, i and what
create function pg_temp.r(i bigint, what int) returns float8 language sql immutable parallel safe
  return (hashint8extended(i, :seed::bigint * 1000 + what) & 9007199254740991)::float8 / 9007199254740992.0;

-- ------------------------------------------------------------ the calendar
-- one row a day: growth (x2 over the years), season, quiet week-ends, a closed
-- week at the turn of the year. `days.cum` maps a quantile to a day.
create temp table day as
select d::date, row_number() over (order by d) - 1 as k,
       (1 + 1.0 * (row_number() over (order by d)) / 1461)
       * (1 + 0.25 * sin((extract(doy from d) - 60) / 365.25 * 2 * pi()) + case when extract(month from d) in (11, 12) then 0.3 else 0 end)
       * case extract(isodow from d) when 6 then 0.25 when 7 then 0.10 when 1 then 1.15 else 1 end
       * case when to_char(d, 'MMDD') between '1224' and '1231' or to_char(d, 'MMDD') = '0101' then 0.15 else 1 end as w
from generate_series(:'last_day'::date - 1460, :'last_day'::date, interval '1 day') d;
create temp table days as
select array_agg(cum order by k) filter (where k < 1460) as cum, min(d) as day0
from (select k, d, sum(w) over (order by k) / sum(w) over () as cum from day) s;

-- ------------------------------------------------------------ companies
create temp table comp as
select c.id as company_id, c.currency_id, c.account_sale_tax_id as tax_id, coalesce(t.amount, 0) as tax,
       (select min(w.id) from stock_warehouse w where w.company_id = c.id) as warehouse_id,
       (select min(p.id) from product_pricelist p where p.company_id = c.id and p.active) as pricelist_id,
       case c.name when 'Beta Europe' then 0.9 else 1.0 end as factor,
       row_number() over (order by case c.name when 'Beta Europe' then 1 else c.id end, c.id) as rank  -- main, Beta, then the others
from res_company c left join account_tax t on t.id = c.account_sale_tax_id;
-- main 70 %, Beta Europe 15 %, the rest share what is left
create temp table comp_pick as
select array_agg(company_id order by rank) as ids,
       array_agg(case rank when 1 then 0.70 when 2 then 0.85 else 0.85 + 0.15 * (rank - 2) / (n - 2) end order by rank)
         filter (where rank < n) as cum
from (select *, count(*) over () as n from comp) s;

-- a price list in euro for the main company: a few of its orders are in euro
insert into product_pricelist (sequence, currency_id, company_id, create_uid, write_uid, name, active, create_date, write_date)
select 20, id, 1, 1, 1, '{"en_US": "Euro"}', true, now(), now() from res_currency where name = 'EUR'
returning id as eur_pricelist, currency_id as eur \gset
select coalesce((select rate from res_currency_rate where currency_id = :eur and company_id = 1 order by name desc limit 1), 1)
     / coalesce((select rate from res_currency_rate r join res_company c on c.currency_id = r.currency_id and c.id = r.company_id
                 where r.company_id = 1 order by r.name desc limit 1), 1) as eur_rate \gset

-- ------------------------------------------------------------ teams, salespeople
create temp table new_team (name text, company_id int, alias_id int, team_id int, n int);
insert into new_team (name, company_id, n)
values ('Key Accounts', 1, 1), ('North', 1, 2), ('South', 1, 3), ('Partners', null, 4), ('Chicago', 3, 5), ('US Retail', 2, 6), ('Beta Export', 4, 7);
update new_team set alias_id = nextval('mail_alias_id_seq'), team_id = nextval('crm_team_id_seq');
insert into mail_alias (id, alias_model_id, alias_parent_model_id, alias_parent_thread_id, create_uid, write_uid, alias_contact, alias_status, alias_defaults, alias_incoming_local, create_date, write_date)
select n.alias_id, a.alias_model_id, a.alias_parent_model_id, n.team_id, 1, 1, 'everyone', 'not_tested',
       format('{''type'': ''opportunity'', ''team_id'': %s}', n.team_id), false, now(), now()
from new_team n, crm_team t join mail_alias a on a.id = t.alias_id where t.id = 1 order by n.n;
insert into crm_team (id, sequence, company_id, color, create_uid, write_uid, name, active, create_date, write_date, alias_id, use_opportunities, invoiced_target)
select team_id, 10 + n, company_id, n, 1, 1, jsonb_build_object('en_US', name), true, now(), now(), alias_id, true, 100000 from new_team order by n;

-- 36 salespeople of the main company, 8 of Beta Europe, 4 of each other one; the
-- password of all is that of sales_own; every fourth sees all documents
create temp table rep_new as
select row_number() over (order by company_id, s) as n, company_id, s,
       nextval('res_partner_id_seq')::int as partner_id, nextval('res_users_id_seq')::int as user_id
from (select company_id, s from comp, generate_series(1, case rank when 1 then 36 when 2 then 8 else 4 end) s order by 1, 2) x;
insert into res_partner (id, company_id, name, complete_name, commercial_partner_id, lang, tz, type, email, email_normalized, active, is_company, partner_share,
                         employee, autopost_bills, group_rfq, group_on, message_bounce, supplier_rank, customer_rank, color, create_uid, write_uid, create_date, write_date)
select partner_id, null, f, f, partner_id, 'en_US', 'UTC', 'contact', e, e, true, false, false, false, 'ask', 'default', 'default', 0, 0, 0, 0, 1, 1, now(), now()
from (select *, 'Rep ' || to_char(n, 'FM00') as f, 'rep' || to_char(n, 'FM00') || '@example.com' as e from rep_new) x order by n;
insert into res_users (id, company_id, partner_id, active, login, password, create_uid, write_uid, share, notification_type, create_date, write_date)
select user_id, company_id, partner_id, true, 'rep' || to_char(n, 'FM00'), (select password from res_users where login = 'sales_own'), 1, 1, false, 'email', now(), now()
from rep_new order by n;
insert into res_company_users_rel (cid, user_id) select company_id, user_id from rep_new;
insert into res_groups_users_rel (gid, uid)
select case when s % 4 = 0 then a.res_id else o.res_id end, user_id
from rep_new, ir_model_data o, ir_model_data a
where (o.module, o.name) = ('sales_team', 'group_sale_salesman') and (a.module, a.name) = ('sales_team', 'group_sale_salesman_all_leads');

-- who sells for which company: the new ones and the seeded users; k orders them by how much
create temp table rep as
select user_id, company_id, team_id, row_number() over (partition by company_id order by o) - 1 as k, count(*) over (partition by company_id) as n
from (
  select rn.user_id, rn.company_id, 10 + s as o,
         case rn.company_id when 1 then (array[1, 4, k.team_id, no.team_id, so.team_id, p.team_id])[1 + s % 6]
                         when 2 then us.team_id when 3 then ch.team_id
                         else case when s % 2 = 0 then be.team_id else (select max(id) from crm_team where company_id = 4 and id not in (select team_id from new_team)) end end as team_id
  from rep_new rn, new_team k, new_team no, new_team so, new_team p, new_team us, new_team ch, new_team be
  where k.n = 1 and no.n = 2 and so.n = 3 and p.n = 4 and ch.n = 5 and us.n = 6 and be.n = 7
  union all
  select u.id, v.company_id, v.o, v.team_id from res_users u
  join (values ('admin', 1, 5, 1), ('demo', 1, 12, 4), ('sales_own', 1, 11, 1), ('sales_all', 1, 18, 1), ('both_user', 1, 30, 4), ('both_user', 4, 30, null), ('beta_user', 4, 0, null))
    v(login, company_id, o, team_id) using (login)) x;
update rep set team_id = (select max(id) from crm_team where company_id = 4 and id not in (select team_id from new_team)) where company_id = 4 and team_id is null;
insert into crm_team_member (crm_team_id, user_id, create_uid, write_uid, active, assignment_max, create_date, write_date)
select distinct on (user_id) team_id, user_id, 1, 1, true, 30, now(), now() from rep
where user_id in (select user_id from rep_new) and team_id is not null order by user_id;
update res_users u set sale_team_id = m.crm_team_id from crm_team_member m where m.user_id = u.id and u.id in (select user_id from rep_new);

-- ------------------------------------------------------------ products
select coalesce(max(id), 0) as pt0 from product_template \gset
select coalesce(max(id), 0) as pp0 from product_product \gset
create temp table prod as
select g as k, :pt0 + g as tmpl_id, :pp0 + g as product_id,
       'BIG-' || lpad(g::text, 5, '0') as code,
       (array['Desk','Chair','Lamp','Cabinet','Shelf','Screen','Table','Sofa','Rack','Panel','Drawer','Stand','Board','Bin','Cable','Kit'])[1 + (pg_temp.r(g, 1) * 16)::int % 16] || ' ' ||
       (array['Oslo','Lyon','Porto','Kyoto','Quito','Turin','Gent','Cork','Bergen','Malmö','Łódź','Zürich'])[1 + (pg_temp.r(g, 2) * 12)::int % 12] || ' ' || (100 + g % 900) as name,
       pg_temp.r(g, 3) < 0.15 as is_service,
       -- a multiple of 0.20: with a discount of 5, 10, 15 or 20 % it stays whole cents
       greatest(0.2, round((2 + 600 * pow(pg_temp.r(g, 4), 4) + 60 * pg_temp.r(g, 5))::numeric / 0.2) * 0.2) as price
from generate_series(1, :n_product) g;
insert into product_template (id, sequence, categ_id, uom_id, color, create_uid, write_uid, type, service_tracking, default_code, name, list_price, volume, weight, sale_ok, purchase_ok, active,
                              can_image_1024_be_zoomed, has_configurable_attributes, create_date, write_date, sale_delay, tracking, is_storable, purchase_method, lot_valuated, service_type, expense_policy, invoice_policy, available_in_pos)
select p.tmpl_id, 10, c.ids[1 + p.k % c.n], 1, 0, 1, 1, case when is_service then 'service' else 'consu' end, 'no', code, jsonb_build_object('en_US', p.name), price, 0.01, 0.5, true, true, true,
       false, false, now(), now(), 0, 'none', not is_service, 'receive', false, 'manual', 'no', 'order', false
from prod p, (select array_agg(id order by id) as ids, count(*)::int as n from product_category) c order by p.k;
insert into product_product (id, product_tmpl_id, create_uid, write_uid, default_code, active, can_image_variant_1024_be_zoomed, is_favorite, standard_price, write_date, create_date)
select product_id, tmpl_id, 1, 1, code, true, false, false, jsonb_build_object('1', round(price * 0.6, 2), '4', round(price * 0.55, 2)), now(), now() from prod order by k;
insert into product_taxes_rel (prod_id, tax_id) select tmpl_id, tax_id from prod, comp where tax_id is not null;

-- ------------------------------------------------------------ partners
-- j % 5: 0 a company, 1 a person, 2..4 contacts of an older company
select coalesce(max(id), 0) as p0 from res_partner \gset
create temp table place as
select c.id as country_id, c.code, v.phone, v.digits, v.cities, row_number() over (order by v.o) - 1 as k,
       (select array_agg(s.id order by s.code) from res_country_state s where s.country_id = c.id) as states
from (values (1,'US','+1 212 4',6,'New York,Chicago,Austin,Denver,Boston,Seattle,Miami,Portland'), (2,'DE','+49 30 2',6,'Berlin,München,Köln,Hamburg'), (3,'FR','+33 1 4',7,'Paris,Lyon,Lille,Nîmes'),
             (4,'GB','+44 20 7',7,'London,Leeds,Bristol'), (5,'BE','+32 2 5',6,'Bruxelles,Namur,Gent'), (6,'NL','+31 20 5',6,'Utrecht,Delft'), (7,'ES','+34 91 5',6,'Madrid,Málaga,Bilbao'), (8,'IT','+39 06 6',6,'Roma,Torino'),
             (9,'CH','+41 44 2',6,'Zürich,Genève'), (10,'AT','+43 1 5',6,'Wien,Graz'), (11,'PL','+48 22 6',6,'Łódź,Kraków'), (12,'SE','+46 8 5',6,'Malmö,Uppsala'), (13,'CA','+1 416 5',6,'Montréal,Toronto'), (14,'MX','+52 55 5',7,'Mérida,León'),
             (15,'BR','+55 11 3',7,'São Paulo,Curitiba'), (16,'IN','+91 98 1',7,'Pune,Chennai'), (17,'JP','+81 3 5',7,'Kyoto,Osaka'), (18,'VN','+84 24 3',7,'Huế,Đà Nẵng'), (19,'AU','+61 2 9',7,'Perth,Hobart'), (20,'ZA','+27 11 4',6,'Durban,Paarl')) v(o, code, phone, digits, cities)
join res_country c on c.code = v.code;
create temp table big_partner as
select j, (:p0 + j)::int as id, kind, parent_j,
       case when parent_j is not null then (:p0 + parent_j)::int end as parent_id,
       first, last, org, country_k,
       -- 30 % are older than the first order, the rest come along evenly
       days.day0 + case when j <= 0.3 * :n_partner then (365 * (j / (0.3 * :n_partner) - 1))::int
                        else width_bucket((j::float8 / :n_partner - 0.3) / 0.7, days.cum) end + time '06:00' + floor(pg_temp.r(j, 10) * 43200) * interval '1 second' as at,
       -- one company in twenty and all its contacts belong to one of our companies
       case when pg_temp.r(coalesce(parent_j, j), 11) < 0.05 then cp.ids[1 + width_bucket(pg_temp.r(coalesce(parent_j, j), 12), cp.cum)] end as company_id
from (
  select j, case j % 5 when 0 then 'org' when 1 then 'person' else 'contact' end as kind,
         case when j % 5 >= 2 and j >= 6 then 5 * (1 + floor(pg_temp.r(j, 13) * (j / 5))::int) end as parent_j,
         (array['Anna','Ben','Chloé','Dmitri','Eva','Fatima','Goran','Hana','Igor','Jürgen','Kenji','Lucía','Marek','Ngọc','Omar','Priya','Quentin','Rosa','Søren','Tariq','Uma','Victor','Wei','Ximena','Yusuf','Zoë'])[1 + floor(pg_temp.r(j, 14) * 26)::int] as first,
         (array['Almeida','Bauer','Conti','Dubois','Eriksen','Fischer','García','Huang','Ivanova','Jansen','Kowalski','Lopez','Müller','Nguyễn','O''Brien','Peeters','Quinn','Rossi','Schmidt','Tanaka','Ünal','Verma','Wagner','Xu','Yılmaz','Zhang'])[1 + floor(pg_temp.r(j, 15) * 26)::int] as last,
         (array['Alpine','Blue','Cedar','Delta','Eastern','Falcon','Global','Harbor','Iron','Juniper','Key','Lumen','Metro','Nordic','Orion','Prime','Quartz','River','Summit','Titan','Urban','Vertex','West','Zenith'])[1 + floor(pg_temp.r(j, 16) * 24)::int] || ' ' ||
         (array['Logistics','Foods','Systems','Partners','Design','Energy','Textiles','Motors','Health','Media','Trading','Works'])[1 + floor(pg_temp.r(j, 17) * 12)::int] || ' ' ||
         (array['Inc.','GmbH','SA','Ltd','BV','AB','& Co','LLC'])[1 + floor(pg_temp.r(j, 18) * 8)::int] || ' ' || j as org,
         least(floor(20 * pow(pg_temp.r(case when j % 5 >= 2 and j >= 6 then 5 * (1 + floor(pg_temp.r(j, 13) * (j / 5))::int) else j end, 19), 2.2)), 19)::int as country_k
  from generate_series(1, :n_partner) j) x, days, comp_pick cp;
create unique index on big_partner (j);
analyze big_partner;

-- every table loaded below: its indexes are made again at the end
create temp table big_idx as
select i.indexname, i.indexdef from pg_indexes i join pg_class c on c.relname = i.indexname and c.relnamespace = 'public'::regnamespace
where i.schemaname = 'public' and i.tablename in ('res_partner', 'sale_order', 'sale_order_line', 'crm_lead', 'account_tax_sale_order_line_rel', 'crm_tag_rel', 'res_partner_res_partner_category_rel')
  and not exists (select from pg_constraint k where k.conindid = c.oid);
do $$ declare r record; begin for r in select * from big_idx loop execute format('drop index %I', r.indexname); end loop; end $$;

insert into res_partner (id, company_id, create_date, name, parent_id, user_id, state_id, country_id, industry_id, color, commercial_partner_id, create_uid, write_uid, complete_name, ref, lang, tz, vat,
                         website, function, type, street, zip, city, email, phone, commercial_company_name, active, employee, is_company, partner_share, write_date, message_bounce, email_normalized,
                         calendar_last_notif_ack, phone_sanitized, supplier_rank, customer_rank, autopost_bills, suggest_days, suggest_percent, suggest_based_on, group_rfq, group_on)
select b.id, b.company_id, b.at, nm, b.parent_id,
       case when pg_temp.r(b.j, 20) < 0.3 then rep.user_id end,
       case when states is not null then states[1 + floor(pg_temp.r(loc, 21) * array_length(states, 1))::int] end, pl.country_id,
       case when b.kind = 'org' then ind.ids[1 + floor(pg_temp.r(b.j, 22) * ind.n)::int] end, 0, coalesce(b.parent_id, b.id), 1, 1,
       case when b.parent_id is not null then po.org || ', ' || nm else nm end,
       case when pg_temp.r(b.j, 23) < 0.2 then 'C' || lpad(b.j::text, 7, '0') end, 'en_US', null,
       case when b.kind = 'org' and pg_temp.r(b.j, 24) < 0.3 then pl.code || lpad(((b.j * 7919) % 1000000000)::text, 9, '0') end,
       case when b.kind = 'org' then 'http://www.' || mailhost end,
       case when b.kind = 'contact' then (array['Buyer','Director','Accountant','Engineer','Assistant'])[1 + floor(pg_temp.r(b.j, 25) * 5)::int] end,
       'contact', (1 + floor(pg_temp.r(loc, 26) * 300)::int) || ' ' || (array['Main St','High Street','Station Rd','Mill Lane','Market Sq'])[1 + floor(pg_temp.r(loc, 27) * 5)::int],
       lpad(floor(pg_temp.r(loc, 28) * 99999)::int::text, 5, '0'),
       (string_to_array(pl.cities, ','))[1 + floor(pg_temp.r(loc, 29) * array_length(string_to_array(pl.cities, ','), 1))::int],
       em, case when has_phone then pl.phone || substr(num, 1, pl.digits) end,
       case when b.kind = 'org' then nm when b.parent_id is not null then po.org end,
       pg_temp.r(b.j, 30) >= 0.03, false, b.kind = 'org', true, b.at, 0, em,
       b.at, case when has_phone then replace(pl.phone, ' ', '') || substr(num, 1, pl.digits) end, 0, 0, 'ask', 7, 100, '30_days', 'default', 'default'
from big_partner b
left join big_partner po on po.j = b.parent_j
join place pl on pl.k = b.country_k
cross join (select array_agg(id order by id) as ids, count(*)::int as n from res_partner_industry) ind
left join rep on rep.company_id = coalesce(b.company_id, 1) and rep.k = floor(rep.n * pg_temp.r(coalesce(b.parent_j, b.j), 31))
cross join lateral (select coalesce(b.parent_j, b.j) as loc, pg_temp.r(b.j, 32) < 0.7 as has_phone, lpad(floor(pg_temp.r(b.j, 33) * 10000000)::int::text, 7, '0') as num,
                           case when b.kind = 'org' then b.org else b.first || ' ' || b.last end as nm) v
cross join lateral (select 'org' || loc || '.example.com' as mailhost) h
cross join lateral (select case when pg_temp.r(b.j, 34) < 0.9 then case when b.kind = 'org' then 'info@' || mailhost else 'p' || b.j || '@' || mailhost end end as em) e
order by b.j;
select setval('res_partner_id_seq', max(id)) from res_partner \g /dev/null
insert into res_partner_res_partner_category_rel (category_id, partner_id)
select c.ids[1 + floor(pg_temp.r(j, 40 + t) * c.n)::int], id from big_partner, generate_series(0, 1) t, (select array_agg(id order by id) as ids, count(*)::int as n from res_partner_category) c
where pg_temp.r(j, 42) < case t when 0 then 0.4 else 0.1 end on conflict do nothing;

-- ------------------------------------------------------------ orders (in i order of time)
select coalesce(max(id), 0) as o0 from sale_order \gset
select coalesce(max(id), 0) as l0 from sale_order_line \gset
create temp table big_order as
select i, (:o0 + i)::int as id, x.at, x.state, x.j,
       case when x.state = 'sale' then least(x.at + pow(pg_temp.r(i, 50), 2) * interval '10 days', (:'last_day'::date + time '23:59:59')) else x.at end::timestamp(0) as date_order,
       p.id as partner_id, coalesce(p.parent_id, p.id) as commercial_id, c.company_id, c.warehouse_id, c.tax_id, c.tax, c.factor,
       in_eur, case when in_eur then :eur else c.currency_id end as currency_id, case when in_eur then :eur_pricelist::int else c.pricelist_id end as pricelist_id,
       case when in_eur then :eur_rate else 1.0 end as rate,
       case when pg_temp.r(i, 51) >= 0.04 then rep.user_id end as user_id, case when pg_temp.r(i, 51) >= 0.02 then rep.team_id end as team_id,
       case when x.state <> 'sale' then 'no'
            when pg_temp.r(i, 52) < case when x.q > 0.97 then 0.35 when x.q > 0.9 then 0.7 else 0.93 end then 'invoiced'
            when pg_temp.r(i, 53) < 0.75 then 'to invoice' else 'no' end as invoice_status
from (
  select i, q, at, floor(n * pow(pg_temp.r(i, 54), 3))::int + 1 as j,
         case when pg_temp.r(i, 55) < case when q > 0.98 then 0.45 when q > 0.95 then 0.65 else 0.78 end then 'sale'
              when pg_temp.r(i, 56) < case when q > 0.98 then 0.05 when q > 0.95 then 0.3 else 0.65 end then 'cancel'
              when pg_temp.r(i, 57) < 0.45 then 'draft' else 'sent' end as state
  from (select i, q, (days.day0 + width_bucket(q, days.cum) + time '07:00' + pow(pg_temp.r(i, 58), 0.8) * interval '12 hours')::timestamp(0) as at,
               greatest(1, floor(:n_partner * (0.3 + 0.7 * greatest(0, q - 0.002)))) as n
        from (select i, (i - 0.5) / :n_order as q from generate_series(1, :n_order) i) a, days) b) x
join big_partner p on p.j = x.j
cross join comp_pick cp
join comp c on c.company_id = coalesce(p.company_id, cp.ids[1 + width_bucket(pg_temp.r(i, 59), cp.cum)])
cross join lateral (select c.company_id = 1 and pg_temp.r(i, 60) < 0.04 as in_eur) e
left join rep on rep.company_id = c.company_id and rep.k = floor(rep.n * pow(pg_temp.r(i, 61), 1.8));
create unique index on big_order (i);
analyze big_order;

-- ------------------------------------------------------------ lines: 60 in every 20 orders
create temp table big_line as
select (:l0 + row_number() over (order by i, ln))::int as id, i, ln, product_id, code, name, is_service, qty, price, discount, sub,
       round(sub * tax / 100, 2) as tax_amount
from (
  select o.i, ln, p.product_id, p.code, p.name, p.is_service, o.tax, q.qty, u.price, d.discount,
         round(q.qty * u.price * (100 - d.discount) / 100, 2) as sub
  from big_order o
  cross join lateral generate_series(1, (array[1,1,1,1,1,1,1,2,2,2,2,2,3,3,3,4,5,6,8,11])[1 + (o.i * 7) % 20]) ln
  join prod p on p.k = 1 + floor(:n_product * pow(pg_temp.r(o.i * 16 + ln, 70), 2.2))::int
  cross join lateral (select (1 + floor(24 * pow(pg_temp.r(o.i * 16 + ln, 71), 4)))::numeric as qty) q
  cross join lateral (select round(p.price * o.factor * case when o.in_eur then 0.92 else 1 end / 0.2) * 0.2 as price) u
  cross join lateral (select (array[0,5,10,15,20])[1 + width_bucket(pg_temp.r(o.i * 16 + ln, 72), array[0.80,0.88,0.95,0.98])]::numeric as discount) d) x;
analyze big_line;
create temp table big_sum as
select l.i, sum(sub) as untaxed, round(sum(sub) * min(o.tax) / 100, 2) as tax  -- rounded once an order (round_globally)
from big_line l join big_order o using (i) group by l.i;
analyze big_sum;

-- ------------------------------------------------------------ leads
-- four in ten come before an order (every fifth order has one), the others never met one
create temp table big_lead as
select row_number() over (order by at, src) as n, x.*
from (
  select o.i::bigint as src, o.i as order_i,
         (o.at - (1 + floor(pg_temp.r(o.i, 80) * 45))::int * interval '1 day' - pg_temp.r(o.i, 81) * interval '4 hours')::timestamp(0) as at,
         o.date_order as end_at, case o.state when 'sale' then 'won' when 'cancel' then 'lost' else 'pending' end as won, 'opportunity' as type,
         o.partner_id, o.j, o.company_id, o.user_id, o.team_id, round(case when o.in_eur then (s.untaxed / o.rate) else s.untaxed end / 10) * 10 + 10 as revenue
  from big_order o join big_sum s using (i) where o.i % 5 = 0 and o.i / 5 <= :n_lead * 0.4
  union all
  select 10000000 + g, null, (days.day0 + width_bucket(q, days.cum) + time '06:30' + pg_temp.r(g, 82) * interval '13 hours')::timestamp(0), null,
         case when pg_temp.r(g, 83) < case when q > 0.95 then 0.15 when q > 0.85 then 0.5 else 0.8 end then 'lost' else 'pending' end,
         case when pg_temp.r(g, 84) < 0.35 then 'lead' else 'opportunity' end,
         p.id, p.j, c.company_id, case when pg_temp.r(g, 85) < 0.85 then rep.user_id end, case when pg_temp.r(g, 85) < 0.93 then rep.team_id end,
         round((100 + 30000 * pow(pg_temp.r(g, 86), 3))::numeric / 10) * 10
  from (select g, (g - 0.5) / (:n_lead - floor(:n_lead * 0.4)) as q from generate_series(1, (:n_lead - floor(:n_lead * 0.4))::int) g) a
  cross join days cross join comp_pick cp
  left join big_partner p on pg_temp.r(g, 87) < 0.5 and p.j = 1 + floor(pow(pg_temp.r(g, 88), 2) * greatest(1, :n_partner * (0.3 + 0.7 * greatest(0, q - 0.002)) - 1))::int
  join comp c on c.company_id = coalesce(p.company_id, cp.ids[1 + width_bucket(pg_temp.r(g, 89), cp.cum)])
  left join rep on rep.company_id = c.company_id and rep.k = floor(rep.n * pow(pg_temp.r(g, 90), 1.5))) x;
create index on big_lead (order_i);
analyze big_lead;
select coalesce(max(id), 0) as k0 from crm_lead \gset
select id as s_won from crm_stage where is_won order by sequence limit 1 \gset
create temp table open_stage as select array_agg(id order by sequence) as ids from crm_stage where not coalesce(is_won, false);
insert into crm_lead (id, campaign_id, source_id, medium_id, message_bounce, user_id, team_id, company_id, stage_id, color, partner_id, state_id, country_id, lost_reason_id, create_uid, write_uid,
                      phone_sanitized, email_normalized, name, type, priority, contact_name, partner_name, function, email_from, email_domain_criterion, phone, phone_state, email_state, website,
                      street, zip, city, won_status, date_deadline, expected_revenue, prorated_revenue, recurring_revenue, recurring_revenue_monthly, recurring_revenue_monthly_prorated, recurring_revenue_prorated,
                      active, date_closed, date_open, date_last_stage_update, date_conversion, create_date, write_date, day_open, day_close, probability, automated_probability)
select :k0 + b.n, case when pg_temp.r(b.src, 91) < 0.1 then ut.c[1 + floor(pg_temp.r(b.src, 92) * array_length(ut.c, 1))::int] end,
       case when pg_temp.r(b.src, 93) < 0.6 then ut.s[1 + floor(pg_temp.r(b.src, 94) * array_length(ut.s, 1))::int] end,
       case when pg_temp.r(b.src, 93) < 0.6 then ut.m[1 + floor(pg_temp.r(b.src, 95) * array_length(ut.m, 1))::int] end,
       0, b.user_id, b.team_id, b.company_id, stage, 0, b.partner_id, p.state_id, coalesce(p.country_id, pl.country_id),
       case when won = 'lost' then lr.ids[1 + floor(pg_temp.r(b.src, 96) * array_length(lr.ids, 1))::int] end, 1, 1,
       p.phone_sanitized, coalesce(p.email_normalized, mail),
       (array['Interest in','Quote for','Renewal of','Question on','Project with'])[1 + floor(pg_temp.r(b.src, 97) * 5)::int] || ' ' || pr.name,
       b.type, (array['0','1','2','3'])[1 + width_bucket(pg_temp.r(b.src, 98), array[0.5,0.8,0.94])],
       case when p.id is null or not p.is_company then coalesce(p.name, 'Lead ' || b.src) end, coalesce(p.commercial_company_name, case when p.id is null then 'Prospect ' || b.src end),
       p.function, coalesce(p.email, mail), '@' || split_part(coalesce(p.email_normalized, mail), '@', 2), p.phone, case when p.phone is not null then 'correct' end, case when coalesce(p.email, mail) is not null then 'correct' end, p.website,
       p.street, p.zip, p.city, won, case when b.type = 'opportunity' then (b.at + (20 + pg_temp.r(b.src, 99) * 70) * interval '1 day')::date end,
       case when b.type = 'opportunity' then revenue else 0 end, round(case when b.type = 'opportunity' then revenue else 0 end * prob::numeric / 100, 2), 0, 0, 0, 0,
       won <> 'lost', closed, opened, coalesce(closed, opened), case when b.type = 'opportunity' then opened end, b.at, coalesce(closed, opened, b.at),
       floor(extract(epoch from opened - b.at) / 86400), floor(extract(epoch from closed - b.at) / 86400), prob, prob
from big_lead b
left join res_partner p on p.id = b.partner_id
join prod pr on pr.k = 1 + floor(:n_product * pg_temp.r(b.src, 100))::int
join place pl on pl.k = least(19, floor(20 * pow(pg_temp.r(b.src, 101), 2.2)))
cross join (select array_agg(id order by id) as ids from crm_lost_reason) lr
cross join (select (select array_agg(id order by id) from utm_campaign) as c, (select array_agg(id order by id) from utm_source) as s, (select array_agg(id order by id) from utm_medium) as m) ut
cross join open_stage os
cross join lateral (select case when b.user_id is not null then least(b.at + pow(pg_temp.r(b.src, 102), 3) * interval '5 days', coalesce(b.end_at, 'infinity')) end::timestamp(0) as opened,
                           case won when 'won' then b.end_at when 'lost' then least(coalesce(b.end_at, b.at + (1 + pg_temp.r(b.src, 103) * 60) * interval '1 day'), :'last_day'::date + time '23:59:59') end::timestamp(0) as closed,
                           case when won = 'won' then :s_won else os.ids[1 + floor(pow(pg_temp.r(b.src, 104), 1.3) * array_length(os.ids, 1))::int] end as stage,
                           case won when 'won' then 100 when 'lost' then 0 else round((2 + 90 * pg_temp.r(b.src, 105))::numeric, 1) end::float8 as prob,
                           case when pg_temp.r(b.src, 106) < 0.8 then 'x' || b.src || '@prospect' || b.src % 5000 || '.example.com' end as mail) v
order by b.n;
select setval('crm_lead_id_seq', max(id)) from crm_lead \g /dev/null
insert into crm_tag_rel (lead_id, tag_id)
select :k0 + b.n, t.ids[1 + floor(pg_temp.r(src, 107 + z) * t.n)::int] from big_lead b, generate_series(0, 1) z, (select array_agg(id order by id) as ids, count(*)::int as n from crm_tag) t
where pg_temp.r(src, 109) < case z when 0 then 0.5 else 0.15 end on conflict do nothing;

-- ------------------------------------------------------------ the orders, the lines
insert into sale_order (id, campaign_id, source_id, medium_id, company_id, partner_id, partner_invoice_id, partner_shipping_id, payment_term_id, pricelist_id, currency_id, user_id, team_id, create_uid, write_uid,
                        name, state, client_order_ref, origin, invoice_status, validity_date, currency_rate, amount_untaxed, amount_tax, amount_total, locked, require_signature, require_payment, create_date,
                        commitment_date, date_order, write_date, prepayment_percent, opportunity_id, warehouse_id, picking_policy, delivery_status, effective_date, amount_unpaid)
select o.id, ld.campaign_id, ld.source_id, ld.medium_id, o.company_id, o.partner_id, o.commercial_id, o.partner_id, case when pg_temp.r(i, 110) < 0.6 then 4 end, o.pricelist_id, o.currency_id, o.user_id, o.team_id,
       coalesce(o.user_id, 1), coalesce(o.user_id, 1), 'S' || (100000 + i), o.state, case when pg_temp.r(i, 111) < 0.25 then 'PO' || lpad(floor(pg_temp.r(i, 112) * 9999999)::int::text, 7, '0') end, null,
       o.invoice_status, o.at::date + 30, o.rate, s.untaxed, s.tax, s.untaxed + s.tax, false, true, false, o.at,
       case when o.state = 'sale' and pg_temp.r(i, 113) < 0.3 then o.date_order + (2 + pg_temp.r(i, 114) * 20) * interval '1 day' end::timestamp(0), o.date_order, o.date_order, 1, ld.id, o.warehouse_id, 'direct',
       case when o.state = 'sale' then case when o.invoice_status = 'no' then 'pending' else 'full' end end,
       case when o.state = 'sale' and o.invoice_status <> 'no' then o.date_order + pg_temp.r(i, 115) * interval '8 days' end::timestamp(0), case when o.invoice_status = 'invoiced' then 0 else s.untaxed + s.tax end
from big_order o join big_sum s using (i)
left join big_lead b on b.order_i = o.i left join crm_lead ld on ld.id = :k0 + b.n
order by o.i;
select setval('sale_order_id_seq', max(id)) from sale_order \g /dev/null

insert into sale_order_line (id, order_id, sequence, company_id, currency_id, order_partner_id, salesman_id, product_id, product_uom_id, create_uid, write_uid, state, qty_delivered_method, invoice_status, name,
                             product_uom_qty, price_unit, discount, price_subtotal, price_total, price_reduce_taxexcl, price_reduce_taxinc, qty_delivered, qty_invoiced, qty_to_invoice, untaxed_amount_invoiced,
                             untaxed_amount_to_invoice, is_downpayment, is_expense, collapse_prices, collapse_composition, create_date, write_date, technical_price_unit, price_tax, customer_lead, is_optional, warehouse_id, is_service)
select l.id, o.id, 9 + l.ln, o.company_id, o.currency_id, o.partner_id, o.user_id, l.product_id, 1, coalesce(o.user_id, 1), coalesce(o.user_id, 1), o.state, case when l.is_service then 'manual' else 'stock_move' end,
       o.invoice_status, '[' || l.code || '] ' || l.name, l.qty, l.price, l.discount, l.sub, l.sub + l.tax_amount, round(l.sub / l.qty, 2), round((l.sub + l.tax_amount) / l.qty, 2),
       case when o.invoice_status in ('invoiced', 'to invoice') then l.qty else 0 end, case when o.invoice_status = 'invoiced' then l.qty else 0 end, case when o.invoice_status = 'to invoice' then l.qty else 0 end,
       case when o.invoice_status = 'invoiced' then l.sub else 0 end, case when o.invoice_status = 'to invoice' then l.sub else 0 end, false, false, false, false, o.at, o.date_order, l.price, l.tax_amount, 0, false, o.warehouse_id, l.is_service
from big_line l join big_order o using (i)
order by l.id;
select setval('sale_order_line_id_seq', max(id)) from sale_order_line \g /dev/null
insert into account_tax_sale_order_line_rel (sale_order_line_id, account_tax_id)
select l.id, o.tax_id from big_line l join big_order o using (i) where o.tax_id is not null order by l.id;

-- who bought is a customer
update res_partner p set customer_rank = s.n from (select commercial_id, count(*)::int as n from big_order where invoice_status = 'invoiced' group by 1) s where p.id = s.commercial_id;

-- the next records Odoo makes come after these
select setval('product_template_id_seq', (select max(id) from product_template)), setval('product_product_id_seq', (select max(id) from product_product)) \g /dev/null
select setval(format('ir_sequence_%s', lpad(id::text, 3, '0')), 100000 + :n_order) from ir_sequence where code = 'sale.order' and company_id is null \g /dev/null

do $$ declare r record; begin for r in select * from big_idx loop execute r.indexdef; end loop; end $$;
set local session_replication_role = origin;

-- ------------------------------------------------------------ is it whole?
create temp table wrong (what text, n bigint);
do $$
declare r record; n bigint;
begin
  -- every foreign key of the loaded tables, also the ones other columns of theirs have
  for r in
    select c.conrelid::regclass as t, a.attname as col, c.confrelid::regclass as ft, fa.attname as fcol
    from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1] join pg_attribute fa on fa.attrelid = c.confrelid and fa.attnum = c.confkey[1]
    where c.contype = 'f' and c.conrelid in ('res_partner'::regclass, 'res_users'::regclass, 'crm_team'::regclass, 'crm_team_member'::regclass, 'mail_alias'::regclass, 'product_template'::regclass, 'product_product'::regclass,
      'product_taxes_rel'::regclass, 'crm_lead'::regclass, 'sale_order'::regclass, 'sale_order_line'::regclass, 'account_tax_sale_order_line_rel'::regclass, 'crm_tag_rel'::regclass,
      'res_partner_res_partner_category_rel'::regclass, 'res_company_users_rel'::regclass, 'res_groups_users_rel'::regclass, 'product_pricelist'::regclass)
  loop
    execute format('select count(*) from (select %1$I as v from %2$s where %1$I is not null group by 1) x where not exists (select from %3$s f where f.%4$I = x.v)', r.col, r.t, r.ft, r.fcol) into n;
    if n > 0 then insert into wrong values (format('%s.%s has no %s', r.t, r.col, r.ft), n); end if;
  end loop;
end $$;
insert into wrong
select 'order total is not the sum of its lines', count(*) from sale_order o left join (select order_id, sum(price_subtotal) as s from sale_order_line group by 1) l on l.order_id = o.id
  where o.id > :o0 and (o.amount_untaxed is distinct from l.s or o.amount_total <> o.amount_untaxed + o.amount_tax) having count(*) > 0
union all select 'line differs from its order', count(*) from sale_order_line l join sale_order o on o.id = l.order_id
  where o.id > :o0 and (l.company_id, l.currency_id, l.order_partner_id, l.state) is distinct from (o.company_id, o.currency_id, o.partner_id, o.state) having count(*) > 0
union all select 'partner of another company', count(*) from sale_order o join res_partner p on p.id = o.partner_id where o.id > :o0 and p.company_id <> o.company_id having count(*) > 0
union all select 'order older than its partner', count(*) from sale_order o join res_partner p on p.id = o.partner_id where o.id > :o0 and p.create_date > o.create_date having count(*) > 0
union all select 'team of another company', count(*) from sale_order o join crm_team t on t.id = o.team_id where o.id > :o0 and t.company_id <> o.company_id having count(*) > 0
union all select 'won lead outside the won stage', count(*) from crm_lead where id > :k0 and (won_status = 'won') <> (stage_id = :s_won) having count(*) > 0
union all select 'rows are missing', 1 where (select count(*) from sale_order where id > :o0) <> :n_order or (select count(*) from sale_order_line where id > :l0) <> 3 * :n_order
  or (select count(*) from crm_lead where id > :k0) <> :n_lead or (select count(*) from res_partner where id > :p0) <> :n_partner;
select * from wrong;
do $$ begin if exists (select from wrong) then raise exception 'big.sql: the data is not whole'; end if; end $$;

insert into ir_config_parameter (key, value, create_uid, write_uid, create_date, write_date)
values ('big.sql', format('seed %s scale %s last_day %s; order ids > %s', :seed, :scale, :'last_day', :o0), 1, 1, now(), now());
commit;
-- frozen: a copy of the cached cluster has no hint bits left to set, whoever reads it first
vacuum (freeze, analyze);

-- the same figures at every run with the same seed (on the same seeded database)
select 'sale_order' as "table", count(*), sum(amount_total) as total, sum(hashtextextended(concat_ws('|', id, partner_id, company_id, user_id, state, date_order, amount_total, opportunity_id), 0)) as fingerprint from sale_order where id > :o0
union all select 'sale_order_line', count(*), sum(price_total), sum(hashtextextended(concat_ws('|', id, order_id, product_id, product_uom_qty, price_subtotal), 0)) from sale_order_line where id > :l0
union all select 'crm_lead', count(*), sum(expected_revenue), sum(hashtextextended(concat_ws('|', id, partner_id, stage_id, user_id, create_date, date_closed, expected_revenue), 0)) from crm_lead where id > :k0
union all select 'res_partner', count(*), null, sum(hashtextextended(concat_ws('|', id, name, email, country_id, create_date), 0)) from res_partner where id > :p0;
