//! What the figures were measured on.

use std::path::PathBuf;

use postgres::Client;

/// The server, as far as it matters to the figures.
#[derive(Clone, Debug)]
pub struct Cluster {
    /// `server_version`.
    pub version: String,
    /// Where the data are.
    pub data_directory: PathBuf,
    /// Settings worth saying, `name = value`.
    pub settings: Vec<String>,
}

/// A cluster that answers before a commit is on the disk would flatter us most: we are the one who commits.
const DURABLE: [&str; 3] = ["fsync", "synchronous_commit", "full_page_writes"];
const SAID: [&str; 6] = [
    "shared_buffers",
    "work_mem",
    "max_parallel_workers_per_gather",
    "jit",
    "wal_level",
    "wal_sync_method",
];

impl Cluster {
    /// Looks at a database and its server.
    ///
    /// # Errors
    /// What is not durable there, and how to change it.
    ///
    /// # Panics
    /// If the server does not answer, or its data are not on this machine.
    pub fn of(client: &mut Client) -> Result<Self, String> {
        let mut setting = |name: &str| -> String {
            client
                .query_one("select current_setting($1)", &[&name])
                .expect("a setting")
                .get(0)
        };
        let durable: Vec<(&str, String)> = DURABLE.map(|name| (name, setting(name))).to_vec();
        let version = setting("server_version");
        let data_directory = PathBuf::from(setting("data_directory"));
        let mut settings: Vec<String> = durable
            .iter()
            .map(|(name, value)| format!("{name} = {value}"))
            .collect();
        settings.extend(SAID.map(|name| format!("{name} = {}", setting(name))));
        let overridden: Vec<String> = client
            .query(
                "select distinct c from pg_db_role_setting s, unnest(s.setconfig) c
                  where split_part(c, '=', 1) = any($1)
                    and (s.setdatabase = 0 or s.setdatabase = (select oid from pg_database where datname = current_database()))",
                &[&DURABLE.to_vec()],
            )
            .expect("settings of roles and databases")
            .iter()
            .map(|row| row.get(0))
            .collect();
        is_durable(&durable, &overridden)?;
        assert!(
            data_directory.join("pg_wal").exists(),
            "{} is not on this machine: its disk can't be measured",
            data_directory.display()
        );
        Ok(Self {
            version,
            data_directory,
            settings,
        })
    }
}

fn is_durable(settings: &[(&str, String)], overridden: &[String]) -> Result<(), String> {
    for (name, value) in settings {
        if value != "on" {
            return Err(format!(
                "{name} is {value}: a bench is of a cluster that loses nothing. ALTER SYSTEM SET {name} = on; SELECT pg_reload_conf();"
            ));
        }
    }
    match overridden {
        [] => Ok(()),
        several => Err(format!(
            "a role or a database has settings of its own: {}; ALTER ROLE or ALTER DATABASE … RESET them",
            several.join(", ")
        )),
    }
}

/// The machine in a line.
#[must_use]
pub fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let value = |text: &str, key: &str| {
        text.lines()
            .find(|line| line.starts_with(key))
            .and_then(|line| line.split_once(':'))
            .map_or_else(|| "?".to_owned(), |(_, value)| value.trim().to_owned())
    };
    let memory = value(&read("/proc/meminfo"), "MemTotal");
    let gigabytes = memory
        .split(' ')
        .next()
        .and_then(|kb| kb.parse::<f64>().ok())
        .map_or_else(|| memory.clone(), |kb| format!("{:.0} GiB", kb / 1048576.0));
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let load = read("/proc/loadavg");
    format!(
        "{} × {}, {gigabytes}, load {} before the run",
        cores,
        value(&read("/proc/cpuinfo"), "model name"),
        load.split(' ').next().unwrap_or("?")
    )
}

#[cfg(test)]
mod tests {
    use super::is_durable;

    #[test]
    fn what_may_lose_a_commit_is_refused() {
        let with = |fsync: &str| {
            is_durable(
                &[
                    ("fsync", fsync.to_owned()),
                    ("synchronous_commit", "on".to_owned()),
                ],
                &[],
            )
        };
        assert_eq!(with("on"), Ok(()));
        assert!(with("off").is_err_and(|said| said.starts_with("fsync is off")));
    }

    #[test]
    fn a_databases_own_setting_is_refused() {
        let said = is_durable(
            &[("fsync", "on".to_owned())],
            &["synchronous_commit=off".to_owned()],
        );
        assert!(said.is_err_and(|said| said.contains("synchronous_commit=off")));
    }
}
