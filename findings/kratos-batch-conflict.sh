#!/usr/bin/env bash
# Ory Kratos 1.3.1: in a batch of creates one conflict is an error of the request, two are not.
#
# Guess: a batch (PATCH /admin/identities) answers 200 with one result for each entry, and an entry that conflicts is an
#        error there, however many others there are.
# Seen:  a batch whose only create conflicts is 409 as a whole, without results, also beside entries that create nothing
#        (`null`). With a second create, even one that conflicts too, it is 200 with an error in each entry.
#
# Needs go, a C compiler and python3.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
serve kratos
expect "$(asking <<'PYTHON'
def batch(*names):
    entries = [{"create": name and {"schema_id": "person", "traits": {"email": name + "@example.com"}}} for name in names]
    status, answer = ask("PATCH", "/admin/identities", {"identities": entries})
    results = [entry["error"]["code"] if "error" in entry else entry.get("action") for entry in answer.get("identities", [])]
    print(*names, "is", status, *results)

batch("ann", "ben")
batch("ann")
batch("ann", None)
batch("ann", "ben")
batch("ann", "cid")
PYTHON
)" <<'WANTED'
ann ben is 200 create create
ann is 409
ann None is 409
ann ben is 200 409 409
ann cid is 200 409 create
WANTED
