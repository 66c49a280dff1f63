#!/usr/bin/env bash
# Go robfig/cron/v3 3.0.1 and adhocore/gronx 1.20.4, crates cron 0.17.0 and saffron 0.1.0, PyPI croniter 7.0.0 and APScheduler 3.11.3: Monday to Friday is Sunday to Thursday.
#
# Guess: a schedule of five fields is crontab's: Sunday is 0 (and 7), `1-5` are the days from Monday to Friday, and what is
#        read as a crontab's line at all means these. Where a day of the month and one of the week are given, each will do.
# Seen:  for both crates Sunday is 1, so that `1-5` ends on Thursday and 7 is Saturday; for APScheduler's from_crontab()
#        Monday is 0, so that `1-5` are Tuesday to Saturday and `0` is Monday. Of a day of the month and one of the week, two
#        want both, and so does gronx where one begins with a star. `22-2` in hours is an error, five hours, or six that
#        begin at 21. Names of days mean the same everywhere.
#
# Needs cargo, go, and python3 with venv.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cat >schedules <<'TEXT'
0 0 * * 1-5
0 0 * * mon-fri
0 0 * * 0
0 0 * * 7
0 0 10 * 1
0 0 */9 * mon
0 22-2 * * *
TEXT
go_program schedules_in_go github.com/robfig/cron/v3@v3.0.1 github.com/adhocore/gronx@v1.20.4 <<'GO'
package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/adhocore/gronx"
	"github.com/robfig/cron/v3"
)

// The first six times after noon of Monday, 2024-01-01.
func show(schedule string, next func(time.Time) time.Time) (shown string) {
	format := "Mon2 "
	if !strings.HasPrefix(schedule, "0 0") {
		format = "15h "
	}
	at := time.Date(2024, 1, 1, 12, 0, 0, 0, time.UTC)
	for range 6 {
		at = next(at)
		shown += at.Format(format)
	}
	return
}

func main() {
	schedules, _ := os.Open("schedules")
	for lines := bufio.NewScanner(schedules); lines.Scan(); {
		one, other := "error", "error"
		if schedule, err := cron.ParseStandard(lines.Text()); err == nil {
			one = show(lines.Text(), schedule.Next)
		}
		if gronx.IsValid(lines.Text()) {
			if _, err := gronx.NextTickAfter(lines.Text(), time.Now(), false); err == nil {
				other = show(lines.Text(), func(at time.Time) time.Time {
					at, _ = gronx.NextTickAfter(lines.Text(), at, false)
					return at
				})
			}
		}
		fmt.Printf("%s\t%s\n", one, other)
	}
}
GO
crate cron=0.17.0 saffron=0.1.0 chrono=0.4.45 <<'RUST'
use chrono::{DateTime, TimeZone, Utc};

fn show(schedule: &str, times: impl Iterator<Item = DateTime<Utc>>) -> String {
    let format = if schedule.starts_with("0 0") { "%a%-d " } else { "%Hh " };
    times.take(6).map(|at| at.format(format).to_string()).collect()
}

fn main() {
    let noon = Utc.with_ymd_and_hms(2024, 1, 1, 12, 0, 0).unwrap();
    for line in std::fs::read_to_string("schedules").unwrap().lines() {
        // It has a field for seconds before the five.
        let one = format!("0 {line}").parse::<cron::Schedule>();
        let one = one.map_or("error".into(), |schedule| show(line, schedule.after(&noon)));
        let other = line.parse::<saffron::Cron>();
        println!("{one}\t{}", other.map_or("error".into(), |schedule| show(line, schedule.iter_after(noon))));
    }
}
RUST
quietly python3 -m venv python
quietly python/bin/pip install croniter==7.0.0 apscheduler==3.11.3
expect "$(paste schedules <(./schedules_in_go) <(cargo run --quiet) <(python/bin/python -W ignore -c '
from datetime import datetime, timedelta, timezone
from apscheduler.triggers.cron import CronTrigger
from croniter import croniter

