#!/usr/bin/env bash
# Crate saphyr 0.3.4: what it cannot hold is read without an error, and written as null or as another number.
#
# Guess: a reader that does not know a tag, or has no place for a number, says so; whole numbers of 64 bits stay whole, and
#        what the standard tags say is what a value is.
# Seen:  `!!binary` and `!!bool yes` are a value called bad, inside of a document that was read, and it is written as null.
#        18446744073709551615 is a fraction with other digits, and 1e400 is infinite. `!!int "1"` is a text. The text
#        2001-01-01 is written without quotes, which other readers take for a date.
#
# Needs cargo.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
crate saphyr=0.3.4 <<'RUST'
use saphyr::{LoadableYamlNode, Yaml, YamlEmitter};

fn main() {
    for text in ["a: !!binary YQ==", "a: !!bool yes", "a: !!int \"1\"", "a: !!null \"\"", "a: 9223372036854775807",
                 "a: 18446744073709551615", "a: 1e400", "a: \"2001-01-01\"", "a: \"1_000\"", "a: \"yes\""] {
        let read = Yaml::load_from_str(text).unwrap();
        let mut written = String::new();
        YamlEmitter::new(&mut written).dump(&read[0]).unwrap();
        println!("{text} is {:?}, written again: {}", read[0]["a"], written.trim_start_matches("---\n"));
    }
}
RUST
expect "$(cargo run --quiet)" <<'WANTED'
a: !!binary YQ== is BadValue, written again: a: ~
a: !!bool yes is BadValue, written again: a: ~
a: !!int "1" is Value(String("1")), written again: a: "1"
a: !!null "" is Value(String("")), written again: a: ""
a: 9223372036854775807 is Value(Integer(9223372036854775807)), written again: a: 9223372036854775807
a: 18446744073709551615 is Value(FloatingPoint(1.8446744073709552e19)), written again: a: 18446744073709552000.0
a: 1e400 is Value(FloatingPoint(inf)), written again: a: .inf
a: "2001-01-01" is Value(String("2001-01-01")), written again: a: 2001-01-01
a: "1_000" is Value(String("1_000")), written again: a: 1_000
a: "yes" is Value(String("yes")), written again: a: "yes"
WANTED
