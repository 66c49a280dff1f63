//! Files as editors and shells on other systems write them.

use janiform::crossing::{
    input::{read, read_text},
    migrate::Config,
};
use std::{fs, process::Command};

#[test]
fn a_byte_order_mark_is_no_part_of_a_text() {
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("file");
    let wide = |unit: fn(u16) -> [u8; 2]| "\u{feff}{\"ü\": 1}".encode_utf16().flat_map(unit).collect::<Vec<_>>();
    let utf8 = "{\"ü\": 1}".as_bytes();
    for bytes in [utf8.to_vec(), [b"\xef\xbb\xbf", utf8].concat(), wide(u16::to_le_bytes), wide(u16::to_be_bytes)] {
        fs::write(&file, &bytes).unwrap();
        assert_eq!((read(&file).unwrap(), read_text(&file).unwrap().as_bytes()), (utf8.to_vec(), utf8), "{bytes:?}");
    }
    for (bytes, why) in [(&b"\xff\xfea"[..], "UTF-16"), (b"\xff\xfe\x00\xd8", "UTF-16"), (b"a\xff", "UTF-8")] {
        fs::write(&file, bytes).unwrap();
        assert!(read_text(&file).unwrap_err().to_string().contains(why), "{bytes:?}");
    }
    fs::write(&file, "").unwrap();
    assert_eq!(read_text(&file).unwrap(), "");
}

/// Terraform and OpenTofu apply such a program.
#[test]
fn programs_and_states_may_begin_with_a_byte_order_mark() {
    let scratch = tempfile::tempdir().unwrap();
    let at = |name: &str| scratch.path().join(name);
    fs::write(at("main.tf"), "\u{feff}resource \"ory_oauth2_client\" \"a\" {\n  client_name = var.a\n}\nvariable \"a\" {}\n").unwrap();
    fs::write(at("terraform.tfvars"), "\u{feff}a = \"b\"\n").unwrap();
    Config::read(scratch.path()).unwrap();
    let peer = format!("{}/tests/fixtures/peers/svrakitin.tfstate", env!("CARGO_MANIFEST_DIR"));
    fs::write(at("state"), format!("\u{feff}{}", fs::read_to_string(peer).unwrap())).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_janiform"));
    let ran = command.arg("adopt").arg(at("state")).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    fs::write(at("kratos.yml"), "\u{feff}selfservice:\n  default_browser_return_url: https://shop.example.com/\n").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_janiform"));
    let ran = command.args(["discover", "--from-config"]).arg(at("kratos.yml")).arg("--out").arg(at("out")).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}
