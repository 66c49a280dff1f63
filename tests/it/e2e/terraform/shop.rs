//! The stack of every type, from its creation to its end.

use crate::{
    harness::{
        changes,
        server::{Ory, Place},
        terraform::{Cli, Terraform},
    },
    shop::{self, Ids, Others},
};

super::with_both_tools![the_life_of_a_shop_on_the_emulator, the_life_of_a_shop_on_real_servers];

/// Everything that the example makes, sorted.
const MADE: [&str; 7] = [
    "ory_identity.ann",
    "ory_json_web_key_set.reports",
    "ory_oauth2_client.reports",
    "ory_oidc_dynamic_client.wiki",
    "ory_relationship.ann_sells",
    "ory_relationships.shop",
    "ory_trusted_oauth2_jwt_grant_issuer.partner",
];

fn the_life_of_a_shop_on_the_emulator(cli: Cli) {
    the_life_of_a_shop(cli, Place::Emulator);
}

fn the_life_of_a_shop_on_real_servers(cli: Cli) {
    the_life_of_a_shop(cli, Place::Real);
}

fn shop(cli: Cli, ory: &Ory) -> Terraform {
    let mut terraform = Terraform::with_example(cli, "", "shop");
    for (name, url) in ory.environment() {
        terraform.set_env(name, url);
    }
    terraform
}

fn the_life_of_a_shop(cli: Cli, place: Place) {
    let ory = Ory::start(place);
    let others = Others::move_in(&ory);
    let maker = shop(cli, &ory);
    maker.init().apply().says(&[
        "7 added, 0 changed",
        "owner_email = \"ann@shop.example.com\"",
        "ann_may_sell = true",
        "people_are_known = true",
    ]);
    others.use_the_key_set(&ory);
    maker.is_settled();

    let id = |address: &str| maker.id(address);
    let ids = Ids { reports: id("ory_oauth2_client.reports"), wiki: id("ory_oidc_dynamic_client.wiki"), ann: id("ory_identity.ann") };
    let held = shop::held(&ory, &ids);
    shop::meddle(&ory, &ids);
    let repair = MADE.map(|address| match address {
        "ory_relationship.ann_sells" | "ory_trusted_oauth2_jwt_grant_issuer.partner" => (address, "create"),
        _ => (address, "update"),
    });
    assert_eq!(maker.plan(), changes(&repair));
    maker.apply();
    maker.is_settled();
    assert_eq!(shop::held(&ory, &ids), held);

    others.leave_the_key_set(&ory);
    let importer = shop(cli, &ory);
    let imports = MADE.map(|address| format!("import {{\n  to = {address}\n  id = {:?}\n}}\n", maker.id(address)));
    importer.write("imports.tf", &imports.concat());
    importer.init().apply().says(&["7 imported, 0 added, 0 changed, 0 destroyed"]);
    importer.remove("imports.tf");
    importer.is_settled();
    assert_eq!(shop::held(&ory, &ids), held);

    others.use_the_key_set(&ory);
    importer.destroy();
    assert_eq!(importer.managed(), 0);
    others.are_alone(&ory);
}
