#!/usr/bin/env bash
# Ory Hydra 2.3.0: an id with a slash at its end is accepted, and then cannot be addressed.
#
# Guess: an id is one segment of a path, so `%2F` in it stays a part of the id, as the router's parameters suggest; a
#        server that takes an id at creation answers it by that id.
# Seen:  a client with the id "fresh/" is made (201), and its percent-encoded address is answered 301 to "fresh", which is
#        404.
#
# Needs go, a C compiler and python3.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
serve hydra
expect "$(asking <<'PYTHON'
def show(method, path, body=None):
    status, answer = ask(method, path, body)
    to = [ask.headers["Location"]] if status == 301 else []
    print(method, path, status, *to)

show("POST", "/admin/clients", {"client_id": "fresh/"})
show("GET", "/admin/clients/fresh%2F")
show("GET", "/admin/clients/fresh")
PYTHON
)" <<'WANTED'
POST /admin/clients 201
GET /admin/clients/fresh%2F 301 /admin/clients/fresh
GET /admin/clients/fresh 404
WANTED
