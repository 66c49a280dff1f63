//! Reads files that people and other tools have written: states, programs, plans, configurations.
//!
//! Owns their encoding. Some editors and shells put a byte order mark before a text: Terraform and OpenTofu read such HCL, and people
//! do not see it. Windows PowerShell 5 writes what a command prints as UTF-16, so that is what `terraform state pull >FILE` leaves there.

use std::{
    fs,
    io::{self, Read},
    path::Path,
};

/// The content of a file as UTF-8 without a byte order mark.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    unmarked(fs::read(path)?)
}

/// The same; `-` stands for standard input.
pub fn read_or_stdin(path: &Path) -> io::Result<Vec<u8>> {
    if path.as_os_str() != "-" {
        return read(path);
    }
    let mut text = Vec::new();
    io::stdin().lock().read_to_end(&mut text)?;
    unmarked(text)
}

/// The content of a file that is text.
pub fn read_text(path: &Path) -> io::Result<String> {
    String::from_utf8(read(path)?).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8"))
}

fn unmarked(mut text: Vec<u8>) -> io::Result<Vec<u8>> {
    let wide = |unit: fn([u8; 2]) -> u16, text: &[u8]| {
        let units: Vec<_> = text.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        let whole = String::from_utf16(&units).ok().filter(|_| text.len().is_multiple_of(2));
        whole.map(String::into_bytes).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-16"))
    };
    match text.as_slice() {
        [0xEF, 0xBB, 0xBF, ..] => drop(text.drain(..3)),
        [0xFF, 0xFE, rest @ ..] => return wide(u16::from_le_bytes, rest),
        [0xFE, 0xFF, rest @ ..] => return wide(u16::from_be_bytes, rest),
        _ => {}
    }
    Ok(text)
}
