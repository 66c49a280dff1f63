#!/usr/bin/env bash
# Crate hcl-edit 0.10.0: a file that is read and written again, without an edit, has lost comments and half of its CRs.
#
# Guess: the crate is there to keep formatting and comments, so that what was not touched is the same, byte for byte.
# Seen:  comments beside an operator are dropped. Of CRLF the CR goes behind arguments and blocks, and stays behind comments,
#        in blank lines and inside of lists, so that a file has both ends. Escapes in texts become the characters, tabs in an
#        indented heredoc become spaces. 1e400, which OpenTofu reads, is an error.
#
# Needs cargo.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
crate hcl-edit=0.10.0 <<'RUST'
fn main() {
    for text in [
        "a = f(x /* why */, 1) # because\n",
        "a = x /* why */ + 1\n",
        "a = (x + # why\n  1)\n",
        "# why\r\na = 1\r\n\r\nb = [\r\n  2,\r\n]\r\n",
        "a = \"\\u00e9\"\n",
        "a = <<-END\n\tx\n\t\ty\n\tEND\n",
        "a = 1e400\n",
    ] {
        match text.parse::<hcl_edit::structure::Body>() {
            Ok(body) if body.to_string() == text => println!("{text:?} is the same"),
            Ok(body) => println!("{text:?} is {:?}", body.to_string()),
            Err(_) => println!("{text:?} is an error"),
        }
    }
}
RUST
expect "$(cargo run --quiet)" <<'WANTED'
"a = f(x /* why */, 1) # because\n" is the same
"a = x /* why */ + 1\n" is "a = x + 1\n"
"a = (x + # why\n  1)\n" is "a = (x + 1)\n"
"# why\r\na = 1\r\n\r\nb = [\r\n  2,\r\n]\r\n" is "# why\r\na = 1\n\r\nb = [\r\n  2,\r\n]\n"
"a = \"\\u00e9\"\n" is "a = \"é\"\n"
"a = <<-END\n\tx\n\t\ty\n\tEND\n" is "a = <<-END\n x\n \ty\n\tEND\n"
"a = 1e400\n" is an error
WANTED
