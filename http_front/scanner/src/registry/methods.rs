//! What the methods of a model may change of a read, by their names.

use odoo_compiler::facts::document::Effect;

/// What a method of any model may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// An effect of its own.
    Effect(Effect),
    /// What a record is called.
    DisplayName,
    /// Which records a text finds by their names.
    NameSearch,
}

/// The method's reach, over the methods that Odoo 16 to 19 pass through from a call to a row; nothing
/// where a read does not pass through it, as none does through `fields_get` and the views.
pub(super) fn reach(method: &str) -> Option<Reach> {
    use Reach::{DisplayName, NameSearch};
    let effect = match method {
        "_compute_display_name" | "name_get" => return Some(DisplayName),
        "_search_display_name" | "_name_search" | "name_search" | "web_name_search" => {
            return Some(NameSearch);
        }
        // rows: which there are for the user
        "search"
        | "_search"
        | "search_count"
        | "search_fetch"
        | "fetch"
        | "_fetch_query"
        | "browse"
        | "exists"
        | "_as_query"
        | "_where_calc"
        | "_flush_search"
        | "_apply_ir_rules"
        | "_check_access"
        | "check_access"
        | "has_access"
        | "_filtered_access"
        | "check_access_rights"
        | "check_access_rule"
        | "_filter_access_rules"
        | "_filter_access_rules_python"
        | "filtered_domain" => Effect::Rows,
        "_table_query" | "_table_sql" => Effect::RowSource,
        // values of rows that were found
        "read"
        | "_read"
        | "_read_format"
        | "_fetch_field"
        | "search_read"
        | "web_read"
        | "web_search_read"
        | "web_search_read_format"
        | "_convert_to_record"
        | "_origin"
        | "_get_base_lang" => Effect::Values,
        "read_group"
        | "_read_group"
        | "_read_group_raw"
        | "_read_grouping_sets"
        | "formatted_read_group"
        | "formatted_read_grouping_sets"
        | "web_read_group"
        | "_web_read_group"
        | "read_progress_bar"
        | "_read_progress_bar"
        | "_read_group_select"
        | "_read_group_groupby"
        | "_read_group_orderby"
        | "_read_group_having"
        | "_read_group_empty_value"
        | "_read_group_postprocess_aggregate"
        | "_read_group_postprocess_groupby"
        | "_read_group_format_result"
        | "_read_group_format_result_properties"
        | "_read_group_fill_results"
        | "_read_group_fill_temporal"
        | "_read_group_prepare"
        | "_read_group_process_groupby"
        | "_read_group_prepare_data"
        | "_read_group_resolve_many2x_fields"
        | "_read_group_expand_full"
        | "_read_group_expand_states"
        | "_read_group_get_annotated"
        | "_read_group_groupby_properties"
        | "_read_group_postprocess_properties"
        | "_web_read_group_format"
        | "_web_read_group_groupby_formatter"
        | "_web_read_group_expand"
        | "_web_read_group_fill_temporal"
        | "_web_read_group_field_expand"
        | "_web_read_group_groupby_properties_formatter" => Effect::Groups,
        "_order_to_sql"
        | "_order_field_to_sql"
        | "_generate_order_by"
        | "_generate_order_by_inner"
        | "_generate_m2o_order_by" => Effect::Order,
        "_field_to_sql"
        | "_field_properties_to_sql"
        | "_condition_to_sql"
        | "_inherits_join"
        | "_inherits_join_calc"
        | "_inherits_join_add"
        | "_traverse_related_sql" => Effect::Columns,
        "_has_field_access"
        | "_check_field_access"
        | "check_field_access_rights"
        | "user_has_groups"
        | "_determine_fields_to_fetch"
        | "_is_field_accessible" => Effect::FieldAccess,
        // the ways to other users, companies and contexts, and what every access goes through
        "sudo"
        | "with_user"
        | "with_company"
        | "with_context"
        | "with_env"
        | "__getattribute__"
        | "__getattr__"
        | "__getitem__"
        | "__iter__"
        | "__new__"
        | "__init_subclass__"
        | "_setup_models__"
        | "_build_model"
        | "_build_model_attributes"
        | "_prepare_setup"
        | "_setup_base"
        | "_setup_complete"
        | "_setup_fields"
        | "_add_field"
        | "_pop_field"
        | "_post_model_setup__" => Effect::Unread,
        _ => return None,
    };
    Some(Reach::Effect(effect))
}

/// The models that [`reaches_all`] knows methods of.
pub(super) const FOR_ALL: [&str; 7] = [
    "ir.rule",
    "ir.model.access",
    "res.users",
    "res.groups",
    "decimal.precision",
    "res.currency",
    "res.lang",
];

