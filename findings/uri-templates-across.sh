#!/usr/bin/env bash
# PyPI uritemplate 4.2.0 and uri-template 1.3.0, npm url-template 3.1.1, uri-templates 0.2.0 and uri-template-lite 23.4.0: with page 0, {?page} is "?page=".
#
# Guess: a template of RFC 6570 is filled alike by all: 0 and false are values as others are, what is null is not there, also
#        in a list or an object ("a list of defined values" is what the RFC has), a list without items is not there,
#        and of a text with "%20" in it `{+text}` makes a link that is right.
# Seen:  in Python, uritemplate, which Google's client uses, sends an empty text for 0 and for false in a query; elsewhere
#        false is "False". Four of five put null or None into the address, as a text; one has `;page0` in place of
#        `;page=0`, one `?tags=` for no tags, one sorts the members of an object. `%20` is encoded once more by one of them,
#        and a percent sign alone is left as it is by another.
#
# Needs node with npm, and python3 with venv.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cat >values.json <<'JSON'
{ "page": 0, "all": false, "tags": [], "some": ["a", null, "b"], "filter": { "z": "1", "a": null }, "sort": { "z": 1, "a": 2 }, "next": "50%20%" }
JSON
cat >templates <<'TEXT'
{?page,all}
/{page}/{all}
{;page}
{?tags}
{?some*}
{?filter*}
{?sort*}
{+next}
TEXT
quietly npm install url-template@3.1.1 uri-templates@0.2.0 uri-template-lite@23.4.0
quietly python3 -m venv python
quietly python/bin/pip install uritemplate==4.2.0 uri-template==1.3.0
cat >fill.mjs <<'JS'
import { readFileSync } from "fs"
import { parseTemplate } from "url-template"
import templates from "uri-templates"
import lite from "uri-template-lite"
const values = JSON.parse(readFileSync("values.json"))
for (const line of readFileSync("templates", "utf8").trim().split("\n")) {
  const filled = [parseTemplate(line).expand(values), templates(line).fill(values), lite.expand(line, values)]
  console.log(`  url-template "${filled[0]}", uri-templates "${filled[1]}", uri-template-lite "${filled[2]}"`)
}
JS
cat >fill.py <<'PYTHON'
import json, uritemplate, uri_template
values = json.load(open("values.json"))
for line in open("templates"):
    line = line.strip()
    print(f'  uritemplate "{uritemplate.expand(line, values)}", uri-template "{uri_template.expand(line, **values)}"')
PYTHON
expect "$(paste -d'\n' templates <(python/bin/python fill.py) <(node fill.mjs))" <<'WANTED'
{?page,all}
  uritemplate "?page=&all=", uri-template "?page=0&all=false"
  url-template "?page=0&all=false", uri-templates "?page=0&all=false", uri-template-lite "?page=0&all=false"
/{page}/{all}
  uritemplate "/0/False", uri-template "/0/false"
  url-template "/0/false", uri-templates "/0/false", uri-template-lite "/0/false"
{;page}
  uritemplate ";page", uri-template ";page=0"
  url-template ";page=0", uri-templates ";page0", uri-template-lite ";page=0"
{?tags}
  uritemplate "", uri-template ""
  url-template "?tags=", uri-templates "", uri-template-lite ""
{?some*}
  uritemplate "?some=a&some=None&some=b", uri-template "?some=a&some=None&some=b"
  url-template "?some=a&some=b", uri-templates "?some=a&some=null&some=b", uri-template-lite "?some=a&some=null&some=b"
{?filter*}
  uritemplate "?a=None&z=1", uri-template "?z=1&a=None"
  url-template "?z=1", uri-templates "?z=1&a=null", uri-template-lite "?z=1&a=null"
{?sort*}
  uritemplate "?a=2&z=1", uri-template "?z=1&a=2"
  url-template "?z=1&a=2", uri-templates "?z=1&a=2", uri-template-lite "?z=1&a=2"
{+next}
  uritemplate "50%20%", uri-template "50%20%25"
  url-template "50%20%25", uri-templates "50%20%25", uri-template-lite "50%2520%25"
WANTED
