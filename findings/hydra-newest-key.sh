#!/usr/bin/env bash
# Ory Hydra 2.3.0: a new signing key makes all JWT access tokens inactive that the older key signed.
#
# Guess: rotating is adding. The older key stays in the set and in jwks.json until the last token that it signed has
#        expired, so introspection goes on finding those active; a key of any algorithm that the API makes can sign.
# Seen:  introspection knows the newest key of the set alone. Older tokens are inactive the moment a key is added, and
#        active again once it is deleted. With an EdDSA key tokens are issued that are never active.
#
# Needs go, a C compiler and python3.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
serve hydra
expect "$(asking <<'PYTHON'
KEYS = "/admin/keys/hydra.jwt.access-token"

def token():
    form = "grant_type=client_credentials&client_id=c&client_secret=correct-horse"
    return ask("POST", "/oauth2/token", form, PUBLIC)[1]["access_token"]

def show(what, text):
    print(what, "active:", ask("POST", "/admin/oauth2/introspect", "token=" + text)[1]["active"])

ask("POST", "/admin/clients", {"client_id": "c", "client_secret": "correct-horse", "grant_types": ["client_credentials"],
                               "token_endpoint_auth_method": "client_secret_post", "access_token_strategy": "jwt"})
old = token()
show("a token", old)
for algorithm in ("RS256", "ES256", "EdDSA"):
    ask("POST", KEYS, {"kid": "next", "alg": algorithm, "use": "sig"})
    print("a second key,", algorithm)
    show("  the token of the first key", old)
    show("  a token of the second", token())
    ask("DELETE", KEYS + "/next")
show("the second key is deleted: the token of the first", old)
PYTHON
)" <<'WANTED'
a token active: True
a second key, RS256
  the token of the first key active: False
  a token of the second active: True
a second key, ES256
  the token of the first key active: False
  a token of the second active: True
a second key, EdDSA
  the token of the first key active: False
  a token of the second active: False
the second key is deleted: the token of the first active: True
WANTED
