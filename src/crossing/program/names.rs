//! Names of resources in programs: valid identifiers in every language, the same in every run, and unique.

use std::collections::HashMap;
use unicode_normalization::UnicodeNormalization;

/// Words that are reserved in one of the languages, or that programs use for something else.
const RESERVED: &str = "\
and any arguments as assert async await bool boolean break byte case catch chan class config const continue count debugger def default \
defer del delete do elif else encoded enum err error eval except export extends false finally float fn for from func function global go \
goto if implements import in init instanceof int interface is json lambda let local main map match module new nil none nonlocal not null \
number object options or package pass private protected public pulumi raise range require return rune select self static str string \
struct super switch symbol this throw true try type typeof undefined uint unknown var void while with yield";

/// The maximum length of the part of a name that comes from the object's name.
const LONGEST: usize = 48;

/// An object that needs a name.
#[derive(Clone, Copy, Debug)]
pub struct Named<'a> {
    /// Its id, which no other of its kind has.
    pub id: &'a str,
    /// Its name for people.
    pub shown: &'a str,
}

/// A text as an identifier in snake_case: letters and digits of ASCII and single underscores, none at its ends. Empty where
/// nothing of the text can be in one. It may begin with a digit.
pub fn identifier(text: &str) -> String {
    let mut out = String::new();
    for c in text.nfkd().filter(|c| !unicode_normalization::char::is_combining_mark(*c)) {
        match c {
            c if c.is_ascii_alphanumeric() => out.push(c.to_ascii_lowercase()),
            'ß' => out.push_str("ss"),
            'æ' | 'Æ' => out.push_str("ae"),
            'ø' | 'Ø' => out.push('o'),
            'ł' | 'Ł' => out.push('l'),
            _ if out.is_empty() || out.ends_with('_') => {}
            _ => out.push('_'),
        }
    }
    out.truncate(LONGEST);
    out.truncate(out.trim_end_matches('_').len());
    out
}

/// The names of objects of one kind, in their order. A name depends on the object and on which others there are, never on their
/// order. `modules` are names that files have.
pub fn named<'a>(kind: &str, modules: &[&str], objects: impl Fn(usize) -> Named<'a>, count: usize) -> Vec<String> {
    let first = |object: Named<'_>| {
        let name = identifier(object.shown);
        if uuid::Uuid::try_parse(object.shown).is_ok() {
            return format!("{kind}_{}", &name[..8]);
        }
        let stands = !name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit());
        if stands && !RESERVED.split(' ').any(|word| word == name) && !modules.contains(&name.as_str()) {
            return name;
        }
        let rest = if name.is_empty() { identifier(object.id) } else { name };
        if rest.is_empty() { format!("{kind}_{}", hash(object.id)) } else { format!("{kind}_{rest}") }
    };
    let mut names: Vec<String> = (0..count).map(|at| first(objects(at))).collect();
    let mut tried = vec![0_u8; count];
    for _ in 0..4 {
        let mut times: HashMap<&str, u32> = HashMap::with_capacity(count);
        names.iter().for_each(|name| *times.entry(name).or_default() += 1);
        let again: Vec<usize> = (0..count).filter(|at| times[names[*at].as_str()] > 1).collect();
        if again.is_empty() {
            break;
        }
        for at in again {
            tried[at] += 1;
            let (id, base) = (identifier(objects(at).id), first(objects(at)));
            names[at] = match tried[at] {
                1 if !id.is_empty() => format!("{base}_{}", id.get(..8).unwrap_or(&id).trim_end_matches('_')),
                2 if !id.is_empty() => format!("{base}_{id}"),
                _ => format!("{base}_{}", hash(objects(at).id)),
            };
        }
    }
    names
}

/// FNV-1a, which gives the same result on every machine and in every version.
fn hash(text: &str) -> String {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}")
}
