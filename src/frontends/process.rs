//! The reasons for which a serving process ends: signals, and the death of its parent process. Used by both faces; knows neither
//! protocol.

/// The reaction of a process to them.
#[derive(Clone, Copy, Debug)]
pub(in crate::frontends) struct Manners {
    /// Whether an interrupt ends it. If not, its parent gets the interrupt too, and decides.
    pub(in crate::frontends) ends_when_interrupted: bool,
    /// Whether it ends with its parent.
    pub(in crate::frontends) ends_with_parent: bool,
}

/// Why a process has to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// A signal.
    Signal,
    /// The parent has ended, or the host has stopped it without a signal.
    Alone,
}

#[cfg(unix)]
pub(in crate::frontends) use self::unix::Process;

#[cfg(not(unix))]
pub(in crate::frontends) use self::other::Process;

#[cfg(unix)]
mod unix {
    use std::io;
    use std::time::Duration;

    use rustix::process::{Pid, getppid};
    use tokio::signal::unix::{Signal, SignalKind, signal};
    use tokio::time::{MissedTickBehavior, interval};

    use super::{End, Manners};

    /// How often the parent is checked if the system does not report its death.
    const LOOK_FOR_PARENT: Duration = Duration::from_secs(1);

    /// The handlers of this process's signals.
    #[derive(Debug)]
    pub(in crate::frontends) struct Process {
        manners: Manners,
        interrupt: Signal,
        terminate: Signal,
        parent_died: Signal,
        parent: Option<Pid>,
    }

    impl Process {
        /// Handles signals from now on.
        pub(in crate::frontends) fn take(manners: Manners) -> io::Result<Self> {
            let this = Self {
                manners,
                interrupt: signal(SignalKind::interrupt())?,
                terminate: signal(SignalKind::terminate())?,
                parent_died: signal(SignalKind::user_defined1())?,
                parent: getppid(),
            };
            #[cfg(target_os = "linux")]
            if manners.ends_with_parent {
                // If the system refuses this, the parent is checked at intervals.
                let _ = rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::USR1));
            }
            Ok(this)
        }

        /// Returns when the process has to end.
        pub(in crate::frontends) async fn end(&mut self) -> End {
            let Manners { ends_when_interrupted, ends_with_parent } = self.manners;
            let mut look = interval(LOOK_FOR_PARENT);
            look.set_missed_tick_behavior(MissedTickBehavior::Delay);
            while !ends_with_parent || getppid() == self.parent {
                // The system reports the death of the thread that started this process, not of its process: the parent must be
                // checked in any case.
                tokio::select! {
                    _ = self.terminate.recv() => return End::Signal,
                    _ = self.interrupt.recv() => if ends_when_interrupted { return End::Signal },
                    _ = self.parent_died.recv() => {}
                    _ = look.tick(), if ends_with_parent => {}
                }
            }
            End::Alone
        }
    }
}

#[cfg(not(unix))]
mod other {
    use std::io;

    use super::{End, Manners};

    /// The only signal there is.
    #[derive(Debug)]
    pub(in crate::frontends) struct Process {
        manners: Manners,
    }

    impl Process {
        /// Nothing needs to be prepared.
        pub(in crate::frontends) fn take(manners: Manners) -> io::Result<Self> {
            Ok(Self { manners })
        }

        /// Returns when the process has to end.
        pub(in crate::frontends) async fn end(&mut self) -> End {
            while tokio::signal::ctrl_c().await.is_ok() {
                if self.manners.ends_when_interrupted {
                    return End::Signal;
                }
            }
            std::future::pending().await
        }
    }
}
