//! Parses and writes Terraform's addresses: modules with their keys, and providers.
//!
//! Works only on texts.

use super::super::ProviderRef;

/// A text in the quotes of an address.
pub fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c => out.push(c),
        }
    }
    // A template begins with these in Terraform's language.
    out = out.replace("${", "$${").replace("%{", "%%{");
    out.push('"');
    out
}

/// Whether a text is an identifier in Terraform's language. Nothing else from a state may be printed into a program.
pub(super) fn is_identifier(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
}

/// The modules of an address such as `module.team["a.b"].module.inner[0]`: `team["a.b"]` and `inner[0]`.
pub fn module_path(module: &str) -> Option<Vec<String>> {
    let mut path = Vec::new();
    let mut rest = module;
    while !rest.is_empty() {
        rest = rest.strip_prefix("module.")?;
        let end = end_of_step(rest)?;
        is_identifier(rest[..end].split('[').next()?).then_some(())?;
        path.push(rest[..end].to_owned());
        rest = rest[end..].strip_prefix('.').unwrap_or(&rest[end..]);
    }
    (!path.is_empty()).then_some(path)
}

/// The end of a name with its key: a dot outside quotes, or the end of the text.
fn end_of_step(text: &str) -> Option<usize> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            '.' if !is_quoted => return (at > 0).then_some(at),
            _ => {}
        }
    }
    (!is_quoted && !text.is_empty()).then_some(text.len())
}

/// The provider of an address such as `module.a.provider["registry.terraform.io/janiform/ory"].eu`.
pub(super) fn provider(address: &str) -> Option<ProviderRef> {
    let (modules, rest) = address.split_once("provider[\"")?;
    let within = match modules.strip_suffix('.') {
        Some(modules) => module_path(modules)?,
        None => modules.is_empty().then(Vec::new)?,
    };
    let (source, rest) = rest.split_once("\"]")?;
    let is_whole = source.split('/').count() == 3 && source.split('/').all(|part| !part.is_empty());
    let alias = rest.strip_prefix('.').map(str::to_owned);
    (is_whole && (alias.is_some() || rest.is_empty())).then(|| ProviderRef { source: source.to_owned(), within, alias })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_may_have_dots_and_quotes_in_their_keys() {
        let path = |text| module_path(text).unwrap_or_default();
        assert_eq!(path(r#"module.team["a.b"].module.inner[0]"#), [r#"team["a.b"]"#, "inner[0]"]);
        assert_eq!(path(r#"module.team["a\".b"]"#), [r#"team["a\".b"]"#]);
        assert_eq!(module_path("team"), None);
        assert_eq!(module_path("module.team\n}[0]"), None);
        assert_eq!(module_path(r#"module.team["a"#), None);
    }

    #[test]
    fn providers_have_sources_and_aliases() {
        let of = |text| provider(text).map(|provider| (provider.source, provider.within, provider.alias));
        let source = || "registry.terraform.io/janiform/ory".to_owned();
        assert_eq!(of(r#"provider["registry.terraform.io/janiform/ory"]"#), Some((source(), vec![], None)));
        assert_eq!(
            of(r#"module.a["b.c"].provider["registry.terraform.io/janiform/ory"].eu"#),
            Some((source(), vec![r#"a["b.c"]"#.into()], Some("eu".into())))
        );
        assert_eq!(of("provider.ory"), None);
        assert_eq!(of(r#"x.provider["registry.terraform.io/janiform/ory"]"#), None);
    }
}
