//! Reports panics on stderr, for both faces: Terraform and OpenTofu report the lines from `panic: ` on as the crash of the plugin,
//! and Pulumi shows all lines.
//!
//! A panic message that is formatted at run time may contain a user's value. So only messages that are literals in the source are
//! shown; others are replaced by their place in the source.

use std::{
    backtrace::{Backtrace, BacktraceStatus},
    fmt::Write as _,
    io::{self, Write as _},
    panic::{self, Location},
    thread,
};

/// Installs this report for all panics of the process.
pub fn install() {
    panic::set_hook(Box::new(|info| {
        let text = report(info.payload().downcast_ref::<&str>().copied(), info.location(), &Backtrace::capture());
        // If stderr is closed, nobody reads the report.
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
