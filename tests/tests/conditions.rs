//! Conditions whose meaning is Odoo's own affair, one test for each: what a count of them finds is what Odoo's
//! `search_count` finds, whoever asks, and SQL is who answers where it says so.

use odoo_mcp_tests::{Environment, McpClient, OdooClient};
use serde_json::{Value, json};

struct Asker {
    login: &'static str,
    mcp: McpClient,
    odoo: OdooClient,
    companies: Vec<Value>,
    /// Conditions that found something, and all of them.
    found: (usize, usize),
}

impl Asker {
    fn new(env: &Environment, login: &'static str) -> Self {
        let mut mcp = env.mcp(login);
        let who = mcp.call_tool("odoo_context", &json!({})).result();
        let companies = who["companies"].as_array().into_iter().flatten();
        Self {
            login,
            odoo: env.odoo(login),
            companies: companies.map(|company| company["id"].clone()).collect(),
            mcp,
            found: (0, 0),
        }
    }

    /// Both counts, which are the same; `engine` has answered ours.
    fn both(&mut self, engine: &str, model: &str, domain: &Value, more: &Value) {
        let mut context = json!({"lang": "en_US", "tz": "Europe/Brussels", "allowed_company_ids": self.companies});
        for (key, value) in more.as_object().into_iter().flatten() {
            context[key] = value.clone();
        }
        let call = json!({"model": model, "domain": domain, "context": context});
        let ours = self.mcp.call_tool("odoo_count", &call).result();
        let call = json!({"domain": domain, "context": context});
        let theirs = self.odoo.call(model, "search_count", &call);
        let theirs = theirs.unwrap_or_else(|error| panic!("{model} {domain}: {error}"));
        let login = self.login;
        assert_eq!(ours["count"], theirs, "{login} {model} {domain} {context}");
        assert_eq!(ours["engine"], engine, "{login} {model} {domain}: {ours}");
        self.found.0 += usize::from(theirs != 0);
        self.found.1 += 1;
    }

    /// Each of these conditions, and its negation.
    fn each(&mut self, engine: &str, model: &str, conditions: &[Value], more: &Value) {
        for condition in conditions {
            self.both(engine, model, &json!([condition]), more);
            self.both(engine, model, &json!(["!", condition]), more);
        }
    }

    /// More than a third of the conditions found something.
    fn done(self) {
        let (some, all) = self.found;
        assert!(some * 3 > all && all > 0, "{some} of {all} find something");
    }
}

