//! The header `Link` (RFC 8288), as far as lists need it: the address of the next page.
//!
//! Owns how such a header is read. Does not know what a page is.

/// The address with the relation `next`, in one of the values of the header. An address may contain commas and semicolons; the name
/// `rel` and the relation have no case, and one parameter may name several relations (RFC 8288, 3 and 3.3).
pub(super) fn next<'a>(values: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    values.into_iter().find_map(|mut rest| {
        loop {
            let (address, after) = rest.split_once('<')?.1.split_once('>')?;
            let (is_next, after) = relation(after);
            if is_next {
                return Some(address);
            }
            rest = after;
        }
    })
}

/// Whether the parameters at the start of the text say `next`, and the text after them. The first `rel` counts.
fn relation(text: &str) -> (bool, &str) {
    let end = outside_quotes(text, ',').unwrap_or(text.len());
    let (mut parameters, after) = text.split_at(end);
    while let Some(start) = outside_quotes(parameters, ';') {
        parameters = &parameters[start + 1..];
        let one = &parameters[..outside_quotes(parameters, ';').unwrap_or(parameters.len())];
        let (name, value) = one.split_once('=').unwrap_or((one, ""));
        if name.trim().eq_ignore_ascii_case("rel") {
            let words = value.trim().trim_matches('"');
            return (words.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case("next")), after);
        }
    }
    (false, after)
}

/// Where the first of these characters is that is not in a quoted text.
fn outside_quotes(text: &str, wanted: char) -> Option<usize> {
    let (mut quoted, mut escaped) = (false, false);
    text.find(|found: char| {
        let is_text = std::mem::take(&mut escaped);
        match found {
            _ if is_text => false,
            '\\' if quoted => {
                escaped = true;
                false
            }
            '"' => {
                quoted = !quoted;
                false
            }
            _ => !quoted && found == wanted,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::next;

    /// The forms are those that RFC 8288 allows (3, 3.3 and the examples in 3.5).
    #[test]
    fn the_next_page_is_found_in_every_form_of_the_standard() {
        for header in [
            r#"</a?ids=1,2;3>; rel="next""#,
            r#"</first>; rel="first", </a?ids=1,2;3>; rel="next""#,
            r#"</a?ids=1,2;3>;rel=next"#,
            r#"</a?ids=1,2;3> ; Rel = "NEXT""#,
            r#"</a?ids=1,2;3>; rel="last next""#,
            r#"</first>; title="a, b; rel=\"next\""; rel="first",</a?ids=1,2;3>; title="<x>, c"; rel="next""#,
            r#"</last>; rel="last"; rel="next", </a?ids=1,2;3>; rel="next""#,
        ] {
            assert_eq!(next([header]), Some("/a?ids=1,2;3"), "{header}");
        }
        assert_eq!(next([r#"</first>; rel="first""#, r#"</b>; rel="next""#]), Some("/b"));
    }

    #[test]
    fn without_a_next_page_there_is_none() {
        for header in ["", "</a>", r#"</a>; rel="first""#, r#"</a>; rel="nextish""#, r#"</a>; title="rel=next""#, r#"</a; rel="next""#] {
            assert_eq!(next([header]), None, "{header}");
        }
        assert_eq!(next([]), None);
    }
}
