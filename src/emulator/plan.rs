//! The rate limits of Ory Network's plans, as published in the middle of 2026.
//!
//! Owns the numbers: requests a minute and a second for each bucket.

use super::limit::{BucketLimit, Rate};

/// A plan of Ory Network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    /// The free one.
    Developer,
    /// A production project of the plan of that name.
    Production,
    /// A production project of a Growth plan.
    Growth,
    /// A production project of an Enterprise plan.
    Enterprise,
    /// Any other project of a paid plan.
    Staging,
}

/// Requests a minute, and a second.
type Numbers = (u32, u32);

/// A bucket, and its numbers in the order of [`Plan`].
static TABLE: &[(&str, [Numbers; 5])] = &[
    ("hydra-admin-low", [(15, 5), (35, 5), (350, 15), (700, 29), (30, 5)]),
    ("hydra-admin-medium", [(15, 5), (30, 5), (60, 5), (125, 6), (30, 5)]),
    ("hydra-admin-high", [(80, 5), (175, 8), (4300, 173), (8750, 351), (175, 8)]),
    ("hydra-public-low", [(15, 5), (45, 5), (150, 7), (450, 19), (30, 5)]),
    ("hydra-public-medium", [(125, 6), (375, 16), (1200, 49), (3600, 145), (250, 11)]),
    ("keto-admin-low", [(80, 5), (175, 8), (350, 15), (700, 29), (175, 8)]),
    ("keto-admin-medium", [(125, 6), (550, 23), (1100, 45), (2200, 89), (250, 11)]),
    ("kratos-admin-low", [(80, 5), (175, 8), (425, 18), (850, 35), (175, 8)]),
    ("kratos-admin-medium", [(25, 5), (90, 5), (200, 9), (400, 17), (60, 5)]),
    ("kratos-admin-high", [(40, 5), (80, 5), (550, 23), (1100, 45), (80, 5)]),
    ("talos-admin-low", [(15, 5), (35, 5), (100, 5), (200, 9), (30, 5)]),
    ("talos-admin-medium", [(30, 5), (90, 5), (250, 11), (500, 21), (60, 5)]),
    ("talos-admin-high", [(80, 5), (250, 11), (1000, 41), (2500, 101), (175, 8)]),
    ("talos-public-low", [(15, 5), (45, 5), (100, 5), (200, 9), (30, 5)]),
    ("talos-public-high", [(60, 5), (200, 9), (400, 17), (850, 35), (125, 6)]),
];

impl Plan {
    /// Each plan, with its name in lower case.
    pub const NAMED: [(&'static str, Self); 5] = [
        ("developer", Self::Developer),
        ("production", Self::Production),
        ("growth", Self::Growth),
        ("enterprise", Self::Enterprise),
        ("staging", Self::Staging),
    ];

    /// The plan's limits.
    #[must_use]
    pub fn limits(self) -> Vec<BucketLimit> {
        let limit = |(bucket, numbers): &(&str, [Numbers; 5])| {
            let (minute, second) = numbers[self as usize];
            let rates = vec![Rate { requests: second, seconds: 1 }, Rate { requests: minute, seconds: 60 }];
            BucketLimit { bucket: (*bucket).to_owned(), rates }
        };
        TABLE.iter().map(limit).collect()
    }
}
