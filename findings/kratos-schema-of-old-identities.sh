#!/usr/bin/env bash
# Ory Kratos 1.3.1: when the schema of one identity is gone, no identity is listed any more.
#
# Guess: an identity schema is looked at when traits are written. Old identities that do not fit a new one can be read and
#        signed in, and changed in what is no trait, such as their state; one whose schema is no longer configured is shown
#        as it is, or is left out.
# Seen:  the old one that does not fit signs in, and cannot be made inactive: each PATCH is a 400 about its traits. Without
#        its schema, the list is a 500, with all the identities of other schemas, and so is the identity itself, which
#        can be neither read nor changed, but can be deleted, after which the list is back.
#
# Needs go, a C compiler and python3.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
database=identities.sqlite
# schema REQUIRED: makes person.json and animal.json.
schema() {
  local name
  for name in person animal; do
    cat >$name.json <<JSON
{
  "\$id": "https://schemas.invalid/$name.json",
  "type": "object",
  "properties": { "traits": { "type": "object", "required": [$1], "properties": { "email": {
    "type": "string",
    "ory.sh/kratos": { "credentials": { "password": { "identifier": true } } }
  } } } }
}
JSON
  done
}
seen() {
  serve kratos
  asking <<'PYTHON'
ids = json.load(open("ids.json"))

def show(what, status, body):
    print(f"  {what}:", status, *[len(body)] * isinstance(body, list))

show("list", *ask("GET", "/admin/identities"))
show("the person", *ask("GET", "/admin/identities/" + ids["person"]))
_, flow = ask("GET", "/self-service/login/api", port=PUBLIC)
show("the person's login", *ask("POST", "/self-service/login?flow=" + flow["id"], port=PUBLIC, body={
    "method": "password", "identifier": "person@example.com", "password": "correct-horse-9"}))
show("state of the person", *ask("PATCH", "/admin/identities/" + ids["person"],
                                 [{"op": "replace", "path": "/state", "value": "inactive"}]))
PYTHON
}
schema ''
echo "identity: { schemas: [{ id: person, url: 'file://$PWD/person.json' }, { id: animal, url: 'file://$PWD/animal.json' }] }" >more.yaml
serve kratos
asking <<'PYTHON'
def create(kind):
    return ask("POST", "/admin/identities", {"schema_id": kind, "traits": {"email": kind + "@example.com"}, "credentials": {
        "password": {"config": {"password": "correct-horse-9"}}}})[1]["id"]

json.dump({kind: create(kind) for kind in ("person", "animal")}, open("ids.json", "w"))
PYTHON
{
  echo "a trait is required by now"
  schema '"name"'
  seen
  echo "the person's schema is gone"
  schema ''
  echo "identity: { default_schema_id: animal, schemas: [{ id: animal, url: 'file://$PWD/animal.json' }] }" >more.yaml
  seen
  asking <<'PYTHON'
print("  deleting the person:", ask("DELETE", "/admin/identities/" + json.load(open("ids.json"))["person"])[0])
status, left = ask("GET", "/admin/identities")
print("  list:", status, len(left))
PYTHON
} >seen.txt
expect "$(cat seen.txt)" <<'WANTED'
a trait is required by now
  list: 200 2
  the person: 200
  the person's login: 200
  state of the person: 400
the person's schema is gone
  list: 500
  the person: 500
  the person's login: 400
  state of the person: 500
  deleting the person: 204
  list: 200 1
WANTED
