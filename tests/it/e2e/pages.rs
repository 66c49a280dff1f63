//! Runs what the pages show: each page's Terraform blocks as one program, its Pulumi programs, and its commands in
//! one shell, in order, in a clean home with the tools on `PATH`.
//!
//! Owns the execution; `support/pages.rs` knows what a page may ask for. The commands of a page start where Getting started
//! ends: in a copy of the repository, with the provider installed and a local Ory whose address is in the environment.
//! If a page does one of these steps itself, the step has not been done before. Nobody answers questions: approvals are given
//! in advance. Stand-ins on `PATH` replace slow programs: `git clone` copies the tree, and `cargo build`
//! finds a finished build, unless the page changes the tree.

mod session;

use crate::{
    harness::{
        pulumi::Pulumi,
        server::{Ory, Place},
        terraform::{Cli, Terraform},
    },
    support::{self, Block, Kind, Order, Page},
};
use std::{
    panic,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// As many as two processors can do at once, since much of it is waiting.
const AT_ONCE: usize = 3;

#[test]
fn every_block_of_every_page_runs() {
    let wanted = std::env::var("JANIFORM_PAGE").unwrap_or_default();
    let pages: Vec<_> = support::all().into_iter().filter(|page| !page.is_generated() && page.path.contains(&wanted)).collect();
    let (next, failed) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(page) = pages.get(next.fetch_add(1, Ordering::Relaxed)) {
                    // The message is on stderr already.
                    if panic::catch_unwind(|| play(page)).is_err() {
                        failed.lock().unwrap().push(page.path.clone());
                    }
                }
            });
        }
    });
    assert_eq!(failed.into_inner().unwrap(), [""; 0], "these pages show what does not run");
}

fn play(page: &Page) {
    let blocks = page.blocks();
    let variables: Vec<_> = blocks.iter().flat_map(|block| &block.orders).filter_map(variable).collect();
    let of = |kind: Kind| blocks.iter().filter(move |block| block.kind() == kind);
    let (own, parts): (Vec<_>, Vec<_>) = of(Kind::Terraform).partition(|block| block.orders.contains(&Order::Alone));
    let together: String = parts.iter().map(|block| format!("{}\n", block.text)).collect();
    for text in own.iter().map(|block| &block.text).chain([&together]).filter(|text| !text.is_empty()) {
        terraform(page, text, &variables);
    }
    for block in of(Kind::Pulumi) {
        pulumi(block, &variables);
    }
    if of(Kind::Shell).next().is_some() {
        session::play(page, &blocks, &variables);
    }
}

fn variable(order: &Order) -> Option<(&str, &str)> {
    match order {
        Order::With(name, value) => Some((name, value)),
        _ => None,
    }
}

/// The local Ory is not where pages say, since tests run beside each other.
fn relocated(text: &str, port: &str) -> String {
    let ports = ["4433", "4434", "4444", "4445", "4466", "4467"];
    ports.iter().fold(text.to_owned(), |text, usual| text.replace(&format!("127.0.0.1:{usual}"), &format!("127.0.0.1:{port}")))
}

fn terraform(page: &Page, text: &str, variables: &[(&str, &str)]) {
    let ory = Ory::start(Place::Emulator);
    let mut terraform = Terraform::new(Cli::Terraform, "");
    for (name, url) in ory.environment() {
        terraform.set_env(name, url);
    }
    for (name, value) in variables {
        terraform.set_env(name, *value);
    }
    let mut text = relocated(text, ory.hydra.admin.rsplit(':').next().unwrap());
    // A provider's block alone says nothing before something is asked of the provider.
    if !text.contains("\nresource \"") && !text.starts_with("resource \"") {
        text.push_str("\ndata \"ory_oauth2_clients\" \"all\" {}\n");
    }
    match text.contains("required_providers") {
        true => terraform.write("main.tf", &text),
        false => terraform.config(&text),
    }
    terraform.init().apply();
    // A look-up may leave a mark on what it asked about: a key that was verified was used.
    if text.contains("\ndata \"") {
        terraform.apply();
    }
    terraform.is_settled();
    let shown = text.lines().filter(|line| line.starts_with("resource \"")).count();
    assert_eq!(terraform.managed(), shown, "{} makes something else than it shows", page.path);
    terraform.destroy();
}

fn pulumi(block: &Block, variables: &[(&str, &str)]) {
    let ory = Ory::start(Place::Emulator);
    let mut pulumi = Pulumi::new("");
    for (name, url) in ory.environment() {
        pulumi.set_env(name, url);
    }
    for (name, value) in variables {
        pulumi.set_env(name, *value);
    }
    pulumi.program(&relocated(&block.text, ory.hydra.admin.rsplit(':').next().unwrap()));
    pulumi.init();
    pulumi.up();
    pulumi.is_settled();
    assert!(pulumi.managed() > 0, "{} makes nothing", block.at);
    pulumi.destroy();
}
