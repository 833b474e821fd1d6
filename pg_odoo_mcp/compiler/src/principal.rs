//! Who is asking: an Odoo user with what its rights are computed from.

use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// A company the user belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Company {
    /// `res_company.id`
    pub id: i64,
    /// `res_company.name`
    pub name: String,
    /// ISO code of its currency.
    pub currency: String,
    /// `res_currency.id` of it.
    pub currency_id: Option<i64>,
    /// `res_company.parent_path`: ids of the ancestors and itself, each followed by `/`.
    pub parent_path: String,
}

impl Company {
    /// `res_company.root_id`: the company at the top, itself where there is none above it.
    pub fn top(&self) -> Option<i64> {
        self.parent_path.split('/').next()?.parse().ok()
    }
}

/// An installed language.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Language {
    /// `res_lang.code`, as `fr_FR`
    pub code: String,
    /// `res_lang.week_start`: 1 is Monday, 7 Sunday.
    pub week_start: u8,
}

/// The Odoo identity a call is answered for, read in the call's own snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Principal {
    /// `res_users.id`; never 1, which is Odoo's superuser.
    pub user_id: i64,
    /// `res_users.login`
    pub login: String,
    /// The user's partner's name.
    pub name: String,
    /// The partner's language, if it is set.
    pub lang: Option<String>,
    /// The partner's timezone, if it is set.
    pub tz: Option<String>,
    /// `res_users.company_id`
    pub company_id: i64,
    /// The user's active companies, the main one first, the others in Odoo's order (sequence, name).
    pub companies: Vec<Company>,
    /// The user's groups, implied ones included.
    pub group_ids: BTreeSet<i64>,
    /// The same groups' external ids, as `sales_team.group_sale_manager`.
    pub group_names: BTreeSet<String>,
    /// Values of many2one paths on the user that rules may name, as `partner_id` or
    /// `partner_id.commercial_partner_id`: the id, or nothing where it is not set.
    pub user_paths: BTreeMap<String, Option<i64>>,
    /// The installed languages.
    pub languages: Vec<Language>,
}
