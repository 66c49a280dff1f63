//! Go's `big.Float` for numbers in texts: 64 bits of mantissa, rounded to the nearest.
//!
//! Owns the quotient of two of them. Does not know what they mean.

/// Whether `dividend / divisor` is a whole number, as Go computes it: with decimal fractions, it often is not although it should be
/// (0.15 / 0.01). `None` if a text is not a decimal number of a size that is computed here, which is that of money and
/// measures.
#[must_use]
pub fn quotient_is_whole(dividend: &str, divisor: &str) -> Option<bool> {
    let (dividend, divisor) = (Float::parse(dividend)?, Float::parse(divisor)?);
    if divisor.mantissa == 0 {
        return None;
    }
    if dividend.mantissa == 0 {
        return Some(true);
    }
    // Both mantissas have their highest bit set, so that the quotient has 64 or 65 bits; two more, to round it by.
    let (number, by) = (u128::from(dividend.mantissa) << 64, u128::from(divisor.mantissa));
    let (quotient, rest) = (number / by, number % by * 4);
    let rounded = Float::round(quotient * 4 + rest / by, rest % by != 0, dividend.exponent - divisor.exponent - 66)?;
    Some(rounded.is_whole())
}

/// `mantissa * 2^exponent`, with the mantissa's highest bit set, or 0.
struct Float {
    mantissa: u64,
    exponent: i32,
}

impl Float {
    fn parse(text: &str) -> Option<Float> {
        let text = text.strip_prefix('-').unwrap_or(text);
        let (digits, power) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let mut power = power.parse::<i32>().ok()?.checked_sub(i32::try_from(fraction.len()).ok()?)?;
        let mut number = format!("{whole}{fraction}").parse::<u128>().ok()?;
        while power > 0 {
            number = number.checked_mul(10)?;
            power -= 1;
        }
        let divisor = 10_u128.checked_pow(power.unsigned_abs())?;
        let shift = number.leading_zeros() % 128;
        let shifted = number << shift;
        let quotient = shifted / divisor;
        if number != 0 && quotient.leading_zeros() > 63 {
            return None;
        }
        Float::round(quotient, shifted % divisor != 0, -i32::try_from(shift).ok()?)
    }

    /// A number of up to 128 bits with 64 of them; `more` says that there are further non-zero bits.
    fn round(number: u128, more: bool, exponent: i32) -> Option<Float> {
        if number == 0 {
            return Some(Float { mantissa: 0, exponent: 0 });
        }
        let extra = i32::try_from(64_u32.saturating_sub(number.leading_zeros())).ok()?;
        let missing = number.leading_zeros().saturating_sub(64);
        if extra == 0 {
            return Some(Float { mantissa: u64::try_from(number << missing).ok()?, exponent: exponent - i32::try_from(missing).ok()? });
        }
        let kept = number >> extra;
        let cut = number & ((1 << extra) - 1);
        let half = 1 << (extra - 1);
        let up = cut > half || cut == half && (more || kept & 1 == 1);
        let kept = kept + u128::from(up);
        let (kept, extra) = if kept >> 64 == 0 { (kept, extra) } else { (kept >> 1, extra + 1) };
        Some(Float { mantissa: u64::try_from(kept).ok()?, exponent: exponent + extra })
    }

    fn is_whole(&self) -> bool {
        self.mantissa == 0 || i64::from(self.exponent) + i64::from(self.mantissa.trailing_zeros()) >= 0
    }
}

#[cfg(test)]
mod tests {
    use super::quotient_is_whole;

    /// Expected values are Go 1.25's, `new(big.Float).Quo(a, b).IsInt()` over the first 100,000 multiples of each step.
    #[test]
    fn as_many_multiples_as_in_go_are_not_whole() {
        for (step, decimals, hundredths, wrong) in
            [("0.01", 2, 1, 23_070), ("0.1", 1, 1, 13_445), ("0.05", 2, 5, 13_445), ("0.25", 2, 25, 0)]
        {
            let scale = 10_u32.pow(decimals);
            let number =
                |index: u32| format!("{}.{:0width$}", index * hundredths / scale, index * hundredths % scale, width = decimals as usize);
            let found = (1..=100_000).filter(|index| quotient_is_whole(&number(*index), step) != Some(true)).count();
            assert_eq!(found, wrong, "{step}");
        }
        assert_eq!(quotient_is_whole("0.15", "0.01"), Some(false));
        assert_eq!(quotient_is_whole("19.99", "0.01"), Some(true));
        assert_eq!(quotient_is_whole("1.5", "0.5"), Some(true));
        assert_eq!(quotient_is_whole("1e3", "10"), Some(true));
        assert_eq!(quotient_is_whole("-7", "2"), Some(false));
        assert_eq!(quotient_is_whole("0", "7"), Some(true));
    }
}
