//! A run: models in turn, each asked about as its users in turn.

use super::{
    Options,
    comparison::{Verdict, judge},
    description::Description,
    look::Look,
    people,
    question::Question,
    random::Random,
    report::{Difference, Report, again},
    side::{Answer, Side},
};
use crate::{
    administrator::Administrator,
    config::{Config, ConfigError},
    token::TokenHash,
};
use odoo_compiler::catalog::suggestion;
use serde_json::Value;
use std::{
    collections::{BTreeSet, HashMap},
    rc::Rc,
    time::{Duration, Instant},
};
use tokio::time::sleep;

/// Before a question whose answers differ is asked again.
const PAUSE: Duration = Duration::from_millis(500);
/// How long Odoo may be restarting.
const RESTART: Duration = Duration::from_secs(3);

/// When a token is replaced, which lives for an hour.
const TOKEN_AGE: Duration = Duration::from_secs(45 * 60);

/// Differences of a model after which no more are looked for.
const ENOUGH: usize = 3;

/// Somebody who asks.
pub(super) struct Asker {
    login: String,
    token: TokenHash,
    issued_at: Instant,
    pub(super) company_ids: Vec<i64>,
    /// Models that SQL answers to them, if one list holds all.
    pub(super) models: Option<BTreeSet<String>>,
}

/// A model that is asked about.
struct Turn {
    model: String,
    /// Places in the list of askers; who sees nothing of it is taken out.
    askers: Vec<usize>,
    /// Whose turn it is.
    next: usize,
    /// How many questions each asked.
    asked: HashMap<usize, usize>,
    differences: usize,
}

/// All of it.
pub(super) struct Run<'a> {
    options: &'a Options,
    administrator: &'a Administrator,
    token_name: &'a str,
    pub(super) sql: &'a Side,
    odoo: &'a Side,
    report: &'a mut Report,
    pub(super) askers: Vec<Asker>,
    pub(super) descriptions: HashMap<(String, usize), Option<Rc<Description>>>,
    pub(super) looks: HashMap<(String, usize), Look>,
}

impl<'a> Run<'a> {
    pub(super) fn new(
        options: &'a Options,
        administrator: &'a Administrator,
        token_name: &'a str,
        (sql, odoo): (&'a Side, &'a Side),
        report: &'a mut Report,
    ) -> Self {
        Run {
            options,
            administrator,
            token_name,
            sql,
            odoo,
            report,
            askers: Vec::new(),
            descriptions: HashMap::new(),
            looks: HashMap::new(),
        }
    }

    /// Asks all questions.
    pub(super) async fn ask_all(
        &mut self,
        config: &Config,
        progress: &mut dyn FnMut(usize, usize, &str),
    ) -> Result<(), ConfigError> {
        let started = Instant::now();
        self.check(config).await?;
        let mut turns = self.turns().await?;
        self.find_askers().await?;
        for turn in &mut turns {
            turn.askers = (0..self.askers.len()).collect();
            let mut random = Random::at(self.options.seed, &[&turn.model]);
            random.shuffle(&mut turn.askers);
        }
        while !turns.is_empty() && self.report.asked < self.options.sample {
            for turn in &mut turns {
                if self.report.asked >= self.options.sample {
                    break;
                }
                progress(self.report.asked + 1, self.options.sample, &turn.model);
                self.take(turn).await?;
                self.report.seconds = started.elapsed().as_secs_f64();
            }
            let enough = if self.options.quarantine { 1 } else { ENOUGH };
            turns.retain(|turn| !turn.askers.is_empty() && turn.differences < enough);
        }
        Ok(())
    }

