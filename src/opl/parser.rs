//! The grammar and the type checks.

use super::lexer::{Kind, Lexer, Token, quoted};

/// The maximum depth of nested parentheses and negations.
const DEEPEST_EXPRESSION: usize = 10;
/// The maximum length of a chain of subject sets.
const DEEPEST_TYPE: usize = 10;
/// The maximum number of types that are checked. Keto has no such limit: for documents with more, Keto's errors in the rest are
/// unknown here.
const MOST_TYPES: usize = 100_000;

/// What a document declares.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Namespace {
    /// Its name.
    pub name: String,
    relations: Vec<Relation>,
}

/// A relation or a permission, which share one list of names in Keto.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Relation {
    name: String,
    types: Vec<Type>,
    is_permission: bool,
}

/// What a relation may contain: objects of a namespace, or subjects of a relation of a namespace.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Type {
    namespace: String,
    relation: Option<String>,
}

/// An error in a document.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// The message, in Keto's words.
    pub message: String,
    /// Where it begins.
    pub start: Position,
    /// Where it ends.
    pub end: Position,
}

/// A document that was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Document {
    /// The namespaces that it declares.
    pub namespaces: Vec<Namespace>,
    /// Its errors: Keto refuses it if there is one.
    pub faults: Vec<Fault>,
    /// What Keto accepts and evaluates in another way than TypeScript.
    pub traps: Vec<Trap>,
}

/// A place that Keto accepts and evaluates in another way than TypeScript, in which the document is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trap {
    /// How it differs. The text has no word of the document.
    pub message: &'static str,
    /// Where.
    pub start: Position,
}

/// A place in a document, as Keto counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// How many characters are before it in the line; but 1 for the first character of a document, and the first character of a
    /// later line has the position of the end of the line before.
    pub column: usize,
}

/// Seen with Keto 0.13.0-alpha.0: `findings/keto-opl-precedence.sh`.
const LEFT_TO_RIGHT: &str = "Ory Keto evaluates `&&` and `||` from left to right, so that `a || b && c` is `(a || b) && c`, where TypeScript \
     takes it as `a || (b && c)`. Put one of them in parentheses";

/// Seen with Keto 0.13.0-alpha.0: `findings/keto-opl-one-name.sh`.
const ONE_NAME: &str = "this permission has the name of a relation of the same class. Ory Keto then reads the relation alone and never \
     evaluates the permission. Give it another name";

/// Reads a document and checks it.
pub fn parse(input: &str) -> Document {
    let mut parser = Parser {
        lexer: Lexer::new(input),
        ahead: None,
        namespaces: Vec::new(),
        faults: Vec::new(),
        traps: Vec::new(),
        checks: Vec::new(),
        types: 0,
    };
    // A document that cannot be read ends with a fault.
    let _ = parser.document();
    if parser.faults.is_empty() {
        parser.check_types();
    }
    let faults = parser.faults.into_iter().map(|(message, [start, end])| Fault {
        message,
        start: position(input, start),
        end: position(input, end),
    });
    let traps = parser.traps.into_iter().map(|(message, start)| Trap { message, start: position(input, start) });
    Document { namespaces: parser.namespaces, faults: faults.collect(), traps: traps.collect() }
}

/// Keto uses an offset in bytes as one in characters.
fn position(input: &str, place: usize) -> Position {
    let mut position = Position { line: 1, column: 0 };
    for (number, c) in input.chars().enumerate() {
        position.column += 1;
        if number + 1 >= place {
            break;
        }
        if c == '\n' {
            position = Position { line: position.line + 1, column: 0 };
        }
    }
    position
}

