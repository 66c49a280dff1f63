//! What a process of Janiform opens and leaves: the hosts that it connects to when a proxy is configured, and the files that it
//! writes, follows and leaves behind.

use janiform::emulator::{self, Options, Running};
use serde_json::{Value as Json, json};
use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::{Arc, Mutex},
};
use tempfile::TempDir;
use tokio::{io::AsyncReadExt as _, net::TcpListener};

/// The command line, where nothing but what the test says is set.
fn janiform(home: &TempDir) -> Command {
    by(Path::new(env!("CARGO_BIN_EXE_janiform")), home)
}

fn by(program: &Path, home: &TempDir) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("HOME", home.path()).env("PATH", home.path()).env("JANIFORM_STATE_DIR", home.path().join("state"));
    command
}

/// Runs it while the servers of this test go on.
async fn run(mut command: Command) -> Output {
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// What a proxy would be asked; it answers nothing.
async fn proxy() -> (String, Arc<Mutex<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://somebody:canary-of-the-proxy@{}", listener.local_addr().unwrap());
    let seen = Arc::new(Mutex::new(String::new()));
    let heard = seen.clone();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let mut bytes = vec![0; 1 << 14];
            let length = client.read(&mut bytes).await.unwrap_or(0);
            heard.lock().unwrap().push_str(&format!("{}\n", String::from_utf8_lossy(&bytes[..length])));
        }
    });
    (url, seen)
}

async fn with_a_client() -> Running {
    let emulator = emulator::start(Options::default()).await.unwrap();
    let client = json!({ "client_id": "guard", "client_secret": "canary-of-the-guard", "grant_types": ["client_credentials"] });
    let made = crate::support::client().post(format!("{}/admin/clients", emulator.url())).json(&client).send().await.unwrap();
    assert_eq!(made.status(), 201);
    emulator
}

/// Each variable that names a proxy, as people and systems spell them.
const PROXIES: [&str; 6] = ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy"];

#[tokio::test]
async fn a_proxy_is_not_used_for_loopback() {
    let (emulator, (proxy, seen)) = (with_a_client().await, proxy().await);
    let home = tempfile::tempdir().unwrap();
    let port = emulator.url().rsplit_once(':').unwrap().1.to_owned();
    for host in ["127.0.0.1", "localhost", "LOCALHOST", "127.1"] {
        let url = format!("http://{host}:{port}");
        let oauth2 = json!({ "token_url": format!("{url}/oauth2/token"), "client_id": "guard", "client_secret": "canary-of-the-guard" });
        for (name, guard) in [
            ("ORY_ADMIN_BASIC_AUTH", json!({ "username": "somebody", "password": "canary-of-a-password" })),
            ("ORY_ADMIN_HEADERS", json!({ "X-Guard": "canary-of-a-header" })),
            ("ORY_ADMIN_OAUTH2", oauth2),
        ] {
            let mut doctor = janiform(&home);
            doctor.args(["doctor", "--json"]).envs(PROXIES.map(|name| (name, &proxy))).env(name, guard.to_string());
            doctor.env("ORY_HYDRA_ADMIN_URL", &url).env("ORY_KETO_READ_URL", &url);
            let ended = run(doctor).await;
            let checks: Vec<Json> = serde_json::from_slice(&ended.stdout).unwrap();
            let is_read = |check: &&Json| check["name"] == "may read" && check["status"] == "ok";
            let asked = seen.lock().unwrap().clone();
            assert_eq!((checks.iter().filter(is_read).count(), asked.as_str()), (2, ""), "{host}, {name}: {}", told(&ended));
        }
    }
    // Or else this test shows nothing: what is elsewhere is asked for by way of the proxy.
    let mut doctor = janiform(&home);
    doctor.args(["doctor", "--json"]).env("HTTP_PROXY", &proxy).env("ORY_HYDRA_ADMIN_URL", "http://hydra.example:4445");
    run(doctor).await;
    let asked = seen.lock().unwrap().clone();
    assert!(asked.starts_with("GET http://hydra.example:4445/admin/clients"), "{asked}");
}

/// All files below the directory.
fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() && !entry.is_symlink() { found.extend(files(&entry)) } else { found.push(entry) }
    }
    found.sort();
    found
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

