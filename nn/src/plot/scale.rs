//! `Scale`: numbers to pixels along one axis, and its ticks.

/// One axis as drawn: the numbers `low` to `high` on the pixels `from` to `to`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    pub(super) log: bool,
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) from: f64,
    pub(super) to: f64,
}

impl Scale {
    /// The pixel of a number; none if it is not finite, or not positive on a logarithmic axis.
    pub(super) fn at(&self, value: f64) -> Option<f64> {
        if !drawable(value, self.log) {
            return None;
        }
        let share = if self.log {
            (value.ln() - self.low.ln()) / (self.high.ln() - self.low.ln())
        } else {
            (value - self.low) / (self.high - self.low)
        };
        // Far outside, a point is anywhere in its direction; pixels must not overflow.
        let share = share.clamp(-1e6, 1e6);
        Some(self.from + share * (self.to - self.from))
    }

    /// Pixels from end to end.
    pub(super) fn length(&self) -> f64 {
        (self.to - self.from).abs()
    }
}

/// Whether an axis has a place for a number.
pub(super) fn drawable(value: f64, log: bool) -> bool {
    value.is_finite() && (!log || value > 0.0)
}

/// A mark on an axis; minor ones have no text.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Tick {
    pub(super) value: f64,
    pub(super) label: String,
}

/// Ticks at round numbers, about `most` and at least two where that is possible. `whole` admits integers only.
pub(super) fn ticks(low: f64, high: f64, log: bool, whole: bool, most: usize) -> Vec<Tick> {
    let most = most.max(2);
    if !log {
        return linear(low, high, whole, most);
    }
    let decades = (low.log10() - 1e-9).ceil() as i32..=(high.log10() + 1e-9).floor() as i32;
    let count = decades.clone().count();
    let tick = |value: f64, label: String| Tick { value, label };
    if count >= 3 || (count == 2 && most < 5) {
        let every = count.div_ceil(most) as i32;
        let major = |decade: i32| decade.rem_euclid(every) == 0;
        let mut ticks = Vec::new();
        for decade in decades.start() - 1..=*decades.end() {
            let value = 10f64.powi(decade);
            // Of hundreds of decades, only those with texts.
            if decades.contains(&decade) && (count <= 40 || major(decade)) {
                ticks.push(tick(value, if major(decade) { short(value) } else { String::new() }));
            }
            if every == 1 && count <= 8 {
                let minor = (2..10).map(|times| f64::from(times) * value);
                ticks.extend(minor.filter(|v| (low..=high).contains(v)).map(|v| tick(v, String::new())));
            }
        }
        return ticks;
    }
    // About a decade: 1, 2, 5, 10; within less, as on a linear axis.
    let mut ticks = Vec::new();
    for decade in decades.start() - 1..=*decades.end() {
        let steps = if most < 6 { [1.0, 3.0, f64::NAN] } else { [1.0, 2.0, 5.0] };
        let values = steps.into_iter().map(|step| step * 10f64.powi(decade));
        ticks.extend(values.filter(|v| (low..=high).contains(v)).map(|v| tick(v, short(v))));
    }
    if ticks.len() < 3 { linear(low, high, whole, most) } else { ticks }
}

fn linear(low: f64, high: f64, whole: bool, most: usize) -> Vec<Tick> {
    let rough = (high - low) / most as f64;
    let unit = 10f64.powf(rough.log10().floor());
    let times = [1.0, 2.0, 5.0, 10.0].into_iter().find(|times| times * unit >= rough * (1.0 - 1e-9));
    let mut step = times.unwrap_or(10.0) * unit;
    if whole {
        step = step.max(1.0);
    }
    let (first, last) = ((low / step - 1e-9).ceil(), (high / step + 1e-9).floor());
    // The count is bounded whatever the numbers: rounding must not make an endless list.
    let values = (0..=2 * most).map(|i| first + i as f64).take_while(|&i| i <= last);
    let values: Vec<f64> = values.map(|i| i * step + 0.0).collect();
    let largest = values.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
    values.iter().map(|&value| Tick { value, label: label(value, step, largest) }).collect()
}

/// A number on an axis with this step, whose largest number is `largest`: all with as many digits as the step needs.
fn label(value: f64, step: f64, largest: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    // Between the powers of ten that numbers have, also where rounding left 0.
    let places = |x: f64| (x.log10() + 1e-9).floor().clamp(-324.0, 308.0) as i32;
    if !(1e-4..1e6).contains(&largest) {
        let digits = (places(largest) - places(step)).clamp(0, 12);
        let power = places(largest);
        return scientific(value / 10f64.powi(power), power, digits as usize);
    }
    minus(&format!("{value:.*}", (-places(step)).clamp(0, 12) as usize))
}

/// A number in a few digits: 0.00123, 45.6, 1230, 4.56×10⁷.
pub(super) fn short(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return minus(&format!("{}", value + 0.0));
    }
    let power = (value.abs().log10() + 1e-9).floor() as i32;
    if !(-4..6).contains(&power) {
        // In two steps, because 10^-320 has no reciprocal.
        let mantissa = value / 10f64.powi(power / 2) / 10f64.powi(power - power / 2);
        return scientific(mantissa, power, 2);
    }
    minus(trimmed(&format!("{value:.*}", (2 - power).max(0) as usize)))
}

