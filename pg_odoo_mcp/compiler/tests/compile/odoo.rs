//! A small Odoo as plain data: a salesperson of two companies, and a few models.

use odoo_compiler::answer::{Database, Environment, Reply, Row};
use odoo_compiler::catalog::{
    Catalog, Dialect, FieldDescription, ListedModel, Model, ModelDescription, Step, Table, Unaccent,
};
use odoo_compiler::error::Result;
use odoo_compiler::facts::ModelFacts;
use odoo_compiler::principal::Principal;
use odoo_compiler::sql::Statement;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// The database: its models, and the rows that statements will yield.
pub(crate) struct Odoo {
    pub(crate) principal: Principal,
    models: BTreeMap<String, Value>,
    /// The same as the compiler reads them.
    read: RefCell<BTreeMap<String, Rc<Model>>>,
    /// Facts that are not the real Odoo's.
    facts: BTreeMap<String, Rc<ModelFacts>>,
    /// Whether Odoo can be asked.
    pub(crate) delegates: bool,
    pub(crate) delegates_all: bool,
    pub(crate) dialect: Dialect,
    pub(crate) unaccent: Unaccent,
    pub(crate) rows: Vec<Row>,
    /// What the second statement yields, and those after it; the last goes on.
    pub(crate) more_rows: Vec<Vec<Row>>,
    /// Where chains of the user's fields lead that the principal does not know.
    pub(crate) user_path: Option<i64>,
    /// How many rows tables have, as far as they were counted.
    pub(crate) counted: BTreeMap<String, f64>,
    /// The ids that a statement of ids yields.
    pub(crate) ids: Vec<i64>,
    /// Of every model, as JSON by field.
    pub(crate) company_defaults: BTreeMap<String, String>,
    /// Statements that were run.
    pub(crate) ran: RefCell<Vec<Statement>>,
}

fn field(spec: &str) -> (String, Value) {
    // name type column [relation|inverse|link|translate|not_null]…
    let mut words = spec.split(' ');
    let (name, kind, column) = (
        words.next().expect("name"),
        words.next().expect("type"),
        words.next().expect("column"),
    );
    let mut json = json!({"name": name, "label": name, "type": kind, "store": column != "-", "column": (column != "-").then_some(column)});
    for word in words {
        match word.split_once('=') {
            // link=table/column/column_to_comodel
            Some(("link", value)) => {
                let names: Vec<&str> = value.split('/').collect();
                json["store"] = json!(true);
                json["link"] = json!({
                    "table": {"schema": "public", "name": names[0]},
                    "column": names[1], "column_to_comodel": names[2],
                });
            }
            Some(("inverse", value)) => {
                json["store"] = json!(true);
                json["inverse"] = json!(value);
            }
            Some((key, value)) => json[key] = json!(value),
            None => json[word] = json!(true),
        }
    }
    (name.into(), json)
}

fn model(name: &str, order: &str, fields: &[&str], rules: Value) -> (String, Value) {
    let mut all = BTreeMap::from([
        field("id integer int4 not_null"),
        field("display_name char -"),
    ]);
    all.extend(fields.iter().map(|spec| field(spec)));
    if let Some(state) = all.get_mut("state") {
        state["selection"] = json!([["draft", "Quotation"], ["sale", "Sales Order"]]);
    }
    let json = json!({
        "name": name, "label": name, "table": {"schema": "public", "name": name.replace('.', "_")}, "order": order,
        "modules": ["base"], "fields": all, "rules": rules,
        "access_lists": [{"group_id": 10, "group": "Role / User"}],
    });
    (name.into(), json)
}

/// A model without rules, by its fields.
pub(crate) fn described(name: &str, fields: &[&str]) -> Value {
    model(name, "id", fields, json!([])).1
}

