//! Calls that the database hands on to Odoo, through every way they can end.

use crate::{
    client::{Reply, Request, read},
    odoo::{Act, Asked, Odoo, nothing},
    stage::{Database, Stage},
};
use http_front::config::{Config, HttpUrl};
use serde_json::{Value, json};
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

/// What the extension asks for where a test does not care.
fn delegation(protocol: &str) -> Value {
    json!({
        "protocol": protocol, "database": "odoo19", "user_id": 7, "timeout_ms": 10_000, "byte_limit": 100_000,
        "requests": [{"model": "mail.message", "method": "search_read", "kwargs": {"domain": [["id", ">", 1]]}}],
    })
}

fn call(delegation: &Value) -> Request {
    call_with(delegation, json!({}))
}

fn call_with(delegation: &Value, mut wish: Value) -> Request {
    wish["delegation"] = delegation.to_string().into();
    Request::call("delegate", wish)
}

/// Has the same asked once more, perhaps only if there were so many rows.
fn also(delegation: &mut Value, only_if_rows: Option<u64>) {
    let requests = delegation["requests"].as_array_mut().unwrap();
    let mut again = requests[0].clone();
    if let Some(least) = only_if_rows {
        again["only_if_rows"] = least.into();
    }
    requests.push(again);
}

async fn stage(odoo: SocketAddr, change: impl FnOnce(&mut Config)) -> Stage {
    Stage::over(Database::with_surface().await, |config| {
        config.odoo_url = HttpUrl::parse(&format!("http://{odoo}"));
        config.pool_size = 4;
        config.max_requests = 64;
        change(config);
    })
    .await
}

fn outcome(reply: &Reply) -> Value {
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json()["result"]["structuredContent"]["outcome"].clone()
}

async fn ask(stage: &Stage, delegation: &Value) -> Value {
    outcome(&stage.send(&call(delegation)).await)
}

async fn mints(stage: &Stage) -> i64 {
    stage
        .database
        .count("select count(*) from odoo_mcp.minted")
        .await
}

