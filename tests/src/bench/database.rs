//! The database side: raw SQL on a kept connection, and the call that the front makes, without the front.

use postgres::types::Type;
use postgres::{Client, NoTls, Row, Statement};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::rows::{Rows, number};

/// A prepared statement and its connection.
pub struct Sql {
    client: Client,
    statement: Statement,
}

impl Sql {
    /// Connects and prepares.
    ///
    /// # Panics
    /// If the server refuses.
    #[must_use]
    pub fn new(url: &str, text: &str) -> Self {
        let mut client = connect(url);
        let statement = client
            .prepare(text)
            .unwrap_or_else(|error| panic!("{error:?}: {text}"));
        Self { client, statement }
    }

    /// Runs it; all rows are read.
    ///
    /// # Panics
    /// If the server refuses.
    pub fn ask(&mut self) -> Vec<Row> {
        self.client
            .query(&self.statement, &[])
            .expect("the database answers")
    }

    /// The rows as values; a column `total` is the total.
    ///
    /// # Panics
    /// If the server refuses, or a type is none of those the bench's statements have.
    pub fn rows(&mut self) -> Rows {
        let mut answer = Rows::default();
        for row in self.ask() {
            let mut values = Vec::new();
            for (place, column) in row.columns().iter().enumerate() {
                if column.name() == "total" {
                    answer.total = row.get(place);
                } else {
                    values.push(value(&row, place, column.type_()));
                }
            }
            answer.rows.push(values);
        }
        answer
    }
}

fn value(row: &Row, place: usize, kind: &Type) -> Value {
    match *kind {
        Type::INT4 => json!(row.get::<_, Option<i32>>(place)),
        Type::INT8 => json!(row.get::<_, Option<i64>>(place)),
        Type::FLOAT8 => row.get::<_, Option<f64>>(place).map_or(Value::Null, number),
        Type::TEXT | Type::VARCHAR => json!(row.get::<_, Option<String>>(place)),
        ref other => panic!("a column of type {other}"),
    }
}

/// `CALL odoo_mcp.serve` as the front sends it: one unnamed statement, its types said, on a kept connection.
pub struct Serve {
    client: Client,
    token_hash: Vec<u8>,
    tool: String,
    arguments: String,
}

impl Serve {
    /// Connects with the front's own address of the database.
    ///
    /// # Panics
    /// If the server refuses.
    #[must_use]
    pub fn new(url: &str, token: &str, tool: &str, arguments: &Value) -> Self {
        Self {
            client: connect(url),
            token_hash: Sha256::digest(token.as_bytes()).to_vec(),
            tool: tool.to_owned(),
            arguments: arguments.to_string(),
        }
    }

    /// One call, committed.
    ///
    /// # Panics
    /// If the server refuses or answers no result.
    pub fn ask(&mut self) -> String {
        let rows = self
            .client
            .query_typed(
                // gen_random_uuid: the front draws the call's id itself, in no time
                "CALL odoo_mcp.serve(pg_catalog.gen_random_uuid(), $1, '127.0.0.1', $2, $3, NULL)",
                &[
                    (&self.token_hash, Type::BYTEA),
                    (&self.tool, Type::TEXT),
                    (&self.arguments, Type::TEXT),
                ],
            )
            .expect("the extension answers");
        let answer: String = rows[0].get(0);
        assert!(answer.starts_with("{\"result\""), "{answer}");
        answer
    }
}

/// Connects.
///
/// # Panics
/// If the server refuses.
#[must_use]
pub fn connect(url: &str) -> Client {
    Client::connect(url, NoTls).unwrap_or_else(|error| panic!("the database: {error:?}"))
}
