//! The files of a module that its `__init__.py` imports, and what these import.

use super::names::absolute;
use super::nesting::is_shallow;
use super::statements::running;
use super::text::{Text, hex};
use super::{Place, Unread};
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Stmt, Suite};
use ruff_python_parser::parse_module;
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// How the names of files end that Python imports beside source.
const COMPILED: [&str; 3] = [".so", ".pyd", ".pyc"];

/// No module has more; links to folders could make any number.
const MOST_FILES: usize = 10_000;

/// A file that could be read.
pub(super) struct SourceFile {
    /// `odoo.addons.sale.models.sale_order`
    pub(super) dotted: String,
    /// The package that its relative imports begin at.
    pub(super) package: String,
    /// `sale/models/sale_order.py`
    pub(super) shown: String,
    pub(super) text: Text,
    pub(super) suite: Suite,
}

/// The files of a module.
pub(super) struct Tree {
    /// `odoo.addons.sale`
    pub(super) root: String,
    pub(super) files: Vec<SourceFile>,
    pub(super) by_dotted: HashMap<String, usize>,
    /// What was looked for, and is a file that can't be read, or no file.
    refused: HashSet<String>,
    pub(super) unread: Vec<Unread>,
    pub(super) digest: String,
}

/// A module that an import may load.
pub(super) struct Target {
    pub(super) dotted: String,
    /// It may be a name inside of a module as well.
    pub(super) may_be_name: bool,
}

/// What an import statement loads, in that order.
pub(super) fn targets(stmt: &Stmt, package: &str) -> Option<Vec<Target>> {
    match stmt {
        Stmt::Import(import) => Some(
            import
                .names
                .iter()
                .map(|alias| Target {
                    dotted: today(alias.name.as_str()),
                    may_be_name: false,
                })
                .collect(),
        ),
        Stmt::ImportFrom(import) => {
            let base = today(&absolute(import, package)?);
            let mut found = vec![Target {
                dotted: base.clone(),
                may_be_name: false,
            }];
            for alias in &import.names {
                if alias.name.as_str() != "*" {
                    found.push(Target {
                        dotted: format!("{base}.{}", alias.name),
                        may_be_name: true,
                    });
                }
            }
            Some(found)
        }
        _ => Some(Vec::new()),
    }
}

/// `odoo.addons` under its old name.
fn today(dotted: &str) -> String {
    match dotted.strip_prefix("openerp.") {
        Some(rest) => format!("odoo.{rest}"),
        None => dotted.to_owned(),
    }
}

impl Tree {
    pub(super) fn open(folder: &Path) -> Self {
        let name = folder
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        let mut tree = Self {
            root: format!("odoo.addons.{name}"),
            files: Vec::new(),
            by_dotted: HashMap::new(),
            refused: HashSet::new(),
            unread: Vec::new(),
            digest: String::new(),
        };
        let mut loading = Loading {
            name: &name,
            folder,
            real: folder.canonicalize().unwrap_or_else(|_| folder.to_owned()),
            seen: HashMap::new(),
            compiled: HashMap::new(),
        };
        let root = tree.root.clone();
        let mut waiting = VecDeque::from([root]);
        let mut asked: HashSet<String> = waiting.iter().cloned().collect();
        while let Some(dotted) = waiting.pop_front() {
            let Some(index) = tree.load(&mut loading, &dotted) else {
                continue;
            };
            for wanted in tree.wanted(index) {
                if asked.insert(wanted.clone()) {
                    waiting.push_back(wanted);
                }
            }
        }
        tree.digest = tree.hash();
        tree
    }

    /// Whether it is the module's own.
    pub(super) fn owns(&self, dotted: &str) -> bool {
        dotted
            .strip_prefix(&self.root)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }

    /// Whether there is something under this name, readable or not.
    pub(super) fn knows(&self, dotted: &str) -> bool {
        self.by_dotted.contains_key(dotted) || self.refused.contains(dotted)
    }

    /// Everything of the module's own that this file imports anywhere, packages first.
    fn wanted(&self, index: usize) -> Vec<String> {
        let file = &self.files[index];
        let mut found = Vec::new();
        let mut imports = Imports { found: Vec::new() };
        imports.visit_body(&file.suite);
        for stmt in imports.found {
            for target in targets(stmt, &file.package).unwrap_or_default() {
                if !self.owns(&target.dotted) {
                    continue;
                }
                for (at, _) in target.dotted.match_indices('.') {
                    if at > self.root.len() {
                        found.push(target.dotted[..at].to_owned());
                    }
                }
                found.push(target.dotted);
            }
        }
        found
    }

