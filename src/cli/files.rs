//! Writing files whole: beside their place first, and into it in one step.
//!
//! For files whose names are ours, in directories that users name. Until that step nothing is changed: not by a full
//! disk, and not through a link that somebody has put there.

use std::{
    fs::{self, File},
    io,
    path::Path,
};
use tempfile::NamedTempFile;

/// Puts what is written into the place of the target, and makes the directory for it. Whoever opens it meanwhile sees
/// the old file or the new one. Its mode is what new files of this user have.
pub fn replace(target: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    written(target, write)?.persist(target).map_err(|error| error.error)?;
    Ok(())
}

/// A file beside its place. Gone again when it is not put there.
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
