#!/usr/bin/env bash
# npm @grpc/grpc-js 1.14.7, PyPI grpcio 1.85.3, Go google.golang.org/grpc 1.85.0: an error whose message ends with a space has no message in Node.
#
# Guess: a status message is any text, since it is percent-encoded on its way. Metadata that a client may send comes as it
#        was sent, or without spaces around it, which the specification allows; two values of one name stay two, since each
#        library has a call for all values of a name.
# Seen:  a client in Node gets an empty message for "timed out: " from a server in Go or Python, which do not encode the space,
#        and the message from a server in Node, which does. A server in Node gets no metadata at all, not even the
#        name, where a value begins or ends with a space, and one value "a, b" where "a" and "b" were sent. All of it is
#        without an error. Binary metadata stays two.
#
# Needs go, node with npm, and python3 with venv.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
quietly npm install @grpc/grpc-js@1.14.7
quietly python3 -m venv python
quietly python/bin/pip install grpcio==1.85.3
# Each server answers NOT_FOUND with the metadata in question, or with the message in question if there is none.
go_program in_go google.golang.org/grpc@v1.85.0 <<'GO'
package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
)

func answer(_ any, stream grpc.ServerStream) error {
	found, _ := metadata.FromIncomingContext(stream.Context())
	message := ""
	for _, value := range append(found.Get("my-name"), found.Get("my-bin")...) {
		message += "[" + value + "]"
	}
	if len(found.Get("plain")) == 0 {
		message = "timed out: "
	}
	return status.Error(codes.NotFound, message)
}

func main() {
	if len(os.Args) == 1 {
		listener, _ := net.Listen("tcp", "127.0.0.1:0")
		fmt.Println(listener.Addr().(*net.TCPAddr).Port)
		panic(grpc.NewServer(grpc.UnknownServiceHandler(answer)).Serve(listener))
	}
	connection, _ := grpc.NewClient("127.0.0.1:"+os.Args[1], grpc.WithTransportCredentials(insecure.NewCredentials()))
	for _, line := range os.Args[2:] {
		ctx := metadata.AppendToOutgoingContext(context.Background(), strings.Split(line, "=")...)
		err := connection.Invoke(ctx, "/finding.Finding/Call", &emptypb.Empty{}, &emptypb.Empty{})
		fmt.Printf("%s: \"%s\"\n", line, status.Convert(err).Message())
	}
}
GO
cat >in_node.mjs <<'JS'
import grpc from "@grpc/grpc-js"
const same = (bytes) => bytes, [port, ...lines] = process.argv.slice(2)
const pairs = (list) => list.flatMap((name, i) => i % 2 ? [] : [[name, list[i + 1]]])
if (!port) {
  const server = new grpc.Server()
  server.addService({ Call: { path: "/finding.Finding/Call", requestStream: false, responseStream: false, requestDeserialize: same,
    requestSerialize: same, responseDeserialize: same, responseSerialize: same } }, {
    Call: ({ metadata }, answer) => {
      const values = [...metadata.get("my-name"), ...metadata.get("my-bin")]
      const details = metadata.get("plain").length ? values.map((value) => `[${value}]`).join("") : "timed out: "
      answer({ code: grpc.status.NOT_FOUND, details })
    } })
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => console.log(port))
} else {
  const client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure())
  for (const line of lines) {
    const metadata = new grpc.Metadata()
    for (const [name, value] of pairs(line.split("="))) metadata.add(name, name.endsWith("-bin") ? Buffer.from(value) : value)
    await new Promise((done) => client.makeUnaryRequest("/finding.Finding/Call", same, same, Buffer.from(""), metadata, (error) => {
      console.log(`${line}: "${error.details}"`)
      done()
    }))
  }
  client.close()
}
JS
cat >in_python.py <<'PYTHON'
import concurrent.futures, grpc, sys

def answer(request, context):
    found = context.invocation_metadata()
    values = [value if isinstance(value, str) else value.decode() for name, value in found if name.startswith("my-")]
    plain = any(name == "plain" for name, _ in found)
    context.abort(grpc.StatusCode.NOT_FOUND, "".join(f"[{value}]" for value in values) if plain else "timed out: ")

class Handler(grpc.GenericRpcHandler):
    def service(self, details):
        return grpc.unary_unary_rpc_method_handler(answer)

