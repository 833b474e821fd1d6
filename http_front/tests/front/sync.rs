//! `odoo-mcp sync-facts`: what a stand-in for Odoo tells, and what may never be shown.

use crate::{
    odoo::{Act, Asked, Odoo},
    process::binary,
    stage::Database,
};
use serde_json::{Value, json};
use std::process::Output;

const KEY: &str = "00112233445566778899aabbccddeeff00112233";

/// What the extension has for it, with the origin of what it keeps.
const STAND_IN: &str = "
    create schema odoo_mcp;
    create table odoo_mcp.kept (document jsonb);
    create view odoo_mcp.facts as select document ->> 'origin' as origin from odoo_mcp.kept;
    create function odoo_mcp.load_facts(document jsonb) returns jsonb language plpgsql as $$
    begin
        delete from odoo_mcp.kept;
        insert into odoo_mcp.kept values (document);
        return jsonb_build_object('models', 2, 'sql', 0, 'odoo', 2, 'unchanged', false,
            'reasons', jsonb_build_array(jsonb_build_object('reason', 'the source was not scanned', 'models', 2)));
    end $$;";

/// What Odoo has of a model, for `search_read` and `fields_get`.
fn told(model: &str, method: &str) -> Value {
    match (model, method) {
        ("res.users", "context_get") => json!({"lang": "en_US", "uid": 2}),
        ("res.users", "search_read") => {
            json!([{"id": 2, "login": "admin", "all_group_ids": [1, 2]}])
        }
        ("ir.module.module", _) => json!([{"id": 1, "name": "base", "latest_version": "19.0.1.3"}]),
        ("ir.model", _) => json!([
            {"id": 1, "model": "base", "inherited_model_ids": []},
            {"id": 2, "model": "res.partner", "inherited_model_ids": []},
            {"id": 3, "model": "gone.thing", "inherited_model_ids": []},
        ]),
        ("ir.model.data", _) => json!([
            {"module": "base", "name": "group_user", "res_id": 1},
            {"module": "base", "name": "group_system", "res_id": 2},
            {"module": "base", "name": "group_portal", "res_id": 3},
            {"module": "acme", "name": "group_boss", "res_id": 4},
        ]),
        ("ir.model.fields", _) => json!([
            {"id": 1, "model_id": [2, "Contact"], "name": "name"},
            {"id": 2, "model_id": [2, "Contact"], "name": "boss_note"},
        ]),
        ("res.partner", "fields_get") => json!({
            "name": {"type": "char", "store": true, "searchable": true, "depends": []},
            "vat": {"type": "char", "store": true, "searchable": true, "groups": "base.group_user"},
            "child_ids": {"type": "one2many", "store": true, "searchable": true},
        }),
        _ => json!([]),
    }
}

fn error(name: &str, message: &str) -> Value {
    json!({"name": name, "message": message, "arguments": [], "context": {}, "debug": "Traceback of it"})
}

fn by_json2(asked: &Asked) -> Act {
    let mut steps = asked.path().rsplit('/');
    let (method, model) = (steps.next().unwrap(), steps.next().unwrap());
    match (model, method) {
        _ if asked.key() != KEY => Act::Json(401, error("AccessDenied", "no").to_string()),
        ("gone.thing", _) => {
            Act::Json(404, error("werkzeug.NotFound", "no such model").to_string())
        }
        ("base", "fields_get") => Act::Json(200, "{}".into()),
        _ => Act::Json(200, told(model, method).to_string()),
    }
}

