//! Writing files atomically: first to a temporary file beside the target, then into its place in one step.
//!
//! For files with names of our choice, in directories that users choose. Until the last step nothing is changed: not by a full
//! disk, and not through a link that somebody has put there.

use crate::export;
use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::Path,
};
use tempfile::NamedTempFile;

/// Replaces the target by what is written, and makes its directory. A program that opens the target meanwhile sees
/// the old file or the new one. Its mode is that of new files of this user.
pub fn replace(target: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    written(target, 0o666, write)?.persist(target).map_err(|error| error.error)?;
    Ok(())
}

/// Writes files with secrets, readable by their owner only: all of them, or none. An existing file is an error, unless it may be
/// replaced.
pub fn place_all(dir: &Path, files: &[export::File], may_replace: bool) -> io::Result<()> {
    let taken = |file: &&export::File| dir.join(&file.path).symlink_metadata().is_ok();
    if let Some(file) = files.iter().find(taken).filter(|_| !may_replace) {
        let there = format!("{} exists already", dir.join(&file.path).display());
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, there));
    }
    let fresh = files.iter().map(|file| {
        let target = dir.join(&file.path);
        Ok((written(&target, 0o600, |place| place.write_all(file.content.as_bytes()))?, target))
    });
    // Only the renames remain.
    for (fresh, target) in fresh.collect::<io::Result<Vec<_>>>()? {
        fresh.persist(target).map_err(|error| error.error)?;
    }
    Ok(())
}

/// A temporary file beside its target, which is deleted when it is not moved there.
fn written(target: &Path, mode: u32, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<NamedTempFile> {
    let dir = target.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(dir)?;
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(mode));
    #[cfg(not(unix))]
    let _ = mode;
    let mut fresh = builder.prefix(".janiform-").tempfile_in(dir)?;
    write(fresh.as_file_mut())?;
    fresh.as_file().sync_all()?;
    Ok(fresh)
}
