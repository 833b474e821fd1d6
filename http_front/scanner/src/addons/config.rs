//! Odoo's own configuration file, as far as it says where addons are.

use super::{Manifest, Series, Trouble, folders, unreadable};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// What an odoo.conf says of folders.
#[derive(Debug, Default)]
pub struct Config {
    /// Those of `addons_path` that Odoo takes, in its order.
    pub addons_path: Vec<PathBuf>,
    /// `data_dir`
    data_dir: Option<PathBuf>,
}

impl Config {
    /// Reads the file.
    ///
    /// # Errors
    /// It can't be read.
    pub fn read(file: &Path) -> Result<Self, Trouble> {
        let text = std::fs::read_to_string(file).map_err(|error| Trouble {
            message: unreadable(file, &error).message,
            hint: "--odoo-conf takes Odoo's own configuration file, as a user who may read it; or name the folders of addons"
                .to_owned(),
        })?;
        let home = std::env::var_os("HOME").map(PathBuf::from);
        let folder = |name: &str| match (name.strip_prefix("~/"), &home) {
            (Some(rest), Some(home)) => home.join(rest),
            _ => PathBuf::from(name),
        };
        let addons_path = option(&text, "addons_path").map(folder);
        Ok(Self {
            // Odoo passes over others
            addons_path: addons_path.filter(|path| is_addons_path(path)).collect(),
            data_dir: option(&text, "data_dir").map(folder).next(),
        })
    }

    /// The folder of the series in `data_dir`, where Odoo looks before `addons_path`: there if there
    /// is one. Where the file doesn't say, it is one of several, by the user that Odoo runs as.
    ///
    /// # Errors
    /// It can't be looked into.
    pub(super) fn of_data(&self, series: &Series) -> Result<OfData, Trouble> {
        let within = |data: PathBuf| data.join("addons").join(series.as_str());
        if let Some(data) = &self.data_dir {
            let folder = within(data.clone());
            return match std::fs::read_dir(&folder) {
                Ok(_) => Ok(OfData::There(folder)),
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(OfData::Nowhere),
                Err(error) => Err(Trouble {
                    message: unreadable(&folder, &error).message,
                    hint: "scan as the user that Odoo runs as, or name the folders as arguments"
                        .to_owned(),
                }),
            };
        }
        let of_user = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from);
        let home = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share"));
        let mut users: Vec<PathBuf> = of_user.into_iter().chain(home).collect();
        users.push("/var/lib".into());
        users.push("/var/lib/odoo/.local/share".into());
        let of_users = users.into_iter().map(|user| within(user.join("Odoo")));
        let found: Vec<PathBuf> = of_users.filter(|folder| folder.is_dir()).collect();
        Ok(OfData::OneOf(found))
    }
}

/// Where Odoo may have modules beside its data.
pub(super) enum OfData {
    /// In this folder.
    There(PathBuf),
    /// In one of these.
    OneOf(Vec<PathBuf>),
    /// In none.
    Nowhere,
}

/// As Odoo says it: a folder with a module that has both.
fn is_addons_path(path: &Path) -> bool {
    let is_module = |folder: &PathBuf| {
        folder.join("__init__.py").is_file() && folder.join(Manifest::NAMES[0]).is_file()
    };
    folders(path).is_ok_and(|folders| folders.iter().any(is_module))
}

/// The option's values: of the section `[options]`, maybe over several indented lines.
fn option<'a>(text: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let mut is_options = false;
    let mut is_value = false;
    text.lines()
        .filter_map(move |line| {
            let stripped = line.trim();
            if stripped.starts_with(['#', ';']) {
                return None;
            }
            if line.starts_with([' ', '\t']) && is_value {
                return Some(stripped);
            }
            is_value = false;
            if let Some(section) = stripped.strip_prefix('[') {
                is_options = section.trim_end_matches(']') == "options";
                return None;
            }
            let (key, value) = stripped.split_once(['=', ':'])?;
            is_value = is_options && key.trim().eq_ignore_ascii_case(name);
            is_value.then(|| value.trim())
        })
        .flat_map(|value| value.split(','))
        .map(|name| name.trim().trim_matches(['"', '\'']))
        .filter(|name| !name.is_empty() && !["None", "False", "false"].contains(name))
}

#[cfg(test)]
mod tests {
    use super::option;

    #[test]
    fn the_path_is_read_from_its_section_over_several_lines() {
        let conf = "[queue_job]\naddons_path = /elsewhere\n[options]\n; addons_path = /old\n\
                    Addons_path = /opt/odoo/addons,\n    /opt/acme,\n\t~/own\ndb_name = x\n    y\n\
                    upgrade_path = /opt/upgrade\ndata_dir = False\n";
        let found: Vec<&str> = option(conf, "addons_path").collect();
        assert_eq!(found, ["/opt/odoo/addons", "/opt/acme", "~/own"]);
        assert_eq!(option(conf, "data_dir").next(), None);
    }
}
