//! The users of the seed, from KEYS.txt: nine with groups of Odoo's, two with groups and rules of our own.

/// One of them.
#[derive(Clone, Debug)]
pub struct User {
    /// Odoo login.
    pub login: String,
    /// Odoo password.
    pub password: String,
    /// Global API key (Odoo's RPC).
    pub api_key: String,
    /// `res.users` id.
    pub id: i32,
}

/// All of them, in the order of the file.
#[derive(Clone, Debug)]
pub struct Users(Vec<User>);

impl Users {
    /// Reads KEYS.txt: `login`, `password`, `api_key`, `uid`, a note, by tabs.
    ///
    /// # Panics
    /// If a line has another shape.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let users = text
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .map(|line| {
                let column: Vec<&str> = line.split('\t').collect();
                assert!(
                    column.len() >= 4,
                    "KEYS.txt: {line:?} has {} columns",
                    column.len()
                );
                User {
                    login: column[0].to_owned(),
                    password: column[1].to_owned(),
                    api_key: column[2].to_owned(),
                    id: column[3]
                        .parse()
                        .expect("KEYS.txt: the fourth column is a user id"),
                }
            })
            .collect();
        Self(users)
    }

    /// The user with this login.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    pub fn of(&self, login: &str) -> &User {
        self.iter()
            .find(|user| user.login == login)
            .unwrap_or_else(|| panic!("no user {login} in KEYS.txt"))
    }

    /// Every user.
    pub fn iter(&self) -> std::slice::Iter<'_, User> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a Users {
    type Item = &'a User;
    type IntoIter = std::slice::Iter<'a, User>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::Users;

    #[test]
    fn comments_are_no_users() {
        let users =
            Users::parse("# a comment\nadmin\tsecret\tkey\t2\teverything\n\n# companies: 1=Main\n");
        assert_eq!(users.iter().count(), 1);
        assert_eq!(
            (users.of("admin").id, users.of("admin").api_key.as_str()),
            (2, "key")
        );
    }
}
