//! PgBouncer in transaction mode between front and database: the same answers, and nobody gets another's.

use odoo_mcp_tests::Environment;
use odoo_mcp_tests::environment::connect;
use odoo_mcp_tests::serve::CALLS;
use postgres::SimpleQueryMessage;
use serde_json::Value;

fn arguments(text: &str) -> Value {
    serde_json::from_str(text).expect("the arguments are JSON")
}

/// What may differ between two moments is left out.
fn comparable(mut answer: Value) -> Value {
    if let Some(object) = answer.as_object_mut() {
        object.remove("now_utc");
        object.remove("as_of");
    }
    answer
}

#[test]
fn it_is_pgbouncer_that_answers() {
    let env = Environment::load();
    let mut direct = env.front_role();
    let mut pooled = connect(&env.pgbouncer_url, &env.database);
    // the simple protocol: a named statement may meet another server process behind the pool
    let pid = |client: &mut postgres::Client| -> String {
        let messages = client
            .simple_query("select pg_catalog.pg_backend_pid()")
            .expect("a pid");
        let row = messages.iter().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => row.get(0),
            _ => None,
        });
        row.expect("a row").to_owned()
    };
    assert_ne!(pid(&mut direct), pid(&mut pooled));
    let port = |url: &str| -> Vec<u16> {
        url.parse::<postgres::Config>()
            .expect("a URL")
            .get_ports()
            .to_vec()
    };
    assert_ne!(port(&env.front_role_url), port(&env.pgbouncer_url));
}

#[test]
fn answers_are_the_same_as_without() {
    let env = Environment::load();
    for login in [
        "sales_all",
        "sales_own",
        "beta_user",
        "both_user",
        "nobody",
        "books",
        "portal",
        "admin",
        "demo",
    ] {
        let mut direct = env.mcp(login);
        let mut pooled = env.mcp_at(&env.mcp_url_pgbouncer, login);
        for (tool, text) in CALLS {
            let through = pooled.call_tool(tool, &arguments(text));
            let without = direct.call_tool(tool, &arguments(text));
            assert_eq!(
                through.is_error, without.is_error,
                "{login} {tool}: {}",
                through.content
            );
            assert_eq!(
                comparable(through.content),
                comparable(without.content),
                "{login} {tool}"
            );
        }
    }
}

#[test]
fn callers_are_never_mixed_up() {
    let env = Environment::load();
    // more callers than connections, so that every connection serves all of them in turn
    let callers: Vec<_> = env
        .users
        .iter()
        .cycle()
        .take(27)
        .map(|user| {
            let (env, login) = (env.clone(), user.login.clone());
            std::thread::spawn(move || {
                let mut mcp = env.mcp_at(&env.mcp_url_pgbouncer, &login);
                for _ in 0..20 {
                    let answer = mcp
                        .call_tool("odoo_context", &serde_json::json!({}))
                        .result();
                    assert_eq!(answer["user"]["login"], login.as_str());
                }
            })
        })
        .collect();
    for caller in callers {
        caller.join().expect("every caller got its own answers");
    }
}
