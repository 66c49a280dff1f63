#!/usr/bin/env bash
# Go module github.com/pulumi/pulumi/pkg/v3 3.276.0, which writes the programs of `pulumi convert`: a script of two lines loses its backslashes in Python, and "${HOME}" is taken for a variable in TypeScript.
#
# Guess: a text of the program that is converted is the same text in the program that is written: what writes programs
#        escapes whatever has a meaning in the language, in short texts and long ones.
# Seen:  a text of several lines is written between three quotation marks in Python without escaping anything: "\t" is a tab,
#        the backslash that goes on with a command in the next line is gone with its line break, and a text that ends with
#        a quotation mark is a syntax error. A text with a variable in it stands between backticks in TypeScript, in which
#        "\t" is a tab, a literal "${HOME}" is a variable that is not there, and a backtick is a syntax error. The same
#        texts on one line, or without a variable, are right, and so is all in the other of the two languages.
#
# Needs go, node and python3.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
go_program write github.com/pulumi/pulumi/pkg/v3@v3.276.0 <<'GO'
package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/pulumi/pulumi/pkg/v3/codegen/hcl2/syntax"
	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/pcl"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

func main() {
	parser := syntax.NewParser()
	if err := parser.ParseFile(strings.NewReader(os.Args[1]), "main.pp"); err != nil {
		panic(err)
	}
	var others struct{ schema.ReferenceLoader }
	program, diagnostics, err := pcl.BindProgram(parser.Files, others)
	if err != nil || diagnostics.HasErrors() {
		panic(fmt.Sprint(err, diagnostics))
	}
	files, _, err := python.GenerateProgram(program)
	if err != nil {
		panic(err)
	}
	os.WriteFile("main.py", files["__main__.py"], 0o644)
	files, _, err = nodejs.GenerateProgram(program)
	if err != nil {
		panic(err)
	}
	os.WriteFile("index.ts", files["index.ts"], 0o644)
}
GO
# A text is what the program of origin has, in the language in between.
cat >texts <<'TEXT'
curl \\\n  --fail
curl \\  --fail
C:\\temp\nD:\\temp
say\n\"hi\"
${shop}: C:\\temp
${shop}: $${HOME}
${shop}: `date`
${shop}: C:\\temp\n$${HOME}
TEXT
cat >pulumi.py <<'PYTHON'
import json

class Config:
    def get(self, name):
        return None

def export(name, value):
    print(json.dumps(value))
PYTHON
while IFS= read -r text; do
  ./write 'config shop string { default = "ada" }
output text { value = "'"$text"'" }'
  in_python=$(python3 -B main.py 2>log) || in_python=$(tail -1 log | cut -d: -f1)
  # What it has of Pulumi is the import, and the configuration that is not set.
  { echo 'const pulumi = { Config: class { get() {} } }'; sed '/^import /d; s/^export //' index.ts; echo 'console.log(JSON.stringify(text))'; } >index.js
  in_node=$(node index.js 2>log) || in_node=$(grep -m1 Error: log | cut -d: -f1)
  printf '%s\n' "\"$text\"" "  Python $in_python" "  TypeScript $in_node"
done <texts >seen
expect "$(cat seen)" <<'WANTED'
"curl \\\n  --fail"
  Python "curl   --fail"
  TypeScript "curl \\\n  --fail"
"curl \\  --fail"
  Python "curl \\  --fail"
  TypeScript "curl \\  --fail"
"C:\\temp\nD:\\temp"
  Python "C:\temp\nD:\temp"
  TypeScript "C:\\temp\nD:\\temp"
"say\n\"hi\""
  Python SyntaxError
  TypeScript "say\n\"hi\""
"${shop}: C:\\temp"
  Python "ada: C:\\temp"
  TypeScript "ada: C:\temp"
"${shop}: $${HOME}"
  Python "ada: ${HOME}"
  TypeScript ReferenceError
"${shop}: `date`"
  Python "ada: `date`"
  TypeScript SyntaxError
"${shop}: C:\\temp\n$${HOME}"
  Python "ada: C:\temp\n${HOME}"
  TypeScript ReferenceError
WANTED
