//! Which member names are those of secrets, and which texts look like secrets.
//!
//! Owns the words. Does not know documents: [`super::mask`] decides what to hide. People spell the same name in many ways
//! (`dbPassword`, `API-Key`, `session token`), so a name is checked word by word. A name that ends in a word such as `type` or
//! `lifespan` is about a secret, but not one itself.

/// A name with one of these words is that of a secret, also with the plural of a word.
const WORDS: [&str; 49] = [
    "apikey",
    "auth",
    "authorization",
    "bearer",
    "bsn",
    "card",
    "ccn",
    "cookie",
    "cpf",
    "cred",
    "credential",
    "crypted",
    "csc",
    "csrf",
    "cvc",
    "cvn",
    "cvv",
    "dsn",
    "encrypted",
    "hotp",
    "iban",
    "jwt",
    "key",
    "mnemonic",
    "nino",
    "otp",
    "pan",
    "pass",
    "passcode",
    "passkey",
    "passphrase",
    "passw",
    "passwd",
    "password",
    "pin",
    "private",
    "pwd",
    "salt",
    "secret",
    "seed",
    "session",
    "sessid",
    "sid",
    "signature",
    "ssn",
    "tan",
    "token",
    "totp",
    "xsrf",
];
/// So is a name with one of these pairs of words, whatever its last word is.
const PAIRS: [(&str, &str); 22] = [
    ("access", "code"),
    ("account", "number"),
    ("backup", "code"),
    ("bank", "account"),
    ("connection", "string"),
    ("driver", "license"),
    ("drivers", "license"),
    ("maiden", "name"),
    ("national", "id"),
    ("passport", "number"),
    ("recovery", "code"),
    ("routing", "number"),
    ("security", "answer"),
    ("security", "code"),
    ("session", "id"),
    ("social", "security"),
    ("sort", "code"),
    ("tax", "id"),
    ("taxpayer", "id"),
    ("verification", "code"),
    ("webhook", "url"),
    ("card", "number"),
];
/// So is a name that contains one of these without a separator.
const STEMS: [&str; 13] = [
    "accesskey",
    "apikey",
    "cardnumber",
    "clientsecret",
    "creditcard",
    "credential",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "secretkey",
    "sessid",
    "sessionid",
];
/// Ends of words without a separator.
const ENDS: [&str; 4] = ["secret", "secrets", "token", "tokens"];
/// A name that ends in one of these is about a secret, but its value is not secret.
const ABOUT: [&str; 64] = [
    "age",
    "alg",
    "algorithm",
    "at",
    "attempts",
    "audience",
    "brand",
    "by",
    "changed",
    "count",
    "country",
    "created",
    "date",
    "description",
    "enabled",
    "endpoint",
    "expiration",
    "expired",
    "expires",
    "expiry",
    "format",
    "hint",
    "id",
    "ids",
    "issued",
    "issuer",
    "kind",
    "label",
    "last4",
    "length",
    "level",
    "lifespan",
    "lifetime",
    "limit",
    "method",
    "methods",
    "name",
    "names",
    "on",
    "ops",
    "policy",
    "prefix",
    "provider",
    "required",
    "rotated",
    "scope",
    "scopes",
    "size",
    "state",
    "status",
    "strategy",
    "strength",
    "supported",
    "time",
    "ttl",
    "type",
    "types",
    "updated",
    "uri",
    "uris",
    "url",
    "usage",
    "verified",
    "version",
];
/// Keys with these words before them are not secret.
const OPEN_KEYS: [&str; 7] = ["foreign", "partition", "primary", "pub", "public", "sort", "unique"];
/// The beginnings of well-known secrets: tokens of Ory and other services, keys, password hashes.
const LOOKS: [&str; 47] = [
    "ory_",
    "-----BEGIN",
    "Bearer ",
    "Basic ",
    "$1$",
    "$2$",
    "$2a$",
    "$2b$",
    "$2y$",
    "$2z$",
    "$5$",
    "$6$",
    "$argon2",
    "$pbkdf2",
    "$scrypt$",
    "$firescrypt$",
    "$md5",
    "$sha",
    "$hmac-",
    "{SSHA",
    "{SHA",
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "sk_live_",
    "sk_test_",
    "rk_live_",
    "rk_test_",
    "whsec_",
    "sk-",
    "xoxb-",
    "xoxp-",
    "xapp-",
    "AKIA",
    "AIza",
    "ya29.",
    "SG.",
    "hvs.",
    "npm_",
    "pypi-",
    "hf_",
    "dop_v1_",
    "shpat_",
];
/// The minimum length of a random text of letters and digits.
const RANDOM: usize = 20;
/// The minimum length if it has only one case, as hexadecimal digits have.
const RANDOM_OF_ONE_CASE: usize = 32;

