#!/usr/bin/env bash
# Go module github.com/google/go-jsonnet 0.21.0, PyPI jsonnet 0.22.0 and rjsonnet 0.5.6: 19.99 is 19.989999999999998.
#
# Guess: Jsonnet's numbers are doubles, and are written as everybody writes doubles: with the fewest digits that read back.
#        Formats do what C's and Python's do. Where it matters, the implementations agree: the language is specified.
# Seen:  two of them write 17 digits, in the JSON, in texts and in `%s`, and std.manifestJson writes the short form again.
#        `%.3g` of a small number is "0" in all three. `%.0f` rounds up in two, down in the third, which makes "-1.-1" of
#        `%.1f` with -0.05, and of `%d` with -1.5 another number. Kratos builds requests and identities with the first.
#
# Needs go and python3 with venv.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
expect "$(jsonnets <<'JSONNET'
19.99
"price: " + 19.99
std.manifestJsonMinified(19.99)
"%s, %g" % [19.99, 19.99]
"%.3g" % 0.00012345
["%.0f" % number for number in [0.5, 1.5, 2.5]]
"%.2f" % 2.675
"%.1f" % -0.05
"%d" % -1.5
1e-7
JSONNET
)" <<'WANTED'
19.99
 Go 19.989999999999998
 C++ 19.989999999999998
 Rust 19.99
"price: " + 19.99
 Go "price: 19.989999999999998"
 C++ "price: 19.989999999999998"
 Rust "price: 19.99"
std.manifestJsonMinified(19.99)
 Go "19.99"
 C++ "19.989999999999998"
 Rust "19.99"
"%s, %g" % [19.99, 19.99]
 Go "19.989999999999998, 19.99"
 C++ "19.989999999999998, 19.99"
 Rust "19.99, 19.99"
"%.3g" % 0.00012345
 Go "0"
 C++ "0"
 Rust "0"
["%.0f" % number for number in [0.5, 1.5, 2.5]]
 Go [ "1", "2", "3" ]
 C++ [ "1", "2", "3" ]
 Rust [ "0", "1", "2" ]
"%.2f" % 2.675
 Go "2.68"
 C++ "2.68"
 Rust "2.67"
"%.1f" % -0.05
 Go "-0.1"
 C++ "-0.1"
 Rust "-1.-1"
"%d" % -1.5
 Go "-1"
 C++ "-1"
 Rust "-2"
1e-7
 Go 9.9999999999999995e-08
 C++ 9.9999999999999995e-08
 Rust 0.0000001
WANTED
