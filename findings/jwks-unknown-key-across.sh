#!/usr/bin/env bash
# Go go-jose/v4 4.1.9, lestrrat-go/jwx/v3 3.4.0 and MicahParks/keyfunc/v3 3.9.2, npm jose 6.2.18 and node-jose 2.2.0, PyPI jwcrypto 1.6.1, joserfc 1.8.0 and PyJWT 2.15.1: one key that is new to a verifier takes all others with it.
#
# Guess: a server may add a key of a new kind to the set it publishes, long before it signs with it: verifiers pass over keys that
#        they do not know, as RFC 7517 (section 5) asks them to, and as they pass over members that they do not know.
# Seen:  each library for Go has kinds of key that make the whole set an error, so that no token is verified any more, also none
#        of the old key: secp256k1 and ML-DSA for all three; Ed448, and an X25519 key for encryption, for go-jose, which
#        Ory Hydra reads sets with. node-jose does the same for other kinds, Ed25519 among them. joserfc refuses the set for
#        a `use` or an operation of one's own, which the RFC allows, and jwx for an algorithm. jose, jwcrypto and PyJWT
#        find the old key in each.
#
# Needs go, node with npm, and python3 with venv.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
quietly npm install jose@6.2.18 node-jose@2.2.0
quietly python3 -m venv python
quietly python/bin/pip install jwcrypto==1.6.1 joserfc==1.8.0 PyJWT==2.15.1 cryptography==50.0.2
go_program in_go github.com/go-jose/go-jose/v4@v4.1.9 github.com/lestrrat-go/jwx/v3@v3.4.0 github.com/MicahParks/keyfunc/v3@v3.9.2 <<'GO'
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/MicahParks/keyfunc/v3"
	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"
	"github.com/lestrrat-go/jwx/v3/jwk"
)

func main() {
	sets, _ := os.Open("sets")
	for lines := bufio.NewScanner(sets); lines.Scan(); {
		_, set, _ := strings.Cut(lines.Text(), "\t")
		var keys jose.JSONWebKeySet
		found := []bool{json.Unmarshal([]byte(set), &keys) == nil && len(keys.Key("old")) == 1}
		other, err := jwk.ParseString(set)
		if err == nil {
			_, ok := other.LookupKeyID("old")
			found = append(found, ok)
		} else {
			found = append(found, false)
		}
		third, err := keyfunc.NewJWKSetJSON([]byte(set))
		if err == nil {
			_, err = third.Keyfunc(&jwt.Token{Header: map[string]any{"kid": "old", "alg": "ES256"}})
		}
		for _, is := range append(found, err == nil) {
			fmt.Print(map[bool]string{true: "\tfound", false: "\terror"}[is])
		}
		fmt.Println()
	}
}
GO
cat >in_node.mjs <<'JS'
import { generateKeyPairSync as generate, randomBytes } from "crypto"
import { writeFileSync } from "fs"
import { createLocalJWKSet } from "jose"
import other from "node-jose"
const make = (kind, options) => generate(kind, options).publicKey.export({ format: "jwk" })
const rsa = make("rsa", { modulusLength: 2048 })
const old = { ...make("ec", { namedCurve: "P-256" }), kid: "old", use: "sig", alg: "ES256" }
const others = {
  "no other": undefined,
  "Ed25519": make("ed25519"),
  "Ed448": make("ed448"),
  "secp256k1": make("ec", { namedCurve: "secp256k1" }),
  "X25519 for encryption": { ...make("x25519"), use: "enc" },
  "ML-DSA": { kty: "AKP", alg: "ML-DSA-44", pub: randomBytes(1312).toString("base64url") },
  "RSA for a use of its own": { ...rsa, use: "archive" },
  "RSA for an operation of its own": { ...rsa, key_ops: ["archive"] },
  "RSA for an algorithm of its own": { ...rsa, alg: "archive" },
  "RSA with a member of its own": { ...rsa, archive: true },
}
let sets = ""
for (const [name, key] of Object.entries(others)) {
  const set = { keys: key ? [old, { ...key, kid: "new" }] : [old] }
  sets += `${name}\t${JSON.stringify(set)}\n`
  const results = []
  for (const find of [() => createLocalJWKSet(set)({ alg: "ES256", kid: "old" }), async () => (await other.JWK.asKeyStore(set)).get("old").kid]) {
    try { await find(); results.push("found") } catch { results.push("error") }
  }
  console.log([name, ...results].join("\t"))
}
writeFileSync("sets", sets)
JS
cat >in_python.py <<'PYTHON'
import json, jwt, warnings
warnings.simplefilter("ignore")
from joserfc.jwk import KeySet
from jwcrypto.jwk import JWKSet

for line in open("sets"):
    text = line.split("\t")[1]
    for find in (lambda: JWKSet.from_json(text).get_key("old").kid, lambda: KeySet.import_key_set(json.loads(text)).get_by_kid("old"),
                 lambda: jwt.PyJWKSet.from_json(text)["old"]):
        try:
            find()
            print("\tfound", end="")
        except Exception:
            print("\terror", end="")
    print()
PYTHON
node in_node.mjs >by-node
expect "$(paste by-node <(./in_go) <(python/bin/python in_python.py 2>log) | tr -s '\t' |
  awk -F'\t' '{ print $1 ": jose " $2 ", node-jose " $3 ", go-jose " $4 ", jwx " $5 ", keyfunc " $6 ", jwcrypto " $7 ", joserfc " $8 ", PyJWT " $9 }')" <<'WANTED'
no other: jose found, node-jose found, go-jose found, jwx found, keyfunc found, jwcrypto found, joserfc found, PyJWT found
Ed25519: jose found, node-jose error, go-jose found, jwx found, keyfunc found, jwcrypto found, joserfc found, PyJWT found
Ed448: jose found, node-jose error, go-jose error, jwx found, keyfunc error, jwcrypto found, joserfc found, PyJWT found
secp256k1: jose found, node-jose found, go-jose error, jwx error, keyfunc error, jwcrypto found, joserfc found, PyJWT found
X25519 for encryption: jose found, node-jose error, go-jose error, jwx found, keyfunc found, jwcrypto found, joserfc found, PyJWT found
ML-DSA: jose found, node-jose error, go-jose error, jwx error, keyfunc error, jwcrypto found, joserfc found, PyJWT found
RSA for a use of its own: jose found, node-jose found, go-jose found, jwx found, keyfunc found, jwcrypto found, joserfc error, PyJWT found
RSA for an operation of its own: jose found, node-jose found, go-jose found, jwx found, keyfunc found, jwcrypto found, joserfc error, PyJWT found
RSA for an algorithm of its own: jose found, node-jose found, go-jose found, jwx error, keyfunc found, jwcrypto found, joserfc found, PyJWT found
RSA with a member of its own: jose found, node-jose found, go-jose found, jwx found, keyfunc found, jwcrypto found, joserfc found, PyJWT found
WANTED
