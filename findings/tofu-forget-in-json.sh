#!/usr/bin/env bash
# OpenTofu 1.12.6: a resource that is to be forgotten is among the planned values, and its action "remove" is not what the summary counts as "remove".
#
# Guess: "planned_values" in the JSON of a plan is what the state will hold, so that a resource that a `removed` block takes out of
#        the state is not there, as a deleted one is not; and in the stream of -json, the summary counts the actions by
#        their names.
# Seen:  the forgotten resource stands among the planned values, without any values of its own, as if it stayed: who adds up
#        costs or checks rules over them has it still. In the stream its action is "remove"; but what the summary counts as
#        "remove" is the deleted one, whose action is "delete", and the other is counted as "forget". The reason given
#        for the forgetting is "delete_because_no_resource_config".
#
# Needs go and python3.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
go_tool tofu
for name in kept forgotten deleted; do echo "resource \"terraform_data\" \"$name\" { input = \"$name\" }"; done >main.tf
quietly ./tofu init
quietly ./tofu apply -auto-approve
cat >main.tf <<'HCL'
resource "terraform_data" "kept" { input = "kept" }
removed {
  from = terraform_data.forgotten
  lifecycle { destroy = false }
}
removed {
  from = terraform_data.deleted
  lifecycle { destroy = true }
}
HCL
./tofu plan -json -out=plan >stream
expect "$(python3 -c '
import json
for line in map(json.loads, open("stream")):
    if line["type"] == "planned_change":
        print("stream:", line["change"]["resource"]["resource_name"], "action", line["change"]["action"])
    elif line["type"] == "change_summary":
        print("stream: summary", {name: count for name, count in line["changes"].items() if isinstance(count, int)})'
./tofu show -json plan | python3 -c '
import json, sys
plan = json.load(sys.stdin)
for change in plan["resource_changes"]:
    print("changes:", change["name"], *change["change"]["actions"], change.get("action_reason", ""))
for resource in plan["planned_values"]["root_module"]["resources"]:
    print("planned values:", resource["name"], resource.get("values", {}).get("input"))' | sed 's/ $//'
quietly ./tofu apply plan
./tofu state list | sed 's/^/the state: /')" <<'WANTED'
stream: deleted action delete
stream: forgotten action remove
stream: summary {'add': 0, 'change': 0, 'import': 0, 'remove': 1, 'forget': 1}
changes: deleted delete delete_because_no_resource_config
changes: forgotten forget delete_because_no_resource_config
changes: kept no-op
planned values: forgotten None
planned values: kept kept
the state: terraform_data.kept
WANTED
