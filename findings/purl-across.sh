#!/usr/bin/env bash
# Go package-url/packageurl-go 0.1.7, npm packageurl-js 2.0.1, PyPI packageurl-python 0.17.6: one package of a bill of materials has two or three names.
#
# Guess: a package URL has a canonical form so that tools can compare texts: read and written by any of the three, it is one text, and
#        reading that gives the parts that went in.
# Seen:  the libraries agree on the type's rules no longer. A Go module with a capital letter is in lower case for Go's library, whose
#        text no module proxy knows, and as it is for the two others; Lodash is one package in Go and another in the
#        others. A plus in a version is %2B for two and a plus in Node, which also reads a plus in a qualifier as a
#        space; the address of a registry is encoded in three ways. A slash in a name becomes a namespace when Python
#        has written it.
#
# Needs go, node with npm, and python3 with venv.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
quietly npm install packageurl-js@2.0.1
quietly python3 -m venv python
quietly python/bin/pip install packageurl-python==0.17.6
cat >purls <<'TEXT'
pkg:golang/github.com/Masterminds/semver/v3@v3.5.0
pkg:golang/github.com/blang/semver@v3.5.1+incompatible
pkg:npm/Lodash@4.17.21
pkg:npm/%40grpc/grpc-js@1.14.7
pkg:deb/debian/libc6@1:2.36-9+deb12u4?arch=amd64
pkg:oci/hydra@sha256%3A6c3e?repository_url=https://registry.invalid:5000/ory
pkg:generic/image@1?tag=1+2
pkg:generic/tools%2Fdoctor@1
TEXT
go_program in_go github.com/package-url/packageurl-go@v0.1.7 <<'GO'
package main

import (
	"bufio"
	"fmt"
	"os"

	"github.com/package-url/packageurl-go"
)

func main() {
	purls, _ := os.Open("purls")
	for lines := bufio.NewScanner(purls); lines.Scan(); {
		purl, err := packageurl.FromString(lines.Text())
		fmt.Println(purl.ToString(), map[bool]string{false: "error"}[err == nil])
	}
}
GO
expect "$(paste purls <(./in_go) <(node -e '
const { PackageURL } = require("packageurl-js")
for (const line of require("fs").readFileSync("purls", "utf8").trim().split("\n")) console.log(PackageURL.fromString(line).toString())') <(python/bin/python -c '
from packageurl import PackageURL
for line in open("purls"):
    print(PackageURL.from_string(line.strip()).to_string())') |
  awk -F'\t' '{ sub(/ *$/, "", $2); print $1; if ($2 == $3 && $3 == $4) print "  all    " $2; else print "  Go     " $2 "\n  Node   " $3 "\n  Python " $4 }')" <<'WANTED'
pkg:golang/github.com/Masterminds/semver/v3@v3.5.0
  Go     pkg:golang/github.com/masterminds/semver/v3@v3.5.0
  Node   pkg:golang/github.com/Masterminds/semver/v3@v3.5.0
  Python pkg:golang/github.com/Masterminds/semver/v3@v3.5.0
pkg:golang/github.com/blang/semver@v3.5.1+incompatible
  Go     pkg:golang/github.com/blang/semver@v3.5.1%2Bincompatible
  Node   pkg:golang/github.com/blang/semver@v3.5.1+incompatible
  Python pkg:golang/github.com/blang/semver@v3.5.1%2Bincompatible
pkg:npm/Lodash@4.17.21
  Go     pkg:npm/Lodash@4.17.21
  Node   pkg:npm/lodash@4.17.21
  Python pkg:npm/lodash@4.17.21
pkg:npm/%40grpc/grpc-js@1.14.7
  all    pkg:npm/%40grpc/grpc-js@1.14.7
pkg:deb/debian/libc6@1:2.36-9+deb12u4?arch=amd64
  Go     pkg:deb/debian/libc6@1:2.36-9%2Bdeb12u4?arch=amd64
  Node   pkg:deb/debian/libc6@1:2.36-9+deb12u4?arch=amd64
  Python pkg:deb/debian/libc6@1:2.36-9%2Bdeb12u4?arch=amd64
pkg:oci/hydra@sha256%3A6c3e?repository_url=https://registry.invalid:5000/ory
  Go     pkg:oci/hydra@sha256:6c3e?repository_url=https:%2F%2Fregistry.invalid:5000%2Fory
  Node   pkg:oci/hydra@sha256:6c3e?repository_url=https%3A%2F%2Fregistry.invalid%3A5000%2Fory
  Python pkg:oci/hydra@sha256:6c3e?repository_url=https://registry.invalid:5000/ory
pkg:generic/image@1?tag=1+2
  Go     pkg:generic/image@1?tag=1%2B2
  Node   pkg:generic/image@1?tag=1%202
  Python pkg:generic/image@1?tag=1%2B2
pkg:generic/tools%2Fdoctor@1
  Go     pkg:generic/tools%2Fdoctor@1
  Node   pkg:generic/tools%2Fdoctor@1
  Python pkg:generic/tools/doctor@1
WANTED
