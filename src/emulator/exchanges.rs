//! Records exchanges, so that they can be validated against Ory's own description of its API.
//!
//! Owns the format of a line, and whether one is written: only in a development build, if an environment variable names a file. A
//! line contains everything that was sent and answered, including secrets, so the emulator of a release never writes one. Judging
//! the exchanges is left to the reader (`scripts/tools/contract`).

use super::{call::Call, reply::Reply};
use serde::Serialize;
use std::{
    borrow::Cow,
    fs::{File, OpenOptions},
    io::Write as _,
    sync::LazyLock,
};

/// The variable with the path of the file, to which lines are appended.
const VARIABLE: &str = "JANIFORM_EXCHANGES";

static FILE: LazyLock<Option<File>> = LazyLock::new(|| {
    let path = std::env::var_os(VARIABLE).filter(|path| cfg!(debug_assertions) && !path.is_empty())?;
    match OpenOptions::new().create(true).append(true).open(&path) {
        Ok(file) => Some(file),
        Err(error) => {
            tracing::error!(%error, "emulator: the file that {VARIABLE} names cannot be written: exchanges are not recorded");
            None
        }
    }
});

/// A line.
#[derive(Serialize)]
struct Exchange<'a> {
    agent: &'a str,
    method: &'a str,
    /// Still encoded, as the query is.
    path: &'a str,
    query: &'a str,
    sent_type: Option<&'a str>,
    sent: Cow<'a, str>,
    status: u16,
    answer_type: Option<&'a str>,
    answer: Cow<'a, str>,
}

/// Records an exchange, if that was asked for.
pub(super) fn record(call: &Call, reply: &Reply) {
    let Some(mut file) = FILE.as_ref() else { return };
    let line = serde_json::to_string(&Exchange {
        agent: &call.agent,
        method: &call.method,
        path: &call.path,
        query: &call.raw_query,
        sent_type: call.content_type.as_deref(),
        sent: String::from_utf8_lossy(&call.body),
        status: reply.status,
        answer_type: reply.headers.iter().find(|(name, _)| *name == "content-type").map(|(_, value)| value.as_str()),
        answer: String::from_utf8_lossy(&reply.body),
    });
    // One write per line, since other emulators append to the same file.
    if let Err(error) = line.map_err(Into::into).and_then(|line| file.write_all((line + "\n").as_bytes())) {
        tracing::error!(%error, "emulator: an exchange was not recorded");
    }
}
