use super::*;
use std::{collections::HashMap, io::Write};

const URL: &str = "postgresql://front:hunter2@127.0.0.1:5433/odoo19";

fn read(environment: &[(&str, &str)], file: Option<&str>) -> Result<Config, ConfigError> {
    let variables: HashMap<String, String> = environment
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_string()))
        .collect();
    let path = file.map(|text| {
        let path = std::env::temp_dir().join(format!("odoo-mcp-{}.toml", uuid::Uuid::new_v4()));
        std::fs::File::create(&path)
            .and_then(|mut f| f.write_all(text.as_bytes()))
            .expect("a file");
        path
    });
    let source = Source::open(path.as_deref(), move |name| variables.get(name).cloned());
    if let Some(path) = path {
        std::fs::remove_file(path).expect("its removal");
    }
    Config::read(source?)
}

#[test]
fn defaults_need_only_a_database() {
    let config = read(&[("ODOO_MCP_DATABASE_URL", URL)], None).expect("valid");
    assert_eq!(config.listen.to_string(), "127.0.0.1:8765");
    assert_eq!(config.pool_size, 8);
    assert!(config.public_url.is_none());
}

#[test]
fn environment_wins_over_the_file() {
    let file = format!(
        "database_url = \"{URL}\"\nlisten = \"127.0.0.1:1\"\npool_size = 3\nlog_level = 'debug'"
    );
    let config = read(
        &[
            ("ODOO_MCP_LISTEN", "127.0.0.1:2"),
            ("ODOO_MCP_PUBLIC_URL", ""),
        ],
        Some(&file),
    )
    .expect("valid");
    assert_eq!(config.listen.port(), 2);
    assert_eq!(config.pool_size, 3);
    assert_eq!(config.log_level, tracing::Level::DEBUG);
}

#[test]
fn both_ways_to_reach_a_database() {
    for url in [
        "postgresql://front@/odoo19?host=/tmp&port=5433",
        "postgresql://front@localhost/odoo19",
        "host=/tmp dbname=x",
    ] {
        assert!(
            read(&[("ODOO_MCP_DATABASE_URL", url)], None).is_ok(),
            "{url}"
        );
    }
}

#[test]
fn a_misspelt_setting_is_an_error_with_a_hint() {
    let error =
        read(&[("ODOO_MCP_DATABASE_URL", URL)], Some("pool_sise = 3")).expect_err("unknown");
    assert!(
        error.message.starts_with("unknown setting pool_sise in"),
        "{error}"
    );
    assert_eq!(error.hint, "did you mean pool_size?");
    let error = read(&[("ODOO_MCP_DATABASE_URL", URL)], Some("x = 3")).expect_err("unknown");
    assert!(
        error.hint.starts_with("known settings are database_url,"),
        "{error}"
    );
}

#[test]
fn no_error_and_no_debug_print_has_a_secret() {
    let config = read(&[("ODOO_MCP_DATABASE_URL", URL)], None).expect("valid");
    assert!(!format!("{config:?} {config:#?}").contains("hunter2"));
    for url in [
        "postgresql://front:hunter2@127.0.0.1:port/odoo",
        "postgresql://127.0.0.1/odoo?pasword=hunter2",
        "postgresql://front:hunter2@127.0.0.1/odoo?sslmode=require",
        "password=hunter2 hunter2=1",
        "hunter2",
    ] {
        let error = read(&[("ODOO_MCP_DATABASE_URL", url)], None).expect_err(url);
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
    }
    for file in [
        "database_url = hunter2",
        "database_url = [\"hunter2\"]",
        "database_url = \"hunter2",
        "\"hunter2",
    ] {
        let error = read(&[], Some(file)).expect_err(file);
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
    }
}

#[test]
fn values_out_of_range_are_refused() {
    for (name, value) in [
        ("ODOO_MCP_LISTEN", "localhost"),
        ("ODOO_MCP_POOL_SIZE", "0"),
        ("ODOO_MCP_MAX_REQUESTS", "-1"),
        ("ODOO_MCP_CALL_TIMEOUT_MS", "0"),
        ("ODOO_MCP_PUBLIC_URL", "mcp.example.com"),
        ("ODOO_MCP_ODOO_URL", "https://admin:admin@odoo"),
        ("ODOO_MCP_LOG_LEVEL", "loud"),
    ] {
        let error = read(&[("ODOO_MCP_DATABASE_URL", URL), (name, value)], None).expect_err(name);
        assert_eq!(error.message, format!("{name} is not valid"));
    }
}

/// The example with every line that shows a setting, and only those.
fn settings_of_the_example() -> String {
    let example = include_str!("../../../packaging/odoo-mcp.toml");
    assert!(
        example
            .lines()
            .all(|line| line.is_empty() || line.starts_with('#')),
        "as it is installed, the example sets nothing"
    );
    let shown = example
        .lines()
        .filter_map(|line| line.strip_prefix('#'))
        .filter(|line| line.starts_with(|first: char| first.is_ascii_alphabetic()));
    shown.map(|line| format!("{line}\n")).collect()
}

#[test]
fn the_example_shows_every_setting_and_its_default() {
    let settings = settings_of_the_example();
    let table: toml::Table = settings.parse().expect("the example is TOML");
    let mut shown: Vec<&str> = table.keys().map(String::as_str).collect();
    let mut known = source::KEYS.to_vec();
    shown.sort_unstable();
    known.sort_unstable();
    assert_eq!(shown, known);

    let example = read(&[], Some(&settings)).expect("the example is valid");
    let default = read(&[("ODOO_MCP_DATABASE_URL", URL)], None).expect("valid");
    assert_eq!(example.listen, default.listen);
    assert_eq!(example.pool_size, default.pool_size);
    assert_eq!(example.pool_wait, default.pool_wait);
    assert_eq!(example.max_requests, default.max_requests);
    assert_eq!(example.call_timeout, default.call_timeout);
    assert_eq!(example.shutdown_timeout, default.shutdown_timeout);
    assert_eq!(example.log_level, default.log_level);
}

#[test]
fn a_password_with_special_characters_can_be_given_as_it_is() {
    let words = r#"database_url = '''host=127.0.0.1 user=front password='p@ss/w:rd %#\'1\\' dbname=odoo'''"#;
    let config = read(&[], Some(words)).expect("valid");
    let url = "postgresql://front:p%40ss%2Fw%3Ard%20%25%23%271%5C@127.0.0.1/odoo";
    let same = read(&[("ODOO_MCP_DATABASE_URL", url)], None).expect("valid");
    let password = |config: &Config| {
        config
            .database_url
            .expose()
            .get_password()
            .map(<[u8]>::to_vec)
    };
    assert_eq!(password(&config).as_deref(), Some(&br"p@ss/w:rd %#'1\"[..]));
    assert_eq!(password(&config), password(&same));
}
