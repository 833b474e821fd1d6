//! The binary itself: arguments, signals, and what its log says and does not say.

use crate::{
    client::{Request, meta, read},
    odoo::{Act, Odoo},
    stage::{Database, TOKEN},
};
use serde_json::{Value, json};
use std::{net::SocketAddr, process::Stdio, time::Duration};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    process::{Child, ChildStderr, Command},
};

pub(crate) fn binary() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_odoo-mcp"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("ODOO_MCP_")) {
        command.env_remove(name);
    }
    command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// A serving process, its address taken from its log.
async fn serve(database: &Database) -> (Child, BufReader<ChildStderr>, SocketAddr) {
    serve_with(database, &[]).await
}

async fn serve_with(
    database: &Database,
    settings: &[(&str, &str)],
) -> (Child, BufReader<ChildStderr>, SocketAddr) {
    let mut child = binary()
        .arg("serve")
        .envs(settings.iter().copied())
        .env("ODOO_MCP_DATABASE_URL", &database.url)
        .env("ODOO_MCP_LISTEN", "127.0.0.1:0")
        .env("ODOO_MCP_LOG_LEVEL", "trace")
        .spawn()
        .unwrap();
    let mut log = BufReader::new(child.stderr.take().unwrap());
    // at this level others may speak before it listens
    let listening = async {
        loop {
            let mut line = String::new();
            assert_ne!(log.read_line(&mut line).await.unwrap(), 0, "it ended");
            let said: Value = serde_json::from_str(&line)
                .unwrap_or_else(|_| panic!("not a line of JSON: {line}"));
            if let Some(address) = said["address"].as_str() {
                return address.parse().unwrap();
            }
        }
    };
    let address = tokio::time::timeout(Duration::from_secs(10), listening)
        .await
        .expect("a line with its address");
    (child, log, address)
}

async fn terminate(child: &Child) {
    let pid = child.id().unwrap().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .await
            .unwrap()
            .success()
    );
}

#[tokio::test]
async fn sigterm_lets_a_call_finish_and_ends_well() {
    let database = Database::with_surface().await;
    let (mut child, _log, address) = serve(&database).await;
    let slow = Request::call("sleep", json!({"seconds": 1}))
        .open(address)
        .await;
    database.wait_for_sleeping(1).await;
    terminate(&child).await;
    assert_eq!(read(slow).await.status, 200);
    let status = tokio::time::timeout(Duration::from_secs(5), child.wait())
        .await
        .expect("it ends")
        .unwrap();
    assert!(status.success());
}

#[tokio::test]
async fn the_log_has_a_line_for_each_request_and_no_secret() {
    let database = Database::with_surface().await;
    let (mut child, mut log, address) = serve(&database).await;
    let wrong = TOKEN.replace('a', "c");
    assert_eq!(
        Request::call("echo", json!({"name": "hush"}))
            .send(address)
            .await
            .status,
        200
    );
    assert_eq!(
        Request::call("raise", json!({"name": "hush"}))
            .send(address)
            .await
            .status,
        200
    );
    let refused =
        Request::call("echo", json!({})).header("Authorization", &format!("Bearer {wrong}"));
    assert_eq!(refused.send(address).await.status, 401);
    let trace = "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01";
    let mut traced = meta();
    traced["traceparent"] = trace.into();
    traced["other"] = "hush".into();
    let traced = Request::modern_with(traced, "tools/call", json!({"name": "echo"}));
    assert_eq!(traced.send(address).await.status, 200);
    let mismatched = traced.header("Mcp-Name", "hush");
    assert_eq!(mismatched.send(address).await.status, 400);
    terminate(&child).await;
    child.wait().await.unwrap();
    let mut text = String::new();
    log.read_to_string(&mut text).await.unwrap();

    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let requests: Vec<&Value> = lines
        .iter()
        .filter(|line| line["message"] == "request")
        .collect();
    assert_eq!(requests.len(), 5, "{text}");
    let echo = requests[0];
    assert_eq!(
        (&echo["method"], &echo["tool"]),
        (&json!("tools/call"), &json!("echo"))
    );
    assert_eq!(
        (&echo["era"], echo.get("traceparent")),
        (&json!("legacy"), None)
    );
    assert_eq!(
        (&requests[3]["era"], &requests[3]["traceparent"]),
        (&json!("modern"), &json!(trace))
    );
    assert_eq!(requests[4]["outcome"], "header_mismatch");
    assert_eq!(
        (&echo["status"], &echo["outcome"], &echo["client"]),
        (&json!(200), &json!("ok"), &json!("127.0.0.1"))
    );
    assert!(echo["ms"].is_number() && echo["call_id"].is_string());
    assert_eq!(
        (&requests[1]["outcome"], &requests[2]["outcome"]),
        (&json!("tool_error"), &json!("unauthorized"))
    );
    // what the client must not see is what the operator needs
    let server_text = lines
        .iter()
        .find(|line| line["server_text"] == "a text of the server that nobody may see")
        .unwrap();
    assert_eq!(server_text["reference"], requests[1]["call_id"]);

    for secret in ["omcp_", "hush", "Bearer", "Authorization", "authorization"] {
        assert!(!text.contains(secret), "{secret} is in the log: {text}");
    }
}

