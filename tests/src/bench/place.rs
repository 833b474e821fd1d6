//! One database with its front and its Odoo, and the sides that answer there.

use std::time::Duration;

use postgres::Client;
use serde_json::Value;

use super::cluster::Cluster;
use super::crowd::{Burst, Crowd, Crowded};
use super::database::{Serve, Sql, connect};
use super::disk::Disk;
use super::question::{Contents, Question, questions};
use super::round::{Length, interleave, order};
use super::sample::Samples;
use super::wire::Wire;
use crate::mcp::tool_answer;

/// Where everything is.
#[derive(Clone, Debug)]
pub struct Place {
    /// As the report calls it.
    pub name: String,
    /// The database, for raw SQL.
    pub database_url: String,
    /// The same as the front reaches it.
    pub front_url: String,
    /// The front's endpoint.
    pub mcp_url: String,
    /// The user's token there.
    pub token: String,
    /// Odoo.
    pub odoo_url: String,
    /// The database as Odoo calls it.
    pub odoo_database: String,
    /// The user's API key.
    pub api_key: String,
}

/// How much is asked.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// Of one caller.
    pub length: Length,
    /// How many at the same time.
    pub clients: usize,
    /// Whether the call is also made without the front.
    pub has_parts: bool,
}

/// The sides, in the order of the samples.
pub const MCP: usize = 0;
/// Odoo's JSON-2.
pub const JSON2: usize = 1;
/// Raw SQL.
pub const SQL: usize = 2;
/// 8 kB made durable.
pub const DISK: usize = 3;
/// `GET /healthz`: what the bench's own HTTP costs.
pub const HTTP: usize = 4;
/// `CALL odoo_mcp.serve` without the front.
pub const SERVE: usize = 5;

/// What was measured of a question.
#[derive(Clone, Debug)]
pub struct Measured {
    /// The question.
    pub name: &'static str,
    /// Samples by side.
    pub alone: Vec<Samples>,
    /// By side (MCP, JSON-2, SQL), many callers at once, where they were.
    pub crowded: Option<Vec<Crowded>>,
}

const WARM_UP: usize = 20;
/// Calls of each caller for the throughput, in a burst.
const OFTEN: usize = 10;

impl Place {
    fn mcp(&self, question: &Question) -> Wire {
        Wire::mcp(
            &self.mcp_url,
            &self.token,
            question.tool,
            &question.arguments,
        )
    }

    fn json2(&self, question: &Question) -> Wire {
        let url = format!(
            "{}/json/2/{}/{}",
            self.odoo_url, question.model, question.method
        );
        Wire::json2(&url, &self.odoo_database, &self.api_key, &question.body)
    }

    fn sql(&self, question: &Question) -> Sql {
        Sql::new(&self.database_url, &question.sql)
    }

    /// The questions for what is in the database.
    ///
    /// # Panics
    /// If the database does not answer.
    #[must_use]
    pub fn questions(&self, client: &mut Client) -> Vec<Question> {
        let row = client
            .query_one(
                "select (select count(distinct currency_id) > 1 from sale_order where company_id = 1),
                    array(select id from res_partner where active and (company_id = 1 or company_id is null) order by id limit 100)",
                &[],
            )
            .expect("the orders and the partners");
        questions(&Contents {
            has_currencies: row.get(0),
            partners: row.get(1),
        })
    }

