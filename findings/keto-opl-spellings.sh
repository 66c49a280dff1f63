#!/usr/bin/env bash
# Ory Keto 0.13.0-alpha.0: `owners: User[],` is right in its permission language, and `owners: Array<User>,` is not.
#
# Guess: it is a subset of TypeScript: some things are missing, and what is there is spelled as in TypeScript. Lists are
#        User[] or Array<User>, members end with a comma, a semicolon or a line, and names of parameters are free.
# Seen:  a comma after Array<…> is an error, a semicolon is none. The parameter has to be called ctx, but that of traverse()
#        may have any name, and no type. Names are of ASCII letters, also in what stands before the first class; in quotes
#        they are anything. A byte order mark is an error. That a class has `related` twice is none.
#
# Needs go, a C compiler and python3.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
echo 'class Doc implements Namespace {}' >rules.ts
serve keto
expect "$(asking <<'PYTHON'
from ask import SYNTAX

def show(what, related="owners: User[]", permit="", before="", after=""):
    permits = f"permits = {{ view: {permit} }}" if permit else ""
    rules = (f"{before}class User implements Namespace {{}}\n"
             f"class Doc implements Namespace {{ related: {{ {related} }} {after} {permits} }}\n")
    _, answer = ask("POST", "/opl/syntax/check", rules.encode(), SYNTAX, {"Content-Type": "text/plain"})
    print(f"{what}:", "an error" if (answer or {}).get("errors") else "valid")

for related in ("owners: User[], b: User[]", "owners: Array<User>; b: User[]", "owners: Array<User>, b: User[]",
                "größe: User[]", "'größe': User[]", "owners?: User[]"):
    show(related, related)
show("related twice", after="related: { b: User[] }")
for permit in ("(ctx: Context) => this.related.owners.includes(ctx.subject)",
               "(context: Context) => this.related.owners.includes(context.subject)",
               "ctx => this.related.owners.includes(ctx.subject)"):
    show(permit, permit=permit)
for argument in "p", "(p)", "(p: Doc)":
    show(f"traverse({argument} => …)", "parents: Doc[]",
         f"(ctx: Context) => this.related.parents.traverse({argument} => p.permits.view(ctx))")
show("import { größe }", before='import { größe } from "x"\n')
show("a byte order mark", before="\ufeff")
PYTHON
)" <<'WANTED'
owners: User[], b: User[]: valid
owners: Array<User>; b: User[]: valid
owners: Array<User>, b: User[]: an error
größe: User[]: an error
'größe': User[]: valid
owners?: User[]: an error
related twice: valid
(ctx: Context) => this.related.owners.includes(ctx.subject): valid
(context: Context) => this.related.owners.includes(context.subject): an error
ctx => this.related.owners.includes(ctx.subject): an error
traverse(p => …): valid
traverse((p) => …): valid
traverse((p: Doc) => …): an error
import { größe }: an error
a byte order mark: an error
WANTED
