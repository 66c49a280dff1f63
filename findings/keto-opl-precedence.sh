#!/usr/bin/env bash
# Ory Keto 0.13.0-alpha.0: in its permission language, which is TypeScript, "and" binds no tighter than "or".
#
# Guess: rules are TypeScript and an editor shows them as such: `owner || editor && staff` lets every owner in, and it does
#        not matter which side of the || the owner stands on.
# Seen:  operators are taken from left to right: it is `(owner || editor) && staff`, so that an owner who is no staff stays
#        out; written `editor && staff || owner`, the rule lets the owner in.
#
# Needs go, a C compiler and python3.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cat >rules.ts <<'OPL'
import { Namespace, Context } from "@ory/keto-namespace-types"
class User implements Namespace {}
class Doc implements Namespace {
  related: { owners: User[]; editors: User[]; staff: User[] }
  permits = {
    isOwner: (ctx: Context): boolean => this.related.owners.includes(ctx.subject),
    isEditor: (ctx: Context): boolean => this.related.editors.includes(ctx.subject),
    isStaff: (ctx: Context): boolean => this.related.staff.includes(ctx.subject),
    ownerFirst: (ctx: Context): boolean => this.permits.isOwner(ctx) || this.permits.isEditor(ctx) && this.permits.isStaff(ctx),
    ownerLast: (ctx: Context): boolean => this.permits.isEditor(ctx) && this.permits.isStaff(ctx) || this.permits.isOwner(ctx),
    inBrackets: (ctx: Context): boolean => this.permits.isOwner(ctx) || (this.permits.isEditor(ctx) && this.permits.isStaff(ctx)),
  }
}
OPL
serve keto
expect "$(asking <<'PYTHON'
def tuple(relation, subject):
    return {"namespace": "Doc", "object": "d", "relation": relation, "subject_id": subject}

for relation, subject in ("owners", "owner"), ("editors", "editor"), ("editors", "staff editor"), ("staff", "staff editor"):
    ask("PUT", "/admin/relation-tuples", tuple(relation, subject))
for permit in "ownerFirst", "ownerLast", "inBrackets":
    for subject in "owner", "editor", "staff editor":
        print(f"{permit}, {subject}:", ask("POST", "/relation-tuples/check/openapi", tuple(permit, subject), PUBLIC)[1]["allowed"])
PYTHON
)" <<'WANTED'
ownerFirst, owner: False
ownerFirst, editor: False
ownerFirst, staff editor: True
ownerLast, owner: True
ownerLast, editor: False
ownerLast, staff editor: True
inBrackets, owner: True
inBrackets, editor: False
inBrackets, staff editor: True
WANTED
