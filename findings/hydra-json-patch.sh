#!/usr/bin/env bash
# Ory Hydra 2.3.0: JSON Patch without `test`, with a `replace` that adds, and with paths in any case.
#
# Guess: RFC 6902. `test` guards a patch against somebody else's change, `replace` fails where there is nothing to replace,
#        `/Client_Name` is another member than `/client_name`, and what is refused is a 400.
# Seen:  `test` is a 500 also where it holds, and so is `copy`. In metadata, `replace` of what is not there makes it,
#        and the objects around it; of a member that clients do not have it is a 200 that does nothing. `/Client_Name`
#        sets the name.
#
# Needs go, a C compiler and python3.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
serve hydra
expect "$(asking <<'PYTHON'
ask("POST", "/admin/clients", {"client_id": "c", "client_name": "before"})

def patch(op, path, **rest):
    status, answer = ask("PATCH", "/admin/clients/c", [{"op": op, "path": path} | rest])
    print(op, path, *rest.values(), status, answer.get("error_description", ""), end="\n" if status == 500 else "")
    if status == 200:
        print(answer["client_name"], json.dumps(answer["metadata"]))

patch("test", "/client_name", value="before")
patch("copy", "/owner", **{"from": "/client_name"})
patch("replace", "/nonsense", value="x")
patch("add", "/metadata/a", value=1)
patch("replace", "/metadata/b/c", value=2)
patch("replace", "/Client_Name", value="after")
PYTHON
)" <<'WANTED'
test /client_name before 500 The error is unrecognizable
copy /owner /client_name 500 The error is unrecognizable
replace /nonsense x 200 before {}
add /metadata/a 1 200 before {"a": 1}
replace /metadata/b/c 2 200 before {"a": 1, "b": {"c": 2}}
replace /Client_Name after 200 after {"a": 1, "b": {"c": 2}}
WANTED
