//! Our `.proto` files beside the published ones: what both have is the same, what only one has is listed here.
//!
//! Upstream is what `scripts/tools/build descriptors` takes from the published Go modules that its `go.mod` pins.
//! `scripts/test differential` names it in `JANIFORM_DESCRIPTORS`. To move a pin: move it, run that stage, and add what
//! is new to the `.proto` files, or here.

use prost::Message as _;
use prost_types::{
    DescriptorProto, EnumDescriptorProto, EnumValueDescriptorProto, FieldDescriptorProto, FieldOptions, FileDescriptorProto,
    FileDescriptorSet, MessageOptions, MethodDescriptorProto, OneofDescriptorProto, ServiceDescriptorProto,
    field_descriptor_proto::{Label, Type},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    process::{Command, Stdio},
};

/// What upstream has and we have not, with the reason: files that hold nothing of ours, and what is lacking in others.
/// A message, an enum or a service stands for all that is in it.
const LEFT_OUT: Listed<'_> = &[
    ("grpc.health.v1.Health.List", "hosts only ask for one service by its name"),
    ("grpc.health.v1.HealthListRequest", "for List"),
    ("grpc.health.v1.HealthListResponse", "for List"),
    ("pulumi/analyzer.proto", "spoken with packs of policies"),
    ("pulumi/callback.proto", "served by programs, for their hooks and transforms"),
    ("pulumi/converter.proto", "spoken with converters"),
    ("pulumi/events.proto", "served by what runs the command line"),
    ("pulumi/language.proto", "spoken with the hosts of languages"),
    ("pulumi/resource.proto", "served to programs and components: we have no components"),
    ("pulumi/resource_status.proto", "takes the steps of views: we have no views"),
    ("pulumi/source.proto", "where in a program a resource is, for resource.proto"),
    ("pulumirpc.PackageDependency", "of packages, see PackageResolver"),
    ("pulumirpc.PackageParameterization", "of packages, see PackageResolver"),
    ("pulumirpc.PackageResolver", "finds packages for those that write programs or read schemas of others: we do neither"),
    ("pulumirpc.PackageSpec", "of packages, see PackageResolver"),
    ("pulumirpc.PluginDependency", "of plugins, for language.proto"),
];

/// What we have and upstream has not, with the reason.
const AHEAD: Listed<'_> = &[
    ("tfplugin6.ClientCapabilities.computed_blocks_allowed", PROTOCOL_6_11),
    ("tfplugin6.ClientCapabilities.store_planned_private", PROTOCOL_6_11),
    ("tfplugin6.PlanResourceChange.Request.planned_private", PROTOCOL_6_11),
    ("tfplugin6.Schema.Block.computed", PROTOCOL_6_11),
];
const PROTOCOL_6_11: &str = "in the source of Terraform 1.16, not yet in a release of terraform-plugin-go";

/// Full names or files, each with a reason.
type Listed<'a> = &'a [(&'a str, &'a str)];

/// The descriptors that our types are generated from.
const OURS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

/// One named thing of a descriptor.
struct Item {
    /// The file that declares it.
    file: String,
    /// The message, enum or service that it is a part of.
    parent: Option<String>,
    /// All of it that travels, or that decides how it does.
    fact: String,
}

/// Everything that files declare, by full name. Values are named within their enum.
#[derive(Default)]
struct Items(BTreeMap<String, Item>);

