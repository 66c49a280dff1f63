//! Writing files whole: beside their place first, and into it in one step.
//!
//! For files whose names are ours, in directories that users name. Until that step nothing is changed: not by a full
//! disk, and not through a link that somebody has put there.

use std::{
    fs::{self, File},
    io,
    path::Path,
};

/// Puts what is written into the place of the target, and makes the directory for it. Whoever opens it meanwhile sees
/// the old file or the new one. Its mode is what new files of this user have.
pub fn replace(target: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let dir = target.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(dir)?;
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    // Gone again when this ends without having put it into its place.
    let mut fresh = builder.prefix(".janiform-").tempfile_in(dir)?;
    write(fresh.as_file_mut())?;
    fresh.as_file().sync_all()?;
    fresh.persist(target).map_err(|error| error.error)?;
    Ok(())
}

/// Writes a file that only this user can read, whole or not at all. One that is there is left alone, unless it may be replaced.
pub fn secret(target: &Path, replaces: bool, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let dir = target.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Only its owner can read a file that is made so.
    let mut fresh = tempfile::Builder::new().prefix(".janiform-").tempfile_in(dir)?;
    write(fresh.as_file_mut())?;
    fresh.as_file().sync_all()?;
    let placed = if replaces { fresh.persist(target) } else { fresh.persist_noclobber(target) };
    placed.map_err(|error| error.error).map(drop)
}
