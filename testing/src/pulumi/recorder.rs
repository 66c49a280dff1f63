//! The messages of a provider to the user.

use janiform::frontends::pulumi::Messages;
use std::sync::Mutex;

/// Keeps the messages, in place of the engine, which would show them.
#[derive(Default)]
pub struct Recorder {
    /// Warnings.
    pub warnings: Mutex<Vec<String>>,
    /// Status messages.
    pub statuses: Mutex<Vec<String>>,
    /// The addresses of the engine that the provider got.
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
    /// The warnings so far, which are then cleared.
    pub fn warnings(&self) -> Vec<String> {
        std::mem::take(&mut self.warnings.lock().unwrap())
    }
}