if sys.argv[1:]:
    call = grpc.insecure_channel("127.0.0.1:" + sys.argv[1]).unary_unary("/finding.Finding/Call")
    for line in sys.argv[2:]:
        words = line.split("=")
        pairs = [(n, v.encode() if n.endswith("-bin") else v) for n, v in zip(words[::2], words[1::2])]
        try:
            call(b"", metadata=pairs)
        except grpc.RpcError as error:
            print(f'{line}: "{error.details()}"')
else:
    server = grpc.server(concurrent.futures.ThreadPoolExecutor(1), (Handler(),))
    print(server.add_insecure_port("127.0.0.1:0"), flush=True)
    server.start()
    server.wait_for_termination()
PYTHON
run() {
  case $1 in
    Go) ./in_go "${@:2}" ;;
    Node) node in_node.mjs "${@:2}" ;;
    Python) python/bin/python in_python.py "${@:2}" ;;
  esac 2>>log
}
expect "$(for server in Go Node Python; do
  rm -f port
  case $server in
    Go) exec ./in_go ;;
    Node) exec node in_node.mjs ;;
    Python) exec python/bin/python in_python.py ;;
  esac >port 2>>log &
  _server=$!
  for _ in {1..100}; do [[ -s port ]] && break; sleep 0.1; done
  for client in Go Node Python; do
    run $client "$(<port)" message=wanted 'plain=1=my-name=a b' 'plain=1=my-name= a' 'plain=1=my-name=a ' \
      plain=1=my-name=a=my-name=b plain=1=my-bin=a=my-bin=b | sed "s/^/$server to $client: /; s/plain=1=//; s/message=wanted/message/"
  done
  _stop || true
done)" <<'WANTED'
Go to Go: message: "timed out: "
Go to Go: my-name=a b: "[a b]"
Go to Go: my-name= a: "[ a]"
Go to Go: my-name=a : "[a ]"
Go to Go: my-name=a=my-name=b: "[a][b]"
Go to Go: my-bin=a=my-bin=b: "[a][b]"
Go to Node: message: ""
Go to Node: my-name=a b: "[a b]"
Go to Node: my-name= a: "[ a]"
Go to Node: my-name=a : "[a ]"
Go to Node: my-name=a=my-name=b: "[a][b]"
Go to Node: my-bin=a=my-bin=b: "[a][b]"
Go to Python: message: "timed out: "
Go to Python: my-name=a b: "[a b]"
Go to Python: my-name= a: "[ a]"
Go to Python: my-name=a : "[a ]"
Go to Python: my-name=a=my-name=b: "[a][b]"
Go to Python: my-bin=a=my-bin=b: "[a][b]"
Node to Go: message: "timed out: "
Node to Go: my-name=a b: "[a b]"
Node to Go: my-name= a: ""
Node to Go: my-name=a : ""
Node to Go: my-name=a=my-name=b: "[a, b]"
Node to Go: my-bin=a=my-bin=b: "[a][b]"
Node to Node: message: "timed out: "
Node to Node: my-name=a b: "[a b]"
Node to Node: my-name= a: ""
Node to Node: my-name=a : ""
Node to Node: my-name=a=my-name=b: "[a, b]"
Node to Node: my-bin=a=my-bin=b: "[a][b]"
Node to Python: message: "timed out: "
Node to Python: my-name=a b: "[a b]"
Node to Python: my-name= a: ""
Node to Python: my-name=a : ""
Node to Python: my-name=a=my-name=b: "[a, b]"
Node to Python: my-bin=a=my-bin=b: "[a][b]"
Python to Go: message: "timed out: "
Python to Go: my-name=a b: "[a b]"
Python to Go: my-name= a: "[ a]"
Python to Go: my-name=a : "[a ]"
Python to Go: my-name=a=my-name=b: "[a][b]"
Python to Go: my-bin=a=my-bin=b: "[a][b]"
Python to Node: message: ""
Python to Node: my-name=a b: "[a b]"
Python to Node: my-name= a: "[ a]"
Python to Node: my-name=a : "[a ]"
Python to Node: my-name=a=my-name=b: "[a][b]"
Python to Node: my-bin=a=my-bin=b: "[a][b]"
Python to Python: message: "timed out: "
Python to Python: my-name=a b: "[a b]"
Python to Python: my-name= a: "[ a]"
Python to Python: my-name=a : "[a ]"
Python to Python: my-name=a=my-name=b: "[a][b]"
Python to Python: my-bin=a=my-bin=b: "[a][b]"
WANTED
