//! The emulator's rate limits: which requests count together, the headers, and the limits of the plans.

use janiform::emulator::{Options, limit::BucketLimit, plan::Plan, start};
use reqwest::{Client, Response};

async fn post(url: &str) -> Response {
    let request = Client::new().post(format!("{url}/admin/clients")).header("content-type", "application/json");
    request.body("{}").send().await.unwrap()
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers()[name].to_str().unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_bucket_is_shared_by_its_routes_and_says_what_is_left() {
    let limits = vec!["hydra-admin-low=3/s,4/m".parse().unwrap()];
    let emulator = start(Options { limits, ..Options::default() }).await.unwrap();
    let url = emulator.url();
    let first = post(&url).await;
    assert_eq!(first.status(), 201);
    assert_eq!((header(&first, "x-ratelimit-limit"), header(&first, "x-ratelimit-remaining")), ("3, 3;w=1, 4;w=60", "2"));
    // Another route of the bucket.
    let gone = Client::new().delete(format!("{url}/admin/clients/none")).send().await.unwrap();
    assert_eq!((gone.status().as_u16(), header(&gone, "x-ratelimit-remaining")), (404, "1"));
    assert_eq!(post(&url).await.status(), 201);
    let refused = post(&url).await;
    assert_eq!((refused.status().as_u16(), header(&refused, "x-ratelimit-remaining")), (429, "0"));
    assert_eq!(refused.json::<serde_json::Value>().await.unwrap()["error"]["code"], 429);
    // The burst is over, and one is left of the minute; a refusal was not counted.
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let last = post(&url).await;
    assert_eq!((last.status().as_u16(), header(&last, "x-ratelimit-limit")), (201, "4, 3;w=1, 4;w=60"));
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let refused = post(&url).await;
    assert_eq!(refused.status(), 429);
    assert!((50..60).contains(&header(&refused, "x-ratelimit-reset").parse::<u64>().unwrap()));
    // What is in another bucket, or in none, is not limited.
    let listed = Client::new().get(format!("{url}/admin/clients")).send().await.unwrap();
    assert!(listed.status() == 200 && !listed.headers().contains_key("x-ratelimit-limit"));
    let count = emulator.summary()["POST /admin/clients"];
    assert_eq!((count.requests, count.too_many), (5, 2));
}

#[test]
fn an_invalid_limit_is_refused() {
    for (text, says) in [
        ("hydra-admin-low", "expected BUCKET=RATE"),
        ("nothing=5/s", "there is no bucket `nothing`"),
        ("hydra-admin-low=0/s", "greater than zero"),
        ("hydra-admin-low=5/0s", "greater than zero"),
        ("hydra-admin-low=5/h", "greater than zero"),
        ("hydra-admin-low=", "greater than zero"),
    ] {
        let error = text.parse::<BucketLimit>().unwrap_err();
        assert!(error.contains(says), "{text}: {error}");
    }
    let limit: BucketLimit = "keto-admin-low=10/5s".parse().unwrap();
    assert_eq!((limit.rates[0].requests, limit.rates[0].seconds), (10, 5));
}

#[test]
fn the_free_plan_allows_fifteen_writes_a_minute() {
    let limits = Plan::Developer.limits();
    let writes = limits.iter().find(|limit| limit.bucket == "hydra-admin-low").unwrap();
    assert_eq!(*writes, "hydra-admin-low=5/s,15/m".parse().unwrap());
    // No plan names a bucket that no route is in.
    for limit in limits {
        assert!(format!("{}=1/s", limit.bucket).parse::<BucketLimit>().is_ok(), "{}", limit.bucket);
    }
}
