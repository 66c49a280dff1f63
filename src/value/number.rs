//! Decimal numbers that keep their spelling.
//!
//! Terraform and JSON carry numbers of any size; a double in between would change them. Only knows
//! decimal text.

use std::{borrow::Cow, fmt};

/// A decimal number: it keeps its spelling and compares by value. Its text is a number in JSON, too.
#[derive(Clone)]
pub struct Number(String);

/// The text is not a decimal number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a decimal number")]
pub struct NumberError;

/// Sign, significant digits without zeros at either end, and the power of ten of the last digit.
type Parts = (bool, String, i64);

impl Number {
    /// Reads a number in JSON's grammar (a leading `+` or zeros are accepted too, and dropped).
    pub fn parse(text: &str) -> Result<Number, NumberError> {
        // Longer texts are not useful numbers, and would need a limit for exponents.
        if text.len() > 1024 {
            return Err(NumberError);
        }
        parts(text).ok_or(NumberError)?;
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => ("-", digits),
            None => ("", text.strip_prefix('+').unwrap_or(text)),
        };
        // The last zero before another character than a digit is the number itself.
        let zeros = digits.bytes().zip(digits.bytes().skip(1)).take_while(|(zero, next)| *zero == b'0' && next.is_ascii_digit()).count();
        Ok(Number(format!("{sign}{}", &digits[zeros..])))
    }

    /// A number in a JSON text, of any length.
    pub(super) fn of_json(text: &str) -> Number {
        Number(text.to_owned())
    }

    /// A text that is the same for all numbers of this value.
    pub fn canonical(&self) -> Cow<'_, str> {
        match parts(&self.0) {
            Some((negative, digits, exponent)) => Cow::Owned(format!("{}{digits}e{exponent}", if negative { "-" } else { "" })),
            None => Cow::Borrowed(&self.0),
        }
    }

    /// The double that prints as this number; `None` for NaN and the infinities.
    pub fn from_f64(number: f64) -> Option<Number> {
        number.is_finite().then(|| Number(format!("{number}")))
    }

    /// Whether it has no fraction.
    pub fn is_whole(&self) -> bool {
        parts(&self.0).is_some_and(|(_, _, exponent)| exponent >= 0)
    }

    /// The decimal text in its original spelling.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The nearest double.
    pub fn to_f64(&self) -> f64 {
        self.0.parse().unwrap_or(f64::NAN)
    }

    /// True if a double can hold this number without changing its decimal text.
    pub fn fits_f64(&self) -> bool {
        Number::from_f64(self.to_f64()).is_some_and(|double| double == *self)
    }

    /// The double that is exactly this number, bit for bit: 0.5 has one, 0.1 has none.
    pub fn exact_f64(&self) -> Option<f64> {
        let (_, digits, exponent) = parts(&self.0)?;
        let digits: u128 = if digits.is_empty() { 0 } else { digits.parse().ok()? };
        // d × 10^-k is a binary fraction if 5^k divides d, and a double if the quotient has 53 bits.
        let quotient = if exponent < 0 {
            let fives = 5u128.checked_pow(u32::try_from(-exponent).ok()?)?;
            digits.is_multiple_of(fives).then_some(digits / fives)?
        } else {
            digits.checked_mul(10u128.checked_pow(u32::try_from(exponent).ok()?)?)?
        };
        (quotient < 1 << 53).then(|| self.to_f64())
    }

    /// The number without an exponent; very large and very small ones keep their spelling.
    pub fn plain(&self) -> String {
        let Some((negative, digits, exponent)) = parts(&self.0).filter(|parts| parts.2.abs() <= 1000) else {
            return self.0.clone();
        };
        if digits.is_empty() {
            return "0".to_owned();
        }
        let sign = if negative { "-" } else { "" };
        match usize::try_from(exponent) {
            Ok(zeros) => format!("{sign}{digits}{}", "0".repeat(zeros)),
            Err(_) => {
                let places = exponent.unsigned_abs() as usize;
                let padded = format!("{digits:0>width$}", width = places + 1);
                let (whole, fraction) = padded.split_at(padded.len() - places);
                format!("{sign}{whole}.{fraction}")
            }
        }
    }

    /// The integer, if it is one and fits.
    pub fn as_i64(&self) -> Option<i64> {
        if let Ok(number) = self.0.parse() {
            return Some(number);
        }
        let (negative, digits, exponent) = parts(&self.0)?;
        if digits.is_empty() {
            return Some(0);
        }
        if !(0..=18).contains(&exponent) {
            return None;
        }
        let magnitude: i128 = digits.parse::<i128>().ok()?.checked_mul(10i128.pow(exponent as u32))?;
        i64::try_from(if negative { -magnitude } else { magnitude }).ok()
    }
}

