//! The modules under some folders, and the order in which Odoo loads them.

mod config;
mod folder;
mod manifest;
mod order;
mod series;

pub use config::Config;
use folder::folders;
pub use folder::{Addons, Module};
pub use manifest::Manifest;
pub use order::{Order, order};
pub use series::Series;

use std::fmt;
use std::path::{Path, PathBuf};

/// Folders that can't be read as Odoo's addons.
#[derive(Debug)]
pub struct Trouble {
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; hint: {}", self.message, self.hint)
    }
}

impl std::error::Error for Trouble {}

fn unreadable(path: &Path, error: &std::io::Error) -> Trouble {
    Trouble {
        message: format!("{} can't be read: {error}", path.display()),
        hint: "name folders of addons that this user may read".to_owned(),
    }
}

/// The absolute form of a path, without links, so that a folder is known by one name.
fn whole(path: &Path) -> Result<PathBuf, Trouble> {
    path.canonicalize()
        .map_err(|error| unreadable(path, &error))
}
