//! States of other providers as states of this one.
//!
//! Owns what is done to a whole state: which of its objects move, under which addresses, and what else in it names them. What becomes
//! of one object says the engine, by its tables of peers. Must not know Ory.

mod program;
mod pulumi;
mod terraform;

pub use program::Blocks;

use super::Problem;
use crate::{
    engine::{Diagnostic, Engine},
    value::Json,
};

/// A state in which the objects of other providers are this one's.
pub struct Adopted {
    /// The state, for its tool to take in.
    pub text: String,
    /// What has become of what.
    pub moved: Vec<Became>,
    /// What stays with its provider although that is understood, each with the reason.
    pub stays: Vec<String>,
    /// The data sources that were taken out: the next plan reads their successors.
    pub data_sources: Vec<String>,
}

/// One block of objects, or one provider of a stack.
pub struct Became {
    /// Where it stood.
    pub was: String,
    /// Where it stands.
    pub is: String,
    /// What has other names now, or has to be written in the program.
    pub notes: Vec<String>,
    /// What the user should hear.
    pub warnings: Vec<Diagnostic>,
}

/// The state in the text with the objects of other providers as this one's. One that holds none comes back as it is, with nothing moved.
///
/// # Errors
/// When the text is no state that can be read, or an object in it cannot become one of ours; the resource is named.
pub fn adopt<C: Send + Sync + 'static>(engine: &Engine<C>, text: &[u8]) -> Result<Adopted, Problem> {
    match Json::parse(text) {
        // A stack moves with its secrets as they are, encrypted or not.
        Ok(document) if document.get("deployment").is_some() => Ok(pulumi::adopt(engine, document)),
        _ => terraform::adopt(engine, text),
    }
}
