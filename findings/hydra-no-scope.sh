#!/usr/bin/env bash
# Ory Hydra 2.3.0: a client whose scope is the empty text has three scopes, and a token that is asked for without a scope has none.
#
# Guess: `"scope": ""` is no scope, as it was sent; so is a PUT or a PATCH that empties it. A request for a token that
#        names no scope gets those of the client, or is refused.
# Seen:  the empty text is replaced by "offline_access offline openid", at creation and at every update, so that a scope can
#        be emptied only to a blank, which stays as it is. A token that was asked for without a scope has none of
#        the client's, with 200, and introspection does not have the member; what is asked for twice is there once.
#
# Needs go, a C compiler and python3.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
serve hydra
expect "$(asking <<'PYTHON'
from urllib.parse import urlencode

COMMON = {"client_id": "shop", "client_secret": "secret-of-shop", "grant_types": ["client_credentials"],
          "token_endpoint_auth_method": "client_secret_post"}

def show(title, answer):
    print(f"{title}: {answer[0]}", json.dumps(answer[1].get("scope")))

def token(title, **form):
    form |= {"grant_type": "client_credentials", "client_id": "shop", "client_secret": "secret-of-shop"}
    status, answer = ask("POST", "/oauth2/token", urlencode(form), port=PUBLIC)
    _, seen = ask("POST", "/admin/oauth2/introspect", urlencode({"token": answer["access_token"]}))
    print(f"{title}: {status}", json.dumps(answer["scope"]), "introspection:", json.dumps(seen.get("scope")))

show('POST ""', ask("POST", "/admin/clients", COMMON | {"scope": ""}))
show('PUT "read write"', ask("PUT", "/admin/clients/shop", COMMON | {"scope": "read write"}))
show('PUT ""', ask("PUT", "/admin/clients/shop", COMMON | {"scope": ""}))
show('PATCH ""', ask("PATCH", "/admin/clients/shop", [{"op": "replace", "path": "/scope", "value": ""}]))
show('PUT " "', ask("PUT", "/admin/clients/shop", COMMON | {"scope": " "}))
show('PUT "read write"', ask("PUT", "/admin/clients/shop", COMMON | {"scope": "read write"}))
token("token without a scope")
token("token of scope read read", scope="read read")
PYTHON
)" <<'WANTED'
POST "": 201 "offline_access offline openid"
PUT "read write": 200 "read write"
PUT "": 200 "offline_access offline openid"
PATCH "": 200 "offline_access offline openid"
PUT " ": 200 " "
PUT "read write": 200 "read write"
token without a scope: 200 "" introspection: null
token of scope read read: 200 "read" introspection: "read"
WANTED
