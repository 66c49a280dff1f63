#!/usr/bin/env bash
# Ory Kratos 1.3.1: a web hook that hands an identity's traits back as it got them changes the numbers in them.
#
# Guess: traits are JSON that Kratos keeps as it came, a number of 16 digits too, as it does for the admin API; a hook
#        with `response.parse` that answers what it was sent changes nothing.
# Seen:  the body of the request is what Jsonnet writes, with all that this does to numbers: 19.99 arrives as
#        19.989999999999998 (the same to a reader of doubles, and to no other) and 9007199254740993 as its neighbour. What
#        comes back is stored.
#
# Needs go, a C compiler and python3.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cat >hook.py <<'PYTHON'
import http.server

class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass

server = http.server.HTTPServer(("127.0.0.1", 0), Hook)
print(server.server_port, flush=True)
server.serve_forever()
PYTHON
exec {hook}< <(exec python3 hook.py)
hook_process=$!
trap 'kill $hook_process; _end' EXIT
read -r port <&"$hook"
body=$(base64 -w0 <<<'function(ctx) { identity: { traits: ctx.identity.traits } }')
cat >more.yaml <<YAML
selfservice: { flows: { registration: { after: { password: { hooks: [ { hook: web_hook, config: {
  url: 'http://127.0.0.1:$port/', method: POST, body: 'base64://$body', response: { parse: true } } } ] } } } } }
YAML
serve kratos
expect "$(asking <<'PYTHON'
TRAITS = {"email": "ann@example.com", "price": 19.99, "customer": 9007199254740993}

def show(what, id):
    ask("GET", "/admin/identities/" + id)
    print(what, *re.findall(r'"(?:price|customer)": ?[0-9.]+', ask.text))

_, made = ask("POST", "/admin/identities", {"schema_id": "person", "traits": TRAITS})
show("admin API:", made["id"])
ask("DELETE", "/admin/identities/" + made["id"])
_, flow = ask("GET", "/self-service/registration/api", port=PUBLIC)
_, made = ask("POST", "/self-service/registration?flow=" + flow["id"], port=PUBLIC,
              body={"method": "password", "password": "correct-horse-9", "traits": TRAITS})
show("registration with the hook:", made["identity"]["id"])
PYTHON
)" <<'WANTED'
admin API: "price":19.99 "customer":9007199254740993
registration with the hook: "customer":9007199254740992 "price":19.989999999999998
WANTED
