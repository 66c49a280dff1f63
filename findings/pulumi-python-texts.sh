#!/usr/bin/env bash
# Pulumi 3.276.0: a default text with a backslash is another text in Python, and an input `opts` is no Python.
#
# Guess: a schema's default is the same text in each generated SDK, spelled as the language wants it. A function may have an
#        input called `opts`, which is renamed in Python as in the constructor of a resource.
# Seen:  Python's generator writes the backslash as it is: `C:\new` has a line break in it, silently, where TypeScript, Go and C#
#        have the text. A function with the input `opts` has two parameters of that name, and the file does not compile.
#
# Needs go and python3.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
sdk_generator
schema() { printf '{"name":"probe","version":"1.0.0","resources":{"probe:index:Box":{"inputProperties":{"path":{"type":"string","default":%s}}}},
  "functions":{"probe:index:find":{"inputs":{"properties":{"%s":{"type":"string"}}},"outputs":{"properties":{"found":{"type":"string"}}}}}}' "$@"; }
compiles() { python3 -c 'import sys; compile(sys.stdin.read(), "sdk", "exec")' 2>/dev/null && echo compiles || echo "does not compile"; }
expect "$(
  schema '"C:\\new"' name | ./generate python box.py | grep -m 1 'path = '
  schema '"C:\\new"' name | ./generate python box.py | compiles
  schema '"plain"' name | ./generate python find.py | compiles
  schema '"plain"' opts | ./generate python find.py | compiles
)" <<'WANTED'
            path = 'C:\new'
compiles
compiles
does not compile
WANTED
