#!/usr/bin/env bash
# Crate serde_json 1.0.154 with the feature arbitrary_precision: an ordinary object becomes a number.
#
# Guess: the feature keeps numbers as they are written, and all else goes in and out as before.
# Seen:  the feature hands numbers on as an object with one member of a name of its own, and does not tell it from an
#        object in the document that has just that member: it comes out as a bare number. Numbers are not kept as they
#        are written either: 1e400 comes out as 1e+400. Without the feature the object stays one, and 1e400 is an error.
#
# Needs cargo.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
crate serde_json=1.0.154 <<'RUST'
fn main() {
    for text in [r#"{"$serde_json::private::Number":"12"}"#, "1e400"] {
        match serde_json::from_str::<serde_json::Value>(text) {
            Ok(value) => println!("{text} is {value}, a number: {}", value.is_number()),
            Err(error) => println!("{text}: {error}"),
        }
    }
}
RUST
printf '\n[features]\nexact = ["serde_json/arbitrary_precision"]\n' >>Cargo.toml
expect "$(cargo run --quiet && cargo run --quiet --features exact)" <<'WANTED'
{"$serde_json::private::Number":"12"} is {"$serde_json::private::Number":"12"}, a number: false
1e400: number out of range at line 1 column 5
{"$serde_json::private::Number":"12"} is 12, a number: true
1e400 is 1e+400, a number: true
WANTED
