#!/usr/bin/env bash
# Go module github.com/zclconf/go-cty 1.16.3: two equal numbers are sent to a provider as different MessagePack types.
#
# Guess: a number goes to a provider as MessagePack's integer or float, 0.1 as a float64 and 2^63 as an unsigned integer;
#        and values that are the same to cty are the same bytes.
# Seen:  0.1 as Terraform's language reads it is sent as the text "0.1"; 0.1 that a Go program made of a float64 is sent as
#        a float, though cty calls the two equal. All beyond 2^63-1 is text as well, unsigned 64-bit integers too. The type
#        that providers decode into (tftypes of terraform-plugin-go 0.29.0) does not call the two numbers equal.
#
# Needs go.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
go_program numbers github.com/zclconf/go-cty@v1.16.3 github.com/hashicorp/terraform-plugin-go@v0.29.0 <<'GO'
package main

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/msgpack"
)

func main() {
	parsed, made := cty.MustParseNumberVal("0.1"), cty.NumberFloatVal(0.1)
	show := func(what string, number cty.Value) {
		bytes, err := msgpack.Marshal(number, cty.Number)
		kind := "integer"
		switch {
		case bytes[0] >= 0xa0 && bytes[0] <= 0xbf:
			kind = fmt.Sprintf("text %q", bytes[1:])
		case bytes[0] == 0xcb:
			kind = "float64"
		}
		fmt.Println(what, "is sent as", kind, err)
	}
	show("0.1, parsed", parsed)
	show("0.1, of a float64", made)
	show("0.5, parsed", cty.MustParseNumberVal("0.5"))
	show("2^63-1", cty.MustParseNumberVal("9223372036854775807"))
	show("2^63", cty.MustParseNumberVal("9223372036854775808"))
	fmt.Println("equal to cty:", parsed.RawEquals(made))
	one, other := tftypes.NewValue(tftypes.Number, parsed.AsBigFloat()), tftypes.NewValue(tftypes.Number, made.AsBigFloat())
	fmt.Println("equal to tftypes:", one.Equal(other))
}
GO
expect "$(./numbers)" <<'WANTED'
0.1, parsed is sent as text "0.1" <nil>
0.1, of a float64 is sent as float64 <nil>
0.5, parsed is sent as float64 <nil>
2^63-1 is sent as integer <nil>
2^63 is sent as text "9223372036854775808" <nil>
equal to cty: true
equal to tftypes: false
WANTED