/// A check that is made when all types are known.
enum Check<'a> {
    /// The namespace exists.
    Namespace(Token<'a>),
    /// The namespace exists and has this relation.
    RelationOf(Token<'a>, Token<'a>),
    /// The namespace with this name has this relation.
    Relation(String, Token<'a>),
    /// Everything that may be in the relation of the namespace has the other relation.
    AllHave(String, Token<'a>, String),
}

/// Parsing ends here, after an error was added.
struct Ended;

type Step<T = ()> = Result<T, Ended>;

struct Parser<'a> {
    lexer: Lexer<'a>,
    ahead: Option<Token<'a>>,
    namespaces: Vec<Namespace>,
    faults: Vec<(String, [usize; 2])>,
    traps: Vec<(&'static str, usize)>,
    checks: Vec<Check<'a>>,
    /// How many types were checked.
    types: usize,
}

impl<'a> Parser<'a> {
    fn next(&mut self) -> Token<'a> {
        self.ahead.take().unwrap_or_else(|| self.lexer.next())
    }

    fn peek(&mut self) -> &Token<'a> {
        let lexer = &mut self.lexer;
        self.ahead.get_or_insert_with(|| lexer.next())
    }

    fn fault(&mut self, at: &Token<'_>, message: String) {
        self.faults.push((message, [at.start, at.end]));
    }

    fn fatal<T>(&mut self, at: &Token<'_>, message: String) -> Step<T> {
        self.fault(at, message);
        Err(Ended)
    }

    /// Expects these tokens, one after the other.
    fn expect(&mut self, wanted: &[&str]) -> Step {
        wanted.iter().try_for_each(|wanted| {
            let found = self.next();
            match found.text == *wanted {
                true => Ok(()),
                false => self.fatal(&found, format!("expected {}, got {}", quoted(wanted), quoted(&found.text))),
            }
        })
    }

    /// Expects all of these if the first one is present.
    fn maybe(&mut self, wanted: &[&str]) -> Step {
        if wanted.first().is_some_and(|first| self.peek().text == *first) { self.expect(wanted) } else { Ok(()) }
    }

    fn name(&mut self) -> Step<String> {
        let found = self.next();
        match found.kind {
            Kind::Identifier | Kind::Text => Ok(found.text.into_owned()),
            kind => self.fatal(&found, format!("expected identifier, got {}", kind.name())),
        }
    }

    fn document(&mut self) -> Step {
        loop {
            let token = self.next();
            match token.kind {
                Kind::End => return Ok(()),
                Kind::Error => return self.fatal(&token, format!("fatal: {}", token.text)),
                Kind::Word("class") => self.class()?,
                // Everything else, such as imports, is for TypeScript.
                _ => {}
            }
        }
    }

    fn class(&mut self) -> Step {
        let name = self.name()?;
        self.expect(&["implements", "Namespace", "{"])?;
        let mut namespace = Namespace { name, relations: Vec::new() };
        let mut permissions = Vec::new();
        loop {
            let token = self.next();
            match (token.kind, &*token.text) {
                (Kind::Sign("}"), _) => {
                    let is_relation = |name: &str| namespace.relations.iter().any(|other| !other.is_permission && other.name == name);
                    let shared = permissions.iter().filter(|token: &&Token<'_>| is_relation(&token.text));
                    self.traps.extend(shared.map(|token| (ONE_NAME, token.start)));
                    self.namespaces.push(namespace);
                    return Ok(());
                }
                (_, "related") => self.related(&mut namespace)?,
                (_, "permits") => self.permits(&mut namespace, &mut permissions)?,
                (Kind::Sign(";"), _) => {}
                _ => return self.fatal(&token, format!("expected 'permits' or 'related', got {}", quoted(&token.text))),
            }
        }
    }

    fn related(&mut self, namespace: &mut Namespace) -> Step {
        self.expect(&[":", "{"])?;
        loop {
            let token = self.next();
            match token.kind {
                Kind::Sign(";") => {}
                Kind::Sign("}") => return Ok(()),
                Kind::Identifier | Kind::Text => {
                    self.expect(&[":"])?;
                    let types = self.types()?;
                    namespace.relations.push(Relation { name: token.text.into_owned(), types, is_permission: false });
                }
                kind => {
                    return self.fatal(&token, format!("expected identifier or '}}', got {} {}", kind.name(), quoted(&token.text)));
                }
            }
        }
    }

    fn types(&mut self) -> Step<Vec<Type>> {
        let token = self.next();
        let types = match (token.kind, &*token.text) {
            (_, "Array") => {
                self.expect(&["<"])?;
                return self.union(">");
            }
            (_, "SubjectSet") => vec![self.subject_set()?],
            (Kind::Sign("("), _) => self.union(")")?,
            _ => vec![self.in_namespace(token)],
        };
        self.expect(&["[", "]"])?;
        self.maybe(&[","])?;
        Ok(types)
    }

    fn in_namespace(&mut self, token: Token<'a>) -> Type {
        let namespace = token.text.clone().into_owned();
        self.checks.push(Check::Namespace(token));
        Type { namespace, relation: None }
    }

    fn subject_set(&mut self) -> Step<Type> {
        self.expect(&["<"])?;
        let namespace = self.next();
        self.expect(&[","])?;
        let relation = self.next();
        self.expect(&[">"])?;
        // A relation without a name is ignored.
        let named = Some(relation.text.clone().into_owned()).filter(|name| !name.is_empty());
        let set = Type { namespace: namespace.text.clone().into_owned(), relation: named };
        self.checks.push(Check::RelationOf(namespace, relation));
        Ok(set)
    }

    fn union(&mut self, end: &'static str) -> Step<Vec<Type>> {
        let mut types = Vec::new();
        loop {
            let token = self.next();
            let one = if token.text == "SubjectSet" { self.subject_set() } else { Ok(self.in_namespace(token)) };
            // After an invalid subject set, Keto also reports an error about the next token.
            let token = self.next();
            match token.kind {
                Kind::Sign(sign) if sign == end || sign == "|" => types.push(one?),
                _ => return self.fatal(&token, format!("expected '|', got {}", quoted(&token.text))),
            }
            if token.kind == Kind::Sign(end) {
                return Ok(types);
            }
        }
    }

    /// Adds the permissions to the namespace, and their names to the others.
    fn permits(&mut self, namespace: &mut Namespace, names: &mut Vec<Token<'a>>) -> Step {
        self.expect(&["=", "{"])?;
        loop {
            let token = self.next();
            match token.kind {
                Kind::Sign("}") => return Ok(()),
                Kind::Identifier | Kind::Text => {
                    self.expect(&[":", "(", "ctx"])?;
                    self.maybe(&[":", "Context"])?;
                    self.expect(&[")"])?;
                    self.maybe(&[":", "boolean"])?;
                    self.expect(&["=>"])?;
                    // Without an expression, Keto continues as if the list of permissions had ended.
                    if !self.expressions(&namespace.name, ",", DEEPEST_EXPRESSION)? {
                        return Ok(());
                    }
                    let name = token.text.clone().into_owned();
                    namespace.relations.push(Relation { name, types: Vec::new(), is_permission: true });
                    names.push(token);
                }
                kind => {
                    return self.fatal(&token, format!("expected identifier or '}}', got {} {}", kind.name(), quoted(&token.text)));
                }
            }
        }
    }

    fn too_deep<T>(&mut self) -> Step<T> {
        let token = self.peek().clone();
        self.fatal(&token, format!("expression nested too deeply; maximal nesting depth is {DEEPEST_EXPRESSION}"))
    }

    /// Reads expressions up to this sign. The result says whether there was one.
    fn expressions(&mut self, namespace: &str, end: &'static str, depth: usize) -> Step<bool> {
        if depth == 0 {
            return self.too_deep();
        }
        let (mut has_one, mut may_follow, mut has_or) = (false, true, false);
        loop {
            let token = self.peek().clone();
            match token.kind {
                Kind::Sign("(") => {
                    self.next();
                    if !self.expressions(namespace, ")", depth - 1)? {
                        return Ok(false);
                    }
                    (has_one, may_follow) = (true, false);
                }
                Kind::Sign(sign) if sign == end => {
                    self.next();
                    return Ok(has_one);
                }
                // It ends the list of permissions, too.
                Kind::Sign("}") => return Ok(has_one),
                Kind::Sign("&&" | "||") => {
                    self.next();
                    if !has_one {
                        return Ok(false);
                    }
                    may_follow = true;
                    if token.text == "||" {
                        has_or = true;
                    } else if has_or {
                        self.traps.push((LEFT_TO_RIGHT, token.start));
                    }
                }
                Kind::Sign("!") => {
                    self.next();
                    self.negation(namespace, depth - 1)?;
                    (has_one, may_follow) = (true, false);
                }
                _ if !may_follow => return self.fatal(&token, "did not expect another expression".to_owned()),
                _ => {
                    self.expression(namespace)?;
                    (has_one, may_follow) = (true, true);
                }
            }
        }
    }

    fn negation(&mut self, namespace: &str, depth: usize) -> Step {
        if depth == 0 {
            return self.too_deep();
        }
        if self.peek().kind == Kind::Sign("(") {
            self.next();
            // An empty one is accepted.
            self.expressions(namespace, ")", depth - 1).map(drop)
        } else {
            self.expression(namespace)
        }
    }

    fn property(&mut self) -> Step<Token<'a>> {
        let is_indexed = self.peek().kind == Kind::Sign("[");
        self.expect(&[if is_indexed { "[" } else { "." }])?;
        let name = self.next();
        if is_indexed {
            self.expect(&["]"])?;
        }
        Ok(name)
    }

    fn expression(&mut self, namespace: &str) -> Step {
        self.expect(&["this", "."])?;
        let verb = self.next();
        let name = self.property()?;
        match &*verb.text {
            "related" => {
                self.expect(&["."])?;
                let token = self.next();
                match &*token.text {
                    "traverse" => self.traversal(namespace, name),
                    "includes" => {
                        self.expect(&["(", "ctx", ".", "subject", ")"])?;
                        self.checks.push(Check::Relation(namespace.to_owned(), name));
                        Ok(())
                    }
                    _ => self.fatal(&token, format!("expected 'traverse' or 'includes', got {}", quoted(&token.text))),
                }
            }
            "permits" => {
                self.expect(&["(", "ctx", ")"])?;
                self.checks.push(Check::Relation(namespace.to_owned(), name));
                Ok(())
            }
            _ => self.fatal(&verb, format!("expected 'related' or 'permits', got {}", quoted(&verb.text))),
        }
    }

    fn traversal(&mut self, namespace: &str, relation: Token<'a>) -> Step {
        self.expect(&["("])?;
        let is_grouped = self.peek().kind == Kind::Sign("(");
        if is_grouped {
            self.next();
        }
        let argument = self.next();
        if is_grouped {
            self.expect(&[")"])?;
        }
        if let Err(ended) = self.expect(&["=>", &argument.text, "."]) {
            // Keto also reports an error about the next word, which is missing.
            let none = Token { kind: Kind::Error, text: "".into(), start: 0, end: 0 };
            self.fault(&none, format!("expected 'related' or 'permits', got {}", quoted(&shown(&none))));
            return Err(ended);
        }
        let verb = self.next();
        if !matches!(&*verb.text, "related" | "permits") {
            return self.fatal(&verb, format!("expected 'related' or 'permits', got {}", quoted(&shown(&verb))));
        }
        let is_indexed = self.peek().kind == Kind::Sign("[");
        self.expect(&[if is_indexed { "[" } else { "." }])?;
        let wanted = self.name()?;
        if is_indexed {
            self.expect(&["]"])?;
        }
        if verb.text == "related" {
            self.expect(&[".", "includes", "(", "ctx", ".", "subject"])?;
            self.maybe(&[","])?;
            self.expect(&[")"])?;
            self.maybe(&[","])?;
            self.expect(&[")"])?;
        } else {
            self.expect(&["(", "ctx", ")", ")"])?;
        }
        self.checks.push(Check::AllHave(namespace.to_owned(), relation.clone(), wanted));
        self.checks.push(Check::Relation(namespace.to_owned(), relation));
        Ok(())
    }

    fn check_types(&mut self) {
        for check in std::mem::take(&mut self.checks) {
            match &check {
                Check::Namespace(name) => {
                    if self.namespace(&name.text).is_none() {
                        self.undeclared(name, &name.text);
                    }
                }
                Check::RelationOf(namespace, relation) => match self.namespace(&namespace.text) {
                    None => self.undeclared(namespace, &namespace.text),
                    Some(_) => self.check_relation(&namespace.text, relation),
                },
                Check::Relation(namespace, relation) => match self.namespace(namespace) {
                    None => self.undeclared(relation, namespace),
                    Some(_) => self.check_relation(namespace, relation),
                },
                Check::AllHave(namespace, relation, wanted) => {
                    self.check_all(relation, namespace, &relation.text, wanted, Some(DEEPEST_TYPE));
                }
            }
        }
    }

    fn undeclared(&mut self, at: &Token<'_>, namespace: &str) {
        self.fault(at, format!("namespace {} was not declared", quoted(namespace)));
    }

    fn check_relation(&mut self, namespace: &str, relation: &Token<'_>) {
        if self.relation(namespace, &relation.text).is_none() {
            self.fault(relation, format!("namespace {} did not declare relation {}", quoted(namespace), quoted(&relation.text)));
        }
    }

    fn check_all(&mut self, at: &Token<'_>, namespace: &str, relation: &str, wanted: &str, depth: Option<usize>) {
        let Some(depth) = depth else {
            return self.fault(at, "could not typecheck deeply nested SubjectSet further".to_owned());
        };
        let missing =
            |relation: &str, namespace: &str| format!("relation {} was not declared in namespace {}", quoted(relation), quoted(namespace));
        let Some(types) = self.relation(namespace, relation).map(|relation| relation.types.clone()) else {
            return self.fault(at, missing(relation, namespace));
        };
        for one in types {
            self.types += 1;
            if self.types > MOST_TYPES {
                return;
            }
            match &one.relation {
                Some(relation) => self.check_all(at, &one.namespace, relation, wanted, depth.checked_sub(1)),
                None if self.relation(&one.namespace, wanted).is_none() => self.fault(at, missing(wanted, &one.namespace)),
                None => {}
            }
        }
    }

    fn namespace(&self, name: &str) -> Option<&Namespace> {
        self.namespaces.iter().find(|namespace| namespace.name == name)
    }

    fn relation(&self, namespace: &str, name: &str) -> Option<&Relation> {
        self.namespace(namespace)?.relations.iter().find(|relation| relation.name == name)
    }
}

/// A token in Keto's form.
fn shown(token: &Token<'_>) -> String {
    match token.kind {
        Kind::Error => format!("error: {}", token.text),
        Kind::End => "EOF".to_owned(),
        Kind::Identifier | Kind::Text => {
            let start: String = token.text.chars().take(10).collect();
            if token.text.len() > 10 { format!("'{start}...'") } else { format!("'{start}'") }
        }
        _ => token.text.clone().into_owned(),
    }
}
