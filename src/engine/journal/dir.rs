//! The directory that all processes share: the record, the lock that its writers hold, the key of its hashes, and a
//! file for each process that lives.
//!
//! Owns what is done to files, and that nothing is done to any other: a name in the record is never a path, and what
//! is no plain file is not opened. Knows nothing of what the lines mean.

use super::Intent;
use aws_lc_rs::rand;
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tempfile::NamedTempFile;

/// The record: an intent a line.
const RECORD: &str = "creates.jsonl";
/// Held locked by whoever writes. Never renamed or removed, so that two who hold it hold the same.
const LOCK: &str = "lock";
/// The secret key of what is written as a hash.
const KEY: &str = "key";
/// How long its writers wait for each other: a line takes microseconds.
const PATIENCE: Duration = Duration::from_secs(2);
/// What the names of living processes start with.
const ALIVE: &str = "alive-";
/// What the names of files start with that are to take the place of others.
const NEW: &str = "new-";
/// A record larger than this is none that was ever written here.
const LARGEST: u64 = 64 << 20;

/// A directory with a record, which need not be there yet. Files that are written again and again stay open.
pub(super) struct Dir {
    path: PathBuf,
    lock: Mutex<Option<Arc<File>>>,
    record: Mutex<Option<Arc<File>>>,
}

/// The right to write, until this is dropped.
pub(super) struct Lock(Arc<File>);

impl Drop for Lock {
    fn drop(&mut self) {
        // The system lets go of it at the latest when the process ends.
        let _ = self.0.unlock();
    }
}

/// This process, as the others see that it lives: a file that it holds locked, and that goes with it.
pub(super) struct Life(NamedTempFile);

impl Life {
    pub(super) fn name(&self) -> String {
        self.0.path().file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }
}

impl Dir {
    pub(super) fn at(path: PathBuf) -> Dir {
        Dir { path, lock: Mutex::default(), record: Mutex::default() }
    }

