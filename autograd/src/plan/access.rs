//! How an operand of a row-local operation is read, row by row.

use crate::ops::Shape;

/// Rows and width of a shape: all leading axes, and the last.
pub(crate) fn rows_and_width(shape: Shape) -> (usize, usize) {
    match shape.split_last() {
        Some((&width, leading)) => (leading.iter().product(), width),
        None => (1, 1),
    }
}

/// How an operand is read for a result of `rows` rows of `width` numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Access {
    /// As many rows, as wide.
    Dense,
    /// One number for everything.
    Number,
    /// One row for all rows.
    OneRow,
    /// One number for each row.
    PerRow,
    /// Row r of the result reads row r / div % modulus, which is `width` wide: 1, or the result's width.
    Mapped { div: usize, modulus: usize, width: usize },
}

/// The access of an operand of shape `from` in an elementwise operation that gives `to`;
/// `None` if no row map says it (the operand is then repeated in memory first).
pub(crate) fn access(from: Shape, to: Shape) -> Option<Access> {
    let (rows, width) = rows_and_width(to);
    let (_, own_width) = rows_and_width(from);
    if from.count() == to.count() {
        return Some(Access::Dense);
    }
    if from.count() == 1 {
        return Some(Access::Number);
    }
    if to.count() == 0 {
        return Some(Access::Dense); // nothing is read
    }
    // Leading axes, outermost first, the operand's padded with 1 to the result's rank.
    let leading = to.rank() - 1;
    let added = to.rank() - from.rank();
    let own = |axis: usize| if axis < added { 1 } else { from[axis - added] };
    // Axes of extent 1 in the result decide nothing; the others are equal or repeated.
    let relevant = (0..leading).filter(|&axis| to[axis] != 1);
    let is_equal = |axis: usize| own(axis) == to[axis];
    let equal: usize = relevant.clone().filter(|&axis| is_equal(axis)).map(|axis| to[axis]).product();
    if relevant.clone().all(is_equal) {
        return Some(if own_width == width { Access::Dense } else { Access::PerRow });
    }
    if relevant.clone().all(|axis| !is_equal(axis)) {
        return Some(match own_width == width {
            true => Access::OneRow,
            false => Access::Number,
        });
    }
    // Repeated axes first, then equal ones: r % modulus. Equal ones first: r / div. Both around
    // a repeated middle is no row map; repeated around equal ones is r / div % modulus.
    let first_equal = relevant.clone().find(|&axis| is_equal(axis))?;
    let last_equal = relevant.clone().rfind(|&axis| is_equal(axis))?;
    if relevant.clone().any(|axis| axis > first_equal && axis < last_equal && !is_equal(axis)) {
        return None;
    }
    let div: usize = (last_equal + 1..leading).map(|axis| to[axis]).product();
    debug_assert!(rows % (div * equal).max(1) == 0);
    Some(Access::Mapped { div, modulus: equal, width: own_width })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The flat position in the operand that an access reads for element (r, c) of the result.
    fn position(access: Access, width: usize, r: usize, c: usize) -> usize {
        match access {
            Access::Dense => r * width + c,
            Access::Number => 0,
            Access::OneRow => c,
            Access::PerRow => r,
            Access::Mapped { div, modulus, width: own } => {
                r / div % modulus * own + if own == 1 { 0 } else { c }
            }
        }
    }

    /// Every broadcast of up to four axes, against index arithmetic.
    #[test]
    fn reads_what_broadcasting_says() {
        let extents = [1usize, 2, 3];
        let mut mapped = 0;
        for code in 0..6usize.pow(4) {
            // Each axis: an extent of the result, and whether the operand repeats it.
            let digits: Vec<usize> = (0..4).map(|i| code / 6usize.pow(i) % 6).collect();
            let to: Vec<usize> = digits.iter().map(|d| extents[d % 3]).collect();
            let from: Vec<usize> =
                digits.iter().map(|d| if d / 3 == 1 { 1 } else { extents[d % 3] }).collect();
            for skip in 0..=from.iter().take_while(|&&extent| extent == 1).count() {
                let (own, to) = (Shape::new(&from[skip..]), Shape::new(&to));
                let Some(access) = access(own, to) else { continue };
                mapped += usize::from(matches!(access, Access::Mapped { .. }));
                let (rows, width) = rows_and_width(to);
                for r in 0..rows {
                    for c in 0..width {
                        let mut rest = r * width + c;
                        let mut index = [0; 4];
                        for axis in (0..4).rev() {
                            index[axis] = rest % to[axis];
                            rest /= to[axis];
                        }
                        let expected = (0..own.rank()).fold(0, |at, axis| {
                            at * own[axis] + if own[axis] == 1 { 0 } else { index[axis + skip] }
                        });
                        assert_eq!(position(access, width, r, c), expected, "{own} to {to}: {access:?}");
                    }
                }
            }
        }
        assert!(mapped > 20, "the walk must meet row maps");
    }
}