/// Whether the value with this name is a secret.
#[must_use]
pub fn is_secret(name: &str) -> bool {
    let words = words(name);
    let is = |word: &str, wanted: &str| word == wanted || word.strip_suffix('s') == Some(wanted);
    if words.windows(2).any(|pair| PAIRS.iter().any(|(one, two)| pair[0] == *one && is(&pair[1], two))) {
        return true;
    }
    if words.last().is_some_and(|last| ABOUT.contains(&last.as_str())) {
        return false;
    }
    let is_open_key = words.iter().any(|word| OPEN_KEYS.contains(&word.as_str()));
    let names = |word: &String| {
        let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
        WORDS.iter().any(|wanted| is(word, wanted) && !(*wanted == "key" && is_open_key))
            || STEMS.iter().any(|stem| word.contains(stem))
            || ENDS.iter().any(|end| word.ends_with(end))
    };
    words.iter().any(names)
}

/// Whether this text looks like a secret.
#[must_use]
pub fn looks_secret(text: &str) -> bool {
    let is_token = text.starts_with("eyJ") && (2..=4).contains(&text.matches('.').count());
    let has_password = text.split_once("://").is_some_and(|(_, rest)| rest.split('/').next().is_some_and(|host| host.contains('@')));
    is_token || has_password || LOOKS.iter().any(|start| text.starts_with(start)) || is_random(text)
}

/// The words of a name in lower case, in whatever way they are joined.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let letters: Vec<char> = name.chars().collect();
    for (at, letter) in letters.iter().enumerate() {
        let (before, after) = (at.checked_sub(1).map(|at| letters[at]), letters.get(at + 1));
        // As in `dbPassword`, and the `K` of `APIKey`, which belongs to the next word.
        let begins =
            letter.is_uppercase() && before.is_some_and(|before| !before.is_uppercase() || after.is_some_and(|after| after.is_lowercase()));
        if begins || !letter.is_alphanumeric() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| letter.is_alphanumeric()) {
            word.extend(letter.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether letters and digits alternate so often that no person wrote the text. In a random text, nearly half of the neighbours
/// differ in kind; in words and numbers only few do, if the capital at the beginning of a word counts once.
fn is_random(text: &str) -> bool {
    let kind = |byte: u8| match byte {
        b'a'..=b'z' => Some(0),
        b'A'..=b'Z' => Some(1),
        b'0'..=b'9' => Some(2),
        _ => None,
    };
    if text.len() < RANDOM || !text.bytes().all(|byte| kind(byte).is_some() || b"+/=_-.~".contains(&byte)) {
        return false;
    }
    let has = |wanted: u8| text.bytes().any(|byte| kind(byte) == Some(wanted));
    let pairs: Vec<_> = text.as_bytes().windows(2).filter_map(|pair| Some((kind(pair[0])?, kind(pair[1])?))).collect();
    let changes = pairs.iter().filter(|(one, other)| one != other && (*one, *other) != (1, 0)).count();
    match [has(0), has(1), has(2)] {
        [true, true, true] => changes * 100 >= pairs.len() * 27,
        [true, false, true] | [false, true, true] => {
            text.len() >= RANDOM_OF_ONE_CASE && pairs.len() + 1 == text.len() && changes * 100 >= pairs.len() * 25
        }
        _ => false,
    }
}
