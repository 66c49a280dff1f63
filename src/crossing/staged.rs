//! Writes files into a directory: all of them, or none.
//!
//! The files are first written completely into a temporary directory, and then moved to their places. Owns that nobody sees a part
//! of the result, and that an existing file is overwritten only if the caller allows it. A new directory appears in one step. In an
//! existing directory, the files that are replaced are kept until all moves are done, and are restored if one of them fails. The
//! names of the files come from this program, the directories from users.

use super::Problem;
use crate::export;
use std::{
    fmt,
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};
use tempfile::TempDir;

const PREFIX: &str = ".janiform-";

/// Files that are written, and not yet moved into their directory.
pub struct Staged {
    dir: TempDir,
    target: PathBuf,
    is_new: bool,
    names: Vec<String>,
}

impl Staged {
    /// No files yet, for this directory.
    pub fn new(target: &Path) -> io::Result<Staged> {
        let target = if target.as_os_str().is_empty() { Path::new(".") } else { target };
        let is_new = target.symlink_metadata().is_err();
        let mut builder = tempfile::Builder::new();
        builder.prefix(PREFIX);
        let dir = match is_new {
            // Moves within the directory work wherever it is mounted.
            false => builder.tempdir_in(target)?,
            true => {
                let beside = target.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
                fs::create_dir_all(beside)?;
                #[cfg(unix)]
                builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o777));
                builder.tempdir_in(beside)?
            }
        };
        Ok(Staged { dir, target: target.to_owned(), is_new, names: Vec::new() })
    }

    /// Creates a file; its name may contain directories. Only its owner can read a secret file.
    pub fn file(&mut self, name: &str, is_secret: bool) -> io::Result<File> {
        let path = self.dir.path().join(name);
        path.parent().map(fs::create_dir_all).transpose()?;
        let mut options = File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        if is_secret {
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        }
        let file = options.open(path)?;
        self.names.push(name.to_owned());
        Ok(file)
    }

    /// The temporary directory that contains the files.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// The names of the files.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Moves the files to their places.
    ///
    /// # Errors
    /// If a file exists already and must not be replaced, or a file cannot be moved. Then nothing is changed.
    pub fn put(self, may_replace: bool) -> Result<(), Problem> {
        if self.is_new {
            fs::rename(self.dir.path(), &self.target).map_err(|why| unplaced(&self.target, why))?;
            // It has another name now, and must not be removed.
            let _ = self.dir.keep();
            return Ok(());
        }
        if !may_replace {
            free(&self.target, self.names.iter().map(String::as_str))?;
        }
        let kept = tempfile::Builder::new().prefix(PREFIX).tempdir_in(&self.target).map_err(|why| unplaced(&self.target, why))?;
        let moves = self.names.iter().map(|name| Move { from: self.dir.path().join(name), to: self.target.join(name) });
        let moves: Vec<_> = moves.collect();
        match all(&moves, kept.path()) {
            Ok(()) => Ok(()),
            Err(Stopped { why, lost }) if lost.is_empty() => Err(unplaced(&self.target, why)),
            Err(Stopped { why, lost }) => {
                let kept = kept.keep();
                let lost: Vec<_> = lost.iter().map(|path| path.display().to_string()).collect();
                Err(Problem::new(
                    format_args!("cannot write into {}: {why}; and the files that were there could not be restored", self.target.display()),
                    format_args!("Move {} back from {}.", lost.join(", "), kept.display()),
                ))
            }
        }
    }
}

/// Writes files with secrets, which only their owner can read: all of them, or none.
///
/// # Errors
/// If a file exists already and must not be replaced, or a file cannot be written. Then nothing is changed.
pub fn place_all(target: &Path, files: &[export::File], may_replace: bool) -> Result<(), Problem> {
    if !may_replace {
        free(target, files.iter().map(|file| file.path.as_str()))?;
    }
    let staged = || -> io::Result<Staged> {
        let mut staged = Staged::new(target)?;
        for file in files {
            let mut place = staged.file(&file.path, true)?;
            place.write_all(file.content.as_bytes())?;
            place.sync_all()?;
        }
        Ok(staged)
    };
    staged().map_err(|why| unplaced(target, why))?.put(may_replace)
}

/// Checks that none of these files exists.
///
/// # Errors
/// With the name of the first file that exists.
pub fn free<'a>(target: &Path, names: impl IntoIterator<Item = &'a str>) -> Result<(), Problem> {
    match names.into_iter().map(|name| target.join(name)).find(|path| path.symlink_metadata().is_ok()) {
        None => Ok(()),
        Some(there) => {
            let hint = "Choose another place for it, or replace the existing files with `--force`.";
            Err(Problem::new(format_args!("{} exists already", there.display()), hint))
        }
    }
}

fn unplaced(target: &Path, why: impl fmt::Display) -> Problem {
    let hint = "Check that the disk has space and that this user may write there. Nothing was changed.";
    Problem::new(format_args!("cannot write into {}: {why}", target.display()), hint)
}

struct Move {
    from: PathBuf,
    to: PathBuf,
}

