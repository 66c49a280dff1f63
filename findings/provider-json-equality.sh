#!/usr/bin/env bash
# Go modules hashicorp/terraform-plugin-sdk/v2 2.40.1, terraform-plugin-framework-jsontypes 0.2.0 and awspolicyequivalence 1.7.0: for two of these three, which providers compare JSON with, a change of a long id is none.
#
# Guess: JSON texts that differ in spaces, the order of members or the spelling of a number are one for all of them, and texts with
#        different values are not; to normalize a text changes its form and no value.
# Seen:  the SDK's SuppressJsonDiff and the policies' library read numbers as floats, so that from 2^53 on a change to the next
#        number is not planned. The framework's type compares the digits: {"a": 1} and {"a": 1.0} are a change in every plan,
#        though many APIs give the one back for the other. SuppressJsonDiff takes objects alone: [1, 2] and [1,2], as in a
#        list of container definitions, are a change. NormalizeJsonString makes 12345678901234567000 of
#        12345678901234567890, and tells -0 from 0, while SuppressJsonDiff does not.
#
# Needs go.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
go_program compare github.com/hashicorp/terraform-plugin-sdk/v2@v2.40.1 github.com/hashicorp/awspolicyequivalence@v1.7.0 \
  github.com/hashicorp/terraform-plugin-framework-jsontypes@v0.2.0 <<'GO'
package main

import (
	"context"
	"fmt"

	awspolicy "github.com/hashicorp/awspolicyequivalence"
	"github.com/hashicorp/terraform-plugin-framework-jsontypes/jsontypes"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/structure"
)

func main() {
	answers := map[bool]string{true: "same", false: "differ"}
	compare := func(one, other string, policies bool) {
		suppressed := structure.SuppressJsonDiff("", one, other, nil)
		first, _ := structure.NormalizeJsonString(one)
		second, _ := structure.NormalizeJsonString(other)
		same, _ := jsontypes.NewNormalizedValue(one).StringSemanticEquals(context.Background(), jsontypes.NewNormalizedValue(other))
		fmt.Printf("%s and %s: SuppressJsonDiff %s, NormalizeJsonString %s, jsontypes %s",
			one, other, answers[suppressed], answers[first == second], answers[same])
		if policies {
			equivalent, _ := awspolicy.PoliciesAreEquivalent(one, other)
			fmt.Print(", awspolicyequivalence ", answers[equivalent])
		}
		fmt.Println()
	}
	compare(`{"id": 9007199254740992}`, `{"id": 9007199254740993}`, false)
	compare(`{"a": 1}`, `{"a": 1.0}`, false)
	compare(`{"a": 100}`, `{"a": 1e2}`, false)
	compare(`{"a": -0}`, `{"a": 0}`, false)
	compare(`{"a": [1, 2]}`, `{"a": [1,2]}`, false)
	compare(`[1, 2]`, `[1,2]`, false)
	policy := `{"Statement": [{"Action": "a", "Resource": "*", "Condition": {"NumericEquals": {"size": %d}}}]}`
	compare(fmt.Sprintf(policy, 9007199254740992), fmt.Sprintf(policy, 9007199254740993), true)
	long := `{"id": 12345678901234567890, "text": "<"}`
	normal, _ := structure.NormalizeJsonString(long)
	fmt.Println(long, "is normalized as", normal)
}
GO
expect "$(./compare)" <<'WANTED'
{"id": 9007199254740992} and {"id": 9007199254740993}: SuppressJsonDiff same, NormalizeJsonString same, jsontypes differ
{"a": 1} and {"a": 1.0}: SuppressJsonDiff same, NormalizeJsonString same, jsontypes differ
{"a": 100} and {"a": 1e2}: SuppressJsonDiff same, NormalizeJsonString same, jsontypes differ
{"a": -0} and {"a": 0}: SuppressJsonDiff same, NormalizeJsonString differ, jsontypes differ
{"a": [1, 2]} and {"a": [1,2]}: SuppressJsonDiff same, NormalizeJsonString same, jsontypes same
[1, 2] and [1,2]: SuppressJsonDiff differ, NormalizeJsonString same, jsontypes same
{"Statement": [{"Action": "a", "Resource": "*", "Condition": {"NumericEquals": {"size": 9007199254740992}}}]} and {"Statement": [{"Action": "a", "Resource": "*", "Condition": {"NumericEquals": {"size": 9007199254740993}}}]}: SuppressJsonDiff same, NormalizeJsonString same, jsontypes differ, awspolicyequivalence same
{"id": 12345678901234567890, "text": "<"} is normalized as {"id":12345678901234567000,"text":"\u003c"}
WANTED