#[tokio::test]
async fn what_is_asked_of_odoo_has_a_line_and_no_key() {
    let database = Database::with_surface().await;
    let odoo = Odoo::start(|asked| {
        let number: u32 = asked.key()[4..].parse().unwrap();
        match (number, asked.path()) {
            (2.., "/jsonrpc") => Act::Json(200, r#"{"result": ["hush"]}"#.into()),
            (1, "/jsonrpc") => Act::Json(
                200,
                r#"{"error": {"data": {"name": "odoo.exceptions.AccessDenied", "debug": "hush"}}}"#
                    .into(),
            ),
            (_, path) if path.ends_with("search_read") => Act::Json(200, r#"["hush"]"#.into()),
            (_, path) if path.ends_with("name_search") => Act::Json(
                422,
                r#"{"name": "x", "message": "hush", "debug": "hush"}"#.into(),
            ),
            _ => Act::Page(500, "hush"),
        }
    })
    .await;
    let url = format!("http://{}", odoo.address);
    let (mut child, mut log, address) = serve_with(&database, &[("ODOO_MCP_ODOO_URL", &url)]).await;
    for (protocol, method) in [
        ("json2", "search_read"),
        ("json2", "name_search"),
        ("json2", "fields_get"),
        ("jsonrpc", "search_read"),
    ] {
        let delegation = json!({
            "protocol": protocol, "database": "odoo19", "user_id": 7, "timeout_ms": 5_000, "byte_limit": 10_000,
            "requests": [{"model": "res.partner", "method": method, "kwargs": {"domain": "hush"}}],
        });
        let wish = json!({"delegation": delegation.to_string(), "hush": "hush"});
        let reply = Request::call("delegate", wish).send(address).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        assert!(!reply.body.contains("feed0000"), "{reply:?}");
    }
    terminate(&child).await;
    child.wait().await.unwrap();
    let mut text = String::new();
    log.read_to_string(&mut text).await.unwrap();
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .filter(|line: &Value| line["message"] == "asked Odoo")
        .collect();
    let seen: Vec<_> = lines
        .iter()
        .map(|line| (&line["method"], &line["status"], &line["outcome"]))
        .collect();
    assert_eq!(
        json!(seen),
        json!([
            ["search_read", 200, "ok"],
            ["name_search", 422, "odoo_error"],
            ["fields_get", 500, "not_json"],
            ["search_read", 200, "key_refused"],
            ["search_read", 200, "ok"],
        ]),
        "{text}"
    );
    assert!(lines.iter().all(|line| line["model"] == "res.partner"
        && line["ms"].is_number()
        && line["call_id"].is_string()));
    for secret in ["feed0000", "hush", "bearer", "Bearer", "omcp_"] {
        assert!(!text.contains(secret), "{secret} is in the log: {text}");
    }
}

#[tokio::test]
async fn odoo_by_https_is_believed_if_the_system_trusts_its_certificate() {
    let database = Database::with_surface().await;
    let (odoo, trusted) = Odoo::with_tls(|_| Act::Json(200, "[]".into())).await;
    let file = std::env::temp_dir().join(format!("odoo-mcp-{}.pem", odoo.address.port()));
    std::fs::write(&file, trusted).unwrap();
    let url = format!("https://localhost:{}", odoo.address.port());
    let trusting = ("SSL_CERT_FILE", file.to_str().unwrap());
    let delegation = json!({
        "protocol": "json2", "database": "odoo19", "user_id": 7, "timeout_ms": 5_000, "byte_limit": 10_000,
        "requests": [{"model": "res.partner", "method": "search_read", "kwargs": {}}],
    });
    let call = Request::call("delegate", json!({"delegation": delegation.to_string()}));
    let nobody = ("SSL_CERT_FILE", "/dev/null");
    for (certificates, url, expected) in [
        (trusting, url.clone(), "answers"),
        (nobody, url.clone(), "failure"),
        // signed, but for another name
        (trusting, url.replace("localhost", "127.0.0.1"), "failure"),
        // and no key goes out in clear
        (trusting, url.replace("https", "http"), "failure"),
    ] {
        let settings = [("ODOO_MCP_ODOO_URL", url.as_str()), certificates];
        let (_child, _log, address) = serve_with(&database, &settings).await;
        let answer = call.send(address).await.json();
        let outcome = &answer["result"]["structuredContent"]["outcome"];
        assert!(
            outcome[expected].is_array() || outcome[expected]["kind"] == "unreachable",
            "{url}: {answer}"
        );
    }
    assert_eq!(odoo.requests().len(), 1);
    let doctor = binary()
        .args(["doctor", "--json"])
        .env("ODOO_MCP_DATABASE_URL", &database.url)
        .env("ODOO_MCP_ODOO_URL", &url)
        .env(nobody.0, nobody.1)
        .output()
        .await
        .unwrap();
    let report = String::from_utf8_lossy(&doctor.stdout);
    assert!(
        report.contains("no TLS that is trusted at https://localhost"),
        "{report}"
    );
    std::fs::remove_file(file).unwrap();
    // a port without TLS needs no certificate
    let plain = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = plain.local_addr().unwrap();
    let refusing = tokio::spawn(async move {
        while let Ok((mut stream, _)) = plain.accept().await {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    let doctor = binary()
        .args(["doctor", "--json"])
        .env("ODOO_MCP_DATABASE_URL", &database.url)
        .env("ODOO_MCP_ODOO_URL", format!("https://{address}"))
        .output()
        .await
        .unwrap();
    let report = String::from_utf8_lossy(&doctor.stdout);
    assert!(
        report.contains("speaks plain HTTP") && !report.contains("update-ca-certificates"),
        "{report}"
    );
    refusing.abort();
}

#[tokio::test]
async fn help_and_version_are_there_and_secrets_stay_out_of_errors() {
    let output = binary().arg("--version").output().await.unwrap();
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        format!("odoo-mcp {}\n", env!("CARGO_PKG_VERSION"))
    );
    let output = binary().args(["serve", "--help"]).output().await.unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains("ODOO_MCP_DATABASE_URL"));
    let output = binary()
        .arg("serve")
        .env("ODOO_MCP_DATABASE_URL", "postgresql://u:hunter2@h:x/d")
        .output()
        .await
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(
        !output.status.success()
            && text.contains("ODOO_MCP_DATABASE_URL")
            && text.contains("hint:"),
        "{text}"
    );
    assert!(!text.contains("hunter2"), "{text}");
}

#[tokio::test]
async fn an_operators_commands_look_where_the_package_puts_the_settings() {
    let output = binary().arg("doctor").output().await.unwrap();
    // where there is such a file, it says that it went by it
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    assert!(text.contains("/etc/odoo-mcp/odoo-mcp.toml"), "{text}");
    // the service is told its file, and takes no other
    let output = binary().arg("serve").output().await.unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(
        !output.status.success() && text.contains("set ODOO_MCP_DATABASE_URL"),
        "{text}"
    );
}
