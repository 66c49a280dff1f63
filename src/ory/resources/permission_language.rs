//! Checks of the Ory Permission Language by the servers. There are two, the console's and Keto's, with different JSON.
//!
//! Owns which one is asked, and how errors are shown. What can be checked without a server is in [`crate::opl`].

use super::content;
use crate::{
    engine::{Cx, Diagnostic, one_line},
    opl::{self, Position},
    ory::{
        Client,
        services::{CONSOLE, KETO_READ},
    },
    rest::{Client as _, Collection, Reply, Request, SendError, Service},
    schema::{Object, Problem},
    value::{Json, Path},
};
use reqwest::Method;

/// The path of the console's check.
const VALIDATE: &str = "/projects/{project_id}/opl/validate";
/// How many characters of a line, and of a server's message, are shown.
const LONGEST: usize = 160;

/// An error that a server finds in a document.
pub struct Fault {
    /// What is wrong, in the server's words.
    pub message: String,
    /// Where it begins: line and column.
    pub start: [i64; 2],
    /// Where it ends.
    pub end: [i64; 2],
}

/// The document in a `source`; `None` if the source is a URL.
pub fn document(source: &str) -> Option<String> {
    content::carried(source).or_else(|| content::is_written(source).then(|| source.to_owned()))
}

/// The errors that the console finds in a document, for the project of this object; `None` if this console has no such check.
pub async fn validated(cx: &Cx<Client>, object: Object<'_>, document: &str) -> Result<Option<Vec<Fault>>, SendError> {
    let at = Collection::new(&*cx.client, &CONSOLE, VALIDATE, object).await.map_err(SendError::unsent)?;
    let reply = at.endpoint.send(cx, &CONSOLE, at.request(Method::POST).text(document)).await?;
    faults(&CONSOLE, &reply, "line").map(|found| found.filter(|_| !matches!(reply.status, 404 | 405 | 501)))
}

/// The errors that Keto finds in a document.
pub async fn checked(cx: &Cx<Client>, object: Object<'_>, document: &str) -> Result<Vec<Fault>, SendError> {
    let at = cx.client.endpoint(&KETO_READ, object).await.map_err(SendError::unsent)?;
    let reply = at.send(cx, &KETO_READ, Request::new(Method::POST, "/opl/syntax/check").text(document)).await?;
    match faults(&KETO_READ, &reply, "Line")? {
        Some(found) => Ok(found),
        None => {
            let mut error = KETO_READ.refuse(&reply);
            error.diagnostic.detail.push_str(
                "\n\nA self-hosted Ory Keto checks documents at a separate port (`serve.opl`, 4469 by default): set `keto_read_url` to a gateway that forwards to both ports.",
            );
            Err(error)
        }
    }
}

/// The errors in an answer; `None` if there is no such route.
fn faults(service: &'static Service, reply: &Reply, line: &str) -> Result<Option<Vec<Fault>>, SendError> {
    if matches!(reply.status, 404 | 405 | 501) {
        return Ok(None);
    }
    if !reply.is_success() {
        return Err(service.refuse(reply));
    }
    let body = service.json(reply)?;
    let at = |fault: &Json, name: &str| ["column", line].map(|part| fault.at(name).at(part).as_i64().unwrap_or_default());
    let fault = |fault: &Json| {
        let ([start_column, start], [end_column, end]) = (at(fault, "start"), at(fault, "end"));
        let message = fault.at("message").as_str().unwrap_or_default().to_owned();
        Fault { message, start: [start, start_column], end: [end, end_column] }
    };
    match body.at("errors") {
        // Keto leaves `errors` out if there are none.
        Json::Null if body.is_object() => Ok(Some(Vec::new())),
        Json::Array(found) => Ok(Some(found.iter().map(fault).collect())),
        _ => Err(service.unreadable(reply, "expected a list of `errors`")),
    }
}

