//! Writes a file atomically: first to a temporary file in the same directory, which then replaces the target in one step.
//!
//! The names of the files come from this program, the directories from users. Until the last step nothing is changed, so a full disk
//! does no harm, and a symbolic link at the target is replaced, not followed.

use std::{
    fs::{self, File},
    io,
    path::Path,
};
use tempfile::NamedTempFile;

/// Writes the target, and creates its directory. A program that opens the target at the same time sees either the old file or the
/// new one. Its mode is that of new files of this user.
pub fn replace(target: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    written(target, write)?.persist(target).map_err(|error| error.error)?;
    Ok(())
}

/// Writes a temporary file in the target's directory. It is deleted unless it replaces the target.
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
