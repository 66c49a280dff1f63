//! The directory that all processes share: the record, the lock of its writers, the key of its hashes, and one file for each
//! running process.
//!
//! Owns all access to these files, and that no other file is touched: a name in the record is never used as a path, and only plain
//! files are opened. Knows nothing of the meaning of a line.

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

/// The record: one intent per line.
const RECORD: &str = "creates.jsonl";
/// Writers hold a lock on it. It is never renamed or removed, so that all writers lock the same file.
const LOCK: &str = "lock";
/// The secret key of the hashes in the record.
const KEY: &str = "key";
/// How long writers wait for each other; a write takes microseconds.
const PATIENCE: Duration = Duration::from_secs(2);
/// The prefix of the files of running processes.
const ALIVE: &str = "alive-";
/// The prefix of files that are about to replace another file.
const NEW: &str = "new-";
/// The largest record: a larger file was not written by this code.
const LARGEST: u64 = 64 << 20;

/// A directory with a record; it need not exist yet. Files that are written often stay open.
pub(super) struct Dir {
    path: PathBuf,
    lock: Mutex<Option<Arc<File>>>,
    record: Mutex<Option<Arc<File>>>,
}

/// The lock, until this is dropped.
pub(super) struct Lock(Arc<File>);

impl Drop for Lock {
    fn drop(&mut self) {
        // The system releases the lock at the latest when the process ends.
        let _ = self.0.unlock();
    }
}

/// The file that shows other processes that this one is running: this process holds it locked, and removes it at its end.
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

    /// Creates the directory if necessary, for its owner alone, and waits until no other process writes.
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

    /// The key of the hashes; created if there is none.
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

    /// The file of this process.
    pub(super) fn live(&self, _: &Lock) -> io::Result<Life> {
        let file = tempfile::Builder::new().prefix(ALIVE).rand_bytes(16).tempfile_in(&self.path)?;
        file.as_file().lock()?;
        Ok(Life(file))
    }

    /// Whether the process with this file certainly no longer runs.
    pub(super) fn is_dead(&self, name: &str) -> bool {
        if !is_life(name) {
            return false;
        }
        match self.open(name, OpenOptions::new().read(true)) {
            Ok(file) => file.try_lock_shared().is_ok(),
            Err(error) => error.kind() == io::ErrorKind::NotFound,
        }
    }

    /// The intents in the record in their order, and the length of the record in bytes. An incomplete line is ignored.
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

    /// The length of the record in bytes.
    pub(super) fn len(&self, _: &Lock) -> io::Result<u64> {
        Ok(self.open(RECORD, OpenOptions::new().read(true))?.metadata()?.len())
    }

    /// Appends lines; returns their length in bytes.
    pub(super) fn append(&self, _: &Lock, intents: &[Intent]) -> io::Result<u64> {
        let text = intents.iter().map(line).collect::<io::Result<Vec<_>>>()?.concat();
        let record = kept(&self.record, || self.open(RECORD, OpenOptions::new().append(true).create(true)))?;
        (&*record).write_all(&text)?;
        Ok(text.len() as u64)
    }

    /// Replaces the record by one with only these intents. The record is complete at every moment: an error leaves the old one.
    /// Files of ended processes that it no longer names are removed. Returns the new length in bytes.
    pub(super) fn rewrite<'a>(&self, _: &Lock, intents: impl Iterator<Item = &'a Intent> + Clone) -> io::Result<u64> {
        let text: Vec<u8> = intents.clone().map(line).collect::<io::Result<Vec<_>>>()?.concat();
        self.replace(RECORD, &text)?;
        for name in fs::read_dir(&self.path)?.filter_map(Result::ok).filter_map(|entry| entry.file_name().into_string().ok()) {
            // The caller holds the lock, so that a file with this prefix was left by a process that crashed.
            let is_left = name.starts_with(NEW) || intents.clone().all(|intent| intent.owner != name) && self.is_dead(&name);
            if is_left {
                let _ = fs::remove_file(self.path.join(name));
            }
        }
        Ok(text.len() as u64)
    }

    /// Replaces a file atomically and durably.
    fn replace(&self, name: &str, content: &[u8]) -> io::Result<()> {
        let mut file = tempfile::Builder::new().prefix(NEW).tempfile_in(&self.path)?;
        file.write_all(content)?;
        file.as_file().sync_all()?;
        file.persist(self.path.join(name))?;
        // Not every system can make the new name durable.
        let _ = File::open(&self.path).and_then(|dir| dir.sync_all());
        Ok(())
    }

    /// Opens a plain file of the directory. Follows no link, and does not wait for the other end of a pipe.
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

/// The open file. It is opened again if it was removed or replaced.
fn kept(file: &Mutex<Option<Arc<File>>>, open: impl FnOnce() -> io::Result<File>) -> io::Result<Arc<File>> {
    let mut kept = file.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(file) = kept.as_ref().filter(|file| has_name(file)) {
        return Ok(file.clone());
    }
    *kept = None;
    Ok(kept.insert(Arc::new(open()?)).clone())
}

/// Whether the file still has its name, as far as the system shows.
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

/// One line. It starts with a line break, so that it does not continue an incomplete line.
fn line(intent: &Intent) -> io::Result<Vec<u8>> {
    Ok([b"\n", serde_json::to_vec(intent)?.as_slice(), b"\n"].concat())
}
