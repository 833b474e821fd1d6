//! Odoo's role owns the tables that we read, and the database. Whatever it plants there, nobody else executes it.
//!
//! The planted code moves a sequence, which no rollback takes back, and each test first shows that the plant works when
//! Odoo's own role trips it: a trap that can't spring proves nothing.

use std::cell::RefCell;
use std::time::Duration;

use odoo_mcp_tests::serve::{CALLS, assert_refused, serve};
use odoo_mcp_tests::wait::until;
use odoo_mcp_tests::{Environment, Scratch};
use postgres::Client;
use postgres::error::SqlState;
use serde_json::Value;

const TRAP: &str = "
    create sequence public.sprung;
    grant usage on sequence public.sprung to public;
    create function public.spring() returns boolean language plpgsql volatile as
        $$begin perform pg_catalog.nextval('public.sprung'); return true; end$$;
    create function public.spring_quietly(anyelement) returns anyelement language plpgsql immutable as
        $$begin perform pg_catalog.nextval('public.sprung'); return $1; end$$;
    grant execute on all functions in schema public to public";

/// A scratch database with the trap laid and something that sets it off.
struct Trap {
    token: String,
    /// A connection of the front's that has answered every call before the plant, and keeps what it can.
    warm: RefCell<Client>,
    // last: it drops the database
    scratch: Scratch,
}

impl Trap {
    /// `plant` is run by Odoo's role after setup. Then Odoo's role runs `control`, which must spring it.
    fn lay(name: &str, plant: &str, control: &str) -> Self {
        let env = Environment::load();
        let scratch = Scratch::set_up(&env, name);
        let token = scratch.token("sales_all");
        let mut warm = scratch.front_role();
        for (tool, arguments) in (0..4).flat_map(|_| CALLS) {
            let answer = serve(&mut warm, &token, tool, arguments);
            assert_ne!(answer["error"]["code"], "internal", "{answer}");
        }
        let trap = Self {
            token,
            warm: RefCell::new(warm),
            scratch,
        };
        trap.plant(TRAP);
        trap.plant(plant);
        // what the control does to the data is taken back; the sequence is not
        trap.plant(&format!("begin; {control}; rollback"));
        assert!(
            trap.is_sprung(),
            "the control does not spring the trap: {control}"
        );
        trap.superuser_resets();
        trap
    }

    fn plant(&self, statements: &str) {
        let mut odoo = self.scratch.odoo_role();
        odoo.batch_execute(statements)
            .unwrap_or_else(|error| panic!("planting {statements}: {error:?}"));
    }

    fn superuser_resets(&self) {
        let mut superuser = self.scratch.superuser();
        superuser
            .batch_execute("select setval('public.sprung', 1, false)")
            .expect("the sequence is there");
    }

    fn is_sprung(&self) -> bool {
        let mut superuser = self.scratch.superuser();
        superuser
            .query_one("select is_called from public.sprung", &[])
            .expect("the sequence is there")
            .get(0)
    }

    /// Everything that reads or writes anything, as the front, as a superuser and as the administrator.
    fn exercise(&self) -> Vec<Value> {
        let mut front = self.scratch.front_role();
        let answers: Vec<Value> = CALLS
            .iter()
            .map(|(tool, arguments)| serve(&mut front, &self.token, tool, arguments))
            .collect();
        // the same from what was kept: whatever is refused to a new connection is to the warm one
        for ((tool, arguments), answer) in CALLS.iter().zip(&answers) {
            let warm = serve(&mut self.warm.borrow_mut(), &self.token, tool, arguments);
            assert_eq!(warm["error"], answer["error"], "{tool} {arguments}");
        }
        let mut superuser = self.scratch.superuser();
        for statement in [
            "select odoo_mcp.health()",
            "select odoo_mcp.setup()",
            "select odoo_mcp.issue_token('sales_all', 'again')",
            "begin; select odoo_mcp.act_as('sales_all');
             select * from odoo_mcp.search('sale.order', '[[\"state\", \"=\", \"sale\"]]'); commit",
            "begin; select odoo_mcp.act_as('sales_all'); select odoo_mcp.count('sale.order'); commit",
            "begin; select odoo_mcp.act_as('sales_all'); select * from odoo_mcp.time_series('sale.order', 'date_order'); commit",
            "begin; select odoo_mcp.act_as('sales_all');
             select odoo_mcp.explain('odoo_count', '{\"model\": \"sale.order\"}'); commit",
            "select count(*) from odoo_mcp.audit_entries",
            "select odoo_mcp.revoke_token(max(id)) from odoo_mcp.tokens",
        ] {
            // refused or not: what counts is that the plant is not executed
            if superuser.batch_execute(statement).is_err() {
                superuser
                    .batch_execute("rollback")
                    .expect("out of the failed transaction");
            }
        }
        answers
    }

