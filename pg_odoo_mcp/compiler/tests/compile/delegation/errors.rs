use super::{completed, delegated, odoo};
use odoo_compiler::delegate::Delegation;
use odoo_compiler::error::{Code, Error};
use serde_json::{Value, json};

fn search() -> Delegation {
    delegated(
        &odoo(),
        "odoo_search",
        &json!({"model": "acme.thing", "fields": ["name"]}),
    )
}

/// The same by a condition of the caller's.
fn search_by_name() -> Delegation {
    delegated(
        &odoo(),
        "odoo_search",
        &json!({"model": "acme.thing", "fields": ["name"], "domain": [["name", "=", "abc"]]}),
    )
}

/// An exception with a secret in every member that is not for users.
fn exception(name: &str, message: &str) -> Value {
    json!({
        "name": name, "message": message, "arguments": ["s3cret"], "context": {"key": "s3cret"},
        "debug": "Traceback (most recent call last): s3cret", "traceback": "s3cret", "exception_type": "s3cret",
    })
}

#[track_caller]
fn error_of(answer: &Value) -> Error {
    error_in(&search(), answer)
}

#[track_caller]
fn error_in(asked: &Delegation, answer: &Value) -> Error {
    let error = completed(asked, &json!({"answers": [answer]})).expect_err("an error");
    let told = error.to_json().to_string();
    assert!(!told.contains("s3cret"), "{told}");
    assert!(error.hint.is_some(), "{told}");
    error
}

/// The same exception in both protocols.
#[track_caller]
fn errors(status: u16, name: &str, message: &str) -> [Error; 2] {
    errors_in(&search(), status, name, message)
}

#[track_caller]
fn errors_in(asked: &Delegation, status: u16, name: &str, message: &str) -> [Error; 2] {
    let json2 = json!({"status": status, "body": exception(name, message)});
    let data = exception(name, message);
    let jsonrpc = json!({"status": 200, "body": {"jsonrpc": "2.0", "id": 1, "error": {"code": 200, "message": "Odoo Server Error", "data": data}}});
    [error_in(asked, &json2), error_in(asked, &jsonrpc)]
}

#[test]
fn errors_for_users_keep_their_class_and_text() {
    for (status, name, code) in [
        (403, "odoo.exceptions.AccessError", Code::AccessDenied),
        (403, "odoo.exceptions.AccessDenied", Code::AccessDenied),
        (404, "odoo.exceptions.MissingError", Code::MissingRecord),
        (422, "odoo.exceptions.UserError", Code::OdooError),
        (422, "odoo.exceptions.ValidationError", Code::OdooError),
        (422, "odoo.exceptions.RedirectWarning", Code::OdooError),
    ] {
        for error in errors(status, name, "No.\n\n  Not you,\tOlga") {
            assert_eq!(
                (error.code, error.message.as_str()),
                (code, "No. Not you, Olga"),
                "{name}"
            );
            let class = name.rsplit('.').next().unwrap_or_default();
            let detail = error.detail.unwrap_or_default();
            assert!(
                code != Code::OdooError || detail.contains(class),
                "{detail}"
            );
        }
    }
    for error in errors(409, "odoo.exceptions.LockError", "Record 7 is locked") {
        assert_eq!(error.code, Code::OdooError);
        assert!(error.message.contains("locked"), "{error}");
    }
}

#[test]
fn an_addon_s_own_exception_is_known_by_its_status() {
    let of = |status: u16| {
        let body = exception("odoo.addons.acme.Trouble", "Too heavy");
        error_of(&json!({"status": status, "body": body}))
    };
    assert_eq!(
        (of(422).code, of(422).message.as_str()),
        (Code::OdooError, "Too heavy")
    );
    assert_eq!(of(403).code, Code::AccessDenied);
    assert_eq!(of(500).message, "Odoo failed inside");
}

#[test]
fn what_can_be_a_condition_alone_is_told_to_be_one() {
    let mut odoo = odoo();
    odoo.change("sale.order", |model| {
        for name in ["found", "lost"] {
            model["fields"][name] = json!({"name": name, "type": "char", "store": false});
        }
    });
    odoo.change_facts("sale.order", |facts| {
        for name in ["found", "lost"] {
            let facts = facts.fields.with_facts.entry(name.into()).or_default();
            facts.search = name == "found";
        }
    });
    for (name, expected) in [
        (
            "found",
            "it can be a condition, but not an order, group or measure",
        ),
        (
            "lost",
            "nothing is searched, sorted, grouped or added up by it",
        ),
    ] {
        let call =
            json!({"model": "sale.order", "fields": ["name"], "order": format!("{name} desc")});
        let asked = delegated(&odoo, "odoo_search", &call);
        let said = format!("Cannot convert sale.order.{name} to SQL because it is not stored");
        for error in errors_in(&asked, 500, "builtins.ValueError", &said) {
            let expected = format!(
                "sale.order.{name} is worked out for each record and stored nowhere, so {expected}"
            );
            assert_eq!(error.message, expected);
        }
    }
}

