#!/usr/bin/env bash
# npm www-authenticate 0.6.3, auth-header 1.0.0, http-auth-utils 6.0.1 and oauth4webapi 3.8.8, PyPI Werkzeug 3.1.9, Go docker/distribution 2.8.3, crate http-auth 0.1.10: a server that offers Basic and Bearer has one offer with a parameter "Bearer realm".
#
# Guess: `WWW-Authenticate` may list several challenges, each with a scheme and its parameters (RFC 9110, section 11.6.1, whose
#        example is such a list), and a scheme may stand alone, as Negotiate does. A library that reads the header gives the list,
#        or the first with its own parameters; names have any case, and a backslash in quotes takes the next character.
# Seen:  of Basic and Bearer in one header, oauth4webapi and Rust's http-auth give the list. www-authenticate and Werkzeug have one
#        challenge with a parameter "Bearer realm", auth-header gives Basic both realms and a token "Bearer", distribution
#        leaves Bearer out, and http-auth-utils fails. After Negotiate, Werkzeug has a scheme "negotiate,", and two
#        others fail. An escaped quotation mark is an error for one and keeps its backslashes for another. `REALM` is another
#        parameter than `realm` for four of seven.
#
# Needs cargo, go, node with npm, and python3 with venv.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cat >headers <<'TEXT'
Bearer realm="a, b", error="invalid_token"
Basic realm="x", Bearer realm="y", scope="openid profile"
Negotiate, Basic realm="x"
Bearer realm="say \"hi\""
bearer REALM=plain , ERROR=invalid_token
TEXT
go_program read github.com/docker/distribution@v2.8.3+incompatible <<'GO'
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"os"

	"github.com/docker/distribution/registry/client/auth/challenge"
)

func main() {
	headers, _ := os.Open("headers")
	for lines := bufio.NewScanner(headers); lines.Scan(); {
		response := http.Response{StatusCode: 401, Header: http.Header{"Www-Authenticate": {lines.Text()}}}
		fmt.Print("  distribution")
		for _, found := range challenge.ResponseChallenges(&response) {
			text, _ := json.Marshal(found.Parameters)
			fmt.Printf(" %q %s", found.Scheme, text)
		}
		fmt.Println()
	}
}
GO
crate http-auth=0.1.10 <<'RUST'
fn main() {
    for line in std::fs::read_to_string("headers").unwrap().lines() {
        print!("  Rust");
        match http_auth::parse_challenges(line) {
            Err(_) => print!(" error"),
            Ok(all) => {
                for found in all {
                    let members: Vec<_> = found.params.iter().map(|(name, value)| format!("{name:?}:{:?}", value.to_unescaped())).collect();
                    print!(" {:?} {{{}}}", found.scheme, members.join(","));
                }
            }
        }
        println!();
    }
}
RUST
sed -i 's/^http-auth = \(.*\)/http-auth = { version = \1, default-features = false }/' Cargo.toml
quietly cargo build --quiet
quietly npm install www-authenticate@0.6.3 auth-header@1.0.0 http-auth-utils@6.0.1 oauth4webapi@3.8.8
quietly python3 -m venv python
quietly python/bin/pip install Werkzeug==3.1.9
cat >read.mjs <<'JS'
import header from "auth-header"
import { readFileSync } from "fs"
import { BASIC, BEARER, DIGEST, parseWWWAuthenticateHeader } from "http-auth-utils"
import * as oauth from "oauth4webapi"
import www from "www-authenticate"
const show = (scheme, parameters) => `${JSON.stringify(scheme)} ${JSON.stringify(parameters)}`
const readers = {
  "www-authenticate": line => {
    const { err, scheme, parms } = new www.parsers.WWW_Authenticate(line)
    if (err) throw new Error(err)
    return show(scheme, parms)
  },
  "auth-header": line => {
    const { scheme, params, token } = header.parse(line)
    return show(scheme, params) + (token === null ? "" : ` token ${JSON.stringify(token)}`)
  },
  "http-auth-utils": line => {
    const { type, data } = parseWWWAuthenticateHeader(line, [BASIC, BEARER, DIGEST])
    return show(type, data)
  },
  "oauth4webapi": async line => {
    const options = { [oauth.customFetch]: async () => new Response(null, { status: 401, headers: { "WWW-Authenticate": line } }) }
    const url = new URL("https://api.invalid/")
    try {
      const response = await oauth.protectedResourceRequest("token", "GET", url, undefined, undefined, options)
      return `no challenge, status ${response.status}`
    } catch (error) {
      if (!(error instanceof oauth.WWWAuthenticateChallengeError)) throw error
      return error.cause.map(({ scheme, parameters }) => show(scheme, parameters)).join(" ")
    }
  },
}
for (const line of readFileSync("headers", "utf8").trim().split("\n")) {
  console.log(line)
  for (const [name, read] of Object.entries(readers)) {
    let text
    try { text = await read(line) } catch { text = "error" }
    console.log(`  ${name} ${text}`)
  }
}
JS
cat >read.py <<'PYTHON'
import json
from werkzeug.datastructures import WWWAuthenticate

