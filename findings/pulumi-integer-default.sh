#!/usr/bin/env bash
# Pulumi 3.276.0: a default of an integer ends at 2147483647.
#
# Guess: an integer property of a schema may have every default that a JSON number says exactly, as its values may: up to
#        9007199254740992.
# Seen:  2147483648 is refused, with "invalid constant of type float64 for integer default". `1e3` and `1.0` are taken.
#
# Needs go.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
sdk_generator
expect "$(for value in 2147483647 2147483648 -2147483648 -2147483649 1e3 1.0; do
  printf '{"name":"probe","version":"1.0.0","resources":{"probe:index:Box":{"inputProperties":{"bytes":{"type":"integer","default":%s}}}}}' "$value" |
    ./generate nodejs box.ts | grep -oE '[?][?] .*;|invalid constant[a-z0-9 ]*' | sed "s/^/$value is /"
done)" <<'WANTED'
2147483647 is ?? 2147483647;
2147483648 is invalid constant of type float64 for integer default
-2147483648 is ?? -2147483648;
-2147483649 is invalid constant of type float64 for integer default
1e3 is ?? 1000;
1.0 is ?? 1;
WANTED
