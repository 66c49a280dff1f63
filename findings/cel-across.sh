#!/usr/bin/env bash
# Go google/cel-go 0.26.1, crate cel 0.15.0, npm @bufbuild/cel 0.6.1, PyPI cel-python 0.5.0: string(1000000.0) has three values, and true is 1 in one of them.
#
# Guess: CEL is specified, with tests of conformance, so that a rule gives the same everywhere: a text of a value, the hour of
#        a moment, `has()` of a member that is null, and what has no overload (1 + 1u) is an error.
# Seen:  the text of a number is another one nearly everywhere, and string(true) is "True" in Python, where moments and durations lose
#        their fractions, 1 + 1u is 2, true is 1, a list has an item -1 and a day is a duration. The hour of a moment with an
#        offset is UTC's in three, the offset's in Rust, where \w has accented letters. In JavaScript has() of a null is
#        false, and 1.5 s have 500 milliseconds instead of 1500. A member that is there twice is the last one in
#        Go, and an error elsewhere.
#
# Needs cargo, go, node with npm, and python3 with venv.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cat >expressions <<'TEXT'
string(1000000.0)
string(0.0000001)
string(true)
string(duration("1500ms"))
string(timestamp("2024-01-01T00:00:00.5Z"))
string(timestamp("2024-01-01T00:00:00+02:00"))
string(timestamp("2024-01-01T00:00:00+02:00").getHours())
string(duration("1500ms").getMilliseconds())
string(duration("1d"))
string(int("0x10"))
has({"a": null}.a)
1 + 1u == 2
true == 1
[1, 2][-1] == 2
"é".matches("^\\w$")
{"a": 1, "a": 2} == {"a": 2}
9007199254740993 == 9007199254740992.0
TEXT
go_program evaluate github.com/google/cel-go@v0.26.1 <<'GO'
package main

import (
	"bufio"
	"fmt"
	"os"

	"github.com/google/cel-go/cel"
)

func main() {
	environment, _ := cel.NewEnv()
	expressions, _ := os.Open("expressions")
	for lines := bufio.NewScanner(expressions); lines.Scan(); {
		// Not checked, as the others do not check before they evaluate.
		parsed, issues := environment.Parse(lines.Text())
		if issues.Err() != nil {
			panic(issues.Err())
		}
		program, err := environment.Program(parsed)
		if err != nil {
			panic(err)
		}
		if value, _, err := program.Eval(map[string]any{}); err != nil {
			fmt.Println("error")
		} else {
			fmt.Println(value.Value())
		}
	}
}
GO
crate cel=0.15.0 <<'RUST'
use cel::{Context, Program, Value};

fn main() {
    for line in std::fs::read_to_string("expressions").unwrap().lines() {
        match Program::compile(line).unwrap().execute(&Context::default()) {
            Ok(Value::String(text)) => println!("{text}"),
            Ok(Value::Bool(value)) => println!("{value}"),
            Ok(other) => panic!("{other:?}"),
            Err(_) => println!("error"),
        }
    }
}
RUST
quietly npm install @bufbuild/cel@0.6.1
quietly python3 -m venv python
quietly python/bin/pip install cel-python==0.5.0
expect "$(paste expressions <(./evaluate) <(cargo run --quiet) <(node -e '
const { run } = require("@bufbuild/cel")
for (const line of require("fs").readFileSync("expressions", "utf8").trim().split("\n")) {
  let value
  try { value = run(line) } catch {}
  console.log(["string", "boolean"].includes(typeof value) ? String(value) : "error")
}') <(python/bin/python -c '
import celpy
environment = celpy.Environment()
for line in open("expressions"):
    try:
        value = environment.program(environment.compile(line.strip())).evaluate({})
        print(value if isinstance(value, str) else str(bool(value)).lower())
    except celpy.CELEvalError:
        print("error")
') | awk -F'\t' '{ print $1 ": Go " $2 ", Rust " $3 ", JavaScript " $4 ", Python " $5 }')" <<'WANTED'
string(1000000.0): Go 1e+06, Rust 1000000, JavaScript 1000000, Python 1000000.0
string(0.0000001): Go 1e-07, Rust 0.0000001, JavaScript 1e-7, Python 1e-07
string(true): Go true, Rust true, JavaScript true, Python True
string(duration("1500ms")): Go 1.5s, Rust 1.5s, JavaScript 1.500s, Python 1s
string(timestamp("2024-01-01T00:00:00.5Z")): Go 2024-01-01T00:00:00.5Z, Rust 2024-01-01T00:00:00.5Z, JavaScript 2024-01-01T00:00:00.500Z, Python 2024-01-01T00:00:00Z
string(timestamp("2024-01-01T00:00:00+02:00")): Go 2024-01-01T00:00:00+02:00, Rust 2023-12-31T22:00:00Z, JavaScript 2023-12-31T22:00:00Z, Python 2024-01-01T00:00:00+02:00
string(timestamp("2024-01-01T00:00:00+02:00").getHours()): Go 22, Rust 0, JavaScript 22, Python 22
string(duration("1500ms").getMilliseconds()): Go 1500, Rust 1500, JavaScript 500, Python 1500
string(duration("1d")): Go error, Rust error, JavaScript error, Python 86400s
string(int("0x10")): Go error, Rust error, JavaScript 16, Python 16
has({"a": null}.a): Go true, Rust true, JavaScript false, Python true
1 + 1u == 2: Go error, Rust error, JavaScript error, Python true
true == 1: Go false, Rust false, JavaScript false, Python true
[1, 2][-1] == 2: Go error, Rust error, JavaScript error, Python true
"é".matches("^\\w$"): Go false, Rust true, JavaScript false, Python false
{"a": 1, "a": 2} == {"a": 2}: Go true, Rust error, JavaScript error, Python error
9007199254740993 == 9007199254740992.0: Go true, Rust true, JavaScript false, Python error
WANTED
