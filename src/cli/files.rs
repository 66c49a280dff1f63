//! Writing files atomically: first to a temporary file beside the target, then into its place in one step.
//!
//! For files with names of our choice, in directories that users choose. Until the last step nothing is changed: not by a full
//! disk, and not through a link that somebody has put there.

use std::{
    fs::{self, File},
    io,
    path::Path,
};
use tempfile::NamedTempFile;

/// Replaces the target by what is written, and makes its directory. A program that opens the target meanwhile sees
/// the old file or the new one. Its mode is that of new files of this user.
pub fn replace(target: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    written(target, write)?.persist(target).map_err(|error| error.error)?;
    Ok(())
}

/// A temporary file beside its target, which is deleted when it is not moved there.
fn written(target: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<NamedTempFile> {
    let dir = target.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(dir)?;
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut fresh = builder.prefix(".janiform-").tempfile_in(dir)?;
    write(fresh.as_file_mut())?;
    fresh.as_file().sync_all()?;
    Ok(fresh)
}
