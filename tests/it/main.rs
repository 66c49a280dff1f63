//! The integration tests, in one binary.

mod ory;
mod support;
