//! Functions in Pulumi: data sources, functions, and ephemeral resources that leave nothing on a server, since previews call
//! functions too.
//!
//! Owns which values of an answer are secret. The offer itself decides its token.

use super::{
    failure,
    property::{Decoded, Encoded, Form, Origin, Secrets, Struct, decode, encode, encode_result},
    rpc::Server,
    rpc_object::spread,
};
use crate::{
    engine::{self, DataSource, Diagnostic, EphemeralEntry, Failure, Offer},
    schema::{BlockSchema, Function},
    value::{Path, Value},
};
use janiform_proto::pulumirpc::{InvokeRequest, InvokeResponse};
use tonic::Status;

/// The arguments of a call.
struct Asked {
    value: Value,
    id: Value,
    secrets: Secrets,
}

impl<C: Send + Sync + 'static> Server<C> {
    pub(super) async fn invoke_offer(&self, request: InvokeRequest) -> Result<InvokeResponse, Status> {
        let (offer, block) = self.called(&request.tok)?;
        let Decoded { value, id, secrets, problems, .. } = decode(block, &request.args.unwrap_or_default(), Origin::Inputs);
        let diagnostics = match offer {
            Offer::DataSource(source) => self.engine.validate_data_source(source, &id, &value),
            Offer::Function(function) => engine::validate_block(&function.params, &[], &value),
            Offer::Ephemeral(entry) => self.engine.validate_ephemeral(entry, &value),
            Offer::Resource(_) | Offer::ListResource(_) | Offer::Action(_) => Vec::new(),
        };
        self.warn("", block.table, &diagnostics);
        // A value that could not be read may be the one that seems to be missing.
        let diagnostics = if problems.is_empty() { diagnostics } else { Vec::new() };
        let failures = failure::check_failures(&self.tables(block.table), &secrets, problems, &diagnostics);
        if !failures.is_empty() {
            return Ok(InvokeResponse { r#return: None, failures });
        }
        let asked = Asked { value, id, secrets };
        let returned = match offer {
            Offer::DataSource(source) => self.look_up(source, block, asked).await?,
            Offer::Function(function) => match self.call_function(function, &asked) {
                Ok(returned) => returned,
                Err(why) => {
                    let failures = failure::check_failures(&self.tables(block.table), &asked.secrets, Vec::new(), &why);
                    return Ok(InvokeResponse { r#return: None, failures });
                }
            },
            Offer::Ephemeral(entry) => self.open(entry, block, asked).await?,
            Offer::Resource(_) | Offer::ListResource(_) | Offer::Action(_) => Struct::default(),
        };
        Ok(InvokeResponse { r#return: Some(returned), failures })
    }

    async fn look_up(&self, source: &DataSource<C>, block: &BlockSchema, asked: Asked) -> Result<Struct, Status> {
        let Asked { value, id, secrets } = asked;
        let found = self.engine.lookup(source, &id, &value, self.call("", 0.0, &secrets)).await;
        let found = found.map_err(|failure| failure::failed(&self.tables(block.table), &failure))?;
        self.warn("", block.table, &found.warnings);
        let secrets = spread(block.table, &value, secrets);
        Ok(encode(block, &found.value, found.id.as_deref(), &secrets, Form::Outputs).properties)
    }

    /// A result that was computed from a secret is secret.
    fn call_function(&self, function: &'static Function, asked: &Asked) -> Result<Struct, Vec<Diagnostic>> {
        let result = engine::call(function, &asked.value)?;
        let Encoded { properties, rounded } = encode_result(&function.returns, &result, !asked.secrets.is_empty());
        self.warn_of_rounding("", rounded);
        Ok(properties)
    }

    /// Pulumi neither renews nor closes: the engine does both while the run lasts. All results are secret, which keeps them out of
    /// the state in plain text if a program passes them on.
    async fn open(&self, entry: &'static EphemeralEntry<C>, block: &BlockSchema, asked: Asked) -> Result<Struct, Status> {
        let opened = self.engine.open(entry, &asked.value, self.call("", 0.0, &asked.secrets)).await;
        let open = opened.map_err(|failure| self.failed(block, failure))?;
        self.warn("", block.table, &open.warnings);
        let given = block.fields.iter().filter_map(|field| field.attr.filter(|_| !field.configurable()));
        let secrets = asked.secrets.into_iter().chain(given.map(|attr| Path::attr(attr.name))).collect();
        let properties = encode(block, &open.value, None, &secrets, Form::Outputs).properties;
        let (messages, tables) = (self.messages.clone(), self.tables(block.table));
        self.engine.keep(entry, open, move |told| {
            told.iter().for_each(|told| messages.warn("", failure::tell_where(&tables, told)));
        });
        Ok(properties)
    }

    fn failed(&self, block: &BlockSchema, failure: Failure) -> Status {
        Status::failed_precondition(failure::errors(&self.tables(block.table), &failure.into_errors()).join("\n"))
    }
}