fn asked(logins: &[&'static str], ask: impl Fn(&mut Asker)) {
    let env = Environment::load();
    for login in logins {
        let mut asker = Asker::new(&env, login);
        ask(&mut asker);
        asker.done();
    }
}

#[test]
fn a_pattern_is_like_s_own_with_the_caller_s_wildcards_and_escapes() {
    asked(&["admin", "sales_own"], |asker| {
        for (model, field) in [
            ("res.partner", "name"),
            ("product.template", "name"),
            ("res.country", "name"),
        ] {
            let texts = [
                "a", "%", "_", "A_", "a%e", "\\", "\\%", "100%", "'", "é", "",
            ];
            for operator in [
                "like",
                "ilike",
                "not like",
                "not ilike",
                "=like",
                "=ilike",
                "not =like",
                "not =ilike",
            ] {
                let conditions: Vec<Value> = texts
                    .iter()
                    // a pattern may not end in a backslash, to PostgreSQL
                    .filter(|text| !(operator.contains('=') && **text == "\\"))
                    .map(|text| json!([field, operator, text]))
                    .collect();
                asker.each("sql", model, &conditions, &json!({}));
            }
        }
    });
}

#[test]
fn a_text_is_looked_for_where_the_model_s_names_are() {
    asked(&["admin", "sales_own"], |asker| {
        let of = |field: &str| {
            let operators = ["ilike", "not ilike", "=", "!=", "like"];
            let conditions = operators.iter().flat_map(|operator| {
                ["a", "Azure", "azure.Interior", "@", "zzzz"]
                    .map(|text| json!([field, operator, text]))
            });
            conditions.collect::<Vec<Value>>()
        };
        // by name, mail address, reference, tax number
        asker.each("sql", "res.partner", &of("display_name"), &json!({}));
        asker.each("sql", "sale.order", &of("partner_id"), &json!({}));
        asker.each("sql", "sale.order", &of("tag_ids"), &json!({}));
        // a method that lists countries by name takes no part in conditions
        asker.each("sql", "res.partner", &of("country_id"), &json!({}));
        // where Python decides what a name is looked for in
        let of_state = of("state_id").into_iter().filter(|c| c[1] == "ilike");
        asker.each(
            "odoo",
            "res.partner",
            &of_state.collect::<Vec<_>>(),
            &json!({}),
        );
    });
}

#[test]
fn a_text_is_looked_for_as_methods_do_that_somebody_has_read() {
    let of = |field: &str, texts: &[&str]| {
        let operators = ["ilike", "not ilike", "=", "!=", "like", "=ilike"];
        let mut conditions: Vec<Value> = operators
            .iter()
            .flat_map(|operator| texts.iter().map(move |text| json!([field, operator, text])))
            .collect();
        conditions.extend(["in", "not in"].map(|operator| json!([field, operator, texts])));
        conditions
    };
    // users by login, or else by name: an archived one's login is none where the call leaves those out
    let users = [
        "sales_own",
        "Olga Own",
        "o",
        "public",
        "Admin",
        "admin",
        "zzzz",
    ];
    asked(&["admin", "sales_own"], |asker| {
        for more in [json!({}), json!({"active_test": false})] {
            asker.each("sql", "sale.order", &of("user_id", &users), &more);
            asker.each("sql", "res.users", &of("display_name", &users), &more);
            // a variant's code, with what archived ones have
            let products = ["FURN", "E-COM06", "desk", "Desk Combination", "zzzz"];
            asker.each(
                "sql",
                "product.template",
                &of("display_name", &products),
                &more,
            );
            asker.each(
                "sql",
                "product.product",
                &of("product_tmpl_id", &products),
                &more,
            );
        }
    });
    asked(&["admin"], |asker| {
        for more in [json!({}), json!({"active_test": false})] {
            let types = [
                "YourCompany: Receipts",
                "Your: e",
                "Receipts",
                "a: b: c",
                "Pack",
            ];
            asker.each(
                "sql",
                "stock.picking.type",
                &of("display_name", &types),
                &more,
            );
            asker.each(
                "sql",
                "stock.picking",
                &of("picking_type_id", &types),
                &more,
            );
            let categories = ["Vendor", "e", "Desk", "Vendor / Desk Manufacturers"];
            asker.each(
                "sql",
                "res.partner.category",
                &of("display_name", &categories),
                &more,
            );
            asker.each("sql", "res.partner", &of("category_id", &categories), &more);
        }
        // both parts must have something in them, and empty texts are looked for in another way
        let odd = [
            json!(["display_name", "ilike", ": "]),
            json!(["display_name", "=ilike", "a: "]),
        ];
        asker.each("odoo", "stock.picking.type", &odd, &json!({}));
        asker.each(
            "odoo",
            "product.template",
            &[json!(["display_name", "=ilike", ""])],
            &json!({}),
        );
        let all = [json!(["display_name", "ilike", ""])];
        for model in [
            "res.users",
            "product.template",
            "res.partner.category",
            "stock.picking.type",
        ] {
            asker.each("sql", model, &all, &json!({}));
        }
    });
}

#[test]
fn no_line_at_all_is_not_no_line_that_the_user_sees() {
    asked(&["admin", "sales_own", "beta_user"], |asker| {
        let of = |field: &str| {
            vec![
                json!([field, "=", false]),
                json!([field, "!=", false]),
                json!([field, "in", [false, 1]]),
                json!([field, "not in", [1, 2]]),
                json!([field, "any", []]),
                json!([field, "not any", []]),
                json!([field, "any", [["id", ">", 3]]]),
                json!([field, "not any", [["id", ">", 3]]]),
            ]
        };
        for more in [json!({}), json!({"active_test": false})] {
            asker.each("sql", "sale.order", &of("order_line"), &more);
            asker.each("sql", "sale.order", &of("tag_ids"), &more);
            asker.each("sql", "res.partner", &of("child_ids"), &more);
            asker.each("sql", "res.partner", &of("category_id"), &more);
        }
    });
}

#[test]
fn what_points_back_by_a_model_s_name_counts_whoever_may_read_it_where_no_rights_are_asked() {
    asked(&["admin", "sales_own", "beta_user"], |asker| {
        let of = |field: &str, inner: Value| {
            vec![
                json!([field, "=", false]),
                json!([field, "!=", false]),
                json!([field, "in", [1, 2, 3, 250, 300]]),
                json!([field, "any", []]),
                json!([field, "any", [inner]]),
                json!([field, "not any", [inner]]),
            ]
        };
        for model in ["sale.order", "crm.lead", "res.partner"] {
            for more in [json!({}), json!({"active_test": false})] {
                let by_author = json!(["author_id", "!=", asker.companies[0]]);
                let of_messages = of("message_ids", by_author);
                asker.each("sql", model, &of_messages, &more);
                let comments = json!(["message_type", "in", ["comment", "notification"]]);
                asker.each("sql", model, &of("website_message_ids", comments), &more);
                let unset = json!(["summary", "=", false]);
                asker.each("sql", model, &of("activity_ids", unset), &more);
                let early = json!(["active", "!=", true]);
                asker.each("sql", model, &of("activity_ids", early), &more);
                let named = json!(["partner_id.name", "ilike", "a"]);
                asker.each("sql", model, &of("message_follower_ids", named), &more);
            }
        }
        let rated = [
            json!(["rating_ids", "!=", false]),
            json!(["rating_ids.rating", ">", 2]),
        ];
        asker.each("sql", "crm.lead", &rated, &json!({}));
    });
    // its fields are for employees, but for the messages
    asked(&["portal"], |asker| {
        let messages = [
            json!(["message_ids", "!=", false]),
            json!(["website_message_ids.body", "ilike", "a"]),
            json!(["message_ids.message_type", "=", "notification"]),
        ];
        asker.each("sql", "sale.order", &messages, &json!({}));
    });
}

#[test]
fn a_translated_name_is_that_of_the_language_or_else_the_english_one() {
    asked(&["admin"], |asker| {
        let conditions = [
            json!(["name", "ilike", "Germany"]),
            json!(["name", "ilike", "Allemagne"]),
            json!(["name", "=", "Allemagne"]),
            json!(["name", "<", "D"]),
            json!(["name", "in", ["Germany", "Belgique"]]),
            json!(["name", "!=", false]),
        ];
        for lang in ["en_US", "fr_FR"] {
            let more = json!({"lang": lang});
            asker.each("sql", "res.country", &conditions, &more);
            let names = [json!(["country_id.name", "like", "United"])];
            asker.each("sql", "res.partner", &names, &more);
            let untranslated = [json!(["name", "ilike", "a"])];
            asker.each("sql", "crm.tag", &untranslated, &more);
        }
    });
}

#[test]
fn what_is_inherited_from_a_parent_record_is_filtered_by_it() {
    asked(&["admin", "sales_own"], |asker| {
        let conditions = [
            json!(["name", "ilike", "a"]),
            json!(["name", "=", false]),
            json!(["categ_id", "child_of", 1]),
            json!(["categ_id.name", "!=", "Goods"]),
            json!(["active", "=", true]),
            json!(["company_id", "=", false]),
            json!(["product_tmpl_id.name", "ilike", "a"]),
        ];
        asker.each("sql", "product.product", &conditions, &json!({}));
    });
}

#[test]
fn all_below_and_all_above_with_and_without_a_parent_path() {
    asked(&["admin", "sales_own"], |asker| {
        let of = |field: &str| {
            vec![
                json!([field, "child_of", 4]),
                json!([field, "child_of", [1, 5]]),
                json!([field, "parent_of", 5]),
                json!([field, "parent_of", [5, 9999]]),
                json!([field, "child_of", false]),
                json!([field, "child_of", "Furniture"]),
            ]
        };
        asker.each("sql", "product.category", &of("id"), &json!({}));
        asker.each("sql", "product.template", &of("categ_id"), &json!({}));
        asker.each("sql", "res.partner", &of("id"), &json!({}));
        asker.each("sql", "res.partner", &of("parent_id"), &json!({}));
        let companies = asker.companies.clone();
        let of_companies = [
            json!(["company_id", "parent_of", companies]),
            json!(["company_id", "child_of", companies]),
            json!(["company_id", "parent_of", [1]]),
            json!(["company_id", "in", companies]),
        ];
        asker.each("sql", "sale.order", &of_companies, &json!({}));
        asker.each("sql", "res.partner", &of_companies, &json!({}));
    });
}

#[test]
fn relative_dates_are_read_as_odoo_reads_them() {
    let texts = [
        "today",
        "today -7d",
        "today -1m",
        "today +2w",
        "today -1y =1m =1d",
        "today =monday",
        "today -week_start",
        "today +friday",
        "now -36H",
        "-90M",
        "now =1d",
        "=week_start",
        "now -400d",
    ];
    let zones = ["UTC", "Pacific/Auckland", "America/St_Johns"];
    asked(&["admin", "sales_own"], |asker| {
        for (at, text) in texts.iter().enumerate() {
            let more = json!({"tz": zones[at % zones.len()]});
            let of =
                |field: &str| [">", ">=", "<", "<="].map(|operator| json!([field, operator, text]));
            asker.each("sql", "sale.order", &of("date_order"), &more);
            asker.each("sql", "sale.order", &of("validity_date"), &more);
            let equal = [
                json!(["validity_date", "=", text]),
                json!(["validity_date", "in", [text, "today +30d", false]]),
            ];
            asker.each("sql", "sale.order", &equal, &more);
        }
    });
}

#[test]
fn a_value_for_each_company_is_that_of_the_first_or_else_the_default() {
    asked(&["admin"], |asker| {
        let of_products = [
            json!(["standard_price", ">", 10]),
            json!(["standard_price", "=", 0]),
            json!(["standard_price", "=", false]),
            json!(["standard_price", "in", [35.0, 600.0, false]]),
            json!(["standard_price", "!=", 35.0]),
        ];
        let of_partners = [
            json!(["trust", "=", "normal"]),
            json!(["trust", "=", "good"]),
            json!(["trust", "!=", false]),
            json!(["credit_limit", ">=", 0]),
            json!(["credit_limit", "!=", 0]),
            json!(["property_account_receivable_id", "=", false]),
            json!(["property_account_receivable_id", "!=", false]),
            json!(["property_payment_term_id", "=", false]),
            json!(["property_payment_term_id", "in", [1, 2, 3, false]]),
            json!(["property_stock_customer", "in", [5, 8]]),
            json!(["barcode", "=", false]),
            json!(["barcode", "ilike", "0"]),
        ];
        let companies = asker.companies.clone();
        for first in &companies {
            let mut order = vec![first.clone()];
            order.extend(companies.iter().filter(|id| *id != first).cloned());
            let more = json!({"allowed_company_ids": order});
            asker.each("sql", "product.product", &of_products, &more);
            asker.each("sql", "res.partner", &of_partners, &more);
        }
        // and it is read, sorted and added up so
        for first in &companies {
            let context = json!({"lang": "en_US", "tz": "UTC", "allowed_company_ids": [first]});
            let fields = json!(["standard_price"]);
            let call = json!({"model": "product.product", "fields": fields, "order": "standard_price desc, id", "limit": 500, "context": context});
            let ours = asker.mcp.call_tool("odoo_search", &call).result();
            assert_eq!(ours["engine"], "sql", "{ours}");
            let call = json!({"domain": [], "fields": fields, "order": "standard_price desc, id", "context": context});
            let theirs = asker.odoo.call("product.product", "search_read", &call);
            let theirs = theirs.expect("records");
            let price = |record: &Value| (record["id"].as_i64(), record["standard_price"].as_f64());
            let prices = |records: &Value| -> Vec<_> {
                records
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(price)
                    .collect()
            };
            assert_eq!(prices(&ours["records"]), prices(&theirs), "{context}");
            let fields = json!([
                "trust",
                "property_account_payable_id",
                "property_stock_customer",
                "barcode"
            ]);
            let call = json!({"model": "res.partner", "fields": fields, "order": "trust, id", "limit": 500, "context": context});
            let ours = asker.mcp.call_tool("odoo_search", &call).result();
            let call =
                json!({"domain": [], "fields": fields, "order": "trust, id", "context": context});
            let theirs = asker.odoo.call("res.partner", "search_read", &call);
            assert_eq!(ours["records"], theirs.expect("records"), "{context}");
        }
    });
}

#[test]
fn what_a_method_of_odoo_s_searches_is_what_somebody_has_read_of_it() {
    asked(&["admin", "demo", "both_user"], |asker| {
        let more = json!({"tz": "Pacific/Auckland"});
        for model in ["crm.lead", "project.task", "account.move", "res.partner"] {
            let mine = "my_activity_date_deadline";
            let conditions = [
                json!([mine, "<", "today"]),
                json!([mine, ">=", "today"]),
                json!([mine, "=", false]),
                json!([mine, "!=", false]),
                json!(["activity_user_id", "=", 2]),
                json!(["activity_user_id", "in", [2, 5]]),
                json!(["activity_user_id", "=", false]),
                json!(["activity_date_deadline", "<", "today"]),
                json!(["activity_type_id", "ilike", "o"]),
                json!(["activity_type_id", "=", false]),
                json!(["activity_exception_decoration", "in", ["danger", "warning"]]),
            ];
            asker.each("sql", model, &conditions, &more);
            // one record of activities may be either's
            let either = json!(["|", ["activity_user_id", "=", 2], [mine, "<", "today"]]);
            asker.both("sql", model, &either, &more);
        }
    });
    asked(&["admin", "demo"], |asker| {
        let more = json!({"tz": "America/Los_Angeles"});
        for category in ["before", "yesterday", "today", "day_1", "after"] {
            let condition = [json!(["search_date_category", "=", category])];
            asker.each("sql", "stock.picking", &condition, &more);
            asker.each("sql", "mrp.production", &condition, &more);
        }
        let favorite = json!(["is_favorite", "=", true]);
        asker.each("sql", "project.project", &[favorite], &more);
    });
}

#[test]
fn a_related_field_is_searched_along_its_path() {
    asked(&["admin", "demo"], |asker| {
        let codes = [
            json!(["picking_type_code", "=", "outgoing"]),
            json!(["picking_type_code", "in", ["incoming", false]]),
            json!(["partner_country_id", "=", false]),
            json!(["partner_country_id.code", "=", "US"]),
        ];
        asker.each("sql", "stock.picking", &codes, &json!({}));
    });
    asked(&["admin", "demo", "ruled"], |asker| {
        let lines = [
            json!(["date_order", ">", "2020-01-01"]),
            json!(["state", "=", "purchase"]),
            json!(["state", "!=", false]),
        ];
        asker.each("sql", "purchase.order.line", &lines, &json!({}));
    });
}
