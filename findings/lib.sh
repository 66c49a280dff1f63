# Shared by the findings: source it first. It shows what the script says of itself, makes a temporary directory that
# goes away at the end, enters it, and defines functions. What it builds comes from published packages; Go keeps what it
# compiled in its own cache, so that only the first run takes minutes.
# shellcheck shell=bash

sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0" >&2

_dir=$(mktemp -d) _server=
trap '_end' EXIT
_stop() {
  if [[ -n $_server ]]; then
    kill "$_server" 2>/dev/null && wait "$_server" 2>/dev/null || true
  fi
  _server=
}
_end() {
  _stop
  chmod -R u+w "$_dir" && rm -rf "$_dir"
}
cd "$_dir"
# What is set here for other runs of the tools changes nothing.
unset "${!TF_@}" "${!PULUMI_@}"
export CHECKPOINT_DISABLE=1 PULUMI_SKIP_UPDATE_CHECK=true

die() { printf 'error: %s\n' "$*" >&2; exit 1; }

# expect TEXT: prints the text, and fails unless it is what stdin has.
expect() {
  printf '%s\n' "$1"
  diff <(printf '%s\n' "$1") - >&2 || die "this is seen no longer"
}

# quietly COMMAND...: its output only where it fails.
quietly() { "$@" >log 2>&1 || { cat log >&2; die "this failed: $*"; }; }

# crate NAME=VERSION...: makes a Rust program of stdin with these dependencies, for `cargo run`.
crate() {
  local dependency
  mkdir -p src
  cat >src/main.rs
  printf '[package]\nname = "finding"\nversion = "0.0.0"\nedition = "2021"\n\n[dependencies]\n' >Cargo.toml
  for dependency in "$@"; do printf '%s = "=%s"\n' "${dependency%%=*}" "${dependency#*=}" >>Cargo.toml; done
}

# go_program PLACE MODULE@VERSION...: makes a Go program of stdin with these dependencies, and builds it at PLACE.
go_program() {
  local place=$_dir/$1
  mkdir -p "$place.src"
  cat >"$place.src/main.go"
  _go "$place" . '' "${@:2}"
}

# go_tool NAME: one of the programs that findings run, built from its module at ./NAME. Go leaves the replacements of a
# dependency's own go.mod out, so they are repeated here.
go_tool() {
  local sqlite='sqlite,json1,sqlite_omit_load_extension'
  mkdir -p "$1.src"
  case $1 in
    tofu) _go "$1" github.com/opentofu/opentofu/cmd/tofu '' github.com/opentofu/opentofu@v1.12.6 \
      github.com/hashicorp/hcl/v2=github.com/opentofu/hcl/v2@v2.20.2-0.20251021132045-587d123c2828 ;;
    pulumi) STAMP=-X=github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v3.276.0 \
      _go "$1" github.com/pulumi/pulumi/pkg/v3/cmd/pulumi '' github.com/pulumi/pulumi/pkg/v3@v3.276.0 \
      github.com/atotto/clipboard=github.com/tgummerer/clipboard@v0.0.0-20241001131231-d02d263e614e ;;
    pulumi-language-yaml) _go "$1" github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml '' github.com/pulumi/pulumi-yaml@v1.38.1 ;;
    hydra) _go "$1" github.com/ory/hydra/v2 "$sqlite" github.com/ory/hydra/v2@v2.3.0 \
      github.com/gobuffalo/pop/v6=github.com/ory/pop/v6@v6.2.1-0.20241121111754-e5dfc0f3344b ;;
    kratos) _go "$1" github.com/ory/kratos "$sqlite" github.com/ory/kratos@v1.3.1 \
      github.com/go-swagger/go-swagger=github.com/aeneasr/go-swagger@v0.19.1-0.20241013070044-bccef3a12e26 \
      github.com/gobuffalo/pop/v6=github.com/ory/pop/v6@v6.2.0 \
      github.com/gorilla/sessions=github.com/ory/sessions@v1.2.2-0.20220110165800-b09c17334dc2 \
      github.com/mattn/go-sqlite3=github.com/mattn/go-sqlite3@v1.14.22 ;;
    keto) _go "$1" github.com/ory/keto "$sqlite" github.com/ory/keto@v0.13.0-alpha.0 github.com/ory/keto/proto@v0.13.0-alpha.0 ;;
    *) die "no tool is called $1" ;;
  esac
}

