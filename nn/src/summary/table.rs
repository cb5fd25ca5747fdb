//! Tables for the terminal: a head, rows, totals.

use std::fmt;

/// The first row of a table.
pub(super) fn head<const N: usize>(names: [&str; N]) -> [String; N] {
    names.map(str::to_owned)
}

/// A number with a comma after every third digit from the right.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Writes rows below each other, the first as a head, the last `totals` set off; columns from `numbers` on are
/// flush right. `remark` is written after a row, counted from 0 below the head.
pub(super) fn write<const N: usize>(
    f: &mut fmt::Formatter<'_>,
    rows: &[[String; N]],
    totals: usize,
    numbers: usize,
    remark: impl Fn(usize) -> &'static str,
) -> fmt::Result {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; N] = std::array::from_fn(width);
    let rule = widths.map(|width| "-".repeat(width)).join("  ");
    for (number, row) in rows.iter().enumerate() {
        if number == 1 || number == rows.len() - totals {
            write!(f, "\n{rule}")?;
        }
        let mut line = String::new();
        for (column, (text, width)) in row.iter().zip(widths).enumerate() {
            let gap = if column == 0 { "" } else { "  " };
            line += &match column < numbers {
                true => format!("{gap}{text:<width$}"),
                false => format!("{gap}{text:>width$}"),
            };
        }
        if number > 0 {
            writeln!(f)?;
            line += remark(number - 1);
        }
        f.write_str(line.trim_end())?;
    }
    Ok(())
}
