//! Pulumi's engine as a provider sees it: it makes the calls that the real one makes, in its order, over a real connection,
//! and checks every answer by the rules. Must not know any provider.

use super::{
    Recorder,
    rules::{self, Broken, Rule, Shape, matches},
    wire::{has_unknown, json_of, plain, properties},
};
use janiform::{
    engine::{Engine, Provider},
    frontends::pulumi::Server,
};
use janiform_proto::{
    google_rpc,
    pulumirpc::{
        CheckRequest, ConfigureRequest, CreateRequest, DeleteRequest, DiffRequest, DiffResponse, ErrorResourceInitFailed, GetSchemaRequest,
        InvokeRequest, ProviderHandshakeRequest, ReadRequest, UpdateRequest,
        diff_response::DiffChanges,
        resource_provider_client::ResourceProviderClient,
        resource_provider_server::{ResourceProvider, ResourceProviderServer},
    },
};
use prost::Message;
use serde_json::{Value as Json, json};
use std::{collections::BTreeMap, sync::Arc};
use tonic::{
    Code, Status,
    transport::{Channel, Endpoint, server::TcpIncoming},
};

/// Why a step failed.
#[derive(Debug)]
pub enum Stop {
    /// The provider broke a rule, and how.
    Broken(Rule, String),
    /// The provider refused inputs: property and reason.
    Refused(Vec<(String, String)>),
    /// The provider failed.
    Failed(Code, String),
    /// The object exists, and not all of it worked.
    HalfDone(Vec<String>),
}

impl From<Broken> for Stop {
    fn from((rule, what): Broken) -> Self {
        Stop::Broken(rule, what)
    }
}

impl From<Status> for Stop {
    fn from(status: Status) -> Self {
        Stop::Failed(status.code(), status.message().to_owned())
    }
}

/// An object in the state.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// Its type.
    pub token: String,
    /// Its id.
    pub id: String,
    /// The checked inputs of the program.
    pub inputs: Json,
    /// The outputs of the object.
    pub outputs: Json,
    /// The errors of steps after the creation; the engine lets the next update complete it.
    pub init_errors: Vec<String>,
}

/// What a step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// Nothing.
    Nothing,
    /// It made a new object.
    Created,
    /// It changed the existing object.
    Updated,
    /// It replaced the old object by a new one.
    Replaced,
}

/// The result of an `up`.
#[derive(Debug)]
pub struct Up {
    /// What the step did.
    pub done: Done,
    /// The diff, if there was an object.
    pub diff: Option<DiffResponse>,
    /// The checked inputs of the program.
    pub inputs: Json,
    /// The outputs of the object.
    pub outputs: Json,
    /// The outputs of the preview.
    pub foreseen: Json,
}

/// The engine with one provider.
pub struct Host {
    /// For calls that the engine would not make.
    pub client: ResourceProviderClient<Channel>,
    /// The provider's schema.
    pub schema: Json,
    /// Objects by their names in the program.
    pub state: BTreeMap<String, Stored>,
    /// The timeout of a write in seconds, if the program sets one; otherwise zero.
    pub timeout: f64,
}

