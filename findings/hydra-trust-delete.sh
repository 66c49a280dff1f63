#!/usr/bin/env bash
# Ory Hydra 2.3.0: deleting one trusted issuer's grant deletes all the others that name the same key.
#
# Guess: each POST makes a grant with an id of its own, so DELETE of that id ends that grant, and no other.
# Seen:  the key is stored once for an issuer and `kid`, and goes with the first grant that is deleted; the other grants of
#        that key, for other subjects and scopes, go with it. Writing the very same key again into the set that Hydra
#        keeps under the issuer's name ends them, too.
#
# Needs go, a C compiler and python3.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
serve hydra
expect "$(asking <<'PYTHON'
GRANTS = "/admin/trust/grants/jwt-bearer/issuers"

def public_key(kid):
    _, made = ask("POST", "/admin/keys/" + kid, {"kid": kid, "alg": "ES256", "use": "sig"})
    return {name: made["keys"][0][name] for name in ("kty", "crv", "x", "y", "kid", "alg", "use")}

def trust(subject, key):
    return ask("POST", GRANTS, {"issuer": "issuer", "subject": subject, "scope": ["read"], "jwk": key,
                                "expires_at": "2999-01-01T00:00:00Z"})[1]["id"]

def show(what):
    print(what, *sorted(grant["subject"] for grant in ask("GET", GRANTS)[1]))

shared, own = public_key("shared"), public_key("own")
ann, ben, cid = trust("ann", shared), trust("ben", shared), trust("cid", own)
show("three grants:")
print("DELETE ann's", ask("DELETE", f"{GRANTS}/{ann}")[0])
show("left:")
print("GET ben's", ask("GET", f"{GRANTS}/{ben}")[0])
print("PUT the same key", ask("PUT", "/admin/keys/issuer", {"keys": [own]})[0])
show("left:")
PYTHON
)" <<'WANTED'
three grants: ann ben cid
DELETE ann's 204
left: cid
GET ben's 404
PUT the same key 200
left:
WANTED
