#!/usr/bin/env bash
# npm jose 6.2.18 and node-jose 2.2.0, PyPI joserfc 1.8.0 and jwcrypto 1.6.1, Go go-jose/v4 4.1.9 and lestrrat-go/jwx/v3 3.4.0: jose encrypts with a password and 210000 rounds, and does not decrypt that again.
#
# Guess: the number of rounds of PBES2 stands in the JWE's header for the reader (RFC 7518), so that a JWE with 210000 rounds,
#        what OWASP advises for SHA-512, or 600000 is read by every library that has the algorithm, and for certain by the
#        one that wrote it. If there is a limit, it is far above what is advised, and the error says what it is.
# Seen:  jose and jwx read up to 10000 rounds, jwcrypto up to 16384, joserfc up to 300000, go-jose up to 1000000, and
#        node-jose any number. jose and go-jose write more than they read. go-jose speaks of an "error in cryptographic
#        primitive", as for a wrong password. Data that is encrypted again with the rounds of today is lost for half of
#        them, until the reader is told a larger limit, if it can be told.
#
# Needs go, node with npm, and python3 with venv.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
go_program decrypt github.com/go-jose/go-jose/v4@v4.1.9 github.com/lestrrat-go/jwx/v3@v3.4.0 <<'GO'
package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"github.com/go-jose/go-jose/v4"
	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwe"
)

var password = []byte("only for this run 0123456789abcd")

func goJose(text string) error {
	parsed, err := jose.ParseEncrypted(text, []jose.KeyAlgorithm{jose.PBES2_HS512_A256KW}, []jose.ContentEncryption{jose.A256GCM})
	if err == nil {
		_, err = parsed.Decrypt(password)
	}
	return err
}

func main() {
	texts, _ := os.Open("texts")
	for lines := bufio.NewScanner(texts); lines.Scan(); {
		rounds, text, _ := strings.Cut(lines.Text(), "\t")
		fmt.Printf("%s: ", rounds)
		if err := goJose(text); err != nil {
			fmt.Printf("go-jose %s, ", err)
		} else {
			fmt.Print("go-jose reads it, ")
		}
		if _, err := jwe.Decrypt([]byte(text), jwe.WithKey(jwa.PBES2_HS512_A256KW(), password)); err != nil {
			_, reason, _ := strings.Cut(err.Error(), "(last error = ")
			fmt.Printf("jwx %s\n", strings.Split(reason, " (")[0])
		} else {
			fmt.Println("jwx reads it")
		}
	}
	own, _ := jose.NewEncrypter(jose.A256GCM, jose.Recipient{Algorithm: jose.PBES2_HS512_A256KW, Key: password, PBES2Count: 1200000}, nil)
	encrypted, err := own.Encrypt([]byte("text"))
	if err != nil {
		panic(err)
	}
	text, _ := encrypted.CompactSerialize()
	fmt.Println("what go-jose writes itself with 1200000 rounds:", goJose(text))
}
GO
quietly npm install jose@6.2.18 node-jose@2.2.0
quietly python3 -m venv python
quietly python/bin/pip install joserfc==1.8.0 jwcrypto==1.6.1
cat >make.mjs <<'JS'
import { writeFileSync } from "fs"
import { CompactEncrypt, compactDecrypt } from "jose"
import nodeJose from "node-jose"
const password = Buffer.from("only for this run 0123456789abcd")
const alg = "PBES2-HS512+A256KW"
const key = await nodeJose.JWK.asKey({ kty: "oct", k: password.toString("base64url") })
let texts = ""
for (const rounds of [10000, 16384, 210000, 600000, 1200000]) {
  const text = await new CompactEncrypt(Buffer.from("text")).setProtectedHeader({ alg, enc: "A256GCM" })
    .setKeyManagementParameters({ p2c: rounds }).encrypt(password)
  texts += `${rounds}\t${text}\n`
  const read = async decrypt => { try { await decrypt(); return "reads it" } catch (error) { return error.message } }
  const own = await read(() => compactDecrypt(text, password, { keyManagementAlgorithms: [alg] }))
  console.log(`${rounds}: jose ${own}, node-jose ${await read(() => nodeJose.JWE.createDecrypt(key, { algorithms: [alg, "A256GCM"] }).decrypt(text))}`)
}
writeFileSync("texts", texts)
JS
cat >read.py <<'PYTHON'
import base64
from joserfc import jwe, jwk
from jwcrypto import jwe as cryptojwe, jwk as cryptojwk

PASSWORD = b"only for this run 0123456789abcd"
ALGORITHMS = ["PBES2-HS512+A256KW", "A256GCM"]
key = cryptojwk.JWK(kty="oct", k=base64.urlsafe_b64encode(PASSWORD).rstrip(b"=").decode())

def read(decrypt):
    try:
        decrypt()
        return "reads it"
    except Exception as error:
        return str(error)

for line in open("texts"):
    rounds, text = line.strip().split("\t")
    one = read(lambda: jwe.decrypt_compact(text, jwk.OctKey.import_key(PASSWORD), algorithms=ALGORITHMS))
    other = read(lambda: cryptojwe.JWE(algs=ALGORITHMS).deserialize(text, key))
    print(f"{rounds}: joserfc {one}, jwcrypto {other}")
PYTHON
node make.mjs >by-node
python/bin/python -W ignore read.py >by-python
expect "$(cat by-node by-python; ./decrypt)" <<'WANTED'
10000: jose reads it, node-jose reads it
16384: jose JOSE Header "p2c" (PBES2 Count) out is of acceptable bounds, node-jose reads it
210000: jose JOSE Header "p2c" (PBES2 Count) out is of acceptable bounds, node-jose reads it
600000: jose JOSE Header "p2c" (PBES2 Count) out is of acceptable bounds, node-jose reads it
1200000: jose JOSE Header "p2c" (PBES2 Count) out is of acceptable bounds, node-jose reads it
10000: joserfc reads it, jwcrypto reads it
16384: joserfc reads it, jwcrypto reads it
210000: joserfc reads it, jwcrypto No recipient matched the provided key["Failed: [ValueError('Invalid p2c value, too large')]"]
600000: joserfc invalid_header_value: 'p2c' in header must be less than 300000, jwcrypto No recipient matched the provided key["Failed: [ValueError('Invalid p2c value, too large')]"]
1200000: joserfc invalid_header_value: 'p2c' in header must be less than 300000, jwcrypto No recipient matched the provided key["Failed: [ValueError('Invalid p2c value, too large')]"]
10000: go-jose reads it, jwx reads it
16384: go-jose reads it, jwx invalid 'p2c' value: 16384 exceeds WithMaxPBES2Count=10000
210000: go-jose reads it, jwx invalid 'p2c' value: 210000 exceeds WithMaxPBES2Count=10000
600000: go-jose reads it, jwx invalid 'p2c' value: 600000 exceeds WithMaxPBES2Count=10000
1200000: go-jose go-jose/go-jose: error in cryptographic primitive, jwx invalid 'p2c' value: 1200000 exceeds WithMaxPBES2Count=10000
what go-jose writes itself with 1200000 rounds: go-jose/go-jose: error in cryptographic primitive
WANTED