for line in open("headers"):
    found = WWWAuthenticate.from_header(line.strip())
    print("  Werkzeug", json.dumps(found.type), json.dumps(dict(found.parameters), separators=(",", ":")))
PYTHON
expect "$(paste -d'\n' <(node read.mjs | paste -sd'\v\v\v\v\n') <(python/bin/python read.py) <(./read) <(target/debug/finding) | tr '\v' '\n')" <<'WANTED'
Bearer realm="a, b", error="invalid_token"
  www-authenticate "Bearer" {"realm":"a, b","error":"invalid_token"}
  auth-header "Bearer" {"realm":"a, b","error":"invalid_token"}
  http-auth-utils "Bearer" {"realm":"a, b","error":"invalid_token"}
  oauth4webapi "bearer" {"realm":"a, b","error":"invalid_token"}
  Werkzeug "bearer" {"realm":"a, b","error":"invalid_token"}
  distribution "bearer" {"error":"invalid_token","realm":"a, b"}
  Rust "Bearer" {"realm":"a, b","error":"invalid_token"}
Basic realm="x", Bearer realm="y", scope="openid profile"
  www-authenticate "Basic" {"realm":"x","Bearer realm":"y","scope":"openid profile"}
  auth-header "Basic" {"realm":["x","y"],"scope":"openid profile"} token "Bearer"
  http-auth-utils error
  oauth4webapi "basic" {"realm":"x"} "bearer" {"realm":"y","scope":"openid profile"}
  Werkzeug "basic" {"realm":"x","Bearer realm":"y","scope":"openid profile"}
  distribution "basic" {"realm":"x"}
  Rust "Basic" {"realm":"x"} "Bearer" {"realm":"y","scope":"openid profile"}
Negotiate, Basic realm="x"
  www-authenticate "Basic" {"realm":"x"}
  auth-header error
  http-auth-utils error
  oauth4webapi "negotiate" {} "basic" {"realm":"x"}
  Werkzeug "negotiate," {"Basic realm":"x"}
  distribution "negotiate" {}
  Rust "Negotiate" {} "Basic" {"realm":"x"}
Bearer realm="say \"hi\""
  www-authenticate error
  auth-header "Bearer" {"realm":"say \"hi\""}
  http-auth-utils "Bearer" {"realm":"say \\\"hi\\\""}
  oauth4webapi "bearer" {"realm":"say \"hi\""}
  Werkzeug "bearer" {"realm":"say \"hi\""}
  distribution "bearer" {"realm":"say \"hi\""}
  Rust "Bearer" {"realm":"say \"hi\""}
bearer REALM=plain , ERROR=invalid_token
  www-authenticate "bearer" {"REALM":"plain","ERROR":"invalid_token"}
  auth-header "bearer" {"REALM":"plain","ERROR":"invalid_token"}
  http-auth-utils error
  oauth4webapi "bearer" {"realm":"plain","error":"invalid_token"}
  Werkzeug "bearer" {"REALM":"plain","ERROR":"invalid_token"}
  distribution "bearer" {"error":"invalid_token","realm":"plain"}
  Rust "bearer" {"REALM":"plain","ERROR":"invalid_token"}
WANTED
