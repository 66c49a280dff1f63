#!/usr/bin/env bash
# Ory Keto 0.13.0-alpha.0: written as text and read again, the subject "urn:uuid:1" is a set of subjects.
#
# Guess: the text form of a relationship, `files:a#view@bob`, which the module and the command line write and read, means
#        what was written: a subject that is an id stays an id, as it does in JSON, or a text that could be both
#        is an error. Brackets around a set of subjects are optional, and both go.
# Seen:  any colon makes a subject a set: an id that is a URN or an address becomes the namespace "urn" or "https" with an
#        object and no relation. A closing bracket at the end goes also where none is open: "bob (sales)" is
#        "bob (sales". A # in the object or the relation moves the border between them.
#
# Needs go.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
go_program again github.com/ory/keto@v0.13.0-alpha.0 github.com/ory/keto/proto@v0.13.0-alpha.0 <<'GO'
package main

import (
	"encoding/json"
	"fmt"

	"github.com/ory/keto/ketoapi"
)

func main() {
	for _, subject := range []string{"bob", "bob@mail.example", "urn:uuid:1", "https://mail.example/bob", "bob (sales)"} {
		show(ketoapi.RelationTuple{Namespace: "files", Object: "a", Relation: "view", SubjectID: &subject})
	}
	bob := "bob"
	show(ketoapi.RelationTuple{Namespace: "files", Object: "page#top", Relation: "view", SubjectID: &bob})
	show(ketoapi.RelationTuple{Namespace: "files", Object: "a", Relation: "view", SubjectSet: &ketoapi.SubjectSet{
		Namespace: "groups", Object: "staff (eu)"}})
}

func show(one ketoapi.RelationTuple) {
	again, err := new(ketoapi.RelationTuple).FromString(one.String())
	if err != nil {
		panic(err)
	}
	before, _ := json.Marshal(one)
	after, _ := json.Marshal(again)
	if string(after) == string(before) {
		after = []byte("the same")
	}
	fmt.Printf("%s\n  %s\n  %s\n", one.String(), before, after)
}
GO
expect "$(./again)" <<'WANTED'
files:a#view@bob
  {"namespace":"files","object":"a","relation":"view","subject_id":"bob"}
  the same
files:a#view@bob@mail.example
  {"namespace":"files","object":"a","relation":"view","subject_id":"bob@mail.example"}
  the same
files:a#view@urn:uuid:1
  {"namespace":"files","object":"a","relation":"view","subject_id":"urn:uuid:1"}
  {"namespace":"files","object":"a","relation":"view","subject_set":{"namespace":"urn","object":"uuid:1","relation":""}}
files:a#view@https://mail.example/bob
  {"namespace":"files","object":"a","relation":"view","subject_id":"https://mail.example/bob"}
  {"namespace":"files","object":"a","relation":"view","subject_set":{"namespace":"https","object":"//mail.example/bob","relation":""}}
files:a#view@bob (sales)
  {"namespace":"files","object":"a","relation":"view","subject_id":"bob (sales)"}
  {"namespace":"files","object":"a","relation":"view","subject_id":"bob (sales"}
files:page#top#view@bob
  {"namespace":"files","object":"page#top","relation":"view","subject_id":"bob"}
  {"namespace":"files","object":"page","relation":"top#view","subject_id":"bob"}
files:a#view@groups:staff (eu)
  {"namespace":"files","object":"a","relation":"view","subject_set":{"namespace":"groups","object":"staff (eu)","relation":""}}
  {"namespace":"files","object":"a","relation":"view","subject_set":{"namespace":"groups","object":"staff (eu","relation":""}}
WANTED