impl Odoo {
    pub(crate) fn new() -> Odoo {
        let company_rule = |text: &str| json!([{"id": 1, "name": "multi-company", "domain": text, "is_global": true, "group_ids": []}]);
        let orders = json!([
            {"id": 1, "name": "multi-company", "domain": "[('company_id', 'in', company_ids)]", "is_global": true, "group_ids": []},
            {"id": 2, "name": "own", "domain": "['|',('user_id','=',user.id),('user_id','=',False)]", "is_global": false, "group_ids": [11]},
            {"id": 3, "name": "all", "domain": "[(1,'=',1)]", "is_global": false, "group_ids": [12]},
            {"id": 4, "name": "portal", "domain": "[('message_partner_ids','in',[user.partner_id.id])]", "is_global": false, "group_ids": [13]},
        ]);
        let models = BTreeMap::from([
            model(
                "sale.order",
                "date_order desc, id desc",
                &[
                    "name char varchar not_null",
                    "state selection varchar",
                    "date_order datetime timestamp not_null",
                    "validity_date date date",
                    "amount_total monetary numeric",
                    "partner_id many2one int4 relation=res.partner not_null",
                    "user_id many2one int4 relation=res.users",
                    "company_id many2one int4 relation=res.company not_null",
                    "currency_id many2one int4 relation=res.currency",
                    "locked boolean bool",
                    "tag_ids many2many - relation=crm.tag link=sale_order_tag_rel/order_id/tag_id",
                    "order_line one2many - relation=sale.order.line inverse=order_id",
                    "note html text",
                ],
                orders,
            ),
            model(
                "res.partner",
                "complete_name ASC, id DESC",
                &[
                    "name char varchar",
                    "complete_name char varchar",
                    "email char varchar",
                    "ref char varchar",
                    "vat char varchar",
                    "company_registry char varchar",
                    "color integer int4",
                    "active boolean bool",
                    "is_company boolean bool",
                    "partner_share boolean bool",
                    "parent_id many2one int4 relation=res.partner",
                    "country_id many2one int4 relation=res.country",
                    "company_id many2one int4 relation=res.company",
                    "partner_latitude float numeric",
                    "child_ids one2many - relation=res.partner inverse=parent_id",
                    "sale_order_ids one2many - relation=sale.order inverse=partner_id",
                    "category_id many2many - relation=res.partner.category link=res_partner_res_partner_category_rel/partner_id/category_id",
                ],
                company_rule(
                    "['|', '|', ('partner_share', '=', False), ('company_id', 'parent_of', company_ids), ('company_id', '=', False)]",
                ),
            ),
            model(
                "sale.order.line",
                "order_id, sequence, id",
                &[
                    "name text text not_null",
                    "sequence integer int4",
                    "order_id many2one int4 relation=sale.order not_null",
                    "product_id many2one int4 relation=product.product",
                    "company_id many2one int4 relation=res.company",
                ],
                json!([{"id": 9, "name": "lines", "domain": "[('company_id', 'in', company_ids)]", "is_global": true, "group_ids": []}]),
            ),
            model(
                "product.category",
                "complete_name",
                &[
                    "name char varchar not_null",
                    "complete_name char varchar",
                    "parent_id many2one int4 relation=product.category",
                    "parent_path char varchar",
                ],
                json!([]),
            ),
            model(
                "res.country",
                "name, id",
                &["name char jsonb translate", "code char varchar"],
                json!([]),
            ),
            model(
                "res.company",
                "sequence, name",
                &[
                    "name char varchar",
                    "sequence integer int4",
                    "active boolean bool",
                    "parent_id many2one int4 relation=res.company",
                    "parent_path char varchar",
                    "child_ids one2many - relation=res.company inverse=parent_id",
                    "all_child_ids one2many - relation=res.company inverse=parent_id",
                    "bank_ids one2many - relation=res.partner.bank inverse=partner_id",
                ],
                json!([]),
            ),
            model(
                "res.currency",
                "active desc, name",
                &["name char varchar", "active boolean bool"],
                json!([]),
            ),
            model(
                "product.template",
                "name",
                &[
                    "name char jsonb translate",
                    "list_price float numeric",
                    "active boolean bool",
                    "categ_id many2one int4 relation=product.category",
                    "company_id many2one int4 relation=res.company",
                    "product_variant_ids one2many - relation=product.product inverse=product_tmpl_id",
                ],
                company_rule(
                    "['|', ('company_id', 'parent_of', company_ids), ('company_id', '=', False)]",
                ),
            ),
            model(
                "product.product",
                "default_code, name, id",
                &[
                    "default_code char varchar",
                    "product_tmpl_id many2one int4 relation=product.template not_null",
                    "name char - related=product_tmpl_id.name",
                    "list_price float - related=product_tmpl_id.list_price",
                    "company_id many2one - relation=res.company related=product_tmpl_id.company_id",
                    "categ_id many2one - relation=product.category related=product_tmpl_id.categ_id",
                ],
                json!([]),
            ),
            model(
                "crm.tag",
                "name, id",
                &["name char jsonb translate"],
                json!([]),
            ),
            model("res.bank", "name, id", &["name char varchar"], json!([])),
        ]);
        let company = |id: i64, name: &str, currency: &str| json!({"id": id, "name": name, "currency": currency, "currency_id": id, "parent_path": format!("{id}/")});
        let principal = serde_json::from_value(json!({
            "user_id": 7, "login": "olga", "name": "Olga", "lang": "en_US", "tz": "Europe/Brussels", "company_id": 1,
            "companies": [company(1, "Main", "USD"), company(2, "Beta", "EUR")],
            "group_ids": [10, 11], "group_names": ["base.group_user", "sales_team.group_sale_salesman"],
            "user_paths": {"partner_id": 70, "commercial_partner_id": 70, "partner_id.commercial_partner_id": 70},
            "languages": [{"code": "en_US", "week_start": 7}, {"code": "fr_FR", "week_start": 1}],
        }))
        .expect("the principal is well formed");
        Odoo {
            principal,
            models,
            read: RefCell::default(),
            facts: BTreeMap::new(),
            delegates: false,
            delegates_all: false,
            dialect: Dialect::default(),
            unaccent: Unaccent::Absent,
            rows: Vec::new(),
            more_rows: Vec::new(),
            user_path: Some(44),
            counted: BTreeMap::new(),
            ids: Vec::new(),
            company_defaults: BTreeMap::new(),
            ran: RefCell::default(),
        }
    }

