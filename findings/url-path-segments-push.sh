#!/usr/bin/env bash
# Crate url 2.5.8: a pushed path segment loses tab, CR and LF without a word.
#
# Guess: `path_segments_mut()` is the safe way to put a foreign id into a URL: every character that a path cannot hold is
#        percent-encoded, so that different ids make different URLs.
# Seen:  a space becomes %20, a NUL %00, a slash %2F; but tab, CR and LF, anywhere in the segment, are dropped, and so are
#        the segments `.` and `..`. An id with the line's end of the file that it came from is another id.
#
# Needs cargo.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
crate url=2.5.8 <<'RUST'
fn main() {
    for id in ["a b", "a\0b", "a/b", "a\nb", "a\r\n", "\ta", "..", "."] {
        let mut url = url::Url::parse("https://example.com/clients").unwrap();
        url.path_segments_mut().unwrap().push(id);
        println!("{id:?} {}", url.path());
    }
}
RUST
expect "$(cargo run --quiet)" <<'WANTED'
"a b" /clients/a%20b
"a\0b" /clients/a%00b
"a/b" /clients/a%2Fb
"a\nb" /clients/ab
"a\r\n" /clients/a
"\ta" /clients/a
".." /clients
"." /clients
WANTED