impl Items {
    fn of<'a>(files: impl Iterator<Item = &'a FileDescriptorProto>) -> Items {
        let mut items = Items::default();
        for file in files {
            for message in &file.message_type {
                items.message(file, None, message);
            }
            for one in &file.enum_type {
                items.enumeration(file, None, one);
            }
            for service in &file.service {
                items.service(file, service);
            }
        }
        items
    }

    /// Adds a thing and answers its full name.
    fn add(&mut self, file: &FileDescriptorProto, parent: Option<&str>, name: &str, fact: String) -> String {
        let full = format!("{}.{name}", parent.unwrap_or(file.package()));
        let item = Item { file: file.name().to_owned(), parent: parent.map(str::to_owned), fact };
        assert!(self.0.insert(full.clone(), item).is_none(), "{full} is declared twice");
        full
    }

    fn message(&mut self, file: &FileDescriptorProto, parent: Option<&str>, message: &DescriptorProto) {
        let entry = message.options.as_ref().is_some_and(|options| options.map_entry());
        // Presence and packing mean what the syntax says.
        let fact = format!("{} of {}", if entry { "entry of a map" } else { "message" }, file.syntax());
        let name = self.add(file, parent, message.name(), fact);
        for field in &message.field {
            self.add(file, Some(&name), field.name(), field_fact(message, field));
        }
        for nested in &message.nested_type {
            self.message(file, Some(&name), nested);
        }
        for one in &message.enum_type {
            self.enumeration(file, Some(&name), one);
        }
    }

    fn enumeration(&mut self, file: &FileDescriptorProto, parent: Option<&str>, one: &EnumDescriptorProto) {
        let name = self.add(file, parent, one.name(), format!("enum of {}", file.syntax()));
        for value in &one.value {
            self.add(file, Some(&name), value.name(), format!("value {}", value.number()));
        }
    }

    fn service(&mut self, file: &FileDescriptorProto, service: &ServiceDescriptorProto) {
        let name = self.add(file, None, service.name(), "service".to_owned());
        for method in &service.method {
            let stream = |yes: bool| if yes { "stream of " } else { "" };
            let (asks, answers) = (stream(method.client_streaming()), stream(method.server_streaming()));
            let fact = format!("method from {asks}{} to {answers}{}", method.input_type(), method.output_type());
            self.add(file, Some(&name), method.name(), fact);
        }
    }

    /// The topmost of these that others have not: files that hold nothing of theirs, and what is lacking in the rest.
    fn beyond(&self, others: &Items) -> BTreeSet<&str> {
        let has = |name: &str| others.0.contains_key(name);
        let shared: BTreeSet<&str> = self.0.iter().filter(|(name, _)| has(name)).map(|(_, item)| &*item.file).collect();
        let lacking = self.0.iter().filter(|(name, item)| !has(name) && item.parent.as_deref().is_none_or(has));
        lacking.map(|(name, item)| if shared.contains(&*item.file) { &**name } else { &*item.file }).collect()
    }
}

fn field_fact(message: &DescriptorProto, field: &FieldDescriptorProto) -> String {
    let mut fact = format!("{} {}", field.label().as_str_name(), field.r#type().as_str_name());
    if let Some(name) = &field.type_name {
        fact += &format!(" {name}");
    }
    fact += &format!(" = {}, {:?} in JSON", field.number(), field.json_name());
    if field.proto3_optional() {
        fact += ", may be absent";
    } else if let Some(index) = field.oneof_index {
        let oneof = usize::try_from(index).ok().and_then(|index| message.oneof_decl.get(index));
        fact += &format!(", one of {:?}", oneof.map(|oneof| oneof.name()));
    }
    if let Some(packed) = field.options.as_ref().and_then(|options| options.packed) {
        fact += &format!(", packed {packed}");
    }
    if field.options.as_ref().is_some_and(|options| options.deprecated()) {
        fact += ", deprecated";
    }
    fact
}

/// What is wrong with ours or with the lists. Upstream's other packages are of other protocols.
fn complaints(ours: &FileDescriptorSet, upstream: &FileDescriptorSet, left_out: Listed<'_>, ahead: Listed<'_>) -> Vec<String> {
    let files = || ours.file.iter().filter(|file| file.package() != "google.protobuf");
    let packages: BTreeSet<&str> = files().map(|file| file.package()).collect();
    let ours = Items::of(files());
    let upstream = Items::of(upstream.file.iter().filter(|file| packages.contains(file.package())));

    let mut found = Vec::new();
    for (name, item) in &ours.0 {
        if let Some(theirs) = upstream.0.get(name).filter(|theirs| theirs.fact != item.fact) {
            found.push(format!("{name} differs: ours is {}, and upstream's is {}", item.fact, theirs.fact));
        }
    }
    let mut compare = |beyond: BTreeSet<&str>, listed: Listed<'_>, unlisted: &str, stale: &str| {
        let listed: BTreeSet<&str> = listed.iter().map(|(name, _)| *name).collect();
        found.extend(beyond.difference(&listed).map(|name| format!("{name} {unlisted}")));
        found.extend(listed.difference(&beyond).map(|name| format!("{name} {stale}")));
    };
    let new = "is in upstream alone: add it, or list in LEFT_OUT why we have no need of it";
    compare(upstream.beyond(&ours), left_out, new, "is in LEFT_OUT, but we have it or upstream has it not: remove it there");
    let own = "is in ours alone: rename it as upstream does, or list in AHEAD why we have it";
    compare(ours.beyond(&upstream), ahead, own, "is in AHEAD, but upstream has it or we have it not: remove it there");
    found
}

