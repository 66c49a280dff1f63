#!/usr/bin/env bash
# Crate jiff 0.2.46: 9999-12-31T23:59:59Z, many systems' "never", is no timestamp.
#
# Guess: years to 9999 are supported, so the last second of 9999 in UTC can be read, as RFC 3339 has it; a date with time
#        that the crate takes as such (civil::DateTime) is a Timestamp too once it has an offset.
# Seen:  the last Timestamp is 9999-12-30T22:00:00.999999999Z, so that it can be shown in every offset; what is later is
#        refused. The same text without its Z is a fine DateTime, and with an offset of 14 hours a Timestamp.
#
# Needs cargo.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
crate jiff=0.2.46 <<'RUST'
use jiff::{civil::DateTime, Timestamp};

fn main() {
    println!("the last: {}", Timestamp::MAX);
    for text in ["9999-12-30T22:00:00Z", "9999-12-31T00:00:00Z", "9999-12-31T23:59:59Z", "9999-12-31T11:59:59+14:00"] {
        println!("{text} is a timestamp: {}", text.parse::<Timestamp>().is_ok());
    }
    println!("9999-12-31T23:59:59 is a date and time: {}", "9999-12-31T23:59:59".parse::<DateTime>().is_ok());
}
RUST
expect "$(cargo run --quiet)" <<'WANTED'
the last: 9999-12-30T22:00:00.999999999Z
9999-12-30T22:00:00Z is a timestamp: true
9999-12-31T00:00:00Z is a timestamp: false
9999-12-31T23:59:59Z is a timestamp: false
9999-12-31T11:59:59+14:00 is a timestamp: true
9999-12-31T23:59:59 is a date and time: true
WANTED