/// Why not all files were moved, and which files could not be restored.
struct Stopped {
    why: io::Error,
    lost: Vec<PathBuf>,
}

/// A step that was done and can be undone.
enum Step<'a> {
    /// A directory was made.
    Made(PathBuf),
    /// The file at the first path was moved to the second one.
    Kept(&'a Path, PathBuf),
    /// A file was moved to this place.
    Placed(&'a Path),
}

/// Moves all files, or none. Files that they replace are moved into the directory `kept`.
fn all(moves: &[Move], kept: &Path) -> Result<(), Stopped> {
    let mut done = Vec::new();
    let moved = moves.iter().enumerate().try_for_each(|(number, one)| step(one, kept.join(number.to_string()), &mut done));
    moved.map_err(|why| Stopped { why, lost: undo(done) })
}

fn step<'a>(Move { from, to }: &'a Move, kept: PathBuf, done: &mut Vec<Step<'a>>) -> io::Result<()> {
    let missing: Vec<_> = to.ancestors().skip(1).take_while(|dir| !dir.as_os_str().is_empty() && !dir.exists()).collect();
    for dir in missing.into_iter().rev() {
        fs::create_dir(dir)?;
        done.push(Step::Made(dir.to_owned()));
    }
    match to.symlink_metadata() {
        Ok(there) if there.is_dir() => return Err(io::Error::other(format!("{} is a directory", to.display()))),
        Ok(_) => {
            fs::rename(to, &kept)?;
            done.push(Step::Kept(to, kept));
        }
        Err(_) => {}
    }
    fs::rename(from, to)?;
    done.push(Step::Placed(to));
    Ok(())
}

/// Undoes all steps, the last one first, and returns the files that could not be restored.
fn undo(done: Vec<Step<'_>>) -> Vec<PathBuf> {
    let mut lost = Vec::new();
    for step in done.into_iter().rev() {
        match step {
            // If this fails, an empty directory or a new file remains, which does no harm.
            Step::Made(dir) => drop(fs::remove_dir(dir)),
            Step::Placed(to) => drop(fs::remove_file(to)),
            Step::Kept(to, kept) => lost.extend(fs::rename(kept, to).err().map(|_| to.to_owned())),
        }
    }
    lost
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn files(dir: &Path) -> BTreeMap<String, String> {
        let mut all = BTreeMap::new();
        for entry in fs::read_dir(dir).unwrap().map(|entry| entry.unwrap()) {
            let name = entry.file_name().into_string().unwrap();
            match entry.path().is_dir() {
                true => all.extend(files(&entry.path()).into_iter().map(|(inner, text)| (format!("{name}/{inner}"), text))),
                false => drop(all.insert(name, fs::read_to_string(entry.path()).unwrap())),
            }
        }
        all
    }

    fn staged(target: &Path, names: &[&str]) -> Staged {
        let mut staged = Staged::new(target).unwrap();
        names.iter().for_each(|name| staged.file(name, true).unwrap().write_all(b"new").unwrap());
        staged
    }

    fn texts(expected: &[(&str, &str)]) -> BTreeMap<String, String> {
        expected.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn if_a_later_file_cannot_be_moved_nothing_is_changed() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["a", "c", "d"] {
            fs::write(dir.path().join(name), "old").unwrap();
        }
        let before = files(dir.path());
        let staged = staged(dir.path(), &["a", "modules/x/b", "c", "d"]);
        fs::remove_file(staged.path().join("c")).unwrap();
        let why = staged.put(true).unwrap_err();
        assert!(why.hint.contains("Nothing was changed"), "{why}");
        assert_eq!(files(dir.path()), before);
        assert!(!dir.path().join("modules").exists());
    }

    #[test]
    fn a_directory_is_not_replaced_by_a_file() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("a"), "old").unwrap();
        fs::create_dir(dir.path().join("b")).unwrap();
        fs::write(dir.path().join("b/mine"), "mine").unwrap();
        let before = files(dir.path());
        let why = staged(dir.path(), &["a", "b"]).put(true).unwrap_err();
        assert!(why.what.contains("is a directory"), "{why}");
        assert_eq!(files(dir.path()), before);
    }

    #[test]
    fn existing_files_are_replaced_only_if_allowed() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("a"), "old").unwrap();
        assert!(staged(dir.path(), &["b", "a"]).put(false).unwrap_err().what.contains("exists already"));
        assert_eq!(files(dir.path()), texts(&[("a", "old")]));
        staged(dir.path(), &["b", "a", "x/c"]).put(true).unwrap();
        assert_eq!(files(dir.path()), texts(&[("a", "new"), ("b", "new"), ("x/c", "new")]));
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 3, "nothing else stays");
    }

    #[test]
    fn a_new_directory_appears_with_all_files() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("deep/new");
        let staged = staged(&target, &["a", "x/b"]);
        assert!(!target.exists());
        staged.put(false).unwrap();
        assert_eq!(files(&target), texts(&[("a", "new"), ("x/b", "new")]));
        assert_eq!(fs::read_dir(dir.path().join("deep")).unwrap().count(), 1, "nothing else stays");
    }
}
