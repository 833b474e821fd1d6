//! Who gets in, and what a token is worth.

use odoo_mcp_tests::serve::{CALLS, serve};
use odoo_mcp_tests::{Environment, McpClient, Scratch};
use serde_json::json;

/// The first element is the token's id.
fn issue(client: &mut postgres::Client, login: &str, expires_in: &str) -> (i64, String) {
    let token: String = client
        .query_one(
            "select odoo_mcp.issue_token($1, 'tokens.rs', expires_in => $2::text::interval)",
            &[&login, &expires_in],
        )
        .unwrap_or_else(|error| panic!("a token for {login}: {error:?}"))
        .get(0);
    let id = client
        .query_one(
            "select id from odoo_mcp_private.token where token_hash = odoo_mcp.hash_token($1)",
            &[&token],
        )
        .expect("its row")
        .get(0);
    (id, token)
}

fn status(env: &Environment, client: &McpClient) -> (u16, Option<String>) {
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "odoo_context", "arguments": {}}});
    let answer = client
        .try_post(&body.to_string())
        .unwrap_or_else(|error| panic!("{}: {error}", env.mcp_url));
    (
        answer.status,
        answer.header("www-authenticate").map(str::to_owned),
    )
}

#[test]
fn without_a_live_token_there_is_401() {
    let env = Environment::load();
    let mut superuser = env.superuser();
    let (_, live) = issue(&mut superuser, "sales_all", "1 hour");
    assert_eq!(
        status(&env, &McpClient::new(&env.mcp_url, &live)).0,
        200,
        "a live token, for comparison"
    );
    let flipped = {
        let last = if live.ends_with('A') { 'B' } else { 'A' };
        format!("{}{last}", &live[..live.len() - 1])
    };
    for (what, client) in [
        ("no token", McpClient::anonymous(&env.mcp_url)),
        ("an empty one", McpClient::new(&env.mcp_url, "")),
        (
            "an invented one",
            McpClient::new(
                &env.mcp_url,
                "omcp_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            ),
        ),
        (
            "one with another last letter",
            McpClient::new(&env.mcp_url, &flipped),
        ),
        (
            "an Odoo API key",
            McpClient::new(&env.mcp_url, &env.users.of("admin").api_key),
        ),
        (
            "an Odoo password",
            McpClient::new(&env.mcp_url, &env.users.of("admin").password),
        ),
    ] {
        let (status, challenge) = status(&env, &client);
        assert_eq!(status, 401, "{what}");
        assert!(
            challenge.is_some_and(|value| value.starts_with("Bearer")),
            "{what}: WWW-Authenticate"
        );
    }
}

#[test]
fn revoking_ends_a_token_at_once() {
    let env = Environment::load();
    let mut superuser = env.superuser();
    let (id, token) = issue(&mut superuser, "sales_all", "1 hour");
    let client = McpClient::new(&env.mcp_url, &token);
    assert_eq!(status(&env, &client).0, 200);
    let revoked: bool = superuser
        .query_one("select odoo_mcp.revoke_token($1)", &[&id])
        .expect("revoke")
        .get(0);
    assert!(revoked);
    assert_eq!(status(&env, &client).0, 401);
    let again: bool = superuser
        .query_one("select odoo_mcp.revoke_token($1)", &[&id])
        .expect("revoke")
        .get(0);
    assert!(!again, "there is no live token of that id any more");
}

#[test]
fn an_expired_token_is_dead() {
    let env = Environment::load();
    let (_, token) = issue(&mut env.superuser(), "sales_all", "300 milliseconds");
    std::thread::sleep(std::time::Duration::from_millis(400));
    assert_eq!(status(&env, &McpClient::new(&env.mcp_url, &token)).0, 401);
}

#[test]
fn the_token_itself_is_stored_nowhere() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "stored_nowhere");
    let token = scratch.token("sales_all");
    assert!(
        token.starts_with("omcp_") && token.len() == 48,
        "greppable, and 256 bits: {} characters",
        token.len()
    );
    serve(&mut scratch.front_role(), &token, "odoo_context", "{}");
    let mut superuser = scratch.superuser();
    let tables = superuser
        .query(
            "select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
              where c.relkind = 'r' and n.nspname in ('odoo_mcp', 'odoo_mcp_private', 'public')",
            &[],
        )
        .expect("the tables");
    assert!(tables.len() > 400, "{} tables", tables.len());
    for table in tables {
        let table: String = table.get(0);
        let found: i64 = superuser
            .query_one(
                &format!("select count(*) from {table} t where strpos(t::text, $1) > 0"),
                &[&token],
            )
            .unwrap_or_else(|error| panic!("{table}: {error:?}"))
            .get(0);
        assert_eq!(found, 0, "{table} holds the token");
    }
    let logged: bool = superuser
        .query_one(
            "select strpos(pg_read_file(current_setting('data_directory') || '/server.log'), $1) > 0",
            &[&token],
        )
        .expect("the server's log")
        .get(0);
    assert!(!logged, "the server's log holds the token");
}