fn scientific(mantissa: f64, power: i32, digits: usize) -> String {
    let superscript: String = power.to_string().chars().map(raised).collect();
    let text = format!("{mantissa:.digits$}");
    match trimmed(&text) {
        "1" => format!("10{superscript}"),
        "-1" => format!("−10{superscript}"),
        text => format!("{}×10{superscript}", minus(text)),
    }
}

fn trimmed(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

fn raised(c: char) -> char {
    let digits = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    c.to_digit(10).map_or('⁻', |digit| digits[digit as usize])
}

fn minus(text: &str) -> String {
    text.replace('-', "−")
}

/// A range that an axis can have, from the least and greatest number to be seen: a single number stands in the middle.
/// `pad` is the share that is added at either end.
pub(super) fn widened(low: f64, high: f64, log: bool, pad: f64) -> (f64, f64) {
    // Far beyond every use; what is larger would overflow when it is subtracted.
    const LARGEST: f64 = 1e300;
    if log {
        // With room at the ends, no power of ten that no number has.
        const MOST: f64 = 1e250;
        let (low, high) = (low.clamp(1.0 / MOST, MOST), high.clamp(1.0 / MOST, MOST));
        let span = high.ln() - low.ln();
        if span < 1e-6 {
            return (low / 2.0, high * 2.0);
        }
        return (low * (-pad * span).exp(), high * (pad * span).exp());
    }
    let (low, high) = (low.clamp(-LARGEST, LARGEST), high.clamp(-LARGEST, LARGEST));
    let span = high - low;
    let size = low.abs().max(high.abs());
    // Below, digits of labels and differences of pixels would be rounding errors.
    if span <= 1e-9 * size || span < 1.0 / LARGEST {
        let half = if size == 0.0 { 1.0 } else { 0.1 * size.max(1.0 / LARGEST) };
        return (low - half, high + half);
    }
    (low - pad * span, high + pad * span)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(low: f64, high: f64, log: bool, most: usize) -> String {
        let ticks = ticks(low, high, log, false, most);
        let labels: Vec<String> =
            ticks.into_iter().map(|tick| tick.label).filter(|l| !l.is_empty()).collect();
        labels.join(" ")
    }

    #[test]
    fn ticks_are_round_numbers() {
        assert_eq!(labels(0.0, 1.0, false, 6), "0 0.2 0.4 0.6 0.8 1.0");
        assert_eq!(labels(-3.0, 3.0, false, 8), "−3 −2 −1 0 1 2 3");
        assert_eq!(labels(0.0, 0.0004, false, 5), "0 0.0001 0.0002 0.0003 0.0004");
        assert_eq!(labels(0.0, 4e-7, false, 4), "0 10⁻⁷ 2×10⁻⁷ 3×10⁻⁷ 4×10⁻⁷");
        assert_eq!(labels(0.0, 2.5e7, false, 5), "0 0.5×10⁷ 10⁷ 1.5×10⁷ 2×10⁷ 2.5×10⁷");
        assert_eq!(labels(1.0, 1000.0, true, 8), "1 10 100 1000");
        assert_eq!(labels(1e-12, 1.0, true, 5), "10⁻¹² 10⁻⁹ 10⁻⁶ 0.001 1");
        assert_eq!(labels(0.9, 12.0, true, 8), "1 2 5 10");
        assert_eq!(labels(2.0, 3.0, true, 6), "2.0 2.2 2.4 2.6 2.8 3.0");
        let whole: Vec<f64> = ticks(1.0, 3.0, false, true, 9).iter().map(|tick| tick.value).collect();
        assert_eq!(whole, [1.0, 2.0, 3.0]);
    }

    #[test]
    fn short_numbers_keep_three_digits() {
        let texts = [0.0, 1.0, 0.001_234, -45.67, 1234.6, 4.561e7, 1e-12, 0.1 + 0.2].map(short);
        assert_eq!(texts, ["0", "1", "0.00123", "−45.7", "1235", "4.56×10⁷", "10⁻¹²", "0.3"]);
    }

    #[test]
    fn every_range_can_be_drawn() {
        let values = [0.0, 1.0, -1.0, 1e-320, 1e308, -1e308, 1.0 + f64::EPSILON, 5e-324, 1e300];
        for low in values {
            for high in values.into_iter().filter(|&high| high >= low) {
                for log in [false, true] {
                    if log && low <= 0.0 {
                        continue;
                    }
                    let (low, high) = widened(low, high, log, 0.04);
                    assert!(low < high && (high - low).is_finite(), "{low} {high}");
                    let scale = Scale { log, low, high, from: 0.0, to: 100.0 };
                    assert!(scale.at(low).is_some_and(f64::is_finite), "{low} {high}");
                    let ticks = ticks(low, high, log, false, 6);
                    assert!(ticks.len() < 100, "{low} {high}");
                }
            }
        }
    }
}
