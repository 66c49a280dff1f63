//! The bodies of the fuzz targets, which are also property tests on stable.

#[path = "../../tests/it/hostile/decoders.rs"]
pub mod decoders;