# _go PLACE PACKAGE TAGS MODULE@VERSION|OLD=NEW@VERSION...
_go() (
  export GOWORK=off GOFLAGS="-mod=mod -buildvcs=false"
  place=$PWD/${1#"$PWD/"} package=$2 tags=$3 wanted=()
  cd "$place.src"
  quietly go mod init finding
  for module in "${@:4}"; do
    if [[ $module = *=* ]]; then quietly go mod edit -replace="$module"; else wanted+=("$module"); fi
  done
  quietly go get "${wanted[@]}"
  export CGO_ENABLED=$([[ -n $tags ]] && echo 1 || echo 0)
  quietly go build -trimpath -tags "$tags" -ldflags "-s -w ${STAMP:-}" -o "$place" "$package"
)

# pulumi_stack: builds Pulumi and its language YAML, and makes an empty stack for the program on stdin.
pulumi_stack() {
  go_tool pulumi
  go_tool pulumi-language-yaml
  mkdir state
  cat >Pulumi.yaml
  export PATH=$_dir:$PATH PULUMI_HOME=$_dir/home PULUMI_BACKEND_URL=file://$_dir/state PULUMI_CONFIG_PASSPHRASE=none
  export PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION=true
  quietly pulumi stack init dev --non-interactive
}

# serve hydra|kratos|keto: builds the server, starts it with an empty database in memory, and waits until it is ready.
# `asking` then knows its ports, of Keto the one to write as ADMIN, the one to read as PUBLIC, and SYNTAX. They are some of
# the few that nobody uses; the servers listen on this machine alone. Keto's rules are in rules.ts, and what a configuration
# has beside the common is in more.yaml. Again, it starts it anew; Kratos has its data still if they are in the file
# $database.
serve() {
  local admin public metrics syntax
  read -r admin public metrics syntax < <(python3 -c '
import socket
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in "1234"]
print(*[s.getsockname()[1] for s in sockets])')
  _stop || true
  [[ -x $1 ]] || go_tool "$1"
  cat >ask.py <<'PYTHON'
import http.client, json, sys, time

def ask(method, path, body=None, port=ADMIN, headers=()):
    """Status and body, read as JSON where it is; a text is sent as a form, bytes as they are, anything else as JSON.
    `ask.headers` and `ask.text` have the answer's headers and text; redirects are not followed."""
    form = isinstance(body, str)
    kind = {"Content-Type": "application/x-www-form-urlencoded" if form else "application/json"}
    server = http.client.HTTPConnection("127.0.0.1", port)
    server.request(method, path, body if body is None or isinstance(body, (str, bytes)) else json.dumps(body), kind | dict(headers))
    answer = server.getresponse()
    text, ask.headers = answer.read().decode(), answer.headers
    ask.text = text
    try:
        return answer.status, json.loads(text)
    except ValueError:
        return answer.status, text

def await_ready():
    for _ in range(300):
        try:
            if any(ask("GET", path)[0] == 200 for path in ("/health/ready", "/admin/health/ready")):
                return
        except OSError:
            pass
        time.sleep(0.1)
    sys.exit("the server does not start")
PYTHON
  sed -i "1i ADMIN, PUBLIC, SYNTAX = $admin, $public, $syntax" ask.py
  local own="http://127.0.0.1:$public" common
  common="
log: { level: error }
serve: { admin: { host: 127.0.0.1, port: $admin }, public: { host: 127.0.0.1, port: $public } }"
  if [[ $1 = hydra ]]; then
    echo "$common
secrets: { system: [only-for-this-run-0123456789] }
urls: { self: { issuer: '$own', public: '$own' } }" >config.yaml
    set -- hydra serve all --dev
  elif [[ $1 = keto ]]; then
    echo "
log: { level: error }
namespaces: { location: 'file://$_dir/rules.ts' }
serve:
  write: { host: 127.0.0.1, port: $admin }
  read: { host: 127.0.0.1, port: $public }
  metrics: { host: 127.0.0.1, port: $metrics }
  opl: { host: 127.0.0.1, port: $syntax }" >config.yaml
    set -- keto serve
  else
    echo "$common
secrets: { default: [only-for-this-run-0123456789] }
identity: { default_schema_id: person, schemas: [{ id: person, url: 'file://$_dir/person.json' }] }
selfservice: { default_browser_return_url: '$own/' }
courier: { smtp: { connection_uri: 'smtp://127.0.0.1:1/' } }" >config.yaml
    [[ -f person.json ]] || cat >person.json <<'JSON'
{
  "$id": "https://schemas.invalid/person.json",
  "type": "object",
  "properties": { "traits": { "type": "object", "properties": { "email": {
    "type": "string",
    "ory.sh/kratos": { "credentials": { "password": { "identifier": true } }, "verification": { "via": "email" } }
  } } } }
}
JSON
    set -- kratos serve
  fi
  set -- "$@" -c config.yaml
  [[ ! -f more.yaml ]] || set -- "$@" -c more.yaml
  local place=memory
  if [[ -n ${database:-} ]]; then
    place="sqlite://$_dir/$database?_fk=true"
    quietly env -i DSN="$place" "./$1" migrate sql -e --yes -c config.yaml
  fi
  env -i DSN="$place" SQA_OPT_OUT=true "./$1" "${@:2}" --sqa-opt-out >server.log 2>&1 &
  _server=$!
  python3 -c 'import ask; ask.await_ready()' || { cat server.log >&2; die "$1 does not start"; }
}

# asking: runs the Python on stdin, with `ask` and `json` at hand.
asking() { { echo 'import json, re'; echo 'from ask import ADMIN, PUBLIC, ask'; cat; } >asking.py; PYTHONDONTWRITEBYTECODE=1 python3 asking.py; }

# sdk_generator: makes ./generate, which writes FILE of the SDK in LANGUAGE (go, nodejs, python) for the schema of the
# package `probe` on stdin, or says why not.
sdk_generator() {
  go_program generate github.com/pulumi/pulumi/pkg/v3@v3.276.0 <<'GO'
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	golang "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

func main() {
	var spec schema.PackageSpec
	if err := json.NewDecoder(os.Stdin).Decode(&spec); err != nil {
		panic(err)
	}
	var others struct{ schema.ReferenceLoader }
	pkg, diagnostics, err := schema.BindSpec(spec, others, schema.ValidationOptions{})
	if err != nil || diagnostics.HasErrors() {
		fmt.Println(err, diagnostics)
		return
	}
	var files map[string][]byte
	switch os.Args[1] {
	case "go":
		files, err = golang.GeneratePackage("finding", pkg, nil)
	case "nodejs":
		files, err = nodejs.GeneratePackage("finding", pkg, nil, nil, false, others)
	case "python":
		files, err = python.GeneratePackage("finding", pkg, nil, others)
	}
	if err != nil {
		fmt.Println(err)
	}
	for name, content := range files {
		if strings.HasSuffix("/"+name, "/"+os.Args[2]) {
			os.Stdout.Write(content)
		}
	}
}
GO
}

# jsonnets: makes three implementations of Jsonnet, go-jsonnet 0.21.0 (which Kratos uses in an older version), the one in C++
# (PyPI jsonnet 0.22.0) and the one in Rust (PyPI rjsonnet 0.5.6), and shows what each makes of every line of stdin.
jsonnets() {
  go_program evaluate github.com/google/go-jsonnet@v0.21.0 <<'GO'
package main

import (
	"fmt"
	"os"

	"github.com/google/go-jsonnet"
)

func main() {
	text, err := jsonnet.MakeVM().EvaluateAnonymousSnippet("", os.Args[1])
	fmt.Print(text)
	if err != nil {
		fmt.Print("error")
	}
}
GO
  quietly python3 -m venv python
  quietly python/bin/pip install jsonnet==0.22.0 rjsonnet==0.5.6
  local line
  while IFS= read -r line; do
    printf '%s\n' "$line"
    printf '  Go   %s\n' "$(./evaluate "$line" | tr '\n' ' ')"
    printf '  C++  %s\n' "$(_python_jsonnet _jsonnet "$line" | tr '\n' ' ')"
    printf '  Rust %s\n' "$(_python_jsonnet rjsonnet "$line" | tr '\n' ' ')"
  done | tr -s ' ' | sed 's/ $//'
}

_python_jsonnet() {
  python/bin/python -c '
import importlib, sys
try:
    print(importlib.import_module(sys.argv[1]).evaluate_snippet("", sys.argv[2]))
except Exception:
    print("error")
' "$@"
}

# schema_validators: makes four validators of JSON Schema, and shows what each says of every line of stdin, which is a schema
# and a value with a tab in between: ajv 8.17.1 (npm), jsonschema 4.26.0 (PyPI), github.com/ory/jsonschema/v3 3.0.8 (Go, in
# Kratos) and jsonschema 0.61.2 (crate), all as they come, for draft 7.
schema_validators() {
  cat >tests
  go_program validate github.com/ory/jsonschema/v3@v3.0.8 <<'GO'
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/ory/jsonschema/v3"
)

func main() {
	tests, _ := os.Open("tests")
	for lines := bufio.NewScanner(tests); lines.Scan(); {
		text, value, _ := strings.Cut(lines.Text(), "\t")
		compiler := jsonschema.NewCompiler()
		_ = compiler.AddResource("test.json", strings.NewReader(text))
		if schema, err := compiler.Compile(context.Background(), "test.json"); err != nil {
			fmt.Println("error")
		} else {
			fmt.Println(schema.Validate(strings.NewReader(value)) == nil)
		}
	}
}
GO
  crate jsonschema=0.61.2 serde_json=1.0.154 <<'RUST'
fn main() {
    for line in std::fs::read_to_string("tests").unwrap().lines() {
        let (schema, value) = line.split_once('\t').unwrap();
        let value = serde_json::from_str(value).unwrap();
        match jsonschema::draft7::new(&serde_json::from_str(schema).unwrap()) {
            Ok(validator) => println!("{}", validator.is_valid(&value)),
            Err(_) => println!("error"),
        }
    }
}
RUST
  # What it has by default is there to fetch schemas.
  sed -i 's/^jsonschema = \(.*\)/jsonschema = { version = \1, default-features = false }/' Cargo.toml
  quietly npm install ajv@8.17.1
  quietly python3 -m venv python
  quietly python/bin/pip install jsonschema==4.26.0
  paste tests <(node -e '
const Ajv = require("ajv")
for (const line of require("fs").readFileSync("tests", "utf8").trim().split("\n")) {
  const [schema, value] = line.split("\t")
  try {
    console.log(new Ajv({ strict: false, logger: false }).compile(JSON.parse(schema))(JSON.parse(value)))
  } catch {
    console.log("error")
  }
}') <(python/bin/python -W ignore -c '
import json, jsonschema
for line in open("tests"):
    schema, value = map(json.loads, line.split("\t"))
    try:
        jsonschema.Draft7Validator.check_schema(schema)
        print(str(jsonschema.Draft7Validator(schema).is_valid(value)).lower())
    except Exception:
        print("error")
') <(./validate) <(cargo run --quiet) | awk -F'\t' '{ print $1 " " $2 ": ajv " $3 ", Python " $4 ", Ory " $5 ", Rust " $6 }'
}
