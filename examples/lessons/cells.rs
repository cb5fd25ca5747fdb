//! Cells of tables: words, and numbers of so many digits.

/// Words as they are.
pub(crate) fn words<const N: usize>(words: [&str; N]) -> Vec<String> {
    words.map(str::to_owned).to_vec()
}

/// A name, and numbers with so many digits after the point.
pub(crate) fn named(name: &str, numbers: impl IntoIterator<Item = f64>, digits: usize) -> Vec<String> {
    let numbers = numbers.into_iter().map(|number| format!("{number:.digits$}"));
    [name.to_owned()].into_iter().chain(numbers).collect()
}

/// A number with a power of ten, as in 1.5e-7 with one digit after the point; a zero is just that.
pub(crate) fn power(number: f64, digits: usize) -> String {
    if number == 0.0 { "0".to_owned() } else { format!("{number:.digits$e}") }
}
