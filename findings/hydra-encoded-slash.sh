#!/usr/bin/env bash
# Ory Hydra 2.3.0: ids with a slash are accepted, and then cannot be addressed, or address another object.
#
# Guess: an id is one segment of a path, so `%2F` in it stays a part of the id, as the router's parameters suggest; a
#        server that takes an id at creation answers it by that id.
# Seen:  a client with the id "fresh/" is made (201), and its percent-encoded address is answered 301 to "fresh", which is
#        404. GET of the key set "a/b", encoded as a%2Fb, answers 200 with the key "b" of the set "a".
#
# Needs go, a C compiler and python3.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
serve hydra
expect "$(asking <<'PYTHON'
def show(method, path, body=None):
    status, answer = ask(method, path, body)
    to = [ask.headers["Location"]] if status == 301 else []
    print(method, path, status, *to, *([key["kid"] for key in answer["keys"]] if status == 200 else []))

show("POST", "/admin/clients", {"client_id": "fresh/"})
show("GET", "/admin/clients/fresh%2F")
show("GET", "/admin/clients/fresh")
show("POST", "/admin/keys/a", {"kid": "b", "alg": "ES256", "use": "sig"})
show("GET", "/admin/keys/a%2Fb")
PYTHON
)" <<'WANTED'
POST /admin/clients 201
GET /admin/clients/fresh%2F 301 /admin/clients/fresh
GET /admin/clients/fresh 404
POST /admin/keys/a 201
GET /admin/keys/a%2Fb 200 b
WANTED
