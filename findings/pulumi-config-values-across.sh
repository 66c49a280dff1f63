#!/usr/bin/env bash
# Pulumi's SDKs, npm @pulumi/pulumi 3.276.0, PyPI pulumi 3.272.0 and Go github.com/pulumi/pulumi/sdk/v3 3.276.0: the configuration value 1_000 is 1000 or 1, and 010 is 10 or 8.
#
# Guess: `pulumi config set` stores a text, and the getters for numbers and booleans of all SDKs read it by the same rules,
#        so that a program can be written again in another language under the same stack; what they cannot read is an
#        error, as one of them says of "abc".
# Seen:  Node reads as far as it goes: 1_000 is 1, 0x10 is 0, "5 minutes" is 5. Go reads integers as Go's own source does, so
#        that 010 is 8, and what GetInt cannot read, 5.0 and 1e3 among it, is 0 without an error, as is what GetBool
#        cannot read. True is a boolean in Go and Python and an error in Node; 1 is true in Go alone.
#
# Needs go, node with npm, and python3 with venv.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cat >values <<'TEXT'
5
5.0
1e3
1_000
010
0x10
5 minutes
9007199254740993
true
True
1
on
TEXT
go_program read github.com/pulumi/pulumi/sdk/v3@v3.276.0 <<'GO'
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	values, _ := os.Open("values")
	for lines := bufio.NewScanner(values); lines.Scan(); {
		info := pulumi.RunInfo{Config: map[string]string{"p:v": lines.Text()}}
		ctx, err := pulumi.NewContext(context.Background(), info)
		if err != nil {
			panic(err)
		}
		of := config.New(ctx, "p")
		fmt.Printf("  Go GetInt %d, GetFloat64 %.0f, GetBool %t\n", of.GetInt("v"), of.GetFloat64("v"), of.GetBool("v"))
	}
}
GO
quietly npm install @pulumi/pulumi@3.276.0
quietly python3 -m venv python
quietly python/bin/pip install pulumi==3.272.0
expect "$(paste -d'\n' values <(node -e '
const pulumi = require("@pulumi/pulumi")
for (const value of require("fs").readFileSync("values", "utf8").trim().split("\n")) {
  pulumi.runtime.setAllConfig({ "p:v": value })
  const config = new pulumi.Config("p")
  const read = name => { try { return config[name]("v") } catch { return "error" } }
  console.log(`  Node getNumber ${read("getNumber")}, getBoolean ${read("getBoolean")}`)
}') <(python/bin/python -c '
import pulumi
for value in open("values"):
    pulumi.runtime.set_all_config({"p:v": value.strip()})
    config = pulumi.Config("p")
    def read(name):
        try:
            return getattr(config, name)("v")
        except Exception:
            return "error"
    print("  Python get_int %s, get_float %s, get_bool %s" % tuple(map(read, ("get_int", "get_float", "get_bool"))))
') <(./read))" <<'WANTED'
5
  Node getNumber 5, getBoolean error
  Python get_int 5, get_float 5.0, get_bool error
  Go GetInt 5, GetFloat64 5, GetBool false
5.0
  Node getNumber 5, getBoolean error
  Python get_int error, get_float 5.0, get_bool error
  Go GetInt 0, GetFloat64 5, GetBool false
1e3
  Node getNumber 1000, getBoolean error
  Python get_int error, get_float 1000.0, get_bool error
  Go GetInt 0, GetFloat64 1000, GetBool false
1_000
  Node getNumber 1, getBoolean error
  Python get_int 1000, get_float 1000.0, get_bool error
  Go GetInt 1000, GetFloat64 1000, GetBool false
010
  Node getNumber 10, getBoolean error
  Python get_int 10, get_float 10.0, get_bool error
  Go GetInt 8, GetFloat64 10, GetBool false
0x10
  Node getNumber 0, getBoolean error
  Python get_int error, get_float error, get_bool error
  Go GetInt 16, GetFloat64 0, GetBool false
5 minutes
  Node getNumber 5, getBoolean error
  Python get_int error, get_float error, get_bool error
  Go GetInt 0, GetFloat64 0, GetBool false
9007199254740993
  Node getNumber 9007199254740992, getBoolean error
  Python get_int 9007199254740993, get_float 9007199254740992.0, get_bool error
  Go GetInt 9007199254740993, GetFloat64 9007199254740992, GetBool false
true
  Node getNumber error, getBoolean true
  Python get_int error, get_float error, get_bool True
  Go GetInt 0, GetFloat64 0, GetBool true
True
  Node getNumber error, getBoolean error
  Python get_int error, get_float error, get_bool True
  Go GetInt 0, GetFloat64 0, GetBool true
1
  Node getNumber 1, getBoolean error
  Python get_int 1, get_float 1.0, get_bool error
  Go GetInt 1, GetFloat64 1, GetBool true
on
  Node getNumber error, getBoolean error
  Python get_int error, get_float error, get_bool error
  Go GetInt 0, GetFloat64 0, GetBool false
WANTED
