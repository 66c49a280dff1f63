//! Refusals of the console, in both of their shapes, and the messages to the user.

use super::{KEY, Setup, refusal, told};

#[tokio::test]
async fn limits_of_a_plan_are_explained_in_both_error_forms() {
    let setup = Setup::new().await;
    for (status, body, said) in [
        // As users met it, and as the description has it.
        (
            403,
            r#"{"error":{"id":"feature_not_available","code":403,"status":"Forbidden","request":"r-1","reason":"The plan Developer does not have this.","message":"no","details":{"feature":"kratos_b2b_sso"}}}"#,
            vec!["The plan Developer does not have this.", "the feature `kratos_b2b_sso`", "(request r-1)", "Upgrade the plan"],
        ),
        (
            403,
            r#"{"error":{"id":"feature_not_available","status_code":403,"error":"forbidden","error_description":"The plan Developer does not have this."}}"#,
            vec!["forbidden: The plan Developer does not have this.", "does not include this feature", "Upgrade the plan"],
        ),
        (
            403,
            r#"{"id":"feature_not_available","code":403,"message":"no","reason":"not in Developer","request":"r-2","details":{"feature":"talos_api_keys"}}"#,
            vec!["no: not in Developer", "the feature `talos_api_keys`", "(request r-2)"],
        ),
        (
            403,
            r#"{"error":{"id":"quota_exceeded","code":403,"message":"too many projects"}}"#,
            vec!["too many projects", "allows no more of these"],
        ),
        (402, r#"{"error":{"code":402,"message":"Payment Required"}}"#, vec!["Payment Required", "The workspace's plan"]),
        (402, "", vec!["answered 402", "Upgrade the plan"]),
        (403, r#"{"error":{"code":403,"message":"no"}}"#, vec!["may not do this", "`workspace_api_key`"]),
        (401, r#"{"code":401,"message":"no","error":{"message":"deeper"}}"#, vec!["ory_wak_", "neither expired nor deleted"]),
    ] {
        setup.proxy.then("POST", refusal(status, body));
        let refused = setup.create("project", &[("name", "n".into())]).await.unwrap_err();
        let text = told(&refused.diagnostics);
        assert!(said.iter().all(|part| text.contains(part)) && !text.contains(KEY), "{status} {body}: {text}");
        assert!(refused.state.is_none() && !text.contains("may have been created"), "{text}");
    }
    assert!(setup.projects().await.is_empty());
}
