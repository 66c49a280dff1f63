//! A provider that decides nothing: it answers each call of a plan and an apply with the object in it, over the gRPC and the TLS of
//! the real one. To create a client, it sends one request, the same for each, and does not read the answer. What it costs is the
//! least that any provider pays for those calls. Not part of the binary: `scripts/bench --only clients` shows it beside the provider.
#![allow(clippy::expect_used, clippy::print_stderr)]

use janiform::{
    engine::Engine,
    frontends::terraform::{
        Server, object,
        plugin::PluginEnv,
        serve::{ServeOptions, serve},
    },
    ory::{Client, ORY},
};
use janiform_proto::tfplugin6::{
    DynamicValue, apply_resource_change, configure_provider, get_provider_schema, get_resource_identity_schemas, plan_resource_change,
    provider_server::{Provider, ProviderServer},
    read_resource, stop_provider, upgrade_resource_state, validate_provider_config, validate_resource_config,
};
use rmp::encode as to;
use serde_json::Value as Json;
use std::{env, io, process::ExitCode, sync::Arc};
use tonic::{Request, Response, Status};

fn main() -> ExitCode {
    let variable = |name: &str| env::var(name).ok();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let project = ["ORY_PROJECT_API_URL", "ORY_PROJECT_SLUG"].map(|name| variable(name).unwrap_or_default());
    let clients = format!("{}/admin/clients", project[0].replacen("%s", &project[1], 1));
    let server = Server::new(Arc::new(Engine::new(&ORY)), variable);
    let floor = Floor { server, http: reqwest::Client::new(), clients };
    let served = runtime.block_on(serve(ProviderServer::new(floor), ServeOptions::plugin(PluginEnv::from_lookup(variable))));
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("floor: {error}");
            ExitCode::FAILURE
        }
    }
}

struct Floor {
    /// Answers with the schema of the real provider, and nothing else.
    server: Server<Client>,
    http: reqwest::Client,
    /// Where clients are created.
    clients: String,
}

#[tonic::async_trait]
impl Provider for Floor {
    async fn get_provider_schema(
        &self,
        request: Request<get_provider_schema::Request>,
    ) -> Result<Response<get_provider_schema::Response>, Status> {
        self.server.get_provider_schema(request).await
    }

    async fn get_resource_identity_schemas(
        &self,
        _: Request<get_resource_identity_schemas::Request>,
    ) -> Result<Response<get_resource_identity_schemas::Response>, Status> {
        Ok(Response::new(Default::default()))
    }

    async fn validate_provider_config(
        &self,
        _: Request<validate_provider_config::Request>,
    ) -> Result<Response<validate_provider_config::Response>, Status> {
        Ok(Response::new(Default::default()))
    }

    async fn configure_provider(&self, _: Request<configure_provider::Request>) -> Result<Response<configure_provider::Response>, Status> {
        Ok(Response::new(Default::default()))
    }

    async fn validate_resource_config(
        &self,
        _: Request<validate_resource_config::Request>,
    ) -> Result<Response<validate_resource_config::Response>, Status> {
        Ok(Response::new(Default::default()))
    }

    /// The stored JSON as MessagePack.
    async fn upgrade_resource_state(
        &self,
        request: Request<upgrade_resource_state::Request>,
    ) -> Result<Response<upgrade_resource_state::Response>, Status> {
        let stored = request.into_inner().raw_state.unwrap_or_default().json;
        let stored = serde_json::from_slice(&stored).map_err(|error| Status::invalid_argument(error.to_string()))?;
        let mut msgpack = Vec::new();
        write(&mut msgpack, &stored).map_err(|error| Status::internal(error.to_string()))?;
        let upgraded_state = Some(DynamicValue { msgpack, ..DynamicValue::default() });
        Ok(Response::new(upgrade_resource_state::Response { upgraded_state, ..Default::default() }))
    }

    async fn read_resource(&self, request: Request<read_resource::Request>) -> Result<Response<read_resource::Response>, Status> {
        let read_resource::Request { current_state, private, .. } = request.into_inner();
        Ok(Response::new(read_resource::Response { new_state: current_state, private, ..Default::default() }))
    }

    async fn plan_resource_change(
        &self,
        request: Request<plan_resource_change::Request>,
    ) -> Result<Response<plan_resource_change::Response>, Status> {
        let plan_resource_change::Request { proposed_new_state, prior_private, .. } = request.into_inner();
        let answer =
            plan_resource_change::Response { planned_state: proposed_new_state, planned_private: prior_private, ..Default::default() };
        Ok(Response::new(answer))
    }

    async fn apply_resource_change(
        &self,
        request: Request<apply_resource_change::Request>,
    ) -> Result<Response<apply_resource_change::Response>, Status> {
        let apply_resource_change::Request { prior_state, planned_state, planned_private, .. } = request.into_inner();
        if object::is_null(prior_state.as_ref()) {
            let body = r#"{"client_name":"Client","grant_types":["client_credentials"],"scope":"read write"}"#;
            let sent = self.http.post(&self.clients).header("content-type", "application/json").body(body).send().await;
            sent.and_then(reqwest::Response::error_for_status).map_err(|error| Status::unavailable(error.to_string()))?;
        }
        let answer = apply_resource_change::Response { new_state: planned_state, private: planned_private, ..Default::default() };
        Ok(Response::new(answer))
    }

    async fn stop_provider(&self, _: Request<stop_provider::Request>) -> Result<Response<stop_provider::Response>, Status> {
        Ok(Response::new(Default::default()))
    }
}

/// Numbers of more digits than a float has do not occur in what is measured.
fn write(out: &mut Vec<u8>, value: &Json) -> io::Result<()> {
    match value {
        Json::Null => to::write_nil(out)?,
        Json::Bool(value) => to::write_bool(out, *value)?,
        Json::Number(number) => match number.as_i64() {
            Some(whole) => drop(to::write_sint(out, whole)?),
            None => to::write_f64(out, number.as_f64().unwrap_or_default())?,
        },
        Json::String(text) => to::write_str(out, text)?,
        Json::Array(items) => {
            to::write_array_len(out, items.len() as u32)?;
            items.iter().try_for_each(|item| write(out, item))?;
        }
        Json::Object(members) => {
            to::write_map_len(out, members.len() as u32)?;
            for (name, value) in members {
                to::write_str(out, name)?;
                write(out, value)?;
            }
        }
    }
    Ok(())
}
