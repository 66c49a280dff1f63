//! stub
use crate::engine::Engine;
/// f
pub enum Format {
    /// t
    Terraform,
    /// p
    Pulumi,
    /// j
    JsonSchema,
    /// m
    Markdown,
}
/// f
pub struct File {
    /// p
    pub path: String,
    /// c
    pub content: String,
}
/// e
pub fn export<C: Send + Sync + 'static>(_e: &Engine<C>, _f: Format) -> Vec<File> {
    Vec::new()
}
/// c
pub fn check(_d: &std::path::Path, _f: &[File]) -> Vec<String> {
    Vec::new()
}
