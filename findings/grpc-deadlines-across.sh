#!/usr/bin/env bash
# npm @grpc/grpc-js 1.14.7, PyPI grpcio 1.85.3, Go google.golang.org/grpc 1.85.0: a deadline in 30 days is over at once, one in 23 or 51 days is not.
#
# Guess: who wants no deadline and must name one names a far one, and the server then knows that there is time. What a client
#        writes into `grpc-timeout` is rounded by less than a second, or in the last of the eight digits that there may be.
# Seen:  a server with grpc-js counts the milliseconds in 32 bits with a sign: of every 50 days the second half lies in the past
#        for it. The 2,600,000 seconds (30 days) of a client in Go, Node or Python, and the five years of one in Python, are over
#        after a millisecond; 2,000,000 (23 days) and 4,400,000 (51 days) are fine. Python has three digits only, and rounds
#        up: it tells a server 4,000 seconds more than 2,000,000, which is long after its own deadline, and three years where five
#        are meant.
#
# Needs go, node with npm, and python3 with venv.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
quietly npm install @grpc/grpc-js@1.14.7
quietly python3 -m venv python
quietly python/bin/pip install grpcio==1.85.3
go_program client_in_go google.golang.org/grpc@v1.85.0 <<'GO'
package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
)

func main() {
	connection, _ := grpc.NewClient("127.0.0.1:"+os.Args[1], grpc.WithTransportCredentials(insecure.NewCredentials()))
	for _, text := range os.Args[2:] {
		seconds, _ := strconv.Atoi(text)
		ctx, cancel := context.WithTimeout(context.Background(), time.Duration(seconds)*time.Second)
		err := connection.Invoke(ctx, "/finding.Finding/Wait", &emptypb.Empty{}, &emptypb.Empty{})
		fmt.Printf("%s s: %s\n", text, status.Convert(err).Message())
		cancel()
	}
}
GO
cat >client.mjs <<'JS'
import grpc from "@grpc/grpc-js"
const [port, ...all] = process.argv.slice(2)
const client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure())
const same = (bytes) => bytes
for (const seconds of all) {
  await new Promise((done) => client.makeUnaryRequest("/finding.Finding/Wait", same, same, Buffer.from(""),
    new grpc.Metadata(), { deadline: Date.now() + seconds * 1000 }, (error) => {
      console.log(`${seconds} s: ${error.details}`)
      done()
    }))
}
client.close()
JS
cat >client.py <<'PYTHON'
import grpc, sys
call = grpc.insecure_channel("127.0.0.1:" + sys.argv[1]).unary_unary("/finding.Finding/Wait")
for seconds in sys.argv[2:]:
    try:
        call(b"", timeout=int(seconds))
    except grpc.RpcError as error:
        print(f"{seconds} s: {error.details()}")
PYTHON
# Answers with the header that it gets.
cat >headers.mjs <<'JS'
import http2 from "http2"
const server = http2.createServer().on("stream", (stream, headers) => {
  stream.resume()
  const message = "it is told " + headers["grpc-timeout"]
  stream.on("end", () => stream.respond({ "content-type": "application/grpc", "grpc-status": "5", "grpc-message": message },
    { endStream: true }))
})
server.listen(0, "127.0.0.1", () => console.log(server.address().port))
JS
# Both wait for 0.2 seconds.
cat >server.mjs <<'JS'
import grpc from "@grpc/grpc-js"
const server = new grpc.Server(), same = (bytes) => bytes
server.addService({ Wait: { path: "/finding.Finding/Wait", requestStream: false, responseStream: false, requestDeserialize: same,
  requestSerialize: same, responseDeserialize: same, responseSerialize: same } },
{ Wait: (call, answer) => setTimeout(() => answer({ code: grpc.status.NOT_FOUND, details: "waited" }), 200) })
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => console.log(port))
JS
cat >server.py <<'PYTHON'
import concurrent.futures, grpc, time

def wait(request, context):
    time.sleep(0.2)
    context.abort(grpc.StatusCode.NOT_FOUND, "waited")

class Handler(grpc.GenericRpcHandler):
    def service(self, details):
        return grpc.unary_unary_rpc_method_handler(wait)

server = grpc.server(concurrent.futures.ThreadPoolExecutor(1), (Handler(),))
print(server.add_insecure_port("127.0.0.1:0"), flush=True)
server.start()
server.wait_for_termination()
PYTHON
clients() {
  ./client_in_go "$@" | sed 's/^/Go, /'
  node client.mjs "$@" 2>log | sed 's/^/Node, /'
  python/bin/python client.py "$@" 2>log | sed 's/^/Python, /'
}
# ask TITLE SERVER...: starts the server, and shows what all clients get from it.
ask() {
  rm -f port
  "${@:2}" >port 2>log &
  _server=$!
  for _ in {1..100}; do [[ -s port ]] && break; sleep 0.1; done
  clients "$(<port)" 250000 2000000 2600000 4400000 160000000 | sed "s/^/$1: /"
  _stop || true
}
expect "$(ask 'headers' node headers.mjs
ask 'server in Node' node server.mjs
ask 'server in Python' python/bin/python server.py)" <<'WANTED'
headers: Go, 250000 s: it is told 250000S
headers: Go, 2000000 s: it is told 2000000S
headers: Go, 2600000 s: it is told 2600000S
headers: Go, 4400000 s: it is told 4400000S
headers: Go, 160000000 s: it is told 2666667M
headers: Node, 250000 s: it is told 250000S
headers: Node, 2000000 s: it is told 2000000S
headers: Node, 2600000 s: it is told 2600000S
headers: Node, 4400000 s: it is told 4400000S
headers: Node, 160000000 s: it is told 2666667M
headers: Python, 250000 s: it is told 4170M
headers: Python, 2000000 s: it is told 33400M
headers: Python, 2600000 s: it is told 43400M
headers: Python, 4400000 s: it is told 73400M
headers: Python, 160000000 s: it is told 27000H
server in Node: Go, 250000 s: waited
server in Node: Go, 2000000 s: waited
server in Node: Go, 2600000 s: Deadline exceeded
server in Node: Go, 4400000 s: waited
server in Node: Go, 160000000 s: waited
server in Node: Node, 250000 s: waited
server in Node: Node, 2000000 s: waited
server in Node: Node, 2600000 s: Deadline exceeded
server in Node: Node, 4400000 s: waited
server in Node: Node, 160000000 s: waited
server in Node: Python, 250000 s: waited
server in Node: Python, 2000000 s: waited
server in Node: Python, 2600000 s: Deadline exceeded
server in Node: Python, 4400000 s: waited
server in Node: Python, 160000000 s: Deadline exceeded
server in Python: Go, 250000 s: waited
server in Python: Go, 2000000 s: waited
server in Python: Go, 2600000 s: waited
server in Python: Go, 4400000 s: waited
server in Python: Go, 160000000 s: waited
server in Python: Node, 250000 s: waited
server in Python: Node, 2000000 s: waited
server in Python: Node, 2600000 s: waited
server in Python: Node, 4400000 s: waited
server in Python: Node, 160000000 s: waited
server in Python: Python, 250000 s: waited
server in Python: Python, 2000000 s: waited
server in Python: Python, 2600000 s: waited
server in Python: Python, 4400000 s: waited
server in Python: Python, 160000000 s: waited
WANTED