/// What `install` makes below its directories.
const INSTALLED: [&str; 2] = ["terraform-provider-ory_v0.1.0", "pulumi-resource-ory"];

#[test]
fn install_writes_through_no_link() {
    let home = tempfile::tempdir().unwrap();
    let (mirror, pulumi, theirs) = (home.path().join("mirror"), home.path().join("pulumi"), home.path().join("theirs"));
    let install = || {
        let ended = janiform(&home).arg("install").arg("--mirror").arg(&mirror).arg("--pulumi-home").arg(&pulumi).output().unwrap();
        assert!(ended.status.success(), "{}", told(&ended));
    };
    install();
    let installed: Vec<_> = [&mirror, &pulumi].into_iter().flat_map(|dir| files(dir)).collect();
    assert_eq!(installed.len(), 3, "{installed:?}");
    fs::write(&theirs, "theirs").unwrap();
    for target in &installed {
        let name = target.file_name().unwrap().to_str().unwrap();
        assert!(INSTALLED.contains(&name), "{name}");
        // What was there before, and the name of the file beside it that earlier versions wrote to.
        fs::remove_file(target).unwrap();
        symlink(&theirs, target).unwrap();
        symlink(&theirs, target.with_file_name(format!(".{name}.new"))).unwrap();
    }
    install();
    assert!(fs::read(&theirs).unwrap() == b"theirs");
    for target in &installed {
        assert!(!target.is_symlink() && fs::metadata(target).unwrap().len() > 1 << 20, "{}", target.display());
    }
}

#[test]
fn install_sets_the_mode_of_the_binary() {
    let home = tempfile::tempdir().unwrap();
    let (binary, mirror) = (home.path().join("janiform"), home.path().join("mirror"));
    fs::copy(env!("CARGO_BIN_EXE_janiform"), &binary).unwrap();
    fs::set_permissions(&binary, fs::Permissions::from_mode(0o6711)).unwrap();
    for umask in ["022", "077", "000"] {
        let mut install = by(Path::new("/bin/sh"), &home);
        install.args(["-c", &format!("umask {umask}; exec \"$@\""), "sh"]).arg(&binary).arg("install").arg("--mirror").arg(&mirror);
        let ended = install.output().unwrap();
        assert!(ended.status.success(), "{}", told(&ended));
        for target in files(&mirror) {
            assert_eq!(mode(&target), 0o755, "{umask}: {}", target.display());
        }
    }
}

/// Runs it where no file can grow longer than this, as on a full disk.
fn without_room(home: &TempDir, blocks: usize, arguments: &[&str]) -> Output {
    let mut command = by(Path::new("/bin/sh"), home);
    command.args(["-c", &format!("ulimit -f {blocks}; trap '' XFSZ; exec \"$@\""), "sh", env!("CARGO_BIN_EXE_janiform")]);
    command.args(arguments).output().unwrap()
}

#[test]
fn a_failed_write_leaves_the_old_files() {
    let home = tempfile::tempdir().unwrap();
    let path = |name: &str| home.path().join(name).to_str().unwrap().to_owned();
    let (mirror, pulumi, out) = (path("mirror"), path("pulumi"), path("out"));
    for arguments in [
        vec!["install", "--mirror", &mirror],
        vec!["install", "--pulumi-home", &pulumi],
        vec!["schema", "export", "--format", "pulumi", "--out", &out],
    ] {
        let dir = Path::new(arguments.last().unwrap());
        let ended = without_room(&home, 16, &arguments);
        assert!(!ended.status.success() && told(&ended).contains("cannot write"), "{}", told(&ended));
        assert!(files(dir).is_empty(), "{arguments:?}: {:?}", files(dir));
        // The same over what is there already.
        let ended = janiform(&home).args(&arguments).output().unwrap();
        assert!(ended.status.success(), "{}", told(&ended));
        let before: Vec<_> = files(dir).into_iter().map(|file| (fs::read(&file).unwrap().len(), file)).collect();
        assert!(!without_room(&home, 16, &arguments).status.success());
        let after: Vec<_> = files(dir).into_iter().map(|file| (fs::read(&file).unwrap().len(), file)).collect();
        assert_eq!(after, before, "{arguments:?}");
    }
}