/// The diagnostic for a document that a server refuses. Secrets of the configuration are not shown.
pub fn refused(faults: &[Fault], document: &str, is_secret: bool) -> Diagnostic {
    const MOST: usize = 5;
    let shown = faults.iter().take(MOST).map(|fault| {
        let [line, column] = fault.start;
        let at = format!("Line {line}, column {column}");
        match is_secret {
            true => at,
            false => format!("{at}: {}{}", cut(&one_line(&fault.message)), excerpt(document, fault)),
        }
    });
    let mut shown: Vec<_> = shown.collect();
    if faults.len() > MOST {
        shown.push(format!("And {} more.", faults.len() - MOST));
    }
    let detail = format!("Ory does not accept this document. Nothing was changed. Correct it, and apply again.\n\n{}", shown.join("\n\n"));
    Diagnostic::error("The Ory Permission Language has errors", detail).at(Path::attr("source"))
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The line with the error marked below it, if the place can be found.
fn excerpt(document: &str, fault: &Fault) -> String {
    let place = |number: i64| usize::try_from(number).ok();
    let shown = || {
        let (mut number, mut column) = (place(fault.start[0])?, place(fault.start[1])?);
        let lines: Vec<_> = document.split('\n').collect();
        let mut line = lines.get(number.checked_sub(1)?)?;
        // The servers give the start of a line as the end of the line before it, and the start of the document as its first column.
        if column > line.chars().count() {
            (line, column) = (lines.get(number)?, 0);
            number += 1;
        } else if [number, column] == [1, 1] && fault.end[0] <= 1 && fault.end[1] <= 1 {
            column = 0;
        }
        let length = if fault.end[0] == fault.start[0] && column > 0 { place(fault.end[1])?.saturating_sub(column).max(1) } else { 1 };
        let indent: String = line.chars().take(column).map(|c| if c == '\t' { c } else { ' ' }).collect();
        (line.chars().count() <= LONGEST)
            .then(|| format!("\n  {number} | {line}\n  {} | {indent}{}", " ".repeat(number.to_string().len()), "^".repeat(length)))
    };
    shown().unwrap_or_default()
}

/// A warning about a source, without asking a server: this version finds an error, which a newer server may accept, or a
/// place that Keto evaluates in another way than it reads.
pub fn doubtful(source: &str) -> Option<Problem> {
    let opl::Document { faults, traps, .. } = opl::parse(&document(source)?);
    let place = |at: &Position| format!("Line {}, column {}", at.line, at.column);
    let fault = faults.first().map(|fault| {
        let why = format!(
            "Ory Keto 26.2 does not accept this document. {}: {}. Before it changes anything, the apply asks Ory, which may support more than that version. The data source `ory_opl_validation` shows all errors.",
            place(&fault.start),
            without_names(&fault.message)
        );
        ("The Ory Permission Language may have errors", why)
    });
    let trap = || {
        traps
            .first()
            .map(|trap| ("A permission may mean something else than it says", format!("{}: {}.", place(&trap.start), trap.message)))
    };
    let (summary, detail) = fault.or_else(trap)?;
    Some(Problem::doubtful("source", summary, detail))
}

/// The message without words of the document, which may be secret in the configuration.
fn without_names(message: &str) -> String {
    const OF_THE_LANGUAGE: &[&str] = &[
        "class",
        "implements",
        "Namespace",
        "this",
        "ctx",
        "related",
        "permits",
        "Context",
        "boolean",
        "includes",
        "traverse",
        "subject",
        "=>",
        "=",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "<",
        ">",
        ":",
        ".",
        ",",
        ";",
        "|",
        "||",
        "&&",
        "!",
        "",
    ];
    let message = message.split_once(": ").filter(|(start, _)| *start == "fatal").map_or(message, |(_, rest)| rest);
    // After text that cannot be read, the message has the rest of the document.
    let message = if message.starts_with("at \"") { message.rsplit("\": ").next().unwrap_or_default() } else { message };
    if message.starts_with("unexpected token") {
        return "unexpected token".to_owned();
    }
    if message.contains('\\') || message.contains("'related' or 'permits', got \"'") {
        return "the syntax is wrong there".to_owned();
    }
    let parts = message.split('"').enumerate().map(|(number, part)| match number % 2 == 0 || OF_THE_LANGUAGE.contains(&part) {
        true => part,
        false => "…",
    });
    parts.collect::<Vec<_>>().join("\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(message: &str, start: [i64; 2], end: [i64; 2]) -> Fault {
        Fault { message: message.to_owned(), start, end }
    }

    #[test]
    fn what_is_wrong_is_shown_where_it_is() {
        let document = "class Doc implements Namespace {\n\trelated: { owners: Nobody[] }\n}\nclss\n";
        let said = refused(&[fault("not declared", [2, 20], [2, 26])], document, false).detail;
        assert!(
            said.ends_with("Line 2, column 20: not declared\n  2 | \trelated: { owners: Nobody[] }\n    | \t                   ^^^^^^"),
            "{said}"
        );
        // The first character of a line is given as the end of the line before it.
        let said = refused(&[fault("x", [3, 2], [4, 4])], document, false).detail;
        assert!(said.ends_with("  4 | clss\n    | ^"), "{said}");
        for place in [[0, 0], [9, 1], [-1, 5]] {
            assert!(!refused(&[fault("x", place, place)], document, false).detail.contains('|'), "{place:?}");
        }
        assert!(refused(&[fault("canary", [2, 20], [2, 26])], document, true).detail.ends_with("Line 2, column 20"));
        let many: Vec<_> = (0..9).map(|_| fault("x", [1, 1], [1, 1])).collect();
        assert!(refused(&many, document, false).detail.ends_with("And 4 more."));
    }

    #[test]
    fn a_warning_repeats_no_word_of_the_document() {
        for (source, said) in [
            ("class canary", r#"expected "implements", got """#),
            ("class A implements Namespace { related: { a: canary[] } }", r#"namespace "…" was not declared"#),
            ("class A implements Namespace { canary }", r#"expected 'permits' or 'related', got "…""#),
            ("class A #canary", "the syntax is wrong there"),
            ("#canary", "unexpected token"),
            ("/* canary", "unclosed comment"),
            ("base64://Y2xhc3MgY2FuYXJ5", r#"expected "implements", got """#),
            (
                "class A implements Namespace { related: { a: A[] } permits = { b: (ctx) => this.related.a.traverse(x => x.canary.c) } }",
                "the syntax is wrong there",
            ),
        ] {
            let detail = doubtful(source).unwrap().detail;
            assert!(detail.contains(said) && !detail.contains("canary"), "{detail}");
        }
        // As Keto 0.13.0-alpha.0 answered checks of such documents: `findings/keto-opl-precedence.sh`, `keto-opl-one-name.sh`.
        let canary = |relations: &str, rule: &str| {
            let one = "this.related.canary.includes(ctx.subject)";
            let rule = rule.replace('x', one);
            format!("class A implements Namespace {{\n  related: {{ {relations} }}\n  permits = {{ p: (ctx) => {rule} }}\n}}")
        };
        let said = |relations: &str, rule: &str| doubtful(&canary(relations, rule)).map(|problem| problem.detail);
        for (relations, rule, wanted) in [
            ("canary: A[]", "x || x && x", "from left to right"),
            ("canary: A[]", "x && x || (x || x && x)", "from left to right"),
            ("canary: A[], p: A[]", "x", "the name of a relation"),
        ] {
            let detail = said(relations, rule).unwrap();
            assert!(detail.starts_with("Line 3, column ") && detail.contains(wanted) && !detail.contains("canary"), "{detail}");
        }
        for rule in ["x && x || x", "x || (x && x)", "(x || x) && x", "x || !x", "x && x && x"] {
            assert_eq!(said("canary: A[]", rule), None, "{rule}");
        }
        for source in
            ["class A implements Namespace {}", "https://a.example/model.ts", "", "base64://Y2xhc3MgQSBpbXBsZW1lbnRzIE5hbWVzcGFjZSB7fQ=="]
        {
            assert!(doubtful(source).is_none(), "{source}");
        }
    }
}
