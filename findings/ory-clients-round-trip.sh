#!/usr/bin/env bash
# Go module github.com/ory/client-go 1.22.92 and PyPI ory-client 1.22.87: what they read, they do not write again.
#
# Guess: both are generated of one description, so that they read and write alike: an object that a server sent is written
#        as it was sent, as it must be for an update of the whole.
# Seen:  Python's to_json() is an error for each identity and each client that a server sends, since they have a moment of
#        creation; to_dict() of a client has a method of authentication and thirteen lifespans that nobody sent. A kind
#        of address that it does not know is an error for the whole answer. In Go long numbers in traits become their
#        neighbours, and null is gone: from metadata, and from a JSON Patch that sets null.
#
# Needs go and python3 with venv.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cat >identity.json <<'JSON'
{"id": "5f9ee0a4-3a3b-4a4b-8f3f-0c6f6f0f7f7d", "schema_id": "person", "schema_url": "https://example.com/schemas/person", "traits": {"number": 9007199254740993}, "metadata_public": null, "created_at": "2030-01-01T00:00:00Z"}
JSON
go_program round_trip github.com/ory/client-go@v1.22.92 <<'GO'
package main

import (
	"encoding/json"
	"fmt"
	"os"

	client "github.com/ory/client-go"
)

func show(what string, value any) {
	text, err := json.Marshal(value)
	fmt.Println(what, string(text), err)
}

func main() {
	var identity client.Identity
	text, _ := os.ReadFile("identity.json")
	if err := json.Unmarshal(text, &identity); err != nil {
		panic(err)
	}
	show("Go, traits:", identity.Traits)
	written, _ := identity.ToMap()
	_, has := written["metadata_public"]
	fmt.Println("Go, metadata_public is there:", has)
	show("Go, patch:", client.JsonPatch{Op: "replace", Path: "/metadata_public", Value: nil})
}
GO
quietly python3 -m venv python
quietly python/bin/pip install ory-client==1.22.87
cat >round_trip.py <<'PYTHON'
import json
from ory_client import Identity, JsonPatch, OAuth2Client

def show(what, make):
    try:
        print("Python,", what, make())
    except Exception as error:
        print("Python,", what, type(error).__name__)

sent = json.load(open("identity.json"))
identity = Identity.from_dict(sent)
show("traits:", lambda: identity.to_dict()["traits"])
show("metadata_public is there:", lambda: "metadata_public" in identity.to_dict())
show("patch:", lambda: JsonPatch(op="replace", path="/metadata_public", value=None).to_json())
show("to_json():", identity.to_json)
address = {"value": "a", "via": "pigeon", "status": "sent", "verified": False}
show("another kind of address:", lambda: Identity.from_dict(sent | {"verifiable_addresses": [address]}))
written = OAuth2Client.from_dict({"client_id": "a"}).to_dict()
show("a client, its method:", lambda: written["token_endpoint_auth_method"])
show("a client, lifespans:", lambda: sum(name.endswith("_lifespan") for name in written))
PYTHON
expect "$(./round_trip; python/bin/python round_trip.py)" <<'WANTED'
Go, traits: {"number":9007199254740992} <nil>
Go, metadata_public is there: false
Go, patch: {"op":"replace","path":"/metadata_public"} <nil>
Python, traits: {'number': 9007199254740993}
Python, metadata_public is there: True
Python, patch: {"op": "replace", "path": "/metadata_public", "value": null}
Python, to_json(): TypeError
Python, another kind of address: ValidationError
Python, a client, its method: client_secret_basic
Python, a client, lifespans: 13
WANTED
