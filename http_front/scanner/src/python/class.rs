//! A class as it is written: its attributes, fields and methods.

use super::literal::Scope;
use super::module::{Kind, Module};
use super::names::{Binding, Names};
use super::order::Defined;
use super::statements::running;
use super::text::Text;
use super::{Attribute, Class, FieldDefinition, Literal, Method, Unread};
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, ExprAttribute, ExprCall, Stmt, StmtFunctionDef};
use ruff_text_size::{Ranged, TextRange};

/// What was read of a class, and what it is.
pub(super) struct Found {
    pub(super) class: Class,
    pub(super) kind: Kind,
    /// A base of it, or what makes the class itself, may make a model of it that doesn't look like one.
    pub(super) is_made: bool,
}

/// A class body while it is read.
struct Body<'m, 't> {
    module: &'m Module<'t>,
    file: usize,
    text: &'t Text,
    names: Names<'t>,
    class: Class,
}

/// Reads a class.
pub(super) fn read<'t>(module: &Module<'t>, defined: &Defined<'t>) -> Found {
    let file = &module.tree.files[defined.file];
    let class = defined.class;
    let name = class.name.to_string();
    let mut bases = Vec::new();
    let mut base_paths = Vec::new();
    let mut kind = Kind::Plain;
    let mut is_made = false;
    for base in class.bases() {
        bases.push(short(file.text.slice(base.range())));
        let path = match base {
            Expr::Name(_) | Expr::Attribute(_) => module.path(defined.file, None, base),
            // `namedtuple(…)` is no model; whatever else a call gives can't be told
            Expr::Call(call) => module
                .path(defined.file, None, &call.func)
                .filter(|path| !path.starts_with("odoo.") && !path.starts_with("builtins.")),
            _ => None,
        };
        // a name in a function may be the function's own
        let path = path.filter(|path| {
            !defined.is_inner || !path.starts_with("builtins.") || path == "builtins.object"
        });
        is_made |= path.is_none() && matches!(base, Expr::Call(_));
        kind = kind.max(module.kind(path.as_deref()));
        base_paths.push(path);
    }
    let mut keywords = class.keywords().iter();
    if keywords.any(|keyword| keyword.arg.as_ref().is_none_or(|arg| arg == "metaclass")) {
        kind = kind.max(Kind::Unknown);
    }
    let mut body = Body {
        module,
        file: defined.file,
        text: &file.text,
        names: Names::new(&class.body, &file.package),
        class: Class {
            path: format!("{}.{name}", file.dotted),
            name,
            place: module.place(defined.file, class.name.start()),
            bases,
            base_paths,
            is_conditional: defined.is_conditional,
            attributes: Vec::new(),
            fields: Vec::new(),
            methods: Vec::new(),
            unread: Vec::new(),
        },
    };
    for decorator in &class.decorator_list {
        body.unread(decorator.range(), "a class decorator");
    }
    if let Some(arguments) = &class.arguments
        && !arguments.keywords.is_empty()
    {
        body.unread(arguments.range(), "arguments of a class");
    }
    if class
        .bases()
        .iter()
        .any(|base| matches!(base, Expr::Starred(_)))
    {
        body.unread(class.name.range(), "bases of a class that are a list");
    }
    for statement in running(&class.body) {
        body.statement(statement.stmt);
    }
    let mut bound = Hidden { found: Vec::new() };
    bound.visit_body(&class.body);
    for (range, what) in bound.found {
        body.unread(range, what);
    }
    body.keep_last();
    Found {
        class: body.class,
        kind,
        is_made,
    }
}