    /// Every model.
    pub(crate) fn names(&self) -> Vec<String> {
        self.models.keys().cloned().collect()
    }

    /// Every name of the database that a statement may have.
    pub(crate) fn identifiers(&self) -> BTreeSet<String> {
        fn collect(json: &Value, into: &mut BTreeSet<String>) {
            match json {
                Value::String(text) => drop(into.insert(text.clone())),
                Value::Array(items) => items.iter().for_each(|item| collect(item, into)),
                Value::Object(map) => map.values().for_each(|item| collect(item, into)),
                _ => {}
            }
        }
        let mut names = BTreeSet::new();
        self.models
            .values()
            .for_each(|json| collect(json, &mut names));
        names
    }

    /// Adds a model.
    pub(crate) fn add(&mut self, model: Value) {
        let name = model["name"].as_str().expect("a name").to_owned();
        self.read.take();
        self.models.insert(name, model);
    }

    /// Changes a model's description.
    pub(crate) fn change(&mut self, model: &str, change: impl FnOnce(&mut Value)) {
        self.read.take();
        change(self.models.get_mut(model).expect("the model is there"));
    }

    /// Changes what is known of a model's Python, after what was changed before.
    pub(crate) fn change_facts(&mut self, model: &str, change: impl FnOnce(&mut ModelFacts)) {
        let real = || {
            Rc::new(crate::facts::document(|document| {
                document.models[model].clone()
            }))
        };
        self.read.take();
        let facts = self.facts.entry(model.to_owned()).or_insert_with(real);
        change(Rc::make_mut(facts));
    }

