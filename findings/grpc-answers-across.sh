#!/usr/bin/env bash
# npm @grpc/grpc-js 1.14.7, PyPI grpcio 1.85.3, Go google.golang.org/grpc 1.85.0: an early hint before the answer is a failure in Python, and so is a refusal that explains itself.
#
# Guess: what a proxy may do to a call, the clients have seen: an informational answer (103, 100) before the real one is passed
#        over, a status in the trailers counts for more than the HTTP status, and two binary values that were joined
#        by a comma are split, as the protocol's description demands in capitals.
# Seen:  for Python a 103 is the end of the call, UNKNOWN, although the answer follows. When a refused call has HTTP 413 and the
#        status RESOURCE_EXHAUSTED in its trailers, Python knows only the former, also UNKNOWN. Joined values turn
#        NOT_FOUND into INTERNAL in Go and Python, without the message; Node splits them. When the method is
#        a stream by now, and it is empty, the result in Python is None, without an error; the others have two errors for it.
#
# Needs go, node with npm, and python3 with venv.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
quietly npm install @grpc/grpc-js@1.14.7
quietly python3 -m venv python
quietly python/bin/pip install grpcio==1.85.3
cat >server.mjs <<'JS'
import http2 from "http2"
const text = Buffer.from("\0\0\0\0\x03\n\x01a")
const head = { ":status": 200, "content-type": "application/grpc" }
// Headers, the message if there is one, and trailers.
const answer = (stream, headers, message, trailers) => {
  stream.respond({ ...head, ...headers }, { waitForTrailers: true })
  stream.on("wantTrailers", () => stream.sendTrailers(trailers))
  stream.end(message)
}
const answers = {
  plain: (stream) => answer(stream, {}, text, { "grpc-status": "0" }),
  "103-first": (stream) => {
    stream.additionalHeaders({ ":status": 103, link: "</help>; rel=help" })
    answer(stream, {}, text, { "grpc-status": "0" })
  },
  "413-with-status": (stream) => answer(stream, { ":status": 413 }, undefined, { "grpc-status": "8", "grpc-message": "too long" }),
  "two-binary": (stream) => answer(stream, {}, undefined, { "grpc-status": "5", "grpc-message": "not here", "my-bin": ["AQI=", "AwQ="] }),
  "joined-binary": (stream) => answer(stream, {}, undefined, { "grpc-status": "5", "grpc-message": "not here", "my-bin": "AQI=,AwQ=" }),
  "empty-stream": (stream) => answer(stream, {}, undefined, { "grpc-status": "0" }),
}
const server = http2.createServer().on("stream", (stream, headers) => {
  stream.on("error", () => {}).resume().on("end", () => answers[headers[":path"].split("/").pop()](stream))
})
server.listen(0, "127.0.0.1", () => console.log(server.address().port))
JS
go_program client_in_go google.golang.org/grpc@v1.85.0 <<'GO'
package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

func main() {
	connection, _ := grpc.NewClient("127.0.0.1:"+os.Args[1], grpc.WithTransportCredentials(insecure.NewCredentials()))
	for _, name := range os.Args[2:] {
		var result wrapperspb.StringValue
		var trailer metadata.MD
		err := connection.Invoke(context.Background(), "/finding.Finding/"+name, &emptypb.Empty{}, &result, grpc.Trailer(&trailer))
		code, _, _ := strings.Cut(status.Convert(err).Message(), ":")
		if status.Code(err) == codes.OK {
			code = result.Value
		}
		fmt.Printf("%s: %d %s %x\n", name, status.Code(err), code, trailer.Get("my-bin"))
	}
}
GO
cat >client.mjs <<'JS'
import grpc from "@grpc/grpc-js"
const [port, ...names] = process.argv.slice(2)
const client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure())
for (const name of names) {
  let result
  await new Promise((done) => client.makeUnaryRequest(`/finding.Finding/${name}`, (x) => x, (bytes) => bytes.subarray(2).toString(),
    Buffer.from(""), (error, value) => { result = error ? `${error.code} ${error.details}` : `0 ${value}` }).on("status", ({ metadata }) => {
    console.log(`${name}: ${result} [${metadata.get("my-bin").map((value) => value.toString("hex")).join(" ")}]`)
    done()
  }))
}
client.close()
JS
cat >client.py <<'PYTHON'
import grpc, sys

channel = grpc.insecure_channel("127.0.0.1:" + sys.argv[1])
for name in sys.argv[2:]:
    call = channel.unary_unary("/finding.Finding/" + name, response_deserializer=lambda message: message[2:].decode())
    try:
        result, end = call.with_call(b"")
        shown = f"0 {result}"
    except grpc.RpcError as error:
        end, shown = error, f"{error.code().value[0]} {error.details().split(':')[0]}"
    print(f"{name}: {shown} [{' '.join(value.hex() for key, value in end.trailing_metadata() if key == 'my-bin')}]")
PYTHON
node server.mjs >port &
_server=$!
for _ in {1..100}; do [[ -s port ]] && break; sleep 0.1; done
expect "$(for name in plain 103-first 413-with-status two-binary joined-binary empty-stream; do
  ./client_in_go "$(<port)" $name | sed 's/^/Go, /'
  node client.mjs "$(<port)" $name | sed 's/^/Node, /'
  python/bin/python client.py "$(<port)" $name 2>log | sed 's/^/Python, /'
done
_stop || true)" <<'WANTED'
Go, plain: 0 a []
Node, plain: 0 a []
Python, plain: 0 a []
Go, 103-first: 0 a []
Node, 103-first: 0 a []
Python, 103-first: 2 Received http2 header with status []
Go, 413-with-status: 8 too long []
Node, 413-with-status: 8 too long []
Python, 413-with-status: 2 Received http2 header with status []
Go, two-binary: 5 not here [0102 0304]
Node, two-binary: 5 not here [0102 0304]
Python, two-binary: 5 not here [0102 0304]
Go, joined-binary: 13 transport []
Node, joined-binary: 5 not here [0102 0304]
Python, joined-binary: 13 Stream removed (Error parsing 'my-bin' metadata []
Go, empty-stream: 13 cardinality violation []
Node, empty-stream: 12 No message received []
Python, empty-stream: 0 None []
WANTED