impl<'t> Body<'_, 't> {
    fn statement(&mut self, stmt: &'t Stmt) {
        match stmt {
            Stmt::FunctionDef(function) => self.method(function),
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    self.target(target, &assign.value, stmt.range());
                }
            }
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    self.target(&assign.target, value, stmt.range());
                }
            }
            Stmt::AugAssign(assign) => match &*assign.target {
                Expr::Name(name) => {
                    if may_be_field(&name.id) {
                        self.unknown(&name.id, stmt.range());
                    }
                    self.attribute(&name.id, Literal::Unread, stmt.range());
                }
                _ => self.unread(stmt.range(), "a change in a class body"),
            },
            // a class inside is a value like another
            Stmt::ClassDef(class) => {
                self.attribute(&class.name, Literal::Unread, class.name.range())
            }
            // what it binds may be a method or a field
            Stmt::Import(_) | Stmt::ImportFrom(_) => {
                self.unread(stmt.range(), "an import in a class body");
            }
            Stmt::Expr(expr) => {
                if !self.is_harmless(&expr.value) {
                    self.unread(stmt.range(), "a call in a class body");
                }
            }
            Stmt::Pass(_)
            | Stmt::Assert(_)
            | Stmt::Break(_)
            | Stmt::Continue(_)
            | Stmt::Raise(_) => {}
            // what is in these comes next
            Stmt::If(_) | Stmt::Try(_) | Stmt::With(_) | Stmt::Match(_) => {
                self.unread(head(stmt), "a condition in a class body");
            }
            Stmt::For(_) | Stmt::While(_) => self.unread(head(stmt), "a loop in a class body"),
            _ => self.unread(stmt.range(), "a statement in a class body"),
        }
    }

    /// A text that says something, or a change to a list of the class, whose value is not told then.
    fn is_harmless(&self, expr: &Expr) -> bool {
        match expr {
            Expr::EllipsisLiteral(_) => true,
            Expr::Call(call) => match &*call.func {
                Expr::Attribute(attribute) => match &*attribute.value {
                    Expr::Name(name) => {
                        let name = name.id.as_str();
                        self.names.changed.contains(name)
                            && match self.names.single(name) {
                                // no other name of what the class itself is made of
                                Some(Binding::Value(value)) => {
                                    self.scope().value(value) != Literal::Unread
                                }
                                _ => false,
                            }
                            && !self.class.fields.iter().any(|field| field.name == name)
                    }
                    _ => false,
                },
                _ => false,
            },
            other => other.is_literal_expr(),
        }
    }

    fn target(&mut self, target: &'t Expr, value: &'t Expr, range: TextRange) {
        match (target, value) {
            (Expr::Name(name), _) => self.assignment(&name.id, value, range),
            (Expr::Tuple(names), Expr::Tuple(values)) if names.elts.len() == values.elts.len() => {
                for (name, value) in names.elts.iter().zip(&values.elts) {
                    self.target(name, value, range);
                }
            }
            (Expr::Tuple(names), _) => {
                for name in &names.elts {
                    if let Expr::Name(name) = name {
                        self.attribute(&name.id, Literal::Unread, range);
                    }
                }
                self.unread(range, "an assignment to several names in a class body");
            }
            (Expr::Attribute(attribute), _) => self.field_attribute(attribute, value, range),
            _ => self.unread(range, "a change in a class body"),
        }
    }

    /// `partner_id.write_sequence = 19`, of a field above.
    fn field_attribute(&mut self, attribute: &ExprAttribute, value: &'t Expr, range: TextRange) {
        let value = self.scope().value(value);
        let field = match &*attribute.value {
            Expr::Name(name) => {
                let fields = self.class.fields.iter_mut();
                fields.rev().find(|field| field.name == name.id.as_str())
            }
            _ => None,
        };
        match field {
            // how writes are ordered is all that it changes
            Some(_)
                if matches!(
                    attribute.attr.as_str(),
                    "write_sequence" | "create_sequence"
                ) => {}
            Some(field) => {
                field.is_open = true;
                field.keywords.push((attribute.attr.to_string(), value));
            }
            None => self.unread(range, "a change in a class body"),
        }
    }

    fn assignment(&mut self, name: &str, value: &'t Expr, range: TextRange) {
        let mut is_table_object = false;
        if let Expr::Call(call) = value {
            let path = self.module.path(self.file, Some(&self.names), &call.func);
            is_table_object = matches!(
                path.as_deref(),
                Some("odoo.models.Constraint" | "odoo.models.Index" | "odoo.models.UniqueIndex")
            );
            match self.module.kind(path.as_deref()) {
                Kind::Field => {
                    return self.field(name, call, path.as_deref().unwrap_or_default(), range);
                }
                Kind::Plain if path.is_some() => {}
                // a class of this module that is no field, or a model's
                Kind::Model => {}
                // a function may give a field
                _ => {
                    if matches!(self.scope().value(value), Literal::Unread) {
                        let what = format!(
                            "a call that may make a field: {}",
                            short(self.text.slice(call.func.range()))
                        );
                        self.unread(range, &what);
                    }
                }
            }
        }
        let made = value;
        let value = match value {
            // another name of a field, or of what was assigned before
            Expr::Name(other)
                if self
                    .class
                    .fields
                    .iter()
                    .any(|field| field.name == other.id.as_str()) =>
            {
                self.unread(range, "a field under two names");
                Literal::Unread
            }
            _ if self.names.changed.contains(name) => Literal::Unread,
            value => self.scope().value(value),
        };
        // a method under another name, or something that may be one
        if let Literal::Callable(_) | Literal::Unread = value
            && !is_table_object
        {
            let digest = self.text.digest(range);
            self.class.methods.push(Method {
                name: name.to_owned(),
                place: self.module.place(self.file, range.start()),
                last_line: self.module.place(self.file, range.end()).line,
                digest,
                calls_super: false,
                decorators: Vec::new(),
            });
        }
        if may_be_field(name) && !is_table_object && self.scope().value(made) == Literal::Unread {
            self.unknown(name, range);
        }
        self.attribute(name, value, range);
    }

    /// A field of which nobody knows what it is, or if it is one.
    fn unknown(&mut self, name: &str, range: TextRange) {
        self.class.fields.push(FieldDefinition {
            name: name.to_owned(),
            class: String::new(),
            positional: Vec::new(),
            keywords: Vec::new(),
            is_open: true,
            place: self.module.place(self.file, range.start()),
        });
    }

    fn attribute(&mut self, name: &str, value: Literal, range: TextRange) {
        self.class.attributes.push(Attribute {
            name: name.to_owned(),
            value,
            place: self.module.place(self.file, range.start()),
        });
    }

    fn field(&mut self, name: &str, call: &'t ExprCall, path: &str, range: TextRange) {
        let scope = self.scope();
        let mut is_open = false;
        let mut positional = Vec::new();
        for argument in &call.arguments.args {
            if matches!(argument, Expr::Starred(_)) {
                is_open = true;
            } else {
                positional.push(scope.value(argument));
            }
        }
        let mut keywords = Vec::new();
        for keyword in &call.arguments.keywords {
            match &keyword.arg {
                Some(name) => keywords.push((name.to_string(), scope.value(&keyword.value))),
                None => match scope.value(&keyword.value) {
                    // `**KNOWN`
                    Literal::Dict(pairs)
                        if pairs.iter().all(|(key, _)| matches!(key, Literal::Str(_))) =>
                    {
                        for (key, value) in pairs {
                            if let Literal::Str(key) = key {
                                keywords.push((key, value));
                            }
                        }
                    }
                    _ => is_open = true,
                },
            }
        }
        self.class.fields.push(FieldDefinition {
            name: name.to_owned(),
            class: path.rsplit('.').next().unwrap_or_default().to_owned(),
            positional,
            keywords,
            is_open,
            place: self.module.place(self.file, range.start()),
        });
    }

    fn method(&mut self, function: &'t StmtFunctionDef) {
        let mut supers = Supers { found: false };
        supers.visit_body(&function.body);
        let decorators = function.decorator_list.iter().map(|decorator| {
            let mut expr = &decorator.expression;
            while let Expr::Call(call) = expr {
                expr = &call.func;
            }
            short(self.text.slice(expr.range()))
        });
        self.class.methods.push(Method {
            name: function.name.to_string(),
            place: self.module.place(self.file, function.name.start()),
            last_line: self.module.place(self.file, function.end()).line,
            digest: digest(self.text, function),
            calls_super: supers.found,
            decorators: decorators.collect(),
        });
    }

    fn scope(&self) -> Scope<'_, 't> {
        Scope {
            module: self.module,
            file: self.file,
            local: Some(&self.names),
        }
    }

    fn unread(&mut self, range: TextRange, what: &str) {
        let place = self.module.place(self.file, range.start());
        self.class.unread.push(Unread {
            what: what.to_owned(),
            place,
        });
    }

    /// Of a name that is assigned twice only the last value counts.
    fn keep_last(&mut self) {
        let names = &self.names;
        let assigned_again = |name: &str| names.bindings.get(name).is_some_and(|all| all.len() > 1);
        let attributes = std::mem::take(&mut self.class.attributes);
        self.class.attributes = last_of_each(attributes, |attribute| &attribute.name);
        let fields = std::mem::take(&mut self.class.fields);
        self.class.fields = last_of_each(fields, |field| &field.name);
        // first one, then the other: which one counts is seen by its place
        let fields = &self.class.fields;
        self.class.attributes.retain(|attribute| {
            !assigned_again(&attribute.name)
                || !fields.iter().any(|field| {
                    field.name == attribute.name && field.place.line > attribute.place.line
                })
        });
        let attributes = &self.class.attributes;
        self.class.fields.retain(|field| {
            let last_is_function = matches!(
                names
                    .bindings
                    .get(field.name.as_str())
                    .and_then(|all| all.last()),
                Some(Binding::Function)
            );
            !last_is_function
                && !attributes.iter().any(|attribute| {
                    attribute.name == field.name && attribute.place.line > field.place.line
                })
        });
    }
}

