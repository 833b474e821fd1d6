//! `odoo-mcp scan-addons`: source in, facts out, and who may load them.

use crate::{process::binary, stage::Database};
use serde_json::Value;
use std::{fs, path::PathBuf, process::Output};

/// What the extension has for it: a list of two modules, and the document kept as it comes.
const STAND_IN: &str = "
    create schema odoo_mcp;
    create table odoo_mcp.kept (document jsonb);
    create function odoo_mcp.installed_modules() returns table (name text, version text) language sql
        as $$ values ('base', '19.0.1.3'), ('acme', '19.0.1.0'), ('gone', '19.0.1.0') $$;
    create function odoo_mcp.load_facts(document jsonb) returns jsonb language plpgsql as $$
    declare
        is_same boolean := coalesce((select k.document = load_facts.document from odoo_mcp.kept k), false);
    begin
        delete from odoo_mcp.kept;
        insert into odoo_mcp.kept values (document);
        return jsonb_build_object('models', 1, 'sql', 0, 'odoo', 1, 'unchanged', is_same,
            'reasons', jsonb_build_array(jsonb_build_object('reason', '_search is overridden', 'models', 1)));
    end $$;";

/// A small Odoo and a module that hides rows; gone with the test.
struct Source(PathBuf);

impl Source {
    fn new(name: &str) -> Self {
        let root = std::env::temp_dir().join(format!("scan_{}_{name}", std::process::id()));
        let it = Self(root);
        it.write(
            "odoo/release.py",
            "version_info = (19, 0, 0, 'final', 0, '')\n",
        );
        it.write("odoo/addons/base/__manifest__.py", "{'version': '1.3'}");
        it.write(
            "odoo/addons/base/__init__.py",
            "from odoo import fields, models\n\n\nclass Base(models.AbstractModel):\n    _name = 'base'\n\n\n\
             class Partner(models.Model):\n    _name = 'res.partner'\n    name = fields.Char()\n    \
             vat = fields.Char(groups='base.group_user')\n",
        );
        it.write("own/acme/__manifest__.py", "{'depends': ['base']}");
        it.hide("return super()._search(*args)");
        it
    }

