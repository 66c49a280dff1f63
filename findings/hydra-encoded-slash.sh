#!/usr/bin/env bash
# Ory Hydra 2.3.0: ids with a slash are accepted, and then cannot be addressed, or address another object.
#
# Guess: an id is one segment of a path, so `%2F` in it stays a part of the id, as the router's parameters suggest; a
#        server that takes an id at creation answers it by that id.
# Seen:  a client with the id "fresh/" is made (201), and its percent-encoded address is answered 301 to "fresh", which is
#        404. GET of the key set "a/b", encoded as a%2Fb, answers 200 with the key "b" of the set "a".
#
# Needs go, a C compiler and python3.
set -euo pipefail
tools=$(cd "$(dirname "${BASH_SOURCE[0]}")/../scripts" && pwd)
. "$tools/lib.sh"
[[ $("$(tool hydra)" version 2>&1) = *v2.3.0* ]]
dir=$(mktemp -d)
admin=$(free_port) public=$(free_port)
"$tools/tools/hydra-serve" "$dir/hydra" "$admin" "$public" >"$dir/log" 2>&1 &
server=$!
trap 'kill "$server"; wait "$server" 2>/dev/null || true; rm -rf "$dir"' EXIT
await_http "http://127.0.0.1:$admin/health/ready" "$server" "$dir/log"
seen=$(python3 - "$admin" <<'PYTHON'
import http.client, json, sys

def ask(method, path, body=None):
    server = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]))
    server.request(method, path, json.dumps(body) if body else None, {"Content-Type": "application/json"})
    answer = server.getresponse()
    text = answer.read()
    kids = [key["kid"] for key in json.loads(text).get("keys", [])] if answer.status == 200 else []
    to = [answer.getheader("Location")] if answer.status // 100 == 3 else []
    print(method, path, answer.status, *to, *kids)

ask("POST", "/admin/clients", {"client_id": "fresh/"})
ask("GET", "/admin/clients/fresh%2F")
ask("GET", "/admin/clients/fresh")
ask("POST", "/admin/keys/a", {"kid": "b", "alg": "ES256", "use": "sig"})
ask("GET", "/admin/keys/a%2Fb")
PYTHON
)
echo "$seen"
diff <(echo "$seen") - <<'WANTED'
POST /admin/clients 201
GET /admin/clients/fresh%2F 301 /admin/clients/fresh
GET /admin/clients/fresh 404
POST /admin/keys/a 201
GET /admin/keys/a%2Fb 200 b
WANTED
