//! Which models SQL answers, and why not the others.

use crate::facts;
use odoo_compiler::access::{Unanswered, verdict};
use odoo_compiler::catalog::{
    Engine, EngineSetting, InstalledModule, ScannedModule, Standing, UNREAD,
};
use odoo_compiler::facts::{Effect, ModelFacts, Override};
use std::rc::Rc;

const TABLE: Option<&str> = Some("crm_tag");

fn standing() -> Standing {
    let mut standing = Standing::default();
    facts::load(&mut standing, "crm.tag");
    standing
}

fn with(change: impl FnOnce(&mut ModelFacts)) -> Standing {
    let mut standing = standing();
    let mut facts = standing.facts.as_deref().cloned().expect("there are facts");
    change(&mut facts);
    standing.facts = Some(Rc::new(facts));
    standing
}

fn by(effect: Effect, fields: Option<&[&str]>) -> Override {
    Override {
        effect,
        method: "_search".into(),
        module: "crm".into(),
        file: "crm/models/crm_tag.py".into(),
        line: 12,
        fields: fields.map(|fields| fields.iter().map(|name| (*name).to_owned()).collect()),
        only_for: None,
        only_where: None,
    }
}

fn setting(engine: Engine, forced: bool) -> Option<EngineSetting> {
    Some(EngineSetting {
        engine,
        forced,
        reason: "it was compared".into(),
        set_by: "dba".into(),
    })
}

#[track_caller]
fn refusal(standing: &Standing) -> String {
    verdict(standing, TABLE).expect_err("refused").reason()
}

#[test]
fn sql_answers_what_was_read_as_it_is_installed() {
    let standing = standing();
    let answered = verdict(&standing, TABLE).expect("answered");
    assert!(answered.against.is_none());
}

#[test]
fn without_facts_odoo_answers_even_if_somebody_insists() {
    let mut standing = standing();
    standing.facts = None;
    assert_eq!(verdict(&standing, TABLE).err(), Some(Unanswered::Unmade));
    standing.setting = setting(Engine::Sql, true);
    assert_eq!(verdict(&standing, TABLE).err(), Some(Unanswered::Unmade));
    standing.scanned = Rc::default();
    assert_eq!(verdict(&standing, TABLE).err(), Some(Unanswered::NoFacts));
}

#[test]
fn a_scan_is_advised_only_where_it_can_change_something() {
    // abstract models have no facts after the best of scans; what moved since it is another matter
    let mut factless = standing();
    factless.facts = None;
    factless.modules.push(InstalledModule::named("acme"));
    assert_eq!(
        verdict(&factless, None).err(),
        Some(Unanswered::Extended("acme"))
    );

    // a file in error: the module was read, and this is all that is known of it
    let unread = Override {
        module: "sales_team".into(),
        ..by(Effect::Unread, None)
    };
    let mut broken = with(|facts| facts.overrides.push(unread));
    let mut facts = broken.facts.as_deref().cloned().expect("there are facts");
    let modules = facts.modules.iter().filter(|name| *name != "sales_team");
    facts.modules = modules.collect();
    broken.facts = Some(Rc::new(facts.clone()));
    let why = verdict(&broken, TABLE).expect_err("refused");
    assert!(why.reason().contains("crm/models/crm_tag.py:12"), "{why:?}");
    assert!(!why.remedy().contains("scan-addons"), "{why:?}");
    facts.overrides.clear();
    broken.facts = Some(Rc::new(facts));
    let why = verdict(&broken, TABLE).expect_err("refused");
    assert_eq!(why, Unanswered::Unseen("sales_team"));
    assert!(!why.remedy().contains("scan-addons"), "{why:?}");

    for (state, words) in [
        ("to upgrade", "is to be upgraded in Odoo"),
        ("to remove", "is to be removed in Odoo"),
        ("", "Odoo has no version of it"),
    ] {
        let mut pending = standing();
        pending.modules[0].version = state.into();
        let mut scanned = (*pending.scanned).clone();
        let read = scanned.get_mut(&pending.modules[0].name);
        read.expect("it was scanned").version = "19.0.1.0".into();
        pending.scanned = Rc::new(scanned);
        let why = verdict(&pending, TABLE).expect_err("refused");
        assert!(why.reason().ends_with(words), "{why:?}");
        assert!(why.remedy().starts_with("finish that in Odoo"), "{why:?}");
    }
}

