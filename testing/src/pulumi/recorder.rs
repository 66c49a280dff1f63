//! What a provider says to the user while it works.

use janiform::frontends::pulumi::Messages;
use std::sync::Mutex;

/// Keeps what was said, in place of the engine that would show it.
#[derive(Default)]
pub struct Recorder {
    /// Warnings.
    pub warnings: Mutex<Vec<String>>,
    /// What went on at a moment.
    pub statuses: Mutex<Vec<String>>,
    /// Where the provider was told that the engine listens.
    pub addresses: Mutex<Vec<String>>,
}

impl Messages for Recorder {
    fn set_address(&self, address: &str) {
        self.addresses.lock().unwrap().push(address.to_owned());
    }

    fn warn(&self, _urn: &str, message: String) {
        self.warnings.lock().unwrap().push(message);
    }

    fn status(&self, _urn: &str, message: String) {
        self.statuses.lock().unwrap().push(message);
    }
}

impl Recorder {
    /// The warnings so far; asking forgets them.
    pub fn warnings(&self) -> Vec<String> {
        std::mem::take(&mut self.warnings.lock().unwrap())
    }
}
