//! Several calls in one.

use crate::odoo::Odoo;
use odoo_compiler::error::{Code, Error};
use odoo_compiler::tool::{BatchedCall, batch_answer, batched_calls};
use serde_json::{Value, json};

#[test]
fn a_batch_is_taken_apart_into_its_calls() {
    let calls = batched_calls(
        r#"{"calls": [{"tool": "odoo_count", "arguments": {"model": "a.b", "domain": [["x", "=", 1.50]]}}, {"tool": "odoo_context"}]}"#,
    )
    .expect("calls");
    let call = |tool: &str, arguments: &str| BatchedCall {
        tool: tool.into(),
        arguments: arguments.into(),
    };
    assert_eq!(
        calls,
        [
            call("odoo_count", r#"{"model":"a.b","domain":[["x","=",1.5]]}"#),
            call("odoo_context", "{}"),
        ]
    );
}

#[test]
fn what_is_no_batch_is_refused_whole() {
    let call = json!({"tool": "odoo_context"});
    for arguments in [
        json!({}),
        json!({"calls": null}),
        json!({"calls": {}}),
        json!({"calls": []}),
        json!({"calls": vec![call.clone(); 21]}),
        json!({"calls": [call, 1]}),
        json!({"calls": [{"arguments": {}}]}),
        json!({"calls": [{"tool": 1}]}),
        json!({"calls": [{"tool": "odoo_context", "arguments": []}]}),
        json!({"calls": [{"tool": "odoo_context", "arguments": "{}"}]}),
        json!({"calls": [{"tool": "odoo_context", "name": "x"}]}),
        json!({"calls": [call], "atomic": true}),
    ] {
        let error = batched_calls(&arguments.to_string()).expect_err("refused");
        assert_eq!(error.code, Code::InvalidArguments, "{arguments}: {error}");
    }
    let most = json!({"calls": vec![call; 20]});
    assert_eq!(batched_calls(&most.to_string()).map(|c| c.len()), Ok(20));
}

#[test]
fn results_are_answers_and_errors_in_the_order_of_the_calls() {
    let error = Error::new(Code::UnknownModel, "there is no model \"x\"").hint("look");
    let results = [
        Ok(r#"{"engine":"sql","count":1.50}"#.to_owned()),
        Err(error),
    ];
    let answer = batch_answer(&results, "2026-12-31 10:00:00 UTC").expect("an answer");
    assert_eq!(
        answer.json,
        r#"{"engine":"sql","as_of":"2026-12-31 10:00:00 UTC","results":[{"engine":"sql","count":1.50},{"error":{"code":"unknown_model","message":"there is no model \"x\"","hint":"look"}}]}"#
    );
    assert_eq!(answer.row_count, 2);
}

#[test]
fn a_batch_within_a_batch_is_refused() {
    let inner = json!({"calls": [{"tool": "odoo_context"}]});
    let error = Odoo::new().call("odoo_batch", &inner).expect_err("refused");
    assert_eq!(error.code, Code::InvalidArguments);
    assert_eq!(error.message, "a batch holds no other batch");
    let arguments: Value = json!({"calls": [{"tool": "odoo_batch", "arguments": inner}]});
    assert!(batched_calls(&arguments.to_string()).is_ok());
}
