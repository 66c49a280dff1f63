//! Hashes of passwords, as Ory Kratos compares passwords with them.
//!
//! The server checks only the beginning of an imported hash. It stores a hash that is broken after that, and then nobody can sign
//! in with it. So this file checks each format as Kratos' `hash` package reads it. No message contains a hash.

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
    prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD},
};

/// Kratos reads this one format without checking the unused bits at the end.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true).with_decode_padding_mode(DecodePaddingMode::RequireCanonical),
);

/// Checks that a password can match this hash; the error says why none can.
pub fn shape(hash: &str) -> Result<(), String> {
    let parts: Vec<&str> = hash.split('$').collect();
    let (form, fits) = match parts[..] {
        ["", kind, ref rest @ ..] => match of(kind) {
            Some((form, fits)) => (form, fits(kind, rest)),
            None => return Err(unknown()),
        },
        _ => match hash.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
            Some((kind @ ("SSHA" | "SSHA256" | "SSHA512"), salted)) => {
                ("`{SSHA}`, `{SSHA256}` or `{SSHA512}` and the base64 of the hash with the salt after it", is_salted(kind, salted))
            }
            _ => return Err(unknown()),
        },
    };
    match fits {
        true => Ok(()),
        false => Err(format!(
            "Must be a complete hash: Ory Kratos checks only how it begins and would store it, but no password would match it. A hash that begins like this has the form {form}."
        )),
    }
}

type Fits = fn(&str, &[&str]) -> bool;

/// The form of this kind of hash, and the check of the parts after the kind's name.
fn of(kind: &str) -> Option<(&'static str, Fits)> {
    Some(match kind {
        "2" | "2a" | "2b" | "2y" | "2z" => {
            ("`$2b$`, two digits of the cost, `$`, and 53 characters of salt and hash (bcrypt)", |_, rest| is_bcrypt(rest))
        }
        "md5-crypt" => ("`$md5-crypt$<salt>$<22 characters of hash>`", |_, rest| matches!(rest, [_, hash] if is_crypt(hash, 22))),
        "sha256-crypt" => ("`$sha256-crypt$[rounds=<n>$]<salt>$<43 characters of hash>`", |_, rest| is_sha_crypt(rest, 43)),
        "sha512-crypt" => ("`$sha512-crypt$[rounds=<n>$]<salt>$<86 characters of hash>`", |_, rest| is_sha_crypt(rest, 86)),
        "argon2id" | "argon2i" => (
            "`$argon2id$v=19$m=<KiB>,t=<n>,p=<n>$<salt>$<hash>`, salt and hash in base64 without `=`",
            |_, rest| matches!(rest, ["v=19", costs, salt, hash] if is_argon2(costs) && bare(salt).is_some() && bare(hash).is_some_and(holds)),
        ),
        "scrypt" => (
            "`$scrypt$ln=<N, a power of two>,r=<n>,p=<n>$<salt>$<hash>`, salt and hash in base64",
            |_, rest| matches!(rest, [costs, salt, hash] if is_scrypt(costs, |cost| cost > 1 && cost.is_power_of_two()) && padded(salt).is_some() && padded(hash).is_some_and(holds)),
        ),
        "firescrypt" => (
            "`$firescrypt$ln=<mem_cost>,r=<rounds>,p=<n>$<salt>$<hash>$<salt separator>$<signer key>`, the last four in base64",
            |_, rest| {
                let [costs, salt, hash, separator, signer] = rest else { return false };
                let costs = is_scrypt(costs, |ln| (1..32).contains(&ln));
                costs
                    && [salt, separator].iter().all(|part| padded(part).is_some())
                    && [hash, signer].iter().all(|part| padded(part).is_some_and(holds))
            },
        ),
        "sha1" => (SALTED, |_, rest| is_formatted(rest, 20)),
        "sha256" => (SALTED, |_, rest| is_formatted(rest, 32)),
        "sha512" => (SALTED, |_, rest| is_formatted(rest, 64)),
        "md5" => ("`$md5$<hash>` or `$md5$pf=<format>$<salt>$<hash>`, all in base64, the format with `{PASSWORD}` in it", |_, rest| {
            matches!(rest, [hash] if has_length(hash, 16)) || is_formatted(rest, 16)
        }),
        _ if digest(kind, "pbkdf2-sha")
            .is_some_and(|bits| (1..=3).contains(&bits.len()) && bits.bytes().all(|bit| bit.is_ascii_digit())) =>
        {
            ("`$pbkdf2-sha256$i=<iterations>,l=<length>$<salt>$<hash>`, salt and hash in base64 without `=`", |_, rest| {
                let costs = |costs| numbers::<2>(costs, ["i=", ",l="]).is_some_and(|[iterations, _]| iterations > 0);
                matches!(rest, [text, salt, hash] if costs(text) && bare(salt).is_some() && bare(hash).is_some_and(holds))
            })
        }
        _ if digest(kind, "hmac-").and_then(hmac_length).is_some() => {
            ("`$hmac-sha256$<hash>$<key>`, hash and key in base64, the hash as hexadecimal text before", |kind, rest| {
                let length = digest(kind, "hmac-").and_then(hmac_length);
                let is_hex = |hash: &Vec<u8>| {
                    length.is_some_and(|length| hash.len() == 2 * length) && hash.iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
                };
                matches!(rest, [hash, key] if padded(hash).is_some_and(|hash| is_hex(&hash)) && padded(key).is_some())
            })
        }
        _ => return None,
    })
}

