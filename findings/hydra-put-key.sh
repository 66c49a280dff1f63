#!/usr/bin/env bash
# Ory Hydra 2.3.0: PUT of a key adds another one, and a set that was emptied by PUT is not there.
#
# Guess: PUT /admin/keys/SET/KID replaces that key, and refuses a body with another `kid`; PUT of a set stores it as it is
#        and GET returns it so.
# Seen:  the KID of the address is not looked at: the body's key is added under its own, also where the address names none
#        that exists. A set is returned in the reverse order of the PUT, whose own answer has the order that was sent. PUT
#        of an empty set answers 200, and then the set is 404.
#
# Needs go, a C compiler and python3.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
serve hydra
expect "$(asking <<'PYTHON'
def kids(answer):
    return [key["kid"] for key in answer.get("keys", [answer])] if "error" not in answer else ""

def show(method, path, body=None):
    status, answer = ask(method, path, body)
    print(method, path, status, *kids(answer))
    return answer

made = show("POST", "/admin/keys/set", {"kid": "old", "alg": "ES256", "use": "sig"})["keys"][0]
show("PUT", "/admin/keys/set/old", made | {"kid": "new"})
show("PUT", "/admin/keys/set/absent", made | {"kid": "third"})
show("GET", "/admin/keys/set")
show("PUT", "/admin/keys/set", {"keys": [made | {"kid": kid} for kid in ("one", "two", "three")]})
show("GET", "/admin/keys/set")
show("PUT", "/admin/keys/set", {"keys": []})
show("GET", "/admin/keys/set")
PYTHON
)" <<'WANTED'
POST /admin/keys/set 201 old
PUT /admin/keys/set/old 200 new
PUT /admin/keys/set/absent 200 third
GET /admin/keys/set 200 third new old
PUT /admin/keys/set 200 one two three
GET /admin/keys/set 200 three two one
PUT /admin/keys/set 200
GET /admin/keys/set 404
WANTED
