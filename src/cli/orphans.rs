//! `janiform orphans`: lists objects that earlier runs may have left on a server.

use super::{Error, say};
use crate::{
    engine::{Intent, Journal, Stage, one_line},
    frontends,
    ory::ORY,
};

/// The options.
#[derive(clap::Args)]
pub struct Args {
    /// Removes this one from the list, because it was imported or deleted, or another state has it.
    #[arg(long, value_name = "ID")]
    forget: Option<String>,
}

/// Lists objects that this machine began to create and that no state has contained since, or removes one from the list.
pub fn run(args: Args) -> Result<(), Error> {
    let Some(dir) = frontends::state_dir(&ORY) else {
        return Err(Error::new("there is no home directory", "Set JANIFORM_STATE_DIR to the directory of the provider's journal."));
    };
    let journal = Journal::in_dir(dir);
    let left = journal.left();
    if let Some(id) = args.forget {
        let Some(intent) = left.iter().find(|intent| intent.id == id) else {
            return Err(Error::new(format!("`{id}` is not on the list"), "`janiform orphans` shows the list."));
        };
        journal.forget(&intent.resource, &intent.id);
        return Ok(());
    }
    if left.is_empty() {
        return say("Nothing is left over: every object that was made on this machine has been in a state since.");
    }
    left.iter().try_for_each(|intent| say(line(intent)))
}

fn line(Intent { resource, target, id, stage, nameless, .. }: &Intent) -> String {
    let how = match stage {
        Stage::Begun if *nameless => {
            "begun without an answer, and the server chooses the id: look on the server for an object that no state has"
        }
        Stage::Begun => "begun without an answer: the next create of the same object finishes it",
        _ => "made, but not in a state since: import it, delete it, or refresh the state that has it",
    };
    format!("ory_{resource} {}\t{}\t{how}", one_line(id), one_line(target))
}
