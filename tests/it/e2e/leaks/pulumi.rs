//! Pulumi.
