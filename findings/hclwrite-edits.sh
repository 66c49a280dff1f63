#!/usr/bin/env bash
# Go module github.com/hashicorp/hcl/v2 2.25.0 (hclwrite): what is added to a file that ends with a comment and no line end is part of the comment.
#
# Guess: what hclwrite makes of a valid file with its own methods is a valid file, and has what was set; what stands above the
#        place that is changed stays.
# Seen:  without a line end at the end of the file, what is added stands on the last line: behind a comment it is a comment,
#        and the file is valid and has no such attribute; behind anything else the file is no HCL any more. The same goes
#        for blocks on one line, also for an empty one, `backend "s3" {}`. To remove the first attribute removes the
#        licence above it. An object whose first key is "for" is written as the begin of a for expression.
#
# Needs go.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
go_program edit github.com/hashicorp/hcl/v2@v2.25.0 github.com/zclconf/go-cty@v1.19.0 <<'GO'
package main

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

// Shows what an edit makes of a text, and what attributes the result has outside of blocks.
func edit(what, text string, change func(*hclwrite.Body)) {
	file, problems := hclwrite.ParseConfig([]byte(text), "", hcl.InitialPos)
	if problems.HasErrors() {
		panic(problems)
	}
	change(file.Body())
	fmt.Printf("%s: %q is %q, ", what, text, file.Bytes())
	read, problems := hclsyntax.ParseConfig(file.Bytes(), "", hcl.InitialPos)
	if problems.HasErrors() {
		fmt.Println("an error")
		return
	}
	fmt.Print("valid, attributes:")
	for _, name := range []string{"a", "b"} {
		if attribute, there := read.Body.(*hclsyntax.Body).Attributes[name]; there {
			value, _ := attribute.Expr.Value(nil)
			fmt.Printf(" %s %#v", name, value)
		}
	}
	fmt.Println()
}

func main() {
	set := func(body *hclwrite.Body) { body.SetAttributeValue("b", cty.True) }
	inside := func(body *hclwrite.Body) { set(body.Blocks()[0].Body()) }
	edit("set b", "a = true\n# end\n", set)
	edit("set b", "a = true\n# end", set)
	edit("set b", "a = true", set)
	edit("add a block", "# end", func(body *hclwrite.Body) { body.AppendNewBlock("b", nil) })
	edit("set b in the block", "x {\n}\n", inside)
	edit("set b in the block", "x {}\n", inside)
	edit("set b in the block", "x { a = true }\n", inside)
	edit("remove a", "# Copyright\na = true\nb = true\n", func(body *hclwrite.Body) { body.RemoveAttribute("a") })
	for _, key := range []string{"if", "for"} {
		edit("set b", "", func(body *hclwrite.Body) {
			body.SetAttributeValue("b", cty.MapVal(map[string]cty.Value{key: cty.True}))
		})
	}
}
GO
expect "$(./edit)" <<'WANTED'
set b: "a = true\n# end\n" is "a = true\n# end\nb = true\n", valid, attributes: a cty.True b cty.True
set b: "a = true\n# end" is "a       = true\n# end b = true\n", valid, attributes: a cty.True
set b: "a = true" is "a = true b = true\n", an error
add a block: "# end" is "# end b {\n}\n", an error
set b in the block: "x {\n}\n" is "x {\n  b = true\n}\n", valid, attributes:
set b in the block: "x {}\n" is "x { b = true\n}\n", an error
set b in the block: "x { a = true }\n" is "x { a = true b = true\n}\n", an error
remove a: "# Copyright\na = true\nb = true\n" is "b = true\n", valid, attributes: b cty.True
set b: "" is "b = {\n  if = true\n}\n", valid, attributes: b cty.ObjectVal(map[string]cty.Value{"if":cty.True})
set b: "" is "b = {\n  for = true\n}\n", an error
WANTED
