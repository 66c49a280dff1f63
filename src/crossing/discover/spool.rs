//! Texts on disk, in a file that has no name and that nobody else can open: they may hold secrets.

use std::{
    fs::File,
    io::{self, BufWriter, Read, Seek, SeekFrom, Write},
};

/// The place of a text.
#[derive(Clone, Copy, Debug, Default)]
pub struct Span {
    at: u64,
    len: usize,
}

/// The texts.
pub struct Spool {
    file: BufWriter<File>,
    end: u64,
}

impl Spool {
    /// An empty spool.
    pub fn new() -> io::Result<Spool> {
        Ok(Spool { file: BufWriter::new(tempfile::tempfile()?), end: 0 })
    }

    /// Adds a text.
    pub fn add(&mut self, text: &str) -> io::Result<Span> {
        self.file.write_all(text.as_bytes())?;
        let span = Span { at: self.end, len: text.len() };
        self.end += text.len() as u64;
        Ok(span)
    }

    /// Reads the text at this place. All texts have to be added before.
    pub fn read(&mut self, span: Span) -> io::Result<Vec<u8>> {
        self.file.flush()?;
        let file = self.file.get_mut();
        file.seek(SeekFrom::Start(span.at))?;
        let mut text = vec![0; span.len];
        file.read_exact(&mut text)?;
        Ok(text)
    }

    /// Copies all texts, in order.
    pub fn copy_to(&mut self, to: &mut impl Write) -> io::Result<()> {
        self.file.flush()?;
        self.file.get_mut().seek(SeekFrom::Start(0))?;
        io::copy(self.file.get_mut(), to)?;
        Ok(())
    }

    /// Whether it has no text.
    pub fn is_empty(&self) -> bool {
        self.end == 0
    }
}
