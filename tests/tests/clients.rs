//! MCP clients that others made: each lists the tools and calls one, in both eras, and gets what Odoo says.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use odoo_mcp_tests::Environment;
use serde_json::{Value, json};

const WHO: &str = "sales_own";
const TOOL: &str = "odoo_count";
const ERAS: [(&str, &str); 2] = [("modern", "2026-07-28"), ("legacy", "2025-11-25")];

fn arguments() -> Value {
    json!({"model": "sale.order", "domain": [["state", "=", "sale"]]})
}

/// What Odoo itself says to the same user.
fn truth(env: &Environment) -> Value {
    let question = json!({"domain": arguments()["domain"]});
    let count = env
        .odoo(WHO)
        .call("sale.order", "search_count", &question)
        .unwrap_or_else(|error| panic!("odoo: {error}"));
    assert!(count.as_i64().is_some_and(|count| count > 0), "{count}");
    count
}

/// The tools as the extension has them.
fn tools(env: &Environment) -> Vec<String> {
    let text: String = env
        .front_role()
        .query_one("select odoo_mcp.list_tools()", &[])
        .expect("the tools")
        .get(0);
    let list: Value = serde_json::from_str(&text).expect("JSON");
    names(&list["tools"])
}

fn names(tools: &Value) -> Vec<String> {
    tools
        .as_array()
        .unwrap_or_else(|| panic!("no list of tools: {tools}"))
        .iter()
        .map(|tool| tool["name"].as_str().expect("a tool has a name").to_owned())
        .collect()
}

/// Runs a client and reads the one JSON value that it prints.
fn run(what: &str, command: &mut Command) -> (Value, String) {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{what}: {error}"));
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{what}: {}\n{stdout}\n{stderr}",
        output.status
    );
    let value = serde_json::from_str(&stdout)
        .unwrap_or_else(|error| panic!("{what}: {error}: {stdout}\n{stderr}"));
    (value, stderr)
}

/// Calls of this user that the audit has as answered.
fn answered(env: &Environment) -> i64 {
    env.superuser()
        .query_one(
            "select count(*) from odoo_mcp.audit_entries where login = $1 and tool = $2 and outcome = 'ok'",
            &[&WHO, &TOOL],
        )
        .expect("the audit")
        .get(0)
}

/// A client that is one of our scripts around an SDK: told by variables, answers one object.
fn sdk(what: &str, program: &Path, script: &str) {
    let env = Environment::load();
    let (truth, tools) = (truth(&env), tools(&env));
    for (era, version) in ERAS {
        let before = answered(&env);
        let script = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("clients")
            .join(script);
        let mut command = Command::new(program);
        command
            .arg(script)
            .env("MCP_URL", &env.mcp_url)
            .env("MCP_TOKEN", env.token(WHO))
            .env("MCP_ERA", era)
            .env("MCP_TOOL", TOOL)
            .env("MCP_ARGUMENTS", arguments().to_string())
            .env("MCP_PACKAGES", &env.clients);
        let (said, _) = run(what, &mut command);
        assert_eq!(said["version"], version, "{what}, {era}");
        assert_eq!(said["tools"], json!(tools), "{what}, {era}");
        assert_eq!(
            said["answer"],
            json!({"engine": "sql", "count": truth}),
            "{what}, {era}"
        );
        assert!(
            answered(&env) > before,
            "{what}, {era}: the call is in the audit"
        );
        println!(
            "{what}, {version}: {} tools, {TOOL} says {truth} as Odoo does",
            tools.len()
        );
    }
}

#[test]
fn the_page_names_the_versions_that_are_run() {
    let page = include_str!("../../doc/clients.md");
    let packages: Value =
        serde_json::from_str(include_str!("../clients/package.json")).expect("JSON");
    let python = include_str!("../clients/requirements.txt")
        .lines()
        .find_map(|line| line.strip_prefix("mcp=="))
        .expect("python's mcp is pinned");
    let named = packages["dependencies"].as_object().expect("dependencies");
    for (package, version) in named {
        let version = version.as_str().expect("a version");
        assert!(
            page.contains(&format!("`{package}` {version}")),
            "{package} {version}"
        );
    }
    assert!(page.contains(&format!("`mcp` {python}")), "mcp {python}");
}

#[test]
fn the_python_sdk() {
    let env = Environment::load();
    sdk(
        "python's mcp",
        &env.clients.join("venv/bin/python"),
        "python_sdk.py",
    );
}

#[test]
fn the_typescript_sdk() {
    let env = Environment::load();
    sdk(
        "@modelcontextprotocol/client",
        &env.node,
        "typescript_sdk.mjs",
    );
}

/// The inspector takes a token from a file or from its arguments, which everybody on the machine can read.
fn inspector_settings(env: &Environment) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("inspector");
    std::fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join("servers.json");
    let settings = json!({"mcpServers": {"odoo": {
        "type": "streamable-http",
        "url": env.mcp_url,
        "headers": {"Authorization": format!("Bearer {}", env.token(WHO))},
    }}});
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&file)
        .and_then(|mut file| file.write_all(settings.to_string().as_bytes()))
        .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    file
}

#[test]
fn the_inspectors_command_line() {
    let env = Environment::load();
    let (truth, tools) = (truth(&env), tools(&env));
    let settings = inspector_settings(&env);
    let ask = |era: &str, more: &[&str]| {
        let what = format!("inspector, {era}, {}", more.join(" "));
        let mut command = Command::new(&env.node);
        command
            .arg(env.clients.join(
                "node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js",
            ))
            .args([
                "--cli",
                "--server",
                "odoo",
                "--stored-auth-only",
                "--format",
                "json",
            ])
            .args(["--protocol-era", era, "--config"])
            .arg(&settings)
            .args(more)
            // what it keeps stays out of the home of whoever runs the tests
            .env("HOME", settings.parent().expect("a folder"))
            .env("MCP_INSPECTOR_SECRET_STORE", "memory");
        let (mut said, stderr) = run(&what, &mut command);
        (said["result"].take(), stderr)
    };
    for (era, version) in ERAS {
        let (first, _) = ask(era, &["--method", "initialize"]);
        assert_eq!(first["protocolVersion"], version, "{first}");
        assert_eq!(first["serverInfo"]["name"], "odoo-mcp", "{first}");
        // strict: what other clients or models may not understand in the schemas is an error
        let (listed, notes) = ask(era, &["--method", "tools/list", "--strict"]);
        assert_eq!(names(&listed["tools"]), tools, "{era}");
        assert!(!notes.contains("Warning: tool"), "{notes}");
        let arguments = arguments().to_string();
        let call = [
            "--method",
            "tools/call",
            "--tool-name",
            TOOL,
            "--tool-args-json",
            &arguments,
        ];
        let before = answered(&env);
        let (called, _) = ask(era, &call);
        assert_eq!(
            (&called["isError"], &called["structuredContent"]),
            (&json!(false), &json!({"engine": "sql", "count": truth})),
            "{era}: {called}"
        );
        assert!(answered(&env) > before, "{era}: the call is in the audit");
        println!(
            "inspector, {version}: {} tools, {TOOL} says {truth} as Odoo does",
            tools.len()
        );
    }
    std::fs::remove_file(&settings).expect("it holds a token");
}