    /// The answer of a tool, or its error; why SQL does not answer, where Odoo is to.
    pub(crate) fn call(&self, tool: &str, arguments: &Value) -> Result<Value> {
        match odoo_compiler::answer::answer(tool, &arguments.to_string(), &self.principal, self)? {
            Reply::Answer(answer) => {
                Ok(serde_json::from_str(&answer.json).expect("an answer is JSON"))
            }
            Reply::Delegate(delegation) => Err(delegation.refusal),
        }
    }

    /// The explanation of a call.
    pub(crate) fn explained(&self, tool: &str, arguments: &Value) -> Result<Value> {
        let answer =
            odoo_compiler::answer::explain(tool, &arguments.to_string(), &self.principal, self)?;
        Ok(serde_json::from_str(&answer.json).expect("an explanation is JSON"))
    }

    /// The first statement of a call but for those of ids, parameters written into it.
    pub(crate) fn sql(&self, tool: &str, arguments: &Value) -> Result<String> {
        let json = self.explained(tool, arguments)?;
        if json["engine"] == "odoo" {
            let refused = self.call(tool, arguments);
            return Err(refused.expect_err("what explain says of the engine holds"));
        }
        let is_of_ids = |statement: &&Value| {
            let text = statement["sql"].as_str().expect("sql");
            text.contains(".id::text FROM")
        };
        let statements = json["statements"].as_array().expect("statements");
        let statement = statements.iter().find(|s| !is_of_ids(s)).expect("one");
        let mut sql = statement["sql"].as_str().expect("sql").to_owned();
        let params = statement["params"].as_array().expect("params");
        for (i, param) in params.iter().enumerate().rev() {
            let shown = format!(
                "'{}'::{}",
                param["value"].as_str().expect("a value"),
                param["type"].as_str().expect("a type")
            );
            sql = sql.replace(
                &format!("${}::{}", i + 1, param["type"].as_str().expect("a type")),
                &shown,
            );
        }
        Ok(sql)
    }

    /// What a call of `odoo_count` has in WHERE, or its error as `code: message`.
    pub(crate) fn condition(&self, model: &str, domain: Value, context: Value) -> String {
        let call = json!({"model": model, "domain": domain, "context": context});
        match self.sql("odoo_count", &call) {
            Ok(sql) => sql
                .split_once("\nWHERE ")
                .map_or("TRUE".into(), |(_, filter)| {
                    filter.replace("\n  AND ", " AND ").replace('\n', " ")
                }),
            Err(error) => format!("{}: {}", error.code.name(), error.message),
        }
    }

    /// What a domain comes to in WHERE, without rules and active filter.
    pub(crate) fn filter(&self, model: &str, domain: Value) -> String {
        let mut bare = Odoo::new();
        bare.models = self.models.clone();
        bare.facts = self.facts.clone();
        bare.principal = self.principal.clone();
        bare.unaccent = self.unaccent;
        bare.counted = self.counted.clone();
        bare.ids = self.ids.clone();
        bare.company_defaults = self.company_defaults.clone();
        bare.dialect = self.dialect;
        for json in bare.models.values_mut() {
            json["rules"] = json!([]);
        }
        bare.condition(model, domain, json!({"active_test": false}))
    }
}

impl Catalog for Odoo {
    fn dialect(&self) -> Dialect {
        self.dialect
    }

    fn delegates(&self) -> bool {
        self.delegates
    }

    fn delegates_all(&self) -> bool {
        self.delegates_all
    }

    fn model(&self, name: &str) -> Result<Option<Rc<Model>>> {
        let known = self.read.borrow().get(name).cloned();
        let read = |json: &Value| {
            let mut model: Model =
                serde_json::from_value(json.clone()).expect("the model is well formed");
            crate::facts::load(&mut model.standing, name);
            if let Some(changed) = self.facts.get(name) {
                model.standing.facts = Some(changed.clone());
            }
            let model = Rc::new(model);
            self.read
                .borrow_mut()
                .insert(name.to_owned(), model.clone());
            model
        };
        Ok(known.or_else(|| self.models.get(name).map(read)))
    }

