//! How much Terraform's state holds beside the attributes, which it writes anew for each object that it makes.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use janiform::{
    engine::{Engine, Private},
    ory::ORY,
    schema::Table,
};

/// The most that is remembered of an object of this table after an apply, as the state's text.
fn most(table: &Table) -> String {
    let write_only = table.attrs().filter(|attr| attr.write_only).map(|attr| attr.name.to_owned()).collect();
    let private = Private { write_only: Some(write_only), applied: table.has_shared(), ..Private::default() };
    BASE64_STANDARD.encode(private.to_bytes())
}

#[test]
fn private_data_stays_small() {
    let engine = Engine::new(&ORY);
    let (client, _) = engine.resource("oauth2_client").unwrap();
    assert!(most(&client.resource.table).len() <= 64, "{}", most(&client.resource.table));
    for (entry, _) in engine.resources() {
        let most = most(&entry.resource.table);
        assert!(most.len() <= 160, "{}: {most}", entry.resource.name);
    }
}
