//! Members of the project's document whose form a table cannot describe. Each was found in Ory Network's API by the official
//! provider (`terraform-provider-ory`, 26.x).

use crate::{rest::document::Shape, value::Json};

pub(super) static SHAPES: &[Shape] = &[
    // With credentials, the hook is an object; without, Ory only accepts a text.
    Shape {
        at: "services/oauth2/config/oauth2/token_hook",
        read: |hook| if hook.is_string() { Json::object([("url", hook.clone())]) } else { hook.clone() },
        write: |hook, there| match hook.at("auth") {
            Json::Object(_) if there.is_object() => None,
            Json::Object(_) => Some(hook.clone()),
            _ => Some(hook.at("url").clone()),
        },
    },
    NAMESPACES,
    // It is written one level higher, but read here.
    Shape {
        at: "services/identity/config/selfservice/methods/code",
        read: |code| {
            let mut code = code.clone();
            if let Some(submissions) = code.remove("config/max_submissions") {
                code.put("max_submissions", submissions);
            }
            code
        },
        write: |_, _| None,
    },
    // Switches that have their own attributes can only be set by those.
    Shape {
        at: "normalized/feature_flags",
        read: |switches| {
            let members = switches.as_object().into_iter().flatten();
            let others = members.filter(|(key, _)| super::attribute_of_switch(key).is_none());
            Json::object(others.map(|(key, is_on)| (key.clone(), is_on.clone())))
        },
        write: |_, _| None,
    },
    // A boolean with another spelling.
    Shape {
        at: "services/identity/config/feature_flags/password_profile_registration_node_group",
        read: |group| match group.as_str() {
            Some(name) => Json::Bool(name == "password"),
            None => group.clone(),
        },
        write: |is_password, _| match is_password {
            Json::Bool(true) => Some("password".into()),
            Json::Bool(false) => Some("default".into()),
            other => Some(other.clone()),
        },
    },
];

/// Namespaces are a list of names with numbers, or the URL of an Ory Permission Language document.
pub(in crate::ory::resources) const NAMESPACES: Shape = Shape {
    at: "services/permission/config/namespaces",
    read: |namespaces| match namespaces {
        Json::Array(items) => Json::object([("list", items.iter().map(|item| item.at("name").clone()).collect())]),
        other => other.clone(),
    },
    write: |wanted, there| {
        let (location, before) = (wanted.at("location"), there.at("location"));
        Some(match wanted.at("list") {
            Json::Array(names) if location.is_null() || location == before => numbered(names, there),
            _ if location.is_null() => Json::Null,
            _ => Json::object([("location", location.clone())]),
        })
    },
};

/// Namespaces by their names. Existing ones keep their numbers, since relationships are stored by number.
fn numbered(names: &[Json], there: &Json) -> Json {
    let before = there.as_array().unwrap_or_default();
    let mut last = before.iter().filter_map(|namespace| namespace.at("id").as_i64()).max().unwrap_or(0);
    let number = |name: &Json| {
        let known = before.iter().find(|namespace| namespace.at("name") == name).map(|namespace| namespace.at("id").clone());
        let id = known.unwrap_or_else(|| {
            last += 1;
            last.into()
        });
        Json::object([("id", id), ("name", name.clone())])
    };
    names.iter().map(number).collect()
}
