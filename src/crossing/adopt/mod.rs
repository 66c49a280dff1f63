//! Converts states of other providers to states of this one.
//!
//! Owns the conversion of a whole state: which objects move, their new addresses, and the references to them. The engine converts each
//! object by its tables of peers. Must not know Ory.

mod program;
mod pulumi;
mod terraform;

pub use program::Blocks;

use super::Problem;
use crate::{
    engine::{Diagnostic, Engine},
    value::Json,
};

/// A state in which the objects of other providers belong to this one.
pub struct Adopted {
    /// The new state.
    pub text: String,
    /// The objects that were converted.
    pub moved: Vec<Became>,
    /// The objects that stay with their provider although this one knows it, with the reasons.
    pub stays: Vec<String>,
    /// The data sources that were removed. The next plan reads those of this provider.
    pub data_sources: Vec<String>,
}

/// A converted block of objects, or a converted provider of a stack.
pub struct Became {
    /// Its old address.
    pub was: String,
    /// Its new address.
    pub is: String,
    /// Attributes that have new names, or that have to be added to the program.
    pub notes: Vec<String>,
    /// Warnings for the user.
    pub warnings: Vec<Diagnostic>,
}

/// Converts the objects of other providers in a state. A state without such objects is returned as it is.
///
/// # Errors
/// If the text is not a state, or an object cannot be converted. The error names the resource.
pub fn adopt<C: Send + Sync + 'static>(engine: &Engine<C>, text: &[u8]) -> Result<Adopted, Problem> {
    match Json::parse(text) {
        // Secrets of a stack stay as they are, encrypted or not.
        Ok(document) if document.get("deployment").is_some() => Ok(pulumi::adopt(engine, document)),
        _ => terraform::adopt(engine, text),
    }
}
