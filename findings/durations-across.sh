#!/usr/bin/env bash
# Crates humantime 2.4.0, duration-str 0.21.0 and jiff 0.2.46, npm ms 2.1.3 and parse-duration 2.1.9, PyPI pytimeparse 1.1.10: "1M" is a month or a minute.
#
# Guess: libraries for durations such as "1h30m" differ in the units that they know, and what one does not know is an error:
#        a text that two of them read is the same time in both. A year is 365 days.
# Seen:  "1M" is 30.44 days in one crate and a minute in all others that take it, and a year has a quarter of a day more in
#        three. 90 without a unit is a minute and a half or 90 milliseconds; "1h30" is 90 minutes, or an hour and 30
#        seconds. "1,5h" and "01:30:00", which jiff reads as an hour and a half, are 15 hours and one millisecond for
#        parse-duration. ms has no error: for anything of two units, "1h30m" too, it returns undefined.
#
# Needs cargo, node with npm, and python3 with venv.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cat >durations <<'TEXT'
1h30m
1m
1M
1y
90
1h30
1,5h
01:30:00
TEXT
crate humantime=2.4.0 duration-str=0.21.0 jiff=0.2.46 <<'RUST'
fn main() {
    let seconds = |duration: std::time::Duration| duration.as_secs_f64().to_string();
    for line in std::fs::read_to_string("durations").unwrap().lines() {
        let humantime = humantime::parse_duration(line).map_or("error".into(), seconds);
        let duration_str = duration_str::parse(line).map_or("error".into(), seconds);
        let jiff = line.parse::<jiff::SignedDuration>().map_or("error".into(), |d| d.as_secs_f64().to_string());
        println!("{humantime}\t{duration_str}\t{jiff}");
    }
}
RUST
quietly npm install ms@2.1.3 parse-duration@2.1.9
quietly python3 -m venv python
quietly python/bin/pip install pytimeparse==1.1.10
cat >read.mjs <<'JS'
import { readFileSync } from "fs"
import ms from "ms"
import parse from "parse-duration"
for (const line of readFileSync("durations", "utf8").trim().split("\n")) {
  const seconds = [ms(line), parse(line)].map(duration => typeof duration === "number" ? duration / 1000 : duration)
  console.log(seconds.map(String).join("\t"))
}
JS
expect "$(paste durations <(cargo run --quiet) <(node read.mjs) <(python/bin/python -c '
import pytimeparse
for line in open("durations"):
    print(pytimeparse.parse(line.strip()))
') | awk -F'\t' '{ print $1 ": humantime " $2 ", duration-str " $3 ", jiff " $4 ", ms " $5 ", parse-duration " $6 ", pytimeparse " $7 }')" <<'WANTED'
1h30m: humantime 5400, duration-str 5400, jiff 5400, ms undefined, parse-duration 5400, pytimeparse 5400
1m: humantime 60, duration-str 60, jiff 60, ms 60, parse-duration 60, pytimeparse 60
1M: humantime 2630016, duration-str 60, jiff error, ms 60, parse-duration 60, pytimeparse 60
1y: humantime 31557600, duration-str 31536000, jiff error, ms 31557600, parse-duration 31557600, pytimeparse None
90: humantime error, duration-str 90, jiff error, ms 0.09, parse-duration 0.09, pytimeparse None
1h30: humantime error, duration-str 3630, jiff error, ms undefined, parse-duration 5400, pytimeparse None
1,5h: humantime error, duration-str error, jiff 5400, ms undefined, parse-duration 54000, pytimeparse None
01:30:00: humantime error, duration-str error, jiff 5400, ms undefined, parse-duration 0.00103, pytimeparse 5400
WANTED