#[test]
fn what_odoo_says_of_arguments_is_passed_on() {
    for error in errors(
        500,
        "builtins.ValueError",
        "Cannot convert acme.thing.name to SQL because it is not stored",
    ) {
        assert_eq!(error.code, Code::InvalidArguments);
        assert_eq!(
            error.message,
            "acme.thing.name is worked out for each record and stored nowhere, so nothing is searched, sorted, grouped or added up by it"
        );
        assert!(error.hint.is_some_and(|hint| hint.contains("stored field")));
    }
    // of anything else the text is Odoo's
    for other in [
        "Cannot convert this to SQL",
        "Cannot convert acme.thing.name (related=['a']) to SQL because a is not a Many2one",
    ] {
        for error in errors(500, "builtins.ValueError", other) {
            assert_eq!(error.message, other);
        }
    }
    for error in errors(500, "builtins.ValueError", "Invalid domain term ('a', 'b')") {
        assert_eq!(error.code, Code::InvalidDomain);
    }
    for name in ["builtins.TypeError", "builtins.KeyError"] {
        for error in errors(500, name, "'partner'") {
            assert_eq!(error.code, Code::OdooError);
            assert_eq!(error.detail.as_deref(), Some("'partner'"));
        }
    }
    for error in errors(
        500,
        "builtins.AttributeError",
        "The method 's3cret' does not exist",
    ) {
        assert_eq!(error.code, Code::NotSupported);
    }
}

#[test]
fn a_value_that_does_not_fit_its_field_is_said_to_in_our_words() {
    let asked = search_by_name();
    for message in [
        "invalid literal for int() with base 10: 'abc'",
        "could not convert string to float: 'abc'",
        "Invalid isoformat string: '2026-13-45'",
        "month must be in 1..12",
        "Invalid term 'tomorrow' in expression date: 'tomorrow'",
    ] {
        for error in errors_in(&asked, 500, "builtins.ValueError", message) {
            assert_eq!(error.code, Code::InvalidDomain, "{error}");
            assert!(error.message.contains("does not fit"), "{error}");
            assert_eq!(error.detail, Some(format!("Odoo says: {message}")));
            assert!(error.hint.is_some_and(|hint| hint.contains("2026-01-31")));
        }
    }
    // PostgreSQL's own words stay inside
    for name in ["InvalidTextRepresentation", "UndefinedFunction"] {
        let name = format!("psycopg2.errors.{name}");
        for error in errors_in(
            &asked,
            500,
            &name,
            "psycopg2: invalid input syntax: s3cret LINE 1: SELECT ",
        ) {
            assert_eq!((error.code, &error.detail), (Code::InvalidDomain, &None));
        }
        let text =
            "operator does not exist: integer = boolean\nLINE 1: ...*) FROM \"s3cret\" WHERE";
        for error in errors_in(&asked, 500, &name, text) {
            let said = "Odoo says: operator does not exist: integer = boolean";
            assert_eq!(error.detail.as_deref(), Some(said));
        }
    }
}

#[test]
fn where_no_condition_was_asked_for_odoo_s_own_code_broke_over_a_value() {
    let of_groups = |arguments: Value| {
        let mut call = json!({"model": "acme.thing", "groupby": ["name"]});
        call.as_object_mut()
            .expect("an object")
            .extend(arguments.as_object().cloned().expect("an object"));
        delegated(&odoo(), "odoo_read_group", &call)
    };
    let message = "could not convert string to float: 'abc'";
    for asked in [search(), of_groups(json!({}))] {
        for error in errors_in(&asked, 500, "builtins.ValueError", message) {
            assert_eq!(
                (error.code, error.message.as_str()),
                (Code::InvalidArguments, message)
            );
        }
        let name = "psycopg2.errors.UndefinedFunction";
        for error in errors_in(&asked, 500, name, "operator does not exist") {
            assert_eq!(
                (error.code, error.message.as_str()),
                (Code::OdooError, "Odoo failed inside")
            );
        }
    }
    // a condition on groups is one too
    let asked = of_groups(json!({"having": [["__count", ">", 1]]}));
    for error in errors_in(&asked, 500, "builtins.ValueError", message) {
        assert_eq!(error.code, Code::InvalidDomain);
    }
}

