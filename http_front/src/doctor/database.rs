//! Whether the database can be reached, and what it says of itself.

use super::{Finding, Status};
use crate::{config::Config, db, pool};
use std::time::{Duration, SystemTime};
use tokio::time::timeout;
use tokio_postgres::{Client, NoTls};

/// For all of it; looking at every column of Odoo's takes some of it.
const LIMIT: Duration = Duration::from_secs(60);

pub(super) async fn examine(config: &Config) -> Vec<Finding> {
    match timeout(LIMIT, ask(config)).await {
        Ok(Ok(findings)) => findings,
        Ok(Err(error)) => {
            let trouble = pool::Trouble::of(&error, &pool::Place::of(config));
            // whoever runs this has the password of the role: the server's words are for them
            let words = error
                .as_db_error()
                .map_or_else(|| pool::cause(&error), |answer| answer.message().to_owned());
            let finding = format!("{} ({words})", trouble.problem);
            vec![Finding::error("database", finding, trouble.hint)]
        }
        Err(_) => {
            let pool::Trouble { problem, hint, .. } =
                pool::Trouble::silence(&pool::Place::of(config));
            vec![Finding::error("database", problem, hint)]
        }
    }
}

async fn ask(config: &Config) -> Result<Vec<Finding>, tokio_postgres::Error> {
    let database = config.database_url.expose();
    let (client, connection) = database.connect(NoTls).await?;
    let driver = tokio::spawn(connection);
    let findings = found(&client, config).await;
    drop(client);
    driver.abort();
    findings
}

async fn found(client: &Client, config: &Config) -> Result<Vec<Finding>, tokio_postgres::Error> {
    let pool_size = i32::try_from(config.pool_size).unwrap_or(i32::MAX);
    let clock = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0.0, |since| since.as_secs_f64());
    let rows = db::doctor(
        client,
        pool_size,
        config.odoo_db.as_deref(),
        env!("CARGO_PKG_VERSION"),
        clock,
    )
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Finding {
                check: row.try_get(0)?,
                status: match row.try_get(1)? {
                    "ok" => Status::Ok,
                    "warning" => Status::Warning,
                    _ => Status::Error,
                },
                finding: row.try_get(2)?,
                hint: row.try_get(3)?,
            })
        })
        .collect()
}