impl Host {
    /// The engine with this provider, without an environment and not configured yet. Its messages are not kept.
    pub async fn of<C: Send + Sync + 'static>(provider: &'static Provider<C>) -> Host {
        Host::start(Server::new(Arc::new(Engine::new(provider)), Arc::new(Recorder::default()), Arc::new(|_| None))).await
    }

    /// Connects to a provider that is served in this process.
    pub async fn start<P: ResourceProvider>(provider: P) -> Host {
        Host::start_service(ResourceProviderServer::new(provider)).await
    }

    /// The same, with a service as it is really served.
    pub async fn start_service<P: ResourceProvider>(service: ResourceProviderServer<P>) -> Host {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        // Small answers must not wait for each other, or each call takes 40 ms.
        let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
        tokio::spawn(tonic::transport::Server::builder().add_service(service).serve_with_incoming(incoming));
        let channel = Endpoint::from_shared(format!("http://{address}")).unwrap().connect().await.unwrap();
        let mut client = ResourceProviderClient::new(channel);
        let request = ProviderHandshakeRequest {
            engine_address: "127.0.0.1:1".into(),
            configure_with_urn: true,
            sends_old_outputs_to_check: true,
            ..Default::default()
        };
        let flags = client.handshake(request).await.unwrap().into_inner();
        assert!(flags.accept_secrets, "the engine would unwrap all secrets");
        client.get_plugin_info(()).await.unwrap();
        let schema = client.get_schema(GetSchemaRequest::default()).await.unwrap().into_inner().schema;
        Host { client, schema: serde_json::from_str(&schema).unwrap(), state: BTreeMap::new(), timeout: 0.0 }
    }

    /// Checks a configuration, and uses it.
    pub async fn configure(&mut self, config: Json) -> Result<Json, Stop> {
        let request = CheckRequest {
            urn: self.provider_urn(),
            olds: Some(Default::default()),
            news: Some(properties(&plain(&config))),
            ..Default::default()
        };
        let checked = self.client.check_config(request).await?.into_inner();
        let shape = Shape { schema: &self.schema, resource: &self.schema["provider"] };
        checked.failures.iter().try_for_each(|failure| shape.failure(&failure.property, &config))?;
        refused(checked.failures)?;
        let inputs = json_of(&checked.inputs.unwrap_or_default());
        assert_eq!(plain(&inputs), plain(&config), "the configuration is not kept as it was written");
        let request =
            ConfigureRequest { args: Some(properties(&inputs)), accept_secrets: true, accept_resources: true, ..Default::default() };
        self.client.configure(request).await?;
        Ok(inputs)
    }

    fn provider_urn(&self) -> String {
        format!("urn:pulumi:dev::test::pulumi:providers:{0}::{0}", self.schema["name"].as_str().unwrap())
    }

    /// The URN of the object with this name.
    pub fn urn(token: &str, name: &str) -> String {
        format!("urn:pulumi:dev::test::{token}::{name}")
    }

    fn shape(&self, token: &str) -> Shape<'_> {
        let resource = &self.schema["resources"][token];
        assert!(resource.is_object(), "no resource {token}");
        Shape { schema: &self.schema, resource }
    }

    /// Checks a program's inputs, several times, to see that the answer is stable.
    pub async fn check(&mut self, token: &str, name: &str, olds: &Json, news: &Json) -> Result<Json, Stop> {
        let first = self.check_once(token, name, olds, news).await?;
        self.shape(token).inputs(&first, news)?;
        if self.check_once(token, name, olds, news).await? != first {
            return Err(Stop::Broken(Rule::Deterministic, "the same check gave another answer".into()));
        }
        if self.check_once(token, name, olds, &first).await? != first {
            return Err(Stop::Broken(Rule::CheckIdempotent, "checked inputs changed in a second check".into()));
        }
        if !has_unknown(news) && has_unknown(&first) {
            return Err(Stop::Broken(Rule::NothingUnknown, "a check made something unknown".into()));
        }
        for (property, value) in news
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(name, value)| !value.is_null() && !has_unknown(value) && first.get(*name).is_some())
        {
            let spelled_as_declared = std::mem::discriminant(&plain(value)) == std::mem::discriminant(&plain(&first[property]));
            if spelled_as_declared && !matches(&plain(value), &plain(&first[property])) {
                return Err(Stop::Broken(Rule::SpellingKept, format!("{property} was respelled by a check")));
            }
        }
        Ok(first)
    }

    async fn check_once(&mut self, token: &str, name: &str, olds: &Json, news: &Json) -> Result<Json, Stop> {
        let request = CheckRequest {
            urn: Self::urn(token, name),
            olds: Some(properties(olds)),
            news: Some(properties(news)),
            random_seed: vec![7; 32],
            name: name.into(),
            r#type: token.into(),
            autonaming: None,
            old_outputs: self.state.get(name).filter(|stored| stored.inputs == *olds).map(|stored| properties(&stored.outputs)),
        };
        let response = self.client.check(request).await?.into_inner();
        response.failures.iter().try_for_each(|failure| self.shape(token).failure(&failure.property, news))?;
        refused(response.failures)?;
        Ok(json_of(&response.inputs.unwrap_or_default()))
    }

    /// The diff between a stored object and inputs.
    pub async fn diff(&mut self, name: &str, stored: &Stored, news: &Json, ignore: &[&str]) -> Result<DiffResponse, Stop> {
        let request = DiffRequest {
            id: stored.id.clone(),
            urn: Self::urn(&stored.token, name),
            olds: Some(properties(&stored.outputs)),
            news: Some(properties(news)),
            ignore_changes: ignore.iter().map(|path| (*path).to_owned()).collect(),
            old_inputs: Some(properties(&stored.inputs)),
            name: name.into(),
            r#type: stored.token.clone(),
        };
        let first = self.client.diff(request.clone()).await?.into_inner();
        if self.client.diff(request).await?.into_inner() != first {
            return Err(Stop::Broken(Rule::Deterministic, "the same diff gave another answer".into()));
        }
        rules::diff(&first)?;
        Ok(first)
    }

    /// Previews a program, in which values may be unknown.
    pub async fn preview(&mut self, token: &str, name: &str, program: &Json) -> Result<(Option<DiffResponse>, Json), Stop> {
        match self.state.get(name).cloned() {
            None => {
                let inputs = self.check(token, name, &json!({}), program).await?;
                Ok((None, self.create(token, name, &inputs, true).await?.1))
            }
            Some(stored) => {
                let inputs = self.check(token, name, &stored.inputs, program).await?;
                let diff = self.diff(name, &stored, &inputs, &[]).await?;
                let outputs = match is_replacement(&diff) {
                    true => self.create(token, name, &inputs, true).await?.1,
                    false => self.update(name, &stored, &inputs, &[], true).await?,
                };
                Ok((Some(diff), outputs))
            }
        }
    }

    /// Updates the object to the program, and checks that a second run would change nothing.
    pub async fn up(&mut self, token: &str, name: &str, program: &Json) -> Result<Up, Stop> {
        self.up_ignoring(token, name, program, &[]).await
    }

    /// The same, ignoring changes of some top-level properties.
    pub async fn up_ignoring(&mut self, token: &str, name: &str, program: &Json, ignore: &[&str]) -> Result<Up, Stop> {
        let up = match self.state.get(name).cloned() {
            None => {
                let inputs = self.check(token, name, &json!({}), program).await?;
                let (outputs, foreseen) = self.make(token, name, &inputs).await?;
                Up { done: Done::Created, diff: None, inputs, outputs, foreseen }
            }
            Some(stored) => {
                // The engine copies ignored properties from the old inputs.
                let mut program = program.clone();
                for path in ignore {
                    match (stored.inputs.get(*path), program.as_object_mut()) {
                        (Some(old), Some(program)) => drop(program.insert((*path).to_owned(), old.clone())),
                        (None, Some(program)) => drop(program.remove(*path)),
                        _ => {}
                    }
                }
                let inputs = self.check(token, name, &stored.inputs, &program).await?;
                let diff = self.diff(name, &stored, &inputs, ignore).await?;
                let changes = diff.changes() == DiffChanges::DiffSome;
                if changes && is_replacement(&diff) {
                    let fresh = self.check(token, name, &json!({}), &program).await?;
                    if diff.delete_before_replace {
                        self.delete(name, &stored).await?;
                    }
                    let (outputs, foreseen) = self.make(token, name, &fresh).await?;
                    if !diff.delete_before_replace {
                        self.delete(name, &stored).await?;
                    }
                    Up { done: Done::Replaced, diff: Some(diff), inputs: fresh, outputs, foreseen }
                } else if changes || !stored.init_errors.is_empty() {
                    let foreseen = self.update(name, &stored, &inputs, ignore, true).await?;
                    let outputs = self.update(name, &stored, &inputs, ignore, false).await?;
                    rules::preview(&foreseen, &outputs)?;
                    for stable in &diff.stables {
                        if outputs.get(stable) != stored.outputs.get(stable) {
                            return Err(Stop::Broken(Rule::DiffConsistent, format!("{stable} was said to be stable, and moved")));
                        }
                    }
                    let (token, id) = (token.to_owned(), stored.id.clone());
                    let now = Stored { token, id, inputs: inputs.clone(), outputs: outputs.clone(), init_errors: Vec::new() };
                    self.state.insert(name.to_owned(), now);
                    Up { done: Done::Updated, diff: Some(diff), inputs, outputs, foreseen }
                } else {
                    let outputs = stored.outputs.clone();
                    self.state.insert(name.to_owned(), Stored { inputs: inputs.clone(), ..stored });
                    Up { done: Done::Nothing, diff: Some(diff), inputs, outputs: outputs.clone(), foreseen: outputs }
                }
            }
        };
        self.is_settled(token, name, program, ignore).await?;
        Ok(up)
    }

    async fn is_settled(&mut self, token: &str, name: &str, program: &Json, ignore: &[&str]) -> Result<(), Stop> {
        let stored = self.state[name].clone();
        if !ignore.is_empty() {
            return Ok(());
        }
        let inputs = self.check(token, name, &stored.inputs, program).await?;
        let again = self.diff(name, &stored, &inputs, &[]).await?;
        if again.changes() != DiffChanges::DiffNone {
            return Err(Stop::Broken(Rule::SecondDiffEmpty, format!("it would change {:?} again", again.diffs)));
        }
        Ok(())
    }

    async fn make(&mut self, token: &str, name: &str, inputs: &Json) -> Result<(Json, Json), Stop> {
        let (foreseen_id, foreseen) = self.create(token, name, inputs, true).await?;
        let (id, outputs) = self.create(token, name, inputs, false).await?;
        if id.is_empty() {
            return Err(Stop::Broken(Rule::IdPresent, "a new object has no id".into()));
        }
        if !foreseen_id.is_empty() && foreseen_id != id {
            return Err(Stop::Broken(Rule::PreviewFaithful, "the id was foreseen otherwise".into()));
        }
        rules::preview(&foreseen, &outputs)?;
        let stored = Stored { token: token.into(), id, inputs: inputs.clone(), outputs: outputs.clone(), init_errors: Vec::new() };
        self.state.insert(name.to_owned(), stored);
        Ok((outputs, foreseen))
    }

    /// Creates the object, or previews that: the id and the outputs.
    pub async fn create(&mut self, token: &str, name: &str, inputs: &Json, preview: bool) -> Result<(String, Json), Stop> {
        let request = CreateRequest {
            urn: Self::urn(token, name),
            properties: Some(properties(inputs)),
            timeout: self.timeout,
            preview,
            name: name.into(),
            r#type: token.into(),
            ..Default::default()
        };
        match self.client.create(request).await {
            Ok(response) => {
                let response = response.into_inner();
                let outputs = json_of(&response.properties.unwrap_or_default());
                self.shape(token).outputs(&outputs, inputs, preview)?;
                Ok((response.id, outputs))
            }
            Err(status) => Err(self.half_done(token, name, inputs, status)),
        }
    }

    async fn update(&mut self, name: &str, stored: &Stored, news: &Json, ignore: &[&str], preview: bool) -> Result<Json, Stop> {
        let request = UpdateRequest {
            id: stored.id.clone(),
            urn: Self::urn(&stored.token, name),
            olds: Some(properties(&stored.outputs)),
            news: Some(properties(news)),
            timeout: self.timeout,
            ignore_changes: ignore.iter().map(|path| (*path).to_owned()).collect(),
            preview,
            old_inputs: Some(properties(&stored.inputs)),
            name: name.into(),
            r#type: stored.token.clone(),
            ..Default::default()
        };
        match self.client.update(request).await {
            Ok(response) => {
                let outputs = json_of(&response.into_inner().properties.unwrap_or_default());
                self.shape(&stored.token).outputs(&outputs, news, preview)?;
                Ok(outputs)
            }
            Err(status) => Err(self.half_done(&stored.token, name, news, status)),
        }
    }

    /// Stores the object that a failed write left.
    fn half_done(&mut self, token: &str, name: &str, inputs: &Json, status: Status) -> Stop {
        let Some(detail) = google_rpc::Status::decode(status.details()).ok().and_then(|status| status.details.into_iter().next()) else {
            return status.into();
        };
        assert_eq!(detail.type_url, "type.googleapis.com/pulumirpc.ErrorResourceInitFailed");
        let failed = ErrorResourceInitFailed::decode(detail.value.as_slice()).unwrap();
        let outputs = json_of(&failed.properties.unwrap_or_default());
        if let Err(broken) = self.shape(token).outputs(&outputs, inputs, false) {
            return broken.into();
        }
        let init_errors = failed.reasons.clone();
        let stored = Stored { token: token.into(), id: failed.id, inputs: inputs.clone(), outputs, init_errors };
        self.state.insert(name.to_owned(), stored);
        Stop::HalfDone(failed.reasons)
    }

    /// Refreshes an object. The diff is in the engine's direction: from the current object to the one of the state. `None`
    /// means that the object no longer exists.
    pub async fn refresh(&mut self, name: &str) -> Result<Option<DiffResponse>, Stop> {
        let stored = self.state[name].clone();
        let read = self.read(&stored.token, name, &stored.id, Some((&stored.outputs, &stored.inputs))).await?;
        let Some((id, outputs, inputs)) = read else {
            self.state.remove(name);
            return Ok(None);
        };
        if id != stored.id {
            return Err(Stop::Broken(Rule::IdStable, "a refresh changed the id".into()));
        }
        self.shape(&stored.token).inputs(&inputs, &stored.inputs)?;
        self.shape(&stored.token).outputs(&outputs, &inputs, false)?;
        let now = Stored { inputs, outputs, init_errors: Vec::new(), ..stored.clone() };
        let diff = self.diff(name, &now, &stored.inputs, &[]).await?;
        self.state.insert(name.to_owned(), now);
        Ok(Some(diff))
    }

    /// Imports an object; `None` means that there is none.
    pub async fn import(&mut self, token: &str, name: &str, id: &str) -> Result<Option<Stored>, Stop> {
        let Some((id, outputs, inputs)) = self.read(token, name, id, None).await? else { return Ok(None) };
        self.shape(token).inputs(&inputs, &json!({}))?;
        self.shape(token).outputs(&outputs, &json!({}), false)?;
        let stored = Stored { token: token.into(), id, inputs: inputs.clone(), outputs, init_errors: Vec::new() };
        let checked = self.check(token, name, &inputs, &inputs).await?;
        let diff = self.diff(name, &stored, &checked, &[]).await?;
        if diff.changes() != DiffChanges::DiffNone {
            return Err(Stop::Broken(Rule::ImportRoundTrip, format!("what was imported would change in {:?}", diff.diffs)));
        }
        self.state.insert(name.to_owned(), stored.clone());
        Ok(Some(stored))
    }

    /// Reads an object that is managed elsewhere.
    pub async fn get(&mut self, token: &str, name: &str, id: &str, known: &Json) -> Result<Option<Json>, Stop> {
        let Some((_, outputs, _)) = self.read(token, name, id, Some((known, known))).await? else { return Ok(None) };
        self.shape(token).outputs(&outputs, &json!({}), false)?;
        Ok(Some(outputs))
    }

    async fn read(
        &mut self,
        token: &str,
        name: &str,
        id: &str,
        known: Option<(&Json, &Json)>,
    ) -> Result<Option<(String, Json, Json)>, Stop> {
        let request = ReadRequest {
            id: id.into(),
            urn: Self::urn(token, name),
            // In an import, the engine sends empty properties.
            properties: Some(known.map(|(outputs, _)| properties(outputs)).unwrap_or_default()),
            inputs: known.map(|(_, inputs)| properties(inputs)),
            name: name.into(),
            r#type: token.into(),
            ..Default::default()
        };
        let response = self.client.read(request).await?.into_inner();
        if response.id.is_empty() {
            if response.properties.is_some() {
                return Err(Stop::Broken(Rule::IdPresent, "an object that was read has no id".into()));
            }
            return Ok(None);
        }
        let (outputs, inputs) = (json_of(&response.properties.unwrap_or_default()), json_of(&response.inputs.unwrap_or_default()));
        if has_unknown(&outputs) || has_unknown(&inputs) {
            return Err(Stop::Broken(Rule::NothingUnknown, "something that was read is unknown".into()));
        }
        Ok(Some((response.id, outputs, inputs)))
    }

    async fn delete(&mut self, name: &str, stored: &Stored) -> Result<(), Stop> {
        let request = DeleteRequest {
            id: stored.id.clone(),
            urn: Self::urn(&stored.token, name),
            properties: Some(properties(&stored.outputs)),
            timeout: self.timeout,
            old_inputs: Some(properties(&stored.inputs)),
            name: name.into(),
            r#type: stored.token.clone(),
            ..Default::default()
        };
        self.client.delete(request).await?;
        Ok(())
    }

    /// Destroys everything.
    pub async fn destroy(&mut self) -> Result<(), Stop> {
        for (name, stored) in self.state.clone() {
            self.delete(&name, &stored).await?;
            self.state.remove(&name);
        }
        Ok(())
    }

    /// Calls a function.
    pub async fn invoke(&mut self, token: &str, args: &Json) -> Result<Json, Stop> {
        let request = InvokeRequest { tok: token.into(), args: Some(properties(args)), preview: false };
        let response = self.client.invoke(request).await?.into_inner();
        refused(response.failures)?;
        Ok(json_of(&response.r#return.unwrap_or_default()))
    }
}

fn is_replacement(diff: &DiffResponse) -> bool {
    !diff.replaces.is_empty()
}

fn refused(failures: Vec<janiform_proto::pulumirpc::CheckFailure>) -> Result<(), Stop> {
    match failures.is_empty() {
        true => Ok(()),
        false => Err(Stop::Refused(failures.into_iter().map(|failure| (failure.property, failure.reason)).collect())),
    }
}
