//! What ends a process that serves: signals, and the death of the process that started it. The same for
//! both faces; knows neither protocol.

/// What a process does about them.
#[derive(Clone, Copy, Debug)]
pub(in crate::frontends) struct Manners {
    /// Whether an interrupt ends it. Otherwise whoever started it hears it too, and decides.
    pub(in crate::frontends) ends_when_interrupted: bool,
    /// Whether it ends with the process that started it.
    pub(in crate::frontends) ends_with_parent: bool,
}

/// Why a process has to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It was told to.
    Signal,
    /// Whoever it served is not there any more, or has stopped it by other means than a signal.
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

    /// How soon the death of the parent is noticed where the system does not tell.
    const LOOK_FOR_PARENT: Duration = Duration::from_secs(1);

    /// The signals of this process, from now on ours.
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
                // Where it is refused, we look for ourselves.
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
                // The system tells of the death of the thread that started us, not of its
                // process: told or not, one has to look.
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

    /// The one signal that there is.
    #[derive(Debug)]
    pub(in crate::frontends) struct Process {
        manners: Manners,
    }

    impl Process {
        /// Nothing has to be prepared.
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
