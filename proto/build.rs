//! Compiles the .proto files, in Rust alone: no `protoc` has to be installed.

use std::{env, error::Error, fs, path::Path};

/// Everything but what is imported.
const FILES: &[&str] = &[
    "proto/goplugin.proto",
    "proto/health.proto",
    "proto/pulumi/alias.proto",
    "proto/pulumi/engine.proto",
    "proto/pulumi/errors.proto",
    "proto/pulumi/plugin.proto",
    "proto/pulumi/provider.proto",
    "proto/rpc_status.proto",
    "proto/tfplugin6.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=proto");
    let mut compiler = protox::Compiler::new(["proto"])?;
    compiler.include_imports(true).include_source_info(true).open_files(FILES)?;
    // For tests/upstream.rs.
    fs::write(Path::new(&env::var("OUT_DIR")?).join("descriptors.bin"), compiler.encode_file_descriptor_set())?;

    let mut config = tonic_prost_build::Config::new();
    // Details of errors are found by their full name, which other languages expect in this form.
    config.enable_type_names().type_name_domain(["."], "type.googleapis.com");

    tonic_prost_build::configure()
        // What is not implemented answers UNIMPLEMENTED, as both protocols allow.
        .generate_default_stubs(true)
        // In order, so that the same content is always the same bytes.
        .btree_map(".")
        // They carry the users' values, which no log may show; see src/lib.rs.
        .skip_debug([".tfplugin6.DynamicValue", ".tfplugin6.RawState"])
        .emit_rerun_if_changed(false)
        .compile_fds_with_config(compiler.file_descriptor_set(), config)?;
    Ok(())
}
