#!/usr/bin/env bash
# OpenTofu 1.12.6: its own configuration file is another language than its configurations, and forgives other things.
#
# Guess: what TF_CLI_CONFIG_FILE names is HCL 2 like any .tf file; a variable of the environment is one wherever a path
#        stands; and a block that is misspelled is an error.
# Seen:  names may be quoted as in HCL 1, which the crate hcl-rs 0.20.0 refuses. `$HOME` is replaced in `plugin_cache_dir`,
#        and in `dev_overrides` it is a directory of that name. Of misspelled blocks the one inside `provider_installation`
#        is an error, and the outer one is passed over without a word, with all that is in it.
#
# Needs go and cargo.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
go_tool tofu
crate hcl-rs=0.20.0 <<'RUST'
fn main() {
    let text = std::fs::read_to_string(std::env::args().nth(1).unwrap()).unwrap();
    println!("{}", if hcl::parse(&text).is_ok() { "read by hcl-rs" } else { "refused by hcl-rs" });
}
RUST
mkdir work
cat >work/main.tf <<'HCL'
terraform {
  required_providers {
    shop = { source = "example/shop" }
  }
}
HCL

# tofu says of this configuration file: which overrides are in effect, or what is wrong.
says() {
  cat >rc
  export HOME=/home/somebody TF_CLI_CONFIG_FILE=$_dir/rc
  (cd work && "$_dir/tofu" validate -no-color 2>&1 || true) | sed -nE 's/^ - //p; s/^(Error: .*)/\1/p' | head -1
}
quietly cargo build --quiet
overrides=$(says <<'HCL'
provider_installation {
  dev_overrides {
    "example/shop" = "$HOME/bin"
  }
}
HCL
)
by_crate=$(target/debug/finding rc)
cache=$(says <<'HCL'
plugin_cache_dir = "$HOME/cache"
HCL
)
inside=$(says <<'HCL'
provider_installation {
  dev_override {
    "example/shop" = "/bin"
  }
}
HCL
)
outside=$(says <<'HCL'
provider_instalation {
  dev_overrides {
    "example/shop" = "/bin"
  }
}
HCL
)
expect "overrides: $overrides, $by_crate
cache: $cache
inside: $inside
outside: $outside" <<'WANTED'
overrides: example/shop in $HOME/bin, refused by hcl-rs
cache: Error: The specified plugin cache dir /home/somebody/cache cannot be opened: stat /home/somebody/cache: no such file or directory
inside: Error: Invalid provider_installation method block
outside: Error: Missing required provider
WANTED
