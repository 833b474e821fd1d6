//! `odoo-mcp verify`: no difference where SQL is right, each difference where it was made to be wrong, and nothing left behind.

use std::process::{Command, Output, Stdio};
use std::time::Duration;

use odoo_mcp_tests::query::{number, text};
use odoo_mcp_tests::wait::until;
use odoo_mcp_tests::{Administrator, Environment, Scratch, Site};
use serde_json::{Value, json};

/// Models with rules, companies, money, translated and company-dependent fields, and one that another hides rows of.
const MODELS: &str = "res.partner,res.users,sale.order,sale.order.line,product.template,account.move,crm.lead,crm.tag,odoo_mcp_trap.part,odoo_mcp_trap.price,odoo_mcp_trap.dossier";

/// Python hides some of its rows.
const TRAP: &str = "odoo_mcp_trap.thing";

struct Said {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Said {
    fn of(output: &Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.all()))
    }

    fn all(&self) -> String {
        format!("{:?}\n{}\n{}", self.code, self.out, self.err)
    }
}

/// The command for a copy of the database, as a front that asks this Odoo, and as who is on call.
fn command(env: &Environment, scratch: &Scratch, odoo_url: &str, operator: &str) -> Command {
    let mut command = Command::new(&env.front_binary);
    command
        .arg("verify")
        .env("ODOO_MCP_DATABASE_URL", scratch.front_url())
        .env("ODOO_MCP_ODOO_URL", odoo_url)
        .env("ODOO_MCP_ODOO_DB", &scratch.database)
        .env("ODOO_MCP_ADMIN_DATABASE_URL", operator)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn run(mut command: Command, arguments: &[&str]) -> Said {
    let output = command.args(arguments).output().expect("the program runs");
    let said = Said::of(&output);
    assert!(!said.all().contains("omcp_"), "a token: {}", said.all());
    said
}

fn live_tokens(scratch: &Scratch) -> i64 {
    number(
        &mut scratch.superuser(),
        "select count(*) from odoo_mcp.tokens where is_live and name like 'verify %'",
    )
}

/// No token of a run lives, and Odoo has no key of one.
#[track_caller]
fn assert_nothing_left(scratch: &Scratch) {
    let mut superuser = scratch.superuser();
    assert_eq!(live_tokens(scratch), 0);
    let keys = "select count(*) from odoo_mcp.delegation_keys where token like 'verify %'";
    assert_eq!(number(&mut superuser, keys), 0);
    let issued = "select count(*) from odoo_mcp.tokens where name like 'verify %'";
    assert!(number(&mut superuser, issued) > 0, "there were some");
}

fn engine(scratch: &Scratch, model: &str) -> String {
    let sql = format!("select engine from odoo_mcp.model_status where model = '{model}'");
    text(&mut scratch.superuser(), &sql)
}

#[test]
fn a_model_that_sql_answers_wrongly_is_found_and_put_aside_and_no_other_is() {
    let env = Environment::load();
    let mut site = Site::unscanned(&env, "verify", "odoo_mcp_trap,odoo_mcp_grumble");
    site.scan();
    let administrator = Administrator::of(&env, &site.scratch);
    let operator = administrator.url(&env);
    let odoo_url = site.odoo.url();
    let verify = |arguments: &[&str]| {
        run(
            command(&env, &site.scratch, &odoo_url, &operator),
            arguments,
        )
    };

    // real models, as real users
    let said = verify(&["--models", MODELS, "--sample", "150", "--seed", "7"]);
    println!("{}", said.all());
    assert_eq!(said.code, Some(0), "{}", said.all());
    assert!(said.out.contains("\n       0  different"), "{}", said.out);
    let same = said
        .out
        .lines()
        .find_map(|line| line.strip_suffix("  the same"));
    let same: Option<usize> = same.and_then(|number| number.trim().parse().ok());
    assert!(same >= Some(110), "{}", said.out);
    for part in [
        site.scratch.database.as_str(),
        odoo_url.as_str(),
        "scan_addons",
        "seed 7",
        "admin",
        "portal",
    ] {
        assert!(said.out.contains(part), "{part}: {}", said.out);
    }
    assert_nothing_left(&site.scratch);

    // without a model named: all of them
    let said = verify(&[
        "--users",
        "sales_own,books",
        "--sample",
        "100",
        "--seed",
        "8",
        "--json",
    ]);
    assert_eq!(said.code, Some(0), "{}", said.all());
    let report = said.json();
    assert_eq!(report["asked"], 100, "{report}");
    assert!(report["asked_models"].as_u64() > Some(90), "{report}");
    assert!(report["same"].as_u64() > Some(80), "{report}");

    // one whose Python hides rows, which a DBA was sure does not matter
    let force = format!(
        "select odoo_mcp.set_model_engine('{TRAP}', 'sql', 'it looked harmless', force => true)"
    );
    site.scratch
        .superuser()
        .batch_execute(&force)
        .expect("forced");
    let of_trap = [
        "--models",
        TRAP,
        "--users",
        "sales_own,books",
        "--sample",
        "20",
        "--seed",
        "3",
    ];
    let said = verify(&of_trap);
    assert_eq!(said.code, Some(1), "{}", said.all());
    let said = verify(&[&of_trap[..], &["--json"]].concat());
    assert_eq!(said.code, Some(1), "{}", said.all());
    let report = said.json();
    let first = &report["differences"][0];
    assert_eq!(first["model"], TRAP, "{report}");
    assert!(
        first["sql"] != first["odoo"] && first["place"].is_string(),
        "{first}"
    );
    assert_eq!(
        engine(&site.scratch, TRAP),
        "sql",
        "nobody asked to change that"
    );
    assert_nothing_left(&site.scratch);

    // the command that the report ends with asks the same again
    let again = first["again"].as_str().expect("a command");
    let again: Vec<&str> = again.split(' ').skip(2).collect();
    let repeated = verify(&[&again[..], &["--json"]].concat());
    assert_eq!(repeated.code, Some(1), "{}", repeated.all());
    let repeated = repeated.json();
    let asked = |report: &Value| {
        let all = report["differences"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        all.iter()
            .map(|d| d["arguments"].clone())
            .collect::<Vec<_>>()
    };
    assert!(asked(&repeated).contains(&first["arguments"]), "{repeated}");

    let said = verify(&[&of_trap[..], &["--quarantine"]].concat());
    assert_eq!(said.code, Some(1), "{}", said.all());
    assert!(
        said.out
            .contains(&format!("Odoo answers {TRAP} from now on")),
        "{}",
        said.out
    );
    assert_eq!(engine(&site.scratch, TRAP), "odoo");
    let next = site
        .mcp("books")
        .call_tool("odoo_count", &json!({"model": TRAP}));
    let next = next.result();
    assert_eq!(next["engine"], "odoo", "{next}");
    assert!(
        next["engine_reason"].to_string().contains("verify: "),
        "{next}"
    );

    // nothing is left to compare, which is not the same as no difference
    let said = verify(&of_trap);
    assert_eq!(said.code, Some(2), "{}", said.all());
    assert!(
        said.err.contains("nothing could be compared"),
        "{}",
        said.err
    );

    // told to stop
    let child = command(&env, &site.scratch, &odoo_url, &operator)
        .args(["--sample", "100000"])
        .spawn()
        .expect("the program runs");
    until("it asks", Duration::from_secs(30), || {
        live_tokens(&site.scratch) > 0
    });
    std::thread::sleep(Duration::from_secs(2));
    let signalled = Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status();
    assert!(signalled.expect("kill runs").success());
    let said = Said::of(&child.wait_with_output().expect("it ends"));
    assert_eq!(said.code, Some(2), "{}", said.all());
    assert!(said.err.contains("interrupted"), "{}", said.err);
    assert_nothing_left(&site.scratch);

    // an Odoo that is away
    site.odoo.stop();
    let said = run(
        command(&env, &site.scratch, &odoo_url, &operator),
        &["--models", "crm.tag"],
    );
    assert_eq!(said.code, Some(2), "{}", said.all());
    assert!(
        said.err.contains("Odoo does not answer") && said.err.contains("hint: "),
        "{}",
        said.err
    );
    assert_nothing_left(&site.scratch);
}

#[test]
fn what_keeps_it_from_running_is_said_with_what_to_do() {
    let env = Environment::load();
    let scratch = Scratch::unscanned(&env, "verify_unable");
    let administrator = Administrator::of(&env, &scratch);
    let operator = administrator.url(&env);
    let said = |operator: &str, odoo_url: &str, arguments: &[&str]| {
        let said = run(command(&env, &scratch, odoo_url, operator), arguments);
        assert_eq!(said.code, Some(2), "{}", said.all());
        assert_eq!(said.out, "", "nothing was found");
        said.err
    };
    let holds = |text: &str, parts: &[&str]| {
        for part in parts {
            assert!(text.contains(part), "{part:?} is not in {text}");
        }
    };
    let odoo = env.odoo_url.as_str();
    holds(
        &said(&operator, odoo, &[]),
        &["no facts", "hint: odoo-mcp scan-addons"],
    );
    odoo_mcp_tests::scan::load(&env, &mut scratch.superuser());
    holds(&said("", odoo, &[]), &["ODOO_MCP_ADMIN_DATABASE_URL"]);
    holds(
        &said(&scratch.front_url(), odoo, &[]),
        &["administer the extension"],
    );
    holds(
        &said(&operator, "", &[]),
        &["Odoo's address", "ODOO_MCP_ODOO_URL"],
    );
    holds(
        &said(&operator, odoo, &["--models", "res.partner,sale.ordr"]),
        &["no model \"sale.ordr\"", "did you mean sale.order"],
    );
    holds(
        &said(&operator, odoo, &["--users", "admn"]),
        &["\"admn\"", "did you mean", "admin"],
    );
    let off = "select odoo_mcp.setup(delegation => false)";
    scratch
        .superuser()
        .batch_execute(off)
        .expect("switched off");
    holds(
        &said(&operator, odoo, &[]),
        &["delegation is off", "setup(delegation => true)"],
    );
    assert_eq!(live_tokens(&scratch), 0);
}
