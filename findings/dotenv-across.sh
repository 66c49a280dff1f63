#!/usr/bin/env bash
# npm dotenv 18.0.10, PyPI python-dotenv 1.2.4, Go joho/godotenv 1.5.1, hashicorp/go-envparse 0.1.0 and compose-go/v2 2.16.2, crate dotenvy 0.15.7: the password pa$$word is three.
#
# Guess: a file .env has a line for each variable as a shell would read it: what is in single quotes is as it stands, in double
#        quotes \" is a quotation mark and \\ a backslash; without quotes a # that follows a blank begins a comment, and a
#        library that replaces $name does so in braces too.
# Seen:  a # inside of a password ends it in two of the six. `$word` is replaced in two, and `$$` is two dollars, one, or none.
#        "say \"hi\"" keeps its backslashes in JavaScript and loses its last quotation mark in godotenv; "C:\\new" has
#        a line's end in JavaScript, and "a\tb" a tab, a backslash, or neither. JSON loses its quotes in go-envparse. Single
#        quotes mean the same everywhere.
#
# Needs cargo, go, node with npm, and python3 with venv.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
unset word
cat >lines <<'TEXT'
P='pa$word#1'
P=pa#ss
P=pa$word
P=pa$$word
P="say \"hi\""
P="C:\\new"
P="a\tb"
P={"a": "b"}
P=a b
P=it's
TEXT
go_program read_in_go github.com/joho/godotenv@v1.5.1 github.com/hashicorp/go-envparse@v0.1.0 github.com/compose-spec/compose-go/v2/dotenv@v2.16.2 <<'GO'
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/hashicorp/go-envparse"
	"github.com/joho/godotenv"
)

func show(variables map[string]string, err error) string {
	if err != nil {
		return "error"
	}
	text, _ := json.Marshal(variables["P"])
	return string(text)
}

func main() {
	lines, _ := os.Open("lines")
	for scanner := bufio.NewScanner(lines); scanner.Scan(); {
		line := scanner.Text() + "\n"
		fmt.Printf("%s\t%s\t%s\n", show(godotenv.Unmarshal(line)), show(envparse.Parse(strings.NewReader(line))),
			show(dotenv.Parse(strings.NewReader(line))))
	}
}
GO
crate dotenvy=0.15.7 <<'RUST'
fn main() {
    for line in std::fs::read_to_string("lines").unwrap().lines() {
        match dotenvy::from_read_iter(format!("{line}\n").as_bytes()).next().unwrap() {
            Ok((_, value)) => println!("{value:?}"),
            Err(_) => println!("error"),
        }
    }
}
RUST
quietly npm install dotenv@18.0.10
quietly python3 -m venv python
quietly python/bin/pip install python-dotenv==1.2.4
expect "$(paste lines <(node -e '
for (const line of require("fs").readFileSync("lines", "utf8").trim().split("\n")) {
  console.log(JSON.stringify(require("dotenv").parse(line).P))
}') <(python/bin/python -c '
import dotenv, io, json
for line in open("lines"):
    print(json.dumps(dotenv.dotenv_values(stream=io.StringIO(line))["P"]))
') <(./read_in_go 2>log) <(cargo run --quiet) |
  awk -F'\t' '{ print $1 ": npm " $2 ", Python " $3 ", godotenv " $4 ", envparse " $5 ", compose " $6 ", Rust " $7 }')" <<'WANTED'
P='pa$word#1': npm "pa$word#1", Python "pa$word#1", godotenv "pa$word#1", envparse "pa$word#1", compose "pa$word#1", Rust "pa$word#1"
P=pa#ss: npm "pa", Python "pa#ss", godotenv "pa#ss", envparse "pa", compose "pa#ss", Rust "pa#ss"
P=pa$word: npm "pa$word", Python "pa$word", godotenv "pa$word", envparse "pa$word", compose "pa", Rust "pa"
P=pa$$word: npm "pa$$word", Python "pa$$word", godotenv "pa$$word", envparse "pa$$word", compose "pa$word", Rust "pa"
P="say \"hi\"": npm "say \\\"hi\\\"", Python "say \"hi\"", godotenv "say \"hi\\", envparse "say \"hi\"", compose "say \"hi\"", Rust "say \"hi\""
P="C:\\new": npm "C:\\\new", Python "C:\\new", godotenv "C:\\new", envparse "C:\\new", compose "C:\\new", Rust "C:\\new"
P="a\tb": npm "a\\tb", Python "a\tb", godotenv "atb", envparse "a\tb", compose "a\tb", Rust error
P={"a": "b"}: npm "{\"a\": \"b\"}", Python "{\"a\": \"b\"}", godotenv "{\"a\": \"b\"}", envparse "{a: b}", compose "{\"a\": \"b\"}", Rust error
P=a b: npm "a b", Python "a b", godotenv "a b", envparse "a b", compose "a b", Rust error
P=it's: npm "it's", Python "it's", godotenv "it's", envparse error, compose "it's", Rust error
WANTED