#[test]
fn a_token_is_worth_what_its_user_is_worth() {
    let env = Environment::load();
    let scratch = Scratch::set_up(&env, "worth");
    let token = scratch.token("sales_own");
    let mut front = scratch.front_role();
    let (search, arguments) = CALLS[1];
    assert!(
        serve(&mut front, &token, search, arguments)
            .get("result")
            .is_some()
    );
    let mut odoo = scratch.odoo_role();
    // Odoo's own statement when an administrator archives the user
    odoo.batch_execute("update public.res_users set active = false where login = 'sales_own'")
        .expect("archived");
    for (tool, arguments) in CALLS {
        let answer = serve(&mut front, &token, tool, arguments);
        assert!(
            answer.get("result").is_none(),
            "an archived user's token answers {tool}: {answer}"
        );
    }
    odoo.batch_execute("update public.res_users set active = true where login = 'sales_own'")
        .expect("back");
    assert!(
        serve(&mut front, &token, search, arguments)
            .get("result")
            .is_some()
    );
    // the group is taken: the very next call knows
    odoo.batch_execute(
        "delete from public.res_groups_users_rel where uid = (select id from public.res_users where login = 'sales_own')
            and gid = (select res_id from public.ir_model_data where module = 'sales_team' and name = 'group_sale_salesman')",
    )
    .expect("the group is taken");
    let answer = serve(&mut front, &token, search, arguments);
    assert_eq!(answer["error"]["code"], "access_denied", "{answer}");
}

#[test]
fn the_system_user_and_strangers_get_no_token() {
    let env = Environment::load();
    let mut superuser = env.superuser();
    for login in [
        "__system__",
        "public",
        "default",
        "portaltemplate",
        "no.such.login",
    ] {
        let refused = superuser.query_one("select odoo_mcp.issue_token($1, 'x')", &[&login]);
        assert!(refused.is_err(), "a token was issued to {login}");
    }
    assert!(
        superuser
            .query_one(
                "select odoo_mcp.issue_token('admin', 'x', scope => 'everything')",
                &[]
            )
            .is_err()
    );
}

#[test]
fn a_copy_of_the_database_has_no_live_token() {
    let env = Environment::load();
    let original = Scratch::set_up(&env, "original");
    let token = original.token("sales_all");
    let copy = original.copy("copied");
    let answer = serve(&mut copy.front_role(), &token, "odoo_context", "{}");
    assert!(answer.get("result").is_none(), "{answer}");
    // nor may anybody act there by a right of the original's
    let act = "select odoo_mcp.act_as('sales_all')";
    let refused = copy.superuser().batch_execute(act).expect_err("a copy");
    assert!(
        refused.as_db_error().is_some_and(|error| error
            .hint()
            .is_some_and(|hint| hint.contains("adopt_database()"))),
        "{refused:?}"
    );
    copy.superuser()
        .batch_execute("select odoo_mcp.adopt_database()")
        .expect("adopt");
    copy.superuser().batch_execute(act).expect("adopted");
    let answer = serve(&mut copy.front_role(), &token, "odoo_context", "{}");
    assert!(
        answer.get("result").is_none(),
        "the original's tokens stay the original's: {answer}"
    );
    let own = copy.token("sales_all");
    let answer = serve(&mut copy.front_role(), &own, "odoo_context", "{}");
    assert_eq!(answer["result"]["user"]["login"], "sales_all", "{answer}");
    let answer = serve(&mut original.front_role(), &token, "odoo_context", "{}");
    assert_eq!(
        answer["result"]["user"]["login"], "sales_all",
        "the original goes on: {answer}"
    );
}
