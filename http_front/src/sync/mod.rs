//! What `sync-facts` learns of models and fields where Odoo's source can't be read: what its RPC
//! tells. What Python does to reads it does not tell, so every model that comes of it says that it
//! is unread.

mod fields;
mod registry;

use crate::{
    config::{ConfigError, HttpUrl},
    odoo::{Account, Refusal, Session},
};
use fields::Precisions;
use odoo_compiler::facts::document::{
    Document, Effect, FORMAT, ModelFacts, ModuleFacts, Origin, Override,
};
use registry::Registry;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What of a field is asked; `group_operator` is what 16 and 17 call the aggregator.
const ATTRIBUTES: &[&str] = &[
    "type",
    "store",
    "searchable",
    "related",
    "relation",
    "depends",
    "groups",
    "aggregator",
    "group_operator",
    "digits",
    "min_display_digits",
    "currency_field",
];

/// Where Odoo is, and who asks it. It can't be printed.
pub struct Source {
    url: HttpUrl,
    database: String,
    account: Account,
}

impl Source {
    /// These, if the text is one that Odoo gives out as an API key.
    ///
    /// # Errors
    /// It is none; the message does not repeat it.
    pub fn new(
        url: HttpUrl,
        database: String,
        login: String,
        key: String,
    ) -> Result<Self, ConfigError> {
        let account = Account::new(login, key).ok_or_else(|| {
            trouble(
                "what ODOO_MCP_ODOO_API_KEY holds has not the form of an API key",
                "Odoo makes one under Preferences, Account Security, New API Key; a password is none",
            )
        })?;
        Ok(Source {
            url,
            database,
            account,
        })
    }
}

/// What was learnt.
pub struct Found {
    /// The facts.
    pub document: Document,
    /// Groups that the user is not in, as external ids.
    pub missing_groups: Vec<String>,
    /// How many fields the user does not see.
    pub hidden_fields: usize,
    /// Models of which Odoo told nothing, and why.
    pub untold: BTreeMap<String, String>,
}

/// Asks Odoo for all of it, a model at a time, and says how far it is.
///
/// # Errors
/// Odoo can't be asked, or the user may not read what models there are.
pub async fn read(
    source: Source,
    program: &str,
    progress: &mut (dyn FnMut(usize, usize, &str) + Send),
) -> Result<Found, ConfigError> {
    let session = Session::open(source.url, source.database, source.account).await;
    let session = session.map_err(|why| refused(&why))?;
    check_login(&session).await?;
    let missing_groups = missing_groups(&session).await?;
    let registry = Registry::read(&session).await?;
    let precisions = Precisions::read(&session).await?;
    let mut models = BTreeMap::new();
    let (mut untold, mut hidden_fields) = (BTreeMap::new(), 0);
    let all = registry.models();
    for (at, (id, name)) in all.iter().enumerate() {
        progress(at + 1, all.len(), name);
        let asked = session
            .call(name, "fields_get", json!({"attributes": ATTRIBUTES}))
            .await;
        let told = match asked {
            Ok(Value::Object(told)) => told,
            Ok(_) => {
                untold.insert((*name).to_owned(), "it lists no fields".to_owned());
                continue;
            }
            // a model may have gone with its module
            Err(Refusal::Odoo(why)) => {
                untold.insert((*name).to_owned(), why);
                continue;
            }
            Err(why) => return Err(refused(&why)),
        };
        let Some(inherits) = registry.inherits_of(*id, &told) else {
            let why = "which field leads to the record that it inherits from can't be told";
            untold.insert((*name).to_owned(), why.to_owned());
            continue;
        };
        let is_hidden = |field: &&String| !told.contains_key(*field);
        hidden_fields += registry.fields_of(*id).iter().filter(is_hidden).count();
        let facts = ModelFacts {
            // any of them may
            modules: registry.versions.keys().map(String::as_str).collect(),
            overrides: vec![unread()],
            fields: fields::facts(&told, &inherits, &precisions),
            inherits,
            ..ModelFacts::default()
        };
        models.insert((*name).to_owned(), facts);
    }
    let modules = registry.versions.iter().map(|(name, version)| {
        let facts = ModuleFacts {
            version: version.clone(),
            digest: String::new(),
        };
        (name.clone(), facts)
    });
    let document = Document {
        read_at: None,
        format: FORMAT,
        origin: Origin::SyncFacts,
        program: program.to_owned(),
        modules: modules.collect(),
        models,
        sources: BTreeMap::new(),
    };
    Ok(Found {
        document,
        missing_groups,
        hidden_fields,
        untold,
    })
}

