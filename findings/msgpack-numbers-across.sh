#!/usr/bin/env bash
# npm notepack.io 3.0.1, msgpackr 2.1.4, msgpack-lite 0.2.2 and @msgpack/msgpack 3.1.3, PyPI msgpack 1.2.4 and msgspec 0.23.0, Go vmihailenco/msgpack/v5 5.4.1: 1e300 is written as 0, and a moment in milliseconds is no integer.
#
# Guess: a number of JavaScript is written as an integer where it is one that JavaScript counts exactly, and as a floating-point
#        number otherwise, so that every reader gets the same number.
# Seen:  notepack.io writes each number without a fraction as an integer, and keeps its lowest 64 bits: 2 to the 64 and
#        1e300 are 0, and 1e20 is another number. msgpackr and msgpack-lite write integers from 2 to the 32 on as floating-point
#        numbers, so that the milliseconds of a moment, or the size of a large file, are 1700000000000.0 in Python, and an
#        error for readers who expect an integer, msgspec and Go; 4294967295 is none. Go reads 2 to the 63 into an int64
#        without an error: it is the smallest one.
#
# Needs go, node with npm, and python3 with venv.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
quietly npm install msgpackr@2.1.4 notepack.io@3.0.1 @msgpack/msgpack@3.1.3 msgpack-lite@0.2.2
quietly python3 -m venv python
quietly python/bin/pip install msgpack==1.2.4 msgspec==0.23.0
go_program in_go github.com/vmihailenco/msgpack/v5@v5.4.1 <<'GO'
package main

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"os"
	"strings"

	"github.com/vmihailenco/msgpack/v5"
)

func main() {
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		text := lines.Text()
		bytes, _ := hex.DecodeString(text[strings.LastIndex(text, " ")+1:])
		var number int64
		shown := "error"
		if msgpack.Unmarshal(bytes, &number) == nil {
			shown = fmt.Sprint(number)
		}
		fmt.Printf("%s, Go's int64 %s\n", text, shown)
	}
}
GO
cat >write.mjs <<'JS'
import { pack } from "msgpackr"
import notepack from "notepack.io"
import { encode } from "@msgpack/msgpack"
import lite from "msgpack-lite"
const libraries = { "notepack.io": notepack.encode, msgpackr: pack, "msgpack-lite": lite.encode, "@msgpack/msgpack": encode }
for (const value of [4294967295, 4294967296, 1.7e12, 2 ** 63, 2 ** 64, 1e20, 1e300]) {
  for (const [library, write] of Object.entries(libraries)) console.log(value, library, Buffer.from(write(value)).toString("hex"))
}
JS
cat >read.py <<'PYTHON'
import msgpack, msgspec, sys
for line in sys.stdin:
    text, _, rest = line.strip().partition(", ")
    packed = bytes.fromhex(text.split()[-1])
    try:
        number = msgspec.msgpack.decode(packed, type=int)
    except msgspec.ValidationError:
        number = "error"
    print(f"{text}: Python {msgpack.unpackb(packed)}, msgspec's int {number}, {rest}")
PYTHON
expect "$(node write.mjs | ./in_go | python/bin/python read.py)" <<'WANTED'
4294967295 notepack.io ceffffffff: Python 4294967295, msgspec's int 4294967295, Go's int64 4294967295
4294967295 msgpackr ceffffffff: Python 4294967295, msgspec's int 4294967295, Go's int64 4294967295
4294967295 msgpack-lite ceffffffff: Python 4294967295, msgspec's int 4294967295, Go's int64 4294967295
4294967295 @msgpack/msgpack ceffffffff: Python 4294967295, msgspec's int 4294967295, Go's int64 4294967295
4294967296 notepack.io cf0000000100000000: Python 4294967296, msgspec's int 4294967296, Go's int64 4294967296
4294967296 msgpackr cb41f0000000000000: Python 4294967296.0, msgspec's int error, Go's int64 error
4294967296 msgpack-lite cb41f0000000000000: Python 4294967296.0, msgspec's int error, Go's int64 error
4294967296 @msgpack/msgpack cf0000000100000000: Python 4294967296, msgspec's int 4294967296, Go's int64 4294967296
1700000000000 notepack.io cf0000018bcfe56800: Python 1700000000000, msgspec's int 1700000000000, Go's int64 1700000000000
1700000000000 msgpackr cb4278bcfe56800000: Python 1700000000000.0, msgspec's int error, Go's int64 error
1700000000000 msgpack-lite cb4278bcfe56800000: Python 1700000000000.0, msgspec's int error, Go's int64 error
1700000000000 @msgpack/msgpack cf0000018bcfe56800: Python 1700000000000, msgspec's int 1700000000000, Go's int64 1700000000000
9223372036854776000 notepack.io cf8000000000000000: Python 9223372036854775808, msgspec's int 9223372036854775808, Go's int64 -9223372036854775808
9223372036854776000 msgpackr cb43e0000000000000: Python 9.223372036854776e+18, msgspec's int error, Go's int64 error
9223372036854776000 msgpack-lite cb43e0000000000000: Python 9.223372036854776e+18, msgspec's int error, Go's int64 error
9223372036854776000 @msgpack/msgpack cb43e0000000000000: Python 9.223372036854776e+18, msgspec's int error, Go's int64 error
18446744073709552000 notepack.io cf0000000000000000: Python 0, msgspec's int 0, Go's int64 0
18446744073709552000 msgpackr cb43f0000000000000: Python 1.8446744073709552e+19, msgspec's int error, Go's int64 error
18446744073709552000 msgpack-lite cb43f0000000000000: Python 1.8446744073709552e+19, msgspec's int error, Go's int64 error
18446744073709552000 @msgpack/msgpack cb43f0000000000000: Python 1.8446744073709552e+19, msgspec's int error, Go's int64 error
100000000000000000000 notepack.io cf6bc75e2d63100000: Python 7766279631452241920, msgspec's int 7766279631452241920, Go's int64 7766279631452241920
100000000000000000000 msgpackr cb4415af1d78b58c40: Python 1e+20, msgspec's int error, Go's int64 error
100000000000000000000 msgpack-lite cb4415af1d78b58c40: Python 1e+20, msgspec's int error, Go's int64 error
100000000000000000000 @msgpack/msgpack cb4415af1d78b58c40: Python 1e+20, msgspec's int error, Go's int64 error
1e+300 notepack.io cf0000000000000000: Python 0, msgspec's int 0, Go's int64 0
1e+300 msgpackr cb7e37e43c8800759c: Python 1e+300, msgspec's int error, Go's int64 error
1e+300 msgpack-lite cb7e37e43c8800759c: Python 1e+300, msgspec's int error, Go's int64 error
1e+300 @msgpack/msgpack cb7e37e43c8800759c: Python 1e+300, msgspec's int error, Go's int64 error
WANTED
