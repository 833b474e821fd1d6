//! As whom questions are asked where nobody is named: users who differ in what they may.

use serde::Deserialize;
use std::collections::BTreeSet;

/// Internal users.
const INTERNAL: usize = 5;

/// An active user of Odoo.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Person {
    login: String,
    is_internal: bool,
    group_ids: BTreeSet<i64>,
}

/// The internal user in the most groups, those who are the least like the ones before, and one of the others.
pub(super) fn chosen(mut people: Vec<Person>) -> Vec<String> {
    people.sort_by(|a, b| a.login.cmp(&b.login));
    let (mut internal, others): (Vec<Person>, Vec<Person>) =
        people.into_iter().partition(|person| person.is_internal);
    let mut chosen: Vec<Person> = Vec::new();
    while chosen.len() < INTERNAL && !internal.is_empty() {
        let rank = |at: &usize| rank(&internal[*at], &chosen);
        // backwards, so that of equals it is the first one
        let next = (0..internal.len())
            .rev()
            .max_by(|a, b| rank(a).total_cmp(&rank(b)));
        chosen.extend(next.map(|next| internal.remove(next)));
    }
    let outsider = others
        .into_iter()
        .rev()
        .max_by_key(|person| person.group_ids.len());
    chosen.extend(outsider);
    chosen.into_iter().map(|person| person.login).collect()
}

fn rank(person: &Person, chosen: &[Person]) -> f64 {
    if chosen.is_empty() {
        return person.group_ids.len() as f64;
    }
    let far = |other: &Person| {
        let shared = person.group_ids.intersection(&other.group_ids).count();
        let all = person.group_ids.union(&other.group_ids).count().max(1);
        1.0 - shared as f64 / all as f64
    };
    chosen.iter().map(far).fold(1.0, f64::min)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(login: &str, is_internal: bool, groups: &[i64]) -> Person {
        Person {
            login: login.to_owned(),
            is_internal,
            group_ids: groups.iter().copied().collect(),
        }
    }

    #[test]
    fn users_with_the_same_groups_are_asked_for_last() {
        let people = vec![
            person("clone", true, &[1, 2, 3, 4]),
            person("admin", true, &[1, 2, 3, 4, 5]),
            person("sales", true, &[1, 2]),
            person("stock", true, &[1, 9]),
            person("nobody", true, &[]),
            person("portal", false, &[7]),
            person("public", false, &[]),
        ];
        let logins = chosen(people);
        assert_eq!(logins[0], "admin");
        assert_eq!(logins[4..], ["clone", "portal"]);
        assert_eq!(logins.len(), 6);
        assert!(chosen(Vec::new()).is_empty());
    }
}
