//! What keeps the database from answering, in an operator's words: what is wrong, and what to type
//! next. None of it quotes the server or holds a secret, so it may be shown to whoever asks.

use super::Place;
use std::io::ErrorKind;
use tokio_postgres::error::{DbError, Severity, SqlState};

/// A reason and the way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trouble {
    /// What is wrong; one line, lower case, no full stop.
    pub(crate) problem: String,
    /// The next thing to do.
    pub(crate) hint: String,
    /// Whether every call meets it until somebody does that.
    pub(crate) is_lasting: bool,
}

/// The same with what [`Place::fill`] fills in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Words {
    problem: &'static str,
    hint: &'static str,
}

const fn trouble(problem: &'static str, hint: &'static str) -> Words {
    Words { problem, hint }
}

/// Nothing listens.
const REFUSED: Words = trouble(
    "nothing listens at the address in {setting}",
    "start PostgreSQL (systemctl start postgresql), or correct {setting}; pg_lsclusters shows the ports",
);
const NO_SOCKET: Words = trouble(
    "there is no socket of PostgreSQL in the folder that {setting} names",
    "start PostgreSQL, or correct host= and the port; in psql: show unix_socket_directories",
);
const SOCKET_DENIED: Words = trouble(
    "this process may not open PostgreSQL's socket",
    "let its OS user into the socket's folder, or connect by 127.0.0.1",
);
const SILENT: Words = trouble(
    "the database server does not answer in time",
    "check that host and port in {setting} are right and no firewall is in between",
);
const NO_SUCH_HOST: Words = trouble(
    "the host in {setting} is not known",
    "correct its name, or see: getent hosts NAME",
);
const BROKEN_OFF: Words = trouble(
    "the connection to the database broke",
    "the server's log says why; the next call connects anew",
);
const NO_PASSWORD: Words = trouble(
    "the database asks for a password, and {setting} has none",
    "postgresql://role:password@host/database, special characters percent-encoded",
);
const NOT_WRITABLE: Words = trouble(
    "the database is read-only: a standby, or default_transaction_read_only is on",
    "name the primary in {setting}; if it is the primary, a superuser grants the front again: select odoo_mcp.grant_front({role_text})",
);
/// Connected, but as the wrong role.
const NOT_GRANTED: Words = trouble(
    "the role {role} was not granted as a front's, or it is a superuser",
    "a superuser runs: select odoo_mcp.grant_front({role_text}); if that is refused, make a LOGIN role of its own, grant that one, and name it in {setting}",
);
/// Whatever is not in the table.
const UNKNOWN: Words = trouble(
    "the database answered an error",
    "the log has the server's words, in the line of the same reference; or run: odoo-mcp doctor",
);

impl Trouble {
    /// The reason behind an error of the driver.
    pub(crate) fn of(error: &tokio_postgres::Error, place: &Place) -> Self {
        match error.as_db_error() {
            Some(answer) => Trouble {
                is_lasting: is_lasting(answer),
                ..of_answer(answer, place).at(place)
            },
            None => of_transport(error).at(place),
        }
    }

    /// The reason where there is none to be had.
    pub(crate) fn silence(place: &Place) -> Self {
        SILENT.at(place)
    }

    /// The role that connects may not carry calls.
    pub(crate) fn not_granted(place: &Place) -> Self {
        NOT_GRANTED.at(place)
    }

    /// Whatever has no words of its own.
    pub(crate) fn unknown() -> Self {
        Trouble {
            problem: UNKNOWN.problem.to_owned(),
            hint: UNKNOWN.hint.to_owned(),
            is_lasting: false,
        }
    }
}

impl Words {
    fn at(self, place: &Place) -> Trouble {
        Trouble {
            problem: place.fill(self.problem),
            hint: place.fill(self.hint),
            is_lasting: false,
        }
    }
}

/// Whether the server refused what every call needs: the extension, its rights, or room to write.
fn is_lasting(answer: &DbError) -> bool {
    let is_refusal = matches!(answer.parsed_severity(), Some(Severity::Error));
    let code = answer.code().code();
    is_refusal
        && (answer.file() == Some("dfmgr.c")
            || [
                "25006", "3F000", "42501", "42703", "42883", "42P01", "53100", "58030", "58P01",
            ]
            .contains(&code))
}

fn of_answer(answer: &DbError, place: &Place) -> Words {
    let is_fatal = matches!(
        answer.parsed_severity(),
        Some(Severity::Fatal | Severity::Panic)
    );
    // the loader's errors share their SQLSTATEs with others; its file's name is in no language
    match answer.file() == Some("dfmgr.c") {
        true => of_loader(answer.code()),
        false => of_sqlstate(answer.code(), is_fatal, place.is_socket()).unwrap_or(UNKNOWN),
    }
}

/// PostgreSQL looked for the extension's library.
fn of_loader(code: &SqlState) -> Words {
    if *code == SqlState::UNDEFINED_FILE {
        trouble(
            "the extension's library is not installed on the database server",
            "install the package there: apt install postgresql-15-odoo-mcp (15 is the major of the PostgreSQL that runs, select version()), then restart the front",
        )
    } else if *code == SqlState::UNDEFINED_FUNCTION {
        trouble(
            "the extension's library on the database server is of another release than its SQL",
            "install the release that belongs together there, then: alter extension pg_odoo_mcp update",
        )
    } else {
        trouble(
            "the extension's library on the database server does not fit this PostgreSQL",
            "install the package that was built for the major version that runs: select version()",
        )
    }
}

