//! Pivots: figures by row keys and column keys, with totals over each.

use super::aggregate::is_list;
use super::group::{Currencies, GroupPlan, GroupRequest, grouped};
use super::key::counts_several_times;
use super::order::{OrderTerm, Written, parse_terms};
use super::read_group::{check_keys, order};
use super::{Bucket, KeyValue, Measure, Sorting};
use crate::access::Subject;
use crate::catalog::{Table, suggestion};
use crate::domain::Domain;
use crate::error::{Code, Error, Result};
use crate::scope::Scope;

/// What a pivot is asked for.
#[derive(Debug)]
pub struct PivotRequest<'a> {
    /// Row keys as written.
    pub rows: &'a [String],
    /// Column keys as written.
    pub columns: &'a [String],
    /// Measures as written.
    pub measures: &'a [String],
    /// Which records.
    pub domain: &'a Domain,
    /// Whether totals are wanted.
    pub totals: bool,
    /// A measure or a row key, with its direction.
    pub sort: Option<&'a str>,
}

/// A planned pivot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PivotPlan {
    /// Row keys, then column keys.
    pub keys: Vec<String>,
    /// So many of the keys are of rows.
    pub row_keys: usize,
    /// Whether totals are answered.
    pub totals: bool,
    /// The measure that rows are sorted by, by its place, and whether downwards.
    pub sort: Option<(usize, bool)>,
    /// One for each choice of keys by which a record counts several times: a total over such a key
    /// counts it once.
    pub parts: Vec<PivotPart>,
}

/// The groups by some of the sets of keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PivotPart {
    /// The groups.
    pub groups: GroupPlan,
    /// The place of each of their keys among the pivot's.
    pub places: Vec<usize>,
    /// The tables that their statement reads.
    pub relations: Vec<Table>,
}

impl PivotPlan {
    /// The periods of the key at that place, if it is a date.
    pub fn bucket(&self, key: usize) -> Option<&Bucket> {
        self.parts.iter().find_map(|part| {
            let at = part.places.iter().position(|place| *place == key)?;
            match &part.groups.keys[at].value {
                KeyValue::Bucket(bucket) => Some(bucket),
                _ => None,
            }
        })
    }

    /// The figures of each group.
    pub fn measures(&self) -> &[Measure] {
        self.parts
            .first()
            .map_or(&[], |part| part.groups.measures.as_slice())
    }
}

/// Plans a pivot.
pub fn pivot(scope: &Scope<'_>, of: &Subject, request: &PivotRequest<'_>) -> Result<PivotPlan> {
    let rows = request.rows.len();
    if rows == 0 {
        return Err(
            Error::new(Code::InvalidArguments, "a pivot needs at least one row key")
                .hint("such as rows: [\"partner_id\"]; without rows use odoo_read_group"),
        );
    }
    let keys = [request.rows, request.columns].concat();
    check_keys("a pivot", &keys)?;
    if let Some(list) = request.measures.iter().find(|key| is_list(key)) {
        return Err(Error::new(
            Code::InvalidArguments,
            format!("{list:?} is a list, and a pivot holds figures"),
        )
        .hint("odoo_read_group answers it"));
    }
    let (sort, written) = sort(of, request)?;
    let mut many = Vec::new();
    for key in &keys {
        many.push(counts_several_times(scope, of, key)?);
    }
    // sets of keys with the same keys of many values go into one statement
    let mut by_many: Vec<(Vec<usize>, Vec<Vec<usize>>)> = Vec::new();
    for set in sets(rows, keys.len(), request.totals) {
        let joined: Vec<usize> = set.iter().copied().filter(|at| many[*at]).collect();
        match by_many.iter_mut().find(|(known, _)| *known == joined) {
            Some((_, sets)) => sets.push(set),
            None => by_many.push((joined, vec![set])),
        }
    }
    let mut parts = Vec::new();
    for (_, sets) in by_many {
        let places: Vec<usize> = (0..keys.len())
            .filter(|at| sets.iter().any(|set| set.contains(at)))
            .collect();
        scope.begin_statement();
        let mut groups = grouped(
            scope,
            of,
            GroupRequest {
                keys: &keys,
                measures: request.measures,
                domain: request.domain,
                currencies: Currencies::Split,
                sets,
            },
        )?;
        let known: Vec<Written<'_>> = written
            .iter()
            .copied()
            .chain(keys.iter().map(|key| Written {
                path: key,
                descending: false,
                nulls_first: None,
            }))
            .filter(|term| groups.keys.iter().any(|key| key.key == term.path))
            .collect();
        groups.order = order(scope, of, &mut groups, &known)?;
        if let Some(code) = groups.currency_code.clone() {
            groups.order.push(OrderTerm {
                by: Sorting::Column(code),
                descending: false,
                nulls_first: None,
            });
        }
        parts.push(PivotPart {
            groups,
            places,
            relations: scope.relations(),
        });
    }
    Ok(PivotPlan {
        keys,
        row_keys: rows,
        totals: request.totals,
        sort,
        parts,
    })
}

/// Every set of keys a pivot is made of: rows by columns, rows alone for the order and the total
/// over columns, columns alone for their order, and for totals each prefix of the row keys.
fn sets(rows: usize, keys: usize, totals: bool) -> Vec<Vec<usize>> {
    let columns: Vec<usize> = (rows..keys).collect();
    let prefixes = if totals {
        (0..=rows).rev().collect()
    } else {
        vec![rows]
    };
    let mut sets: Vec<Vec<usize>> = Vec::new();
    for prefix in prefixes {
        let alone: Vec<usize> = (0..prefix).collect();
        sets.push([alone.as_slice(), &columns].concat());
        sets.push(alone);
    }
    sets.push(columns);
    let mut known = Vec::new();
    sets.retain(|set| {
        let is_new = !known.contains(set);
        known.push(set.clone());
        is_new
    });
    sets
}

type Sort<'a> = (Option<(usize, bool)>, Vec<Written<'a>>);

/// The measure to sort rows by, or the row keys.
fn sort<'a>(of: &Subject, request: &PivotRequest<'a>) -> Result<Sort<'a>> {
    let Some(text) = request.sort.map(str::trim).filter(|t| !t.is_empty()) else {
        return Ok((None, Vec::new()));
    };
    let terms = parse_terms(&of.model.name, text)?;
    let counted = [String::from("__count")];
    let measures = if request.measures.is_empty() {
        &counted
    } else {
        request.measures
    };
    if let [term] = terms.as_slice()
        && let Some(at) = measures.iter().position(|m| m == term.path)
    {
        return Ok((Some((at, term.descending)), Vec::new()));
    }
    for term in &terms {
        if !request.rows.iter().any(|row| row == term.path) {
            let known = || measures.iter().chain(request.rows).map(String::as_str);
            let listed = known().collect::<Vec<_>>().join(", ");
            return Err(Error::new(
                Code::InvalidArguments,
                format!("the pivot cannot be sorted by {:?}", term.path),
            )
            .hint(
                suggestion(term.path, known())
                    .unwrap_or_else(|| format!("sort by one measure or by row keys: {listed}")),
            ));
        }
    }
    Ok((None, terms))
}