    fn load(&mut self, loading: &mut Loading, dotted: &str) -> Option<usize> {
        let rest = dotted.strip_prefix(&self.root)?;
        let mut base = loading.folder.to_owned();
        let mut shown = loading.name.to_owned();
        for part in rest.split('.').filter(|part| !part.is_empty()) {
            base.push(part);
            shown = format!("{shown}/{part}");
        }
        // as Python looks: into the folder and then beside it; compiled extensions, source, byte code
        let mut places = vec![(
            base.clone(),
            "__init__".to_owned(),
            format!("{shown}/__init__"),
        )];
        if !rest.is_empty() {
            let stem = base.file_name()?.to_string_lossy().into_owned();
            places.push((base.parent()?.to_owned(), stem, shown));
        }
        let mut found = None;
        for (at, (folder, stem, shown)) in places.into_iter().enumerate() {
            let compiled = loading.compiled(&folder, &stem);
            let source = folder.join(format!("{stem}.py"));
            let is_source = source.symlink_metadata().is_ok();
            let is_first = |file: &&String| !is_source || !file.ends_with(".pyc");
            if let Some(file) = compiled.iter().find(is_first) {
                let what = match is_source {
                    true => "a compiled file, which Python takes before the source",
                    false => "a compiled file without its source",
                };
                let shown = shown.rsplit_once('/').map_or("", |(folder, _)| folder);
                self.refuse(dotted, &format!("{shown}/{file}"), 1, what.to_owned());
                return None;
            }
            if is_source {
                found = Some((source, format!("{shown}.py"), at == 0));
                break;
            }
        }
        let Some((path, shown, is_package)) = found else {
            if base.is_dir() {
                // a package without a file of its own
                self.refused.insert(dotted.to_owned());
            }
            return None;
        };
        match loading.open(&path, self.files.len()) {
            Ok(text) => match parse(&text) {
                Ok(suite) => {
                    let package = if is_package {
                        dotted
                    } else {
                        dotted
                            .rsplit_once('.')
                            .map_or(dotted, |(package, _)| package)
                    };
                    let index = self.files.len();
                    self.by_dotted.insert(dotted.to_owned(), index);
                    self.files.push(SourceFile {
                        dotted: dotted.to_owned(),
                        package: package.to_owned(),
                        shown,
                        text,
                        suite,
                    });
                    Some(index)
                }
                Err((line, error)) => {
                    self.refuse(dotted, &shown, line, error);
                    None
                }
            },
            Err(error) => {
                self.refuse(dotted, &shown, 1, error);
                None
            }
        }
    }

    fn refuse(&mut self, dotted: &str, shown: &str, line: u32, what: String) {
        self.refused.insert(dotted.to_owned());
        self.unread.push(Unread {
            what,
            place: Place {
                file: shown.to_owned(),
                line,
            },
        });
    }

    fn hash(&self) -> String {
        let mut files: Vec<&SourceFile> = self.files.iter().collect();
        files.sort_by(|a, b| a.shown.cmp(&b.shown));
        let mut hash = Sha256::new();
        for file in files {
            for part in [&file.shown, &file.text.source] {
                hash.update((part.len() as u64).to_le_bytes());
                hash.update(part);
            }
        }
        // a file that can't be read is none of the above: what is said of it stands for it
        for unread in &self.unread {
            hash.update(&unread.place.file);
            hash.update(&unread.what);
        }
        hex(&hash.finalize())
    }
}

/// Where files are read from.
struct Loading<'a> {
    name: &'a str,
    folder: &'a Path,
    real: PathBuf,
    /// Files that were read, as they are really called: links could give one many names.
    seen: HashMap<PathBuf, ()>,
    /// Compiled files, by folder.
    compiled: HashMap<PathBuf, Vec<String>>,
}

impl Loading<'_> {
    /// The compiled files of that name in a folder: `models.cpython-311-x86_64-linux-gnu.so`.
    fn compiled(&mut self, folder: &Path, stem: &str) -> Vec<String> {
        let all = self.compiled.entry(folder.to_owned()).or_insert_with(|| {
            let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
            let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
            let mut found: Vec<String> = names
                .filter(|name| COMPILED.iter().any(|end| name.ends_with(end)))
                .collect();
            found.sort();
            found
        });
        let is_of = |name: &&String| name.split('.').next() == Some(stem);
        all.iter().filter(is_of).cloned().collect()
    }

    fn open(&mut self, path: &Path, count: usize) -> Result<Text, String> {
        let real = path
            .canonicalize()
            .map_err(|error| format!("a file that can't be opened: {error}"))?;
        if !real.starts_with(&self.real) {
            return Err("a file outside of the module's folder".to_owned());
        }
        if self.seen.insert(real, ()).is_some() {
            return Err("a file that is imported under two names".to_owned());
        }
        if count >= MOST_FILES {
            return Err(format!("more than {MOST_FILES} files"));
        }
        Text::open(path)
    }
}

/// The tree of a text; an error comes with its line.
pub(super) fn parse(text: &Text) -> Result<Suite, (u32, String)> {
    let attempt = catch_unwind(AssertUnwindSafe(|| {
        if !is_shallow(&text.source) {
            return Err((1, "a file that is nested too deep".to_owned()));
        }
        match parse_module(&text.source) {
            Ok(parsed) => Ok(parsed.into_suite()),
            Err(error) => Err((
                text.line(error.location.start()),
                format!("a syntax error: {}", error.error),
            )),
        }
    }));
    attempt.unwrap_or_else(|_| Err((1, "a file that the parser fails on".to_owned())))
}

/// Import statements, those in functions included: they may run later.
struct Imports<'a> {
    found: Vec<&'a Stmt>,
}

impl<'a> Visitor<'a> for Imports<'a> {
    fn visit_body(&mut self, body: &'a [Stmt]) {
        for statement in running(body) {
            match statement.stmt {
                stmt @ (Stmt::Import(_) | Stmt::ImportFrom(_)) => self.found.push(stmt),
                stmt @ (Stmt::FunctionDef(_) | Stmt::ClassDef(_)) => visitor::walk_stmt(self, stmt),
                _ => {}
            }
        }
    }

    fn visit_expr(&mut self, _: &'a ruff_python_ast::Expr) {}
}
