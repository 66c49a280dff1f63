#!/usr/bin/env bash
# Go module open-policy-agent/opa 1.22.4, crate regorus 0.14.1: floor(-0.5) is 0 in one of them, and a month after January 31 is February 29 or March 2.
#
# Guess: Rego's built-in functions are specified by its tests, which the crate runs too: a rule of arithmetic, dates and
#        texts decides alike in both, and what one of them lacks is an error.
# Seen:  in Go what lies between -1 and 0 is rounded up from both: floor(-0.5) is 0, and ceil(-0.5) is 1. Decimal fractions are
#        exact in Go and doubles in Rust. A month is added as Go's time does, or as a calendar does. \d and \w have all of
#        Unicode in Rust, and `upper` makes two letters of ß. JSON keeps 1.0 and 1e3 as they were written, or does not, and
#        escapes < in Go. In YAML 010 is 8 or a text; a number in a text may follow a blank in Rust; a version with a
#        v is valid in Go, and "1d" is a duration there.
#
# Needs cargo and go.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cat >queries <<'TEXT'
0.1 + 0.2 == 0.3
floor(-0.5)
ceil(-0.5)
time.format(time.add_date(1706659200000000000, 0, 1, 0))
time.parse_duration_ns("1d")
regex.match(`^\d$`, "٣")
regex.match(`^\w$`, "é")
upper("ß")
json.marshal([1.0, 1e3, "<"])
yaml.unmarshal("010")
to_number(" 1")
semver.is_valid("v1.0.0")
sprintf("%s", [1])
TEXT
go_program evaluate github.com/open-policy-agent/opa@v1.22.4 <<'GO'
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/open-policy-agent/opa/v1/rego"
)

func main() {
	queries, _ := os.Open("queries")
	for lines := bufio.NewScanner(queries); lines.Scan(); {
		results, err := rego.New(rego.Query("x = " + lines.Text())).Eval(context.Background())
		if err != nil {
			fmt.Println("error")
		} else if len(results) == 0 {
			fmt.Println("undefined")
		} else {
			var text bytes.Buffer
			encoder := json.NewEncoder(&text)
			encoder.SetEscapeHTML(false)
			_ = encoder.Encode(results[0].Bindings["x"])
			fmt.Print(text.String())
		}
	}
}
GO
crate regorus=0.14.1 serde_json=1.0.154 <<'RUST'
fn main() {
    for line in std::fs::read_to_string("queries").unwrap().lines() {
        match regorus::Engine::new().eval_query(format!("x = {line}"), false) {
            Ok(results) => match results.result.first() {
                Some(first) => println!("{}", serde_json::to_string(&first.bindings["x"]).unwrap()),
                None => println!("undefined"),
            },
            Err(_) => println!("error"),
        }
    }
}
RUST
quietly cargo build --quiet
expect "$(paste queries <(./evaluate) <(target/debug/finding 2>log) | awk -F'\t' '{ print $1 ": Go " $2 ", Rust " $3 }')" <<'WANTED'
0.1 + 0.2 == 0.3: Go true, Rust false
floor(-0.5): Go 0, Rust -1
ceil(-0.5): Go 1, Rust 0
time.format(time.add_date(1706659200000000000, 0, 1, 0)): Go "2024-03-02T00:00:00Z", Rust "2024-02-29T00:00:00Z"
time.parse_duration_ns("1d"): Go 86400000000000, Rust error
regex.match(`^\d$`, "٣"): Go false, Rust true
regex.match(`^\w$`, "é"): Go false, Rust true
upper("ß"): Go "ß", Rust "SS"
json.marshal([1.0, 1e3, "<"]): Go "[1.0,1e3,\"\\u003c\"]", Rust "[1,1000,\"<\"]"
yaml.unmarshal("010"): Go 8, Rust "010"
to_number(" 1"): Go undefined, Rust 1
semver.is_valid("v1.0.0"): Go true, Rust false
sprintf("%s", [1]): Go "%!s(int64=1)", Rust "1"
WANTED
