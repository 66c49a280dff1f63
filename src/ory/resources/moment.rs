//! Times in the form of Ory Network's console: which texts are valid, and when two mean the same.

use crate::{
    schema::{Equality, INSTANT},
    value::instant,
};

/// A time (RFC 3339). The official provider stores it as Go prints it.
pub const MOMENT: &Equality = &Equality {
    same: |left, right| left == right || matches!((moment(left), moment(right)), (Some(left), Some(right)) if left == right),
    ..*INSTANT
};

fn moment(text: &str) -> Option<i128> {
    let as_go_prints_it = || {
        let mut words = text.split(' ');
        let (date, time, offset) = (words.next()?, words.next()?, words.next()?);
        let (hours, minutes) = offset.split_at_checked(3)?;
        instant::parse(&format!("{date}T{time}{hours}:{minutes}"))
    };
    instant::parse(text).or_else(as_go_prints_it)
}
