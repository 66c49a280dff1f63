//! Runs actions: each in a separate task that runs to its end, even if the call is cancelled.

use super::{ActionEntry, Call, Diagnostic, Done, Engine, Failure, canonical, configure::Reach, defaults, has_errors, validate_block};
use crate::value::Value;

impl<C: Send + Sync + 'static> Engine<C> {
    /// The errors in the arguments of an action. That is its whole plan: an action has effects only when it runs.
    pub fn validate_action(&self, entry: &ActionEntry<C>, config: &Value) -> Vec<Diagnostic> {
        validate_block(&entry.action.table, entry.action.rules, config)
    }

    /// Runs the action. The call's progress reports how it goes on; the result contains the warnings of a successful
    /// run.
    pub async fn invoke(&self, entry: &'static ActionEntry<C>, config: &Value, call: Call) -> Result<Vec<Diagnostic>, Failure> {
        let wrong = self.validate_action(entry, config);
        if has_errors(&wrong) {
            return Err(Failure { done: Done::No, left: None, diagnostics: wrong });
        }
        let action = entry.action;
        let cx = match self.reach(call)? {
            Reach::Ready(cx) if !config.has_unknown() => cx,
            _ => {
                return Err(Diagnostic::error(
                    format!("{} cannot run yet", action.name),
                    "A value of it, or of the provider's configuration, is not known yet, so nothing was sent. Apply the resource that it comes from first.",
                )
                .into());
            }
        };
        let config = canonical(&action.table, &defaults(&action.table, config)).into_owned();
        let work = async move { cx.hear(entry.backend.invoke(&cx, action, &config)).await };
        self.in_task(&format!("running {}", action.name), work).await.map(|((), warnings)| warnings)
    }
}
