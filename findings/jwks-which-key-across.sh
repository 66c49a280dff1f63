#!/usr/bin/env bash
# Go go-jose/v4 4.1.9, lestrrat-go/jwx/v3 3.4.0 and MicahParks/keyfunc/v3 3.9.2, npm jose 6.2.18 and jwks-rsa 4.1.0 with jsonwebtoken 9.0.3, PyPI PyJWT 2.15.1 and joserfc 1.8.0: where an RSA and an EC key have one id, as RFC 7517 allows, five of seven refuse the EC key's tokens.
#
# Guess: a verifier finds the key in a set by `kid`, kind, `use` and `alg`, of which RFC 7517 makes only the kind obligatory:
#        keys of two kinds may share an id (its section 4.5 names that case), a signing key may share it with
#        one for encryption, and what is left out narrows nothing, so that a set of one key without an id fits every token.
# Seen:  only jose and joserfc find the right one of an RSA and an EC key with one id; the three for Go take the first with the id
#        even where it is for encryption. A token without an id fits the only key of a set for jose, keyfunc, joserfc and
#        jwks-rsa; a key without an id fits no token that names one, for any. A key without `alg`, as Microsoft publishes
#        them, is none for jwx, and with PS256 none for PyJWT. Ed25519 and EdDSA, two names of one algorithm (RFC 9864), are one
#        for go-jose and jwx.
#
# Needs go, node with npm, and python3 with venv.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
quietly npm install jose@6.2.18 jwks-rsa@4.1.0 jsonwebtoken@9.0.3
quietly python3 -m venv python
quietly python/bin/pip install PyJWT==2.15.1 joserfc==1.8.0 cryptography==50.0.2
go_program verify github.com/go-jose/go-jose/v4@v4.1.9 github.com/lestrrat-go/jwx/v3@v3.4.0 github.com/MicahParks/keyfunc/v3@v3.9.2 <<'GO'
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/MicahParks/keyfunc/v3"
	"github.com/go-jose/go-jose/v4"
	josejwt "github.com/go-jose/go-jose/v4/jwt"
	"github.com/golang-jwt/jwt/v5"
	"github.com/lestrrat-go/jwx/v3/jwk"
	jwx "github.com/lestrrat-go/jwx/v3/jwt"
)

func byGoJose(set, token string) error {
	var keys jose.JSONWebKeySet
	if err := json.Unmarshal([]byte(set), &keys); err != nil {
		return err
	}
	parsed, err := josejwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.ES256, jose.RS256, jose.PS256, jose.EdDSA})
	if err != nil {
		return err
	}
	return parsed.Claims(keys, &josejwt.Claims{})
}

func byJwx(set, token string) error {
	keys, err := jwk.ParseString(set)
	if err == nil {
		_, err = jwx.Parse([]byte(token), jwx.WithKeySet(keys))
	}
	return err
}

func byKeyfunc(set, token string) error {
	keys, err := keyfunc.NewJWKSetJSON([]byte(set))
	if err == nil {
		_, err = jwt.Parse(token, keys.Keyfunc)
	}
	return err
}

func main() {
	tests, _ := os.Open("tests")
	for lines := bufio.NewScanner(tests); lines.Scan(); {
		test := strings.Split(lines.Text(), "\t")
		for _, verify := range []func(set, token string) error{byGoJose, byJwx, byKeyfunc} {
			fmt.Print(map[bool]string{true: "\ttaken", false: "\trefused"}[verify(test[1], test[2]) == nil])
		}
		fmt.Println()
	}
}
GO
cat >verify.mjs <<'JS'
import { generateKeyPairSync as generate } from "crypto"
import { writeFileSync } from "fs"
import { SignJWT, createLocalJWKSet, jwtVerify } from "jose"
import jsonwebtoken from "jsonwebtoken"
import jwks from "jwks-rsa"
const ec = generate("ec", { namedCurve: "P-256" })
const rsa = generate("rsa", { modulusLength: 2048 }), other = generate("rsa", { modulusLength: 2048 })
const ed = generate("ed25519")
const key = (pair, members) => ({ ...pair.publicKey.export({ format: "jwk" }), ...members })
const sign = (pair, alg, header) =>
  new SignJWT({ sub: "shop" }).setProtectedHeader({ alg, ...header }).setIssuedAt().setExpirationTime("1h").sign(pair.privateKey)
