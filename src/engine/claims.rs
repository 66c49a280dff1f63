//! Claims of writes in this process, so that two writes of the same object never run at the same time.
//!
//! A write that checks whether an object exists before it creates the object must hold the name until the object exists. Knows
//! nothing of the objects; between processes, only the server can decide.

use crate::schema::Occupied;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::OwnedMutexGuard;

type Names = Arc<Mutex<HashMap<Occupied, Arc<tokio::sync::Mutex<()>>>>>;

/// The names that are being written.
#[derive(Clone, Default)]
pub(super) struct Claims(Names);

/// The right to write, until this is dropped.
pub(super) struct Claimed {
    held: Vec<(Occupied, OwnedMutexGuard<()>)>,
    of: Names,
}

impl Claims {
    /// Waits until nobody else writes any of these names.
    pub(super) async fn take(&self, mut names: Vec<Occupied>) -> Claimed {
        // Writes that wait for several names take them in the same order, so that no two wait for each other.
        names.sort_unstable();
        names.dedup();
        let mut claimed = Claimed { held: Vec::with_capacity(names.len()), of: self.0.clone() };
        for name in names {
            let lock = self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(name.clone()).or_default().clone();
            claimed.held.push((name, lock.lock_owned().await));
        }
        claimed
    }
}

impl Drop for Claimed {
    fn drop(&mut self) {
        let mut names = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        for (name, guard) in self.held.drain(..) {
            drop(guard);
            // A waiter holds a reference to it too.
            if names.get(&name).is_some_and(|lock| Arc::strong_count(lock) == 1) {
                names.remove(&name);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        sync::atomic::{AtomicUsize, Ordering},
        time::Duration,
    };

    fn names(names: &[&str]) -> Vec<Occupied> {
        names.iter().map(|name| ("thing", (*name).to_owned())).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn one_at_a_time_has_a_name_and_nobody_waits_for_ever() {
        let claims = Claims::default();
        let most = Arc::new(AtomicUsize::new(0));
        let writer = |wanted: &'static [&'static str]| {
            let (claims, most) = (claims.clone(), most.clone());
            tokio::spawn(async move {
                let _claimed = claims.take(names(wanted)).await;
                assert_eq!(most.fetch_add(1, Ordering::SeqCst), 0, "two at once");
                tokio::time::sleep(Duration::from_millis(10)).await;
                most.fetch_sub(1, Ordering::SeqCst);
            })
        };
        for writer in [writer(&["a", "b"]), writer(&["b", "a"]), writer(&["a", "c", "a"]), writer(&["b", "c", "a"])] {
            writer.await.unwrap();
        }
        assert!(claims.0.lock().unwrap().is_empty(), "names that nobody has are kept");
        // Others do not wait.
        let _held = claims.take(names(&["a"])).await;
        tokio::time::timeout(Duration::from_millis(1), claims.take(names(&["b"]))).await.unwrap();
        // A write that stops waiting leaves no claim.
        assert!(tokio::time::timeout(Duration::from_millis(1), claims.take(names(&["a", "0"]))).await.is_err());
        tokio::time::timeout(Duration::from_millis(1), claims.take(names(&["0"]))).await.unwrap();
        drop(_held);
        assert!(claims.0.lock().unwrap().is_empty());
    }
}