/// What the methods of these models decide for all others: rights, groups, companies. Odoo's own are
/// reproduced; another module's are not.
pub(super) fn reaches_all(model: &str, method: &str) -> Option<Effect> {
    let effect = match (model, method) {
        (
            "ir.rule",
            "_compute_domain"
            | "_compute_domain_keys"
            | "_get_rules"
            | "_eval_context"
            | "domain_get"
            | "_compute_domain_context_values",
        )
        | (
            "ir.model.access",
            "check" | "_get_allowed_models" | "_get_access_groups" | "check_mode",
        )
        | (
            "res.users",
            "_get_group_ids"
            | "_get_company_ids"
            | "_is_superuser"
            | "_compute_all_group_ids"
            | "_search_all_group_ids"
            | "_compute_company_ids",
        )
        | (
            "res.groups",
            "_get_group_definitions" | "_compute_all_implied_ids" | "_search_all_implied_ids",
        ) => Effect::Rows,
        ("res.users", "has_group" | "_has_group" | "has_groups" | "_is_system" | "_is_admin") => {
            Effect::FieldAccess
        }
        ("decimal.precision", "precision_get") | ("res.currency", "round" | "_get_rates") => {
            Effect::Values
        }
        ("res.lang", "_get_data" | "_get_active_by" | "_lang_get") => Effect::Values,
        _ => return None,
    };
    Some(effect)
}

/// Whether the field of the model tells for all others which groups and companies a user has.
pub(super) fn field_reaches_all(model: &str, field: &str) -> bool {
    matches!(
        (model, field),
        (
            "res.users",
            "all_group_ids" | "group_ids" | "groups_id" | "company_ids" | "company_id"
        ) | (
            "res.groups",
            "all_implied_ids" | "implied_ids" | "trans_implied_ids"
        )
    )
}

/// Whether an argument of a field's definition leaves the values of its records as they are.
pub(super) fn keeps_values(argument: &str) -> bool {
    matches!(
        argument,
        "string" | "help" | "default" | "tracking" | "copy" | "readonly" | "required" | "index"
    )
}

#[cfg(test)]
mod tests {
    use super::{FOR_ALL, Reach, reach, reaches_all};
    use odoo_compiler::facts::document::Effect;
    use std::collections::BTreeSet;

    #[test]
    fn methods_that_a_read_passes_through_have_their_reach_and_others_none() {
        assert_eq!(reach("_search"), Some(Reach::Effect(Effect::Rows)));
        assert_eq!(reach("_compute_display_name"), Some(Reach::DisplayName));
        assert_eq!(reach("name_search"), Some(Reach::NameSearch));
        assert_eq!(reach("create"), None);
        assert_eq!(reach("_compute_amount"), None);
    }

    /// The texts in quotes between these marks.
    fn texts(source: &str, start: &str, end: &str, quote: char) -> BTreeSet<String> {
        let source = &source[source.find(start).expect("its start") + start.len()..];
        let source = &source[..source.find(end).expect("its end")];
        let pieces = source.split(quote).skip(1).step_by(2);
        pieces.map(str::to_owned).collect()
    }

    #[test]
    fn the_script_of_the_reviews_knows_the_same_methods() {
        let (own, script) = (
            include_str!("methods.rs"),
            include_str!("../../review/digest.py"),
        );
        let of_reach = texts(own, "fn reach(", "\n}\n", '"');
        let listed = script
            .split("METHODS = set(\"\"\"")
            .nth(1)
            .expect("its list");
        let listed = listed.split("\"\"\"").next().expect("its end");
        let listed: BTreeSet<String> = listed.split_whitespace().map(str::to_owned).collect();
        assert_eq!(of_reach, listed);
        assert!(listed.len() > 90 && listed.iter().all(|name| reach(name).is_some()));
        let system = texts(script, "SYSTEM = {", "\n}\n", '\'');
        assert_eq!(texts(own, "fn reaches_all(", "\n}\n", '"'), system);
    }

    #[test]
    fn what_decides_for_all_models_is_known_by_model_and_method() {
        assert_eq!(
            reaches_all("ir.rule", "_compute_domain"),
            Some(Effect::Rows)
        );
        assert_eq!(reaches_all("acme.rule", "_compute_domain"), None);
        let methods = [
            "_get_rules",
            "check",
            "has_group",
            "_get_group_definitions",
            "precision_get",
            "round",
            "_get_data",
        ];
        for (model, method) in FOR_ALL.iter().zip(methods) {
            assert!(reaches_all(model, method).is_some(), "{model}");
        }
    }
}
