//! DER (ITU-T X.690), as far as files of keys need it: elements, one after the other and inside of each other.
//!
//! Owns how tags and lengths are read, and the numbers of an RSA key. Does not know what a key is used for, or its other
//! spellings.

/// A list of elements.
pub const SEQUENCE: u8 = 0x30;
/// A whole number.
pub const INTEGER: u8 = 0x02;
/// Bits.
pub const BIT_STRING: u8 = 0x03;
/// Bytes.
pub const OCTET_STRING: u8 = 0x04;
/// A name such as `1.2.840.113549.1.1.1`.
pub const OBJECT_IDENTIFIER: u8 = 0x06;

/// The content of the element at the start, which must have this tag, and what follows it.
pub fn element(tag: u8, der: &[u8]) -> Option<(&[u8], &[u8])> {
    any(der).filter(|(found, ..)| *found == tag).map(|(_, content, rest)| (content, rest))
}

/// The tag and the content of the element at the start, and what follows it.
pub fn any(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = der.split_first()?;
    let (first, mut rest) = rest.split_first()?;
    let mut length = usize::from(*first);
    if length >= 0x80 {
        let (bytes, tail) = rest.split_at_checked(length - 0x80).filter(|split| split.0.len() <= 4)?;
        length = bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
        rest = tail;
    }
    let (content, rest) = rest.split_at_checked(length)?;
    Some((*tag, content, rest))
}

/// The first `N` whole numbers of a list, without leading zeros.
pub fn numbers<const N: usize>(der: &[u8]) -> Option<[&[u8]; N]> {
    let (mut rest, _) = element(SEQUENCE, der)?;
    let mut found = [&[] as &[u8]; N];
    for place in &mut found {
        let (number, tail) = element(INTEGER, rest)?;
        // A leading zero only says that the number is positive.
        let zeros = number.iter().take_while(|byte| **byte == 0).count();
        (*place, rest) = (&number[zeros..], tail);
    }
    Some(found)
}

/// The numbers of a private RSA key (RFC 8017, A.1.2): n, e, d, p, q, dp, dq and qi.
pub fn rsa_numbers(pkcs1: &[u8]) -> Option<[&[u8]; 8]> {
    let [_version, n, e, d, p, q, dp, dq, qi] = numbers(pkcs1)?;
    Some([n, e, d, p, q, dp, dq, qi])
}

/// The algorithm of a private key, and the key in that algorithm's form (PKCS #8, RFC 5208, 5).
pub fn private_key(pkcs8: &[u8]) -> Option<(&[u8], &[u8])> {
    let (outer, _) = element(SEQUENCE, pkcs8)?;
    let (_version, rest) = element(INTEGER, outer)?;
    let (algorithm, rest) = element(SEQUENCE, rest)?;
    let (key, _) = element(OCTET_STRING, rest)?;
    Some((algorithm, key))
}