/// What a SQLSTATE means to a front, which calls functions of the extension and nothing else.
fn of_sqlstate(code: &SqlState, is_fatal: bool, is_socket: bool) -> Option<Words> {
    Some(match code.code() {
        "28P01" => trouble(
            "the database does not accept the password in {setting}",
            "alter role {role} password '…', and put the same into {setting}, special characters percent-encoded",
        ),
        "28000" if is_socket => trouble(
            "the database lets this role not in by its socket",
            "a line of pg_hba.conf before local all all peer: local {database} {role} peer map=odoo_mcp, with odoo_mcp odoo-mcp {role} in pg_ident.conf (map, OS user, role); \
             or a password in {setting}, and: local {database} {role} scram-sha-256; then: select pg_reload_conf()",
        ),
        "28000" => trouble(
            "the database lets this role not in from here",
            "the server's log names the reason; mostly a line is missing in pg_hba.conf: host {database} {role} ADDRESS/32 scram-sha-256 (the front's address, 127.0.0.1 on the same machine), then: select pg_reload_conf()",
        ),
        "3D000" => trouble(
            "there is no database of the name in {setting}: {database}",
            "correct it; psql -l lists those there are",
        ),
        "42501" if is_fatal => trouble(
            "the front's role may not connect to the database",
            "grant connect on database {database} to {role}; after odoo-mcp pause: odoo-mcp resume",
        ),
        "55000" if is_fatal => trouble(
            "the database accepts no connections",
            "alter database {database} allow_connections true",
        ),
        "53300" => trouble(
            "all connections that the database allows are in use",
            "lower ODOO_MCP_POOL_SIZE or Odoo's db_maxconn, or raise max_connections; who has them: select usename, count(*) from pg_stat_activity group by 1",
        ),
        "57P03" => trouble(
            "the database is starting, stopping or recovering",
            "wait; the server's log says how far it is",
        ),
        "57P01" | "57P02" | "57P05" => trouble(
            "the database ended the connection",
            "the next call connects anew, if the server is up",
        ),
        "3F000" => trouble(
            "the extension is not in this database",
            "a superuser runs in it: create extension pg_odoo_mcp; select odoo_mcp.setup()",
        ),
        "42883" | "42P01" | "42703" => trouble(
            "the extension in this database is of another release than what calls it",
            "alter extension pg_odoo_mcp update, then restart the front",
        ),
        "42501" => trouble(
            "the front's role may not call the extension",
            "a superuser runs: select odoo_mcp.grant_front({role_text})",
        ),
        "25006" => NOT_WRITABLE,
        "53100" => trouble(
            "the database server's disk is full, so that calls cannot be written down",
            "make room there (df -h; du -sh on the data directory and its pg_wal); calls are answered again at once",
        ),
        "53200" => trouble(
            "the database server is out of memory",
            "lower work_mem, shared_buffers or the number of connections; the server's log has the details",
        ),
        "58030" | "XX001" | "XX002" => trouble(
            "the database server cannot read or write its files",
            "look at its disk first (dmesg), then at the server's log",
        ),
        _ => return None,
    })
}

fn of_transport(error: &tokio_postgres::Error) -> Words {
    let Some(cause) = std::error::Error::source(error) else {
        return match error.is_closed() {
            true => BROKEN_OFF,
            false => UNKNOWN,
        };
    };
    let Some(cause) = cause.downcast_ref::<std::io::Error>() else {
        // what the driver says of its own settings, which no server translates
        return match cause.to_string().as_str() {
            "password missing" => NO_PASSWORD,
            _ => UNKNOWN,
        };
    };
    match cause.kind() {
        ErrorKind::ConnectionRefused => REFUSED,
        ErrorKind::NotFound => NO_SOCKET,
        // the driver's own, for target_session_attrs=read-write
        _ if cause.to_string() == "database does not allow writes" => NOT_WRITABLE,
        ErrorKind::PermissionDenied => SOCKET_DENIED,
        ErrorKind::TimedOut | ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => SILENT,
        ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe
        | ErrorKind::UnexpectedEof => BROKEN_OFF,
        // the resolver's errors have no kind of their own
        _ if cause.to_string().contains("lookup address") => NO_SUCH_HOST,
        _ => UNKNOWN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_of_operators_have_words_of_their_own() {
        let of = |code: &str, is_fatal| of_sqlstate(&SqlState::from_code(code), is_fatal, false);
        for code in [
            "28P01", "28000", "3D000", "42501", "53300", "57P03", "3F000", "42883", "25006",
            "53100",
        ] {
            assert!(of(code, false).is_some(), "{code}");
        }
        assert_ne!(of("42501", true), of("42501", false));
        assert_eq!(of("P0001", false), None);
    }

    #[test]
    fn hints_name_the_role_the_database_and_the_setting() {
        let hint = |code: &str, is_socket| {
            let place = Place::for_tests(is_socket);
            let words = of_sqlstate(&SqlState::from_code(code), false, is_socket);
            words.expect("words").at(&place).hint
        };
        assert!(hint("42501", false).contains("grant_front('it''s')"));
        assert!(hint("28000", false).contains("host odoo \"it's\" ADDRESS/32"));
        assert!(hint("28000", true).contains("local odoo \"it's\" peer map=odoo_mcp"));
        assert!(hint("25006", false).contains("ODOO_MCP_DATABASE_URL"));
    }

    #[test]
    fn the_loader_tells_absent_from_unfit() {
        let [absent, older, unfit] = [
            SqlState::UNDEFINED_FILE,
            SqlState::UNDEFINED_FUNCTION,
            SqlState::INTERNAL_ERROR,
        ]
        .map(|code| of_loader(&code).problem);
        assert!(absent.contains("not installed"), "{absent}");
        assert!(older.contains("another release"), "{older}");
        assert!(unfit.contains("does not fit"), "{unfit}");
    }
}
