//! Whatever a caller writes as a domain: an error that says so, or a whole statement.

use crate::odoo::Odoo;
use crate::statement;
use odoo_compiler::answer::explain;
use odoo_compiler::domain::Operator;
use odoo_compiler::error::Code;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::cell::Cell;

/// Each model's fields, with the model that they lead to.
pub(crate) const MODELS: &[(&str, &[(&str, &str)])] = &[
    (
        "sale.order",
        &[
            ("name", ""),
            ("state", ""),
            ("amount_total", ""),
            ("date_order", ""),
            ("validity_date", ""),
            ("locked", ""),
            ("partner_id", "res.partner"),
            ("company_id", "res.company"),
            ("tag_ids", "crm.tag"),
            ("order_line", "sale.order.line"),
        ],
    ),
    (
        "sale.order.line",
        &[
            ("name", ""),
            ("sequence", ""),
            ("order_id", "sale.order"),
            ("product_id", "product.product"),
        ],
    ),
    (
        "res.partner",
        &[
            ("name", ""),
            ("color", ""),
            ("active", ""),
            ("partner_latitude", ""),
            ("display_name", ""),
            ("parent_id", "res.partner"),
            ("child_ids", "res.partner"),
            ("sale_order_ids", "sale.order"),
            ("country_id", "res.country"),
        ],
    ),
    (
        "res.company",
        &[
            ("name", ""),
            ("active", ""),
            ("parent_id", "res.company"),
            ("child_ids", "res.company"),
            ("all_child_ids", "res.company"),
        ],
    ),
    (
        "product.template",
        &[
            ("name", ""),
            ("list_price", ""),
            ("active", ""),
            ("categ_id", "product.category"),
            ("product_variant_ids", "product.product"),
        ],
    ),
    (
        "product.product",
        &[
            ("default_code", ""),
            ("name", ""),
            ("product_tmpl_id", "product.template"),
            ("categ_id", "product.category"),
        ],
    ),
    (
        "product.category",
        &[
            ("name", ""),
            ("complete_name", ""),
            ("parent_id", "product.category"),
        ],
    ),
    ("crm.tag", &[("name", ""), ("display_name", "")]),
    ("res.country", &[("name", ""), ("code", "")]),
];

/// Every operator that takes a value.
fn operators() -> Vec<&'static str> {
    Operator::names()
        .filter(|name| !name.ends_with("any"))
        .collect()
}

/// A domain, chosen number by number; when they run out, always the first choice.
pub(crate) struct Choices {
    numbers: Vec<u16>,
    next: Cell<usize>,
}

impl Choices {
    pub(crate) fn of(numbers: Vec<u16>) -> Choices {
        let next = Cell::new(0);
        Choices { numbers, next }
    }

    fn below(&self, n: usize) -> usize {
        let at = self.next.replace(self.next.get() + 1);
        self.numbers
            .get(at)
            .map_or(0, |number| usize::from(*number) % n)
    }

    fn one<T: Copy>(&self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    fn scalar(&self) -> Value {
        match self.below(9) {
            0 => json!("a"),
            1 => json!(7),
            2 => json!(false),
            3 => json!(true),
            4 => json!(null),
            5 => json!(1.5),
            6 => json!("2026-01-31"),
            7 => json!(""),
            _ => json!("$1 \\ '\")(%"),
        }
    }

    fn condition(&self, model: &str, depth: usize) -> Value {
        let fields = MODELS.iter().find(|(name, _)| *name == model);
        let (field, comodel) = match self.below(40) {
            39 => ("id", ""),
            38 => ("no_such_field", ""),
            _ => self.one(fields.expect("it is listed").1),
        };
        if !comodel.is_empty() && depth > 0 {
            match self.below(4) {
                0 => {
                    let inner = self.condition(comodel, depth - 1);
                    let path = format!("{field}.{}", inner[0].as_str().unwrap_or("id"));
                    return json!([path, inner[1], inner[2]]);
                }
                1 => {
                    let operator = self.one(&["any", "not any"]);
                    return json!([field, operator, self.domain(comodel, depth - 1)]);
                }
                _ => {}
            }
        }
        let value = match self.below(8) {
            // fits every field
            2.. => return json!([field, self.one(&["=", "!=", "in", "not in"]), [false]]),
            0 => json!(
                (0..self.below(4))
                    .map(|_| self.scalar())
                    .collect::<Vec<_>>()
            ),
            _ => self.scalar(),
        };
        json!([field, self.one(&operators()), value])
    }

    fn part(&self, model: &str, depth: usize, into: &mut Vec<Value>) {
        match self.below(8) {
            0 if depth > 0 => {
                into.push(json!("!"));
                self.part(model, depth - 1, into);
            }
            1..=3 if depth > 0 => {
                into.push(json!(self.one(&["&", "|"])));
                self.part(model, depth - 1, into);
                self.part(model, depth - 1, into);
            }
            4 if self.below(4) == 0 => into.push(json!([self.below(2), "=", 1])),
            _ => into.push(self.condition(model, depth)),
        }
    }

    pub(crate) fn domain(&self, model: &str, depth: usize) -> Value {
        let mut parts = Vec::new();
        for _ in 0..self.below(3) {
            self.part(model, depth, &mut parts);
        }
        json!(parts)
    }
}

#[test]
fn a_domain_is_an_error_or_a_whole_statement() {
    let odoo = Odoo::new();
    let names = statement::names(&odoo);
    let answered = Cell::new(0);
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 600,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let choices = (
        prop::sample::select(MODELS),
        prop::collection::vec(any::<u16>(), 5..120),
        any::<bool>(),
    );
    let outcome = runner.run(&choices, |((model, _), numbers, active_test)| {
        let domain = Choices::of(numbers).domain(model, 4);
        let call =
            json!({"model": model, "domain": domain, "context": {"active_test": active_test}});
        match explain("odoo_count", &call.to_string(), &odoo.principal, &odoo) {
            Err(error) => prop_assert!(error.code != Code::Internal, "{}: {}", domain, error),
            Ok(answer) => {
                let json: Value = serde_json::from_str(&answer.json).expect("JSON");
                if json["engine"] == "odoo" {
                    return Ok(());
                }
                let whole = statement::check_all(&names, &json);
                prop_assert!(whole.is_ok(), "{}: {:?}", domain, whole);
                let sql = json["statements"][0]["sql"].as_str().expect("sql");
                answered.set(answered.get() + usize::from(sql.contains("SELECT FROM")));
            }
        }
        Ok(())
    });
    outcome.unwrap_or_else(|e| panic!("{e}"));
    // the property would hold of errors alone
    assert!(
        answered.get() > 10,
        "only {} went through an x2many field",
        answered.get()
    );
}
