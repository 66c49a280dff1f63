#!/usr/bin/env bash
# Go module github.com/hashicorp/terraform-plugin-testing 1.16.0: "expected value 0.1 for NumberExact check, got: 0.1", and a set has what is expected or not depending on its order.
#
# Guess: the checks for values in the state compare what they name: a number with the number, and a set with a set, in whatever order the
#        state has its members, as a set has none.
# Seen:  NumberExact of Go's 0.1 fails on 0.1, with both shown alike, as the state's text is read with 512 bits. Float64Exact
#        passes for a number that is not the expected one, from 2^53 on. In SetExact and SetPartial each check takes the first
#        member that suits it: with NotNull() before StringExact("b"), {"a", "b"} passes and {"b", "c"} fails. Of the two that
#        a test of ids usually has, an expression and a text, the order decides as well, and the order in the
#        state is that of the texts.
#
# Needs go.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
go_program check github.com/hashicorp/terraform-plugin-testing@v1.16.0 <<'GO'
package main

import (
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"

	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
)

// Shows what a check says of a value of the state, which is JSON.
func check(what string, check knownvalue.Check, state any) {
	result := "passes"
	if err := check.CheckValue(state); err != nil {
		result = "fails: " + err.Error()
	}
	fmt.Printf("%s, the state has %v: %s\n", what, state, result)
}

func main() {
	number := func(text string) any { return json.Number(text) }
	check("NumberExact(0.5)", knownvalue.NumberExact(big.NewFloat(0.5)), number("0.5"))
	check("NumberExact(0.1)", knownvalue.NumberExact(big.NewFloat(0.1)), number("0.1"))
	check("Float64Exact(9007199254740992)", knownvalue.Float64Exact(9007199254740992), number("9007199254740993"))
	text, some := knownvalue.StringExact("b"), knownvalue.NotNull()
	id := knownvalue.StringRegexp(regexp.MustCompile("^user-"))
	admin := knownvalue.StringExact("user-1")
	check("SetExact(NotNull, b)", knownvalue.SetExact([]knownvalue.Check{some, text}), []any{"a", "b"})
	check("SetExact(NotNull, b)", knownvalue.SetExact([]knownvalue.Check{some, text}), []any{"b", "c"})
	check("SetExact(b, NotNull)", knownvalue.SetExact([]knownvalue.Check{text, some}), []any{"b", "c"})
	check("SetPartial(^user-, user-1)", knownvalue.SetPartial([]knownvalue.Check{id, admin}), []any{"user-0", "user-1"})
	check("SetPartial(^user-, user-1)", knownvalue.SetPartial([]knownvalue.Check{id, admin}), []any{"user-1", "user-2"})
}
GO
expect "$(./check)" <<'WANTED'
NumberExact(0.5), the state has 0.5: passes
NumberExact(0.1), the state has 0.1: fails: expected value 0.1 for NumberExact check, got: 0.1
Float64Exact(9007199254740992), the state has 9007199254740993: passes
SetExact(NotNull, b), the state has [a b]: passes
SetExact(NotNull, b), the state has [b c]: fails: missing value b for SetExact check
SetExact(b, NotNull), the state has [b c]: passes
SetPartial(^user-, user-1), the state has [user-0 user-1]: passes
SetPartial(^user-, user-1), the state has [user-1 user-2]: fails: missing value user-1 for SetPartial check
WANTED
