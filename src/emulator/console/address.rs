//! Where a project is: its URL below the console's, and how a path leads there.

/// How paths of projects begin.
const PREFIX: &str = "/p/";

/// The URL of a project, without a slash at the end. With `%s` for the slug it is what a provider is told.
#[must_use]
pub fn url(base: &str, slug: &str) -> String {
    format!("{base}{PREFIX}{slug}")
}

/// The slug and the path behind it, if this is the path of a project.
#[must_use]
pub fn inside(path: &str) -> Option<(&str, &str)> {
    let rest = path.strip_prefix(PREFIX)?;
    let (slug, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    Some((slug, if path.is_empty() { "/" } else { path }))
}

/// The path as the services know it.
#[must_use]
pub fn inner(path: &str) -> &str {
    inside(path).map_or(path, |(_, inner)| inner)
}
