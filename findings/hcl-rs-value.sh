#!/usr/bin/env bash
# Crate hcl-rs 0.20.0: read into a Value, a template and a text with the same look are one, and a block is lost.
#
# Guess: `hcl::from_str::<Value>` is to HCL what serde_json is to JSON: it fails on what a Value cannot hold, and what it
#        reads it keeps. `"$${x}"` (a text) and `"${x}"` (a template) differ, since one of them needs a variable.
# Seen:  both are the string "${x}", as is the bare expression x; `to_string` writes all three back as a text. Of a block
#        without a label and one with a label of the same type the first is dropped without an error.
#
# Needs cargo.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
crate hcl-rs=0.20.0 serde_json=1.0.154 <<'RUST'
use serde_json::Value;

fn main() {
    for text in [r#"a = "$${x}""#, r#"a = "${x}""#, "a = x"] {
        let read: Value = hcl::from_str(text).unwrap();
        print!("{text} is {read}, written again: {}", hcl::to_string(&read).unwrap());
    }
    let blocks = "rule {\n  allow = 1\n}\nrule \"named\" {\n  allow = 2\n}\n";
    println!("{blocks}is {}", hcl::from_str::<Value>(blocks).unwrap());
}
RUST
expect "$(cargo run --quiet)" <<'WANTED'
a = "$${x}" is {"a":"${x}"}, written again: a = "$${x}"
a = "${x}" is {"a":"${x}"}, written again: a = "$${x}"
a = x is {"a":"${x}"}, written again: a = "$${x}"
rule {
  allow = 1
}
rule "named" {
  allow = 2
}
is {"rule":{"named":{"allow":2}}}
WANTED