/// Odoo lets modules call a field anything; by a name with an underscore at its beginning no read asks
/// for one that is not Odoo's own.
fn may_be_field(name: &str) -> bool {
    !name.starts_with('_')
}

fn last_of_each<T>(all: Vec<T>, name: impl Fn(&T) -> &String) -> Vec<T> {
    let mut seen = std::collections::HashSet::new();
    let mut kept: Vec<T> = Vec::with_capacity(all.len());
    for one in all.into_iter().rev() {
        if seen.insert(name(&one).clone()) {
            kept.push(one);
        }
    }
    kept.reverse();
    kept
}

/// The first line of a compound statement.
fn head(stmt: &Stmt) -> TextRange {
    TextRange::empty(stmt.start())
}

/// The digest of a function, see [`crate::review`].
pub(super) fn digest(text: &Text, function: &StmtFunctionDef) -> String {
    // not the range of the function itself, whose end may be in the comments after it
    let first = function
        .decorator_list
        .first()
        .map_or(function.range.start(), |first| first.range.start());
    let last = function
        .body
        .last()
        .map_or(function.range.end(), Ranged::end);
    text.digest(TextRange::new(first, last))
}

/// Source in a message: its first line, not too long.
pub(super) fn short(source: &str) -> String {
    let line = source.lines().next().unwrap_or_default();
    if line.chars().count() > 80 {
        return line.chars().take(79).chain(['…']).collect();
    }
    line.to_owned()
}

