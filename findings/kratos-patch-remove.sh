#!/usr/bin/env bash
# Ory Kratos 1.3.1: a JSON Patch that removes a member of an identity is 200, and the member stays.
#
# Guess: after `remove` of /metadata_public there is none, or the answer says that this cannot be removed; a path that
#        names nothing is an error.
# Seen:  what is missing in the patched identity keeps its value: metadata, traits, state. Only what is inside of traits and
#        metadata can be removed, and a whole one goes with `replace` by null. A path that differs in the case of a letter
#        is a second member, which takes the first one's place: `replace` of /Traits/name leaves no other trait.
#
# Needs go, a C compiler and python3.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
serve kratos
expect "$(asking <<'PYTHON'
_, ann = ask("POST", "/admin/identities", {"schema_id": "person", "traits": {"name": "Ann", "age": 7},
                                           "metadata_public": {"a": 1}, "metadata_admin": {"b": 2}})
for operation in ({"op": "remove", "path": "/metadata_public"}, {"op": "remove", "path": "/traits"},
                  {"op": "remove", "path": "/metadata_public/a"},
                  {"op": "replace", "path": "/metadata_admin", "value": None},
                  {"op": "replace", "path": "/Traits/name", "value": "Bob"}):
    status, _ = ask("PATCH", "/admin/identities/" + ann["id"], [operation])
    _, now = ask("GET", "/admin/identities/" + ann["id"])
    print(operation["op"], operation["path"], status, *[now[name] for name in ("traits", "metadata_public", "metadata_admin")])
PYTHON
)" <<'WANTED'
remove /metadata_public 200 {'name': 'Ann', 'age': 7} {'a': 1} {'b': 2}
remove /traits 200 {'name': 'Ann', 'age': 7} {'a': 1} {'b': 2}
remove /metadata_public/a 200 {'name': 'Ann', 'age': 7} {} {'b': 2}
replace /metadata_admin 200 {'name': 'Ann', 'age': 7} {} None
replace /Traits/name 200 {'name': 'Bob'} {} None
WANTED
