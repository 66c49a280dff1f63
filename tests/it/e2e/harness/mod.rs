//! The base of the end-to-end tests: outside programs, servers, the two tools.
//!
//! Owns processes and directories: everything that a test starts or writes is removed when the test ends, also when it
//! fails. Tests run at the same time, each in its own directory, with its own home, on free loopback ports.

pub mod browser;
pub mod expired;
pub mod http;
pub mod process;
pub mod proxy;
pub mod pulumi;
pub mod sdks;
pub mod secrets;
pub mod server;
pub mod terraform;
pub mod unreliable;
pub mod wire;

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};

/// What `scripts/test` names in the environment. A missing one is a failure: a test that did not run must not
/// look like one that passed.
pub fn required(variable: &str) -> PathBuf {
    match env::var_os(variable).filter(|value| !value.is_empty()) {
        Some(value) => PathBuf::from(value),
        None => panic!("{variable} is not set: run these tests with `scripts/test e2e`, which builds the tools and names them"),
    }
}

/// The binary under test: built by Cargo for this run, unless another one is named.
pub fn janiform() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| env::var_os("JANIFORM_BINARY").unwrap_or_else(|| env!("CARGO_BIN_EXE_janiform").into()).into())
}

/// Where Cargo puts what it builds for this run: the examples are there.
pub fn built() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_janiform")).parent().expect("a file is in a folder")
}

/// A path in the repository.
pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// A fixture's text.
pub fn fixture(path: &str) -> String {
    let path = repository("tests/fixtures").join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A fixture that is JSON.
pub fn fixture_json(path: &str) -> serde_json::Value {
    serde_json::from_str(&fixture(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A directory of one test. Its path is short, because plugins put sockets into it, whose paths are limited to
/// about a hundred bytes.
pub struct Scratch(tempfile::TempDir);

impl Scratch {
    pub fn new() -> Scratch {
        Scratch(tempfile::Builder::new().prefix("jf-").tempdir().expect("a temporary directory"))
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn join(&self, path: impl AsRef<Path>) -> PathBuf {
        self.path().join(path)
    }

    /// Writes a file, its directories too.
    pub fn write(&self, path: &str, text: &str) {
        let path = self.join(path);
        fs::create_dir_all(path.parent().expect("inside the directory")).expect("a directory can be made");
        fs::write(&path, text).expect("a file can be written");
    }

    /// A directory in it, made.
    pub fn dir(&self, path: &str) -> PathBuf {
        let path = self.join(path);
        fs::create_dir_all(&path).expect("a directory can be made");
        path
    }
}

/// Copies the files of a directory; what lies in directories below stays.
pub fn copy_files(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap_or_else(|error| panic!("{}: {error}", from.display())) {
        let entry = entry.expect("a directory entry");
        if entry.file_type().expect("a file type").is_file() {
            fs::copy(entry.path(), to.join(entry.file_name())).expect("a file can be copied");
        }
    }
}

/// The environment of what tests start: nothing of the caller's but where programs are. A key or a proxy that
/// happens to be set must not change what a test means.
pub fn environment(scratch: &Scratch) -> Vec<(OsString, OsString)> {
    let mut environment = vec![
        ("PATH".into(), env::var_os("PATH").unwrap_or_default()),
        ("HOME".into(), scratch.dir("home").into()),
        // Pulumi takes its user's home rather than `HOME`, and so does what installs for it.
        ("PULUMI_HOME".into(), scratch.join("home/.pulumi").into()),
        ("TMPDIR".into(), scratch.dir("t").into()),
        ("NO_COLOR".into(), "1".into()),
        ("LANG".into(), "C.UTF-8".into()),
    ];
    // Where coverage of the binary is written, if anybody measures it.
    environment.extend(env::var_os("LLVM_PROFILE_FILE").map(|file| ("LLVM_PROFILE_FILE".into(), file)));
    environment
}

/// Whether everything in `expected` is in `actual`: objects may have more members, anything else is equal.
#[track_caller]
pub fn assert_holds(actual: &serde_json::Value, expected: serde_json::Value) {
    let serde_json::Value::Object(expected) = expected else { panic!("expected members") };
    for (name, value) in expected {
        let found = actual.get(&name).cloned().unwrap_or_default();
        assert_eq!(found, value, "`{name}` is not as expected in {actual:#}");
    }
}

/// Changes as the tools' harnesses give them: what, and what would be done to it.
pub fn changes(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(address, action)| ((*address).to_owned(), (*action).to_owned())).collect()
}
