#!/usr/bin/env bash
# Ory Kratos 1.3.1: a telephone number in another spelling is taken already, and nobody's when its owner logs in.
#
# Guess: an identifier of the format `tel` is brought into one form, as an e-mail address is into small letters: however
#        a number is spelled, it is the same person's, or spelled differently it is another one's.
# Seen:  for a code the identifier has the one form, for a password it is what was typed. So the other spelling is
#        a conflict, and a search for it finds the identity, but the password opens with the first spelling alone; an
#        address in capital letters opens.
#
# Needs go, a C compiler and python3.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cat >person.json <<'JSON'
{
  "$id": "https://schemas.invalid/person.json",
  "type": "object",
  "properties": { "traits": { "type": "object", "properties": {
    "phone": { "type": "string", "format": "tel", "ory.sh/kratos": { "credentials": {
      "password": { "identifier": true }, "code": { "identifier": true, "via": "sms" } } } },
    "email": { "type": "string", "format": "email", "ory.sh/kratos": { "credentials": { "password": { "identifier": true } } } }
  } } }
}
JSON
echo 'selfservice: { methods: { code: { passwordless_enabled: true } } }' >more.yaml
serve kratos
expect "$(asking <<'PYTHON'
from urllib.parse import quote

def create(traits):
    return ask("POST", "/admin/identities", {"schema_id": "person", "traits": traits, "credentials": {
        "password": {"config": {"password": "correct-horse-9"}}}})

def show(identifier):
    _, found = ask("GET", "/admin/identities?credentials_identifier=" + quote(identifier))
    _, flow = ask("GET", "/self-service/login/api", port=PUBLIC)
    status, _ = ask("POST", "/self-service/login?flow=" + flow["id"], port=PUBLIC,
                    body={"method": "password", "identifier": identifier, "password": "correct-horse-9"})
    print(f"{identifier}: found {len(found)}, login {status}")

_, ann = create({"phone": "+49 151 23456789", "email": "ann@example.com"})
_, ann = ask("GET", f"/admin/identities/{ann['id']}?include_credential=code")
for kind in "code", "password":
    print(kind, *sorted(ann["credentials"][kind]["identifiers"]), sep=", ")
print("another with +4915123456789:", create({"phone": "+4915123456789"})[0])
for identifier in "+49 151 23456789", "+4915123456789", "ANN@example.com":
    show(identifier)
PYTHON
)" <<'WANTED'
code, +4915123456789
password, +49 151 23456789, ann@example.com
another with +4915123456789: 409
+49 151 23456789: found 1, login 200
+4915123456789: found 1, login 400
ANN@example.com: found 1, login 200
WANTED
