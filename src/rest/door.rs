//! A door: one endpoint with the credentials of one client.
//!
//! An answer through one door must not be used for another, and a write through one belongs to its client.

use super::Endpoint;
use reqwest::header::HeaderMap;
use url::Url;

/// The address of a service and the credentials for it, for comparisons.
#[derive(Clone, PartialEq, Eq)]
pub struct Door {
    base: Url,
    headers: HeaderMap,
    /// The client whose access tokens are sent.
    client: Option<Vec<u8>>,
}

impl Endpoint {
    /// The door of this endpoint.
    pub fn door(&self) -> Door {
        let client = self.tokens.as_ref().map(|tokens| tokens.client());
        Door { base: self.base.clone(), headers: self.headers.clone(), client }
    }
}
