//! Outside programs: run to their end, or kept running and stopped.

use std::{
    ffi::OsStr,
    fs,
    io::{BufRead, BufReader, Read},
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

/// How long anything may take before the test gives up on it. Go compiles the SDK of Pulumi for minutes the first time.
pub const PATIENCE: Duration = Duration::from_secs(400);

/// A program that ran.
pub struct Ran {
    pub line: String,
    pub status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    /// Both streams.
    pub fn text(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }

    /// The text on one line each, as wrapped text may break anywhere: without frames, spaces made one.
    pub fn flat(&self) -> String {
        let text: String = self.text().chars().map(|c| if "│╷╵".contains(c) { ' ' } else { c }).collect();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[track_caller]
    pub fn ok(self) -> Ran {
        self.exits(0)
    }

    #[track_caller]
    pub fn exits(self, code: i32) -> Ran {
        assert_eq!(self.status.code(), Some(code), "{}\n{}\n{}", self.line, self.stdout, self.stderr);
        self
    }

    #[track_caller]
    pub fn fails(self) -> Ran {
        assert!(!self.status.success(), "should have failed: {}\n{}\n{}", self.line, self.stdout, self.stderr);
        self
    }

    /// That it says all of these.
    #[track_caller]
    pub fn says(self, words: &[&str]) -> Ran {
        let flat = self.flat();
        for word in words {
            assert!(flat.contains(word), "{}: does not say `{word}`\n{}\n{}", self.line, self.stdout, self.stderr);
        }
        self
    }

    /// What it printed, as JSON.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{}: {error}\n{}\n{}", self.line, self.stdout, self.stderr))
    }
}

/// Runs to the end.
#[track_caller]
pub fn run(command: &mut Command) -> Ran {
    start(command).finish()
}

/// Sends a signal to a process that a test started; whether there was such a process.
pub fn signal(id: u32, name: &str) -> bool {
    // The shell's own: a program of this name is not on every machine.
    let sent = Command::new("sh").args(["-c", "kill -s \"$0\" \"$1\"", name, &id.to_string()]).stderr(Stdio::null()).status();
    sent.is_ok_and(|status| status.success())
}

/// A running program, killed when dropped.
pub struct Running {
    line: String,
    child: Child,
    stdout: Option<thread::JoinHandle<String>>,
    stderr: Option<thread::JoinHandle<String>>,
    lines: mpsc::Receiver<String>,
}

/// Starts a program and reads what it writes.
#[track_caller]
pub fn start(command: &mut Command) -> Running {
    let words = std::iter::once(command.get_program()).chain(command.get_args()).map(OsStr::to_string_lossy);
    let line = words.collect::<Vec<_>>().join(" ");
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{line}: {error}"));
    let (sender, lines) = mpsc::channel();
    let stdout = child.stdout.take().map(|stream| {
        thread::spawn(move || {
            let mut text = String::new();
            let mut reader = BufReader::new(stream);
            let mut bytes = Vec::new();
            while reader.read_until(b'\n', &mut bytes).is_ok_and(|read| read > 0) {
                let line = String::from_utf8_lossy(&bytes).into_owned();
                text.push_str(&line);
                // Nobody has to listen.
                let _ = sender.send(line);
                bytes.clear();
            }
            text
        })
    });
    let stderr = child.stderr.take().map(|mut stream| {
        thread::spawn(move || {
            let mut bytes = Vec::new();
            // What was read before it broke is still worth showing.
            let _ = stream.read_to_end(&mut bytes);
            String::from_utf8_lossy(&bytes).into_owned()
        })
    });
    Running { line, child, stdout, stderr, lines }
}

impl Running {
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The next line on stdout that has this in it.
    #[track_caller]
    pub fn line_with(&mut self, word: &str) -> String {
        let until = Instant::now() + PATIENCE;
        loop {
            match self.lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(line) if line.contains(word) => return line,
                Ok(_) => {}
                Err(_) => self.give_up(&format!("never said `{word}`")),
            }
        }
    }

    /// Sends a signal, by its name.
    pub fn signal(&self, name: &str) {
        assert!(signal(self.id(), name), "cannot signal {}", self.line);
    }

    /// The processes that it started and whose names begin like this.
    pub fn children(&self, name: &str) -> Vec<u32> {
        let stat = |entry: fs::DirEntry| fs::read_to_string(entry.path().join("stat")).ok();
        let child = |stat: String| {
            let (before, after) = stat.rsplit_once(')')?;
            let (id, command) = before.split_once(" (")?;
            let parent = after.split_whitespace().nth(1)?;
            (command.starts_with(name) && parent == self.id().to_string()).then(|| id.parse().ok())?
        };
        fs::read_dir("/proc").expect("a list of processes").flatten().filter_map(stat).filter_map(child).collect()
    }

    /// Whether it ended by itself.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("a child can be waited for").is_some()
    }

    /// Waits for the end.
    #[track_caller]
    pub fn finish(self) -> Ran {
        self.finish_within(PATIENCE.as_secs())
    }

    /// Waits for the end of something that may take this many seconds.
    #[track_caller]
    pub fn finish_within(mut self, seconds: u64) -> Ran {
        let until = Instant::now() + Duration::from_secs(seconds);
        let status = loop {
            match self.child.try_wait().expect("a child can be waited for") {
                Some(status) => break status,
                None if Instant::now() > until => self.give_up("does not end"),
                None => thread::sleep(Duration::from_millis(5)),
            }
        };
        let (stdout, stderr) = self.streams();
        Ran { line: self.line.clone(), status, stdout, stderr }
    }

    fn streams(&mut self) -> (String, String) {
        let take =
            |stream: &mut Option<thread::JoinHandle<String>>| stream.take().and_then(|thread| thread.join().ok()).unwrap_or_default();
        (take(&mut self.stdout), take(&mut self.stderr))
    }

    /// Ends it, and fails with what it wrote.
    #[track_caller]
    fn give_up(&mut self, why: &str) -> ! {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let (stdout, stderr) = self.streams();
        panic!("{}: {why}\n{stdout}\n{stderr}", self.line)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
