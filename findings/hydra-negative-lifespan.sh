#!/usr/bin/env bash
# Ory Hydra 2.3.0: a client's lifespan may be negative, and its tokens are then over before they arrive.
#
# Guess: a lifespan is a duration above zero, and anything else is refused, as `1d` is.
# Seen:  `-1h` and `0s` are taken. The client gets tokens with 200, an `expires_in` below or at zero, and no access: they are
#        inactive when they arrive. What is wrong with the client shows at the services that it calls.
#
# Needs go, a C compiler and python3.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
serve hydra
expect "$(asking <<'PYTHON'
import base64
from urllib.parse import urlencode

for life in "1h", "-1h", "0s", "1d":
    status, client = ask("POST", "/admin/clients", {
        "grant_types": ["client_credentials"], "client_credentials_grant_access_token_lifespan": life})
    print(life, "is", status, client.get("client_credentials_grant_access_token_lifespan"))
    if status != 201:
        continue
    key = base64.b64encode(f"{client['client_id']}:{client['client_secret']}".encode()).decode()
    status, token = ask("POST", "/oauth2/token", "grant_type=client_credentials", PUBLIC, {"Authorization": "Basic " + key})
    _, seen = ask("POST", "/admin/oauth2/introspect", urlencode({"token": token["access_token"]}))
    left = "above" if token["expires_in"] > 0 else "below" if token["expires_in"] < 0 else "at"
    print("  the token is", status, "with expires_in", left, "zero, and active is", seen["active"])
PYTHON
)" <<'WANTED'
1h is 201 1h0m0s
  the token is 200 with expires_in above zero, and active is True
-1h is 201 -1h0m0s
  the token is 200 with expires_in below zero, and active is False
0s is 201 0s
  the token is 200 with expires_in at zero, and active is False
1d is 400 None
WANTED
