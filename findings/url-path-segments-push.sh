#!/usr/bin/env bash
# Crate url 2.5.8: a pushed path segment loses tab, CR and LF without a word.
#
# Guess: `path_segments_mut()` is the safe way to put a foreign id into a URL: every character that a path cannot hold is
#        percent-encoded, so that different ids make different URLs.
# Seen:  a space becomes %20, a NUL %00, a slash %2F; but tab, CR and LF, anywhere in the segment, are dropped and nothing
#        tells. "id\n" (an id read from a file) and "id" are one URL. Also `.` and `..` are dropped.
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
url = "=2.5.8"
TOML
cat >"$dir/src/main.rs" <<'RUST'
fn main() {
    for id in ["a b", "a\0b", "a/b", "a\nb", "a\r\n", "\ta", "..", "."] {
        let mut url = url::Url::parse("https://example.com/clients").unwrap();
        url.path_segments_mut().unwrap().push(id);
        println!("{id:?} {}", url.path());
    }
}
RUST
seen=$(cd "$dir" && cargo run --quiet)
echo "$seen"
diff <(echo "$seen") - <<'WANTED'
"a b" /clients/a%20b
"a\0b" /clients/a%00b
"a/b" /clients/a%2Fb
"a\nb" /clients/ab
"a\r\n" /clients/a
"\ta" /clients/a
".." /clients
"." /clients
WANTED
