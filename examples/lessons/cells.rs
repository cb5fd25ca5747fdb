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
