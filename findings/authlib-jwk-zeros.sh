#!/usr/bin/env bash
# PyPI Authlib 1.9.10: one key in 128 gets another key id and a JWK that half of the other libraries refuse.
#
# Guess: a JWK of an elliptic key that a library made of a PEM file is the same JWK for all, so that its thumbprint (RFC 7638),
#        which many use as the key id, is the same as well; what it publishes for one key it publishes for every key.
# Seen:  a coordinate that begins with a zero byte, as one of the two does in every 128th key, is written without it, where RFC
#        7518 wants its full size. The thumbprint, and the `kid` that Authlib fills in with it, is not the one that the
#        others compute. go-jose, jwx, PyJWT and Rust's jsonwebtoken refuse the key, and with it all tokens that it
#        signed; jose and joserfc take it. A server that makes a new key every week meets it once in two or three years.
#
# Needs cargo, go, node with npm, and python3 with venv.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
quietly npm install jose@6.2.18
quietly python3 -m venv python
quietly python/bin/pip install Authlib==1.9.10 joserfc==1.8.0 PyJWT==2.15.1 cryptography==50.0.2
cat >keys.py <<'PYTHON'
import json, sys, warnings
warnings.simplefilter("ignore")
import jwt
from authlib.jose import JsonWebKey
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jwk, jwt as joserfc

def pem_of(number):
    key = ec.derive_private_key(number, ec.SECP256R1())
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())

def authlib(number):
    return JsonWebKey.import_key(pem_of(number), {"kty": "EC"}).as_dict(is_private=False)

def other(number):
    return jwk.ECKey.import_key(pem_of(number))

def taken(verify):
    try:
        verify()
        return "taken"
    except Exception as error:
        return error

differ = [n for n in range(1, 1001) if authlib(n)["kid"] != other(n).thumbprint()]
print(len(differ), "of 1000 keys have another id")
one = differ[0]
key = authlib(one)
print("y", key["y"])
print("y", other(one).as_dict(private=False)["y"], "by joserfc")
print("id", key["kid"])
print("id", other(one).thumbprint(), "by joserfc")
token = jwt.encode({"sub": "shop", "exp": 9000000000}, pem_of(one), "ES256")
json.dump(key, open("key.json", "w"))
open("token", "w").write(token)
print("PyJWT:", taken(lambda: jwt.decode(token, jwt.PyJWK(key, "ES256"), ["ES256"])))
print("joserfc:", taken(lambda: joserfc.decode(token, jwk.ECKey.import_key(key))))
PYTHON
go_program verify github.com/go-jose/go-jose/v4@v4.1.9 github.com/lestrrat-go/jwx/v3@v3.4.0 <<'GO'
package main

import (
	"fmt"
	"os"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jws"
)

func goJose(text, token []byte) error {
	var key jose.JSONWebKey
	if err := key.UnmarshalJSON(text); err != nil {
		return err
	}
	parsed, err := jwt.ParseSigned(string(token), []jose.SignatureAlgorithm{jose.ES256})
	if err == nil {
		err = parsed.Claims(key, &map[string]any{})
	}
	return err
}

func jwx(text, token []byte) error {
	key, err := jwk.ParseKey(text)
	if err == nil {
		_, err = jws.Verify(token, jws.WithKey(jwa.ES256(), key))
	}
	return err
}

func main() {
	text, _ := os.ReadFile("key.json")
	token, _ := os.ReadFile("token")
	for _, result := range []error{goJose(text, token), jwx(text, token)} {
		if result == nil {
			fmt.Println("Go: taken")
		} else {
			fmt.Println("Go:", result)
		}
	}
}
GO
crate jsonwebtoken=12.0.0 serde_json=1.0.154 <<'RUST'
use jsonwebtoken::{decode, Algorithm, DecodingKey, Validation};

fn main() {
    let text = std::fs::read_to_string("key.json").unwrap();
    let key = DecodingKey::from_jwk(&serde_json::from_str(&text).unwrap()).unwrap();
    let token = std::fs::read_to_string("token").unwrap();
    let taken = decode::<serde_json::Value>(token, &key, &Validation::new(Algorithm::ES256));
    println!("Rust: {}", taken.map_or_else(|error| error.to_string(), |_| "taken".to_owned()));
}
RUST
sed -i 's/^jsonwebtoken = \(.*\)/jsonwebtoken = { version = \1, features = ["rust_crypto"] }/' Cargo.toml
quietly cargo build --quiet
cat >verify.mjs <<'JS'
import { readFileSync } from "fs"
import { importJWK, jwtVerify } from "jose"
const key = await importJWK(JSON.parse(readFileSync("key.json")), "ES256")
await jwtVerify(readFileSync("token", "utf8"), key)
console.log("jose: taken")
JS
expect "$(python/bin/python keys.py 2>log && ./verify && target/debug/finding && node verify.mjs)" <<'WANTED'
9 of 1000 keys have another id
y PMzApkYOCuMopNl9PHth2G_GKJwYnyUlEQxEG7B-lw
y ADzMwKZGDgrjKKTZfTx7YdhvxiicGJ8lJREMRBuwfpc by joserfc
id oynto_iDk7BbC1TpDhAjGoiBUFY63hdrK_AAqhuXqX8
id WZsjbh58q8kl1WsGShqtiycImZtCgGbukDn4RAacMig by joserfc
PyJWT: Coords should be 32 bytes for curve P-256
joserfc: taken
Go: go-jose/go-jose: invalid EC public key, wrong length for y
Go: jwk.ParseKey: jwk.Parse: key validation failed: key validation failed: jwk.ECDSAPublicKey: invalid "y" length (31) for curve "P-256"
Rust: InvalidEcdsaKey
jose: taken
WANTED
