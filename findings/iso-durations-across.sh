#!/usr/bin/env bash
# Crates iso8601 0.6.6 and jiff 0.2.46, npm iso8601-duration 2.1.4, luxon 3.7.2 and dayjs 1.11.23, PyPI pendulum 3.3.0 and isodate 0.7.2, Go sosodev/duration 1.4.0: "PT1.5H" is no time at all.
#
# Guess: durations of ISO 8601 have one meaning where they have no months and years: PT1.5H, and PT1,5H with the standard's
#        own comma, is an hour and a half, P1W2D nine days, and what a library does not read (a sign in front, which is an
#        extension) is an error.
# Seen:  PT1.5H is nothing for the crate iso8601, without an error, and P1W2D is a week. PT1,5H is nothing for dayjs either.
#        -P1D is one day forward for two of the three in JavaScript. 100000000000 seconds are 1215752192 for pendulum, none
#        for iso8601, and less than none as Go's time.Duration. A month is 30 days, the twelfth of 365, or (as total_seconds()
#        of isodate) no time.
#
# Needs cargo, go, node with npm, and python3 with venv.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cat >durations <<'TEXT'
PT36H
PT1.5H
PT1,5H
P1W2D
-P1D
P1M
PT100000000000S
TEXT
go_program read_in_go github.com/sosodev/duration@v1.4.0 <<'GO'
package main

import (
	"bufio"
	"fmt"
	"os"

	"github.com/sosodev/duration"
)

func main() {
	lines, _ := os.Open("durations")
	for scanner := bufio.NewScanner(lines); scanner.Scan(); {
		if read, err := duration.Parse(scanner.Text()); err == nil {
			fmt.Printf("%.0f\n", read.ToTimeDuration().Seconds())
		} else {
			fmt.Println("error")
		}
	}
}
GO
crate iso8601=0.6.6 jiff=0.2.46 <<'RUST'
fn main() {
    for line in std::fs::read_to_string("durations").unwrap().lines() {
        let iso8601 = iso8601::duration(line).map_or("error".into(), |d| std::time::Duration::from(d).as_secs().to_string());
        let jiff = line.parse::<jiff::Span>().map_or("error".into(), |d| {
            d.total((jiff::Unit::Second, jiff::SpanRelativeTo::days_are_24_hours())).map_or(d.to_string(), |s| s.to_string())
        });
        println!("{iso8601}\t{jiff}");
    }
}
RUST
quietly npm install iso8601-duration@2.1.4 luxon@3.7.2 dayjs@1.11.23
quietly python3 -m venv python
quietly python/bin/pip install pendulum==3.3.0 isodate==0.7.2
expect "$(paste durations <(cargo run --quiet) <(node -e '
const { parse, toSeconds } = require("iso8601-duration"), { Duration } = require("luxon"), dayjs = require("dayjs")
dayjs.extend(require("dayjs/plugin/duration"))
for (const line of require("fs").readFileSync("durations", "utf8").trim().split("\n")) {
  const read = [() => toSeconds(parse(line)), () => Duration.fromISO(line).as("seconds"), () => dayjs.duration(line).asSeconds()]
  console.log(read.map(f => { try { return f() } catch { return "error" } }).join("\t"))
}') <(python/bin/python -c '
import isodate, pendulum

def show(read):
    try:
        read = read()
        return str(round(read.total_seconds())) if hasattr(read, "total_seconds") else str(read)
    except Exception:
        return "error"

for line in open("durations"):
    line = line.strip()
    print(show(lambda: pendulum.parse(line)), show(lambda: isodate.parse_duration(line)), sep="\t")
') <(./read_in_go) | awk -F'\t' '{ print $1 ": iso8601 " $2 ", jiff " $3 ", iso8601-duration " $4 ", luxon " $5 ", dayjs " $6 ", pendulum " $7 ", isodate " $8 ", Go " $9 }')" <<'WANTED'
PT36H: iso8601 129600, jiff 129600, iso8601-duration 129600, luxon 129600, dayjs 129600, pendulum 129600, isodate 129600, Go 129600
PT1.5H: iso8601 0, jiff 5400, iso8601-duration 5400, luxon 5400, dayjs 5400, pendulum 5400, isodate 5400, Go 5400
PT1,5H: iso8601 0, jiff 5400, iso8601-duration 5400, luxon NaN, dayjs 0, pendulum 5400, isodate 5400, Go error
P1W2D: iso8601 604800, jiff 777600, iso8601-duration 777600, luxon 777600, dayjs 777600, pendulum error, isodate 777600, Go 777600
-P1D: iso8601 error, jiff -86400, iso8601-duration 86400, luxon -86400, dayjs 86400, pendulum error, isodate -86400, Go -86400
P1M: iso8601 2592000, jiff P1M, iso8601-duration 2592000, luxon 2592000, dayjs 2628000, pendulum 2592000, isodate 0, Go 2628000
PT100000000000S: iso8601 0, jiff 100000000000, iso8601-duration 100000000000, luxon 100000000000, dayjs 100000000000, pendulum 1215752192, isodate 100000000000, Go -9223372037
WANTED
