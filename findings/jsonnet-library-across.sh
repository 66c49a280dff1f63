#!/usr/bin/env bash
# Go module github.com/google/go-jsonnet 0.21.0, PyPI jsonnet 0.22.0 and rjsonnet 0.5.6: one program reads YAML in three ways.
#
# Guess: the standard library is specified, and much of it is written in Jsonnet itself. Differences between implementations
#        are in speed and in the texts of errors; what reads YAML in one reads the same in the others.
# Seen:  `yes` is true in one and a text in two, `010` is 8 or "010", and `~` is null or "~". A text with an accent has two
#        encodings in Base64, and one of them is not UTF-8. -0.5 rounds to -1 or 0, and YAML that one of them writes is
#        numbers to another.
#
# Needs go and python3 with venv.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
expect "$(jsonnets <<'JSONNET'
std.parseYaml("[yes, 010, 0x1F, ~, 1_000, True]")
std.base64("é")
std.base64Decode("w6k=")
[std.round(number) for number in [-0.5, 0.49999999999999994]]
std.equalsIgnoreCase("É", "é")
std.manifestYamlDoc({a: "1_000", b: "0o7", c: "010"}, quote_keys=false)
std.strReplace("abc", "", "-")
std.parseInt("+1")
JSONNET
)" <<'WANTED'
std.parseYaml("[yes, 010, 0x1F, ~, 1_000, True]")
 Go [ true, 8, 31, null, 1000, true ]
 C++ [ "yes", "010", "0x1F", "~", "1_000", "True" ]
 Rust [ "yes", 8, 31, null, "1_000", "True" ]
std.base64("é")
 Go "w6k="
 C++ "6Q=="
 Rust "w6k="
std.base64Decode("w6k=")
 Go "é"
 C++ "Ã©"
 Rust "é"
[std.round(number) for number in [-0.5, 0.49999999999999994]]
 Go [ -1, 0 ]
 C++ [ 0, 1 ]
 Rust [ -1, 0 ]
std.equalsIgnoreCase("É", "é")
 Go true
 C++ false
 Rust false
std.manifestYamlDoc({a: "1_000", b: "0o7", c: "010"}, quote_keys=false)
 Go "a: \"1_000\"\nb: \"0o7\"\nc: \"010\""
 C++ "a: \"1_000\"\nb: \"0o7\"\nc: \"010\""
 Rust "a: 1_000\nb: 0o7\nc: \"010\""
std.strReplace("abc", "", "-")
 Go error
 C++ error
 Rust "-a-b-c-"
std.parseInt("+1")
 Go 1
 C++ error
 Rust error
WANTED
