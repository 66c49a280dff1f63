//! The URL of a project, which is below the console's, and the paths in it.

/// The beginning of the paths of projects.
const PREFIX: &str = "/p/";

/// The URL of a project, without a slash at the end. With `%s` as the slug, it is the value for a provider's configuration.
#[must_use]
pub fn url(base: &str, slug: &str) -> String {
    format!("{base}{PREFIX}{slug}")
}

/// The slug and the rest of the path, if this is the path of a project.
#[must_use]
pub fn inside(path: &str) -> Option<(&str, &str)> {
    let rest = path.strip_prefix(PREFIX)?;
    let (slug, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    Some((slug, if path.is_empty() { "/" } else { path }))
}

/// The path in the form of the services.
#[must_use]
pub fn inner(path: &str) -> &str {
    inside(path).map_or(path, |(_, inner)| inner)
}
