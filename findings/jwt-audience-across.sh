#!/usr/bin/env bash
# PyPI PyJWT 2.15.1, joserfc 1.8.0 and python-jose 3.5.0, npm jose 6.2.18 and jsonwebtoken 9.0.3, Go golang-jwt/jwt/v5 5.3.1, go-jose/v4 4.1.9 and lestrrat-go/jwx/v3 3.4.0, crate jsonwebtoken 12.0.0: an empty list of audiences, as in Ory Hydra's JWTs, is one audience too many for two.
#
# Guess: whoever verifies a JWT without naming an audience does not ask for one, and takes tokens that have any; what
#        `iat` says informs and refuses nothing (RFC 7519 has no rule for it), so that a server whose clock is ahead is no
#        problem; and what is right is right in all libraries.
# Seen:  three refuse every token with an audience when they are given none. Of them PyJWT takes the empty list, which is
#        what Hydra's JWT access tokens have by default, and two do not. An `iat` five minutes ahead is refused by four
#        and taken by five.
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

func main() {
	key := []byte("only for this run 0123456789abcd")
	tokens, _ := os.Open("tokens")
	for lines := bufio.NewScanner(tokens); lines.Scan(); {
		_, token, _ := strings.Cut(lines.Text(), "\t")
		_, one := golang.Parse(token, func(*golang.Token) (any, error) { return key, nil })
		var claims josejwt.Claims
		parsed, other := josejwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.HS256})
		if other == nil {
			other = parsed.Claims(key, &claims)
		}
		if other == nil {
			other = claims.Validate(josejwt.Expected{Time: time.Now()})
		}
		_, third := jwx.Parse([]byte(token), jwx.WithKey(jwa.HS256(), key))
		for _, err := range []error{one, other, third} {
			if err == nil {
				fmt.Print("\ttaken")
			} else {
				fmt.Print("\trefused")
			}
		}
		fmt.Println()
	}
}
GO
crate jsonwebtoken=12.0.0 serde_json=1.0.154 <<'RUST'
use jsonwebtoken::{decode, Algorithm, DecodingKey, Validation};

fn main() {
    let key = DecodingKey::from_secret(b"only for this run 0123456789abcd").unwrap();
    for line in std::fs::read_to_string("tokens").unwrap().lines() {
        let token = line.split_once('\t').unwrap().1.to_owned();
        let taken = decode::<serde_json::Value>(token, &key, &Validation::new(Algorithm::HS256)).is_ok();
        println!("{}", if taken { "taken" } else { "refused" });
    }
}
RUST
sed -i 's/^jsonwebtoken = \(.*\)/jsonwebtoken = { version = \1, features = ["rust_crypto"] }/' Cargo.toml
quietly cargo build --quiet
quietly npm install jose@6.2.18 jsonwebtoken@9.0.3
quietly python3 -m venv python
quietly python/bin/pip install PyJWT==2.15.1 joserfc==1.8.0 python-jose==3.5.0
cat >verify.mjs <<'JS'
import { readFileSync } from "fs"
import { jwtVerify } from "jose"
import jsonwebtoken from "jsonwebtoken"
const key = Buffer.from("only for this run 0123456789abcd")
for (const line of readFileSync("tokens", "utf8").trim().split("\n")) {
  const token = line.split("\t")[1]
  const taken = [() => jwtVerify(token, key), () => jsonwebtoken.verify(token, key, { algorithms: ["HS256"] })]
  const results = []
  for (const verify of taken) {
    try { await verify(); results.push("taken") } catch { results.push("refused") }
  }
  console.log(results.join("\t"))
}
JS
cat >verify.py <<'PYTHON'
import json, time, warnings
warnings.simplefilter("ignore")
import jwt
from joserfc import jwk, jwt as joserfc
from jose import jwt as jose

KEY = "only for this run 0123456789abcd"
now = int(time.time())
claims = {"sub": "shop", "iat": now - 10, "exp": now + 3600}
tokens = {
    "no audience": claims,
    "aud []": claims | {"aud": []},
    "aud [api]": claims | {"aud": ["api"]},
    "iat in five minutes": claims | {"iat": now + 300},
}
key = jwk.OctKey.import_key(KEY)

def joserfc_verify(token):
    joserfc.JWTClaimsRegistry().validate(joserfc.decode(token, key, algorithms=["HS256"]).claims)

with open("tokens", "w") as file:
    for name, content in tokens.items():
        token = jwt.encode(content, KEY, "HS256")
        print(name, token, sep="\t", file=file)
        print(name, end="")
        for verify in (lambda: jwt.decode(token, KEY, ["HS256"]), lambda: joserfc_verify(token), lambda: jose.decode(token, KEY, ["HS256"])):
            try:
                verify()
                print("\ttaken", end="")
            except Exception:
                print("\trefused", end="")
        print()
PYTHON
python/bin/python verify.py >by-python 2>log
expect "$(paste by-python <(node verify.mjs) <(./verify) <(target/debug/finding) | tr -s '\t' |
  awk -F'\t' '{ print $1 ": PyJWT " $2 ", joserfc " $3 ", python-jose " $4 ", jose " $5 ", jsonwebtoken " $6 ", golang-jwt " $7 ", go-jose " $8 ", jwx " $9 ", Rust " $10 }')" <<'WANTED'
no audience: PyJWT taken, joserfc taken, python-jose taken, jose taken, jsonwebtoken taken, golang-jwt taken, go-jose taken, jwx taken, Rust taken
aud []: PyJWT taken, joserfc taken, python-jose refused, jose taken, jsonwebtoken taken, golang-jwt taken, go-jose taken, jwx taken, Rust refused
aud [api]: PyJWT refused, joserfc taken, python-jose refused, jose taken, jsonwebtoken taken, golang-jwt taken, go-jose taken, jwx taken, Rust refused
iat in five minutes: PyJWT refused, joserfc refused, python-jose taken, jose taken, jsonwebtoken taken, golang-jwt taken, go-jose refused, jwx refused, Rust taken
WANTED
