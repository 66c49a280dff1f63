#!/usr/bin/env bash
# Python's http.cookies, PyPI Django 5.2.19, Starlette 1.10.0, aiohttp 3.14.5 and Werkzeug 3.1.9, npm cookie 1.1.1, Go's net/http, crate cookie 0.18.2: five of eight take the cookie of / and three the one of /app, and a cookie with the name path takes all others with it in Python.
#
# Guess: a server finds in the header of cookies what each is called and has; one that it cannot read costs no other one. Where a
#        browser has two of one name, for /app and for /, it sends that of /app first (RFC 6265), since it is the closer one, and
#        servers take the first.
# Seen:  http.cookies, Django, Starlette, aiohttp and a jar in Rust take the last, the one of /, so that a new session for /app
#        is passed over while an old one of / is there. http.cookies has no cookie any more after one that is called path,
#        has a JSON text in it or no "=": a cookie that some script of the page sets ends the login. Go and Werkzeug
#        leave the JSON text out. Quotes belong to the text for Node and Rust alone, and "%20" is a space for Node alone.
#
# Needs cargo, go, node with npm, and python3 with venv.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cat >headers <<'TEXT'
session=of-app; session=of-root
path=menu; session=abc
prefs={"a":1,"b":2}; session=abc
flag; session=abc
name="Ada"; session=a%20b
TEXT
go_program read <<'GO'
package main

import (
	"bufio"
	"fmt"
	"net/http"
	"os"
)

func main() {
	headers, _ := os.Open("headers")
	for lines := bufio.NewScanner(headers); lines.Scan(); {
		request := http.Request{Header: http.Header{"Cookie": {lines.Text()}}}
		fmt.Print("  Go")
		seen := map[string]bool{}
		for _, cookie := range request.Cookies() {
			if first, _ := request.Cookie(cookie.Name); !seen[cookie.Name] {
				fmt.Printf(" %s=%s", first.Name, first.Value)
			}
			seen[cookie.Name] = true
		}
		fmt.Println()
	}
}
GO
crate cookie=0.18.2 <<'RUST'
fn main() {
    for line in std::fs::read_to_string("headers").unwrap().lines() {
        let mut jar = cookie::CookieJar::new();
        for cookie in cookie::Cookie::split_parse(line.to_owned()).flatten() {
            jar.add_original(cookie);
        }
        let mut texts: Vec<_> = jar.iter().map(|cookie| format!(" {}={}", cookie.name(), cookie.value())).collect();
        texts.sort();
        println!("  Rust{}", texts.concat());
    }
}
RUST
quietly cargo build --quiet
quietly npm install cookie@1.1.1
quietly python3 -m venv python
quietly python/bin/pip install Django==5.2.19 starlette==1.10.0 aiohttp==3.14.5 Werkzeug==3.1.9
cat >read.py <<'PYTHON'
from http.cookies import SimpleCookie
from aiohttp.test_utils import make_mocked_request
from django.http.cookie import parse_cookie as django
from starlette.requests import cookie_parser as starlette
from werkzeug.http import parse_cookie as werkzeug

def show(name, cookies):
    print("  " + name, *(f"{name}={getattr(value, 'value', value)}" for name, value in cookies.items()))

for line in open("headers"):
    line = line.strip()
    print(line)
    show("Python", SimpleCookie(line))
    show("Django", django(line))
    show("Starlette", starlette(line))
    show("aiohttp", make_mocked_request("GET", "/", {"Cookie": line}).cookies)
    show("Werkzeug", werkzeug(line).to_dict())
PYTHON
cat >read.js <<'JS'
const { parseCookie } = require("cookie")
for (const line of require("fs").readFileSync("headers", "utf8").trim().split("\n"))
  console.log("  Node", Object.entries(parseCookie(line)).map(pair => pair.join("=")).join(" "))
JS
expect "$(paste -d'\n' <(python/bin/python read.py | paste -sd'\t\t\t\t\t\n' | tr '\t' '\v') <(node read.js) <(./read) <(target/debug/finding) | tr '\v' '\n')" <<'WANTED'
session=of-app; session=of-root
  Python session=of-root
  Django session=of-root
  Starlette session=of-root
  aiohttp session=of-root
  Werkzeug session=of-app
  Node session=of-app
  Go session=of-app
  Rust session=of-root
path=menu; session=abc
  Python
  Django path=menu session=abc
  Starlette path=menu session=abc
  aiohttp path=menu session=abc
  Werkzeug path=menu session=abc
  Node path=menu session=abc
  Go path=menu session=abc
  Rust path=menu session=abc
prefs={"a":1,"b":2}; session=abc
  Python
  Django prefs={"a":1,"b":2} session=abc
  Starlette prefs={"a":1,"b":2} session=abc
  aiohttp prefs={"a":1,"b":2} session=abc
  Werkzeug session=abc
  Node prefs={"a":1,"b":2} session=abc
  Go session=abc
  Rust prefs={"a":1,"b":2} session=abc
flag; session=abc
  Python
  Django =flag session=abc
  Starlette =flag session=abc
  aiohttp flag= session=abc
  Werkzeug flag= session=abc
  Node session=abc
  Go flag= session=abc
  Rust session=abc
name="Ada"; session=a%20b
  Python name=Ada session=a%20b
  Django name=Ada session=a%20b
  Starlette name=Ada session=a%20b
  aiohttp name=Ada session=a%20b
  Werkzeug name=Ada session=a%20b
  Node name="Ada" session=a b
  Go name=Ada session=a%20b
  Rust name="Ada" session=a%20b
WANTED
