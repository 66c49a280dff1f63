#!/usr/bin/env bash
# npm argon2 0.45.1 and @node-rs/argon2 2.2.1, PyPI argon2-cffi 25.1.0 and passlib 1.7.4, Go alexedwards/argon2id 1.0.0, matthewhartstonge/argon2 1.1.1 and go-crypt/crypt 0.14.15, crates argon2 0.5.3 and rust-argon2 3.0.0: the hashes of npm's argon2 are unreadable for five of eight others.
#
# Guess: a hash in the text form that all share, "$argon2id$v=19$m=19456,t=2,p=1$...", brings what it takes to verify a password:
#        whoever moves the users of one system to another takes their hashes along. What a library does not support,
#        such as the older version 16, is an error, by which one sees that it is not the user's mistake.
# Seen:  npm's argon2 writes "m=19456,p=1,t=2", with p before t, and five of the others, which read by place, fail: both in
#        Python, two in Go, one in Rust. Where a hash has no "v=", which means version 16 in Argon2's own code, Rust's argon2
#        says that the password is wrong, and so does matthewhartstonge's of hashes of version 16 and of argon2d, without
#        an error. A salt of 64 bytes is too long in Rust.
#
# Needs cargo, go, node with npm, and python3 with venv.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
quietly npm install argon2@0.45.1 @node-rs/argon2@2.2.1
quietly python3 -m venv python
quietly python/bin/pip install argon2-cffi==25.1.0 passlib==1.7.4
go_program verify github.com/alexedwards/argon2id@v1.0.0 github.com/matthewhartstonge/argon2@v1.1.1 github.com/go-crypt/crypt@v0.14.15 <<'GO'
package main

import (
	"bufio"
	"fmt"
	"os"

	"github.com/alexedwards/argon2id"
	"github.com/go-crypt/crypt"
	"github.com/matthewhartstonge/argon2"
)

func show(name string, right bool, err error) {
	result := "wrong password"
	if err != nil {
		result = "error"
	} else if right {
		result = "right"
	}
	fmt.Printf(", %s %s", name, result)
}

func main() {
	hashes, _ := os.Open("hashes")
	for lines := bufio.NewScanner(hashes); lines.Scan(); {
		right, err := argon2id.ComparePasswordAndHash("correct horse", lines.Text())
		show("alexedwards", right, err)
		right, err = argon2.VerifyEncoded([]byte("correct horse"), lines.Bytes())
		show("matthewhartstonge", right, err)
		right, err = crypt.CheckPassword("correct horse", lines.Text())
		show("go-crypt", right, err)
		fmt.Println()
	}
}
GO
crate argon2=0.5.3 rust-argon2=3.0.0 <<'RUST'
use argon2::password_hash::{Error, PasswordHash, PasswordVerifier};

fn main() {
    for hash in std::fs::read_to_string("hashes").unwrap().lines() {
        let verified = PasswordHash::new(hash).and_then(|hash| argon2::Argon2::default().verify_password(b"correct horse", &hash));
        let one = match verified {
            Ok(()) => "right",
            Err(Error::Password) => "wrong password",
            Err(_) => "error",
        };
        let other = match other::verify_encoded(hash, b"correct horse") {
            Ok(true) => "right",
            Ok(false) => "wrong password",
            Err(_) => "error",
        };
        println!(", Rust's argon2 {one}, rust-argon2 {other}");
    }
}
RUST
sed -i 's/^rust-argon2 = \(.*\)/other = { package = "rust-argon2", version = \1 }/' Cargo.toml
quietly cargo build --quiet
cat >make.py <<'PYTHON'
import base64, json
from argon2.low_level import Type, hash_secret_raw

def base64text(data):
    return base64.b64encode(data).rstrip(b"=").decode()

def hash(kind, version, written, salt=b"0123456789abcdef"):
    raw = hash_secret_raw(b"correct horse", salt, 2, 19456, 1, 32, kind, version)
    return f"{written}$m=19456,t=2,p=1${base64text(salt)}${base64text(raw)}"

print(hash(Type.ID, 19, "$argon2id$v=19"))
print(hash(Type.ID, 16, "$argon2id$v=16"))
print(hash(Type.ID, 16, "$argon2id"))
print(hash(Type.D, 19, "$argon2d$v=19"))
print(hash(Type.ID, 19, "$argon2id$v=19", b"x" * 64))
PYTHON
python/bin/python make.py >hashes
node -e '
const options = { salt: Buffer.from("0123456789abcdef"), memoryCost: 19456, timeCost: 2, parallelism: 1 }
require("argon2").hash("correct horse", options).then(hash => console.log(hash))' >>hashes
cat >verify.py <<'PYTHON'
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from passlib.hash import argon2

def show(verify):
    try:
        return "right" if verify() else "wrong password"
    except VerifyMismatchError:
        return "wrong password"
    except Exception:
        return "error"

for hash in open("hashes"):
    hash = hash.strip()
    print(f"  argon2-cffi {show(lambda: PasswordHasher().verify(hash, 'correct horse'))}, passlib {show(lambda: argon2.verify('correct horse', hash))}")
PYTHON
cat >verify.js <<'JS'
const libraries = { "npm argon2": require("argon2"), "node-rs": require("@node-rs/argon2") }
async function main() {
  for (const hash of require("fs").readFileSync("hashes", "utf8").trim().split("\n")) {
    let line = ""
    for (const [name, { verify }] of Object.entries(libraries)) {
      const result = await verify(hash, "correct horse").then(right => right ? "right" : "wrong password", () => "error")
      line += `, ${name} ${result}`
    }
    console.log(line)
  }
}
main()
JS
expect "$(paste -d'\0' <(sed 's/\$[^$=]*\$[^$]*$/:/' hashes) \
  <(python/bin/python -W ignore verify.py) <(node verify.js) <(./verify) <(target/debug/finding))" <<'WANTED'
$argon2id$v=19$m=19456,t=2,p=1:  argon2-cffi right, passlib right, npm argon2 right, node-rs right, alexedwards right, matthewhartstonge right, go-crypt right, Rust's argon2 right, rust-argon2 right
$argon2id$v=16$m=19456,t=2,p=1:  argon2-cffi right, passlib right, npm argon2 right, node-rs right, alexedwards error, matthewhartstonge wrong password, go-crypt error, Rust's argon2 right, rust-argon2 right
$argon2id$m=19456,t=2,p=1:  argon2-cffi right, passlib right, npm argon2 right, node-rs right, alexedwards error, matthewhartstonge error, go-crypt error, Rust's argon2 wrong password, rust-argon2 right
$argon2d$v=19$m=19456,t=2,p=1:  argon2-cffi right, passlib right, npm argon2 right, node-rs right, alexedwards error, matthewhartstonge wrong password, go-crypt right, Rust's argon2 right, rust-argon2 right
$argon2id$v=19$m=19456,t=2,p=1:  argon2-cffi right, passlib right, npm argon2 right, node-rs right, alexedwards right, matthewhartstonge right, go-crypt right, Rust's argon2 error, rust-argon2 right
$argon2id$v=19$m=19456,p=1,t=2:  argon2-cffi error, passlib error, npm argon2 right, node-rs right, alexedwards error, matthewhartstonge error, go-crypt right, Rust's argon2 right, rust-argon2 error
WANTED
