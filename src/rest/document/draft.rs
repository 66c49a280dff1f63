//! The result of a batch of edits on a document: the patch, and the messages. Pure.
//!
//! Owns that no two writers of a run undo each other's work: a writer that has set a part has a claim on it until
//! it removes the part, or the run ends.

use super::{
    Document,
    change::Change,
    edit::{Current, Edit},
};
use crate::{engine::Diagnostic, value::Json};

/// The claims of writers of this run: the writer, and its change of a part.
#[derive(Default, Clone)]
pub(super) struct Claims(Vec<(String, Change)>);

impl Claims {
    /// Records that this writer has made these changes.
    pub fn record(&mut self, who: &str, changes: &[Change]) {
        for change in changes {
            self.0.retain(|(writer, claimed)| writer != who || !claimed.is_about_the_same(change));
            if !change.removes() {
                self.0.push((who.to_owned(), change.clone()));
            }
        }
    }

    /// Removes all claims of this writer.
    pub fn withdraw(&mut self, who: &str) {
        self.0.retain(|(writer, _)| writer != who);
    }

    /// Whether another writer has a claim on the part of this change.
    fn speaks_of(&self, who: &str, change: &Change) -> bool {
        self.0.iter().any(|(writer, claimed)| writer != who && change.is_about_the_same(claimed))
    }

    /// A claim that these changes would undo, and its writer.
    fn undone(
        &self,
        edit: &Edit,
        changes: &[Change],
        [before, after]: [&Json; 2],
        alike: fn(&Json, &Json) -> bool,
    ) -> Option<(&str, String)> {
        let is_undone = |claimed: &Change| {
            changes.iter().any(|change| change.contradicts(claimed, alike)) || (claimed.holds(before) && !claimed.holds(after))
        };
        let mut others = self.0.iter().filter(|(writer, _)| edit.is_new || *writer != edit.who);
        others.find(|(_, claimed)| is_undone(claimed)).map(|(writer, claimed)| (writer.as_str(), claimed.to_string()))
    }
}

/// The result of a batch of edits.
pub(super) struct Draft {
    /// The operations.
    pub patch: Vec<Json>,
    /// For each edit, its changes, or why it is not carried out.
    pub verdicts: Vec<Result<Vec<Change>, Diagnostic>>,
    /// For each edit, whether it is in the patch.
    pub writes: Vec<bool>,
}

/// Makes the edits one after the other, each on the result of those before it. One that fails changes nothing.
pub(super) fn draft<'a>(
    document: &'static Document,
    current: &Json,
    claims: &Claims,
    edits: impl Iterator<Item = (&'a Edit, bool)>,
) -> Draft {
    let mut draft = Draft { patch: Vec::new(), verdicts: Vec::new(), writes: Vec::new() };
    // Within a batch, a writer that removes a part has a claim on the removal too.
    let (mut made, mut batch) = (current.clone(), Claims::default());
    for (edit, may_be_made) in edits {
        let (mut after, mut patch) = (made.clone(), Vec::new());
        let verdict = (edit.changes)(Current { document: &made, may_be_made }).and_then(|mut changes| {
            // A change that only follows from another gives way to a writer that sets the part.
            changes.retain(|change| !change.follows() || ![claims, &batch].iter().any(|claims| claims.speaks_of(&edit.who, change)));
            let applied = changes.iter().try_for_each(|change| change.apply(&mut after, &mut patch));
            applied.map_err(|obstacle| document.obstacle(&obstacle))?;
            let guarded = document.guard.filter(|_| !edit.insists && !patch.is_empty());
            if let Some(why) = guarded.and_then(|guard| guard(&made, &after)) {
                return Err(why);
            }
            let undone = [claims, &batch].into_iter().find_map(|claims| claims.undone(edit, &changes, [&made, &after], document.alike));
            match undone {
                Some((other, what)) => Err(contradiction(document.name, other, &edit.who, &what)),
                None => {
                    changes.retain(|change| !change.follows());
                    Ok(changes)
                }
            }
        });
        draft.writes.push(verdict.is_ok() && !patch.is_empty());
        if let Ok(changes) = &verdict {
            made = after;
            draft.patch.extend(patch);
            batch.0.extend(changes.iter().map(|change| (edit.who.clone(), change.clone())));
        }
        draft.verdicts.push(verdict);
    }
    draft
}

fn contradiction(document: &str, one: &str, other: &str, what: &str) -> Diagnostic {
    Diagnostic::error(
        "Two resources contradict each other",
        format!(
            "{one} and {other} set `{what}` in {document} to different values in the same run, so each apply would undo what the other did. The value of {one} was kept, and nothing of {other} was written. Set `{what}` in only one of them."
        ),
    )
}