    fn decimal_precision(&self, _name: &str) -> Result<Option<u8>> {
        Ok(Some(2))
    }

    fn company_defaults(
        &self,
        _model: &str,
        _company_id: i64,
    ) -> Result<Rc<BTreeMap<String, String>>> {
        Ok(Rc::new(self.company_defaults.clone()))
    }

    fn now(&self) -> Result<String> {
        Ok(self.environment()?.now_utc)
    }

    fn currency_rates(
        &self,
        rates: &Table,
        company_id: i64,
        timezone: &str,
    ) -> Result<Vec<(i64, String)>> {
        let statement = odoo_compiler::sql::currency_rates(rates, company_id, timezone);
        self.ran.borrow_mut().push(statement);
        Ok(vec![(1, "1.0".into()), (2, "0.85".into())])
    }

    fn user_path(&self, user_id: i64, steps: &[Step]) -> Result<Option<i64>> {
        let statement = odoo_compiler::sql::user_path(user_id, steps);
        self.ran.borrow_mut().push(statement);
        Ok(self.user_path)
    }

    fn unaccent(&self) -> Result<Unaccent> {
        Ok(self.unaccent)
    }

    fn row_estimate(&self, table: &Table) -> Option<f64> {
        self.counted.get(&table.name).copied()
    }

    fn ids(&self, statement: &Statement, most: u64) -> Result<Option<Vec<i64>>> {
        self.ran.borrow_mut().push(statement.clone());
        Ok((self.ids.len() as u64 <= most).then(|| self.ids.clone()))
    }
}

impl Database for Odoo {
    fn rows(&self, statement: &Statement, each: &mut dyn FnMut(Row) -> Result<()>) -> Result<()> {
        self.ran.borrow_mut().push(statement.clone());
        let more = self.more_rows.len().min(self.ran.borrow().len() - 1);
        let rows = match more {
            0 => &self.rows,
            n => &self.more_rows[n - 1],
        };
        rows.iter().cloned().try_for_each(each)
    }

    fn readable_models(&self, _principal: &Principal) -> Result<Vec<String>> {
        Ok(self.names())
    }

    fn environment(&self) -> Result<Environment> {
        Ok(Environment {
            now_utc: "2026-12-31 10:00:00".into(),
            odoo_version: "19.0.1.3".into(),
            token: None,
        })
    }

    fn listed_models(&self, principal: &Principal, lang: &str) -> Result<Vec<ListedModel>> {
        let readable = |model: &Model| {
            model.access_lists.iter().any(|list| {
                list.group_id
                    .is_none_or(|id| principal.group_ids.contains(&id))
            })
        };
        let mut listed = Vec::new();
        for name in self.names() {
            let Some(model) = self.model(&name)?.filter(|model| readable(model)) else {
                continue;
            };
            listed.push(ListedModel {
                label: format!("{} in {lang}", model.label),
                labels: vec![model.label.clone(), format!("{} auf Deutsch", model.label)],
                standing: model.standing.clone(),
                table: model.table.as_ref().map(|table| table.name.clone()),
                name,
            });
        }
        Ok(listed)
    }

    fn described_models(
        &self,
        names: &[&str],
        lang: &str,
    ) -> Result<BTreeMap<String, ModelDescription>> {
        let mut described = BTreeMap::new();
        for name in names {
            let Some(model) = self.model(name)? else {
                continue;
            };
            let told = |text: &str| format!("{text} of {name} in {lang}");
            let fields = model.fields.values().map(|field| {
                let description = FieldDescription {
                    label: told(&field.name),
                    help: (field.name == "note").then(|| told("help")),
                    required: field.not_null,
                    readonly: !field.store,
                    has_related_column: field.related.is_some() && !field.store,
                    selection: field.selection.clone(),
                };
                (field.name.clone(), description)
            });
            let description = ModelDescription {
                label: told(&model.label),
                fields: fields.collect(),
            };
            described.insert(name.to_string(), description);
        }
        Ok(described)
    }
}
