//! Every attribute of Ory's resources through its lifecycles under Pulumi.

use super::lifecycle::{Hydra, all_ways, provider, real_ways};
use crate::{
    pulumi::every::{live_ways, spell},
    shares::Share,
    support::hydra,
};
use janiform::{
    emulator::{self, Options},
    ory::ORY,
};

mod every_attribute_lives_under_pulumi {
    in_shares!(super::every_attribute_lives);
}

async fn every_attribute_lives(share: Share) {
    let emulator = emulator::start(Options::default()).await.unwrap();
    let url = emulator.url();
    live_ways(&ORY, spell(ORY.config, &provider(&url, &url)), &Hydra::at(&url), &share.of(all_ways()).collect::<Vec<_>>()).await;
}

#[tokio::test]
async fn every_attribute_lives_under_pulumi_on_a_real_hydra() {
    if let Some(real) = hydra().await {
        let config = spell(ORY.config, &provider(&real.admin, &real.public));
        live_ways(&ORY, config, &Hydra::at(&real.admin), &real_ways()).await;
    }
}
