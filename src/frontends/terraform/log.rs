//! Logs to the host: each event is one line of JSON on stderr, in hclog's form.
//!
//! Owns the form of a line, and the level. Knows nothing of the content; the code that logs ensures that no value of a user is in
//! it.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Write as _};

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;

/// The longest line, in bytes: hosts fail at 64 KiB.
const LONGEST_LINE: usize = 60 * 1024;
/// The lengths to which long texts are cut, tried in turn until the line fits.
const CUTS: [usize; 4] = [16 * 1024, 4 * 1024, 1024, 128];
/// Libraries that log much that only their authors need, and perhaps content.
const QUIET: [&str; 10] = ["h2", "hyper", "hyper_util", "mio", "reqwest", "rustls", "tokio", "tokio_util", "tonic", "tower"];

/// The level of logging.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogLevel(LevelFilter);

impl LogLevel {
    /// The level that the host shows: `TF_LOG_PROVIDER`, otherwise `TF_LOG`, otherwise nothing. The host reads every line before it
    /// drops it, so unneeded lines cost time.
    ///
    /// As in the host, `JSON` and unknown levels mean everything.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Self {
        Self::read(lookup, LevelFilter::OFF)
    }

    /// The same for a person who starts the process and sees its output: without a level, warnings.
    pub fn by_hand(lookup: impl Fn(&str) -> Option<String>) -> Self {
        Self::read(lookup, LevelFilter::WARN)
    }

    fn read(lookup: impl Fn(&str) -> Option<String>, unsaid: LevelFilter) -> Self {
        let given = |key: &str| lookup(key).map(|text| text.trim().to_ascii_uppercase()).filter(|text| !text.is_empty());
        let level = given("TF_LOG_PROVIDER").or_else(|| given("TF_LOG"));
        Self(match level.as_deref() {
            None => unsaid,
            Some("WARN") => LevelFilter::WARN,
            Some("OFF") => LevelFilter::OFF,
            Some("ERROR") => LevelFilter::ERROR,
            Some("INFO") => LevelFilter::INFO,
            Some("DEBUG") => LevelFilter::DEBUG,
            Some(_) => LevelFilter::TRACE,
        })
    }

    fn allows(self, metadata: &Metadata<'_>) -> bool {
        // Spans may carry fields for events of a lower level. Those of quiet libraries are many, and serve only their own events.
        match (is_quiet(metadata), metadata.is_span()) {
            (true, true) => false,
            (true, false) => *metadata.level() <= self.0.min(LevelFilter::WARN),
            (false, span) => span || *metadata.level() <= self.0,
        }
    }
}

fn is_quiet(metadata: &Metadata<'_>) -> bool {
    QUIET.contains(&metadata.target().split("::").next().unwrap_or_default())
}

/// Logs to stderr from now on, for the whole process. A second call has no effect.
pub fn install(level: LogLevel) {
    // Without a subscriber, events cost nothing.
    if level.0 == LevelFilter::OFF {
        return;
    }
    let subscriber = tracing_subscriber::registry().with(HclogLayer::new(level, io::stderr));
    // If there is a subscriber already, it stays.
    let _ = tracing::subscriber::set_global_default(subscriber);
}

/// Writes every event as a line of hclog.
#[derive(Clone, Debug)]
pub struct HclogLayer<W> {
    level: LogLevel,
    writer: W,
}

impl<W> HclogLayer<W> {
    /// Writes the events of this level.
    pub fn new(level: LogLevel, writer: W) -> Self {
        Self { level, writer }
    }
}

impl<S, W> Layer<S> for HclogLayer<W>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'a> MakeWriter<'a> + 'static,
{
    fn enabled(&self, metadata: &Metadata<'_>, _context: Context<'_, S>) -> bool {
        self.level.allows(metadata)
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if let Some(span) = context.span(id) {
            let mut fields = Fields::default();
            attributes.record(&mut fields);
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, record: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<Fields>()
        {
            record.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let metadata = event.metadata();
        let mut fields = Fields::default();
        // Fields of the inner span replace those of the outer, and fields of the event replace both.
        for span in context.event_scope(event).into_iter().flat_map(|scope| scope.from_root()) {
            if let Some(outer) = span.extensions().get::<Fields>() {
                fields.0.extend(outer.0.iter().map(|(key, value)| (key.clone(), value.clone())));
            }
        }
        event.record(&mut fields);
        let line = line(*metadata.level(), metadata.target(), jiff::Timestamp::now(), fields.0);
        // One write for each line, so that lines do not mix. If it fails, there is no other place for the log.
        let _ = self.writer.make_writer_for(metadata).write_all(line.as_bytes());
    }
}

/// The fields of an event or a span.
#[derive(Debug, Default)]
struct Fields(BTreeMap<String, Value>);

impl Fields {
    fn set(&mut self, field: &Field, value: Value) {
        let name = field.name();
        // Names with an `@` are the host's own.
        self.0.insert(name.trim_start_matches('@').to_owned(), value);
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.set(field, Value::String(format!("{value:?}")));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.set(field, Value::String(value.to_owned()));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.set(field, Value::Bool(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.set(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.set(field, value.into());
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        // Not every float is a number in JSON.
        self.set(field, serde_json::Number::from_f64(value).map_or_else(|| Value::String(value.to_string()), Value::Number));
    }
}

/// One event in the host's form, with its line break.
fn line(level: Level, target: &str, now: jiff::Timestamp, mut fields: BTreeMap<String, Value>) -> String {
    let message = match fields.remove("message") {
        // The host crashes if this is not a text.
        Some(Value::String(text)) => text,
        Some(other) => other.to_string(),
        None => String::new(),
    };
    let whole = render(level, target, now, &message, &fields, usize::MAX);
    let fits = |line: &String| line.len() <= LONGEST_LINE;
    if fits(&whole) {
        return whole;
    }
    let cut = CUTS.into_iter().map(|limit| render(level, target, now, &message, &fields, limit)).find(fits);
    // There are too many fields, not too long ones.
    cut.unwrap_or_else(|| render(level, target, now, &message, &BTreeMap::new(), 1024))
}

fn render(level: Level, target: &str, now: jiff::Timestamp, message: &str, fields: &BTreeMap<String, Value>, limit: usize) -> String {
    let mut object = Map::new();
    object.insert("@level".to_owned(), Value::String(level.as_str().to_ascii_lowercase()));
    object.insert("@message".to_owned(), Value::String(shorten(message, limit)));
    object.insert("@module".to_owned(), Value::String(shorten(&module(target), 1024)));
    // With any other number of digits, the host does not recognise the line.
    object.insert("@timestamp".to_owned(), Value::String(format!("{now:.6}")));
    for (key, value) in fields {
        let value = match value {
            Value::String(text) => Value::String(shorten(text, limit)),
            other => other.clone(),
        };
        object.insert(key.clone(), value);
    }
    let mut line = Value::Object(object).to_string();
    line.push('\n');
    line
}

/// By convention the root of a provider's modules is `provider`.
fn module(target: &str) -> String {
    let own = target.strip_prefix(env!("CARGO_CRATE_NAME")).filter(|rest| rest.is_empty() || rest.starts_with("::"));
    let path = own.unwrap_or(target).trim_start_matches("::").replace("::", ".");
    if path.is_empty() { "provider".to_owned() } else { format!("provider.{path}") }
}

fn shorten(text: &str, limit: usize) -> String {
    if text.len() <= limit {
        return text.to_owned();
    }
    let end = (0..=limit).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
    format!("{}… ({} bytes in all)", &text[..end], text.len())
}
