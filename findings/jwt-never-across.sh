#!/usr/bin/env bash
# Go golang-jwt/jwt/v5 5.3.1, go-jose/v4 4.1.9 and lestrrat-go/jwx/v3 3.4.0, PyPI PyJWT 2.15.1, joserfc 1.8.0, python-jose 3.5.0 and jwcrypto 1.6.1, npm jose 6.2.18 and jsonwebtoken 9.0.3, crate jsonwebtoken 12.0.0: a token that never expires is expired, has no number or has no "exp".
#
# Guess: `exp` is a number of seconds (RFC 7519), and the larger it is, the later the token expires. A server that issues a
#        token for ever writes the largest integer of its language, 9223372036854775807 in Java, C# and Go, or a
#        year after 9999, and it is good for all that verify it.
# Seen:  on amd64, with the largest integer, golang-jwt says that the token is expired, go-jose that it expected a number, and jwx that
#        it is out of range; the seven others take it. 1e30 is "Missing required claim: exp" in Rust as well. All take
#        the year 10000.
#
# Needs cargo, go, node with npm, and python3 with venv.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
go_program verify github.com/golang-jwt/jwt/v5@v5.3.1 github.com/go-jose/go-jose/v4@v4.1.9 github.com/lestrrat-go/jwx/v3@v3.4.0 <<'GO'
package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	josejwt "github.com/go-jose/go-jose/v4/jwt"
	golang "github.com/golang-jwt/jwt/v5"
	"github.com/lestrrat-go/jwx/v3/jwa"
	jwx "github.com/lestrrat-go/jwx/v3/jwt"
)

func goJose(token string, key []byte) error {
	var claims josejwt.Claims
	parsed, err := josejwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.HS256})
	if err != nil {
		return err
	}
	if err = parsed.Claims(key, &claims); err != nil {
		return err
	}
	return claims.Validate(josejwt.Expected{Time: time.Now()})
}

func main() {
	key := []byte("only for this run 0123456789abcd")
	tokens, _ := os.Open("tokens")
	for lines := bufio.NewScanner(tokens); lines.Scan(); {
		_, token, _ := strings.Cut(lines.Text(), "\t")
		_, err := golang.Parse(token, func(*golang.Token) (any, error) { return key, nil })
		show("golang-jwt", err)
		show("go-jose", goJose(token, key))
		_, err = jwx.Parse([]byte(token), jwx.WithKey(jwa.HS256(), key))
		show("jwx", err)
		fmt.Println()
	}
}

func show(name string, err error) {
	result := "taken"
	if err != nil {
		result = err.Error()
		for _, part := range []string{"token is expired", "expected number value", "out of range", "not number of seconds"} {
			if strings.Contains(result, part) {
				result = part
			}
		}
	}
	fmt.Printf("  %s: %s\t", name, result)
}
GO
crate jsonwebtoken=12.0.0 serde_json=1.0.154 <<'RUST'
use jsonwebtoken::{decode, Algorithm, DecodingKey, Validation};

fn main() {
    let key = DecodingKey::from_secret(b"only for this run 0123456789abcd").unwrap();
    for line in std::fs::read_to_string("tokens").unwrap().lines() {
        let token = line.split_once('\t').unwrap().1.to_owned();
        let taken = decode::<serde_json::Value>(token, &key, &Validation::new(Algorithm::HS256));
        println!("  Rust: {}\t", taken.map_or_else(|error| error.to_string(), |_| "taken".to_owned()));
    }
}
RUST
sed -i 's/^jsonwebtoken = \(.*\)/jsonwebtoken = { version = \1, features = ["rust_crypto"] }/' Cargo.toml
quietly cargo build --quiet
quietly npm install jose@6.2.18 jsonwebtoken@9.0.3
quietly python3 -m venv python
quietly python/bin/pip install PyJWT==2.15.1 joserfc==1.8.0 python-jose==3.5.0 jwcrypto==1.6.1
cat >verify.mjs <<'JS'
import { readFileSync } from "fs"
import { jwtVerify } from "jose"
import jsonwebtoken from "jsonwebtoken"
const key = Buffer.from("only for this run 0123456789abcd")
for (const line of readFileSync("tokens", "utf8").trim().split("\n")) {
  const token = line.split("\t")[1]
  const results = []
  for (const [name, verify] of Object.entries({ jose: () => jwtVerify(token, key), jsonwebtoken: () => jsonwebtoken.verify(token, key, { algorithms: ["HS256"] }) })) {
    try { await verify(); results.push(`  ${name}: taken`) } catch (error) { results.push(`  ${name}: ${error.message}`) }
  }
  console.log(results.join("\t") + "\t")
}
JS
cat >verify.py <<'PYTHON'
import base64, hashlib, hmac, warnings
warnings.simplefilter("ignore")
import jwt
from joserfc import jwk, jwt as joserfc
from jose import jwt as jose
from jwcrypto import jwk as cryptojwk, jwt as cryptojwt

KEY = "only for this run 0123456789abcd"

def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

def sign(payload):
    signed = base64url(b'{"alg":"HS256"}') + "." + base64url(payload.encode())
    return signed + "." + base64url(hmac.new(KEY.encode(), signed.encode(), hashlib.sha256).digest())

key = jwk.OctKey.import_key(KEY)
verifiers = {
    "PyJWT": lambda token: jwt.decode(token, KEY, ["HS256"]),
    "joserfc": lambda token: joserfc.JWTClaimsRegistry().validate(joserfc.decode(token, key, algorithms=["HS256"]).claims),
    "python-jose": lambda token: jose.decode(token, KEY, ["HS256"]),
    "jwcrypto": lambda token: cryptojwt.JWT(jwt=token, key=cryptojwk.JWK(kty="oct", k=base64url(KEY.encode()))),
}
with open("tokens", "w") as file:
    for exp in ("253402300800", "9007199254740992", "9223372036854775807", "1e30"):
        token = sign('{"exp":%s}' % exp)
        print(exp, token, sep="\t", file=file)
        print(exp, end="\t")
        for name, verify in verifiers.items():
            try:
                verify(token)
                print(f"  {name}: taken", end="\t")
            except Exception as error:
                print(f"  {name}: {error}", end="\t")
        print()
PYTHON
python/bin/python verify.py >by-python 2>log
expect "$(paste -d'\0' by-python <(node verify.mjs) <(./verify) <(target/debug/finding) |
  awk -F'\t' '{ print "exp " $1 ":"; taken = ""; for (i = 2; i < NF; i++) if ($i ~ /: taken$/) { sub(/^ */, "", $i); sub(/: taken$/, "", $i); taken = taken (taken ? ", " : "") $i } else print $i; print "  taken by " taken }')" <<'WANTED'
exp 253402300800:
  taken by PyJWT, joserfc, python-jose, jwcrypto, jose, jsonwebtoken, golang-jwt, go-jose, jwx, Rust
exp 9007199254740992:
  taken by PyJWT, joserfc, python-jose, jwcrypto, jose, jsonwebtoken, golang-jwt, go-jose, jwx, Rust
exp 9223372036854775807:
  golang-jwt: token is expired
  go-jose: expected number value
  jwx: out of range
  taken by PyJWT, joserfc, python-jose, jwcrypto, jose, jsonwebtoken, Rust
exp 1e30:
  golang-jwt: token is expired
  go-jose: expected number value
  jwx: not number of seconds
  Rust: Missing required claim: exp
  taken by PyJWT, joserfc, python-jose, jwcrypto, jose, jsonwebtoken
WANTED
