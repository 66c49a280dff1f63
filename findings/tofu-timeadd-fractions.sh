#!/usr/bin/env bash
# OpenTofu 1.12.6: timeadd() of 600 milliseconds, twice, is no time; of minus one microsecond it is a second.
#
# Guess: fractions of a second are part of RFC 3339, and of durations such as "600ms", so that they are kept; adding "0s"
#        gives the same moment.
# Seen:  the result has whole seconds, rounded down, and what was there before goes too: a moment with a fraction is after
#        itself plus "0s", as timecmp() finds, which does read fractions.
#
# Needs go.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
go_tool tofu
expect "$(while IFS= read -r text; do
  echo "$text: $(./tofu console -no-color <<<"$text")"
done <<'HCL'
timeadd("2030-01-01T00:00:00Z", "600ms")
timeadd(timeadd("2030-01-01T00:00:00Z", "600ms"), "600ms")
timeadd("2030-01-01T00:00:00Z", "1200ms")
timeadd("2030-01-01T00:00:00Z", "-1us")
timeadd("2030-01-01T00:00:00.9Z", "0s")
timecmp("2030-01-01T00:00:00.9Z", timeadd("2030-01-01T00:00:00.9Z", "0s"))
HCL
)" <<'WANTED'
timeadd("2030-01-01T00:00:00Z", "600ms"): "2030-01-01T00:00:00Z"
timeadd(timeadd("2030-01-01T00:00:00Z", "600ms"), "600ms"): "2030-01-01T00:00:00Z"
timeadd("2030-01-01T00:00:00Z", "1200ms"): "2030-01-01T00:00:01Z"
timeadd("2030-01-01T00:00:00Z", "-1us"): "2029-12-31T23:59:59Z"
timeadd("2030-01-01T00:00:00.9Z", "0s"): "2030-01-01T00:00:00Z"
timecmp("2030-01-01T00:00:00.9Z", timeadd("2030-01-01T00:00:00.9Z", "0s")): 1
WANTED
