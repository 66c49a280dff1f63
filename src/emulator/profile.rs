//! Which servers are emulated: their release, and what Ory Network enables in contrast to self-hosted servers.
//!
//! Owns the choice. The differences of a release are where they have an effect; what a plan of Ory Network allows is in
//! [`super::plan`].

/// The releases of the servers that are emulated.
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

/// The configuration of a server.
#[derive(Clone, Copy, Debug)]
pub struct Setup {
    /// The release.
    pub profile: Profile,
    /// Whether subjects may be pairwise, as on Ory Network. Self-hosted servers refuse them unless configured for it.
    pub pairwise: bool,
}
