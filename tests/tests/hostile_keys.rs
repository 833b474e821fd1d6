//! Odoo's role owns the table that keys are made in. Whatever it plants there, nobody else executes it: not when a key is made, not
//! when one is removed, not at the end of the transaction.
//!
//! As in `hostile.rs`, the planted code moves a sequence, and each test first shows that it works when Odoo's own role writes.

use odoo_mcp_tests::query::{number, value};
use odoo_mcp_tests::serve::serve;
use odoo_mcp_tests::waiting::{SHAPE, Waiting, front_name, token_id};
use odoo_mcp_tests::{Environment, Scratch};
use postgres::Client;
use serde_json::Value;

const TRAP: &str = "
    create sequence public.sprung;
    grant usage on sequence public.sprung to public;
    create function public.spring() returns boolean language plpgsql volatile as
        $$begin perform pg_catalog.nextval('public.sprung'); return true; end$$;
    create function public.spring_quietly(anyelement) returns anyelement language plpgsql immutable as
        $$begin perform pg_catalog.nextval('public.sprung'); return $1; end$$;
    create function public.springing() returns trigger language plpgsql as
        $$begin perform public.spring(); return coalesce(new, old); end$$;
    grant execute on all functions in schema public to public";

/// What springs a trap: a key of somebody's is made, and removed again.
const WRITE: &str = "insert into public.res_users_apikeys (name, user_id, scope, index, key) values ('x', 2, 'rpc', '01234567', 'x');
    delete from public.res_users_apikeys where name = 'x'";

/// A scratch database with a minted key, and a trap laid after it.
struct Trap {
    token: String,
    id: i64,
    waiting: Waiting,
    front_name: String,
    front: Client,
    // last: it drops the database
    scratch: Scratch,
}

impl Trap {
    /// `plant` is run by Odoo's role, then `control`, which must spring it.
    fn lay(name: &str, plant: &str, control: &str) -> Self {
        let env = Environment::load();
        let scratch = Scratch::set_up(&env, &format!("keys_{name}"));
        let token = scratch.token("sales_all");
        let mut superuser = scratch.superuser();
        let id = token_id(&mut superuser, &token);
        let waiting = Waiting::of(&mut superuser, id, SHAPE);
        let mut front = scratch.front_role();
        let front_name = front_name(&mut front);
        waiting.key(&mut front, &front_name);
        let mut odoo = scratch.odoo_role();
        for statements in [TRAP, plant] {
            odoo.batch_execute(statements)
                .unwrap_or_else(|error| panic!("planting {statements}: {error:?}"));
        }
        let trap = Self {
            token,
            id,
            waiting,
            front_name,
            front,
            scratch,
        };
        if !control.is_empty() {
            odoo.batch_execute(control)
                .unwrap_or_else(|error| panic!("{control}: {error:?}"));
            assert!(
                trap.is_sprung(),
                "the control does not spring it: {control}"
            );
            superuser
                .batch_execute("select setval('public.sprung', 1, false)")
                .expect("the sequence is there");
        }
        trap
    }

    fn is_sprung(&self) -> bool {
        self.scratch
            .superuser()
            .query_one("select is_called from public.sprung", &[])
            .expect("the sequence is there")
            .get(0)
    }

    /// Everything that writes there is tried, and nothing springs; a key is refused with words that hold `reason`, and goes on
    /// being one that Odoo has.
    fn holds(mut self, reason: &str) {
        let answer = self.waiting.ask_for_key(&mut self.front, &self.front_name);
        assert_eq!(answer["error"]["code"], "not_supported", "{answer}");
        let message = answer["error"]["message"].as_str().unwrap_or_default();
        assert!(message.contains(reason), "{reason}: {message}");
        assert!(!self.is_sprung(), "a key was made");
        let mut superuser = self.scratch.superuser();
        let doctor: Vec<String> = superuser
            .query(
                "select finding from odoo_mcp.doctor() where \"check\" = 'delegation' and status = 'error'",
                &[],
            )
            .expect("doctor")
            .iter()
            .map(|row| row.get(0))
            .collect();
        assert!(
            doctor.iter().any(|finding| finding.contains(reason)),
            "{doctor:?}"
        );
        // by the way of another call
        superuser
            .batch_execute("update odoo_mcp_private.delegation_key set remove_after = now()")
            .expect("it is due");
        let answer = serve(&mut self.front, &self.token, "odoo_context", "{}");
        assert!(answer.get("result").is_some(), "calls go on: {answer}");
        let revoked: bool = superuser
            .query_one("select odoo_mcp.revoke_token($1)", &[&self.id])
            .expect("a token is revoked all the same")
            .get(0);
        assert!(revoked);
        assert!(!self.is_sprung(), "a key was removed");
        let off = value(&mut superuser, "select odoo_mcp.setup(delegation => false)");
        let warned = off["warnings"].to_string();
        assert!(warned.contains("stay in Odoo"), "{off}");
        superuser
            .batch_execute("select odoo_mcp.setup(delegation => true)")
            .expect("on again");
        let down: Value = value(&mut superuser, "select odoo_mcp.teardown()");
        assert!(
            down["dropped_roles"]
                .as_array()
                .is_some_and(|roles| roles.len() == 4),
            "{down}"
        );
        drop(superuser);
        drop(self.front);
        let is_sprung: bool = self
            .scratch
            .superuser()
            .query_one("select is_called from public.sprung", &[])
            .expect("the sequence is there")
            .get(0);
        assert!(!is_sprung, "the plant was executed");
    }
}

