#!/usr/bin/env bash
# Go google.golang.org/protobuf 1.36.11, PyPI protobuf 7.36.2, npm @bufbuild/protobuf 2.17.0: a finished operation without a result, written as JSON by Go, is an error in Python and Node.
#
# Guess: the JSON of protobuf's own types is the one thing of it that is specified to the letter, and all of them pass one suite of
#        tests: what one writes, the others read, to the same bytes.
# Seen:  an Any that holds Empty, as in every long-running operation that returns nothing, has a "value" in Go, which is an error
#        for the others; what they write, Go reads. The field mask "*", which by Google's rules of design updates
#        everything, is neither written nor read by Go. The largest number of 32 bits is written by Go and Python alike, and is too
#        large when Python reads it. Minus zero is 0 when Node writes it, and Python reads Go's "-0" as 0. A type's address of one's own is
#        Google's after Node has read it.
#
# Needs go, node with npm, and python3 with venv.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
quietly npm install @bufbuild/protobuf@2.17.0
quietly python3 -m venv python
quietly python/bin/pip install protobuf==7.36.2
# Each writes JSON for a type and bytes, or bytes for a type and JSON.
go_program in_go google.golang.org/protobuf@v1.36.11 <<'GO'
package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	_ "google.golang.org/protobuf/types/known/anypb"
	_ "google.golang.org/protobuf/types/known/emptypb"
	_ "google.golang.org/protobuf/types/known/fieldmaskpb"
	_ "google.golang.org/protobuf/types/known/structpb"
	_ "google.golang.org/protobuf/types/known/wrapperspb"
)

func main() {
	kind, _ := protoregistry.GlobalTypes.FindMessageByName(protoreflect.FullName("google.protobuf." + os.Args[2]))
	message := kind.New().Interface()
	if os.Args[1] == "write" {
		wire, _ := hex.DecodeString(os.Args[3])
		_ = proto.Unmarshal(wire, message)
		text, err := protojson.Marshal(message)
		var compact bytes.Buffer
		if err != nil || json.Compact(&compact, text) != nil {
			fmt.Print("error")
		} else {
			fmt.Print(compact.String())
		}
	} else if protojson.Unmarshal([]byte(os.Args[3]), message) != nil {
		fmt.Print("error")
	} else {
		wire, _ := proto.Marshal(message)
		fmt.Printf("%x", wire)
	}
}
GO
cat >in_node.mjs <<'JS'
import { createRegistry, fromBinary, fromJsonString, toBinary, toJsonString } from "@bufbuild/protobuf"
import * as types from "@bufbuild/protobuf/wkt"
const [way, name, text] = process.argv.slice(2)
const kind = types[name + "Schema"], options = { registry: createRegistry(types.EmptySchema, types.Int32ValueSchema) }
try {
  process.stdout.write(way === "write" ? toJsonString(kind, fromBinary(kind, Buffer.from(text, "hex")), options)
    : Buffer.from(toBinary(kind, fromJsonString(kind, text, options))).toString("hex"))
} catch {
  process.stdout.write("error")
}
JS
cat >in_python.py <<'PYTHON'
import sys
from google.protobuf import any_pb2, empty_pb2, field_mask_pb2, json_format, struct_pb2, wrappers_pb2

way, name, text = sys.argv[1:]
message = next(getattr(file, name) for file in (any_pb2, field_mask_pb2, struct_pb2, wrappers_pb2) if hasattr(file, name))()
try:
    if way == "write":
        message.ParseFromString(bytes.fromhex(text))
        print(json_format.MessageToJson(message, indent=None).replace('": ', '":').replace(", ", ","), end="")
    else:
        print(json_format.Parse(text, message).SerializeToString(deterministic=True).hex(), end="")
except Exception:
    print("error", end="")
PYTHON
in_language() {
  case $1 in
    Go) ./in_go "${@:2}" ;;
    Node) node in_node.mjs "${@:2}" ;;
    Python) python/bin/python in_python.py "${@:2}" ;;
  esac
}
any() { printf '0a%02x%s%s' ${#1} "$(printf %s "$1" | od -An -tx1 | tr -d ' \n')" "$2"; }
expect "$(while read -r kind bytes what; do
  for writer in Go Node Python; do
    text=$(in_language $writer write "$kind" "$bytes")
    printf '%s, %s: %s' "$what" $writer "$text"
    [[ $text = error ]] || for reader in Go Node Python; do
      read=$(in_language $reader read "$kind" "$text")
      case $read in
        "$bytes") ;;
        error) printf '; an error in %s' $reader ;;
        *) printf '; other bytes in %s' $reader ;;
      esac
    done
    echo
  done
done <<TYPES
Any $(any type.googleapis.com/google.protobuf.Empty '') nothing
Any $(any example.com/google.protobuf.Int32Value 12020801) own address
FieldMask 0a012a everything
FieldMask 0a0a6e616d652e6669727374 one field
FloatValue 0dffff7f7f largest float
DoubleValue 090000000000000080 minus zero
Int64Value 08ffffffffffffffff7f largest integer
TYPES
)" <<'WANTED'
nothing, Go: {"@type":"type.googleapis.com/google.protobuf.Empty","value":{}}; an error in Node; an error in Python
nothing, Node: {"@type":"type.googleapis.com/google.protobuf.Empty"}
nothing, Python: {"@type":"type.googleapis.com/google.protobuf.Empty"}
own address, Go: {"@type":"example.com/google.protobuf.Int32Value","value":1}; other bytes in Node
own address, Node: {"value":1,"@type":"example.com/google.protobuf.Int32Value"}; other bytes in Node
own address, Python: {"@type":"example.com/google.protobuf.Int32Value","value":1}; other bytes in Node
everything, Go: error
everything, Node: "*"; an error in Go
everything, Python: "*"; an error in Go
one field, Go: "name.first"
one field, Node: "name.first"
one field, Python: "name.first"
largest float, Go: 3.4028235e+38; an error in Python
largest float, Node: 3.4028234663852886e+38
largest float, Python: 3.4028235e+38; an error in Python
minus zero, Go: -0; other bytes in Python
minus zero, Node: 0; other bytes in Go; other bytes in Node; other bytes in Python
minus zero, Python: -0.0
largest integer, Go: "9223372036854775807"
largest integer, Node: "9223372036854775807"
largest integer, Python: "9223372036854775807"
WANTED
