#!/usr/bin/env bash
# npm jose 6.2.18 and jwks-rsa 4.1.0 with jsonwebtoken 9.0.3, PyPI PyJWT 2.15.1, Go MicahParks/keyfunc/v3 3.9.2 and coreos/go-oidc/v3 3.21.0: a new key that was published before its first use is not looked for, by two at all and by a third only once.
#
# Guess: a server publishes a new key and then signs with it. A verifier that meets an id it does not know fetches the set again:
#        that is what the id is for (OpenID Connect Core, section 10.1.1), so a new key needs no waiting.
# Seen:  jose and PyJWT do not look again within 30 seconds of their last fetch, so that a verifier which has just started, or has
#        just met another new key, refuses good tokens. keyfunc fetches for the first new id, and then not for five minutes.
#        jwks-rsa and go-oidc find both keys.
#
# Needs go, node with npm, and python3 with venv.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
quietly npm install jose@6.2.18 jwks-rsa@4.1.0 jsonwebtoken@9.0.3
quietly python3 -m venv python
quietly python/bin/pip install PyJWT==2.15.1 cryptography==50.0.2
go_program by_go github.com/coreos/go-oidc/v3@v3.21.0 github.com/MicahParks/keyfunc/v3@v3.9.2 github.com/golang-jwt/jwt/v5@v5.3.1 <<'GO'
package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/MicahParks/keyfunc/v3"
	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/golang-jwt/jwt/v5"
)

func get(path string) string {
	answer, err := http.Get(os.Args[1] + path)
	if err != nil {
		panic(err)
	}
	text, _ := io.ReadAll(answer.Body)
	return string(text)
}

func main() {
	ctx := context.Background()
	get("/publish/a")
	keys, err := keyfunc.NewDefaultCtx(ctx, []string{os.Args[1] + "/keys"})
	if err != nil {
		panic(err)
	}
	set := oidc.NewRemoteKeySet(ctx, os.Args[1]+"/keys")
	verifiers := []func(string) error{
		func(token string) error { _, err := jwt.Parse(token, keys.Keyfunc); return err },
		func(token string) error { _, err := set.VerifySignature(ctx, token); return err },
	}
	for i, verify := range verifiers {
		fmt.Print([]string{"keyfunc:", "go-oidc:"}[i])
		for _, key := range strings.Split("a b c", " ") {
			get("/publish/" + key)
			fmt.Printf(" %s %s,", key, map[bool]string{true: "taken", false: "refused"}[verify(get("/token/"+key)) == nil])
		}
		fmt.Printf(" fetched again %s times\n", get("/fetched"))
	}
}
GO
# It publishes the keys up to the one of the last /publish, and signs with any.
cat >server.mjs <<'JS'
import { generateKeyPairSync as generate } from "crypto"
import { createServer } from "http"
import { SignJWT } from "jose"
const keys = ["a", "b", "c"].map(kid => ({ kid, ...generate("ec", { namedCurve: "P-256" }) }))
const jwk = ({ kid, publicKey }) => ({ ...publicKey.export({ format: "jwk" }), kid, use: "sig", alg: "ES256" })
let last = "a", fetched = 0
const server = createServer(async (request, response) => {
  const [, action, kid] = request.url.split("/")
  if (action === "publish") {
    last = kid
    if (kid === "a") fetched = 0
  } else if (action === "fetched") {
    response.write(String(fetched))
  } else if (action === "token") {
    const { privateKey } = keys.find(key => key.kid === kid)
    response.write(await new SignJWT({ sub: "shop" }).setProtectedHeader({ alg: "ES256", kid }).setExpirationTime("1h").sign(privateKey))
  } else {
    if (last !== "a") fetched++
    response.setHeader("Content-Type", "application/json")
    response.write(JSON.stringify({ keys: keys.filter(key => key.kid <= last).map(jwk) }))
  }
  response.end()
})
server.listen(0, "127.0.0.1", () => console.log(server.address().port))
JS
node server.mjs >port 2>log &
_server=$!
while [[ ! -s port ]]; do sleep 0.1; done
own=http://127.0.0.1:$(cat port)
cat >by_node.mjs <<'JS'
import { createRemoteJWKSet, jwtVerify } from "jose"
import jsonwebtoken from "jsonwebtoken"
import jwks from "jwks-rsa"
const own = process.argv[2]
const get = async path => (await fetch(own + path)).text()
const set = createRemoteJWKSet(new URL(own + "/keys")), client = jwks({ jwksUri: own + "/keys" })
const verifiers = {
  "jose": token => jwtVerify(token, set),
  "jwks-rsa": async token => {
    const { header } = jsonwebtoken.decode(token, { complete: true })
    jsonwebtoken.verify(token, (await client.getSigningKey(header.kid)).getPublicKey())
  },
}
for (const [name, verify] of Object.entries(verifiers)) {
  let line = name + ":"
  for (const key of ["a", "b", "c"]) {
    await get("/publish/" + key)
    const token = await get("/token/" + key)
    line += await Promise.resolve(verify(token)).then(() => ` ${key} taken,`, () => ` ${key} refused,`)
  }
  console.log(`${line} fetched again ${await get("/fetched")} times`)
}
JS
cat >by_python.py <<'PYTHON'
import sys, jwt
from urllib.request import urlopen

def get(path):
    return urlopen(sys.argv[1] + path).read().decode()

client = jwt.PyJWKClient(sys.argv[1] + "/keys")
print("PyJWT:", end="")
for key in "abc":
    get("/publish/" + key)
    token = get("/token/" + key)
    try:
        jwt.decode(token, client.get_signing_key_from_jwt(token), algorithms=["ES256"])
        print(f" {key} taken,", end="")
    except jwt.PyJWTError:
        print(f" {key} refused,", end="")
print(f" fetched again {get('/fetched')} times")
PYTHON
expect "$(node by_node.mjs "$own" && python/bin/python by_python.py "$own" && ./by_go "$own")" <<'WANTED'
jose: a taken, b refused, c refused, fetched again 0 times
jwks-rsa: a taken, b taken, c taken, fetched again 2 times
PyJWT: a taken, b refused, c refused, fetched again 0 times
keyfunc: a taken, b taken, c refused, fetched again 1 times
go-oidc: a taken, b taken, c taken, fetched again 2 times
WANTED
