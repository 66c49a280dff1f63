#!/usr/bin/env bash
# Pulumi 3.276.0 with npm @pulumi/pulumi 3.276.0: a date, a map, an address or a BigInt is stored as {}, and another date is no change.
#
# Guess: an input of any type that a JavaScript program gives a Date or a URL is the text that JSON.stringify makes of it;
#        a Map, a Set and a BigInt, of which it makes nothing useful, are errors, as a set is in Pulumi's SDK for Python. A Buffer is
#        a text in base64 or an error.
# Seen:  all of them are objects of their own members, without a word: {} where they have none, and a Buffer has one member
#        a byte. The outputs of the stack have the same. When the date is another one, `up` finds nothing to change.
#
# Needs go, and node with npm.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
go_tool pulumi
quietly npm install @pulumi/pulumi@3.276.0
mkdir state
export PATH=$_dir:$PATH PULUMI_HOME=$_dir/home PULUMI_BACKEND_URL=file://$_dir/state PULUMI_CONFIG_PASSPHRASE=none
export PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION=true
cat >up.js <<'JS'
const pulumi = require("@pulumi/pulumi")
const { LocalWorkspace } = require("@pulumi/pulumi/automation")
const values = expires => ({
  date: new Date(expires),
  map: new Map([["a", 1]]),
  set: new Set([1, 2]),
  address: new URL("https://shop.example/"),
  bigint: 12345678901234567890n,
  bytes: Buffer.from("hi"),
})
async function up(expires) {
  const program = async () => {
    new pulumi.Stash("stash", { input: values(expires) })
    return { expires: new Date(expires) }
  }
  const stack = await LocalWorkspace.createOrSelectStack({ stackName: "dev", projectName: "finding", program })
  const { outputs, summary } = await stack.up()
  const { resources } = (await stack.exportStack()).deployment
  for (const [name, value] of Object.entries(resources.find(r => r.type === "pulumi:index:Stash").inputs.input))
    console.log(`  ${name}: ${JSON.stringify(value)}`)
  console.log(`  output: ${JSON.stringify(outputs.expires.value)}`)
  console.log(`  ${Object.entries(summary.resourceChanges).map(([change, count]) => `${change} ${count}`)}`)
}
(async () => {
  for (const expires of ["2027-01-01", "2028-01-01"]) {
    console.log(`JSON.stringify says ${JSON.stringify(new Date(expires))}`)
    await up(expires)
  }
})().catch(error => { console.error(error); process.exitCode = 1 })
JS
expect "$(node up.js)" <<'WANTED'
JSON.stringify says "2027-01-01T00:00:00.000Z"
  address: {}
  bigint: {}
  bytes: {"0":104,"1":105}
  date: {}
  map: {}
  set: {}
  output: {}
  create 2
JSON.stringify says "2028-01-01T00:00:00.000Z"
  address: {}
  bigint: {}
  bytes: {"0":104,"1":105}
  date: {}
  map: {}
  set: {}
  output: {}
  same 2
WANTED
