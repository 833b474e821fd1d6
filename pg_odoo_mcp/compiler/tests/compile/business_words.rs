//! Words of a business, and the models that people mean by them first.

use crate::odoo::Odoo;
use serde_json::json;

/// By name and label, as Odoo 19 has them: those that are asked for, and what stood before them once.
const MODELS: &str = include_str!("fixtures/models.tsv");

fn odoo() -> Odoo {
    let mut odoo = Odoo::new();
    for line in MODELS.lines() {
        let (name, label) = line.split_once('\t').expect("a name and a label");
        odoo.add(json!({
            "name": name, "label": label, "table": null, "order": "id", "modules": [], "fields": {}, "rules": [],
            "access_lists": [{"group_id": 10, "group": "Role / User"}],
        }));
    }
    odoo
}

#[test]
fn the_model_that_people_mean_comes_first() {
    let odoo = odoo();
    for (word, expected) in [
        ("invoice", "account.move"),
        ("invoices", "account.move"),
        ("bill", "account.move"),
        ("credit note", "account.move"),
        ("journal entries", "account.move"),
        ("customer", "res.partner"),
        ("customers", "res.partner"),
        ("Vendor", "res.partner"),
        ("suppliers", "res.partner"),
        ("client", "res.partner"),
        ("contact", "res.partner"),
        ("address", "res.partner"),
        ("order", "sale.order"),
        ("orders", "sale.order"),
        ("sale", "sale.order"),
        ("sales", "sale.order"),
        ("quotation", "sale.order"),
        ("sales team", "crm.team"),
        ("purchase", "purchase.order"),
        ("purchases", "purchase.order"),
        ("product", "product.template"),
        ("products", "product.template"),
        ("item", "product.product"),
        ("employee", "hr.employee"),
        ("employees", "hr.employee"),
        ("staff", "hr.employee"),
        ("holiday", "hr.leave"),
        ("task", "project.task"),
        ("tasks", "project.task"),
        ("project", "project.project"),
        ("timesheets", "account.analytic.line"),
        ("lead", "crm.lead"),
        ("leads", "crm.lead"),
        ("opportunities", "crm.lead"),
        ("stock", "stock.quant"),
        ("inventory", "stock.quant"),
        ("delivery", "stock.picking"),
        ("deliveries", "stock.picking"),
        ("warehouse", "stock.warehouse"),
        ("manufacturing order", "mrp.production"),
        ("payment", "account.payment"),
        ("taxes", "account.tax"),
        ("account", "account.account"),
        ("user", "res.users"),
        ("companies", "res.company"),
        ("meeting", "calendar.event"),
        ("bank account", "res.partner.bank"),
    ] {
        let call = json!({"query": word, "limit": 5});
        let answer = odoo.call("odoo_list_models", &call).expect("an answer");
        assert_eq!(answer["models"][0]["model"], expected, "{word}: {answer}");
    }
    let call = json!({"query": "product", "limit": 2});
    let answer = odoo.call("odoo_list_models", &call).expect("an answer");
    assert_eq!(answer["models"][1]["model"], "product.product");
}

#[test]
fn who_asks_for_a_model_that_is_none_is_told_the_one_that_is_meant() {
    let odoo = Odoo::new();
    for (written, hint) in [
        ("invoice", "did you mean account.move,"),
        ("account.invoice", "did you mean account.move"),
        ("customer", "did you mean res.partner"),
        ("res.customer", "did you mean res.partner"),
        ("crm.opportunity", "did you mean crm.lead"),
        ("order", "did you mean sale.order,"),
        ("product", "did you mean product.product, product.template"),
        ("hr.employe", "did you mean hr.employee"),
        ("stock.picking.out", "did you mean stock.picking,"),
        ("zzz", "odoo_list_models finds models by a word"),
    ] {
        let error = odoo
            .call("odoo_count", &json!({"model": written}))
            .expect_err("no such model");
        assert_eq!(error.code.name(), "unknown_model");
        let told = error.hint.unwrap_or_default();
        assert!(told.starts_with(hint), "{written}: {told}");
    }
}