#[test]
fn a_module_that_came_went_or_moved_makes_the_facts_worthless() {
    let mut more = standing();
    more.modules.push(InstalledModule::named("acme"));
    assert!(refusal(&more).contains("acme extends it"));
    // it was scanned, but had no say in the model then
    let mut scanned = (*more.scanned).clone();
    scanned.insert("acme".into(), scanned["base"].clone());
    more.scanned = Rc::new(scanned);
    assert!(refusal(&more).contains("acme extends it"));
    if let Some(acme) = more.modules.last_mut() {
        acme.version = "19.0.1.1".into();
    }
    assert!(refusal(&more).contains("acme was scanned as"));

    let mut fewer = standing();
    let gone = fewer.modules.pop().expect("modules").name;
    assert!(refusal(&fewer).contains(&gone));

    let mut newer = standing();
    newer.modules[0].version = "19.0.1.1".into();
    assert!(refusal(&newer).contains("19.0.1.1"));

    let mut again = standing();
    again.modules[0].written_at = Some("2026-11-21 10:00:00".into());
    assert!(refusal(&again).contains("was upgraded"));
}

#[test]
fn while_an_installed_module_is_unread_nothing_is_certain() {
    // it may change rights, or all models at once, and touch none that could tell
    let mut standing = standing();
    let mut scanned = (*standing.scanned).clone();
    let unread = ScannedModule {
        version: UNREAD.into(),
        written_at: None,
    };
    scanned.insert("acme_rules".into(), unread);
    standing.scanned = Rc::new(scanned);
    assert!(refusal(&standing).contains("acme_rules"));
    standing.setting = setting(Engine::Sql, true);
    assert!(verdict(&standing, TABLE).is_ok());
}

#[test]
fn python_that_governs_a_model_is_named_with_its_place() {
    for effect in [
        Effect::Rows,
        Effect::RowSource,
        Effect::Unread,
        Effect::Columns,
        Effect::FieldAccess,
    ] {
        let why = refusal(&with(|facts| facts.overrides.push(by(effect, None))));
        assert!(why.contains("crm/models/crm_tag.py:12"), "{why}");
        let limited = with(|facts| facts.overrides.push(by(effect, Some(&["color"]))));
        assert!(verdict(&limited, TABLE).is_ok(), "{effect:?}");
    }
    for effect in [Effect::Values, Effect::Groups, Effect::Order] {
        let partly = with(|facts| facts.overrides.push(by(effect, None)));
        assert!(verdict(&partly, TABLE).is_ok(), "{effect:?}");
    }
}

#[test]
fn what_has_no_source_names_no_place_and_sends_to_a_scan() {
    let unseen = with(|facts| {
        facts.overrides.push(Override {
            method: "the source was not scanned".into(),
            file: String::new(),
            line: 0,
            ..by(Effect::Unread, None)
        });
    });
    let why = verdict(&unseen, TABLE).expect_err("refused");
    assert_eq!(
        why.reason(),
        "not read for certain: the source was not scanned"
    );
    assert!(why.remedy().starts_with("odoo-mcp scan-addons"));
}

#[test]
fn another_table_than_the_one_python_names_is_never_read() {
    let moved = with(|facts| facts.table = Some("acme_tag".into()));
    assert_eq!(verdict(&moved, TABLE).err(), Some(Unanswered::NoTable));
    assert!(verdict(&moved, Some("acme_tag")).is_ok());
    assert_eq!(verdict(&standing(), None).err(), Some(Unanswered::NoTable));
}

#[test]
fn a_dba_narrows_always_and_widens_only_by_force_and_openly() {
    let mut narrowed = standing();
    narrowed.setting = setting(Engine::Odoo, false);
    assert!(refusal(&narrowed).contains("it was compared"));

    let mut widened = with(|facts| facts.overrides.push(by(Effect::Rows, None)));
    widened.setting = setting(Engine::Sql, false);
    assert!(verdict(&widened, TABLE).is_err());
    widened.setting = setting(Engine::Sql, true);
    let answered = verdict(&widened, TABLE).expect("forced");
    assert!(answered.against.is_some());

    // there is nothing to read
    let mut source = with(|facts| facts.overrides.push(by(Effect::RowSource, None)));
    source.setting = setting(Engine::Sql, true);
    assert!(verdict(&source, TABLE).is_err());
}