#[test]
#[ignore = "needs Go: scripts/test differential"]
fn our_protocols_are_the_published_ones() {
    let tool = env::var_os("JANIFORM_DESCRIPTORS").expect("set JANIFORM_DESCRIPTORS to what scripts/tools/build descriptors prints");
    let ran = Command::new(tool).stderr(Stdio::inherit()).output().expect("it can be run");
    assert!(ran.status.success(), "{}", ran.status);
    let upstream = FileDescriptorSet::decode(&*ran.stdout).expect("it writes descriptors");
    let ours = FileDescriptorSet::decode(OURS).expect("the build writes descriptors");
    let found = complaints(&ours, &upstream, LEFT_OUT, AHEAD);
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

/// A protocol with one of each: `rpc Buy(Ask) returns (stream Answer)`.
fn small() -> FileDescriptorProto {
    let text = |text: &str| Some(text.to_owned());
    let field = |name: &str, number, kind: Type| FieldDescriptorProto {
        name: text(name),
        number: Some(number),
        label: Some(Label::Optional.into()),
        r#type: Some(kind.into()),
        json_name: text(name),
        ..Default::default()
    };
    let of = |field: FieldDescriptorProto, name: &str| FieldDescriptorProto { type_name: text(name), ..field };
    let many = |field: FieldDescriptorProto| FieldDescriptorProto { label: Some(Label::Repeated.into()), ..field };
    let oneof = |name: &str| OneofDescriptorProto { name: text(name), ..Default::default() };
    let value = |name: &str, number| EnumValueDescriptorProto { name: text(name), number: Some(number), ..Default::default() };
    let ask = DescriptorProto {
        name: text("Ask"),
        field: vec![
            field("what", 1, Type::String),
            FieldDescriptorProto { oneof_index: Some(0), ..field("coins", 2, Type::Int64) },
            FieldDescriptorProto { oneof_index: Some(1), proto3_optional: Some(true), ..field("gift", 3, Type::Bool) },
            many(of(field("labels", 4, Type::Message), ".small.Ask.LabelsEntry")),
            of(field("mode", 5, Type::Enum), ".small.Ask.Mode"),
        ],
        oneof_decl: vec![oneof("payment"), oneof("_gift")],
        nested_type: vec![DescriptorProto {
            name: text("LabelsEntry"),
            field: vec![field("key", 1, Type::String), field("value", 2, Type::String)],
            options: Some(MessageOptions { map_entry: Some(true), ..Default::default() }),
            ..Default::default()
        }],
        enum_type: vec![EnumDescriptorProto { name: text("Mode"), value: vec![value("SOON", 0), value("NOW", 1)], ..Default::default() }],
        ..Default::default()
    };
    let answer = DescriptorProto { name: text("Answer"), field: vec![many(field("numbers", 1, Type::Int32))], ..Default::default() };
    let buy = MethodDescriptorProto {
        name: text("Buy"),
        input_type: text(".small.Ask"),
        output_type: text(".small.Answer"),
        server_streaming: Some(true),
        ..Default::default()
    };
    FileDescriptorProto {
        name: text("small.proto"),
        package: text("small"),
        syntax: text("proto3"),
        message_type: vec![ask, answer],
        service: vec![ServiceDescriptorProto { name: text("Shop"), method: vec![buy], ..Default::default() }],
        ..Default::default()
    }
}

/// What is complained of when upstream is the small protocol with this change.
fn complained_of(change: impl FnOnce(&mut FileDescriptorProto), left_out: Listed<'_>, ahead: Listed<'_>) -> Vec<String> {
    let mut changed = small();
    change(&mut changed);
    let found = complaints(&FileDescriptorSet { file: vec![small()] }, &FileDescriptorSet { file: vec![changed] }, left_out, ahead);
    found.iter().filter_map(|complaint| complaint.split(' ').next()).map(str::to_owned).collect()
}

#[test]
fn each_difference_is_seen() {
    type Change = fn(&mut FileDescriptorProto);
    assert_eq!(complained_of(|_| {}, &[], &[]), [""; 0]);
    let changes: &[(Change, &[&str])] = &[
        (|file| file.message_type[0].field[0].number = Some(6), &["small.Ask.what"]),
        (|file| file.message_type[0].field[0].r#type = Some(Type::Bytes.into()), &["small.Ask.what"]),
        (|file| file.message_type[0].field[0].label = Some(Label::Repeated.into()), &["small.Ask.what"]),
        (|file| file.message_type[0].field[0].json_name = Some("That".to_owned()), &["small.Ask.what"]),
        (|file| file.message_type[0].field[0].oneof_index = Some(0), &["small.Ask.what"]),
        (|file| file.message_type[0].field[1].oneof_index = None, &["small.Ask.coins"]),
        (|file| file.message_type[0].oneof_decl[0].name = Some("price".to_owned()), &["small.Ask.coins"]),
        (|file| file.message_type[0].field[2].proto3_optional = None, &["small.Ask.gift"]),
        (|file| file.message_type[0].nested_type[0].options = None, &["small.Ask.LabelsEntry"]),
        (|file| file.message_type[0].nested_type[0].field[1].r#type = Some(Type::Bytes.into()), &["small.Ask.LabelsEntry.value"]),
        (|file| file.message_type[0].field[4].type_name = Some(".small.Mode".to_owned()), &["small.Ask.mode"]),
        (|file| file.message_type[0].enum_type[0].value[1].number = Some(2), &["small.Ask.Mode.NOW"]),
        (
            |file| file.message_type[1].field[0].options = Some(FieldOptions { packed: Some(false), ..Default::default() }),
            &["small.Answer.numbers"],
        ),
        (
            |file| file.message_type[1].field[0].options = Some(FieldOptions { deprecated: Some(true), ..Default::default() }),
            &["small.Answer.numbers"],
        ),
        (|file| file.service[0].method[0].client_streaming = Some(true), &["small.Shop.Buy"]),
        (|file| file.service[0].method[0].server_streaming = None, &["small.Shop.Buy"]),
        (|file| file.service[0].method[0].input_type = Some(".small.Answer".to_owned()), &["small.Shop.Buy"]),
        (|file| file.service[0].method[0].output_type = Some(".small.Ask".to_owned()), &["small.Shop.Buy"]),
        // What presence means.
        (|file| file.syntax = Some("proto2".to_owned()), &["small.Answer", "small.Ask", "small.Ask.LabelsEntry", "small.Ask.Mode"]),
        // Another name is one that is new, and one that is ours alone.
        (|file| file.message_type[0].field[0].name = Some("item".to_owned()), &["small.Ask.item", "small.Ask.what"]),
        (|file| file.message_type[1].name = Some("Reply".to_owned()), &["small.Reply", "small.Answer"]),
        (|file| file.message_type[0].enum_type[0].value[1].name = Some("YES".to_owned()), &["small.Ask.Mode.YES", "small.Ask.Mode.NOW"]),
        (|file| file.service[0].name = Some("Store".to_owned()), &["small.Store", "small.Shop"]),
        (|file| file.service[0].method[0].name = Some("Get".to_owned()), &["small.Shop.Get", "small.Shop.Buy"]),
        // Nothing of it is there any more.
        (|file| file.package = Some("tiny".to_owned()), &["small.proto"]),
    ];
    for (number, (change, expected)) in changes.iter().enumerate() {
        assert_eq!(complained_of(change, &[], &[]), *expected, "change {number}");
    }
}

#[test]
fn what_only_one_has_is_listed_and_nothing_else_is() {
    let more = |file: &mut FileDescriptorProto| {
        let message = file.message_type[1].clone();
        file.message_type.push(DescriptorProto { name: Some("More".to_owned()), ..message });
    };
    let less = |file: &mut FileDescriptorProto| file.message_type[0].field.truncate(4);
    let same = |_: &mut FileDescriptorProto| {};
    // A message stands for its fields.
    assert_eq!(complained_of(more, &[], &[]), ["small.More"]);
    assert_eq!(complained_of(more, &[("small.More", "why")], &[]), [""; 0]);
    assert_eq!(complained_of(more, &[("small.More", "why"), ("small.More.numbers", "why")], &[]), ["small.More.numbers"]);
    assert_eq!(complained_of(less, &[], &[]), ["small.Ask.mode"]);
    assert_eq!(complained_of(less, &[], &[("small.Ask.mode", "why")]), [""; 0]);
    // We have it, or nobody has it.
    for listed in ["small.Ask.mode", "small.Nothing", "small.proto"] {
        assert_eq!(complained_of(same, &[(listed, "why")], &[]), [listed]);
        assert_eq!(complained_of(same, &[], &[(listed, "why")]), [listed]);
    }
}

#[test]
fn a_file_that_holds_nothing_of_ours_is_one_thing() {
    let other = |package: &str| {
        let FileDescriptorProto { message_type: mut messages, .. } = small();
        messages[1].name = Some("Other".to_owned());
        let (name, package) = (Some("other.proto".to_owned()), Some(package.to_owned()));
        FileDescriptorProto { name, package, message_type: messages.split_off(1), ..Default::default() }
    };
    let against =
        |other| complaints(&FileDescriptorSet { file: vec![small()] }, &FileDescriptorSet { file: vec![small(), other] }, &[], &[]);
    let found = against(other("small"));
    assert!(found.len() == 1 && found[0].starts_with("other.proto is in upstream alone"), "{found:?}");
    // Another package is another protocol.
    assert_eq!(against(other("large")), [""; 0]);
}
