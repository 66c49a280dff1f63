#!/usr/bin/env bash
# Ory Hydra 2.3.0 with npm openid-client 6.9.0 and 5.7.1, PyPI Authlib 1.9.10 and requests-oauth2client 1.8.0: a client that signs in with a key and openid-client is refused, and one whose clock is ahead gets a server error.
#
# Guess: `private_key_jwt` is in Hydra's metadata, openid-client is certified for it, so the two meet without a setting; the
#        server takes its issuer or its token endpoint as the audience (RFC 7523). An assertion that is not valid yet
#        is refused with 401 and `invalid_client`, which clients know what to do with.
# Seen:  openid-client 6 and the last version of its line 5 name the issuer as the audience, as the draft of the rule's revision
#        wants it since 2025, and Hydra takes its token endpoint only, alone or in a list: 401. The two for Python name the
#        endpoint, and are let in. A client whose clock is five minutes ahead, or an assertion whose `nbf` is, gets 500 with
#        the error "error", and so does an assertion that is over.
#
# Needs go, a C compiler, node with npm, and python3 with venv.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
quietly npm install openid-client@6.9.0 five@npm:openid-client@5.7.1 jose@6.2.18
quietly python3 -m venv python
quietly python/bin/pip install Authlib==1.9.10 joserfc==1.8.0 requests==2.34.2 requests-oauth2client==1.8.0
node -e '
const { privateKey } = require("crypto").generateKeyPairSync("ec", { namedCurve: "P-256" })
console.log(JSON.stringify({ ...privateKey.export({ format: "jwk" }), kid: "key", alg: "ES256", use: "sig" }))' >key.json
serve hydra
asking <<'PYTHON'
public = json.load(open("key.json"))
del public["d"]
ask("POST", "/admin/clients", {"client_id": "shop", "grant_types": ["client_credentials"], "jwks": {"keys": [public]},
                               "token_endpoint_auth_method": "private_key_jwt", "token_endpoint_auth_signing_alg": "ES256"})
own = f"http://127.0.0.1:{PUBLIC}"
json.dump({"issuer": own, "token_endpoint": own + "/oauth2/token"}, open("server.json", "w"))
PYTHON
cat >by_node.mjs <<'JS'
import { randomUUID } from "crypto"
import { readFileSync } from "fs"
import five from "five"
import { SignJWT, importJWK } from "jose"
import * as six from "openid-client"
const server = JSON.parse(readFileSync("server.json")), jwk = JSON.parse(readFileSync("key.json"))
const key = await importJWK(jwk, "ES256")
const now = Math.floor(Date.now() / 1000)
async function show(name, get) {
  try { await get(); console.log(`${name}: a token`) } catch (error) { console.log(`${name}: ${error.error}`) }
}
await show("openid-client 6", async () => {
  const configuration = new six.Configuration(server, "shop", undefined, six.PrivateKeyJwt({ key, kid: "key" }))
  six.allowInsecureRequests(configuration)
  await six.clientCredentialsGrant(configuration)
})
await show("openid-client 5", async () => {
  const client = new (new five.Issuer(server)).Client({ client_id: "shop", token_endpoint_auth_method: "private_key_jwt",
    token_endpoint_auth_signing_alg: "ES256" }, { keys: [jwk] })
  await client.grant({ grant_type: "client_credentials" })
})
const assertions = {
  "audience: token endpoint": {},
  "audience: issuer": { aud: server.issuer },
  "audience: both": { aud: [server.issuer, server.token_endpoint] },
  "iat five minutes ahead": { iat: now + 300, exp: now + 600 },
  "nbf five minutes ahead": { nbf: now + 300, exp: now + 600 },
  "over since a minute": { iat: now - 120, exp: now - 60 },
}
for (const [name, claims] of Object.entries(assertions)) {
  const all = { iss: "shop", sub: "shop", aud: server.token_endpoint, jti: randomUUID(), iat: now, exp: now + 60, ...claims }
  const assertion = await new SignJWT(all).setProtectedHeader({ alg: "ES256", kid: "key" }).sign(key)
  const body = new URLSearchParams({ grant_type: "client_credentials", client_id: "shop", client_assertion: assertion,
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" })
  const answer = await fetch(server.token_endpoint, { method: "POST", body })
  console.log(`${name}: ${answer.status} ${(await answer.json()).error ?? "a token"}`)
}
JS
cat >by_python.py <<'PYTHON'
import json, os
os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc.jwk import ECKey
from requests_oauth2client import OAuth2Client
endpoint = json.load(open("server.json"))["token_endpoint"]
jwk = json.load(open("key.json"))

def authlib():
    method = PrivateKeyJWT(endpoint, alg="ES256", headers={"kid": "key"})
    session = OAuth2Session("shop", ECKey.import_key(jwk), token_endpoint_auth_method=method)
    return session.fetch_token(endpoint, grant_type="client_credentials")

def requests_oauth2client():
    return OAuth2Client(endpoint, client_id="shop", private_key=jwk, testing=True).client_credentials()

for get in authlib, requests_oauth2client:
    try:
        print(get.__name__ + ":", "a token" if get() else "none")
    except Exception as error:
        print(get.__name__ + ":", error)
PYTHON
expect "$(node by_node.mjs && python/bin/python -W ignore by_python.py 2>log)" <<'WANTED'
openid-client 6: invalid_client
openid-client 5: invalid_client
audience: token endpoint: 200 a token
audience: issuer: 401 invalid_client
audience: both: 200 a token
iat five minutes ahead: 500 error
nbf five minutes ahead: 500 error
over since a minute: 500 error
authlib: a token
requests_oauth2client: a token
WANTED