/// What binds names of a class body, or changes them, in the middle of its expressions.
struct Hidden {
    found: Vec<(TextRange, &'static str)>,
}

impl<'a> Visitor<'a> for Hidden {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            // their bodies have names of their own
            Stmt::FunctionDef(function) => {
                for decorator in &function.decorator_list {
                    self.visit_decorator(decorator);
                }
                self.visit_parameters(&function.parameters);
                if let Some(returns) = &function.returns {
                    self.visit_annotation(returns);
                }
            }
            Stmt::ClassDef(class) => {
                for decorator in &class.decorator_list {
                    self.visit_decorator(decorator);
                }
                if let Some(arguments) = &class.arguments {
                    self.visit_arguments(arguments);
                }
            }
            _ => visitor::walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Named(_) => self.found.push((
                expr.range(),
                "an assignment in an expression of a class body",
            )),
            Expr::Name(name)
                if matches!(
                    name.id.as_str(),
                    "locals" | "vars" | "exec" | "eval" | "__import__"
                ) =>
            {
                self.found
                    .push((expr.range(), "code made in a class body when it runs"));
            }
            Expr::Lambda(lambda) => {
                if let Some(parameters) = &lambda.parameters {
                    self.visit_parameters(parameters);
                }
                return;
            }
            _ => {}
        }
        visitor::walk_expr(self, expr);
    }
}

/// Looks for `super()`.
struct Supers {
    found: bool,
}

impl<'a> Visitor<'a> for Supers {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr
            && matches!(&*call.func, Expr::Name(name) if name.id == "super")
        {
            self.found = true;
        }
        visitor::walk_expr(self, expr);
    }
}
