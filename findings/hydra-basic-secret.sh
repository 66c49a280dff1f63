#!/usr/bin/env bash
# Ory Hydra 2.3.0: a client whose secret has a plus is let in with the form, and not by `curl --user`.
#
# Guess: a secret that Hydra took at registration works with HTTP Basic as it is: the pair is in Base64, which any text
#        survives. Only a colon in the id is one too many.
# Seen:  id and secret are read as parts of a form after the Base64, as OAuth 2 has it and few clients do: `+` is a space, so
#        that the answer is 401, and a `%` that begins no escape is a 400. The same secret in the body of the request
#        is right. A space works in both spellings, and so hides the difference in tests.
#
# Needs go, a C compiler and python3.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
serve hydra
expect "$(asking <<'PYTHON'
import base64
from urllib.parse import quote_plus, urlencode

def client(method, secret):
    ask("DELETE", "/admin/clients/c")
    ask("POST", "/admin/clients", {"client_id": "c", "client_secret": secret, "grant_types": ["client_credentials"],
                                   "token_endpoint_auth_method": method})

def basic(secret):
    pair = base64.b64encode(f"c:{secret}".encode()).decode()
    return ask("POST", "/oauth2/token", "grant_type=client_credentials", PUBLIC, {"Authorization": "Basic " + pair})[0]

for secret in "correct-horse", "correct+horse", "correct%horse", "correct%41horse", "correct horse", "correct:horse":
    client("client_secret_basic", secret)
    as_it_is, escaped = basic(secret), basic(quote_plus(secret))
    client("client_secret_post", secret)
    form = urlencode({"grant_type": "client_credentials", "client_id": "c", "client_secret": secret})
    print(f"{secret}: Basic {as_it_is}, escaped {escaped}, form {ask('POST', '/oauth2/token', form, PUBLIC)[0]}")
PYTHON
)" <<'WANTED'
correct-horse: Basic 200, escaped 200, form 200
correct+horse: Basic 401, escaped 200, form 200
correct%horse: Basic 400, escaped 200, form 200
correct%41horse: Basic 401, escaped 200, form 200
correct horse: Basic 200, escaped 200, form 200
correct:horse: Basic 200, escaped 200, form 200
WANTED