/// It stands in every model: who answers it in SQL all the same is a DBA's decision.
fn unread() -> Override {
    Override {
        effect: Effect::Unread,
        method: "the source was not scanned".to_owned(),
        module: "base".to_owned(),
        file: String::new(),
        line: 0,
        fields: None,
        only_for: None,
        only_where: None,
    }
}

/// By JSON-2 the key alone says who asks.
async fn check_login(session: &Session) -> Result<(), ConfigError> {
    let user = rows(
        session,
        "res.users",
        json!([["id", "=", session.user_id()]]),
        &["login"],
    );
    let user = user.await?;
    let login = user.first().and_then(|user| user["login"].as_str());
    match login == Some(session.login()) {
        true => Ok(()),
        false => Err(trouble(
            "the API key is another user's than the one that --login names",
            "name the login of the user who made the key",
        )),
    }
}

/// Groups that the user is not in; nobody is an employee, a customer and a visitor at once.
async fn missing_groups(session: &Session) -> Result<Vec<String>, ConfigError> {
    let me = json!([["id", "=", session.user_id()]]);
    let mut user = search(session, "res.users", &me, &["all_group_ids"]).await;
    if let Err(Refusal::Odoo(_)) = user {
        // up to 18 this has the implied ones, too
        user = search(session, "res.users", &me, &["groups_id"]).await;
    }
    let user = user.map_err(|why| refused(&why))?;
    let groups = ["all_group_ids", "groups_id"]
        .iter()
        .find_map(|key| user[0][key].as_array());
    let own: BTreeSet<i64> = groups
        .into_iter()
        .flatten()
        .filter_map(Value::as_i64)
        .collect();
    let names = rows(
        session,
        "ir.model.data",
        json!([["model", "=", "res.groups"]]),
        &["module", "name", "res_id"],
    );
    let others = ["base.group_portal", "base.group_public"];
    let missing = names.await?.into_iter().filter_map(|row| {
        let name = format!("{}.{}", row["module"].as_str()?, row["name"].as_str()?);
        (!own.contains(&row["res_id"].as_i64()?) && !others.contains(&name.as_str()))
            .then_some(name)
    });
    let mut missing: Vec<String> = missing.collect();
    missing.sort_unstable();
    Ok(missing)
}

/// Records of a model, archived ones too, the oldest first.
async fn rows(
    session: &Session,
    model: &str,
    domain: Value,
    fields: &[&str],
) -> Result<Vec<Value>, ConfigError> {
    match search(session, model, &domain, fields).await {
        Ok(Value::Array(rows)) => Ok(rows),
        Ok(_) => Err(trouble(
            &format!("Odoo answers with something else than the records of {model}"),
            "check ODOO_MCP_ODOO_URL: it must be Odoo's own address",
        )),
        Err(why) => Err(refused(&why)),
    }
}

async fn search(
    session: &Session,
    model: &str,
    domain: &Value,
    fields: &[&str],
) -> Result<Value, Refusal> {
    let wanted = json!({
        "domain": domain, "fields": fields, "order": "id", "context": {"active_test": false},
    });
    session.call(model, "search_read", wanted).await
}

fn refused(why: &Refusal) -> ConfigError {
    let hint = match why {
        Refusal::Way(_) => {
            "check ODOO_MCP_ODOO_URL and ODOO_MCP_ODOO_DB: Odoo's own address and database, and no redirect"
        }
        Refusal::Key => {
            "the key is expired, removed, or of another database or user; a new one is made in Odoo, Preferences, Account Security"
        }
        Refusal::Odoo(_) => "take the key of an administrator, who is in all groups",
    };
    trouble(&why.to_string(), hint)
}

fn trouble(message: &str, hint: &str) -> ConfigError {
    ConfigError {
        message: message.to_owned(),
        hint: hint.to_owned(),
    }
}