const SALTED: &str = "`$sha256$pf=<format>$<salt>$<hash>`, all in base64, the format with `{PASSWORD}` in it";

fn unknown() -> String {
    "Must be a hash in a format that Ory Kratos knows: bcrypt (`$2a$`, `$2b$`, `$2y$`), `$argon2id$`, `$argon2i$`, `$pbkdf2-sha256$` and its variants, `$scrypt$`, `$firescrypt$`, `$md5-crypt$` (elsewhere `$1$`), `$sha256-crypt$` (`$5$`), `$sha512-crypt$` (`$6$`), `$sha1$`, `$sha256$`, `$sha512$`, `$md5$`, `$hmac-sha256$` and its variants, `{SSHA}`, `{SSHA256}` or `{SSHA512}`.".into()
}

fn digest<'a>(kind: &'a str, family: &str) -> Option<&'a str> {
    kind.strip_prefix(family)
}

fn hmac_length(digest: &str) -> Option<usize> {
    Some(match digest {
        "md4" | "md5" => 16,
        "sha1" => 20,
        "sha224" => 28,
        "sha256" => 32,
        "sha384" => 48,
        "sha512" => 64,
        _ => return None,
    })
}

/// Kratos ignores what comes after these characters.
fn is_bcrypt(rest: &[&str]) -> bool {
    let [cost, salted] = rest else { return false };
    let cost = if cost.len() == 2 { cost.parse().ok() } else { None };
    cost.is_some_and(|cost: u8| (4..=31).contains(&cost)) && salted.get(..53).is_some_and(|salted| is_crypt(salted, 53))
}

fn is_crypt(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'/')
}

fn is_sha_crypt(rest: &[&str], length: usize) -> bool {
    match rest {
        [_, hash] => is_crypt(hash, length),
        [rounds, _, hash] => rounds.strip_prefix("rounds=").is_some_and(|rounds| rounds.parse::<u32>().is_ok()) && is_crypt(hash, length),
        _ => false,
    }
}

fn is_argon2(costs: &str) -> bool {
    numbers(costs, ["m=", ",t=", ",p="])
        .is_some_and(|[memory, iterations, threads]| memory > 0 && iterations > 0 && (1..=255).contains(&threads))
}

fn is_scrypt(costs: &str, is_cost: fn(u32) -> bool) -> bool {
    numbers(costs, ["ln=", ",r=", ",p="]).is_some_and(|[cost, block, threads]| is_cost(cost) && block > 0 && threads > 0)
}

/// A format, a salt and a hash of this length.
fn is_formatted(rest: &[&str], length: usize) -> bool {
    let [format, salt, hash] = rest else { return false };
    let format = format.strip_prefix("pf=").and_then(padded).and_then(|format| String::from_utf8(format).ok());
    format.is_some_and(|format| format.contains("{PASSWORD}")) && padded(salt).is_some() && has_length(hash, length)
}

fn is_salted(kind: &str, salted: &str) -> bool {
    let length = match kind {
        "SSHA" => 20,
        "SSHA256" => 32,
        _ => 64,
    };
    LENIENT.decode(in_one_line(salted)).is_ok_and(|salted| salted.len() > length)
}

