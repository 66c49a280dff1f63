//! A door: one endpoint with the credentials of one who goes there.
//!
//! What is asked through one is not another's to see, and what is written through one is that one's doing.

use super::Endpoint;
use reqwest::header::HeaderMap;
use url::Url;

/// Where a service is and as whom it is reached, to be compared.
#[derive(Clone, PartialEq, Eq)]
pub struct Door {
    base: Url,
    headers: HeaderMap,
    /// Whose access tokens are sent along.
    client: Option<Vec<u8>>,
}

impl Endpoint {
    /// The door that this goes through.
    pub fn door(&self) -> Door {
        let client = self.tokens.as_ref().map(|tokens| tokens.client());
        Door { base: self.base.clone(), headers: self.headers.clone(), client }
    }
}