#[test]
fn an_export_is_not_written_through_a_link() {
    let home = tempfile::tempdir().unwrap();
    let (out, theirs) = (home.path().join("out"), home.path().join("theirs"));
    fs::create_dir(&out).unwrap();
    fs::write(&theirs, "theirs").unwrap();
    symlink(&theirs, out.join("terraform.json")).unwrap();
    let ended = janiform(&home).args(["schema", "export", "--format", "terraform", "--out"]).arg(&out).output().unwrap();
    assert!(ended.status.success(), "{}", told(&ended));
    assert!(fs::read(&theirs).unwrap() == b"theirs");
    let file = out.join("terraform.json");
    assert!(!file.is_symlink() && fs::read_to_string(&file).unwrap().contains("provider_schemas"));
    // Others may read it, as they may read what editors write.
    assert_eq!(mode(&file) & 0o600, 0o600);
}

/// What there is of a file: its bytes, its mode, and what is beside it.
fn state_of(file: &Path) -> (Vec<u8>, u32, Vec<PathBuf>) {
    (fs::read(file).unwrap(), mode(file), files(file.parent().unwrap()))
}

/// Starts an emulator over the file, and says why it does not.
async fn refused(file: &Path) -> String {
    let started = emulator::start(Options { data: Some(file.to_owned()), ..Options::default() });
    match tokio::time::timeout(std::time::Duration::from_secs(20), started).await.expect("it hangs") {
        Ok(running) => {
            running.stop().await;
            panic!("{} is taken", file.display())
        }
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn the_emulator_changes_nothing_of_a_file_that_is_not_its_own() {
    let dir = tempfile::tempdir().unwrap();
    let text = dir.path().join("notes.txt");
    fs::write(&text, "this is no database, and it is long enough to be sure of that".repeat(4)).unwrap();
    // Databases of others: of another format number, of the same, and of none.
    let database = |name: &str, version: i64, wal: bool| {
        let path = dir.path().join(name);
        let connection = rusqlite::Connection::open(&path).unwrap();
        if wal {
            connection.pragma_update(None, "journal_mode", "WAL").unwrap();
        }
        connection.execute_batch("CREATE TABLE client (mine TEXT); INSERT INTO client VALUES ('mine');").unwrap();
        connection.pragma_update(None, "user_version", version).unwrap();
        drop(connection);
        path
    };
    let mut foreign = vec![text];
    for version in [0, 1, 7] {
        foreign.push(database(&format!("{version}.sqlite"), version, false));
        foreign.push(database(&format!("{version}-wal.sqlite"), version, true));
    }
    for file in foreign {
        for permissions in [0o644, 0o604, 0o640] {
            fs::set_permissions(&file, fs::Permissions::from_mode(permissions)).unwrap();
            let before = state_of(&file);
            let why = refused(&file).await;
            assert!(state_of(&file) == before, "{}: {why}", file.display());
            assert!(why.contains("no database of the emulator"), "{}: {why}", file.display());
        }
    }
    let inner = dir.path().join("directory");
    fs::create_dir(&inner).unwrap();
    fs::set_permissions(&inner, fs::Permissions::from_mode(0o755)).unwrap();
    refused(&inner).await;
    assert_eq!(mode(&inner), 0o755);
    // Nobody ever writes to this one.
    let pipe = dir.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    refused(&pipe).await;
    // A link to nothing makes no file where it points to.
    let link = dir.path().join("link");
    symlink(dir.path().join("nothing"), &link).unwrap();
    refused(&link).await;
    assert!(!dir.path().join("nothing").exists());
}

#[tokio::test]
async fn the_emulator_recognises_its_own_file() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("ory.sqlite");
    // One that somebody has made for it, with nothing in it.
    fs::write(&file, "").unwrap();
    for _ in 0..2 {
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        let running = emulator::start(Options { data: Some(file.clone()), ..Options::default() }).await.unwrap();
        assert_eq!(mode(&file), 0o600);
        // As one that was killed leaves it: what was written last is still in the file beside it.
        let killed = dir.path().join("killed.sqlite");
        for end in ["", "-wal"] {
            fs::copy(format!("{}{end}", file.display()), format!("{}{end}", killed.display())).unwrap();
        }
        running.stop().await;
        emulator::start(Options { data: Some(killed), ..Options::default() }).await.unwrap().stop().await;
    }
}
