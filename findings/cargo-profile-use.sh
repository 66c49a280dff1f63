#!/usr/bin/env bash
# Rust 1.95.0 with its component llvm-tools: what was recorded for profile-guided optimisation is for one version of the package and one setting of `strip`; with another, it is passed over without a word.
#
# Guess: a profile that was recorded for a program still helps the next version: functions that changed have none, and rustc warns of
#        them. What decides is the code, so that a feature that changes no code, naming the machine's own target, or stripping
#        the program in the end changes nothing.
# Seen:  the names in a profile have a hash in them, of which the package's version, its features, `--target` and the
#        settings of cargo's profile, `strip` included, are a part. After 0.0.0 has become 0.0.1, or with any of the others,
#        no function of the package finds its profile, and there is no warning; LLVM has one, which is off. Another
#        directory is fine, and a changed function is the one thing that rustc warns of.
#
# Needs cargo and Rust's component llvm-tools.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
host=$(rustc -vV | sed -n 's/^host: //p')
profdata=$(rustc --print sysroot)/lib/rustlib/$host/bin/llvm-profdata
[[ -x $profdata ]] || die "the component llvm-tools is missing"
crate <<'RUST'
#[inline(never)]
fn step(x: u64) -> u64 {
    if x % 7 == 0 { x / 3 } else { x + 1 }
}

fn main() {
    let mut sum = 0u64;
    for i in 0..100_000 {
        sum = sum.wrapping_add(step(std::hint::black_box(i)));
    }
    println!("{sum}");
}
RUST
printf '[features]\nextra = []\n[profile.same]\ninherits = "release"\n[profile.stripped]\ninherits = "release"\nstrip = true\n' >>Cargo.toml
export CARGO_TARGET_DIR=$_dir/built
RUSTFLAGS=-Cprofile-generate=$_dir/raw quietly cargo run --quiet --release
quietly "$profdata" merge -o "$_dir/recorded" raw
cp -r src Cargo.toml Cargo.lock "$(mkdir -p elsewhere/deeper && echo elsewhere/deeper)"
# build WHAT ARGUMENTS...: the warnings of a build that uses the profile; then whether LLVM, asked for it, misses one for `step`.
build() {
  local flags=-Cprofile-use=$_dir/recorded
  touch src/main.rs
  printf '%s: ' "$1"
  RUSTFLAGS=$flags cargo build "${@:2}" 2>&1 | grep -c '^warning: .*:' || true
  touch src/main.rs
  RUSTFLAGS="$flags -Cllvm-args=-pgo-warn-missing-function" cargo build "${@:2}" 2>&1 |
    { grep -q 'no profile data available for function .*step' && echo '  the profile does not have step' || echo '  the profile has step'; }
}
expect "$(build 'the same, warnings' --release
(cd elsewhere/deeper && build 'another directory, warnings' --release)
build "another of cargo's profiles, warnings" --profile same
build 'the same, but stripped, warnings' --profile stripped
build 'a feature, warnings' --release --features extra
build "--target of this machine, warnings" --release --target "$host"
sed -i 's/^version = .*/version = "0.0.1"/' Cargo.toml
build 'another version, warnings' --release
sed -i 's/^version = .*/version = "0.0.0"/' Cargo.toml
sed -i 's/{ x + 1 }/{ (0..x % 5).map(std::hint::black_box).sum() }/' src/main.rs
build 'a changed function, warnings' --release)" <<'WANTED'
the same, warnings: 0
  the profile has step
another directory, warnings: 0
  the profile has step
another of cargo's profiles, warnings: 0
  the profile has step
the same, but stripped, warnings: 0
  the profile does not have step
a feature, warnings: 0
  the profile does not have step
--target of this machine, warnings: 0
  the profile does not have step
another version, warnings: 0
  the profile does not have step
a changed function, warnings: 1
  the profile has step
WANTED
