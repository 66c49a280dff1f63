//! What a panic leaves on stderr, in either face: lines from `panic: ` on are what Terraform and OpenTofu report of a
//! plugin that crashed, and Pulumi shows all of them.
//!
//! Texts that are put together while running may hold values of a user, as that of a string cut in the wrong place
//! does. So only those that stand in the source are shown; the place tells the rest.

use std::{
    backtrace::{Backtrace, BacktraceStatus},
    fmt::Write as _,
    io::{self, Write as _},
    panic::{self, Location},
    thread,
};

/// Tells of panics like this from now on, for the whole process.
pub fn install() {
    panic::set_hook(Box::new(|info| {
        let text = report(info.payload().downcast_ref::<&str>().copied(), info.location(), &Backtrace::capture());
        // Nobody is left to tell.
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }));
}

fn report(message: Option<&str>, place: Option<&Location<'_>>, trace: &Backtrace) -> String {
    let mut text = format!("panic: {}\n", message.unwrap_or("its message is not shown, as it may hold secrets"));
    if let Some(place) = place {
        let _ = writeln!(text, "at {place}");
    }
    if let Some(name) = thread::current().name() {
        let _ = writeln!(text, "in thread {name}");
    }
    if trace.status() == BacktraceStatus::Captured {
        let _ = writeln!(text, "{trace}");
    }
    text
}
