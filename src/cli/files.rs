//! Writing files whole: beside their place first, and into it in one step.
//!
//! For files whose names are ours, in directories that users name. Until that step nothing is changed: not by a full
//! disk, and not through a link that somebody has put there.

use crate::export;
use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::Path,
};
use tempfile::NamedTempFile;

/// Puts what is written into the place of the target, and makes the directory for it. Whoever opens it meanwhile sees
/// the old file or the new one. Its mode is what new files of this user have.
pub fn replace(target: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    written(target, 0o666, write)?.persist(target).map_err(|error| error.error)?;
    Ok(())
}

/// Files with secrets in them, for their owner alone: all of them, or none. One that is there already is in the way, unless it
/// may be replaced.
pub fn place_all(dir: &Path, files: &[export::File], may_replace: bool) -> io::Result<()> {
    let taken = |file: &&export::File| dir.join(&file.path).symlink_metadata().is_ok();
    if let Some(file) = files.iter().find(taken).filter(|_| !may_replace) {
        let there = format!("{} is there already", dir.join(&file.path).display());
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, there));
    }
    let fresh = files.iter().map(|file| {
        let target = dir.join(&file.path);
        Ok((written(&target, 0o600, |place| place.write_all(file.content.as_bytes()))?, target))
    });
    // What remains are names in directories.
    for (fresh, target) in fresh.collect::<io::Result<Vec<_>>>()? {
        fresh.persist(target).map_err(|error| error.error)?;
    }
    Ok(())
}

/// A file beside its place. Gone again when it is not put there.
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
