//! A state of very many clients, and a server that holds them, which no tool had to make.
//!
//! While it creates, Terraform copies the whole state for each object that is done: of ten thousand that is an hour of
//! its own. One block is made by the tool, and the others after it.

use crate::{
    harness::{http, terraform::Terraform},
    steps::Block,
};
use serde_json::Value as Json;
use std::{fs, thread};

/// So many requests are on their way at a time.
const AT_ONCE: usize = 32;

/// Applies the first of the blocks, and fills state and server with the others.
pub fn fill(terraform: &Terraform, url: &str, blocks: &[Block]) {
    let first = format!("-target=ory_oauth2_client.{}", blocks[0].name());
    terraform.run(&["apply", "-no-color", "-auto-approve", &first]).ok();
    let mut state = terraform.state();
    let made = state["resources"][0].clone();
    let sample = &made["instances"][0];
    let url = format!("{url}/admin/clients");
    let id = sample["attributes"]["client_id"].as_str().unwrap();
    let mut body = http::send("GET", &format!("{url}/{id}"), None).expect(200);
    body.as_object_mut().unwrap().retain(|name, _| !name.ends_with("_at") && name != "client_id");
    let others = blocks[1..].iter().map(|block| {
        let numbers: Vec<usize> = (0..block.count).collect();
        let instances = thread::scope(|threads| {
            let makers: Vec<_> = numbers
                .chunks(block.count.div_ceil(AT_ONCE))
                .map(|numbers| {
                    let (url, body) = (&url, &body);
                    threads.spawn(move || numbers.iter().map(|number| instance(url, body, sample, block, *number)).collect::<Vec<_>>())
                })
                .collect();
            makers.into_iter().flat_map(|maker| maker.join().unwrap()).collect::<Vec<_>>()
        });
        let mut resource = made.clone();
        resource["name"] = block.name().into();
        resource["instances"] = instances.into();
        resource
    });
    state["resources"] = [made.clone()].into_iter().chain(others).collect();
    fs::write(terraform.scratch.join("w/terraform.tfstate"), state.to_string()).unwrap();
}

/// One client on the server, as Terraform would remember it.
fn instance(url: &str, body: &Json, sample: &Json, block: &Block, number: usize) -> Json {
    let mut body = body.clone();
    body["client_name"] = format!("Client {}", block.before + number).into();
    body["client_secret"] = sample["attributes"]["client_secret"].clone();
    let made = http::send("POST", url, Some(&body)).expect(201);
    let mut instance = sample.clone();
    instance["index_key"] = number.into();
    let attributes = &mut instance["attributes"];
    attributes["id"] = made["client_id"].clone();
    for name in ["client_id", "client_name", "created_at", "updated_at"] {
        attributes[name] = made[name].clone();
    }
    instance
}
