#!/usr/bin/env bash
# Crate serde_yaml_ng 0.10.0, Go modules yaml.v3 3.0.1 and sigs.k8s.io/yaml 1.6.0: texts that Rust writes, Go reads as something else.
#
# Guess: a writer puts quotes around every text that a reader could take for something else, so that a file of texts that
#        Rust wrote is one of texts in Go.
# Seen:  it quotes by YAML 1.2 alone. `1_000` arrives as a number and `2001-01-01` as a moment with yaml.v3, `on` and `n`
#        as booleans with sigs.k8s.io/yaml. `yes`, `017` and `1e3` are texts in one of the two Go modules or in both.
#
# Needs cargo and go.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
crate serde_yaml_ng=0.10.0 <<'RUST'
fn main() {
    print!("{}", serde_yaml_ng::to_string(&["on", "n", "yes", "017", "1e3", "1_000", "2001-01-01"]).unwrap());
}
RUST
go_program reader gopkg.in/yaml.v3@v3.0.1 sigs.k8s.io/yaml@v1.6.0 <<'GO'
package main

import (
	"fmt"
	"os"

	v3 "gopkg.in/yaml.v3"
	sigs "sigs.k8s.io/yaml"
)

func main() {
	text, _ := os.ReadFile("texts.yaml")
	var one, other []any
	fmt.Println(v3.Unmarshal(text, &one), sigs.Unmarshal(text, &other))
	for i := range one {
		fmt.Printf("%T %T\n", one[i], other[i])
	}
}
GO
cargo run --quiet >texts.yaml
expect "$(cat texts.yaml; ./reader)" <<'WANTED'
- on
- n
- yes
- '017'
- '1e3'
- 1_000
- 2001-01-01
<nil> <nil>
string bool
string bool
string bool
string string
string string
int float64
time.Time string
WANTED
