//! Finds the attributes of a table: by their names, and by their places in the API's object.
//!
//! Owns the hash index, which is built at compile time, and pointers. It tells a table which of two attributes with
//! the same name or place came first; [`super::checked`] decides what that means.

use super::Attr;
use crate::value::Steps;
use std::fmt;

/// The attributes of a table, in order.
pub(super) type Sections = &'static [&'static [Attr]];

/// A power of two. At most half of the slots are used, so that chains stay short.
const SLOTS: usize = 2048;
/// The value of a free slot; a used slot holds the attribute's place × 3, plus its `By`, plus 1.
const FREE: u16 = 0;

/// The property by which an attribute is found.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// Its name.
    Name,
    /// Its place in the API's object, among those that are read.
    Place,
    /// The same among those that are only written.
    WritePlace,
}

/// An open-addressed hash table: a slot holds the place of an attribute and the property by which it is found.
pub(super) struct Index([u16; SLOTS]);

impl Index {
    /// The largest number of attributes in a table: each takes two of the slots, of which half stay free.
    pub(super) const MOST: usize = SLOTS / 4;

    pub(super) const fn empty() -> Index {
        Index([FREE; SLOTS])
    }

    /// The place of the attribute with this hash.
    pub(super) const fn get(&self, by: By, wanted: u64, sections: Sections) -> Option<usize> {
        let slot = self.slot(by, wanted, sections);
        match self.0[slot] {
            FREE => None,
            used => Some((used as usize - 1) / 3),
        }
    }

    /// Adds the attribute at this place; of several with the same hash, the first stays.
    pub(super) const fn put(&mut self, by: By, hash: u64, place: usize, sections: Sections) {
        let slot = self.slot(by, hash, sections);
        if self.0[slot] == FREE {
            self.0[slot] = (place * 3 + by as usize + 1) as u16;
        }
    }

    /// The slot of this hash, or the free slot for it.
    const fn slot(&self, by: By, wanted: u64, sections: Sections) -> usize {
        let mut slot = (wanted ^ (wanted >> 32)) as usize % SLOTS;
        loop {
            let used = self.0[slot];
            if used == FREE {
                return slot;
            }
            let (place, found_by) = ((used as usize - 1) / 3, (used as usize - 1) % 3);
            if found_by == by as usize && attr_at(sections, place).hash_of(by) == wanted {
                return slot;
            }
            slot = (slot + 1) % SLOTS;
        }
    }
}

/// The attribute at this place.
pub(super) const fn attr_at(sections: Sections, place: usize) -> &'static Attr {
    let (mut section, mut rest) = (0, place);
    while rest >= sections[section].len() {
        rest -= sections[section].len();
        section += 1;
    }
    &sections[section][rest]
}

/// Look-ups compare numbers, not texts.
pub(super) const fn hash(by: By, text: &str) -> u64 {
    match by {
        By::Name => hash_whole(basis(by), text.as_bytes()),
        // The path to a place is hashed step by step.
        By::Place | By::WritePlace => hash_more(basis(by), text, text.len()),
    }
}

/// FNV-1a over eight bytes at a time, since names are looked up very often.
const fn hash_whole(mut hash: u64, mut text: &[u8]) -> u64 {
    while let Some((word, rest)) = text.split_first_chunk() {
        hash = (hash ^ u64::from_le_bytes(*word)).wrapping_mul(0x0100_0000_01b3);
        // Multiplication only moves bits up: mix the upper ones into the lower ones.
        hash ^= hash >> 29;
        text = rest;
    }
    while let [byte, rest @ ..] = text {
        hash = (hash ^ *byte as u64).wrapping_mul(0x0100_0000_01b3);
        text = rest;
    }
    hash
}

const fn basis(by: By) -> u64 {
    0xcbf2_9ce4_8422_2325 ^ by as u64
}

/// FNV-1a.
const fn hash_more(mut hash: u64, text: &str, end: usize) -> u64 {
    let bytes = text.as_bytes();
    let mut position = 0;
    while position < end {
        hash = (hash ^ bytes[position] as u64).wrapping_mul(0x0100_0000_01b3);
        position += 1;
    }
    hash
}

/// The place of an attribute in the API's object: names of members, each in the one before.
#[derive(Clone, Copy)]
pub struct Pointer {
    /// The place of its section; empty for the object itself.
    under: &'static str,
    /// Its place in the section.
    at: &'static str,
}

impl Pointer {
    pub(super) const fn new(under: &'static str, at: &'static str) -> Pointer {
        Pointer { under, at }
    }

    pub(super) const fn hash(self, by: By) -> u64 {
        self.hash_to(by, self.at.len())
    }

    /// The hash of the pointer that ends this many bytes into its last part.
    const fn hash_to(self, by: By, end: usize) -> u64 {
        let mut hash = basis(by);
        if !self.under.is_empty() {
            hash = hash_more(hash_more(hash, self.under, self.under.len()), "/", 1);
        }
        hash_more(hash, self.at, end)
    }

    /// Whether it is in a member of the object instead of being one.
    pub(super) const fn is_deep(self) -> bool {
        let (bytes, mut position) = (self.at.as_bytes(), 0);
        while position < bytes.len() {
            if bytes[position] == b'/' {
                return true;
            }
            position += 1;
        }
        !self.under.is_empty()
    }

    /// Whether each step is the name of a member, without the escapes of RFC 6901, which no table needs.
    pub(super) const fn is_plain(self) -> bool {
        (self.under.is_empty() || are_names(self.under)) && are_names(self.at)
    }

    /// The first attribute on the way to this place, by hash, that is in the index.
    pub(super) const fn on_the_way(self, by: By, index: &Index, sections: Sections) -> Option<usize> {
        let mut end = 1;
        while end < self.under.len() {
            if self.under.as_bytes()[end] == b'/'
                && let Some(place) = index.get(by, hash_more(basis(by), self.under, end), sections)
            {
                return Some(place);
            }
            end += 1;
        }
        if !self.under.is_empty()
            && let Some(place) = index.get(by, hash_more(basis(by), self.under, self.under.len()), sections)
        {
            return Some(place);
        }
        let mut end = 1;
        while end < self.at.len() {
            if self.at.as_bytes()[end] == b'/'
                && let Some(place) = index.get(by, self.hash_to(by, end), sections)
            {
                return Some(place);
            }
            end += 1;
        }
        None
    }
}

const fn are_names(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (mut position, mut after_slash) = (0, true);
    while position < bytes.len() {
        let is_slash = bytes[position] == b'/';
        if bytes[position] == b'~' || (is_slash && after_slash) {
            return false;
        }
        after_slash = is_slash;
        position += 1;
    }
    !after_slash
}

impl Steps for Pointer {
    fn steps(&self) -> impl Iterator<Item = &str> {
        [self.under, self.at].into_iter().filter(|part| !part.is_empty()).flat_map(|part| part.split('/'))
    }
}

impl PartialEq for Pointer {
    fn eq(&self, other: &Self) -> bool {
        self.steps().eq(other.steps())
    }
}

impl Eq for Pointer {}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let slash = if self.under.is_empty() { "" } else { "/" };
        write!(f, "{}{slash}{}", self.under, self.at)
    }
}
