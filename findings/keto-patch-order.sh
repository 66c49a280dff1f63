#!/usr/bin/env bash
# Ory Keto 0.13.0-alpha.0: a patch that deletes a relationship and then inserts it leaves none.
#
# Guess: a PATCH is a list of actions in one transaction, carried out as listed: delete and insert, which makes sure that
#        there is exactly one, ends with one; insert and delete ends with none.
# Seen:  all insertions come first, then all deletions, so that both lists end with none, also where there was one before,
#        and the answer is 204. Two insertions of the same one make two, and nothing tells them apart.
#
# Needs go, a C compiler and python3.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
echo 'class Doc implements Namespace {}' >rules.ts
serve keto
expect "$(asking <<'PYTHON'
TUPLES, ONE = "/admin/relation-tuples", {"namespace": "Doc", "object": "d", "relation": "owners", "subject_id": "ann"}

for before in 0, 1:
    for actions in ("insert", "delete"), ("delete", "insert"), ("insert", "insert"):
        ask("DELETE", TUPLES + "?namespace=Doc")
        if before:
            ask("PUT", TUPLES, ONE)
        status, _ = ask("PATCH", TUPLES, [{"action": action, "relation_tuple": ONE} for action in actions])
        _, left = ask("GET", "/relation-tuples?namespace=Doc", port=PUBLIC)
        print(f"{before} before,", *actions, f"{status}:", len(left["relation_tuples"]), "left")
PYTHON
)" <<'WANTED'
0 before, insert delete 204: 0 left
0 before, delete insert 204: 0 left
0 before, insert insert 204: 2 left
1 before, insert delete 204: 0 left
1 before, delete insert 204: 0 left
1 before, insert insert 204: 3 left
WANTED
