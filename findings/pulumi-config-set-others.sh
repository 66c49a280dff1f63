#!/usr/bin/env bash
# Pulumi 3.276.0: `config set` of one key writes other values into all the others.
#
# Guess: in the stack's file, which people write by hand as well, `config set owner ops` adds or changes the line of that
#        key, and all others stay as they are; it keeps comments, after all. A plain 1.10 or 2027-01-01 is the text
#        that the file shows, since configuration values are texts.
# Seen:  every value is read as YAML and written as what Pulumi made of it: 1.10 is "1.1", 0123 is "83", a date has a time
#        and "UTC", an account of 22 digits is "1.2345678901234568e+21", and nothing is an empty text. `config rm` of a
#        key that is not there does the same. What was in the file is lost, and so is what an alias shared.
#
# Needs go.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
pulumi_stack <<'YAML'
name: finding
runtime: yaml
YAML
written='config:
  # by hand
  finding:version: 1.10
  finding:expires: 2027-01-01
  finding:zip: 0123
  finding:account: 1234567890123456789012
  finding:empty: null
  finding:limits: &limits { ratio: 2.50, since: 2027-01-01 }
  finding:more: *limits'
for command in 'set owner ops' 'rm nothing'; do
  printf '%s\n' "$written" >Pulumi.dev.yaml
  # shellcheck disable=SC2086
  quietly pulumi config $command --non-interactive
  echo "after config $command:"
  cat Pulumi.dev.yaml
done >seen
expect "$(cat seen)" <<'WANTED'
after config set owner ops:
config:
  # by hand
  finding:version: "1.1"
  finding:expires: 2027-01-01 00:00:00 +0000 UTC
  finding:zip: "83"
  finding:account: "1.2345678901234568e+21"
  finding:empty: ""
  finding:limits: &limits {ratio: 2.5, since: '2027-01-01 00:00:00 +0000 UTC'}
  finding:more:
    ratio: 2.5
    since: 2027-01-01 00:00:00 +0000 UTC
  finding:owner: ops
after config rm nothing:
config:
  # by hand
  finding:version: "1.1"
  finding:expires: 2027-01-01 00:00:00 +0000 UTC
  finding:zip: "83"
  finding:account: "1.2345678901234568e+21"
  finding:empty: ""
  finding:limits: &limits {ratio: 2.5, since: '2027-01-01 00:00:00 +0000 UTC'}
  finding:more:
    ratio: 2.5
    since: 2027-01-01 00:00:00 +0000 UTC
WANTED