#[test]
fn trigger() {
    Trap::lay(
        "trigger",
        "create trigger a before insert or delete on public.res_users_apikeys for each row execute function public.springing()",
        WRITE,
    )
    .holds("has trigger a");
}

#[test]
fn statement_trigger() {
    Trap::lay(
        "statement",
        "create trigger a after insert or delete on public.res_users_apikeys for each statement execute function public.springing()",
        WRITE,
    )
    .holds("has trigger a");
}

#[test]
fn trigger_at_the_end_of_the_transaction() {
    // this one would run as whoever is connected, a superuser too
    Trap::lay(
        "deferred",
        "create constraint trigger a after insert or delete on public.res_users_apikeys deferrable initially deferred
             for each row execute function public.springing()",
        WRITE,
    )
    .holds("has trigger a");
}

#[test]
fn rule() {
    Trap::lay(
        "rule",
        "create rule a as on insert to public.res_users_apikeys do also select public.spring()",
        WRITE,
    )
    .holds("has a rule");
}

#[test]
fn row_security() {
    Trap::lay(
        "policy",
        "alter table public.res_users_apikeys enable row level security;
         alter table public.res_users_apikeys force row level security;
         create policy p on public.res_users_apikeys using (public.spring()) with check (public.spring())",
        WRITE,
    )
    .holds("has row security");
}

#[test]
fn default_of_a_column_that_is_not_written() {
    Trap::lay(
        "default",
        "alter table public.res_users_apikeys add x text default public.spring()::text",
        WRITE,
    )
    .holds("has column x with a default");
}

#[test]
fn default_that_is_postgresql_s_own_and_runs_what_it_is_given() {
    Trap::lay(
        "xml",
        "alter table public.res_users_apikeys add x text;
         alter table public.res_users_apikeys alter x set default pg_catalog.query_to_xml('select public.spring()', false, false, '')::text",
        WRITE,
    )
    .holds("has column x with a default");
}

#[test]
fn default_of_the_id() {
    Trap::lay(
        "id",
        "create function public.next() returns integer language sql as
             $$select pg_catalog.nextval('public.res_users_apikeys_id_seq')::integer + case when public.spring() then 0 end$$;
         grant execute on all functions in schema public to public;
         alter table public.res_users_apikeys alter id set default public.next()",
        WRITE,
    )
    .holds("has column id with a default");
}

#[test]
fn check_constraint() {
    Trap::lay(
        "check",
        "alter table public.res_users_apikeys add constraint c check (public.spring_quietly(user_id) > 0) not valid",
        WRITE,
    )
    .holds("has constraint c");
}

#[test]
fn check_constraint_that_would_change_a_setting() {
    // it needs no code of its own, and what it set would outlast the call
    let trap = Trap::lay(
        "set_config",
        "alter table public.res_users_apikeys add constraint c check (pg_catalog.set_config('search_path', 'public', false) is not null) not valid",
        "",
    );
    trap.holds("has constraint c");
}

#[test]
fn generated_column() {
    Trap::lay(
        "generated",
        "alter table public.res_users_apikeys add x integer generated always as (public.spring_quietly(user_id)) stored",
        WRITE,
    )
    .holds("has a generated column");
}

#[test]
fn index_expression() {
    Trap::lay(
        "index",
        "create index springing on public.res_users_apikeys ((public.spring_quietly(user_id)))",
        WRITE,
    )
    .holds("has index public.springing");
}

#[test]
fn type_of_somebody_s_own() {
    Trap::lay(
        "domain",
        "create domain public.scope as varchar check (public.spring());
         alter table public.res_users_apikeys alter scope type public.scope",
        WRITE,
    )
    .holds("has column scope of a type");
}