    fn hide(&self, how: &str) {
        let text = format!(
            "from odoo import models\n\n\nclass Partner(models.Model):\n    _inherit = 'res.partner'\n\n    \
             def _search(self, *args):\n        {how}\n"
        );
        self.write("own/acme/__init__.py", &text);
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    async fn scan(&self, url: &str, more: &[&str]) -> Output {
        binary()
            .arg("scan-addons")
            .arg(self.0.join("odoo"))
            .arg(self.0.join("own"))
            .args(more)
            .env("ODOO_MCP_ADMIN_DATABASE_URL", url)
            .output()
            .await
            .unwrap()
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

async fn stage() -> Database {
    let database = Database::empty().await;
    database
        .client()
        .await
        .batch_execute(STAND_IN)
        .await
        .unwrap();
    database
}

#[tokio::test]
async fn a_scan_loads_what_the_installed_modules_do_and_says_what_it_did_not_find() {
    let (source, database) = (Source::new("load"), stage().await);
    let output = source.scan(&database.url, &[]).await;
    let text = said(&output);
    assert!(output.status.success(), "{text}");
    for words in [
        "read 2 modules of Odoo 19.0",
        "gone: its source was not found",
        "hint: name the folders that they lie in",
        "answered by SQL: 0 models, by Odoo: 1",
        "     1  _search is overridden",
    ] {
        assert!(text.contains(words), "{words} is not in: {text}");
    }
    let client = database.client().await;
    let row = client
        .query_typed_one("select document::text from odoo_mcp.kept", &[])
        .await
        .unwrap();
    let kept: Value = serde_json::from_str(row.get(0)).unwrap();
    let partner = &kept["models"]["res.partner"];
    assert_eq!(partner["modules"], "acme base");
    assert_eq!(partner["overrides"][0]["file"], "acme/__init__.py");
    assert_eq!(partner["overrides"][0]["line"], 7);
    assert_eq!(
        partner["fields"]["with_facts"]["vat"]["groups"],
        "base.group_user"
    );
    assert_eq!(kept["modules"]["base"]["version"], "19.0.1.3");
    assert_eq!(kept["sources"]["res.partner"]["vat"], "base/__init__.py:11");
}

#[tokio::test]
async fn a_check_fails_until_the_facts_are_those_of_the_source_and_loads_nothing() {
    let (source, database) = (Source::new("check"), stage().await);
    let is_same = async || {
        source
            .scan(&database.url, &["--check"])
            .await
            .status
            .success()
    };
    assert!(!is_same().await);
    assert_eq!(
        database.count("select count(*) from odoo_mcp.kept").await,
        0
    );
    assert!(source.scan(&database.url, &[]).await.status.success());
    assert!(is_same().await);
    source.hide("return self.browse()");
    assert!(!is_same().await, "the module's text is another");
}

#[tokio::test]
async fn a_scan_that_loses_much_or_is_of_another_odoo_is_loaded_only_where_that_is_meant() {
    let (source, database) = (Source::new("loss"), stage().await);
    let client = database.client().await;
    let answers = async |before: u32, now: u32| {
        let lossy = format!(
            "create or replace function odoo_mcp.load_facts(document jsonb) returns jsonb language sql as $$
                insert into odoo_mcp.kept values (document);
                select jsonb_build_object('models', 1, 'sql_before', {before}, 'sql', {now}, 'odoo', 9, 'unchanged', false,
                    'reasons', jsonb_build_array(jsonb_build_object('reason', 'it is not there', 'models', 9))) $$"
        );
        client.batch_execute(&lossy).await.unwrap();
    };
    let kept = async || database.count("select count(*) from odoo_mcp.kept").await;
    answers(100, 74).await;
    let refused = source.scan(&database.url, &[]).await;
    let text = said(&refused);
    assert!(!refused.status.success(), "{text}");
    for words in [
        "SQL answered 100 models and would answer 74",
        "it is not there (9 models)",
        "--replace",
    ] {
        assert!(text.contains(words), "{words} is not in: {text}");
    }
    assert_eq!(kept().await, 0, "what was refused is not kept");
    let meant = source.scan(&database.url, &["--replace"]).await;
    assert!(meant.status.success(), "{}", said(&meant));
    assert_eq!(kept().await, 1);
    answers(100, 75).await;
    assert!(source.scan(&database.url, &[]).await.status.success());
    assert_eq!(kept().await, 2);
    let other_series = "create or replace function odoo_mcp.installed_modules() returns table (name text, version text)
        language sql as $$ values ('base', '19.01.3') $$";
    client.batch_execute(other_series).await.unwrap();
    for more in [&[][..], &["--check"]] {
        let refused = source.scan(&database.url, more).await;
        let text = said(&refused);
        assert!(!refused.status.success(), "{text}");
        let words = "the source is Odoo 19.0, and the database's base is 19.01.3";
        assert!(text.contains(words), "{text}");
    }
    assert_eq!(kept().await, 2);
    let meant = source.scan(&database.url, &["--replace"]).await;
    assert!(meant.status.success(), "{}", said(&meant));
}

#[tokio::test]
async fn who_may_not_load_facts_is_told_what_to_do_and_no_password() {
    let (source, database) = (Source::new("denied"), stage().await);
    let role = format!("front_test_scan_{}", std::process::id());
    let client = database.client().await;
    let grant = format!(
        "create role {role} login password 'hunter2'; grant usage on schema odoo_mcp to {role}; \
         revoke all on function odoo_mcp.installed_modules(), odoo_mcp.load_facts(jsonb) from public"
    );
    client.batch_execute(&grant).await.unwrap();
    let (_, place) = database.url.split_once('@').unwrap();
    // by the socket there is no password for whoever is no superuser: as in the stack, by address
    let port = database
        .count("select setting::int8 from pg_settings where name = 'port'")
        .await;
    let name = place.split(['/', '?']).nth(1).unwrap();
    let url = format!("postgresql://{role}:hunter2@127.0.0.1:{port}/{name}");
    let output = source.scan(&url, &[]).await;
    drop(client);
    let cleanup = format!("drop owned by {role}; drop role {role}");
    database
        .client()
        .await
        .batch_execute(&cleanup)
        .await
        .unwrap();
    let text = said(&output);
    assert!(!output.status.success());
    assert!(text.contains("hint: this decides over rights"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
}

#[tokio::test]
async fn without_a_database_the_facts_go_to_a_file() {
    let source = Source::new("file");
    let output = source
        .scan("", &["--modules", "all", "--output", "-"])
        .await;
    assert!(output.status.success(), "{}", said(&output));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["origin"], "scan_addons");
    assert_eq!(
        document["models"]["res.partner"]["overrides"][0]["effect"],
        "rows"
    );
}
