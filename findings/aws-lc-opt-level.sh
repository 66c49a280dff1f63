#!/usr/bin/env bash
# Crates aws-lc-rs 1.19.0 and aws-lc-sys 0.47.0, Rust 1.95.0: with `opt-level = "s"`, a signature over P-521 takes six times as long to verify, since other C is compiled.
#
# Guess: `opt-level = "s"` makes the library's C a little smaller and a little slower: most of its time is in assembly, which no
#        compiler optimises.
# Seen:  for "s" and "z", the build script defines OPENSSL_SMALL. Then P-384 and P-521 have the generic arithmetic for any curve instead
#        of their own, and P-256 has no assembly either. Programs over the same P-521 key, of which one was built with "s" for this
#        crate alone and the other with 3, differ by more than three times (six here: 2.3 and 0.37 milliseconds). The build script
#        says so in a warning, which cargo shows only where a build fails. A handshake of TLS with such a certificate is where this is met.
#
# Needs cargo, and a C compiler.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
crate aws-lc-rs=1.19.0 aws-lc-sys=0.47.0 <<'RUST'
use aws_lc_rs::{rand::SystemRandom, signature::*};

fn main() {
    let key = EcdsaKeyPair::generate(&ECDSA_P521_SHA512_ASN1_SIGNING).unwrap();
    let signed = key.sign(&SystemRandom::new(), b"text").unwrap();
    let public = UnparsedPublicKey::new(&ECDSA_P521_SHA512_ASN1, key.public_key().as_ref());
    let began = std::time::Instant::now();
    for _ in 0..100 {
        public.verify(b"text", signed.as_ref()).unwrap();
    }
    println!("{}", began.elapsed().as_micros());
}
RUST
# The program and its other dependencies are the same in both.
for level in '"s"' 3; do
  sed -i '/^\[profile/,$d' Cargo.toml
  printf '[profile.release.package.aws-lc-sys]\nopt-level = %s\n' "$level" >>Cargo.toml
  cargo build --release 2>warnings || die "$(cat warnings)"
  grep -c '^warning:' warnings || true
  cp target/release/finding "verify-${level//\"/}"
done | expect "0
0"
fastest() { for _ in 1 2 3 4 5; do "./$1"; done | sort -n | head -n 1; }
small=$(fastest verify-s) fast=$(fastest verify-3)
printf 'a hundred verifications: %s microseconds at "s", %s at 3\n' "$small" "$fast" >&2
expect "$((small > 3 * fast ? 1 : 0)): at \"s\" more than three times the time" <<'WANTED'
1: at "s" more than three times the time
WANTED
