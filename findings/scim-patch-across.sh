#!/usr/bin/env bash
# npm scim-patch 0.8.3 and scimmy 1.3.5, PyPI scim2-models 0.12.3: a patch of the given name deletes the family name, in one with a path and in another without.
#
# Guess: a PATCH of SCIM (RFC 7644) does the same in all: of a complex attribute it replaces the parts that it names and leaves the
#        others, with `path` or without; names of attributes have any case, and so have the values that a filter compares
#        where the schema says so; adding what is there already adds nothing, and a new primary address is the only one.
# Seen:  scim-patch deletes the family name when there is no path, scimmy when there is one. "DISPLAYNAME" is a new member of the
#        user for scim-patch and unknown to scimmy, "WORK" finds no address in either, and scim-patch adds one. scimmy has
#        an address twice that is added twice, and does not know an attribute by its full name. With both, two addresses
#        are primary. scim2-models is as guessed in all.
#
# Needs node with npm, and python3 with venv.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cat >user.json <<'JSON'
{ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "1", "userName": "ada", "displayName": "Ada",
  "name": { "givenName": "Ada", "familyName": "King" },
  "emails": [{ "value": "w@shop.example", "type": "work", "primary": true }] }
JSON
cat >operations <<'TEXT'
{"op":"replace","path":"name","value":{"givenName":"Augusta"}}
{"op":"replace","value":{"name":{"givenName":"Augusta"}}}
{"op":"replace","path":"name.givenName","value":"Augusta"}
{"op":"replace","path":"DISPLAYNAME","value":"Augusta"}
{"op":"replace","path":"urn:ietf:params:scim:schemas:core:2.0:User:displayName","value":"Augusta"}
{"op":"replace","path":"emails[type eq \"WORK\"].value","value":"new@shop.example"}
{"op":"add","path":"emails","value":[{"value":"w@shop.example","type":"work","primary":true}]}
{"op":"add","path":"emails","value":[{"value":"h@shop.example","type":"home","primary":true}]}
TEXT
quietly npm install scim-patch@0.8.3 scimmy@1.3.5
quietly python3 -m venv python
quietly python/bin/pip install scim2-models==0.12.3
cat >patch.mjs <<'JS'
import { readFileSync } from "fs"
import { scimPatch } from "scim-patch"
import scimmy from "scimmy"
const text = readFileSync("user.json", "utf8")
// What an operation changed, member by member.
function changed(after) {
  const before = JSON.parse(text)
  after = JSON.parse(JSON.stringify(after))
  delete after.meta
  const same = (a, b) => JSON.stringify(order(a)) === JSON.stringify(order(b))
  const names = Object.keys(after).filter(name => !same(after[name], before[name]))
  return names.map(name => `${name} ${JSON.stringify(order(after[name]))}`).join(", ") || "no change"
}
function order(value) {
  if (Array.isArray(value)) return value.map(order)
  if (value === null || typeof value !== "object") return value
  return Object.fromEntries(Object.keys(value).sort().map(name => [name, order(value[name])]))
}
async function scimmyPatch(operation) {
  const user = new scimmy.Schemas.User(JSON.parse(text), "in")
  const patch = new scimmy.Messages.PatchOp({ schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], Operations: [operation] })
  return await patch.apply(user) || user
}
const show = async patch => { try { return changed(await patch()) } catch (error) { return `error, ${error.message}` } }
for (const line of readFileSync("operations", "utf8").trim().split("\n")) {
  console.log(line)
  console.log("  scim-patch:", await show(() => scimPatch(JSON.parse(text), [JSON.parse(line)])))
  console.log("  scimmy:", await show(() => scimmyPatch(JSON.parse(line))))
}
JS
cat >patch.py <<'PYTHON'
import json
from scim2_models import PatchOp, User

def order(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"))

for line in open("operations"):
    before = json.load(open("user.json"))
    user = User.model_validate(before)
    PatchOp[User].model_validate({"Operations": [json.loads(line)]}).patch(user)
    after = json.loads(user.model_dump_json(exclude_none=True))
    print("  scim2-models:", ", ".join(f"{name} {order(value)}" for name, value in after.items() if value != before.get(name)) or "no change")
PYTHON
expect "$(paste -d'\n' <(node patch.mjs | paste -sd'\v\v\n') <(python/bin/python -W ignore patch.py) | tr '\v' '\n')" <<'WANTED'
{"op":"replace","path":"name","value":{"givenName":"Augusta"}}
  scim-patch: name {"familyName":"King","givenName":"Augusta"}
  scimmy: name {"givenName":"Augusta"}
  scim2-models: name {"familyName":"King","givenName":"Augusta"}
{"op":"replace","value":{"name":{"givenName":"Augusta"}}}
  scim-patch: name {"givenName":"Augusta"}
  scimmy: name {"familyName":"King","givenName":"Augusta"}
  scim2-models: name {"familyName":"King","givenName":"Augusta"}
{"op":"replace","path":"name.givenName","value":"Augusta"}
  scim-patch: name {"familyName":"King","givenName":"Augusta"}
  scimmy: name {"familyName":"King","givenName":"Augusta"}
  scim2-models: name {"familyName":"King","givenName":"Augusta"}
{"op":"replace","path":"DISPLAYNAME","value":"Augusta"}
  scim-patch: DISPLAYNAME "Augusta"
  scimmy: error, Invalid attribute path 'DISPLAYNAME' in supplied value for 'replace' op of operation 1 in PatchOp request body
  scim2-models: displayName "Augusta"
{"op":"replace","path":"urn:ietf:params:scim:schemas:core:2.0:User:displayName","value":"Augusta"}
  scim-patch: displayName "Augusta"
  scimmy: error, Invalid attribute path 'urn:ietf:params:scim:schemas:core:2.0:User:displayName' in supplied value for 'replace' op of operation 1 in PatchOp request body
  scim2-models: displayName "Augusta"
{"op":"replace","path":"emails[type eq \"WORK\"].value","value":"new@shop.example"}
  scim-patch: emails [{"primary":true,"type":"work","value":"w@shop.example"},{"type":"WORK","value":"new@shop.example"}]
  scimmy: error, Filter 'emails[type eq "WORK"].value' does not match any values for 'replace' op of operation 1 in PatchOp request body
  scim2-models: emails [{"primary":true,"type":"work","value":"new@shop.example"}]
{"op":"add","path":"emails","value":[{"value":"w@shop.example","type":"work","primary":true}]}
  scim-patch: no change
  scimmy: emails [{"primary":true,"type":"work","value":"w@shop.example"},{"primary":true,"type":"work","value":"w@shop.example"}]
  scim2-models: no change
{"op":"add","path":"emails","value":[{"value":"h@shop.example","type":"home","primary":true}]}
  scim-patch: emails [{"primary":true,"type":"work","value":"w@shop.example"},{"primary":true,"type":"home","value":"h@shop.example"}]
  scimmy: emails [{"primary":true,"type":"work","value":"w@shop.example"},{"primary":true,"type":"home","value":"h@shop.example"}]
  scim2-models: emails [{"primary":false,"type":"work","value":"w@shop.example"},{"primary":true,"type":"home","value":"h@shop.example"}]
WANTED