    /// Whether there is anything to compare at all.
    async fn check(&mut self, config: &Config) -> Result<(), ConfigError> {
        let trouble = |message: &str, hint: &str| ConfigError {
            message: message.to_owned(),
            hint: hint.to_owned(),
        };
        let Some(odoo_url) = &config.odoo_url else {
            return Err(trouble(
                "Odoo's address is not said, so its answers can't be had",
                "set ODOO_MCP_ODOO_URL as for the service, and ODOO_MCP_ODOO_DB where that is set there",
            ));
        };
        self.report.odoo_url = odoo_url.as_str().to_owned();
        let facts = self.administrator.facts().await?;
        self.report.database = facts.database;
        self.report.facts_origin = facts.origin;
        self.report.facts_loaded_at = facts.loaded_at;
        self.report.modules_changed = facts.modules_changed;
        let health = self.sql.health().await?;
        match health.problem {
            Some(problem) => {
                return Err(trouble(
                    &problem,
                    health.hint.as_deref().unwrap_or("odoo-mcp doctor"),
                ));
            }
            None if !health.is_set_up => {
                return Err(trouble(
                    "the extension is not set up",
                    "a superuser runs: select odoo_mcp.setup()",
                ));
            }
            None => {}
        }
        if !health.delegation {
            return Err(trouble(
                "delegation is off, so Odoo's answers can't be had as its users get them",
                "a superuser runs: select odoo_mcp.setup(delegation => true)",
            ));
        }
        match self.odoo.health().await {
            Ok(_) => Ok(()),
            Err(_) => Err(trouble(
                "a session can't begin with pg_odoo_mcp.delegate_all on, though another can begin",
                "a pooler such as PgBouncer refuses it: for this command, name the server itself in ODOO_MCP_DATABASE_URL",
            )),
        }
    }

    /// The models to ask about, in the order that the seed gives them.
    async fn turns(&mut self) -> Result<Vec<Turn>, ConfigError> {
        let all = self.administrator.models().await?;
        for name in &self.options.models {
            if !all.iter().any(|model| model.model == *name) {
                let near = suggestion(name, all.iter().map(|model| model.model.as_str()));
                return Err(ConfigError {
                    message: format!("there is no model {name:?}"),
                    hint: near.unwrap_or_else(|| {
                        "select model, name from odoo_mcp.model_status".to_owned()
                    }),
                });
            }
        }
        let mut names = Vec::new();
        for model in all {
            let is_named = self.options.models.contains(&model.model);
            match model.engine == "sql" {
                true if is_named || self.options.models.is_empty() => names.push(model.model),
                false if is_named => {
                    let reason = model.reason.unwrap_or_default();
                    self.report.models_of_odoo.insert(model.model, reason);
                }
                _ => {}
            }
        }
        Random::at(self.options.seed, &["models"]).shuffle(&mut names);
        self.report.models = names.len();
        let turn = |model| Turn {
            model,
            askers: Vec::new(),
            next: 0,
            asked: HashMap::new(),
            differences: 0,
        };
        Ok(names.into_iter().map(turn).collect())
    }

    /// A token for each who asks, and their companies.
    async fn find_askers(&mut self) -> Result<(), ConfigError> {
        let logins = match self.options.users.is_empty() {
            true => people::chosen(self.administrator.people().await?),
            false => self.options.users.clone(),
        };
        for login in logins {
            let token = self.administrator.issue(&login, self.token_name).await?;
            self.askers.push(Asker {
                company_ids: self.company_ids(token).await?,
                models: self.readable_models(token).await?,
                token,
                issued_at: Instant::now(),
                login,
            });
        }
        self.report.users = self
            .askers
            .iter()
            .map(|asker| asker.login.clone())
            .collect();
        Ok(())
    }

    /// One question about a model, by the next who sees something of it.
    async fn take(&mut self, turn: &mut Turn) -> Result<(), ConfigError> {
        while !turn.askers.is_empty() {
            let place = turn.next % turn.askers.len();
            let at = turn.askers[place];
            let look = self.look(&turn.model, at).await?;
            if let Look::Nothing = look {
                turn.askers.remove(place);
                continue;
            }
            let number = turn.asked.entry(at).or_default();
            *number += 1;
            let number = *number;
            let login = self.askers[at].login.clone();
            let mut random = self.random(&turn.model, at, &number.to_string());
            let question = match look {
                Look::Subject(subject) => {
                    turn.next = place + 1;
                    Question::make(&mut random, &subject)
                }
                Look::Question(question) => {
                    turn.askers.remove(place);
                    question
                }
                Look::Nothing => continue,
            };
            let verdict = self.verdict(at, &question).await?;
            self.report.asked += 1;
            self.report.asked_models += usize::from(turn.asked.values().sum::<usize>() == 1);
            match verdict {
                Verdict::Same => self.report.same += 1,
                Verdict::BothRefused => self.report.both_refused += 1,
                Verdict::ByOdoo(reason) => {
                    *self.report.by_odoo.entry(reason).or_default() += 1;
                }
                Verdict::NotComparable(reason) => {
                    *self.report.not_comparable.entry(reason).or_default() += 1;
                }
                Verdict::Different(place) => {
                    turn.differences += 1;
                    self.report.differences.push(Difference {
                        again: again(&turn.model, &login, self.options.seed, number),
                        model: turn.model.clone(),
                        login,
                        tool: question.tool,
                        arguments: question.arguments,
                        place: place.path,
                        sql: place.sql,
                        odoo: place.odoo,
                    });
                    if self.options.quarantine {
                        self.quarantine(&turn.model, question.tool).await?;
                    }
                }
            }
            return Ok(());
        }
        if turn.asked.is_empty() {
            self.report.empty_models += 1;
        }
        Ok(())
    }

