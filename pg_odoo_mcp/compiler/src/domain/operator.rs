/// The operators of conditions. Odoo's relational `any` is `Exists`, to keep it apart from `|`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the operators'")]
pub enum Operator {
    Equal,
    NotEqual,
    EqualIfSet,
    In,
    NotIn,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Like,
    NotLike,
    Ilike,
    NotIlike,
    LikePattern,
    NotLikePattern,
    IlikePattern,
    NotIlikePattern,
    ChildOf,
    ParentOf,
    Exists,
    NotExists,
    /// `any!`: asks no rights of the records on the way. Nobody can write it.
    ExistsUnchecked,
}

use Operator::*;

const NAMES: &[(&str, Operator)] = &[
    ("=", Equal),
    ("!=", NotEqual),
    ("<>", NotEqual),
    ("==", Equal),
    ("=?", EqualIfSet),
    ("in", In),
    ("not in", NotIn),
    ("<", Less),
    ("<=", LessOrEqual),
    (">", Greater),
    (">=", GreaterOrEqual),
    ("like", Like),
    ("not like", NotLike),
    ("ilike", Ilike),
    ("not ilike", NotIlike),
    ("=like", LikePattern),
    ("not =like", NotLikePattern),
    ("=ilike", IlikePattern),
    ("not =ilike", NotIlikePattern),
    ("child_of", ChildOf),
    ("parent_of", ParentOf),
    ("any", Exists),
    ("not any", NotExists),
];

impl Operator {
    /// The operator of that spelling; Odoo lower-cases it first.
    pub fn from_name(name: &str) -> Option<Operator> {
        let name = name.to_lowercase();
        NAMES.iter().find(|(n, _)| *n == name).map(|(_, op)| *op)
    }

    /// Every spelling, for did-you-mean.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|(name, _)| *name)
    }

    /// The usual spelling.
    pub fn name(self) -> &'static str {
        NAMES
            .iter()
            .find(|(_, op)| *op == self)
            .map_or("?", |(name, _)| name)
    }

    /// The operator that holds exactly where this one does not; inequalities have none, because
    /// of NULL, and neither have the hierarchies.
    pub fn inverse(self) -> Option<Operator> {
        const PAIRS: &[(Operator, Operator)] = &[
            (Equal, NotEqual),
            (In, NotIn),
            (Like, NotLike),
            (Ilike, NotIlike),
            (LikePattern, NotLikePattern),
            (IlikePattern, NotIlikePattern),
            (Exists, NotExists),
        ];
        PAIRS.iter().find_map(|&(a, b)| {
            if self == a {
                Some(b)
            } else if self == b {
                Some(a)
            } else {
                None
            }
        })
    }

    /// `<` for `>=` and so on.
    pub fn inverse_inequality(self) -> Option<Operator> {
        match self {
            Less => Some(GreaterOrEqual),
            GreaterOrEqual => Some(Less),
            Greater => Some(LessOrEqual),
            LessOrEqual => Some(Greater),
            _ => None,
        }
    }

    /// `<`, `<=`, `>`, `>=`
    pub fn is_inequality(self) -> bool {
        self.inverse_inequality().is_some()
    }

    /// `!=`, `not in`, `not like`, …
    pub fn is_negative(self) -> bool {
        matches!(
            self,
            NotEqual | NotIn | NotLike | NotIlike | NotLikePattern | NotIlikePattern | NotExists
        )
    }

    /// The `like` family.
    pub fn is_like(self) -> bool {
        matches!(
            self,
            Like | NotLike
                | Ilike
                | NotIlike
                | LikePattern
                | NotLikePattern
                | IlikePattern
                | NotIlikePattern
        )
    }

    /// The `like` whose pattern is the value itself, without wildcards around it.
    pub fn is_pattern(self) -> bool {
        matches!(
            self,
            LikePattern | NotLikePattern | IlikePattern | NotIlikePattern
        )
    }

    /// Compares without regard to case.
    pub fn ignores_case(self) -> bool {
        matches!(self, Ilike | NotIlike | IlikePattern | NotIlikePattern)
    }
}
