//! What figures are asked of: models with their dates, sums and keys.

use super::random::Random;
use super::shape::{Field, Model, Shape};

/// A model that people ask figures of.
pub(super) struct Measured {
    pub(super) model: &'static str,
    pub(super) date_field: &'static str,
    pub(super) measures: &'static [&'static str],
    /// The currency field of the sums of money, if there are some.
    pub(super) currency: &'static str,
    /// Keys without dates.
    pub(super) keys: &'static [&'static str],
    /// Keys through a many2one, and many2many keys.
    pub(super) far_keys: &'static [&'static str],
}

pub(super) const MEASURED: &[Measured] = &[
    Measured {
        model: "sale.order",
        date_field: "date_order",
        measures: &["amount_total:sum", "amount_untaxed:avg"],
        currency: "currency_id",
        keys: &["state", "partner_id", "user_id", "team_id", "company_id"],
        far_keys: &[
            "tag_ids",
            "partner_id.country_id",
            "partner_id.create_date:month",
            "team_id.company_id",
        ],
    },
    Measured {
        model: "sale.order.line",
        date_field: "create_date",
        measures: &["price_subtotal:sum", "product_uom_qty:max"],
        currency: "currency_id",
        keys: &["state", "order_id", "company_id"],
        far_keys: &[
            "order_id.partner_id",
            "product_id.categ_id",
            "order_id.date_order:quarter",
            "tax_ids",
        ],
    },
    Measured {
        model: "crm.lead",
        date_field: "create_date",
        measures: &["expected_revenue:sum", "probability:avg"],
        currency: "company_currency",
        keys: &["stage_id", "user_id", "type", "active"],
        far_keys: &["tag_ids", "stage_id.is_won", "partner_id.country_id"],
    },
    Measured {
        model: "account.move",
        date_field: "invoice_date",
        measures: &["amount_total:sum", "amount_residual:min"],
        currency: "currency_id",
        keys: &["state", "move_type", "partner_id", "journal_id"],
        far_keys: &["journal_id.type", "partner_id.country_id"],
    },
    Measured {
        model: "account.move.line",
        date_field: "date",
        measures: &["debit:sum", "balance:sum"],
        currency: "company_currency_id",
        keys: &["parent_state", "company_id", "journal_id"],
        far_keys: &["move_id.move_type", "move_id.invoice_date:year", "tax_ids"],
    },
    Measured {
        model: "purchase.order",
        date_field: "date_order",
        measures: &["amount_total:sum"],
        currency: "currency_id",
        keys: &["state", "partner_id", "company_id"],
        far_keys: &["partner_id.country_id"],
    },
    Measured {
        model: "purchase.order.line",
        date_field: "date_planned",
        measures: &["price_subtotal:sum"],
        currency: "currency_id",
        keys: &["state", "company_id"],
        far_keys: &["order_id.partner_id", "order_id.date_order:week"],
    },
    Measured {
        model: "res.partner",
        date_field: "create_date",
        measures: &["color:count"],
        currency: "",
        keys: &["country_id", "is_company", "type"],
        far_keys: &["category_id", "parent_id.country_id"],
    },
    Measured {
        model: "stock.move",
        date_field: "date",
        measures: &["product_uom_qty:sum", "sequence:max"],
        currency: "",
        keys: &["state", "product_id", "picking_id", "company_id"],
        far_keys: &["product_id.categ_id", "location_id.usage"],
    },
    Measured {
        model: "account.payment",
        date_field: "date",
        measures: &["amount:sum"],
        currency: "currency_id",
        keys: &["state", "payment_type", "partner_id", "journal_id"],
        far_keys: &["partner_id.country_id", "journal_id.type"],
    },
    Measured {
        model: "mrp.production",
        date_field: "date_start",
        measures: &["product_qty:sum"],
        currency: "",
        keys: &["state", "product_id", "company_id"],
        far_keys: &["product_id.categ_id", "bom_id.type"],
    },
    Measured {
        model: "pos.order",
        date_field: "date_order",
        measures: &["amount_total:sum"],
        currency: "currency_id",
        keys: &["state", "session_id", "partner_id"],
        far_keys: &["session_id.config_id", "partner_id.country_id"],
    },
    Measured {
        model: "project.task",
        date_field: "create_date",
        measures: &["allocated_hours:sum"],
        currency: "",
        keys: &["state", "project_id", "stage_id", "priority"],
        far_keys: &["tag_ids", "user_ids", "project_id.partner_id"],
    },
    Measured {
        model: "hr.leave",
        date_field: "request_date_from",
        measures: &["number_of_days:sum"],
        currency: "",
        keys: &["state", "holiday_status_id", "employee_id"],
        far_keys: &["employee_id.department_id"],
    },
];

