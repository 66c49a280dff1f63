//! The wire: types, clients and servers of the protocols that janiform speaks, and nothing else.
//!
//! Everything here is generated when the crate is built, from the `.proto` files beside it. They
//! are our own: the numbers are those of the protocols, the words are ours. There is a crate of
//! its own for it so that a change elsewhere does not compile it again; it must not know of any
//! other part of janiform.
//!
//! * Servers and clients exist for every service. Production uses the servers and the client of
//!   Pulumi's engine; the tests use the other clients to play Terraform and Pulumi.
//! * A method that a server does not implement answers `UNIMPLEMENTED`.
//! * Map fields are ordered, so that the same content always has the same encoding.
//! * Well-known types come from [`prost_types`].

/// Terraform's provider protocol, version 6.11.
///
/// Messages of one method are in the module of the method's name: the answer to
/// `PlanResourceChange` is [`plan_resource_change::Response`](tfplugin6::plan_resource_change::Response).
pub mod tfplugin6 {
    #![allow(missing_docs)]
    tonic::include_proto!("tfplugin6");
}

/// The services that Terraform's plugin system asks of every plugin: shutdown, output, broker.
pub mod goplugin {
    #![allow(missing_docs)]
    tonic::include_proto!("plugin");
}

/// gRPC's usual health service.
pub mod health {
    #![allow(missing_docs)]
    tonic::include_proto!("grpc.health.v1");
}

/// Pulumi's resource provider protocol and the engine's own service.
pub mod pulumirpc {
    #![allow(missing_docs)]
    tonic::include_proto!("pulumirpc");
}

/// How an error carries details.
pub mod google_rpc {
    #![allow(missing_docs)]
    tonic::include_proto!("google.rpc");
}

// Messages are easily logged whole. Those that carry a user's values show their size instead, so
// that no secret gets into a log that way.

impl std::fmt::Debug for tfplugin6::DynamicValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DynamicValue").field("msgpack_len", &self.msgpack.len()).field("json_len", &self.json.len()).finish()
    }
}

impl std::fmt::Debug for tfplugin6::RawState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RawState").field("json_len", &self.json.len()).field("flatmap_len", &self.flatmap.len()).finish()
    }
}
