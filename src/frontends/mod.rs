//! The two faces: each translates between its protocol and [`crate::engine`], and does nothing else.
//!
//! This file owns which of them a process serves, and the runtime.

pub mod crash;
mod grpc;
mod process;
pub mod pulumi;
mod stream;
pub mod terraform;
mod types;

use crate::engine::{Engine, Journal, Provider};
use std::{
    env,
    error::Error,
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
};

/// A protocol that a process can serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    /// tfplugin6, for Terraform and OpenTofu.
    Terraform,
    /// pulumirpc, for Pulumi.
    Pulumi,
}

/// The face that the caller of this process expects: the Pulumi engine, and people who attach to a provider, call it by its plugin
/// name; Terraform sets a cookie in the environment.
pub fn face() -> Option<Face> {
    let name = env::args_os().next().map(PathBuf::from).and_then(|path| Some(path.file_stem()?.to_string_lossy().into_owned()));
    let called = |prefix| name.as_deref().is_some_and(|name| name.starts_with(prefix));
    if called("pulumi-resource-") {
        return Some(Face::Pulumi);
    }
    (called("terraform-provider-") || terraform::plugin::is_plugin_launch(variable)).then_some(Face::Terraform)
}

/// A provider's `main`: serves the provider in the face that the caller expects. `by_hand` runs if a person started the process.
pub fn run<C: Send + Sync + 'static>(provider: &'static Provider<C>, by_hand: impl Future<Output = ExitCode>) -> ExitCode {
    // One thread is enough: a provider mostly waits for answers, and threads take time to start.
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
        return ExitCode::FAILURE;
    };
    let code = runtime.block_on(async {
        match face() {
            Some(face) => serve(face, provider).await,
            None => by_hand.await,
        }
    });
    // The tasks that still run belong to calls that nobody awaits any longer.
    runtime.shutdown_background();
    code
}

/// Serves the provider in this face until its host no longer uses it.
pub async fn serve<C: Send + Sync + 'static>(face: Face, provider: &'static Provider<C>) -> ExitCode {
    crash::install();
    let served = match face {
        Face::Terraform => terraform(provider).await,
        Face::Pulumi => pulumi(provider).await,
    };
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // If stderr is closed, nobody reads the error.
            let _ = writeln!(io::stderr(), "{}: {error}", provider.name);
            ExitCode::FAILURE
        }
    }
}

/// Serves Terraform until interrupted, and prints how to attach to it.
pub async fn debug<C: Send + Sync + 'static>(provider: &'static Provider<C>) -> Result<(), Box<dyn Error>> {
    crash::install();
    let hosts = ["registry.terraform.io", "registry.opentofu.org"];
    let sources = hosts.map(|host| format!("{host}/{}/{}", provider.namespace, provider.name));
    let options = terraform::serve::ServeOptions::reattach(terraform::plugin::PluginEnv::from_lookup(variable), sources);
    serve_terraform(provider, options, terraform::log::LogLevel::by_hand(variable)).await
}

async fn terraform<C: Send + Sync + 'static>(provider: &'static Provider<C>) -> Result<(), Box<dyn Error>> {
    if env::args_os().skip(1).any(|argument| argument == "--debug" || argument == "-debug") {
        return debug(provider).await;
    }
    if !terraform::plugin::is_plugin_launch(variable) {
        return Err("this is a plugin, which Terraform or OpenTofu starts; there is nothing to see when it is run by hand".into());
    }
    let options = terraform::serve::ServeOptions::plugin(terraform::plugin::PluginEnv::from_lookup(variable));
    serve_terraform(provider, options, terraform::log::LogLevel::from_lookup(variable)).await
}

async fn serve_terraform<C: Send + Sync + 'static>(
    provider: &'static Provider<C>,
    options: terraform::serve::ServeOptions,
    level: terraform::log::LogLevel,
) -> Result<(), Box<dyn Error>> {
    terraform::log::install(level);
    let engine = Arc::new(engine(provider));
    let service = terraform::service(terraform::Server::new(engine.clone(), variable));
    let served = terraform::serve::serve(service, options).await;
    engine.finish().await;
    Ok(served?)
}

async fn pulumi<C: Send + Sync + 'static>(provider: &'static Provider<C>) -> Result<(), Box<dyn Error>> {
    let arguments = pulumi::serve::Arguments::parse(env::args_os().skip(1));
    let messages = pulumi::log::EngineLog::start();
    if let Some(address) = &arguments.engine {
        messages.set_address(address);
    }
    let engine = Arc::new(engine(provider));
    let server = pulumi::Server::new(engine.clone(), Arc::new(messages), Arc::new(variable));
    let served = pulumi::serve::serve(pulumi::service(server.clone()), pulumi::serve::ServeOptions::new(arguments)).await;
    engine.finish().await;
    server.ended(served?);
    Ok(())
}

fn engine<C: Send + Sync + 'static>(provider: &'static Provider<C>) -> Engine<C> {
    let journal = state_dir(provider).map_or_else(|| Journal::nowhere("there is no home directory"), Journal::in_dir);
    Engine::new(provider).recording(journal)
}

/// The directory for data between runs: `JANIFORM_STATE_DIR`, otherwise a directory with the provider's name where the system has
/// such data. `None` for a user without a home directory.
pub fn state_dir<C>(provider: &'static Provider<C>) -> Option<PathBuf> {
    let dir = |name| variable(name).filter(|dir| !dir.is_empty()).map(PathBuf::from);
    let of_user = || dir("XDG_STATE_HOME").or_else(|| dir("LOCALAPPDATA")).or_else(|| Some(env::home_dir()?.join(".local/state")));
    Some(dir("JANIFORM_STATE_DIR").or_else(|| Some(of_user()?.join("janiform")))?.join(provider.name))
}

/// A variable of the process environment; no other code reads it.
fn variable(name: &str) -> Option<String> {
    env::var(name).ok()
}