    /// Every answer of the model repeats the reason, so there is nothing of the data in it.
    async fn quarantine(&mut self, model: &str, tool: &str) -> Result<(), ConfigError> {
        let seed = self.options.seed;
        let reason = format!("verify: {tool} answered otherwise than Odoo, seed {seed}");
        self.administrator.quarantine(model, &reason).await?;
        self.report.quarantined.push(model.to_owned());
        Ok(())
    }

    /// Both answers compared, again where they differ: data may change in between.
    async fn verdict(&mut self, at: usize, question: &Question) -> Result<Verdict, ConfigError> {
        let mut answers = Vec::new();
        loop {
            answers.push(self.both(at, question).await?);
            if let Some(verdict) = judge(question, &answers) {
                return Ok(verdict);
            }
            sleep(PAUSE).await;
        }
    }

    /// The answer as the service gives it, and Odoo's; the same twice where Odoo gives it anyway.
    async fn both(
        &mut self,
        at: usize,
        question: &Question,
    ) -> Result<(Answer, Answer), ConfigError> {
        let Question {
            tool, arguments, ..
        } = question;
        let sql = self.ask(at, tool, arguments).await?;
        if matches!(&sql, Answer::Result(result) if result["engine"] != "sql") {
            return Ok((sql.clone(), sql));
        }
        let mut odoo = self.ask_odoo(at, question).await?;
        if is_away(&odoo) {
            sleep(RESTART).await;
            odoo = self.ask_odoo(at, question).await?;
        }
        match &odoo {
            Answer::Error(fault) if is_away(&odoo) => {
                let detail = fault.detail.as_deref().unwrap_or_default();
                Err(ConfigError {
                    message: format!("Odoo does not answer: {} {detail}", fault.message),
                    hint: "odoo-mcp doctor looks at Odoo's address".to_owned(),
                })
            }
            Answer::Result(result) if result["engine"] != "odoo" => Err(ConfigError {
                message: "Odoo was to answer, and SQL did".to_owned(),
                hint: "an extension of another version, or a pooler in between that drops the options of a session: \
                       for this command, name the server itself in ODOO_MCP_DATABASE_URL"
                    .to_owned(),
            }),
            _ => Ok((sql, odoo)),
        }
    }

    async fn ask_odoo(&mut self, at: usize, question: &Question) -> Result<Answer, ConfigError> {
        let token = self.token(at).await?;
        let Question {
            tool, arguments, ..
        } = question;
        self.odoo.ask(token, tool, arguments).await
    }

    pub(super) async fn ask(
        &mut self,
        at: usize,
        tool: &str,
        arguments: &Value,
    ) -> Result<Answer, ConfigError> {
        let token = self.token(at).await?;
        self.sql.ask(token, tool, arguments).await
    }

    /// What SQL answers; nothing where it refuses or Odoo answers.
    pub(super) async fn asked_of_sql(
        &mut self,
        at: usize,
        tool: &str,
        arguments: &Value,
    ) -> Result<Option<Value>, ConfigError> {
        Ok(match self.ask(at, tool, arguments).await? {
            Answer::Result(result) if result["engine"] == "sql" => Some(result),
            Answer::Result(_) | Answer::Error(_) => None,
        })
    }

    /// What a question of that user about that model is made of.
    pub(super) fn random(&self, model: &str, at: usize, what: &str) -> Random {
        Random::at(self.options.seed, &[model, &self.askers[at].login, what])
    }

    /// The user's token, a new one where it has become old.
    async fn token(&mut self, at: usize) -> Result<TokenHash, ConfigError> {
        let asker = &mut self.askers[at];
        if asker.issued_at.elapsed() > TOKEN_AGE {
            let issued = self.administrator.issue(&asker.login, self.token_name);
            asker.token = issued.await?;
            asker.issued_at = Instant::now();
        }
        Ok(asker.token)
    }
}

fn is_away(answer: &Answer) -> bool {
    matches!(answer, Answer::Error(fault) if fault.code == "odoo_unavailable")
}
