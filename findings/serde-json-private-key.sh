#!/usr/bin/env bash
# Crate serde_json 1.0.154 with the feature arbitrary_precision: an ordinary object becomes a number.
#
# Guess: the feature keeps the digits of numbers, and otherwise JSON goes in and out as before.
# Seen:  the feature hands numbers on as an object with a member of a name of its own. A document that holds an object with
#        just that member, which is valid JSON, is read as a number: a `Value` that was an object with a string comes out
#        as a bare number. Without the feature the object stays an object. Numbers are not kept as written either:
#        1e400 comes out as 1e+400 (without the feature it is an error).
#
# Needs cargo.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir "$dir/src"
cat >"$dir/Cargo.toml" <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2021"

[dependencies]
serde_json = "=1.0.154"

[features]
exact = ["serde_json/arbitrary_precision"]
TOML
cat >"$dir/src/main.rs" <<'RUST'
fn main() {
    let text = [r#"{"$serde_json::private::Number":"12"}"#, "1e400"];
    for text in text {
        match serde_json::from_str::<serde_json::Value>(text) {
            Ok(value) => println!("{text} {value} {}", value.is_number()),
            Err(error) => println!("{text} {error}"),
        }
    }
}
RUST
cd "$dir"
seen=$(cargo run --quiet; cargo run --quiet --features exact)
echo "$seen"
diff <(echo "$seen") - <<'WANTED'
{"$serde_json::private::Number":"12"} {"$serde_json::private::Number":"12"} false
1e400 number out of range at line 1 column 5
{"$serde_json::private::Number":"12"} 12 true
1e400 1e+400 true
WANTED
