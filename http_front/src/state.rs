//! What all requests share.

use crate::{
    config::Config,
    db,
    doors::Doors,
    mcp::{ToolList, tools},
    odoo::{self, Odoo},
    pool::{DbError, Pool, Trouble},
    routes,
    token::TokenHash,
};
use std::{net::IpAddr, sync::Arc, time::Duration};
use tokio::{
    sync::{Mutex, Semaphore},
    time::Instant,
};
use uuid::Uuid;

/// How long the tool list is believed. It changes only with the extension's version, and a minute
/// is less than what clients keep it for.
const TOOL_LIST_AGE: Duration = Duration::from_secs(60);

/// How long a look at the database's health is believed, so that `/readyz`, which asks for no
/// token, costs no more than one statement a second.
const HEALTH_AGE: Duration = Duration::from_secs(1);

/// A value and when it was had.
type Kept<T> = Mutex<Option<(Instant, T)>>;

/// The front of one database.
pub struct Front {
    pub(crate) pool: Pool,
    pub(crate) odoo: Odoo,
    pub(crate) doors: Doors,
    pub(crate) places: Semaphore,
    pub(crate) shutdown_timeout: Duration,
    tool_list: Kept<Arc<ToolList>>,
    health: Kept<Result<Arc<str>, DbError>>,
}

impl Front {
    /// A front with these settings. The database is not touched before the first request.
    pub fn new(config: &Config) -> Arc<Self> {
        Arc::new(Front {
            pool: Pool::new(config),
            odoo: Odoo::new(config),
            doors: Doors::new(config.listen, config.public_url.clone()),
            places: Semaphore::new(config.max_requests),
            shutdown_timeout: config.shutdown_timeout,
            tool_list: Mutex::new(None),
            health: Mutex::new(None),
        })
    }

    /// Says in the log whether the database is ready, and if not, why; ends when it is.
    pub async fn announce(&self) {
        routes::announce(self).await;
    }

    /// The tools and instructions; one request fetches them, others wait for it.
    pub(crate) async fn tool_list(&self, reference: Uuid) -> Result<Arc<ToolList>, DbError> {
        let mut kept = self.tool_list.lock().await;
        if let Some((since, list)) = &*kept
            && since.elapsed() < TOOL_LIST_AGE
        {
            return Ok(list.clone());
        }
        let text = db::list_tools(&self.pool, reference).await?;
        let list = Arc::new(ToolList::parse(&text).map_err(|error| {
            tracing::error!(%reference, %error, "odoo_mcp.list_tools answered something else");
            DbError::Internal(Trouble::unknown())
        })?);
        *kept = Some((Instant::now(), list.clone()));
        Ok(list)
    }

    /// One tool call: the database answers it, or Odoo does where the database hands it on.
    pub(crate) async fn call(
        self: &Arc<Self>,
        call_id: Uuid,
        token: TokenHash,
        client: IpAddr,
        tool: &str,
        arguments: &str,
    ) -> Result<String, DbError> {
        let answer = db::serve(&self.pool, call_id, token, client, tool, arguments).await;
        match answer.as_deref().ok().and_then(tools::delegation) {
            Some(delegation) => odoo::delegate(self, call_id, token, delegation).await,
            None => answer,
        }
    }

    /// What the extension says of itself.
    pub(crate) async fn health(&self, reference: Uuid) -> Result<Arc<str>, DbError> {
        let mut kept = self.health.lock().await;
        if let Some((since, health)) = &*kept
            && since.elapsed() < HEALTH_AGE
        {
            return health.clone();
        }
        let health = db::health(&self.pool, reference).await.map(Arc::from);
        *kept = Some((Instant::now(), health.clone()));
        health
    }
}
