//! States of other providers as states of this one.
//!
//! Owns what is done to a whole state: which of its objects move, under which addresses, and what else in it names them. What becomes
//! of one object says the engine, by its tables of peers. Must not know Ory.

mod pulumi;
mod terraform;

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

/// Why nothing was done: what is wrong, where, and what to do next. Never a value of the state.
#[derive(Debug)]
pub struct Refused {
    /// What is wrong, and with which resource.
    pub what: String,
    /// What to do next.
    pub hint: String,
}

impl Refused {
    fn new(what: impl Into<String>, hint: impl Into<String>) -> Refused {
        Refused { what: what.into(), hint: hint.into() }
    }
}

/// The state in the text with the objects of other providers as this one's. One that holds none comes back as it is, with nothing moved.
///
/// # Errors
/// When the text is no state that can be read, or an object in it cannot become one of ours; the resource is named.
pub fn adopt<C: Send + Sync + 'static>(engine: &Engine<C>, text: &[u8]) -> Result<Adopted, Refused> {
    let document = Json::parse(text).map_err(|why| {
        Refused::new(
            format!("the state cannot be read: {why}"),
            "Give what `terraform state pull`, `tofu state pull` or `pulumi stack export --show-secrets` prints.",
        )
    })?;
    match document.get("deployment") {
        Some(_) => pulumi::adopt(engine, document),
        None => terraform::adopt(engine, document),
    }
}