fn parts(text: &str) -> Option<Parts> {
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()? as i64),
        None => (rest, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) || mantissa.ends_with('.') {
        return None;
    }
    let joined = format!("{whole}{fraction}");
    let digits = joined.trim_start_matches('0');
    let significant = digits.trim_end_matches('0');
    if significant.is_empty() {
        return Some((false, String::new(), 0));
    }
    let exponent = exponent - fraction.len() as i64 + (digits.len() - significant.len()) as i64;
    Some((negative, significant.to_owned(), exponent))
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0 || parts(&self.0).is_some_and(|ours| parts(&other.0).is_some_and(|theirs| ours == theirs))
    }
}

impl From<i64> for Number {
    fn from(number: i64) -> Self {
        Number(number.to_string())
    }
}

impl From<u64> for Number {
    fn from(number: u64) -> Self {
        Number(number.to_string())
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("number")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        Number::parse(text).unwrap()
    }

    #[test]
    fn numbers_compare_by_value() {
        for (left, right) in [("1", "1.0"), ("10", "1e1"), ("0.10", "1E-1"), ("-0", "0"), ("1e30", "1000000000000000000000000000000")] {
            assert!(number(left) == number(right), "{left} {right}");
        }
        for (left, right) in [("1", "-1"), ("1", "10"), ("12345678901234567890", "12345678901234567891")] {
            assert!(number(left) != number(right), "{left} {right}");
        }
    }

    #[test]
    fn what_a_double_would_change_is_known() {
        assert!(number("0.1").fits_f64());
        assert!(number("9007199254740992").fits_f64());
        assert!(!number("9007199254740993").fits_f64());
        assert!(!number("0.12345678901234567890").fits_f64());
    }

    #[test]
    fn only_binary_fractions_are_exact_doubles() {
        for (text, double) in [("0.5", 0.5), ("-1.25", -1.25), ("0", 0.0), ("1e3", 1000.0), ("9007199254740991", 9007199254740991.0)] {
            assert_eq!(number(text).exact_f64(), Some(double), "{text}");
        }
        for text in ["0.1", "9007199254740993", "1e300", "0.12345678901234567890"] {
            assert_eq!(number(text).exact_f64(), None, "{text}");
        }
    }

    #[test]
    fn plain_numbers_have_no_exponent() {
        for (text, plain) in [
            ("1e3", "1000"),
            ("-12.50", "-12.5"),
            ("1e-3", "0.001"),
            ("-0", "0"),
            ("123e-2", "1.23"),
            ("1e30", "1000000000000000000000000000000"),
            ("1e2000", "1e2000"),
        ] {
            assert_eq!(number(text).plain(), plain);
        }
    }

    #[test]
    fn only_numbers_are_numbers() {
        for text in ["", "-", "1.", ".5", "1e", "0x1", "NaN", "inf", "1 ", "1_0", "٣"] {
            assert!(Number::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn every_number_is_one_in_json_too() {
        for (text, number) in [("+5", "5"), ("007", "7"), ("-00.5", "-0.5"), ("000", "0"), ("-0", "-0"), ("+00e5", "0e5"), ("10", "10")] {
            assert_eq!(self::number(text).as_str(), number);
        }
    }

    #[test]
    fn integers_are_exact() {
        assert_eq!(number("9223372036854775807").as_i64(), Some(i64::MAX));
        assert_eq!(number("9223372036854775808").as_i64(), None);
        assert_eq!(number("1.5e1").as_i64(), Some(15));
        assert_eq!(number("1.5").as_i64(), None);
        assert_eq!(number("1e400").as_i64(), None);
    }
}