def show(schedule, make):
    at, shown = datetime(2024, 1, 1, 12, tzinfo=timezone.utc), ""
    try:
        following = make(schedule)
        for _ in range(6):
            at = following(at)
            shown += at.strftime("%a%-d " if schedule.startswith("0 0") else "%Hh ")
        return shown
    except Exception:
        return "error"

def trigger(schedule):
    made = CronTrigger.from_crontab(schedule, timezone="UTC")
    return lambda at: made.get_next_fire_time(at, at + timedelta(seconds=1))

for line in open("schedules"):
    schedule = line.strip()
    print(show(schedule, lambda s: lambda at: croniter(s, at).get_next(datetime)), show(schedule, trigger), sep="\t")
') | sed 's/ \t/\t/g; s/ $//' | awk -F'\t' '{ print $1 "\n  robfig " $2 "\n  gronx " $3 "\n  cron " $4 "\n  saffron " $5 "\n  croniter " $6 "\n  APScheduler " $7 }')" <<'WANTED'
0 0 * * 1-5
  robfig Tue2 Wed3 Thu4 Fri5 Mon8 Tue9
  gronx Tue2 Wed3 Thu4 Fri5 Mon8 Tue9
  cron Tue2 Wed3 Thu4 Sun7 Mon8 Tue9
  saffron Tue2 Wed3 Thu4 Sun7 Mon8 Tue9
  croniter Tue2 Wed3 Thu4 Fri5 Mon8 Tue9
  APScheduler Tue2 Wed3 Thu4 Fri5 Sat6 Tue9
0 0 * * mon-fri
  robfig Tue2 Wed3 Thu4 Fri5 Mon8 Tue9
  gronx Tue2 Wed3 Thu4 Fri5 Mon8 Tue9
  cron Tue2 Wed3 Thu4 Fri5 Mon8 Tue9
  saffron Tue2 Wed3 Thu4 Fri5 Mon8 Tue9
  croniter Tue2 Wed3 Thu4 Fri5 Mon8 Tue9
  APScheduler Tue2 Wed3 Thu4 Fri5 Mon8 Tue9
0 0 * * 0
  robfig Sun7 Sun14 Sun21 Sun28 Sun4 Sun11
  gronx Sun7 Sun14 Sun21 Sun28 Sun4 Sun11
  cron error
  saffron error
  croniter Sun7 Sun14 Sun21 Sun28 Sun4 Sun11
  APScheduler Mon8 Mon15 Mon22 Mon29 Mon5 Mon12
0 0 * * 7
  robfig error
  gronx Sun7 Sun14 Sun21 Sun28 Sun4 Sun11
  cron Sat6 Sat13 Sat20 Sat27 Sat3 Sat10
  saffron Sat6 Sat13 Sat20 Sat27 Sat3 Sat10
  croniter Sun7 Sun14 Sun21 Sun28 Sun4 Sun11
  APScheduler error
0 0 10 * 1
  robfig Mon8 Wed10 Mon15 Mon22 Mon29 Mon5
  gronx Mon8 Wed10 Mon15 Mon22 Mon29 Mon5
  cron Sun10 Sun10 Sun10 Sun10 Sun10 Sun10
  saffron Sun7 Wed10 Sun14 Sun21 Sun28 Sun4
  croniter Mon8 Wed10 Mon15 Mon22 Mon29 Mon5
  APScheduler Tue10 Tue10 Tue10 Tue10 Tue10 Tue10
0 0 */9 * mon
  robfig Mon8 Wed10 Mon15 Fri19 Mon22 Sun28
  gronx Mon19 Mon1 Mon10 Mon1 Mon19 Mon28
  cron Mon19 Mon1 Mon10 Mon1 Mon19 Mon28
  saffron Mon8 Wed10 Mon15 Fri19 Mon22 Sun28
  croniter Mon8 Wed10 Mon15 Fri19 Mon22 Sun28
  APScheduler Mon19 Mon1 Mon10 Mon1 Mon19 Mon28
0 22-2 * * *
  robfig error
  gronx error
  cron error
  saffron 21h 22h 23h 00h 01h 02h
  croniter 22h 23h 00h 01h 02h 22h
  APScheduler error
WANTED
