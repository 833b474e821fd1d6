//! What keeps the database from answering, in an operator's words: what is wrong, and what to type
//! next. None of it quotes the server, so it may be shown to whoever asks.

use std::io::ErrorKind;
use tokio_postgres::error::{DbError, Severity, SqlState};

/// A reason and the way out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Trouble {
    /// What is wrong; one line, lower case, no full stop.
    pub(crate) problem: &'static str,
    /// The next thing to do.
    pub(crate) hint: &'static str,
}

const fn trouble(problem: &'static str, hint: &'static str) -> Trouble {
    Trouble { problem, hint }
}

/// Nothing listens.
const REFUSED: Trouble = trouble(
    "nothing listens at the address in ODOO_MCP_DATABASE_URL",
    "start PostgreSQL (systemctl start postgresql), or correct ODOO_MCP_DATABASE_URL; pg_lsclusters shows the ports",
);
const NO_SOCKET: Trouble = trouble(
    "there is no socket of PostgreSQL in the folder that ODOO_MCP_DATABASE_URL names",
    "start PostgreSQL, or correct host= and the port; in psql: show unix_socket_directories",
);
const SOCKET_DENIED: Trouble = trouble(
    "this process may not open PostgreSQL's socket",
    "let its OS user into the socket's folder, or connect by 127.0.0.1",
);
const SILENT: Trouble = trouble(
    "the database server does not answer in time",
    "check that host and port in ODOO_MCP_DATABASE_URL are right and no firewall is in between",
);
const NO_SUCH_HOST: Trouble = trouble(
    "the host in ODOO_MCP_DATABASE_URL is not known",
    "correct its name, or see: getent hosts NAME",
);
const BROKEN_OFF: Trouble = trouble(
    "the connection to the database broke",
    "the server's log says why; the next call connects anew",
);
const NO_PASSWORD: Trouble = trouble(
    "the database asks for a password, and ODOO_MCP_DATABASE_URL has none",
    "postgresql://role:password@host/database, special characters percent-encoded",
);
const NOT_WRITABLE: Trouble = trouble(
    "the database is read-only: a standby, or default_transaction_read_only is on",
    "name the primary in ODOO_MCP_DATABASE_URL; if it is the primary, a superuser grants the front again: select odoo_mcp.grant_front('role')",
);
/// Whatever is not in the table.
pub(crate) const UNKNOWN: Trouble = trouble(
    "the database answered an error",
    "the log has the server's words, in the line of the same reference; or run: odoo-mcp doctor",
);

impl Trouble {
    /// The reason behind an error of the driver.
    pub(crate) fn of(error: &tokio_postgres::Error) -> Self {
        match error.as_db_error() {
            Some(answer) => of_answer(answer),
            None => of_transport(error),
        }
    }

    /// The reason where there is none to be had.
    pub(crate) fn silence() -> Self {
        SILENT
    }
}

fn of_answer(answer: &DbError) -> Trouble {
    let is_fatal = matches!(
        answer.parsed_severity(),
        Some(Severity::Fatal | Severity::Panic)
    );
    // the loader's errors share their SQLSTATEs with others; its file's name is in no language
    match answer.file() == Some("dfmgr.c") {
        true => of_loader(answer.code()),
        false => of_sqlstate(answer.code(), is_fatal).unwrap_or(UNKNOWN),
    }
}

/// PostgreSQL looked for the extension's library.
fn of_loader(code: &SqlState) -> Trouble {
    if *code == SqlState::UNDEFINED_FILE {
        trouble(
            "the extension's library is not installed on the database server",
            "install the package pg_odoo_mcp there, for the PostgreSQL that runs (select version()), then restart the front",
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
fn of_sqlstate(code: &SqlState, is_fatal: bool) -> Option<Trouble> {
    Some(match code.code() {
        "28P01" => trouble(
            "the database does not accept the password in ODOO_MCP_DATABASE_URL",
            "alter role … password '…', and put the same into ODOO_MCP_DATABASE_URL, special characters percent-encoded",
        ),
        "28000" => trouble(
            "the database lets this role not in from here",
            "the server's log names the reason; mostly a line is missing in pg_hba.conf: host DATABASE ROLE ADDRESS/32 scram-sha-256, then: select pg_reload_conf()",
        ),
        "3D000" => trouble(
            "there is no database of the name in ODOO_MCP_DATABASE_URL",
            "correct it; psql -l lists those there are",
        ),
        "42501" if is_fatal => trouble(
            "the front's role may not connect to the database",
            "grant connect on database … to …; after odoo-mcp pause: odoo-mcp resume",
        ),
        "55000" if is_fatal => trouble(
            "the database accepts no connections",
            "alter database … allow_connections true",
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
            "a superuser runs: select odoo_mcp.grant_front('role of ODOO_MCP_DATABASE_URL')",
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

fn of_transport(error: &tokio_postgres::Error) -> Trouble {
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
        let of = |code: &str, is_fatal| of_sqlstate(&SqlState::from_code(code), is_fatal);
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
