//! Shares a long table among several tests: threads run the shares at the same time; a single test would run for
//! minutes after all others.

/// How many tests share it.
const SHARES: usize = 4;

/// One test's share.
#[derive(Clone, Copy)]
pub struct Share(pub usize);

impl Share {
    /// Every so-manieth of these: neighbours, which cost about the same, are in different shares.
    pub fn of<T>(self, all: impl IntoIterator<Item = T>) -> impl Iterator<Item = T> {
        all.into_iter().skip(self.0).step_by(SHARES)
    }
}

/// The tests that share what this function does.
macro_rules! in_shares {
    ($run:path) => {
        in_shares!($run, first 0, second 1, third 2, fourth 3);
    };
    ($run:path, $($name:ident $share:literal),+) => {
        $(#[tokio::test]
        async fn $name() {
            $run(crate::shares::Share($share)).await;
        })+
    };
}

#[test]
fn every_part_is_in_one_share() {
    let mut all: Vec<_> = (0..SHARES).flat_map(|share| Share(share).of(0..10)).collect();
    all.sort_unstable();
    assert_eq!(all, (0..10).collect::<Vec<_>>());
}