/// Parts of a date, the last three of a time.
pub(super) const PARTS: &[&str] = &[
    "year_number",
    "quarter_number",
    "month_number",
    "iso_week_number",
    "day_of_year",
    "day_of_month",
    "day_of_week",
    "hour_number",
    "minute_number",
    "second_number",
];

const PERIODS: &[&str] = &["hour", "day", "week", "month", "quarter", "year"];

/// A period that the date has.
pub(super) fn period(random: &mut Random, date: &Field) -> &'static str {
    let first = usize::from(date.kind == "date");
    random.pick::<&str>(&PERIODS[first..])
}

impl Measured {
    /// Its shape.
    pub(super) fn of<'a>(&self, shape: &'a Shape) -> &'a Model {
        shape
            .model(self.model)
            .expect("every model is in the shape")
    }

    /// The currency field of these measures, or nothing if none is money.
    pub(super) fn currency_of(&self, shape: &Shape, measures: &[&str]) -> &'static str {
        let is_money = |measure: &&str| {
            let name = measure.split(':').next().unwrap_or_default();
            let field = self.of(shape).field(name);
            field.is_some_and(|field| field.kind == "monetary")
        };
        if measures.iter().any(is_money) {
            self.currency
        } else {
            ""
        }
    }
}

/// A key that records are grouped by.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Key {
    /// `partner_id`, `date_order:month`, `partner_id.country_id`
    pub(super) spec: String,
    /// Whether its values have one order.
    pub(super) is_total: bool,
}

/// The key of that spelling.
pub(super) fn key(shape: &Shape, model: &Model, spec: &str) -> Key {
    let mut model = Some(model);
    let mut is_total = true;
    for name in spec.split(':').next().unwrap_or_default().split('.') {
        let field = model.and_then(|model| model.field(name));
        is_total = field.is_some_and(|f| f.relation.is_none() || f.has_ordered_comodel);
        model = field.and_then(|field| shape.comodel(field));
    }
    Key {
        spec: spec.to_owned(),
        is_total,
    }
}

/// A key of any field that can be one.
pub(super) fn any_key(random: &mut Random, shape: &Shape, model: &Model) -> Key {
    const KINDS: &[&str] = &[
        "many2one",
        "selection",
        "char",
        "boolean",
        "integer",
        "many2many",
        "date",
        "datetime",
    ];
    let field = *random.pick(&model.of_kind(KINDS));
    let comodel = shape.comodel(field);
    match (field.kind.as_str(), comodel) {
        ("date" | "datetime", _) if random.once_in(3) => {
            let parts = if field.kind == "date" {
                &PARTS[..7]
            } else {
                PARTS
            };
            let spec = format!("{}:{}", field.name, random.pick::<&str>(parts));
            key(shape, model, &spec)
        }
        ("date" | "datetime", _) => {
            let spec = format!("{}:{}", field.name, period(random, field));
            key(shape, model, &spec)
        }
        ("many2one", Some(comodel)) if random.once_in(3) => {
            let inner = any_key(random, shape, comodel);
            let spec = format!("{}.{}", field.name, inner.spec);
            key(shape, model, &spec)
        }
        _ => key(shape, model, &field.name),
    }
}

/// Keys of a question about these figures: 0 to `most` of them, none twice.
pub(super) fn keys(
    random: &mut Random,
    shape: &Shape,
    measured: &Measured,
    least: usize,
    most: usize,
) -> Vec<Key> {
    let model = measured.of(shape);
    let count = least + random.below(most + 1 - least);
    let mut keys: Vec<Key> = Vec::new();
    while keys.len() < count {
        let next = match random.below(8) {
            0..3 => key(shape, model, random.pick::<&str>(measured.keys)),
            3..5 => {
                let date = model
                    .field(measured.date_field)
                    .expect("the date is in the shape");
                let spec = format!("{}:{}", date.name, period(random, date));
                key(shape, model, &spec)
            }
            5 => key(shape, model, random.pick::<&str>(measured.far_keys)),
            _ => any_key(random, shape, model),
        };
        if !keys.contains(&next) {
            keys.push(next);
        }
    }
    keys
}
