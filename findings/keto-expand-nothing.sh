#!/usr/bin/env bash
# Ory Keto 0.13.0-alpha.0: the answer to an expansion of nothing is 200 with a body that says 404.
#
# Guess: what has no relationships is expanded to a tree without children, or it is a 404; and a leaf of a tree repeats
#        the relationship that it stands for.
# Seen:  status 200, and in the place of the tree an error with its code. A client that reads the tree reads one without a
#        type. In a tree that there is, namespace, object and relation of every relationship are empty texts, and only the
#        subject says something. With `max-depth=1` it is the root alone, and that is a leaf.
#
# Needs go, a C compiler and python3.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
echo 'class Doc implements Namespace {}' >rules.ts
serve keto
expect "$(asking <<'PYTHON'
def expand(more):
    return ask("GET", "/relation-tuples/expand?namespace=Doc&relation=owners&" + more, port=PUBLIC)

ask("PUT", "/admin/relation-tuples", {"namespace": "Doc", "object": "d", "relation": "owners", "subject_id": "ann"})
print("nothing:", *expand("object=none"))
status, tree = expand("object=d")
print("one:", status, tree["type"], tree["children"])
status, tree = expand("object=d&max-depth=1")
print("one, max-depth=1:", status, tree["type"], tree.get("children"))
PYTHON
)" <<'WANTED'
nothing: 200 {'code': 404, 'status': 'Not Found', 'message': 'no relation tuple found'}
one: 200 union [{'type': 'leaf', 'tuple': {'namespace': '', 'object': '', 'relation': '', 'subject_id': 'ann'}}]
one, max-depth=1: 200 leaf None
WANTED