/// The numbers after these words, in this order.
fn numbers<const N: usize>(text: &str, words: [&str; N]) -> Option<[u32; N]> {
    let (mut numbers, mut rest) = ([0; N], text);
    for (number, word) in numbers.iter_mut().zip(words) {
        rest = rest.strip_prefix(word)?;
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        *number = rest[..end].parse().ok()?;
        rest = &rest[end..];
    }
    Some(numbers)
}

fn holds(bytes: Vec<u8>) -> bool {
    !bytes.is_empty()
}

fn has_length(text: &str, length: usize) -> bool {
    padded(text).is_some_and(|bytes| bytes.len() == length)
}

fn padded(text: &str) -> Option<Vec<u8>> {
    BASE64_STANDARD.decode(in_one_line(text)).ok()
}

fn bare(text: &str) -> Option<Vec<u8>> {
    BASE64_STANDARD_NO_PAD.decode(in_one_line(text)).ok()
}

/// Go's base64 ignores line breaks.
fn in_one_line(text: &str) -> String {
    text.replace(['\r', '\n'], "")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One hash of each format, from the tests of Kratos 26.2.0, where the password matches.
    const WHOLE: &[&str] = &[
        "$2a$12$o6hx.Wog/wvFSkT/Bp/6DOxCtLRTDj7lm9on9suF/WaCGNVHbkfL6",
        "$argon2id$v=19$m=32,t=2,p=4$cm94YnRVOW5jZzFzcVE4bQ$MNzk5BtR2vUhrp6qQEjRNw",
        "$argon2i$v=19$m=65536,t=3,p=4$kk51rW/vxIVCYn+EG4kTSg$NyT88uraJ6im6dyha/M5jhXvpqlEdlS/9fEm7ScMb8c",
        "$pbkdf2-sha256$i=100000,l=32$1jP+5Zxpxgtee/iPxGgOz0RfE9/KJuDElP1ley4VxXc$QJxzfvdbHYBpydCbHoFg3GJEqMFULwskiuqiJctoYpI",
        "$pbkdf2-sha512$i=100000,l=32$bdHBpn7OWOivJMVJypy2UqR0UnaD5prQXRZevj/05YU$+wArTfv1a+bNGO1iZrmEdVjhA+lL11wF4/IxpgYfPwc",
        "$scrypt$ln=16384,r=8,p=1$2npRo7P03Mt8keSoMbyD/tKFWyUzjiQf2svUaNDSrhA=$MiCzNcIplSMqSBrm4HckjYqYhaVPPjTARTzwB1cVNYE=",
        "$firescrypt$ln=14,r=8,p=1$sPtDhWcd1MfdAw==$xbSou7FOl6mChCyzpCPIQ7tku7nsQMTFtyOZSXXd7tjBa4NtimOx7v42Gv2SfzPQu1oxM2/k4SsbOu73wlKe1A==$Bw==$YE0dO4bwD4JnJafh6lZZfkp1MtKzuKAXQcDCJNJNyeCHairWHKENOkbh3dzwaCdizzOspwr/FITUVlnOAwPKyw==",
        "{SSHA}JFZFs0oHzxbMwkSJmYVeI8MnTDy/276a",
        "{SSHA256}czO44OTV17PcF1cRxWrLZLy9xHd7CWyVYplr1rOhuMlx/7IK",
        "{SSHA512}xPUl/px+1cG55rUH4rzcwxdOIPSB2TingLpiJJumN2xyDWN4Ix1WQG3ihnvHaWUE8MYNkvMi5rf0C9NYixHsE6Yh59M=",
        "$sha1$pf=e1NBTFR9e1BBU1NXT1JEfQ==$NW9wbWtnejAzcg==$2qU2SGWP8viTM1md3FiI3+rjWXQ=",
        "$sha256$pf=e1NBTFR9e1BBU1NXT1JEfQ==$NW9wbWtnejAzcg==$0gfRVLCvtBCk20udLDEY5vNhujWx7RGjwRIS1ebMsLY=",
        "$sha512$pf=e1NBTFR9e1BBU1NXT1JEfQ==$NW9wbWtnejAzcg==$6ctpVuApMNp0CgBXcdHw/GC562eFEFGr4gpgANX8ZYsX+j5B19IkdmOY2Fytsz3QUwSWdGcUjbqwgJGTH0UYvw==",
        "$md5$CY9rzUYh03PK3k6DJie09g==",
        "$md5$pf=e1NBTFR9e1BBU1NXT1JEfQ==$MTIz$q+RdKCgc+ipCAcm5ChQwlQ==",
        "$hmac-md4$MWQ5ZTI4Nzc2Zjg4YmE2MTQ5YjQ0OTMyOGE4NWU4YjA=$MTIzNDU=",
    ];

    /// Hashes in formats in which the server does not ignore line breaks.
    const WHOLE_AND_NO_MORE: &[&str] = &[
        "$md5-crypt$TVEiiKNb$SN6/pUaRQS/E8Jh46As2C/",
        "$md5-crypt$$whuMjZj.HMFoaTaZRRtkO0",
        "$sha256-crypt$rounds=535000$05R.9KB6UC2kLI3w$Q/zslzx./JjkAVPTwp6th7nW5l7JU91Gte/UmIh.U78",
        "$sha512-crypt$rounds=656000$3LVbIAVxR//cRajw$uuNasMW.RYxlGzIRFU1Was70BPSa933AjxhZIGJdJBOlqJAHlgqa0yuiuq5JHF/ryNGryJkj87G9i3G2HPSXg1",
    ];

    #[test]
    fn what_kratos_compares_with_is_taken() {
        for hash in WHOLE {
            assert_eq!(shape(hash), Ok(()), "{hash}");
            // Some tools end their output with a line break; it may stay if the server ignores it.
            assert_eq!(shape(&format!("{hash}\n")), Ok(()), "{hash}");
        }
        for hash in WHOLE_AND_NO_MORE {
            assert_eq!(shape(hash), Ok(()), "{hash}");
            assert!(shape(&format!("{hash}\n")).is_err(), "{hash}");
        }
    }

    #[test]
    fn what_no_password_matches_is_refused() {
        for hash in WHOLE.iter().chain(WHOLE_AND_NO_MORE) {
            let last = hash.rfind(['$', '}']).unwrap();
            // Cut within base64, with an empty last part, and with invalid base64.
            for wrong in [&hash[..last + 1 + (hash.len() - last - 3) / 4 * 4 + 1], &hash[..=last], &format!("{}*", &hash[..hash.len() - 1])]
            {
                // A key may be empty.
                if wrong.starts_with("$hmac") && wrong.ends_with('$') {
                    continue;
                }
                let Err(why) = shape(wrong) else { panic!("{wrong} was taken") };
                assert!(why.contains("complete hash") && !why.contains(&hash[hash.len() - 12..]), "{wrong}: {why}");
            }
        }
        for wrong in [
            "$2a$12$garbage",
            "$2b$99$o6hx.Wog/wvFSkT/Bp/6DOxCtLRTDj7lm9on9suF/WaCGNVHbkfL6",
            "$pbkdf2-sha256$1jP+5Zxpxgtee/iPxGgOz0RfE9/KJuDElP1ley4VxXc$QJxzfvdbHYBpydCbHoFg3GJEqMFULwskiuqiJctoYpI",
            "$scrypt$ln=16385,r=8,p=1$2npRo7P03Mt8keSoMbyD/tKFWyUzjiQf2svUaNDSrhA=$MiCzNcIplSMqSBrm4HckjYqYhaVPPjTARTzwB1cVNYE=",
            "$sha1$pf=e1NBTFR9e1BBU1NXT1JEfQ==$5opmkgz03r$2qU2SGWP8viTM1md3FiI3+rjWXQ=",
            "$sha1$$NW9wbWtnejAzcg==$2qU2SGWP8viTM1md3FiI3+rjWXQ=",
            "$hmac-sha256$YQ==$YQ==",
        ] {
            assert!(shape(wrong).unwrap_err().contains("complete hash"), "{wrong}");
        }
        for wrong in ["", "plain", "$1$salt$hash", "$6$salt$hash", "{SHA}x", "$2x$10$x", "$argon2d$v=19$x", "$P$x"] {
            assert!(shape(wrong).unwrap_err().contains("that Ory Kratos knows"), "{wrong}");
        }
    }
}