/// 18: whoever asks for JSON-2 is sent elsewhere.
fn by_jsonrpc(asked: &Asked) -> Act {
    if asked.path() != "/jsonrpc" {
        return Act::Redirect("http://127.0.0.1:9/never".into());
    }
    let body: Value = serde_json::from_str(&asked.body).unwrap();
    let (params, args) = (&body["params"], &body["params"]["args"]);
    let result = match params["service"].as_str().unwrap() {
        "common" if args[2] == KEY && args[1] == "admin" => Some(json!(2)),
        "common" => Some(json!(false)),
        _ if args[3] == "gone.thing" || args[6]["fields"][0] == "all_group_ids" => None,
        _ if args[3] == "base" => Some(json!({})),
        _ => {
            let mut result = told(args[3].as_str().unwrap(), args[4].as_str().unwrap());
            if args[3] == "res.users" {
                result[0]["groups_id"] = result[0]["all_group_ids"].take();
            }
            Some(result)
        }
    };
    let message = match result {
        Some(result) => json!({"jsonrpc": "2.0", "id": 1, "result": result}),
        None => json!({"jsonrpc": "2.0", "id": 1, "error": {
            "code": 200, "message": "Odoo Server Error", "data": error("builtins.ValueError", "invalid field"),
        }}),
    };
    Act::Json(200, message.to_string())
}

/// The command, with a key; also everything that it said.
async fn sync(odoo: &Odoo, more: &[&str], variables: &[(&str, &str)]) -> (Output, String) {
    let output = binary()
        .args(["sync-facts", "--login", "admin"])
        .args(more)
        .env("ODOO_MCP_ODOO_URL", format!("http://{}", odoo.address))
        .env("ODOO_MCP_ODOO_DB", "odoo19")
        .env("ODOO_MCP_ODOO_API_KEY", KEY)
        .envs(variables.iter().copied())
        .output()
        .await
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    assert!(!text.contains(KEY), "the key is shown");
    assert!(!text.contains("Traceback"), "{text}");
    (output, text)
}

#[tokio::test]
async fn what_odoo_tells_goes_to_a_file_and_every_model_says_that_it_is_unread() {
    let mut documents = Vec::new();
    for act in [by_json2 as fn(&Asked) -> Act, by_jsonrpc] {
        let odoo = Odoo::start(act).await;
        let (output, text) = sync(&odoo, &["--output", "-"], &[]).await;
        assert!(output.status.success(), "{text}");
        for words in [
            "asked Odoo for 2 models of 1 modules",
            "theirs alone: acme.group_boss\n",
            "1 fields are not shown to the user",
            "gone.thing: Odoo answers with",
        ] {
            assert!(text.contains(words), "{words} is not in: {text}");
        }
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        documents.push(document);
    }
    let document = &documents[0];
    assert_eq!(document["origin"], "sync_facts");
    assert_eq!(document["modules"]["base"]["version"], "19.0.1.3");
    let partner = &document["models"]["res.partner"];
    assert_eq!(partner["modules"], "base");
    assert_eq!(partner["overrides"][0]["effect"], "unread");
    assert_eq!(partner["display_name"]["kind"], "python");
    assert_eq!(partner["fields"]["plain"], "name");
    let facts = &partner["fields"]["with_facts"];
    assert_eq!(facts["vat"]["groups"], "base.group_user");
    assert!(facts["child_ids"]["unread"].is_string());
    assert!(document["models"].get("gone.thing").is_none());
    odoo_compiler::facts::reading::read(document).expect("the extension reads it");
    // a second may have passed between the two
    for document in &mut documents {
        assert!(document["read_at"].take().is_i64());
    }
    assert_eq!(documents[0], documents[1], "both protocols tell the same");
}

#[tokio::test]
async fn facts_of_a_scan_are_replaced_only_if_that_is_said() {
    let database = Database::empty().await;
    let client = database.client().await;
    client.batch_execute(STAND_IN).await.unwrap();
    let kept = "insert into odoo_mcp.kept values ('{\"origin\": \"scan_addons\"}')";
    client.batch_execute(kept).await.unwrap();
    let odoo = Odoo::start(by_json2).await;
    let url = [("ODOO_MCP_ADMIN_DATABASE_URL", database.url.as_str())];
    let (output, text) = sync(&odoo, &[], &url).await;
    assert!(!output.status.success());
    assert!(
        text.contains("hint: odoo-mcp scan-addons renews them; --replace"),
        "{text}"
    );
    assert!(odoo.requests().is_empty(), "nobody was asked in vain");
    let (output, text) = sync(&odoo, &["--replace"], &url).await;
    assert!(output.status.success(), "{text}");
    assert!(text.contains("by Odoo: 2"), "{text}");
    // its own facts it renews
    assert!(sync(&odoo, &[], &url).await.0.status.success());
    let kept = "select count(*) from odoo_mcp.kept where document ->> 'origin' = 'sync_facts'";
    assert_eq!(database.count(kept).await, 1);
}