const es = { use: "sig", alg: "ES256" }, rs = { use: "sig", alg: "RS256" }, a = { kid: "a" }
const tests = {
  "one key": [[key(ec, { ...es, ...a })], await sign(ec, "ES256", a)],
  "an RSA and an EC key of one id": [[key(rsa, { ...rs, ...a }), key(ec, { ...es, ...a })], await sign(ec, "ES256", a)],
  "two of one id, one to encrypt": [[key(other, { use: "enc", alg: "RSA-OAEP", ...a }), key(rsa, { ...rs, ...a })], await sign(rsa, "RS256", a)],
  "no id in the token": [[key(ec, { ...es, ...a })], await sign(ec, "ES256")],
  "no id in the token, two kinds": [[key(rsa, { ...rs, kid: "b" }), key(ec, { ...es, ...a })], await sign(ec, "ES256")],
  "no id in the key": [[key(ec, es)], await sign(ec, "ES256", a)],
  "no id at all": [[key(ec, es)], await sign(ec, "ES256")],
  "no alg": [[key(rsa, { use: "sig", ...a })], await sign(rsa, "RS256", a)],
  "no alg, PS256": [[key(rsa, { use: "sig", ...a })], await sign(rsa, "PS256", a)],
  "key EdDSA, token EdDSA": [[key(ed, { ...a, alg: "EdDSA" })], await sign(ed, "EdDSA", a)],
  "key Ed25519, token EdDSA": [[key(ed, { ...a, alg: "Ed25519" })], await sign(ed, "EdDSA", a)],
}
async function byJwksRsa(set, token) {
  const client = jwks({ jwksUri: "https://issuer.invalid/", fetcher: async () => set })
  const { header } = jsonwebtoken.decode(token, { complete: true })
  jsonwebtoken.verify(token, (await client.getSigningKey(header.kid)).getPublicKey())
}
let lines = ""
for (const [name, [keys, token]] of Object.entries(tests)) {
  lines += `${name}\t${JSON.stringify({ keys })}\t${token}\n`
  let line = name
  for (const verify of [() => jwtVerify(token, createLocalJWKSet({ keys })), () => byJwksRsa({ keys }, token)])
    try { await verify(); line += "\ttaken" } catch { line += "\trefused" }
  console.log(line)
}
writeFileSync("tests", lines)
JS
cat >verify.py <<'PYTHON'
import json, jwt
import joserfc.jwk, joserfc.jwt

ALGORITHMS = ["ES256", "RS256", "PS256", "EdDSA"]

class Client(jwt.PyJWKClient):
    def fetch_data(self):
        return self.set

def by_pyjwt(set, token):
    client = Client("https://issuer.invalid/")
    client.set = set
    jwt.decode(token, client.get_signing_key_from_jwt(token), algorithms=ALGORITHMS)

def by_joserfc(set, token):
    joserfc.jwt.decode(token, joserfc.jwk.KeySet.import_key_set(set), algorithms=ALGORITHMS)

for line in open("tests"):
    _, set, token = line.strip().split("\t")
    for verify in by_pyjwt, by_joserfc:
        try:
            verify(json.loads(set), token)
            print("\ttaken", end="")
        except Exception:
            print("\trefused", end="")
    print()
PYTHON
node verify.mjs >by-node
expect "$(paste by-node <(./verify) <(python/bin/python -W ignore verify.py 2>log) | tr -s '\t' |
  awk -F'\t' '{ print $1 ": jose " $2 ", jwks-rsa " $3 ", go-jose " $4 ", jwx " $5 ", keyfunc " $6 ", PyJWT " $7 ", joserfc " $8 }')" <<'WANTED'
one key: jose taken, jwks-rsa taken, go-jose taken, jwx taken, keyfunc taken, PyJWT taken, joserfc taken
an RSA and an EC key of one id: jose taken, jwks-rsa refused, go-jose refused, jwx refused, keyfunc refused, PyJWT refused, joserfc taken
two of one id, one to encrypt: jose taken, jwks-rsa taken, go-jose refused, jwx refused, keyfunc refused, PyJWT taken, joserfc taken
no id in the token: jose taken, jwks-rsa taken, go-jose refused, jwx refused, keyfunc taken, PyJWT refused, joserfc taken
no id in the token, two kinds: jose taken, jwks-rsa refused, go-jose refused, jwx refused, keyfunc taken, PyJWT refused, joserfc refused
no id in the key: jose refused, jwks-rsa refused, go-jose refused, jwx refused, keyfunc refused, PyJWT refused, joserfc refused
no id at all: jose taken, jwks-rsa taken, go-jose refused, jwx refused, keyfunc taken, PyJWT refused, joserfc taken
no alg: jose taken, jwks-rsa taken, go-jose taken, jwx refused, keyfunc taken, PyJWT taken, joserfc taken
no alg, PS256: jose taken, jwks-rsa taken, go-jose taken, jwx refused, keyfunc taken, PyJWT refused, joserfc taken
key EdDSA, token EdDSA: jose taken, jwks-rsa refused, go-jose taken, jwx taken, keyfunc taken, PyJWT taken, joserfc taken
key Ed25519, token EdDSA: jose refused, jwks-rsa refused, go-jose taken, jwx taken, keyfunc refused, PyJWT refused, joserfc refused
WANTED
