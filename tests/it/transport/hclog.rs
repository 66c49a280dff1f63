//! The lines that Terraform's plugin system reads from stderr.

use std::io;
use std::sync::{Arc, Mutex};

use janiform::frontends::terraform::log::{HclogLayer, LogLevel};
use serde_json::Value;
use tracing_subscriber::layer::SubscriberExt as _;

use super::lookup;

#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The lines that are written at a level while something is done.
fn lines(level: &[(&str, &str)], act: impl FnOnce()) -> Vec<String> {
    let written = Written::default();
    let writer = written.clone();
    let layer = HclogLayer::new(LogLevel::from_lookup(lookup(level)), move || writer.clone());
    tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), act);
    let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
    assert!(text.is_empty() || text.ends_with('\n'));
    text.lines().map(str::to_owned).collect()
}

fn parsed(line: &str) -> Value {
    serde_json::from_str(line).unwrap()
}

fn one_of_each() {
    tracing::trace!("trace");
    tracing::debug!("debug");
    tracing::info!("info");
    tracing::warn!("warn");
    tracing::error!("error");
}

#[test]
fn a_line_is_what_hclog_reads() {
    let lines = lines(&[("TF_LOG", "trace")], || {
        let span = tracing::info_span!(target: "janiform::engine", "apply", resource = "a_b", attempt = 1u64, late = tracing::field::Empty);
        span.record("late", "now");
        let _entered = span.enter();
        tracing::info!(target: "janiform::engine::apply", attempt = 2u64, ok = true, took = 0.5, why = ?Some(1), "two\nlines");
    });
    let [line] = lines.as_slice() else { panic!("{lines:?}") };
    let mut line = parsed(line);
    let timestamp = line["@timestamp"].take();
    let timestamp = timestamp.as_str().unwrap();
    assert_eq!(timestamp.len(), "2026-01-02T15:04:05.000000Z".len(), "{timestamp}");
    assert!(timestamp.parse::<jiff::Timestamp>().is_ok() && timestamp.as_bytes()[19] == b'.' && timestamp.ends_with('Z'));
    let expected = serde_json::json!({
        "@level": "info", "@message": "two\nlines", "@module": "provider.engine.apply", "@timestamp": null,
        "resource": "a_b", "attempt": 2, "late": "now", "ok": true, "took": 0.5, "why": "Some(1)",
    });
    assert_eq!(line, expected);
}

#[test]
fn the_message_is_always_text_and_the_hosts_own_keys_are_not_overwritten() {
    let lines = lines(&[("TF_LOG", "TRACE")], || {
        tracing::error!(target: "elsewhere", message = 7, "@level" = "x");
        tracing::error!(target: "janiform", number = f64::NAN);
    });
    assert_eq!(lines.len(), 2);
    let first = parsed(&lines[0]);
    assert_eq!((&first["@message"], &first["@level"], &first["@module"]), (&"7".into(), &"error".into(), &"provider.elsewhere".into()));
    let second = parsed(&lines[1]);
    assert_eq!((&second["@message"], &second["@module"], &second["number"]), (&"".into(), &"provider".into(), &"NaN".into()));
}

#[test]
fn the_level_is_the_hosts() {
    let cases: [(&[(&str, &str)], usize); 11] = [
        // It drops what is written then.
        (&[], 0),
        (&[("TF_LOG", "")], 0),
        (&[("TF_LOG", "off")], 0),
        (&[("TF_LOG", "ERROR")], 1),
        (&[("TF_LOG", "WARN")], 2),
        (&[("TF_LOG", "info")], 3),
        (&[("TF_LOG", "DEBUG")], 4),
        (&[("TF_LOG", "TRACE")], 5),
        (&[("TF_LOG", "JSON")], 5),
        (&[("TF_LOG", "TRACE"), ("TF_LOG_PROVIDER", "ERROR")], 1),
        (&[("TF_LOG", "ERROR"), ("TF_LOG_PROVIDER", "nonsense")], 5),
    ];
    for (level, expected) in cases {
        assert_eq!(lines(level, one_of_each).len(), expected, "{level:?}");
    }
}

#[test]
fn network_libraries_are_quiet() {
    let lines = lines(&[("TF_LOG", "TRACE")], || {
        tracing::debug!(target: "h2::codec", "a frame");
        tracing::warn!(target: "h2::codec", "trouble");
    });
    assert_eq!(lines.len(), 1);
    assert_eq!(parsed(&lines[0])["@module"], "provider.h2.codec");
}

#[test]
fn long_lines_are_cut_and_stay_valid() {
    let long = "\"ü".repeat(100_000);
    let lines = lines(&[("TF_LOG", "WARN")], || {
        tracing::warn!("{long}");
        tracing::warn!(a = long, b = long, "short");
    });
    assert_eq!(lines.len(), 2);
    for line in &lines {
        assert!(line.len() < 60 * 1024, "{}", line.len());
        assert_eq!(parsed(line)["@level"], "warn");
    }
    let message = parsed(&lines[0])["@message"].as_str().unwrap().to_owned();
    assert!(message.starts_with("\"ü\"ü") && message.ends_with("(300000 bytes in all)"));
    assert_eq!(parsed(&lines[1])["@message"], "short");
}