#[tokio::test]
async fn what_is_no_odoo_is_said_to_be_none_and_nothing_follows_a_redirect() {
    let elsewhere = Odoo::start(by_json2).await;
    let target = format!("http://{}/json/2", elsewhere.address);
    for (act, words) in [
        (Act::Redirect(target), "redirect (303)"),
        (
            Act::Page(200, "<h1>Welcome</h1>"),
            "something else than JSON",
        ),
        (
            Act::Page(404, "No database is selected"),
            "does not serve this database",
        ),
        (Act::Page(502, "Bad Gateway"), "does not reach it"),
        (
            Act::Break {
                is_length_said: true,
            },
            "broke",
        ),
    ] {
        let again = std::sync::Mutex::new(act);
        let odoo = Odoo::start(move |_| match &*again.lock().unwrap() {
            Act::Redirect(target) => Act::Redirect(target.clone()),
            Act::Page(status, body) => Act::Page(*status, body),
            _ => Act::Break {
                is_length_said: true,
            },
        })
        .await;
        let (output, text) = sync(&odoo, &["--output", "-"], &[]).await;
        assert!(!output.status.success());
        assert!(
            text.contains(words) && text.contains("hint: "),
            "{words} is not in: {text}"
        );
    }
    assert!(elsewhere.requests().is_empty());
}

#[tokio::test]
async fn a_key_that_opens_nothing_or_is_another_users_is_refused_without_being_shown() {
    let other = "ffeeddccbbaa99887766554433221100ffeeddcc";
    let wrong = [("ODOO_MCP_ODOO_API_KEY", other)];
    for act in [by_json2 as fn(&Asked) -> Act, by_jsonrpc] {
        let odoo = Odoo::start(act).await;
        let (output, text) = sync(&odoo, &["--output", "-"], &wrong).await;
        assert!(!output.status.success());
        assert!(text.contains("Odoo refuses the API key"), "{text}");
        assert!(!text.contains(other), "{text}");
    }
    let odoo = Odoo::start(by_json2).await;
    let password = [("ODOO_MCP_ODOO_API_KEY", "hunter2")];
    let (output, text) = sync(&odoo, &["--output", "-"], &password).await;
    assert!(!output.status.success());
    assert!(
        text.contains("form of an API key") && !text.contains("hunter2"),
        "{text}"
    );
    assert!(odoo.requests().is_empty());
    let others = Odoo::start(|asked| match asked.path() {
        "/json/2/res.users/search_read" => {
            Act::Json(200, json!([{"id": 2, "login": "demo"}]).to_string())
        }
        _ => by_json2(asked),
    })
    .await;
    let (output, text) = sync(&others, &["--output", "-"], &[]).await;
    assert!(!output.status.success());
    assert!(
        text.contains("another user's than the one that --login names"),
        "{text}"
    );
}

#[tokio::test]
async fn what_repeats_the_key_is_not_believed_and_an_error_says_no_more_than_its_words() {
    let odoo = Odoo::start(|_| Act::Json(200, json!({"uid": 2, "echo": KEY}).to_string())).await;
    let (output, text) = sync(&odoo, &["--output", "-"], &[]).await;
    assert!(!output.status.success());
    assert!(text.contains("repeats its key"), "{text}");
    let odoo = Odoo::start(|asked| match asked.path().contains("ir.model/") {
        true => Act::Json(
            403,
            error("odoo.exceptions.AccessError", "not\nyours").to_string(),
        ),
        false => by_json2(asked),
    })
    .await;
    let (output, text) = sync(&odoo, &["--output", "-"], &[]).await;
    assert!(!output.status.success());
    assert!(
        text.contains("Odoo answers with AccessError: not yours"),
        "{text}"
    );
    assert!(
        text.contains("hint: take the key of an administrator"),
        "{text}"
    );
}
