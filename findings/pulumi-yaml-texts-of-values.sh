#!/usr/bin/env bash
# Pulumi 3.276.0 with YAML 1.38.1: "${account}" inside of a text makes 1.23456789012e+11 of the number 123456789012.
#
# Guess: a number in a text has the digits that it has in the file; what is no text, number or boolean cannot be put into
#        a text, as in Terraform, and null is an error or nothing.
# Seen:  numbers from a million on have an exponent, also those of a configuration value of the type integer and those of a
#        resource. Alone in its place, or in fn::toJSON, the same reference is the number as it was. null is "<nil>", and
#        lists and objects are in Go's notation for debugging.
#
# Needs go.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
pulumi_stack <<'YAML'
name: finding
runtime: yaml
config:
  limit: { type: integer }
variables:
  account: 123456789012
  nothing: null
  list: [1, [2]]
  object: { a: 1 }
resources:
  stash:
    type: pulumi:index:Stash
    properties: { input: 1000000 }
outputs:
  alone: "${account}"
  arn: "arn:aws:iam::${account}:root"
  fromConfiguration: "${limit} of them"
  fromResource: "${stash.output} of them"
  inJson: { fn::toJSON: "${account}" }
  list: "list ${list}"
  nothing: "nothing ${nothing}"
  object: "object ${object}"
YAML
pulumi config set limit 1234567
quietly pulumi up --yes --skip-preview --non-interactive
expect "$(pulumi stack output --json)" <<'WANTED'
{
  "alone": 123456789012,
  "arn": "arn:aws:iam::1.23456789012e+11:root",
  "fromConfiguration": "1.234567e+06 of them",
  "fromResource": "1e+06 of them",
  "inJson": "123456789012",
  "list": "list [1 [2]]",
  "nothing": "nothing <nil>",
  "object": "object map[a:1]"
}
WANTED
