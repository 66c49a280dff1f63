#!/usr/bin/env bash
# Go blang/semver 3.5.1, Masterminds/semver 3.5.0 and hashicorp/go-version 1.9.0, crate semver 1.0.28, npm semver 7.8.6, PyPI semantic-version 2.10.0: "1.0.0 - 2.0.0" holds no version between the two.
#
# Guess: ranges of versions have dialects, and one that does not know a spelling refuses it: what two libraries read is the
#        same set. A candidate of 2.0.0 is not below 2.0.0 for any of them; ">1.2" is what comes after all of 1.2, and
#        "~>" is Ruby's and Terraform's.
# Seen:  blang/semver, which Pulumi uses, reads "1.0.0 - 2.0.0" without an error, and 1.5.0 is not in it; 2.0.0-rc.1 is in
#        its "<2.0.0", also with a ">=1.0.0" before it. ">1.2", "!=1.2" and "~>1.2" are other sets in go-version and
#        in Masterminds/semver, which both are Go's. "1.2" has 1.5.0 for Rust alone. A bare "*" has candidates in Python
#        alone, and "^0" nothing but 0.0.
#
# Needs cargo, go, node with npm, and python3 with venv.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cat >ranges <<'TEXT'
1.0.0 - 2.0.0	1.5.0
<2.0.0	2.0.0-rc.1
>=1.0.0 <2.0.0	2.0.0-rc.1
>1.2	1.2.5
!=1.2	1.2.5
~>1.2	1.9.0
1.2	1.5.0
^0	0.5.0
*	1.0.0-rc.1
^1.2.0-rc.1	1.3.0-rc.1
TEXT
go_program ranges_in_go github.com/blang/semver@v3.5.1+incompatible github.com/Masterminds/semver/v3@v3.5.0 github.com/hashicorp/go-version@v1.9.0 <<'GO'
package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	masterminds "github.com/Masterminds/semver/v3"
	"github.com/blang/semver"
	hashicorp "github.com/hashicorp/go-version"
)

func main() {
	ranges, _ := os.Open("ranges")
	for lines := bufio.NewScanner(ranges); lines.Scan(); {
		text, version, _ := strings.Cut(lines.Text(), "\t")
		results := []any{"error", "error", "error"}
		if in, err := semver.ParseRange(text); err == nil {
			results[0] = in(semver.MustParse(version))
		}
		if constraint, err := masterminds.NewConstraint(text); err == nil {
			results[1] = constraint.Check(masterminds.MustParse(version))
		}
		if constraint, err := hashicorp.NewConstraint(text); err == nil {
			results[2] = constraint.Check(hashicorp.Must(hashicorp.NewVersion(version)))
		}
		fmt.Printf("%v\t%v\t%v\n", results...)
	}
}
GO
crate semver=1.0.28 <<'RUST'
fn main() {
    for line in std::fs::read_to_string("ranges").unwrap().lines() {
        let (text, version) = line.split_once('\t').unwrap();
        match semver::VersionReq::parse(text) {
            Ok(range) => println!("{}", range.matches(&version.parse().unwrap())),
            Err(_) => println!("error"),
        }
    }
}
RUST
quietly npm install semver@7.8.6
quietly python3 -m venv python
quietly python/bin/pip install semantic-version==2.10.0
expect "$(paste ranges <(./ranges_in_go) <(cargo run --quiet) <(node -e '
const semver = require("semver")
for (const line of require("fs").readFileSync("ranges", "utf8").trim().split("\n")) {
  const [text, version] = line.split("\t")
  console.log(semver.validRange(text) === null ? "error" : semver.satisfies(version, text))
}') <(python/bin/python -c '
import semantic_version
for line in open("ranges"):
    text, version = line.strip().split("\t")
    try:
        print(str(semantic_version.SimpleSpec(text).match(semantic_version.Version(version))).lower())
    except ValueError:
        print("error")
') | awk -F'\t' '{ print $1 " has " $2 ": blang " $3 ", Masterminds " $4 ", go-version " $5 ", Rust " $6 ", npm " $7 ", Python " $8 }')" <<'WANTED'
1.0.0 - 2.0.0 has 1.5.0: blang false, Masterminds true, go-version error, Rust error, npm true, Python error
<2.0.0 has 2.0.0-rc.1: blang true, Masterminds false, go-version false, Rust false, npm false, Python false
>=1.0.0 <2.0.0 has 2.0.0-rc.1: blang true, Masterminds false, go-version error, Rust error, npm false, Python error
>1.2 has 1.2.5: blang error, Masterminds false, go-version true, Rust false, npm false, Python false
!=1.2 has 1.2.5: blang error, Masterminds false, go-version true, Rust error, npm error, Python false
~>1.2 has 1.9.0: blang error, Masterminds false, go-version true, Rust error, npm false, Python error
1.2 has 1.5.0: blang error, Masterminds false, go-version false, Rust true, npm false, Python false
^0 has 0.5.0: blang error, Masterminds true, go-version error, Rust true, npm true, Python false
* has 1.0.0-rc.1: blang error, Masterminds false, go-version error, Rust false, npm false, Python true
^1.2.0-rc.1 has 1.3.0-rc.1: blang error, Masterminds true, go-version error, Rust false, npm false, Python true
WANTED
