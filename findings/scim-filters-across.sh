#!/usr/bin/env bash
# PyPI scim2-filter-parser 0.7.0, npm scim2-parse-filter 0.2.10, Go scim2/filter-parser/v2 2.3.1: in one, "or" binds tighter than "and" when it comes first.
#
# Guess: a filter of SCIM (RFC 7644) is read alike: `and` binds tighter than `or`, and what is compared is a JSON value, so
#        that "\"" is a quotation mark, -5 and 5.5 are numbers, and null is null.
# Seen:  in Python `a or b and c` is `(a or b) and c`; an escaped quotation mark, a negative number and a fraction are
#        errors, and 5, true and null are texts. Go leaves escapes in the text as they are, and refuses \u00e9. JavaScript
#        undoes \" and no other escape: a backslash in a name is two.
#
# Needs go, node with npm, and python3 with venv.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cat >filters <<'TEXT'
a eq 1 and b eq 2 or c eq 3
a eq 1 or b eq 2 and c eq 3
a eq "say \"hi\""
a eq "one\\two"
a eq "\u00e9"
a eq -5
a eq 5.5
a eq null
TEXT
go_program read github.com/scim2/filter-parser/v2@v2.3.1 <<'GO'
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	filter "github.com/scim2/filter-parser/v2"
)

func show(expression filter.Expression) string {
	switch e := expression.(type) {
	case *filter.LogicalExpression:
		return fmt.Sprintf("(%s %s %s)", show(e.Left), e.Operator, show(e.Right))
	case *filter.AttributeExpression:
		value, _ := json.Marshal(e.CompareValue)
		return fmt.Sprintf("%v %s %s", e.AttributePath, e.Operator, value)
	}
	panic("something else")
}

func main() {
	filters, _ := os.Open("filters")
	for lines := bufio.NewScanner(filters); lines.Scan(); {
		if expression, err := filter.ParseFilter(lines.Bytes()); err != nil {
			fmt.Println("error")
		} else {
			fmt.Println(show(expression))
		}
	}
}
GO
quietly npm install scim2-parse-filter@0.2.10
quietly python3 -m venv python
quietly python/bin/pip install scim2-filter-parser==0.7.0
expect "$(paste -d'\n' filters <(python/bin/python -c '
import json
from scim2_filter_parser import ast
from scim2_filter_parser.lexer import SCIMLexer
from scim2_filter_parser.parser import SCIMParser

def show(node):
    if isinstance(node, ast.Filter):
        return show(node.expr)
    if isinstance(node, ast.LogExpr):
        return f"({show(node.expr1)} {node.op} {show(node.expr2)})"
    return f"{node.attr_path.attr_name} {node.value} {json.dumps(node.comp_value.value)}"

for line in open("filters"):
    try:
        print("  Python", show(SCIMParser().parse(SCIMLexer().tokenize(line.strip()))))
    except Exception:
        print("  Python error")
') <(node -e '
const { parse } = require("scim2-parse-filter")
const show = f => f.filters ? `(${f.filters.map(show).join(` ${f.op} `)})` : `${f.attrPath} ${f.op} ${JSON.stringify(f.compValue)}`
for (const line of require("fs").readFileSync("filters", "utf8").trim().split("\n")) {
  try { console.log("  JavaScript", show(parse(line))) } catch { console.log("  JavaScript error") }
}') <(./read | sed 's/^/  Go /'))" <<'WANTED'
a eq 1 and b eq 2 or c eq 3
  Python ((a eq "1" and b eq "2") or c eq "3")
  JavaScript ((a eq 1 and b eq 2) or c eq 3)
  Go ((a eq 1 and b eq 2) or c eq 3)
a eq 1 or b eq 2 and c eq 3
  Python ((a eq "1" or b eq "2") and c eq "3")
  JavaScript (a eq 1 or (b eq 2 and c eq 3))
  Go (a eq 1 or (b eq 2 and c eq 3))
a eq "say \"hi\""
  Python error
  JavaScript a eq "say \"hi\""
  Go a eq "say \\\"hi\\\""
a eq "one\\two"
  Python a eq "one\\\\two"
  JavaScript a eq "one\\\\two"
  Go a eq "one\\\\two"
a eq "\u00e9"
  Python a eq "\\u00e9"
  JavaScript a eq "\\u00e9"
  Go error
a eq -5
  Python error
  JavaScript a eq -5
  Go a eq -5
a eq 5.5
  Python error
  JavaScript a eq 5.5
  Go a eq 5.5
a eq null
  Python a eq "null"
  JavaScript a eq null
  Go a eq null
WANTED
