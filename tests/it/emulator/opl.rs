//! The Ory Permission Language, as Keto's own parser reads it.

use janiform::opl::{Document, Position, parse};
use serde_json::{Value as Json, json};

/// What `schema.Parse` of Ory Keto v26.2.0 said of documents: whole ones, and such with a few tokens left out, added or changed.
const SAID: &str = include_str!("../../fixtures/opl/keto-v26.2.0.jsonl");

fn said(input: &str) -> Json {
    let at = |Position { line, column }| json!({ "Line": line, "column": column });
    let Document { namespaces, faults, .. } = parse(input);
    let names: Vec<_> = namespaces.iter().map(|namespace| &namespace.name).collect();
    let faults: Vec<_> =
        faults.iter().map(|fault| json!({ "message": fault.message, "start": at(fault.start), "end": at(fault.end) })).collect();
    json!({ "input": input, "namespaces": names, "errors": faults })
}

#[test]
fn documents_are_accepted_and_refused_as_by_keto() {
    let (mut taken, mut refused, mut wrong) = (0, 0, Vec::new());
    for line in SAID.lines() {
        let keto: Json = serde_json::from_str(line).unwrap();
        let ours = said(keto["input"].as_str().unwrap());
        if ours != keto {
            wrong.push(format!("Keto: {keto}\nours: {ours}"));
        }
        *(if keto["errors"] == json!([]) { &mut taken } else { &mut refused }) += 1;
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.iter().take(8).cloned().collect::<Vec<_>>().join("\n"));
    assert!(taken > 50 && refused > 200, "{taken} {refused}");
}