/// Waits for a report that nobody is left to receive.
async fn wait_for_cancelled(stage: &Stage, count: i64) {
    let query = "select count(*) from odoo_mcp.completed where outcome -> 'failure' ->> 'kind' = 'cancelled'";
    for _ in 0..200 {
        if stage.database.count(query).await == count {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("the database did not hear of {count} cancelled calls");
}

#[tokio::test]
async fn json2_carries_the_key_and_the_database_in_headers() {
    let rows = r#"[{"id": 1, "amount": 1.10, "body": "é\u00e9"}]"#;
    let odoo = Odoo::start(move |_| Act::Json(200, rows.into())).await;
    let stage = stage(odoo.address, |_| {}).await;
    let reply = stage.send(&call(&delegation("json2"))).await;
    // a number stays as Odoo wrote it
    assert!(reply.body.contains(r#""amount": 1.10"#), "{reply:?}");
    assert_eq!(outcome(&reply)["answers"][0]["status"], 200);
    let [asked] = &odoo.requests()[..] else {
        panic!("one request");
    };
    assert_eq!(asked.path(), "/json/2/mail.message/search_read");
    assert!(asked.head.starts_with("POST "));
    assert_eq!(asked.key(), format!("feed{:0>36}", 1));
    assert_eq!(asked.header("X-Odoo-Database"), Some("odoo19"));
    assert_eq!(asked.header("Content-Type"), Some("application/json"));
    assert_eq!(asked.header("Accept-Encoding"), Some("identity"));
    assert_eq!(asked.header("Host"), Some(&*odoo.address.to_string()));
    assert_eq!(asked.body, r#"{"domain":[["id",">",1]]}"#);
    let of_the_call = "select count(*) from odoo_mcp.attempt join odoo_mcp.minted using (call_id) \
                       join odoo_mcp.completed using (call_id)";
    assert_eq!(stage.database.count(of_the_call).await, 1);
}

#[tokio::test]
async fn jsonrpc_carries_the_key_among_the_arguments() {
    let odoo = Odoo::start(nothing).await;
    let stage = stage(odoo.address, |config| config.odoo_db = Some("main".into())).await;
    let answers = ask(&stage, &delegation("jsonrpc")).await;
    assert_eq!(
        answers["answers"][0]["body"],
        json!({"jsonrpc": "2.0", "id": 1, "result": []})
    );
    let asked = &odoo.requests()[0];
    assert_eq!(
        (asked.path(), asked.header("Authorization")),
        ("/jsonrpc", None)
    );
    let body: Value = serde_json::from_str(&asked.body).unwrap();
    let key = format!("feed{:0>36}", 1);
    // the setting wins over the database's own name
    let args =
        json!(["main", 7, key, "mail.message", "search_read", [], {"domain": [["id", ">", 1]]}]);
    assert_eq!(
        body,
        json!({"jsonrpc": "2.0", "method": "call", "id": 1,
               "params": {"service": "object", "method": "execute_kw", "args": args}})
    );
}

#[tokio::test]
async fn errors_of_odoo_keep_their_class_and_lose_their_traceback() {
    let odoo = Odoo::start(|asked| {
        let body: Value = serde_json::from_str(&asked.body).unwrap();
        let error = |name: &str| {
            json!({"name": name, "message": "the text", "arguments": ["the text"],
                   "context": {"hush": 1}, "debug": "Traceback hush"})
        };
        match asked.path() {
            "/jsonrpc" => {
                let name = body["params"]["args"][6]["raise"].as_str().unwrap();
                let error =
                    json!({"code": 200, "message": "Odoo Server Error", "data": error(name)});
                Act::Json(
                    200,
                    json!({"jsonrpc": "2.0", "id": 1, "error": error}).to_string(),
                )
            }
            _ => {
                let status = body["status"].as_u64().unwrap() as u16;
                Act::Json(status, error(body["raise"].as_str().unwrap()).to_string())
            }
        }
    })
    .await;
    let stage = stage(odoo.address, |_| {}).await;
    for (status, name) in [
        (403, "odoo.exceptions.AccessError"),
        (404, "odoo.exceptions.MissingError"),
        (422, "odoo.exceptions.UserError"),
        (422, "odoo.exceptions.ValidationError"),
        (409, "odoo.exceptions.LockError"),
        (500, "builtins.ValueError"),
    ] {
        for protocol in ["json2", "jsonrpc"] {
            let mut wanted = delegation(protocol);
            wanted["requests"][0]["kwargs"] = json!({"status": status, "raise": name});
            // what comes after an error is not asked
            also(&mut wanted, None);
            let reply = stage.send(&call(&wanted)).await;
            assert!(!reply.body.contains("hush"), "{reply:?}");
            let outcome = outcome(&reply);
            let [answer] = &outcome["answers"].as_array().unwrap()[..] else {
                panic!("one answer: {outcome}");
            };
            let (expected, error) = match protocol {
                "json2" => (status, &answer["body"]),
                _ => (200, &answer["body"]["error"]["data"]),
            };
            assert_eq!(answer["status"], expected);
            assert_eq!(
                *error,
                json!({"name": name, "message": "the text", "arguments": ["the text"]})
            );
        }
    }
}

#[tokio::test]
async fn whatever_else_comes_from_odoos_address_is_a_failure_with_a_name() {
    let elsewhere = Odoo::start(nothing).await;
    let target = format!("http://{}/json/2/x", elsewhere.address);
    let odoo = Odoo::start(move |asked| {
        let body: Value = serde_json::from_str(&asked.body).unwrap();
        let wish = body["domain"].as_str().or(body["params"]["args"][6]["domain"].as_str());
        match wish.unwrap_or("") {
            "redirect" => Act::Redirect(target.clone()),
            "page" => Act::Page(200, "<h1>Welcome</h1>"),
            "no database" => Act::Page(404, "<p>No database is selected and the requested URL was not found</p>"),
            "bad gateway" => Act::Page(502, "<h1>Bad Gateway</h1>"),
            "large" => Act::Json(200, format!("\"{}\"", "x".repeat(100_000))),
            "break" => Act::Break { is_length_said: true },
            "break silently" => Act::Break { is_length_said: false },
            "hang" => Act::Hang,
            "echo" => Act::Json(200, json!([asked.key()]).to_string()),
            "no database of that name" => Act::Json(200, json!({"jsonrpc": "2.0", "id": 1, "error": {"code": 200,
                "message": "Odoo Server Error", "data": {"name": "psycopg2.OperationalError", "debug": "hush",
                "message": "FATAL:  database \"odoo19\" does not exist"}}}).to_string()),
            _ => nothing(asked),
        }
    })
    .await;
    let stage = stage(odoo.address, |_| {}).await;
    let mut expected = vec![("no database of that name", "jsonrpc", "wrong_database")];
    for protocol in ["json2", "jsonrpc"] {
        for (wish, kind) in [
            ("redirect", "redirected"),
            ("page", "not_json"),
            ("no database", "wrong_database"),
            ("bad gateway", "unreachable"),
            ("large", "too_large"),
            ("break", "unreachable"),
            ("break silently", "not_json"),
            ("hang", "timed_out"),
            ("echo", "not_json"),
        ] {
            expected.push((wish, protocol, kind));
        }
    }
    for (wish, protocol, kind) in expected {
        let mut wanted = delegation(protocol);
        wanted["requests"][0]["kwargs"]["domain"] = wish.into();
        wanted["timeout_ms"] = if wish == "hang" { 300 } else { 10_000 }.into();
        let since = Instant::now();
        let outcome = ask(&stage, &wanted).await;
        assert_eq!(outcome["failure"]["kind"], kind, "{wish}: {outcome}");
        assert!(since.elapsed() < Duration::from_secs(5), "{wish}");
        let text = outcome.to_string();
        assert!(
            !text.contains("127.0.0.1") && !text.contains("feed0000"),
            "{outcome}"
        );
        // whatever it was, the next call is answered
        assert!(ask(&stage, &delegation(protocol)).await["answers"].is_array());
    }
    odoo.wait_for_gone(2).await;
    assert_eq!(elsewhere.connections(), 0, "a redirect was followed");
    // none of it has to do with the key
    assert_eq!(mints(&stage).await, 1);
}

#[tokio::test]
async fn odoo_may_be_away_and_come_back() {
    let odoo = Odoo::start(nothing).await;
    let address = odoo.address;
    let stage = stage(address, |_| {}).await;
    assert!(ask(&stage, &delegation("json2")).await["answers"].is_array());
    drop(odoo);
    for _ in 0..3 {
        let outcome = ask(&stage, &delegation("json2")).await;
        assert_eq!(outcome["failure"]["kind"], "unreachable", "{outcome}");
        // the database answers what it can, and the front is as ready as it was
        assert_eq!(
            stage.send(&Request::call("echo", json!({}))).await.status,
            200
        );
        assert_eq!(
            stage.send(&Request::new("GET", "/readyz")).await.status,
            200
        );
    }
    let odoo = Odoo::at(address, nothing).await;
    assert!(ask(&stage, &delegation("json2")).await["answers"].is_array());
    assert_eq!((odoo.requests().len(), mints(&stage).await), (1, 1));
}

#[tokio::test]
async fn without_an_address_the_database_is_told_so() {
    let stage = Stage::new().await;
    let outcome = ask(&stage, &delegation("json2")).await;
    assert_eq!(outcome["failure"]["kind"], "not_configured", "{outcome}");
    assert_eq!(mints(&stage).await, 0);
}

#[tokio::test]
async fn one_connection_carries_many_calls() {
    let odoo = Odoo::start(nothing).await;
    let stage = stage(odoo.address, |_| {}).await;
    for protocol in ["json2", "jsonrpc"].iter().cycle().take(20) {
        assert!(ask(&stage, &delegation(protocol)).await["answers"].is_array());
    }
    assert_eq!((odoo.requests().len(), odoo.connections()), (20, 1));
}

#[tokio::test]
async fn a_connection_that_odoo_closed_is_not_used_again() {
    let odoo = Odoo::start(|_| Act::Close).await;
    let stage = stage(odoo.address, |_| {}).await;
    for _ in 0..20 {
        assert!(ask(&stage, &delegation("json2")).await["answers"].is_array());
    }
    // and nothing was asked twice
    assert_eq!((odoo.requests().len(), odoo.connections()), (20, 20));
}

/// Answers 401, or what JSON-RPC has for it, to keys that are not among these.
fn accepting(asked: &Asked, is_accepted: impl Fn(&str) -> bool) -> Act {
    if is_accepted(&asked.key()) {
        return nothing(asked);
    }
    let error = |name: &str| json!({"name": name, "message": "Access Denied", "arguments": [], "debug": "hush"});
    match asked.path() {
        "/jsonrpc" => {
            let error =
                json!({"code": 200, "message": "x", "data": error("odoo.exceptions.AccessDenied")});
            Act::Json(
                200,
                json!({"jsonrpc": "2.0", "id": 1, "error": error}).to_string(),
            )
        }
        _ => Act::Json(401, error("werkzeug.exceptions.Unauthorized").to_string()),
    }
}

#[tokio::test]
async fn a_kept_key_that_is_refused_is_replaced_once() {
    for protocol in ["json2", "jsonrpc"] {
        let revoked = Arc::new(AtomicUsize::new(0));
        let odoo = Odoo::start({
            let revoked = revoked.clone();
            move |asked| {
                let number: usize = asked.key()[4..].parse().unwrap();
                accepting(asked, |_| number > revoked.load(Ordering::SeqCst))
            }
        })
        .await;
        let stage = stage(odoo.address, |_| {}).await;
        assert!(ask(&stage, &delegation(protocol)).await["answers"].is_array());
        revoked.store(1, Ordering::SeqCst);
        assert!(ask(&stage, &delegation(protocol)).await["answers"].is_array());
        assert_eq!((mints(&stage).await, odoo.requests().len()), (2, 3));
        // all keys to come are refused, too: one more is made, and no other
        revoked.store(1_000, Ordering::SeqCst);
        let outcome = ask(&stage, &delegation(protocol)).await;
        assert_eq!(outcome["failure"]["kind"], "key_refused", "{outcome}");
        assert_eq!((mints(&stage).await, odoo.requests().len()), (3, 5));
        // a key that was made for the very call is not tried again
        let outcome = ask(&stage, &delegation(protocol)).await;
        assert_eq!(outcome["failure"]["kind"], "key_refused", "{outcome}");
        assert_eq!((mints(&stage).await, odoo.requests().len()), (4, 6));
        let fronts = "select count(distinct front) from odoo_mcp.minted";
        assert_eq!(stage.database.count(fronts).await, 1);
    }
}

#[tokio::test]
async fn no_key_no_request() {
    let odoo = Odoo::start(nothing).await;
    let stage = stage(odoo.address, |_| {}).await;
    let without = async |wish| stage.send(&call_with(&delegation("json2"), wish)).await;
    let reply = without(json!({"no_key": "delegation is switched off here"})).await;
    assert_eq!(
        outcome(&reply),
        json!({"failure": {"kind": "unreachable",
               "detail": "no key could be made for this call: delegation is switched off here"}})
    );
    // the token has ended meanwhile
    let reply = without(json!({"refused": "unauthorized"})).await;
    assert_eq!(reply.status, 401, "{reply:?}");
    // a pause has begun: what was begun is told of all the same, and nothing new is
    let reply = without(json!({"refused": "paused"})).await;
    let outcome = outcome(&reply);
    assert_eq!(outcome["failure"]["kind"], "cancelled", "{outcome}");
    let reply = stage.send(&Request::call("echo", json!({}))).await;
    assert_eq!(reply.status, 503, "{reply:?}");
    assert_eq!(odoo.connections(), 0);
    let told = "select count(*) from odoo_mcp.completed";
    assert_eq!(stage.database.count(told).await, 3);
    // and no connection is kept for it
    let connected = "select count(*) from pg_stat_activity where datname = current_database() \
                     and application_name = 'odoo-mcp'";
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(stage.database.count(connected).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_calls_at_once_need_one_key() {
    let odoo = Odoo::start(|_| Act::Wait(Duration::from_millis(100))).await;
    let stage = stage(odoo.address, |config| {
        config.max_requests = 256;
        config.pool_wait = Duration::from_secs(5);
    })
    .await;
    let wish = json!({"minting": 0.2});
    let mut open = Vec::new();
    for _ in 0..50 {
        open.push(
            call_with(&delegation("json2"), wish.clone())
                .open(stage.address)
                .await,
        );
    }
    for stream in open {
        assert!(outcome(&read(stream).await)["answers"].is_array());
    }
    assert_eq!((mints(&stage).await, odoo.requests().len()), (1, 50));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_leaves_ends_the_request_and_the_database_hears_of_it() {
    let odoo = Odoo::start(|_| Act::Hang).await;
    let stage = stage(odoo.address, |_| {}).await;
    for number in 1..=3 {
        let stream = call(&delegation("json2")).open(stage.address).await;
        odoo.wait_for_requests(number).await;
        drop(stream);
        odoo.wait_for_gone(number).await;
        wait_for_cancelled(&stage, number as i64).await;
    }
    stage.database.wait_for_rest().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_has_an_end_and_the_database_hears_of_it() {
    let odoo = Odoo::start(|_| Act::Hang).await;
    let mut stage = stage(odoo.address, |config| {
        config.shutdown_timeout = Duration::from_millis(200);
    })
    .await;
    let stream = call(&delegation("json2")).open(stage.address).await;
    odoo.wait_for_requests(1).await;
    stage.stop();
    let outcome = outcome(&read(stream).await);
    assert_eq!(outcome["failure"]["kind"], "cancelled", "{outcome}");
    stage.ended().await;
    odoo.wait_for_gone(1).await;
    wait_for_cancelled(&stage, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_odoo_takes_neither_all_places_nor_a_connection() {
    let is_slow = Arc::new(AtomicBool::new(true));
    let odoo = Odoo::start({
        let is_slow = is_slow.clone();
        move |asked| match is_slow.load(Ordering::SeqCst) {
            true => Act::Hang,
            false => nothing(asked),
        }
    })
    .await;
    let stage = stage(odoo.address, |config| {
        config.max_requests = 16;
        config.pool_size = 1;
    })
    .await;
    let mut slow = delegation("json2");
    slow["timeout_ms"] = 3_000.into();
    // two with Odoo, six in turn
    let mut open = Vec::new();
    for _ in 0..8 {
        open.push(call(&slow).open(stage.address).await);
    }
    odoo.wait_for_requests(2).await;
    stage.database.wait_for_rest().await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let outcome = ask(&stage, &slow).await;
    assert_eq!(outcome["failure"]["kind"], "unreachable", "{outcome}");
    // the only connection of the pool is free for what SQL answers
    for _ in 0..10 {
        assert_eq!(
            stage.send(&Request::call("echo", json!({}))).await.status,
            200
        );
    }
    assert_eq!(odoo.requests().len(), 2);
    is_slow.store(false, Ordering::SeqCst);
    let mut timed_out = 0;
    for stream in open {
        let outcome = outcome_of(stream).await;
        // one whose turn came just before its own end may have been answered
        let is_late = outcome["failure"]["kind"] == "timed_out";
        assert!(is_late || outcome["answers"].is_array(), "{outcome}");
        timed_out += u32::from(is_late);
    }
    assert!(timed_out >= 2);
    assert!(ask(&stage, &slow).await["answers"].is_array());
}

async fn outcome_of(stream: tokio::net::TcpStream) -> Value {
    outcome(&read(stream).await)
}

#[tokio::test]
async fn a_request_may_depend_on_how_much_the_one_before_it_found() {
    let odoo = Odoo::start(|asked| {
        let is_rpc = asked.path() == "/jsonrpc";
        match asked.body.contains("search_count") || asked.path().ends_with("search_count") {
            true if is_rpc => Act::Json(200, "{\"result\": 7}".into()),
            true => Act::Json(200, "7".into()),
            false if is_rpc => Act::Json(200, "{\"result\": [1, 2, 3]}".into()),
            false => Act::Json(200, "[1, 2, 3]".into()),
        }
    })
    .await;
    let stage = stage(odoo.address, |_| {}).await;
    for protocol in ["json2", "jsonrpc"] {
        for (least, made) in [(3, 2), (4, 1)] {
            let mut wanted = delegation(protocol);
            also(&mut wanted, Some(least));
            let answers = ask(&stage, &wanted).await;
            assert_eq!(
                answers["answers"].as_array().unwrap().len(),
                made,
                "{answers}"
            );
        }
        // a number is no list
        let mut wanted = delegation(protocol);
        wanted["requests"][0]["method"] = "search_count".into();
        also(&mut wanted, Some(0));
        let answers = ask(&stage, &wanted).await;
        assert_eq!(answers["answers"].as_array().unwrap().len(), 1, "{answers}");
    }
}

#[tokio::test]
async fn names_from_the_database_reach_no_other_path_and_no_other_header() {
    let odoo = Odoo::start(nothing).await;
    let stage = stage(odoo.address, |_| {}).await;
    for name in ["../web", "a/b", "a?b=c", "a\r\nX-Other: b", "a%2f", ""] {
        for part in ["model", "method"] {
            let mut wanted = delegation("json2");
            wanted["requests"][0][part] = name.into();
            let outcome = ask(&stage, &wanted).await;
            assert_eq!(outcome["failure"]["kind"], "unreachable", "{outcome}");
        }
        let mut wanted = delegation("jsonrpc");
        wanted["requests"][0]["model"] = name.into();
        assert!(ask(&stage, &wanted).await["answers"].is_array());
    }
    let mut wanted = delegation("json2");
    wanted["database"] = "a\r\nX-Other: b".into();
    let outcome = ask(&stage, &wanted).await;
    assert_eq!(outcome["failure"]["kind"], "wrong_database", "{outcome}");
    for asked in odoo.requests() {
        assert_eq!((asked.path(), asked.header("X-Other")), ("/jsonrpc", None));
    }
}

#[tokio::test]
async fn what_both_answers_have_together_counts() {
    let odoo = Odoo::start(|_| Act::Json(200, format!("\"{}\"", "x".repeat(998)))).await;
    let stage = stage(odoo.address, |_| {}).await;
    let mut wanted = delegation("json2");
    also(&mut wanted, None);
    wanted["byte_limit"] = 2_000.into();
    assert_eq!(
        ask(&stage, &wanted).await["answers"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    wanted["byte_limit"] = 1_999.into();
    let outcome = ask(&stage, &wanted).await;
    assert_eq!(outcome["failure"]["kind"], "too_large", "{outcome}");
}
