#!/usr/bin/env bash
# Ory Kratos 1.3.1: whether a session is active depends on whether its identity is shown with it.
#
# Guess: `active` says whether the session is good for anything; `?active=true` lists those for which it is true. A view
#        of the same session (`expand=identity`) only shows more. What was revoked cannot be prolonged.
# Seen:  sessions of an inactive identity are refused by /sessions/whoami and listed as `active: true`, one by one too; with
#        `expand=identity`, or under the identity, the same ones are `active: false`, even in the list of `?active=true`.
#        A session that was revoked is extended with a 200 and a new end, and stays revoked.
#
# Needs go, a C compiler and python3.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
serve kratos
expect "$(asking <<'PYTHON'
_, ann = ask("POST", "/admin/identities", {"schema_id": "person", "traits": {"email": "ann@example.com"},
                                           "credentials": {"password": {"config": {"password": "correct-horse-9"}}}})
ann = "/admin/identities/" + ann["id"]
_, flow = ask("GET", "/self-service/login/api", port=PUBLIC)
_, login = ask("POST", "/self-service/login?flow=" + flow["id"], port=PUBLIC,
               body={"method": "password", "identifier": "ann@example.com", "password": "correct-horse-9"})
session = "/admin/sessions/" + login["session"]["id"]
ask("PATCH", ann, [{"op": "replace", "path": "/state", "value": "inactive"}])

print("the identity is inactive")
print("whoami", ask("GET", "/sessions/whoami", port=PUBLIC, headers={"X-Session-Token": login["session_token"]})[0])
for path in ("/admin/sessions", "/admin/sessions?active=true", "/admin/sessions?active=true&expand=identity",
             session, session + "?expand=identity", ann + "/sessions", ann + "/sessions?active=true"):
    status, seen = ask("GET", path)
    path = path.replace(session, "/admin/sessions/ID").replace(ann, "/admin/identities/ID")
    print("GET", path, "active:", *[one["active"] for one in (seen if isinstance(seen, list) else [seen])])

ask("PATCH", ann, [{"op": "replace", "path": "/state", "value": "active"}])
print("it is active again; the session is revoked", ask("DELETE", session)[0])
ended = ask("GET", session)[1]["expires_at"]
status, extended = ask("PATCH", session + "/extend")
print("extend", status, "active:", extended["active"], "another end:", extended["expires_at"] != ended)
PYTHON
)" <<'WANTED'
the identity is inactive
whoami 401
GET /admin/sessions active: True
GET /admin/sessions?active=true active: True
GET /admin/sessions?active=true&expand=identity active: False
GET /admin/sessions/ID active: True
GET /admin/sessions/ID?expand=identity active: False
GET /admin/identities/ID/sessions active: False
GET /admin/identities/ID/sessions?active=true active: False
it is active again; the session is revoked 204
extend 200 active: False another end: True
WANTED
