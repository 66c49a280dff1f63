#!/usr/bin/env bash
# PyPI python-hcl2 8.1.4: the text "x" is read with its quotes, 1e3 is a text, and a comment is a member.
#
# Guess: `hcl2.loads` gives Python's values where HCL has plain ones, as `json.loads` does: "x" is x, numbers are numbers,
#        a heredoc is the lines in it; what has to be evaluated is in "${…}", and comments are gone.
# Seen:  texts keep their quotes and escapes, and a heredoc its markers and its indentation; a bare reference is what looks
#        like a text. 1.10 is a number and 1e3 is "${1e3}"; long decimal fractions are rounded. Comments are members of
#        the object that they stand in. A name with an accent, which HCL allows, is an error.
#
# Needs python3 with venv.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
quietly python3 -m venv python
quietly python/bin/pip install python-hcl2==8.1.4
cat >read.py <<'PYTHON'
import hcl2

for text in ('a = "x"', "a = x", 'a = "${x}"', r'a = "\u00e9"', "a = 1.10", "a = 1e3", "a = 12345678901234567.5",
             "a = <<-END\n    x\n  END", "a = 1 // why", 'a = { "b" = 1, c = 2 }', 'a "b" {}', "é = 1"):
    try:
        print(text, "is", hcl2.loads(text + "\n"))
    except Exception:
        print(text, "is an error")
PYTHON
expect "$(python/bin/python read.py)" <<'WANTED'
a = "x" is {'a': '"x"'}
a = x is {'a': 'x'}
a = "${x}" is {'a': '"${x}"'}
a = "\u00e9" is {'a': '"\\u00e9"'}
a = 1.10 is {'a': 1.1}
a = 1e3 is {'a': '${1e3}'}
a = 12345678901234567.5 is {'a': 1.2345678901234568e+16}
a = <<-END
    x
  END is {'a': '"<<-END\n    x\n  END"'}
a = 1 // why is {'a': 1, '__comments__': [{'value': 'why'}]}
a = { "b" = 1, c = 2 } is {'a': {'"b"': 1, 'c': 2}}
a "b" {} is {'a': [{'"b"': {'__is_block__': True}}]}
é = 1 is an error
WANTED