#[test]
fn another_table_that_refers_to_it() {
    Trap::lay(
        "reference",
        "create table public.referring (key_id integer references public.res_users_apikeys on delete cascade);
         create trigger a after delete on public.referring for each row execute function public.springing()",
        "insert into public.res_users_apikeys (name, user_id, scope, index, key) values ('x', 2, 'rpc', '01234567', 'x');
         insert into public.referring select id from public.res_users_apikeys where name = 'x';
         delete from public.res_users_apikeys where name = 'x'",
    )
    .holds("of another table's foreign key");
}

#[test]
fn inheritance() {
    Trap::lay(
        "child",
        "create table public.more_keys () inherits (public.res_users_apikeys);
         create trigger a before delete on public.more_keys for each row execute function public.springing();
         grant all on public.more_keys to public",
        "insert into public.more_keys (id, name, user_id, scope, index, key) values (-1, 'x', 2, 'rpc', '01234567', 'x');
         begin; delete from public.res_users_apikeys where id = -1; commit",
    )
    .holds("has inheritance");
}

#[test]
fn view_in_its_place() {
    Trap::lay(
        "view",
        "alter table public.res_users_apikeys rename to real_keys;
         create view public.res_users_apikeys as select * from public.real_keys;
         create trigger a instead of insert or delete on public.res_users_apikeys for each row execute function public.springing();
         grant all on public.res_users_apikeys to public",
        "insert into public.res_users_apikeys (name, user_id, scope, index, key) values ('x', 2, 'rpc', '01234567', 'x')",
    )
    .holds("is not an ordinary table");
}

#[test]
fn partitions_in_its_place() {
    Trap::lay(
        "partition",
        "alter table public.res_users_apikeys rename to real_keys;
         create table public.res_users_apikeys (like public.real_keys including defaults) partition by range (id);
         create table public.part partition of public.res_users_apikeys default;
         create trigger a before insert on public.part for each row execute function public.springing();
         grant all on public.res_users_apikeys, public.part to public",
        "insert into public.res_users_apikeys (name, user_id, scope, index, key) values ('x', 2, 'rpc', '01234567', 'x')",
    )
    .holds("is not an ordinary table");
}

#[test]
fn table_of_another_owner() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "keys_owner");
    let token = scratch.token("sales_all");
    let mut superuser = scratch.superuser();
    superuser
        .batch_execute("alter table public.res_users_apikeys owner to postgres")
        .expect("a superuser may");
    let id = token_id(&mut superuser, &token);
    let waiting = Waiting::of(&mut superuser, id, SHAPE);
    let mut front = scratch.front_role();
    let name = front_name(&mut front);
    let answer = waiting.ask_for_key(&mut front, &name);
    assert_eq!(answer["error"]["code"], "not_supported", "{answer}");
    let message = answer["error"]["message"].as_str().unwrap_or_default();
    assert!(
        message.contains("does not belong to Odoo's role"),
        "{message}"
    );
}

#[test]
fn a_trigger_can_t_come_between_the_look_and_the_write() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "keys_race");
    let token = scratch.token("sales_all");
    let mut superuser = scratch.superuser();
    let id = token_id(&mut superuser, &token);
    let waiting = Waiting::of(&mut superuser, id, SHAPE);
    let mut front = scratch.front_role();
    let name = front_name(&mut front);
    let mut odoo = scratch.odoo_role();
    odoo.batch_execute(TRAP).expect("the trap");
    // the call looks at the table only once it has it: what is committed by then, it sees
    odoo.batch_execute(
        "begin; create trigger a before insert on public.res_users_apikeys for each row execute function public.springing()",
    )
    .expect("it is Odoo's");
    let answer = std::thread::scope(|scope| {
        let call = scope.spawn(|| waiting.ask_for_key(&mut front, &name));
        odoo_mcp_tests::wait::until("the call waits", std::time::Duration::from_secs(5), || {
            number(
                &mut superuser,
                "select count(*) from pg_locks l join pg_stat_activity a using (pid) where not l.granted and a.datname = current_database()",
            ) > 0
        });
        odoo.batch_execute("commit").expect("planted");
        call.join().expect("the call ends")
    });
    assert_eq!(answer["error"]["code"], "not_supported", "{answer}");
    let is_sprung: bool = superuser
        .query_one("select is_called from public.sprung", &[])
        .expect("the sequence is there")
        .get(0);
    assert!(!is_sprung, "{answer}");
}
