#!/usr/bin/env bash
# Go prometheus/common 0.74.0, PyPI prometheus-client 0.26.0, npm parse-prometheus-text-format 1.1.1: a space at the end of a line is an error in Prometheus' own parser, and a counter gets another name in Python.
#
# Guess: the text format of Prometheus is a page long, and every exporter writes it: blanks between the parts do not count, also at
#        the end of a line, a line that begins with # is a comment unless it says HELP or TYPE, and names are what they are.
# Seen:  Go's parser, with which the collector of text files and the push gateway read, takes a blank after the value for a
#        timestamp that is no number. Python calls the only sample of a counter "jobs" "jobs_total". In Node a comment without a
#        blank after the # is a metric, blanks around a comma in the braces are an error for the whole text, and a metric whose
#        name is in quotes, as the names of OpenTelemetry may be by now, is lost without one.
#
# Needs go, node with npm, and python3 with venv.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
quietly npm install parse-prometheus-text-format@1.1.1
quietly python3 -m venv python
quietly python/bin/pip install prometheus-client==0.26.0
# A text a line, its own lines separated by |.
cat >texts <<'TEXT'
jobs{queue="mail"} 1|
jobs{queue="mail"} 1 |
jobs { queue = "mail" , host = "a" } 1|
# TYPE jobs counter|jobs 1|
# TYPE jobs_total counter|jobs_total 1|
#seen today|jobs 1|
#TYPE jobs counter|jobs 1|
{"http.server.requests",path="/"} 1|
TEXT
go_program in_go github.com/prometheus/common@v0.74.0 <<'GO'
package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

func main() {
	texts, _ := os.Open("texts")
	for lines := bufio.NewScanner(texts); lines.Scan(); {
		parser := expfmt.NewTextParser(model.UTF8Validation)
		families, err := parser.TextToMetricFamilies(strings.NewReader(strings.ReplaceAll(lines.Text(), "|", "\n")))
		if err != nil {
			fmt.Print("error")
		}
		for name, family := range families {
			if err == nil {
				fmt.Print(name, " (", strings.ToLower(family.GetType().String()), ")")
			}
		}
		fmt.Println()
	}
}
GO
expect "$(paste texts <(./in_go) <(python/bin/python -c '
from prometheus_client.parser import text_string_to_metric_families as parse
for line in open("texts"):
    try:
        families = parse(line.strip().replace("|", "\n"))
        print(", ".join(f"{sample.name} ({family.type})" for family in families for sample in family.samples))
    except ValueError:
        print("error")') <(node -e '
const parse = require("parse-prometheus-text-format")
for (const line of require("fs").readFileSync("texts", "utf8").trim().split("\n")) {
  try {
    console.log(parse(line.replaceAll("|", "\n")).map(({ name, type }) => `${name} (${type.toLowerCase()})`).join(", ") || "nothing")
  } catch {
    console.log("error")
  }
}') | awk -F'\t' '{ print $1 ": Go " $2 "; Python " $3 "; Node " $4 }')" <<'WANTED'
jobs{queue="mail"} 1|: Go jobs (untyped); Python jobs (unknown); Node jobs (untyped)
jobs{queue="mail"} 1 |: Go error; Python jobs (unknown); Node jobs (untyped)
jobs { queue = "mail" , host = "a" } 1|: Go jobs (untyped); Python jobs (unknown); Node error
# TYPE jobs counter|jobs 1|: Go jobs (counter); Python jobs_total (counter); Node jobs (counter)
# TYPE jobs_total counter|jobs_total 1|: Go jobs_total (counter); Python jobs_total (counter); Node jobs_total (counter)
#seen today|jobs 1|: Go jobs (untyped); Python jobs (unknown); Node #seen (untyped), jobs (untyped)
#TYPE jobs counter|jobs 1|: Go jobs (counter); Python jobs (unknown); Node #TYPE (untyped), jobs (untyped)
{"http.server.requests",path="/"} 1|: Go http.server.requests (untyped); Python http.server.requests (unknown); Node nothing
WANTED
