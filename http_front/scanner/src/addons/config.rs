//! Odoo's own configuration file, as far as it says where addons are.

use super::{Trouble, unreadable};
use std::path::{Path, PathBuf};

/// The folders that `addons_path` of an odoo.conf names, in its order.
///
/// # Errors
/// The file can't be read, or names none.
pub fn addons_path(file: &Path) -> Result<Vec<PathBuf>, Trouble> {
    let text = std::fs::read_to_string(file).map_err(|error| unreadable(file, &error))?;
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let folders: Vec<PathBuf> = named(&text)
        .map(|name| match (name.strip_prefix("~/"), &home) {
            (Some(rest), Some(home)) => home.join(rest),
            _ => PathBuf::from(name),
        })
        .collect();
    if folders.is_empty() {
        return Err(Trouble {
            message: format!("{} has no addons_path", file.display()),
            hint: "name Odoo's folder and those of the addons, as arguments".to_owned(),
        });
    }
    Ok(folders)
}

/// The option's value: of the section `[options]`, maybe over several indented lines.
fn named(text: &str) -> impl Iterator<Item = &str> {
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
            is_value = is_options && key.trim() == "addons_path";
            is_value.then(|| value.trim())
        })
        .flat_map(|value| value.split(','))
        .map(|name| name.trim().trim_matches(['"', '\'']))
        .filter(|name| !name.is_empty() && *name != "None" && *name != "False")
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn the_path_is_read_from_its_section_over_several_lines() {
        let conf = "[queue_job]\naddons_path = /elsewhere\n[options]\n; addons_path = /old\n\
                    addons_path = /opt/odoo/addons,\n    /opt/acme,\n\t~/own\ndb_name = x\n    y\n";
        let found: Vec<&str> = named(conf).collect();
        assert_eq!(found, ["/opt/odoo/addons", "/opt/acme", "~/own"]);
    }
}
