//! Pulumi: every YAML program is part of one program. Those in other languages make the same objects over the same protocol.

use super::{Credentials, Mood, Scene, is_of_the_console, nowhere, reached_at, written};
use crate::harness::{process, pulumi::Pulumi, repository};
use std::collections::BTreeMap;

/// What the examples leave out: secrets of people's own. Where they come from makes no difference to the provider.
const OWN: &str = r#"
resources:
  billing:
    type: ory:Oauth2Client
    properties:
      clientName: Billing
      grantTypes: [client_credentials]
      clientSecretWo: canary-write-only-secret
      clientSecretWoVersion: "1"
  legacy:
    type: ory:Oauth2Client
    properties:
      clientName: Legacy
      grantTypes: [client_credentials]
      clientSecret: canary-of-a-client
  robot:
    type: ory:Identity
    properties:
      schemaId: default
      traits: '{"email": "robot@example.com"}'
      passwordWo: canary-write-only-password
      passwordWoVersion: "1"
  bob:
    type: ory:Identity
    properties:
      schemaId: default
      traits: '{"email": "bob@own.example.com"}'
      password: canary-of-an-identity
  signing:
    type: ory:JsonWebKeySet
    properties:
      setId: own
      jwksWo: '{"keys":[{"kty":"EC","kid":"w","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","d":"870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE"}]}'
      jwksWoVersion: "1"
outputs:
  secret: ${legacy.clientSecret}
"#;

/// The programs, each with names of its own, in a version that differs from others in what can be sent again. They share
/// a server, so that what names their objects there differs.
fn program(version: &str) -> String {
    let mut texts: Vec<String> = written(&repository("examples"))
        .into_iter()
        .filter(|(path, text)| path.extension().is_some_and(|extension| extension == "yaml") && text.contains("type: ory:"))
        .filter(|(_, text)| !is_of_the_console(text))
        // What went with others before an answer was cut is not told apart afterwards: one key is imported by itself.
        .filter(|(path, text)| !text.contains("ImportedApiKey\n") || path.ends_with("resources/importedApiKey/Main.yaml"))
        .map(|(_, text)| text)
        .collect();
    assert!(texts.len() > 10, "{}", texts.len());
    texts.push(OWN.to_owned());
    let mut sections: BTreeMap<&str, String> =
        ["config", "configuration", "variables", "resources", "outputs"].map(|name| (name, String::new())).into();
    for (number, text) in texts.iter().enumerate() {
        let mut section = None;
        for line in text.lines().filter(|line| !line.is_empty() && !line.trim_start().starts_with('#')) {
            if !line.starts_with(' ') {
                section = line.strip_suffix(':').and_then(|name| sections.get_mut(name));
            } else if let Some(section) = section.as_deref_mut() {
                let named = line.strip_prefix("  ").filter(|rest| rest.starts_with(|first: char| first.is_alphabetic()));
                let line = named.map_or(line.to_owned(), |rest| format!("  p{number}{rest}"));
                let line = line.replace("${", &format!("${{p{number}")).replace("example.com", &format!("p{number}.example.com"));
                let line = ["report.pdf", "plan.pdf", "shop-reports", "session-tokens", "customer-4711"]
                    .iter()
                    .fold(line, |line, name| line.replace(name, &format!("{name}-{number}")));
                section.push_str(&line);
                section.push('\n');
            }
        }
    }
    let mut program = "name: e2e\nruntime: yaml\n".to_owned();
    for (name, text) in sections {
        program.push_str(&format!("{name}:\n{text}"));
    }
    // What the pages show is no secret.
    let program = program.replace("acme-8d1f6c3b5a2e", "canary-of-a-partner");
    program.replace("Version: \"1\"", &format!("Version: \"{version}\"")).replace("clientName: ", &format!("clientName: {version} "))
}

#[test]
fn pulumi_shows_no_secret() {
    let scene = Scene::start(Credentials::OAuth2);
    let mut pulumi = Pulumi::new("");
    scene.environment.iter().for_each(|(name, value)| pulumi.set_env(name, value));
    pulumi.program(&program("first"));
    pulumi.init();
    pulumi.run(&["config", "set", "--path", "ory:adminHeaders.X-Guard", "--secret", "canary-in-a-header"]).ok();
    let run = |pulumi: &Pulumi, line: &str, fault: Option<Mood>| {
        scene.hears_nothing(pulumi.run(&line.split(' ').collect::<Vec<_>>()), fault);
    };

    // All goes well, as loud as Pulumi can be.
    run(&pulumi, "preview --diff", None);
    run(&pulumi, "up --yes --skip-preview --debug", None);
    for line in [
        "preview --diff --json",
        "refresh --yes --skip-preview --diff -v=3 --logtostderr",
        "stack output --json",
        "stack export",
        "stack --show-ids",
    ] {
        run(&pulumi, line, None);
    }

    // Then it does not, of what is there and of what is to be made.
    pulumi.program(&program("second"));
    for mood in [Mood::Refuses, Mood::Pages, Mood::Cuts] {
        scene.wire.is(mood);
        run(&pulumi, "up --yes --skip-preview --debug --continue-on-error", Some(mood));
        if !matches!(mood, Mood::Cuts) {
            run(&pulumi, "destroy --yes --skip-preview --continue-on-error", Some(mood));
        }
    }
    scene.wire.is(Mood::Refuses);
    run(&pulumi, "refresh --yes --skip-preview", Some(Mood::Refuses));
    reached_at(&nowhere()).for_each(|(name, url)| pulumi.set_env(&name, url));
    run(&pulumi, "refresh --yes --skip-preview", Some(Mood::Cuts));
    reached_at(&scene.wire.url()).for_each(|(name, url)| pulumi.set_env(&name, url));
    // What was asked until now is of no interest.
    scene.wire.stub.is_untouched();
    scene.wire.is(Mood::Dawdles);
    pulumi.program(&program("third"));
    let running = pulumi.start(&["up", "--yes", "--skip-preview", "--debug"]);
    scene.wire.stub.wait_for("PUT ");
    let killed = running.children("pulumi-resource").into_iter().filter(|id| process::signal(*id, "KILL"));
    assert!(killed.count() > 0);
    scene.hears_nothing(running.finish(), Some(Mood::Dawdles));

    scene.wire.is(Mood::Honest);
    run(&pulumi, "up --yes --skip-preview --refresh", None);
    run(&pulumi, "stack export", None);
    for (path, text) in written(pulumi.scratch.path()) {
        if !path.ends_with("w/Pulumi.yaml") {
            scene.is_kept_from(&path.display().to_string(), &text);
        }
    }
    run(&pulumi, "destroy --yes --skip-preview", None);
    scene.ends();
}
