//! State files of Terraform, OpenTofu and Pulumi, read and written whole.
