//! How far a list is followed: to no page twice, no further than objects can be, and to no more than a state can hold.
//!
//! Owns these limits, for everything that asks for page after page. Knows nothing of how a page is asked for.

use super::{Reply, SendError, Service};
use crate::{engine::Done, value::MOST_VALUES};
use std::{
    collections::HashSet,
    hash::{BuildHasher, Hash, RandomState},
};

/// No list has so many pages: with 500 objects each they would be a million.
const MOST_PAGES: usize = 2_000;
/// What is kept of a list goes into one message and one state, which hold no more.
const MOST_BYTES: usize = 256 << 20;

/// One list that is being followed.
#[derive(Default)]
pub struct PageGuard {
    hasher: RandomState,
    /// The pages that were asked for, by hash: what tells them apart may be long.
    asked: HashSet<u64>,
    bytes: usize,
    values: usize,
}

/// Why a list is followed no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Endless {
    /// It names a page that was asked for before.
    #[error("its list leads back to a page that was read already")]
    Circle,
    /// It goes on and on.
    #[error("its list has no end within {MOST_PAGES} pages")]
    TooLong,
    /// More of it would be kept than a state can hold.
    #[error("its list holds more than can be kept: narrow what is asked for")]
    TooMuch,
}

impl PageGuard {
    /// The page that this tells from all others is about to be asked for.
    ///
    /// # Errors
    /// When it was before, or too many were.
    pub fn turn_to(&mut self, page: impl Hash) -> Result<(), Endless> {
        match self.asked.insert(self.hasher.hash_one(page)) {
            false => Err(Endless::Circle),
            true if self.asked.len() > MOST_PAGES => Err(Endless::TooLong),
            true => Ok(()),
        }
    }

    /// So many values are kept of a page that had so many bytes.
    ///
    /// # Errors
    /// When that makes too much.
    pub fn keep(&mut self, values: usize, bytes: usize) -> Result<(), Endless> {
        if values > 0 {
            self.values = self.values.saturating_add(values);
            self.bytes = self.bytes.saturating_add(bytes);
        }
        if self.values > MOST_VALUES || self.bytes > MOST_BYTES { Err(Endless::TooMuch) } else { Ok(()) }
    }
}

impl Service {
    /// A list that is followed no further than this answer: nothing was changed by asking.
    pub fn endless(&self, reply: &Reply, why: Endless) -> SendError {
        SendError { done: Done::No, ..self.unreadable(reply, &why.to_string()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_page_is_asked_for_twice() {
        let mut guard = PageGuard::default();
        for page in ["", "a", "b"] {
            assert_eq!(guard.turn_to(page), Ok(()));
        }
        assert_eq!(guard.turn_to("a"), Err(Endless::Circle));
    }

    #[test]
    fn lists_end() {
        let mut guard = PageGuard::default();
        assert_eq!((0..MOST_PAGES).try_for_each(|page| guard.turn_to(page)), Ok(()));
        assert_eq!(guard.turn_to(MOST_PAGES), Err(Endless::TooLong));
    }

    #[test]
    fn only_what_is_kept_counts() {
        let mut guard = PageGuard::default();
        assert_eq!((0..100).try_for_each(|_| guard.keep(0, MOST_BYTES)), Ok(()));
        assert_eq!((0..10).try_for_each(|_| guard.keep(1, MOST_BYTES / 10)), Ok(()));
        assert_eq!(guard.keep(1, MOST_BYTES / 10), Err(Endless::TooMuch));
        assert_eq!(PageGuard::default().keep(MOST_VALUES, 1), Ok(()));
        assert_eq!(PageGuard::default().keep(MOST_VALUES + 1, 1), Err(Endless::TooMuch));
    }
}
