#!/usr/bin/env bash
# Go golang.org/x/oauth2 0.36.0, npm openid-client 6.9.0 and simple-oauth2 5.1.0, PyPI Authlib 1.9.10, requests-oauthlib 2.0.0 and requests-oauth2client 1.8.0: an `expires_in` of 3600.0 is no token for one client of OAuth 2.0, and a token for ever for another.
#
# Guess: `expires_in` of a token's answer is a number of seconds (RFC 6749), 3600 and 3600.0 are one number of JSON, and a token
#        with 0 seconds left is over: a client asks for another one before it uses it.
# Seen:  a server that computes the seconds, as Python's timedelta.total_seconds() does, writes 3600.0: for Go the answer is
#        an error, and for requests-oauth2client the token has no end. With 0, as for a token that ends within this second,
#        the token is good for ever for Go, and has no end for all three of Python. 100 years are 68 for Go. A scope that is
#        empty, as of a client of Ory Hydra that asks for none, is a list of one empty text for requests-oauthlib.
#
# Needs go, node with npm, and python3 with venv.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
quietly npm install openid-client@6.9.0 simple-oauth2@5.1.0
quietly python3 -m venv python
quietly python/bin/pip install Authlib==1.9.10 requests-oauthlib==2.0.0 oauthlib==4.0.1 requests-oauth2client==1.8.0 joserfc==1.8.0
go_program by_go golang.org/x/oauth2@v0.36.0 <<'GO'
package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"time"

	"golang.org/x/oauth2/clientcredentials"
)

func main() {
	config := clientcredentials.Config{ClientID: "shop", ClientSecret: "secret", TokenURL: os.Args[1]}
	token, err := config.Token(context.Background())
	if err != nil {
		fmt.Println("error")
	} else if token.Expiry.IsZero() {
		fmt.Println("no end, valid", token.Valid())
	} else {
		fmt.Printf("%.0f minutes, valid %t\n", math.Round(time.Until(token.Expiry).Minutes()), token.Valid())
	}
}
GO
# Its answer to a request for /VALUE has this value.
cat >server.py <<'PYTHON'
import http.server, sys

class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        body = b'{"access_token":"token","token_type":"bearer","scope":"","expires_in":%s}' % self.path[1:].encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", len(body))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass

server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
PYTHON
python3 server.py >port 2>log &
_server=$!
while [[ ! -s port ]]; do sleep 0.1; done
own=http://127.0.0.1:$(cat port)
cat >by_node.mjs <<'JS'
import * as oidc from "openid-client"
import { ClientCredentials } from "simple-oauth2"
const [origin, path] = process.argv.slice(2)
async function show(name, get) {
  try { console.log(name, await get()) } catch { console.log(name, "error") }
}
await show("openid-client:", async () => {
  const configuration = new oidc.Configuration({ issuer: origin, token_endpoint: origin + path }, "shop", "secret")
  oidc.allowInsecureRequests(configuration)
  const left = (await oidc.clientCredentialsGrant(configuration)).expiresIn()
  return left === undefined ? "no end" : `${Math.round(left / 60)} minutes`
})
await show("simple-oauth2:", async () => {
  const client = new ClientCredentials({ client: { id: "shop", secret: "secret" }, auth: { tokenHost: origin, tokenPath: path } })
  const token = await client.getToken({})
  const end = token.token.expires_at
  return (end ? `${Math.round((new Date(end) - Date.now()) / 60000)} minutes` : "no end") + `, expired ${token.expired()}`
})
JS
cat >by_python.py <<'PYTHON'
import os, sys, time
os.environ["AUTHLIB_INSECURE_TRANSPORT"] = os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
from authlib.integrations.requests_client import OAuth2Session as Authlib
from oauthlib.oauth2 import BackendApplicationClient
from requests_oauth2client import OAuth2Client
from requests_oauthlib import OAuth2Session

def minutes(end):
    return "no end" if end is None else f"{round((end - time.time()) / 60)} minutes"

def authlib(url):
    token = Authlib("shop", "secret").fetch_token(url, grant_type="client_credentials")
    return f"{minutes(token.get('expires_at'))}, expired {token.is_expired()}"

def requests_oauthlib(url):
    token = OAuth2Session(client=BackendApplicationClient("shop")).fetch_token(url, client_secret="secret")
    return f"{minutes(token.get('expires_at'))}, scope {token['scope']}"

def requests_oauth2client(url):
    token = OAuth2Client(url, client_id="shop", client_secret="secret", testing=True).client_credentials()
    return f"{minutes(token.expires_at and token.expires_at.timestamp())}, expired {token.is_expired()}"

for get in authlib, requests_oauthlib, requests_oauth2client:
    try:
        print(get.__name__ + ":", get(sys.argv[1]))
    except Exception:
        print(get.__name__ + ": error")
PYTHON
expect "$(for value in 3600 3600.0 3600.5 0 3153600000; do
  echo "expires_in $value"
  echo "  Go: $(./by_go "$own/$value")"
  node by_node.mjs "$own" "/$value" | sed 's/^/  /'
  python/bin/python -W ignore by_python.py "$own/$value" 2>log | sed 's/^/  /'
done)" <<'WANTED'
expires_in 3600
  Go: 60 minutes, valid true
  openid-client: 60 minutes
  simple-oauth2: 60 minutes, expired false
  authlib: 60 minutes, expired False
  requests_oauthlib: 60 minutes, scope ['']
  requests_oauth2client: 60 minutes, expired False
expires_in 3600.0
  Go: error
  openid-client: 60 minutes
  simple-oauth2: 60 minutes, expired false
  authlib: 60 minutes, expired False
  requests_oauthlib: 60 minutes, scope ['']
  requests_oauth2client: no end, expired None
expires_in 3600.5
  Go: error
  openid-client: 60 minutes
  simple-oauth2: 60 minutes, expired false
  authlib: 60 minutes, expired False
  requests_oauthlib: 60 minutes, scope ['']
  requests_oauth2client: no end, expired None
expires_in 0
  Go: no end, valid true
  openid-client: 0 minutes
  simple-oauth2: 0 minutes, expired true
  authlib: no end, expired None
  requests_oauthlib: no end, scope ['']
  requests_oauth2client: no end, expired None
expires_in 3153600000
  Go: 35791394 minutes, valid true
  openid-client: 52560000 minutes
  simple-oauth2: 52560000 minutes, expired false
  authlib: 52560000 minutes, expired False
  requests_oauthlib: 52560000 minutes, scope ['']
  requests_oauth2client: 52560000 minutes, expired False
WANTED
