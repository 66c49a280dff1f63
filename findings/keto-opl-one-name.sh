#!/usr/bin/env bash
# Ory Keto 0.13.0-alpha.0: a permission with the name of a relation of the same class is never evaluated.
#
# Guess: `related.view` and `permits.view` are two members of two objects, as in TypeScript: the permission is what
#        is checked, or it is at least an error that a name is there twice.
# Seen:  both are taken without a word, and a check of `view` reads the relation alone: who is let in by the rule is not
#        allowed, also where another rule asks for `this.permits.view`. The rule works once its name differs.
#
# Needs go, a C compiler and python3.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cat >rules.ts <<'OPL'
import { Namespace, Context } from "@ory/keto-namespace-types"
class User implements Namespace {}
class Doc implements Namespace {
  related: { owners: User[]; view: User[] }
  permits = {
    view: (ctx: Context): boolean => this.related.owners.includes(ctx.subject) || this.related.view.includes(ctx.subject),
    read: (ctx: Context): boolean => this.permits.view(ctx),
    see: (ctx: Context): boolean => this.related.owners.includes(ctx.subject) || this.related.view.includes(ctx.subject),
  }
}
OPL
serve keto
expect "$(asking <<'PYTHON'
def tuple(relation, subject):
    return {"namespace": "Doc", "object": "d", "relation": relation, "subject_id": subject}

ask("PUT", "/admin/relation-tuples", tuple("owners", "owner"))
ask("PUT", "/admin/relation-tuples", tuple("view", "viewer"))
for permit in "view", "read", "see":
    for subject in "owner", "viewer":
        print(f"{permit}, {subject}:", ask("POST", "/relation-tuples/check/openapi", tuple(permit, subject), PUBLIC)[1]["allowed"])
PYTHON
)" <<'WANTED'
view, owner: False
view, viewer: True
read, owner: False
read, viewer: True
see, owner: True
see, viewer: True
WANTED
