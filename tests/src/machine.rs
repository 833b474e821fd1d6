//! A machine of a test's own: a place to install a package on, with the distribution's PostgreSQL and nothing of this
//! project. Mounts, processes and files are its own (see `tests/machine.sh`); ports are shared with everybody.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/machine.sh");
const END: &str = "---- end of the command:";

/// A shell as root on the machine.
pub struct Machine {
    shell: Child,
    input: ChildStdin,
    lines: Receiver<String>,
    folder: PathBuf,
}

/// What a command printed, and how it ended.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Standard output and errors, as they came.
    pub printed: String,
    /// The exit status.
    pub status: i32,
}

impl Machine {
    /// Starts one: `shared` is its `/mnt`, `hidden` are folders that it sees empty.
    ///
    /// # Panics
    /// If mounts are not allowed here: it takes root with CAP_SYS_ADMIN, in a container too.
    #[must_use]
    pub fn start(shared: &Path, hidden: &[PathBuf]) -> Self {
        let folder = shared.with_extension("machine");
        std::fs::create_dir_all(&folder).expect("a folder beside the shared one");
        let mut shell = Command::new("unshare")
            .args(["--mount", "--pid", "--ipc", "--fork", "--kill-child"])
            .args(["--propagation", "private", "bash", "-c"])
            // one stream, so that errors stand where they happened
            .arg("exec 2>&1 \"$@\"")
            .args(["machine", SCRIPT])
            .args([&folder, shared])
            .args(hidden)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("unshare is there: it comes with util-linux");
        let output = BufReader::new(shell.stdout.take().expect("it was piped"));
        let input = shell.stdin.take().expect("it was piped");
        let (sender, lines) = channel();
        thread::spawn(move || {
            for line in output.split(b'\n').map_while(Result::ok) {
                if sender
                    .send(String::from_utf8_lossy(&line).into_owned())
                    .is_err()
                {
                    break;
                }
            }
        });
        let mut machine = Self {
            shell,
            input,
            lines,
            folder,
        };
        let hello = machine.try_run("id -u");
        assert!(
            hello
                .as_ref()
                .is_ok_and(|outcome| outcome.printed.trim() == "0"),
            "a machine of the test's own needs mounts: root with CAP_SYS_ADMIN (docker run --privileged): {hello:?}"
        );
        machine
    }

    /// Runs a command in a shell of its own, up to three minutes.
    ///
    /// # Panics
    /// If it does not end in time, or the machine is gone.
    pub fn run(&mut self, command: &str) -> Outcome {
        self.try_run(command)
            .unwrap_or_else(|printed| panic!("no end of: {command}\n{printed}"))
    }

    /// The outcome, or what was printed until the time or the machine was over.
    fn try_run(&mut self, command: &str) -> Result<Outcome, String> {
        // its standard input must not be ours, which has the next commands
        if let Err(error) = writeln!(
            self.input,
            "( eval {} ) </dev/null\nprintf '\\n%s %s\\n' '{END}' $?",
            quoted(command)
        ) {
            return Err(error.to_string());
        }
        let mut printed = String::new();
        let started = Instant::now();
        loop {
            let left = Duration::from_mins(3).saturating_sub(started.elapsed());
            let Ok(line) = self.lines.recv_timeout(left) else {
                return Err(printed);
            };
            match line.strip_prefix(END) {
                Some(status) => {
                    return Ok(Outcome {
                        printed: printed.trim_end_matches('\n').to_owned(),
                        status: status.trim().parse().expect("a status"),
                    });
                }
                None => printed += &format!("{line}\n"),
            }
        }
    }

    /// Runs a command that must succeed; what it printed.
    ///
    /// # Panics
    /// If it fails.
    pub fn must(&mut self, command: &str) -> String {
        let Outcome { printed, status } = self.run(command);
        assert_eq!(status, 0, "{command}\n{printed}");
        printed
    }
}

/// A text as one word of the shell.
#[must_use]
pub fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

impl Drop for Machine {
    fn drop(&mut self) {
        // its first process; the others, and the mounts, end with it
        if let Err(error) = self.shell.kill().and_then(|()| self.shell.wait().map(drop)) {
            eprintln!("ending a machine: {error}");
        }
        if let Err(error) = std::fs::remove_dir(&self.folder) {
            eprintln!("{}: {error}", self.folder.display());
        }
    }
}
