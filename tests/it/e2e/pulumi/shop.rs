//! The stack of every type, from its creation to its end.

use crate::{
    harness::{
        changes,
        pulumi::Pulumi,
        repository,
        server::{Ory, Place},
    },
    shop::{self, Ids, Others},
};
use std::fs;

/// Everything that the example makes, sorted.
const MADE: [&str; 7] = ["ann", "annSells", "partner", "reportKeys", "reports", "shop", "wiki"];

#[test]
fn the_life_of_a_shop_on_the_emulator() {
    the_life_of_a_shop(Place::Emulator);
}

#[test]
fn the_life_of_a_shop_on_real_servers() {
    the_life_of_a_shop(Place::Real);
}

fn shop(ory: &Ory, program: &str) -> Pulumi {
    let mut pulumi = Pulumi::new("");
    for (name, url) in ory.environment() {
        pulumi.set_env(name, url);
    }
    pulumi.program(program);
    pulumi.init();
    pulumi
}

fn the_life_of_a_shop(place: Place) {
    let ory = Ory::start(place);
    let others = Others::move_in(&ory);
    let program = fs::read_to_string(repository("examples/pulumi-shop/Pulumi.yaml")).unwrap();
    let maker = shop(&ory, &program);
    // A first preview has nothing to look up yet.
    maker.run(&["preview"]).ok();
    maker.up().says(&["8 created", "clientName : \"Reports\"", "annMaySell : true", "email: \"ann@shop.example.com\""]);
    let subject = maker.run(&["stack", "output", "partnerSubject", "--show-secrets"]).ok().stdout;
    assert_eq!(subject.trim(), "orders@partner.example.com");
    others.use_the_key_set(&ory);
    maker.is_settled();

    let ids = Ids { reports: maker.id("reports"), wiki: maker.id("wiki"), ann: maker.id("ann") };
    let held = shop::held(&ory, &ids);
    shop::meddle(&ory, &ids);
    let repair = MADE.map(|name| (name, if ["annSells", "partner"].contains(&name) { "create" } else { "update" }));
    assert_eq!(maker.plan(), changes(&repair));
    maker.run(&["up", "--yes", "--skip-preview", "--refresh"]).ok();
    maker.is_settled();
    assert_eq!(shop::held(&ory, &ids), held);

    others.leave_the_key_set(&ory);
    let mut importing = program.clone();
    for name in MADE {
        let heading = format!("\n  {name}:\n");
        assert!(importing.contains(&heading));
        importing = importing.replacen(&heading, &format!("{heading}    options:\n      import: {:?}\n", maker.id(name)), 1);
    }
    let importer = shop(&ory, &importing);
    importer.up().says(&["7 imported"]);
    importer.program(&program);
    importer.is_settled();
    assert_eq!(shop::held(&ory, &ids), held);

    others.use_the_key_set(&ory);
    importer.destroy();
    assert_eq!(importer.managed(), 0);
    others.are_alone(&ory);
}