#[test]
fn everything_else_is_odoo_s_inside_and_stays_there() {
    for name in [
        "psycopg2.errors.UndefinedColumn",
        "psycopg2.OperationalError",
        "builtins.ZeroDivisionError",
        "builtins.RuntimeError",
        "",
    ] {
        for error in errors(500, name, "column s3cret does not exist") {
            assert_eq!(
                (error.code, error.message.as_str(), error.detail),
                (Code::OdooError, "Odoo failed inside", None),
                "{name}"
            );
        }
    }
    // also where it comes under a name that is for users
    for message in [
        "Traceback (most recent call last): s3cret",
        "boom File \"/opt/s3cret.py\", line 1",
        "psycopg2.errors: s3cret",
        "SELECT s3cret FROM x",
    ] {
        for (status, name) in [
            (422, "odoo.exceptions.UserError"),
            (403, "odoo.exceptions.AccessError"),
            (500, "builtins.ValueError"),
            (500, "builtins.KeyError"),
            (409, "odoo.exceptions.LockError"),
        ] {
            errors(status, name, message);
        }
    }
}

#[test]
fn what_is_not_there_is_said() {
    let of = |status: u16, name: &str, message: &str| {
        error_of(&json!({"status": status, "body": exception(name, message)}))
    };
    let not_found = "werkzeug.exceptions.NotFound";
    let model = of(404, not_found, "the model 'acme.thing' does not exist");
    assert_eq!(model.code, Code::UnknownModel);
    let method = of(
        404,
        not_found,
        "The method 'acme.thing.formatted_read_group' does not exist",
    );
    assert_eq!(method.code, Code::NotSupported);
    let arguments = of(
        422,
        "werkzeug.exceptions.UnprocessableEntity",
        "got an unexpected keyword argument",
    );
    assert_eq!(arguments.code, Code::NotSupported);
    let rpc = of(
        404,
        not_found,
        "Did you mean POST /json/2/<model>/<method>?",
    );
    assert_eq!(rpc.code, Code::OdooUnavailable);
    let key = of(
        401,
        "werkzeug.exceptions.Unauthorized",
        "Invalid apikey s3cret",
    );
    assert_eq!(key.code, Code::OdooUnavailable);
    for status in [429, 502, 503, 504] {
        let body = json!({"status": status, "body": {"error": "s3cret"}});
        assert_eq!(error_of(&body).code, Code::OdooUnavailable);
    }
    let rpc = json!({"status": 200, "body": {"jsonrpc": "2.0", "error": {"code": 404, "message": "404: s3cret"}}});
    assert_eq!(error_of(&rpc).code, Code::OdooUnavailable);
}

#[test]
fn a_status_that_is_no_success_is_none_whatever_the_body_says() {
    for body in [
        json!([]),
        json!(null),
        json!(7),
        json!({"jsonrpc": "2.0", "result": []}),
    ] {
        for status in [100, 301, 303, 400, 418, 500] {
            error_of(&json!({"status": status, "body": body}));
        }
    }
}

#[test]
fn an_error_in_the_second_answer_is_an_error() {
    let outcome = json!({"answers": [
        {"status": 200, "body": [{"id": 1, "name": "a"}]},
        {"status": 403, "body": exception("odoo.exceptions.AccessError", "no")},
    ]});
    let error = completed(&search(), &outcome).expect_err("refused");
    assert_eq!(error.code, Code::AccessDenied);
}

#[test]
fn each_failure_has_its_code_and_names_the_next_thing() {
    for (kind, code, hint) in [
        ("not_configured", Code::OdooUnavailable, "ODOO_MCP_ODOO_URL"),
        ("unreachable", Code::OdooUnavailable, "odoo-mcp doctor"),
        ("timed_out", Code::TimedOut, "less"),
        ("cancelled", Code::Cancelled, "again"),
        ("redirected", Code::OdooUnavailable, "ODOO_MCP_ODOO_URL"),
        ("too_large", Code::OverBudget, "fewer"),
        ("not_json", Code::OdooUnavailable, "odoo-mcp doctor"),
        ("wrong_database", Code::OdooUnavailable, "ODOO_MCP_ODOO_DB"),
        ("key_refused", Code::OdooUnavailable, "odoo-mcp doctor"),
    ] {
        let failure = json!({"failure": {"kind": kind, "detail": "after 3\nseconds"}});
        let error = completed(&search(), &failure).expect_err("a failure");
        assert_eq!(error.code, code, "{kind}");
        assert!(
            error.hint.as_deref().is_some_and(|h| h.contains(hint)),
            "{error}"
        );
        assert_eq!(error.detail.as_deref(), Some("after 3 seconds"));
        let bare = json!({"failure": {"kind": kind}});
        assert_eq!(
            completed(&search(), &bare).expect_err("a failure").detail,
            None
        );
    }
}
