//! Numbers as a reader of tables wants them.

/// A whole number with commas between thousands.
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count of bytes, to three digits: `512 B`, `12.3 kB`. Thousands, not 1024s.
pub(crate) fn bytes(bytes: u64) -> String {
    scaled(bytes as f64, 1000.0, &["B", "kB", "MB", "GB", "TB"])
}

/// A time in nanoseconds, to three digits.
pub(crate) fn time(ns: f64) -> String {
    scaled(ns, 1000.0, &["ns", "us", "ms", "s"])
}

/// A share as percent, to three digits.
pub(crate) fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    if percent >= 99.95 || percent == 0.0 { format!("{percent:.0} %") } else { format!("{percent:.1} %") }
}

/// A ratio, to three digits; a dash where there is none.
pub(crate) fn ratio(ratio: f64) -> String {
    if ratio.is_finite() { format!("{ratio:.2}") } else { "-".to_owned() }
}

fn scaled(mut number: f64, step: f64, units: &[&str]) -> String {
    let mut unit = 0;
    while number >= 999.5 && unit + 1 < units.len() {
        number /= step;
        unit += 1;
    }
    let places = match number {
        _ if unit == 0 && number.fract() == 0.0 => 0,
        n if n < 9.995 => 2,
        n if n < 99.95 => 1,
        _ => 0,
    };
    format!("{number:.places$} {}", units[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_digits_are_enough() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(1_234_567), "1,234,567");
        assert_eq!(
            [0, 12, 999, 1000, 999_499, 999_600].map(bytes).join(" "),
            "0 B 12 B 999 B 1.00 kB 999 kB 1.00 MB"
        );
        assert_eq!(time(1234.0), "1.23 us");
        assert_eq!(time(0.5), "0.50 ns");
        assert_eq!((percent(0.98741), percent(1.0)), ("98.7 %".to_owned(), "100 %".to_owned()));
        assert_eq!(ratio(f64::NAN), "-");
    }
}