    /// Every door is tried and nothing springs.
    fn holds(&self) -> Vec<Value> {
        let answers = self.exercise();
        assert!(!self.is_sprung(), "the plant was executed");
        for answer in &answers {
            assert_ne!(
                answer["error"]["code"], "internal",
                "the refusal is no accident: {answer}"
            );
        }
        answers
    }
}

/// The second call of [`CALLS`] reads the orders.
fn is_refused(answers: &[Value]) -> bool {
    // by an error, or by leaving it to Odoo, whose own connection runs whatever its role has planted
    answers[1].get("result").is_none()
        && (answers[1].get("error").is_some() || answers[1].get("delegate").is_some())
}

#[test]
fn trigger() {
    let trap = Trap::lay(
        "trigger",
        "create function public.springing() returns trigger language plpgsql as
            $$begin perform public.spring(); return coalesce(new, old); end$$;
         do $$declare t text; begin
            foreach t in array array['sale_order', 'res_users', 'res_users_apikeys', 'ir_model', 'ir_config_parameter'] loop
                execute pg_catalog.format('create trigger a before insert or update or delete on %I for each row execute function springing()', t);
                execute pg_catalog.format('create trigger b after insert or update or delete on %I for each statement execute function springing()', t);
            end loop; end$$",
        "update public.sale_order set note = note",
    );
    let answers = trap.holds();
    assert!(
        !is_refused(&answers),
        "a trigger does not stand in the way of reading: {}",
        answers[1]
    );
}

#[test]
fn view_in_place_of_a_table() {
    let trap = Trap::lay(
        "view",
        "alter table public.sale_order rename to sale_order_real;
         create view public.sale_order as select * from public.sale_order_real where public.spring();
         grant select on public.sale_order to public",
        "select count(*) from public.sale_order",
    );
    assert!(is_refused(&trap.holds()), "a view is not read");
}

#[test]
fn view_in_place_of_a_catalog_table() {
    let trap = Trap::lay(
        "catalog_view",
        "alter table public.res_users rename to res_users_real;
         create view public.res_users as select * from public.res_users_real where public.spring();
         grant select on public.res_users to public",
        "select count(*) from public.res_users",
    );
    assert!(is_refused(&trap.holds()), "a view is not read");
}

#[test]
fn rule_on_a_table() {
    let trap = Trap::lay(
        "rule",
        "create rule a as on update to public.sale_order do also select public.spring()",
        "update public.sale_order set note = note",
    );
    trap.holds();
}

#[test]
fn function_found_by_a_shorter_path() {
    // an exact match by type wins over pg_catalog's where the schema is in the path at all
    let trap = Trap::lay(
        "function",
        "create function public.lower(varchar) returns text language sql as $$select public.spring()::text$$;
         create function public.count(varchar) returns bigint language sql as $$select public.spring()::int::bigint$$;
         create function public.now() returns timestamptz language sql as $$select case when public.spring() then pg_catalog.now() end$$;
         create function public.coalesce_money(numeric) returns numeric language sql as $$select case when public.spring() then $1 end$$;
         create function public.date_trunc(varchar, timestamp) returns timestamp language sql as $$select case when public.spring() then $2 end$$;
         create function public.format(text, variadic text[]) returns text language sql as $$select public.spring()::text$$;
         create function public.jsonb_build_object(variadic text[]) returns jsonb language sql as $$select pg_catalog.to_jsonb(public.spring())$$;
         create function public.current_database() returns name language sql as $$select public.spring()::text::name$$;
         grant execute on all functions in schema public to public;
         do $$begin execute pg_catalog.format('alter database %I set search_path = public, pg_catalog', pg_catalog.current_database()); end$$",
        "select public.lower(name) from public.sale_order limit 1",
    );
    let answers = trap.holds();
    assert!(
        !is_refused(&answers),
        "another search_path changes nothing: {}",
        answers[1]
    );
}