    /// How many records there are, in words.
    ///
    /// # Panics
    /// If the database does not answer.
    #[must_use]
    pub fn size(&self, client: &mut Client) -> String {
        client
            .query_one(
                "select format('%s orders, %s partners, %s', (select count(*) from sale_order),
                    (select count(*) from res_partner), pg_size_pretty(pg_database_size(current_database())))",
                &[],
            )
            .expect("the database")
            .get(0)
    }

    /// Whether all sides give the same answer; how many rows it has.
    ///
    /// # Errors
    /// The first difference.
    ///
    /// # Panics
    /// If a side does not answer, or the front's answer is not from SQL.
    pub fn verify(&self, question: &Question) -> Result<usize, String> {
        let parse =
            |text: &str| -> Value { serde_json::from_str(text).expect("the answer is JSON") };
        let answer = tool_answer(parse(self.mcp(question).ask())["result"].take()).result();
        assert_eq!(answer["engine"], "sql", "{}", question.name);
        let mut ours = (question.of_tool)(&answer);
        let mut theirs = (question.of_method)(&parse(self.json2(question).ask()));
        let mut plain = self.sql(question).rows();
        if !question.is_ordered {
            for rows in [&mut ours, &mut theirs, &mut plain] {
                rows.sort();
            }
        }
        if ours.rows.is_empty() {
            return Err(format!("{}: nothing to compare", question.name));
        }
        for (what, other) in [("JSON-2", &theirs), ("SQL", &plain)] {
            if let Some(difference) = ours.difference(other) {
                return Err(format!(
                    "{}: MCP and {what} differ: {difference}",
                    question.name
                ));
            }
        }
        Ok(ours.rows.len())
    }

    /// Asks a question, each side in turn.
    ///
    /// # Errors
    /// The disk's.
    ///
    /// # Panics
    /// If a side does not answer.
    pub fn measure(
        &self,
        question: &Question,
        cluster: &Cluster,
        effort: &Effort,
    ) -> std::io::Result<Measured> {
        let (mut mcp, mut json2, mut sql) =
            (self.mcp(question), self.json2(question), self.sql(question));
        let mut disk = Disk::beside(&cluster.data_directory)?;
        let mut health = Wire::get(&self.mcp_url.replace("/mcp", "/healthz"));
        let mut serve = Serve::new(
            &self.front_url,
            &self.token,
            question.tool,
            &question.arguments,
        );
        let sides = if effort.has_parts { SERVE } else { HTTP } + 1;
        let alone = interleave(&effort.length, WARM_UP, sides, |side| match side {
            MCP => consume(mcp.ask()),
            JSON2 => consume(json2.ask()),
            SQL => drop(sql.ask()),
            DISK => disk.write_durably(),
            HTTP => consume(health.ask()),
            _ => drop(serve.ask()),
        });
        let crowded = (question.is_crowded && effort.clients > 1)
            .then(|| self.crowd(question, effort, &alone));
        Ok(Measured {
            name: question.name,
            alone,
            crowded,
        })
    }

    /// Many callers on each side; the sides take turns with bursts.
    fn crowd(&self, question: &Question, effort: &Effort, alone: &[Samples]) -> Vec<Crowded> {
        let wires = |wire: &Wire| {
            let callers = (0..effort.clients)
                .map(|_| {
                    let mut wire = wire.another();
                    move || consume(wire.ask())
                })
                .collect();
            Crowd::new(callers)
        };
        let statements = (0..effort.clients)
            .map(|_| {
                let mut sql = self.sql(question);
                move || drop(sql.ask())
            })
            .collect();
        let crowds = [
            wires(&self.mcp(question)),
            wires(&self.json2(question)),
            Crowd::new(statements),
        ];
        // a caller's time alone, as many times as there are callers, is about what a burst takes
        let burst: f64 = [MCP, JSON2, SQL]
            .iter()
            .map(|side| alone[*side].p50() * effort.clients as f64 / 1000.0)
            .sum();
        let affordable =
            |seconds: f64| (effort.length.at_most.as_secs_f64() * seconds / burst) as usize;
        let rounds = affordable(1.0).clamp(3, effort.length.rounds.div_ceil(5));
        let calls = affordable(0.5).min(OFTEN);
        crowds.iter().for_each(|crowd| drop(crowd.call(1)));
        let mut once: Vec<Vec<Burst>> = vec![Vec::new(); crowds.len()];
        let mut often = once.clone();
        for round in 0..rounds {
            for side in order(round, crowds.len()) {
                once[side].push(crowds[side].call(1));
            }
            if round % 10 == 0 && calls > 1 {
                for side in order(round / 10, crowds.len()) {
                    often[side].push(crowds[side].call(calls));
                }
            }
        }
        once.iter()
            .zip(&often)
            .map(|(once, often)| Crowded::of(once, if often.is_empty() { once } else { often }))
            .collect()
    }

    /// A connection for raw SQL.
    #[must_use]
    pub fn connect(&self) -> Client {
        connect(&self.database_url)
    }
}

/// An answer that was read is all that is wanted.
fn consume(body: &str) {
    assert!(!body.is_empty(), "an empty answer");
}

impl Effort {
    /// From `ROUNDS`, `CLIENTS`, `SECONDS` (a question's) and `PARTS`.
    ///
    /// # Errors
    /// A value that is no number.
    pub fn from_settings(setting: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        let number =
            |name: &str, default: usize| match setting(name).filter(|text| !text.is_empty()) {
                None => Ok(default),
                Some(text) => match text.parse() {
                    Ok(number) if number > 0 => Ok(number),
                    _ => Err(format!("{name} is {text:?}: a number above 0 is meant")),
                },
            };
        let rounds = number("ROUNDS", 300)?;
        Ok(Self {
            length: Length {
                rounds,
                at_least: rounds.min(10),
                at_most: Duration::from_secs(number("SECONDS", 20)? as u64),
            },
            clients: number("CLIENTS", 16)?,
            has_parts: setting("PARTS").is_some_and(|text| !["", "0"].contains(&text.as_str())),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Effort;

    #[test]
    fn settings_have_defaults_and_are_numbers() {
        let of = |name: &'static str, value: &'static str| {
            Effort::from_settings(move |asked| (asked == name).then(|| value.to_owned()))
        };
        let effort = of("ROUNDS", "5").expect("a number");
        assert_eq!((effort.length.rounds, effort.length.at_least), (5, 5));
        assert_eq!((effort.clients, effort.has_parts), (16, false));
        assert!(of("PARTS", "1").expect("a flag").has_parts);
        assert!(of("CLIENTS", "").is_ok());
        assert!(of("CLIENTS", "many").is_err());
        assert!(of("ROUNDS", "0").is_err());
    }
}
