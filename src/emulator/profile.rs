//! Which servers are played: their release, and what Ory Network switches on that a server of one's own does not.
//!
//! Owns the choice. What a release does differently is told where it is done; what a plan of Ory Network allows is for
//! [`super::plan`].

/// Which releases of the servers are played.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Profile {
    /// Hydra, Kratos and Keto v26.2.0.
    #[default]
    V26_2,
    /// Hydra v2.3.0 and Kratos v1.3.1; Keto as in the newer releases.
    V2_3,
}

impl Profile {
    /// Hydra's release.
    #[must_use]
    pub fn version(self) -> &'static str {
        match self {
            Self::V26_2 => "v26.2.0",
            Self::V2_3 => "v2.3.0",
        }
    }
}

/// How a server is set up.
#[derive(Clone, Copy, Debug)]
pub struct Setup {
    /// Which release is played.
    pub profile: Profile,
    /// Whether subjects may be pairwise: on Ory Network they may, a server that nobody set up for it refuses them.
    pub pairwise: bool,
}