#[test]
fn operator_found_by_a_shorter_path() {
    let trap = Trap::lay(
        "operator",
        "create function public.eq(varchar, varchar) returns boolean language sql as $$select public.spring()$$;
         create function public.eq(varchar, text) returns boolean language sql as $$select public.spring()$$;
         create function public.eq(name, text) returns boolean language sql as $$select public.spring()$$;
         create function public.eq(integer, bigint) returns boolean language sql as $$select public.spring()$$;
         create operator public.= (leftarg = varchar, rightarg = varchar, function = public.eq);
         create operator public.= (leftarg = varchar, rightarg = text, function = public.eq);
         create operator public.= (leftarg = name, rightarg = text, function = public.eq);
         create operator public.~ (leftarg = varchar, rightarg = text, function = public.eq);
         create operator public.~~* (leftarg = varchar, rightarg = text, function = public.eq);
         grant execute on all functions in schema public to public;
         do $$begin execute pg_catalog.format('alter database %I set search_path = public, pg_catalog', pg_catalog.current_database()); end$$",
        "select 1 from public.sale_order where state operator(public.=) 'sale'::varchar",
    );
    let answers = trap.holds();
    assert!(
        !is_refused(&answers),
        "another search_path changes nothing: {}",
        answers[1]
    );
}

#[test]
fn default_value() {
    let trap = Trap::lay(
        "default",
        "alter table public.sale_order alter note set default public.spring()::text;
         alter table public.res_users_apikeys alter name set default public.spring()::text;
         alter table public.res_users alter signature set default public.spring()::text",
        "insert into public.res_users_apikeys (user_id, key) values (1, 'x')",
    );
    let answers = trap.holds();
    assert!(
        !is_refused(&answers),
        "a default does not stand in the way of reading: {}",
        answers[1]
    );
}

#[test]
fn index_expression() {
    let trap = Trap::lay(
        "index_expression",
        "create index on public.sale_order ((public.spring_quietly(state)));
         create index on public.sale_order (id) where public.spring_quietly(true)",
        "update public.sale_order set note = note || 'x', state = state",
    );
    trap.holds();
}

#[test]
fn extended_statistics() {
    let trap = Trap::lay(
        "statistics",
        "create statistics public.s on (public.spring_quietly(state)), (amount_total + 1) from public.sale_order",
        "analyze public.sale_order",
    );
    trap.holds();
}

#[test]
fn check_constraint() {
    let trap = Trap::lay(
        "check_constraint",
        "alter table public.sale_order add constraint c check (public.spring_quietly(id) > 0) not valid",
        "update public.sale_order set note = note",
    );
    trap.holds();
}

#[test]
fn domain_type() {
    let trap = Trap::lay(
        "domain_type",
        "create domain public.state as varchar check (public.spring());
         alter table public.sale_order alter state type public.state",
        "select 'x'::public.state",
    );
    trap.holds();
}

#[test]
fn type_with_a_cast() {
    let trap = Trap::lay(
        "cast",
        "create type public.mood as enum ('draft', 'sent', 'sale', 'done', 'cancel');
         create function public.as_text(public.mood) returns text language sql volatile as $$select public.spring()::text$$;
         create cast (public.mood as text) with function public.as_text(public.mood) as implicit;
         create cast (public.mood as varchar) with function public.as_text(public.mood) as implicit;
         grant execute on all functions in schema public to public;
         alter table public.sale_order alter state drop default, alter state type public.mood using state::text::public.mood",
        "select 1 from public.sale_order where pg_catalog.lower(state) = 'x'",
    );
    trap.holds();
}

