//! `make bench`, on the stack that `make demo` or `make demo-big` left running: see `doc/benchmark.md`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::process::ExitCode;

use odoo_mcp_tests::Users;
use odoo_mcp_tests::bench::cluster::{Cluster, machine};
use odoo_mcp_tests::bench::delegated::delegated;
use odoo_mcp_tests::bench::place::{Effort, Place};
use odoo_mcp_tests::bench::process::processes;
use odoo_mcp_tests::bench::report::{http_cost, many_callers, one_caller};

const LOGIN: &str = "sales_all";

fn main() -> ExitCode {
    match run() {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn optional(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn setting(name: &str) -> Result<String, String> {
    optional(name).ok_or_else(|| format!("{name} is not set: run `make bench`"))
}

fn read(path: &str) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))
}

/// The database of the demo, or the big one (`suffix` is `_BIG`).
fn place(name: &str, suffix: &str) -> Result<Place, String> {
    let here = |name: &str| setting(&format!("{name}{suffix}"));
    let tokens: BTreeMap<String, String> = serde_json::from_str(&read(&here("MCP_TOKENS")?)?)
        .map_err(|error| format!("the tokens file is {{login: token}}: {error}"))?;
    Ok(Place {
        name: name.to_owned(),
        database_url: here("DATABASE_URL")?,
        front_url: here("BENCH_FRONT_URL")?,
        mcp_url: here("MCP_URL")?,
        token: tokens
            .get(LOGIN)
            .ok_or_else(|| format!("no token for {LOGIN}"))?
            .clone(),
        odoo_url: setting("ODOO_URL")?,
        odoo_database: here("ODOO_DB")?,
        api_key: Users::parse(&read(&setting("ODOO_KEYS")?)?)
            .of(LOGIN)
            .api_key
            .clone(),
    })
}

fn run() -> Result<String, String> {
    let effort = Effort::from_settings(optional)?;
    let machine = machine();
    let small = place("small", "")?;
    let mut places = vec![small.clone()];
    if optional("DATABASE_URL_BIG").is_some() {
        places.push(place("big", "_BIG")?);
    }
    let only = optional("ONLY").filter(|text| !text.is_empty());
    let mut report = String::new();
    let mut all = Vec::new();
    for place in &places {
        let mut client = place.connect();
        let cluster = Cluster::of(&mut client)?;
        let questions: Vec<_> = place
            .questions(&mut client)
            .into_iter()
            .filter(|q| only.as_ref().is_none_or(|only| q.name.contains(only)))
            .collect();
        if questions.is_empty() {
            return Err(format!(
                "no question's name holds {:?}",
                only.unwrap_or_default()
            ));
        }
        // first all answers, so that a difference is said before minutes of measuring
        for question in &questions {
            let rows = place.verify(question)?;
            eprintln!(
                "{}: {}: the same {rows} rows on all sides",
                place.name, question.name
            );
        }
        let mut measured = Vec::new();
        for question in &questions {
            eprintln!("{}: {} …", place.name, question.name);
            let one = place
                .measure(question, &cluster, &effort)
                .map_err(|error| format!("the disk: {error}"))?;
            measured.push(one);
        }
        if report.is_empty() {
            let _ = write!(report, "{}", heading(&machine, &cluster, &effort));
        }
        let _ = write!(
            report,
            "\n### The {} database: {}\n\nOne caller, p50 / p95 in ms:\n\n{}",
            place.name,
            place.size(&mut client),
            one_caller(&measured)
        );
        if measured.iter().any(|one| one.crowded.is_some()) {
            let _ = write!(
                report,
                "\n{} callers at once, each on a connection of its own, p50 / p95 in ms:\n\n{}",
                effort.clients,
                many_callers(&measured, effort.clients)
            );
        }
        all.extend(measured);
    }
    let _ = write!(
        report,
        "\nThe bench's own HTTP: `GET /healthz` of the front takes {} ms (p50), in the same rounds.\n",
        http_cost(&all)
    );
    if only.is_none() {
        eprintln!("delegated reads …");
        let _ = write!(
            report,
            "\n### Reads that Odoo answers\n\nOne caller, p50 / p95 in ms; the same requests of the same user, each side in turn:\n\n{}",
            delegated(&small, &effort)
        );
        let _ = write!(
            report,
            "\n### The cache of a server process\n\n{}",
            processes(&small.database_url, &small.token)
        );
    }
    Ok(report)
}

fn heading(machine: &str, cluster: &Cluster, effort: &Effort) -> String {
    let said = |name: &str| optional(name).unwrap_or_else(|| "?".to_owned());
    format!(
        "`make bench` at {}, {}: ROUNDS={} CLIENTS={}, as {LOGIN}\n\n- machine: {machine}; callers and servers share it\n- PostgreSQL {}: {}\n- Odoo {}, workers = {}, behind no proxy (it closes each connection)\n",
        said("BENCH_COMMIT"),
        said("BENCH_DATE"),
        effort.length.rounds,
        effort.clients,
        cluster.version,
        cluster.settings.join(", "),
        said("BENCH_ODOO_VERSION"),
        said("BENCH_ODOO_WORKERS"),
    )
}
