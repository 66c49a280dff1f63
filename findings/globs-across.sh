#!/usr/bin/env bash
# Go gobwas/glob 0.2.3 (in Ory Oathkeeper) and doublestar/v4 4.10.4, Go's path.Match, crates globset 0.4.18 and glob 0.3.4, npm minimatch 11.0.9 and picomatch 4.0.7: `[!a]` and `[^a]` both are "not a" in three of seven.
#
# Guess: globs differ in what is special (extended groups, leading dots), and share the rest: "**/" is any number of
#        directories, none too; `[!a]` is any character but a, and where it is not, `[^a]` is; a dash at the end of a class
#        is a dash; {a} is a; a backslash takes the meaning of the next character.
# Seen:  `[!a]` is a or an exclamation mark for two, `[^a]` is a or a circumflex for two others: no spelling is right in all.
#        For gobwas/glob "**/b" is not "b", though "a/**/b" is "a/b", and its `a**b` crosses directories. "a/**" has "a"
#        itself in two. {a} is the text with its braces for four. A dash at the end of a class is an error in two,
#        an accented letter is no single character in globset, and a backslash is one in glob.
#
# Needs cargo, go, and node with npm.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cat >globs <<'TEXT'
a/**/b	a/b
**/b	b
a/**	a
a**b	ax/yb
[!a]	b
[^a]	b
[a-]	-
{a}	a
?	é
a\*	a*
TEXT
go_program match github.com/gobwas/glob@v0.2.3 github.com/bmatcuk/doublestar/v4@v4.10.4 <<'GO'
package main

import (
	"bufio"
	"fmt"
	"os"
	"path"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/gobwas/glob"
)

func main() {
	globs, _ := os.Open("globs")
	for lines := bufio.NewScanner(globs); lines.Scan(); {
		pattern, text, _ := strings.Cut(lines.Text(), "\t")
		results := []any{"error", "error", "error"}
		if compiled, err := glob.Compile(pattern, '/'); err == nil {
			results[0] = compiled.Match(text)
		}
		if matched, err := doublestar.Match(pattern, text); err == nil {
			results[1] = matched
		}
		if matched, err := path.Match(pattern, text); err == nil {
			results[2] = matched
		}
		fmt.Printf("%v\t%v\t%v\n", results...)
	}
}
GO
crate globset=0.4.18 glob=0.3.4 <<'RUST'
fn main() {
    for line in std::fs::read_to_string("globs").unwrap().lines() {
        let (pattern, text) = line.split_once('\t').unwrap();
        let globset = globset::GlobBuilder::new(pattern).literal_separator(true).build();
        let globset = globset.map_or("error".into(), |glob| glob.compile_matcher().is_match(text).to_string());
        let mut options = glob::MatchOptions::new();
        options.require_literal_separator = true;
        let glob = glob::Pattern::new(pattern);
        println!("{globset}\t{}", glob.map_or("error".into(), |glob| glob.matches_with(text, options).to_string()));
    }
}
RUST
quietly npm install minimatch@11.0.9 picomatch@4.0.7
expect "$(paste globs <(./match) <(cargo run --quiet) <(node -e '
const { minimatch } = require("minimatch"), picomatch = require("picomatch")
for (const line of require("fs").readFileSync("globs", "utf8").trim().split("\n")) {
  const [pattern, text] = line.split("\t")
  console.log(minimatch(text, pattern) + "\t" + picomatch(pattern)(text))
}') | awk -F'\t' '{ print $1 " " $2 ": gobwas " $3 ", doublestar " $4 ", path " $5 ", globset " $6 ", glob " $7 ", minimatch " $8 ", picomatch " $9 }')" <<'WANTED'
a/**/b a/b: gobwas true, doublestar true, path false, globset true, glob true, minimatch true, picomatch true
**/b b: gobwas false, doublestar true, path false, globset true, glob true, minimatch true, picomatch true
a/** a: gobwas false, doublestar true, path false, globset false, glob false, minimatch false, picomatch true
a**b ax/yb: gobwas true, doublestar false, path false, globset false, glob error, minimatch false, picomatch false
[!a] b: gobwas true, doublestar true, path false, globset true, glob true, minimatch true, picomatch false
[^a] b: gobwas false, doublestar true, path true, globset true, glob false, minimatch true, picomatch true
[a-] -: gobwas error, doublestar true, path error, globset true, glob true, minimatch true, picomatch true
{a} a: gobwas true, doublestar true, path false, globset true, glob false, minimatch false, picomatch false
? é: gobwas true, doublestar true, path true, globset false, glob true, minimatch true, picomatch true
a\* a*: gobwas true, doublestar true, path true, globset true, glob false, minimatch true, picomatch true
WANTED
