#!/usr/bin/env bash
# OpenTofu 1.12.6: yamldecode() lets a merge key override what the mapping says itself, and the keys of {x: 1, y: 2} are "x" and "true".
#
# Guess: yamldecode() reads YAML as most readers do: what a mapping says itself wins over what it merges, and of several merged
#        mappings the first; a name that stands twice is an error; keys are the texts that stand there, as OpenTofu has
#        no others; a plain date is the text of the date, as OpenTofu has no dates.
# Seen:  the last one wins, wherever it comes from: with the merge key behind, as some formatters sort it, the merged value replaces the
#        own one, and of two merged mappings the second wins; a name that stands twice is its last value. y, n, on and off are
#        true and false, as keys too, where they become the texts "true" and "false", though the same reader takes 017
#        for 17 and 0o17 for 15, as YAML 1.2 does; of {no: Norway, NO: Oslo} one is left. 2026-05-04 is "2026-05-04T00:00:00Z", as a key as well.
#
# Needs go.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
go_tool tofu
{
  number=0
  while IFS= read -r text; do
    printf 'output "of_%02d" {\n  value = "%s is ${try(jsonencode(yamldecode("%s")), "an error")}"\n}\n' $((number++)) "$text" "$text"
  done <<'YAML'
{name: own, <<: {name: merged}}
{<<: {name: merged}, name: own}
<<: [{name: first}, {name: second}]
{name: first, name: second}
{x: 1, y: 2}
{on: push, no: Norway, NO: Oslo}
[y, n, on, off, yes, no]
[017, 0o17, 0b11, 1_000, 1e3]
[2026-05-04, 2026-5-4, 2026-05-04 12:00:00, 12:30]
2026-05-04: released
YAML
} >main.tf
quietly ./tofu init
quietly ./tofu apply -auto-approve
expect "$(for output in $(sed -n 's/^output "\(.*\)" {/\1/p' main.tf); do ./tofu output -raw "$output"; echo; done)" <<'WANTED'
{name: own, <<: {name: merged}} is {"name":"merged"}
{<<: {name: merged}, name: own} is {"name":"own"}
<<: [{name: first}, {name: second}] is {"name":"second"}
{name: first, name: second} is {"name":"second"}
{x: 1, y: 2} is {"true":2,"x":1}
{on: push, no: Norway, NO: Oslo} is {"false":"Oslo","true":"push"}
[y, n, on, off, yes, no] is [true,false,true,false,true,false]
[017, 0o17, 0b11, 1_000, 1e3] is [17,15,"0b11","1_000",1000]
[2026-05-04, 2026-5-4, 2026-05-04 12:00:00, 12:30] is ["2026-05-04T00:00:00Z","2026-05-04T00:00:00Z","2026-05-04T12:00:00Z","12:30"]
2026-05-04: released is {"2026-05-04T00:00:00Z":"released"}
WANTED