    pub(super) fn path(&self) -> std::path::Display<'_> {
        self.path.display()
    }

    /// Makes the directory where it is missing, for its owner alone, and waits for its other writers.
    pub(super) fn lock(&self) -> io::Result<Lock> {
        let file = kept(&self.lock, || {
            let mut builder = fs::DirBuilder::new();
            builder.recursive(true);
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            builder.create(&self.path)?;
            self.open(LOCK, OpenOptions::new().read(true).write(true).create(true))
        })?;
        let until = Instant::now() + PATIENCE;
        while file.try_lock().is_err() {
            if Instant::now() > until {
                return Err(io::Error::new(io::ErrorKind::WouldBlock, "another process holds its lock"));
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(Lock(file))
    }

    /// The key of its hashes; made by whoever needs it first.
    pub(super) fn key(&self, _: &Lock) -> io::Result<[u8; 32]> {
        let mut key = [0; 32];
        match self.open(KEY, OpenOptions::new().read(true)) {
            Ok(mut file) => file.read_exact(&mut key)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                rand::fill(&mut key).map_err(|_| io::Error::other("no random numbers"))?;
                self.replace(KEY, &key)?;
            }
            Err(error) => return Err(error),
        }
        Ok(key)
    }

    /// A life for this process.
    pub(super) fn live(&self, _: &Lock) -> io::Result<Life> {
        let file = tempfile::Builder::new().prefix(ALIVE).rand_bytes(16).tempfile_in(&self.path)?;
        file.as_file().lock()?;
        Ok(Life(file))
    }

    /// Whether the process of this name is known to be no more.
    pub(super) fn is_dead(&self, name: &str) -> bool {
        if !is_life(name) {
            return false;
        }
        match self.open(name, OpenOptions::new().read(true)) {
            Ok(file) => file.try_lock_shared().is_ok(),
            Err(error) => error.kind() == io::ErrorKind::NotFound,
        }
    }

    /// What the record says, a line each, in the order in which it was said, and how long it is. A line that was cut short
    /// says nothing.
    pub(super) fn read(&self) -> io::Result<(Vec<Intent>, u64)> {
        let mut file = match self.open(RECORD, OpenOptions::new().read(true)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Default::default()),
            file => file?,
        };
        if file.metadata()?.len() > LARGEST {
            return Err(io::Error::other("it is too large"));
        }
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        let lines = text.split(|byte| *byte == b'\n');
        let said = lines.filter_map(|line| serde_json::from_slice(line).ok()).filter(|intent: &Intent| is_life(&intent.owner));
        Ok((said.collect(), text.len() as u64))
    }

    /// How long the record is.
    pub(super) fn len(&self, _: &Lock) -> io::Result<u64> {
        Ok(self.open(RECORD, OpenOptions::new().read(true))?.metadata()?.len())
    }

    /// Adds lines; how many bytes they are.
    pub(super) fn append(&self, _: &Lock, intents: &[Intent]) -> io::Result<u64> {
        let text = intents.iter().map(line).collect::<io::Result<Vec<_>>>()?.concat();
        let record = kept(&self.record, || self.open(RECORD, OpenOptions::new().append(true).create(true)))?;
        (&*record).write_all(&text)?;
        Ok(text.len() as u64)
    }

    /// Writes the record anew with these alone. It is whole at every moment: what goes wrong leaves the old one. Dead
    /// processes that it no longer names leave nothing behind. How long it is now.
    pub(super) fn rewrite<'a>(&self, _: &Lock, intents: impl Iterator<Item = &'a Intent> + Clone) -> io::Result<u64> {
        let text: Vec<u8> = intents.clone().map(line).collect::<io::Result<Vec<_>>>()?.concat();
        self.replace(RECORD, &text)?;
        for name in fs::read_dir(&self.path)?.filter_map(Result::ok).filter_map(|entry| entry.file_name().into_string().ok()) {
            // Whoever writes holds the lock: what is still called new was left by one that died.
            let is_left = name.starts_with(NEW) || intents.clone().all(|intent| intent.owner != name) && self.is_dead(&name);
            if is_left {
                let _ = fs::remove_file(self.path.join(name));
            }
        }
        Ok(text.len() as u64)
    }

    /// Puts a file in the place of another, at once and for good.
    fn replace(&self, name: &str, content: &[u8]) -> io::Result<()> {
        let mut file = tempfile::Builder::new().prefix(NEW).tempfile_in(&self.path)?;
        file.write_all(content)?;
        file.as_file().sync_all()?;
        file.persist(self.path.join(name))?;
        // Not every system can make the name last too.
        let _ = File::open(&self.path).and_then(|dir| dir.sync_all());
        Ok(())
    }

    /// Opens a plain file of the directory; neither follows a link nor waits for the other end of a pipe.
    fn open(&self, name: &str, options: &mut OpenOptions) -> io::Result<File> {
        #[cfg(unix)]
        {
            use rustix::fs::OFlags;
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600).custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed());
        }
        let file = options.open(self.path.join(name))?;
        if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other(format!("`{name}` is no plain file"))) }
    }
}

/// The file that is kept open here. Where it has been removed or another one has its name, it is opened anew.
fn kept(file: &Mutex<Option<Arc<File>>>, open: impl FnOnce() -> io::Result<File>) -> io::Result<Arc<File>> {
    let mut kept = file.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(file) = kept.as_ref().filter(|file| has_name(file)) {
        return Ok(file.clone());
    }
    *kept = None;
    Ok(kept.insert(Arc::new(open()?)).clone())
}

/// Whether the file is still the one of its name, as far as the system tells.
#[cfg(unix)]
fn has_name(file: &File) -> bool {
    use std::os::unix::fs::MetadataExt;
    file.metadata().is_ok_and(|file| file.nlink() > 0)
}

#[cfg(not(unix))]
fn has_name(_: &File) -> bool {
    false
}

fn is_life(name: &str) -> bool {
    name.strip_prefix(ALIVE).is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// On a line of its own also after one that was cut short.
fn line(intent: &Intent) -> io::Result<Vec<u8>> {
    Ok([b"\n", serde_json::to_vec(intent)?.as_slice(), b"\n"].concat())
}
