#!/usr/bin/env bash
# Go module github.com/pulumi/pulumi/pkg/v3 3.276.0, which writes the programs of `pulumi convert`, with Pulumi's SDKs: a setting whose default is true cannot be made false.
#
# Guess: where a program declares a default for a configuration value, the converted program takes it when the value is not
#        set, as the program did; `pulumi config set secure false` and `replicas 0` are values that are set.
# Seen:  in TypeScript and Go the default also stands in for false, for 0 and for an empty text, so that these cannot be
#        configured any more, and nothing says so. In Python they can.
#
# Needs go, node with npm, and python3 with venv.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
go_program write github.com/pulumi/pulumi/pkg/v3@v3.276.0 <<'GO'
package main

import (
	"fmt"
	"os"

	"github.com/hashicorp/hcl/v2"
	golang "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/hcl2/syntax"
	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/pcl"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

func main() {
	parser := syntax.NewParser()
	if err := parser.ParseFile(os.Stdin, "main.pp"); err != nil {
		panic(err)
	}
	var others struct{ schema.ReferenceLoader }
	program, diagnostics, err := pcl.BindProgram(parser.Files, others)
	if err != nil || diagnostics.HasErrors() {
		panic(fmt.Sprint(err, diagnostics))
	}
	for _, generate := range []func(*pcl.Program) (map[string][]byte, hcl.Diagnostics, error){
		golang.GenerateProgram, nodejs.GenerateProgram, python.GenerateProgram,
	} {
		files, _, err := generate(program)
		if err != nil {
			panic(err)
		}
		for name, content := range files {
			os.WriteFile(name, content, 0o644)
		}
	}
}
GO
# What a converter reads the program of origin as.
./write <<'PCL'
config secure bool { default = true }
config replicas int { default = 3 }
config prefix string { default = "shop-" }
output all { value = [secure, replicas, prefix] }
PCL
mv index.ts index.mjs
mv main.go converted.go
sed -i 's/pulumi\.Run(/run(/; s/ctx\.Export(/fmt.Printf("  Go %v, %v, \\"%v\\"\\n", secure, replicas, prefix)\n\t\t&/; s/^import (/&\n\t"fmt"/' converted.go
{ cat converted.go; cat <<'GO'

type mocks struct{}

func (mocks) Call(pulumi.MockCallArgs) (resource.PropertyMap, error) { return nil, nil }

func (mocks) NewResource(pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	return "", nil, nil
}

func run(program pulumi.RunFunc) {
	set := map[string]string{}
	if err := json.Unmarshal([]byte(os.Args[1]), &set); err != nil {
		panic(err)
	}
	if err := pulumi.RunErr(program, pulumi.WithMocks("p", "dev", mocks{}), func(info *pulumi.RunInfo) { info.Config = set }); err != nil {
		panic(err)
	}
}
GO
} | sed 's|^import (|&\n\t"encoding/json"\n\t"os"\n\t"github.com/pulumi/pulumi/sdk/v3/go/common/resource"|' | go_program converted github.com/pulumi/pulumi/sdk/v3@v3.276.0
quietly npm install @pulumi/pulumi@3.276.0
quietly python3 -m venv python
quietly python/bin/pip install pulumi==3.272.0
cat >run.mjs <<'JS'
import * as pulumi from "@pulumi/pulumi"
pulumi.runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) }, "p")
pulumi.runtime.setAllConfig(JSON.parse(process.argv[2]))
const [secure, replicas, prefix] = (await import("./index.mjs")).all
console.log(`  TypeScript ${secure}, ${replicas}, "${prefix}"`)
JS
cat >run.py <<'PYTHON'
import json, runpy, sys
import pulumi

class Mocks(pulumi.runtime.Mocks):
    def new_resource(self, args):
        return "", {}

    def call(self, args):
        return {}

def export(name, values):
    print('  Python {}, {}, "{}"'.format(str(values[0]).lower(), *values[1:]))

pulumi.runtime.set_mocks(Mocks(), "p")
pulumi.runtime.set_all_config(json.loads(sys.argv[1]))
pulumi.export = export
runpy.run_path("__main__.py")
PYTHON
expect "$(for set in '{}' '{"p:secure":"true","p:replicas":"1","p:prefix":"a"}' '{"p:secure":"false","p:replicas":"0","p:prefix":""}'; do
  echo "set $set"
  python/bin/python run.py "$set"
  node run.mjs "$set"
  ./converted "$set"
done)" <<'WANTED'
set {}
  Python true, 3, "shop-"
  TypeScript true, 3, "shop-"
  Go true, 3, "shop-"
set {"p:secure":"true","p:replicas":"1","p:prefix":"a"}
  Python true, 1, "a"
  TypeScript true, 1, "a"
  Go true, 1, "a"
set {"p:secure":"false","p:replicas":"0","p:prefix":""}
  Python false, 0, ""
  TypeScript true, 3, "shop-"
  Go true, 3, "shop-"
WANTED
