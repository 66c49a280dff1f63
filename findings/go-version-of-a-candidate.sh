#!/usr/bin/env bash
# Go modules hashicorp/go-version 1.7.0 and apparentlymart/go-versions 1.0.3: "~> 1.0.0-rc1" has no version in common.
#
# Guess: OpenTofu reads constraints with both, on itself and on modules with the first, on providers with the second, so one
#        written constraint means one set of versions; and `~> 1.0.0-rc1` means the candidate, the release that follows it,
#        and its patches.
# Seen:  with go-version that constraint has candidates of 1.0.0 and nothing else, not even 1.0.0, although >= has all that
#        follow; with go-versions it has the releases and not the candidate that it names. `!= 1.0.0` has candidates in
#        the one, none in the other.
#
# Needs go.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
go_program versions github.com/hashicorp/go-version@v1.7.0 github.com/apparentlymart/go-versions@v1.0.3 <<'GO'
package main

import (
	"fmt"

	"github.com/apparentlymart/go-versions/versions"
	"github.com/hashicorp/go-version"
)

func main() {
	for _, text := range []string{"~> 1.0.0-rc1", ">= 1.0.0-rc1", "!= 1.0.0"} {
		one, err := version.NewConstraint(text)
		other, problem := versions.MeetingConstraintsStringRuby(text)
		if err != nil || problem != nil {
			fmt.Println(text, err, problem)
			continue
		}
		var here, there []string
		for _, text := range []string{"1.0.0-rc1", "1.0.0-rc2", "1.0.0", "1.0.1-rc1", "1.0.1"} {
			if one.Check(version.Must(version.NewVersion(text))) {
				here = append(here, text)
			}
			if other.Has(versions.MustParseVersion(text)) {
				there = append(there, text)
			}
		}
		fmt.Println(text)
		fmt.Println("  go-version: ", here)
		fmt.Println("  go-versions:", there)
	}
}
GO
expect "$(./versions)" <<'WANTED'
~> 1.0.0-rc1
  go-version:  [1.0.0-rc1 1.0.0-rc2]
  go-versions: [1.0.0 1.0.1]
>= 1.0.0-rc1
  go-version:  [1.0.0-rc1 1.0.0-rc2 1.0.0 1.0.1]
  go-versions: [1.0.0 1.0.1]
!= 1.0.0
  go-version:  [1.0.0-rc1 1.0.0-rc2 1.0.1-rc1 1.0.1]
  go-versions: [1.0.1]
WANTED
