//! one2many and many2many fields as values.

use crate::odoo::Odoo;
use crate::x2many::{NAME, without_access};
use odoo_compiler::error::Code;
use serde_json::{Value, json};

fn read(odoo: &Odoo, model: &str, field: &str, context: Value) -> String {
    let call = json!({"model": model, "fields": [field], "context": context});
    match odoo.sql("odoo_search", &call) {
        Ok(sql) => sql.replace('\n', " "),
        Err(error) => format!("{}: {}", error.code.name(), error.message),
    }
}

#[test]
fn the_records_the_user_sees_in_their_own_order() {
    let sql = read(&Odoo::new(), "sale.order", "tag_ids", json!({}));
    let expected = format!(
        r#"(SELECT COALESCE(json_agg(t1.id ORDER BY {NAME}, t1."id"), '[]'::json) FROM "public"."crm_tag" AS t1 LEFT JOIN "public"."sale_order_tag_rel" AS t2 ON t1."id" = t2."tag_id" WHERE t2."order_id" = t0."id") AS "tag_ids""#
    );
    assert!(sql.contains(&expected), "{sql}");
    let sql = read(&Odoo::new(), "sale.order", "order_line", json!({}));
    let expected = r#"FROM "public"."sale_order_line" AS t1 LEFT JOIN "public"."sale_order" AS t2 ON t1."order_id" = t2."id" WHERE t1."order_id" = t0."id" AND t1."company_id" = ANY ('{"1","2"}'::bigint[])) AS "order_line""#;
    assert!(sql.contains(expected), "{sql}");
}

#[test]
fn access_is_asked_even_where_a_search_asks_none() {
    // sale.order.order_line bypasses access in searches
    let mut odoo = without_access("sale.order.line");
    let call = json!({"model": "sale.order", "fields": ["order_line"]});
    let sql = odoo.sql("odoo_search", &call).expect("a plan");
    assert!(!sql.contains("sale_order_line"), "{sql}");
    // as soon as there is a record to read it of
    odoo.rows = vec![vec![Some(r#"{"id":1,"order_line":null}"#.into())]];
    let error = odoo.call("odoo_search", &call).expect_err("refused");
    assert_eq!(error.code, Code::AccessDenied);
    odoo.rows.clear();
    let answer = odoo.call("odoo_search", &call).expect("an answer");
    assert_eq!(answer["records"], json!([]));
}

#[test]
fn archived_ones_are_left_out_unless_the_field_says_otherwise() {
    let odoo = Odoo::new();
    let with = |field: &str, context: Value| {
        read(&odoo, "res.company", field, context).contains(r#"t1."active" IS TRUE"#)
    };
    assert!(with("child_ids", json!({})));
    // Odoo takes the call's word for the records, not for their values
    assert!(with("child_ids", json!({"active_test": false})));
    assert!(!with("all_child_ids", json!({})));
    let own = read(
        &odoo,
        "res.partner",
        "child_ids",
        json!({"active_test": false}),
    );
    assert_eq!(own.matches(r#"t1."active" IS TRUE"#).count(), 1, "{own}");
}
