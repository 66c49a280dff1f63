# The common commands for work on Janiform: `just NAME`, or the scripts themselves. CI runs `just test`.

# Lists the commands.
default:
    @just --list

# Everything that CI runs, or some of its stages: `just test format lint`.
test *stages:
    scripts/test {{ stages }}

# Formats the sources and the examples.
format:
    cargo fmt --all
    if type terraform >/dev/null 2>&1; then terraform fmt -recursive examples; else tofu fmt -recursive examples; fi

# The quick checks: formats, lints, and the tests that need no tools.
quick: format
    scripts/test lint unit

# One or more end-to-end tests, by a part of their names: `just e2e doctor::`.
e2e *filters:
    scripts/test e2e -- {{ filters }}

# Writes the files that are generated from the tables: sdk-schema/ and docs/.
export:
    cargo run --quiet -- schema export --format terraform --out sdk-schema
    cargo run --quiet -- schema export --format pulumi --out sdk-schema
    cargo run --quiet -- schema export --format json-schema --out sdk-schema
    cargo run --quiet -- schema export --format markdown --out docs

# Runs the demo.
demo:
    scripts/demo

# Installs the working tree's build for Terraform, OpenTofu and Pulumi.
install:
    cargo run --quiet -- install

# A local Ory.
emulator *options:
    cargo run --quiet -- emulator {{ options }}

# The packages of a release of HEAD, installed with the real tools.
release:
    scripts/release --check
