//! Numbers for the eye: six digits, and tensors in one line.

use std::fmt;

use crate::element::Element;
use crate::ops::Shape;
use crate::tensor::Tensor;

/// A number with six digits at the most; whole numbers up to a milliard are exact.
pub(crate) fn text(x: f64) -> String {
    let size = x.abs();
    if x.is_nan() {
        return "NaN".to_owned();
    }
    if size.is_infinite() {
        return if x > 0.0 { "∞" } else { "-∞" }.to_owned();
    }
    if x == x.trunc() && size < 1e9 {
        return format!("{}", x + 0.0); // no sign of 0
    }
    if !(1e-4..1e7).contains(&size) {
        let scientific = format!("{x:.5e}");
        let (digits, exponent) = scientific.split_once('e').expect("scientific notation has an exponent");
        let digits = digits.trim_end_matches('0').trim_end_matches('.');
        return format!("{digits}e{exponent}");
    }
    let whole_digits = if size < 1.0 { 0 } else { size.log10() as usize + 1 };
    // Below 1, zeros after the point are no digits of the number.
    let zeros = if size < 1.0 { (-size.log10()).floor() as usize } else { 0 };
    let decimals = (6 + zeros).saturating_sub(whole_digits);
    let text = format!("{x:.decimals$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// The number in brackets if it has a sign, to stand behind another sign.
pub(crate) fn bracketed(x: f64) -> String {
    let text = text(x);
    if text.starts_with('-') { format!("({text})") } else { text }
}

/// A number, or a tensor of which a summary is kept, and its elements if they are few.
///
/// ```
/// use autograd::Graph;
/// let g = Graph::f64();
/// let w = g.var([[3.0, 0.0], [0.0, -4.0]]);
/// let trace = w.square().sum().trace();
/// let gradient = trace.node(w).unwrap().cotangent.as_ref().unwrap(); // 2 w
/// assert_eq!((gradient.min(), gradient.max(), gradient.mean(), gradient.norm()), (-8.0, 6.0, -0.5, 10.0));
/// assert_eq!(gradient.at(&[1, 1]), Some(-8.0));
/// assert_eq!(gradient.to_string(), "[[6, 0], [0, -8]]");
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct Quantity {
    shape: Shape,
    /// All elements, or none.
    elements: Vec<f64>,
    min: f64,
    max: f64,
    mean: f64,
    norm: f64,
}

impl Quantity {
    pub(crate) fn single(x: f64) -> Quantity {
        Quantity { shape: Shape::SCALAR, elements: vec![x], min: x, max: x, mean: x, norm: x.abs() }
    }

    /// A summary, with the elements if there are no more than `most`.
    pub(crate) fn of<T: Element>(tensor: &Tensor<T>, most: usize) -> Quantity {
        let numbers = || tensor.data().iter().map(|x| x.to_f64());
        let fold = |start: f64, better: fn(f64, f64) -> bool| {
            // NaN stays once met: a summary that hides it would mislead.
            numbers().fold(start, |best, x| if x.is_nan() || better(x, best) { x } else { best })
        };
        let count = tensor.count();
        Quantity {
            shape: tensor.shape(),
            elements: if count <= most.max(1) { numbers().collect() } else { Vec::new() },
            min: fold(f64::INFINITY, |x, best| x < best),
            max: fold(f64::NEG_INFINITY, |x, best| x > best),
            mean: numbers().sum::<f64>() / count as f64,
            norm: numbers().map(|x| x * x).sum::<f64>().sqrt(),
        }
    }

    /// The shape; `[]` of a number.
    pub fn shape(&self) -> Shape {
        self.shape
    }
    /// The number, if there is exactly one.
    pub fn number(&self) -> Option<f64> {
        if self.shape.count() == 1 { self.elements.first().copied() } else { None }
    }
    /// All elements, row after row, if they were kept: see [`Tracing::elements`](super::Tracing::elements).
    pub fn elements(&self) -> Option<&[f64]> {
        if self.elements.len() == self.shape.count() { Some(&self.elements) } else { None }
    }
    /// One element, if they were kept and there is such a place.
    pub fn at(&self, index: &[usize]) -> Option<f64> {
        if index.len() != self.shape.rank() || index.iter().zip(self.shape.iter()).any(|(i, n)| i >= n) {
            return None;
        }
        let place = index.iter().zip(self.shape.iter()).fold(0, |place, (i, n)| place * n + i);
        self.elements()?.get(place).copied()
    }
    /// The smallest element; NaN if one is.
    pub fn min(&self) -> f64 {
        self.min
    }
    /// The largest element; NaN if one is.
    pub fn max(&self) -> f64 {
        self.max
    }
    /// The mean of the elements.
    pub fn mean(&self) -> f64 {
        self.mean
    }
    /// The Euclidean length of the elements.
    pub fn norm(&self) -> f64 {
        self.norm
    }

    /// The index of an element counted row after row.
    pub(crate) fn index(&self, mut place: usize) -> Vec<usize> {
        let mut index = vec![0; self.shape.rank()];
        for (i, &extent) in index.iter_mut().zip(self.shape.iter()).rev() {
            *i = place % extent;
            place /= extent;
        }
        index
    }
}

/// Elements that are shown one by one.
const SHOWN: usize = 6;

/// The number; up to six elements in brackets; shape and summary of more.
impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(x) = self.number() {
            return f.write_str(&text(x));
        }
        if let (Some(elements), 1 | 2) = (self.elements(), self.shape.rank())
            && elements.len() <= SHOWN
        {
            let columns = self.shape[self.shape.rank() - 1].max(1);
            let rows = elements.chunks(columns).map(|row| {
                let numbers: Vec<String> = row.iter().map(|&x| text(x)).collect();
                format!("[{}]", numbers.join(", "))
            });
            let rows = rows.collect::<Vec<_>>().join(", ");
            return if self.shape.rank() == 2 { write!(f, "[{rows}]") } else { f.write_str(&rows) };
        }
        let [min, max, mean, norm] = [self.min, self.max, self.mean, self.norm].map(text);
        write!(f, "{} of {min} to {max}, mean {mean}, norm {norm}", self.shape)
    }
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn numbers_have_six_digits() {
        let cases = [
            (0.0, "0"),
            (-0.0, "0"),
            (-4.0, "-4"),
            (0.1_f32 as f64, "0.1"),
            (1.0 / 3.0, "0.333333"),
            (-2.0 / 3.0, "-0.666667"),
            (0.00123456789, "0.00123457"),
            (1234.56789, "1234.57"),
            (999999.96, "1000000"),
            (123456789.0, "123456789"),
            (6.02214076e23, "6.02214e23"),
            (1e-9, "1e-9"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-∞"),
        ];
        for (x, expected) in cases {
            assert_eq!(text(x), expected, "{x:?}");
        }
    }
}