#[test]
fn row_security_policy() {
    let trap = Trap::lay(
        "policy",
        "alter table public.sale_order enable row level security;
         alter table public.sale_order force row level security;
         create policy p on public.sale_order using (public.spring())",
        "select count(*) from public.sale_order",
    );
    assert!(
        is_refused(&trap.holds()),
        "rows behind a policy are not read"
    );
}

#[test]
fn child_table() {
    let trap = Trap::lay(
        "child",
        "create table public.more_orders (x boolean default public.spring()) inherits (public.sale_order);
         grant select on public.more_orders to public",
        "insert into public.more_orders select * from public.sale_order limit 1",
    );
    trap.holds();
}

#[test]
fn generated_column() {
    let trap = Trap::lay(
        "generated",
        "alter table public.sale_order add x integer generated always as (public.spring_quietly(id)) stored",
        "update public.sale_order set note = note",
    );
    trap.holds();
}

#[test]
fn statements_in_the_names_of_odoo_s_catalog() {
    // ir_model's order and a field's name are text that an Odoo administrator writes
    let trap = Trap::lay(
        "catalog_text",
        "update public.ir_model set \"order\" = 'id) from public.sale_order where public.spring() --' where model = 'sale.order';
         update public.ir_model_fields set name = 'name\" from public.sale_order where public.spring() --'
          where model = 'sale.order' and name = 'note';
         update public.ir_rule set domain_force = '[(1, ''='', 1)]) or public.spring() --' where name ilike '%order%'",
        "select public.spring()",
    );
    trap.holds();
}

#[test]
fn schema_planted_before_the_extension() {
    let env = Environment::load();
    let states = [SqlState::DUPLICATE_SCHEMA];
    for schema in ["odoo_mcp", "odoo_mcp_private"] {
        let scratch = Scratch::bare(&env, &format!("planted_{schema}"));
        let mut odoo = scratch.odoo_role();
        odoo.batch_execute(&format!(
            "create schema {schema};
             create function {schema}.health() returns jsonb language sql as $$select null::jsonb$$"
        ))
        .expect("Odoo's role owns the database");
        assert_refused(
            &mut scratch.superuser(),
            "create extension pg_odoo_mcp",
            &states,
        );
        assert_refused(
            &mut scratch.superuser(),
            &format!("create extension pg_odoo_mcp schema {schema}"),
            &[
                SqlState::DUPLICATE_SCHEMA,
                SqlState::FEATURE_NOT_SUPPORTED,
                SqlState::INVALID_PARAMETER_VALUE,
            ],
        );
        // and once it is out of the way, it works
        odoo.batch_execute(&format!("drop schema {schema} cascade"))
            .expect("it is Odoo's");
        scratch.install();
    }
}

#[test]
fn index_made_between_the_check_and_the_plan() {
    let trap = Trap::lay("index_race", "", "select public.spring()");
    // the planner locks every index of the orders, and waits here
    let mut holder = trap.scratch.odoo_role();
    holder
        .batch_execute("begin; reindex index public.sale_order_pkey")
        .expect("Odoo's role owns the index");
    let mut front = trap.scratch.front_role();
    let mut superuser = trap.scratch.superuser();
    let answer = std::thread::scope(|scope| {
        let (tool, arguments) = CALLS[2];
        let token = &trap.token;
        let call = scope.spawn(move || serve(&mut front, token, tool, arguments));
        until("the call waits", Duration::from_secs(10), || {
            superuser
                .query_one(
                    "select count(*) > 0 from pg_locks l join pg_stat_activity a using (pid)
                     where not l.granted and a.datname = current_database()",
                    &[],
                )
                .expect("pg_locks")
                .get(0)
        });
        trap.plant("create index springing on public.res_partner ((public.spring_quietly(1)))");
        assert!(trap.is_sprung(), "making the index executes its expression");
        trap.superuser_resets();
        holder.batch_execute("commit").expect("the index is free");
        call.join().expect("the call ends")
    });
    assert!(
        !trap.is_sprung(),
        "the planner executed the plant: {answer}"
    );
    assert_eq!(answer["error"]["code"], "not_supported", "{answer}");
}
