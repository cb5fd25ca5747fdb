//! `Grid`: a function of two variables, sampled.

use std::ops::RangeInclusive;

use autograd::{Element, Tensor};

use super::error::{PlotError, same_length};
use crate::ConfigError;

/// The values of a function z(x, y) at points of equal distance, from edge to edge.
///
/// [`Series::heat_map`](super::Series::heat_map), [`contours`](super::Series::contours) and
/// [`above`](super::Series::above) draw it.
///
/// ```
/// use nn::plot::Grid;
/// let grid = Grid::sample(-1.0..=1.0, 0.0..=2.0, [3, 5], |x, y| x * x + y);
/// assert_eq!((grid.columns(), grid.rows()), (3, 5));
/// assert_eq!(grid.value(2, 4), 3.0); // x = 1, y = 2
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct Grid {
    pub(super) x: (f64, f64),
    pub(super) y: (f64, f64),
    columns: usize,
    rows: usize,
    /// Row by row, the lowest y first.
    values: Vec<f64>,
}

impl Grid {
    /// Asks `f` at `[columns, rows]` points; there are at least two of each, so less counts as two.
    ///
    /// # Panics
    /// If a range is not finite, or does not go up.
    #[track_caller]
    pub fn sample(
        x: RangeInclusive<f64>,
        y: RangeInclusive<f64>,
        [columns, rows]: [usize; 2],
        mut f: impl FnMut(f64, f64) -> f64,
    ) -> Grid {
        let (x, y) = (ends(x, "x"), ends(y, "y"));
        let mut grid = Grid { x, y, columns: columns.max(2), rows: rows.max(2), values: Vec::new() };
        for row in 0..grid.rows {
            for column in 0..grid.columns {
                let [x, y] = grid.point(column, row);
                grid.values.push(f(x, y));
            }
        }
        grid
    }

    /// Asks `f` once for all `[columns, rows]` points, as a tensor `[points, 2]` of rows x, y; it answers with a tensor
    /// `[points]` or `[points, scores]`. There is a grid for each score.
    ///
    /// # Errors
    /// [`PlotError::Shape`] if the answer has another shape.
    ///
    /// # Panics
    /// If a range is not finite, or does not go up.
    ///
    /// ```
    /// use nn::plot::Grid;
    /// use nn::prelude::*;
    ///
    /// let net = Linear { weight: Tensor::from([[1.0, 2.0]]), bias: None };
    /// let grids = Grid::sample_rows(0.0..=1.0, 0.0..=1.0, [2, 2], |x| net.predict(|g, net| net.forward(g.constant(x))))?;
    /// assert_eq!((grids.len(), grids[0].value(1, 1)), (1, 3.0));
    /// # Ok::<(), nn::plot::PlotError>(())
    /// ```
    #[track_caller]
    pub fn sample_rows<T: Element>(
        x: RangeInclusive<f64>,
        y: RangeInclusive<f64>,
        cells: [usize; 2],
        f: impl FnOnce(&Tensor<T>) -> Tensor<T>,
    ) -> Result<Vec<Grid>, PlotError> {
        let mut points = Vec::new();
        let empty = Grid::sample(x, y, cells, |x, y| {
            points.extend([T::from_f64(x), T::from_f64(y)]);
            0.0
        });
        let count = empty.values.len();
        let points = Tensor::from_vec([count, 2], points).expect("two numbers for each point");
        let answer = f(&points);
        let shape = answer.shape();
        let scores = match shape[..] {
            [rows] if rows == count => 1,
            [rows, scores] if rows == count => scores,
            _ => {
                let wanted = format!("[{count}] or [{count}, scores], a row for each of the {count} points,");
                return Err(PlotError::Shape { series: "grid".to_owned(), shape, wanted });
            }
        };
        let score = |score: usize| {
            let values = answer.data().iter().skip(score).step_by(scores).map(|value| value.to_f64());
            Grid { values: values.collect(), ..empty.clone() }
        };
        Ok((0..scores).map(score).collect())
    }

    /// A grid of given values, row by row, the row of the lowest y first.
    ///
    /// # Errors
    /// [`PlotError::Lengths`] if there are not `columns * rows` values; [`PlotError::Empty`] if there are fewer than two
    /// columns or rows.
    ///
    /// # Panics
    /// If a range is not finite, or does not go up.
    #[track_caller]
    pub fn new(
        x: RangeInclusive<f64>,
        y: RangeInclusive<f64>,
        [columns, rows]: [usize; 2],
        values: Vec<f64>,
    ) -> Result<Grid, PlotError> {
        let (x, y) = (ends(x, "x"), ends(y, "y"));
        same_length("grid", ("values", values.len()), ("points", columns.saturating_mul(rows)))?;
        if columns < 2 || rows < 2 {
            return Err(PlotError::Empty { series: "grid".to_owned(), wanted: "two columns and two rows" });
        }
        Ok(Grid { x, y, columns, rows, values })
    }

    /// Points from left to right.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Points from bottom to top.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The value of a point, counted from the lower left.
    ///
    /// # Panics
    /// If there is no such point.
    #[track_caller]
    pub fn value(&self, column: usize, row: usize) -> f64 {
        assert!(
            column < self.columns && row < self.rows,
            "column {column}, row {row} was asked for, but the grid has {} columns and {} rows",
            self.columns,
            self.rows
        );
        self.values[row * self.columns + column]
    }

    /// The least and greatest value that is finite; none if there is none.
    ///
    /// ```
    /// use nn::plot::Grid;
    /// let grid = Grid::sample(0.0..=1.0, 0.0..=1.0, [2, 2], |x, y| (x + y).ln());
    /// assert_eq!(grid.extremes(), Some((0.0, 2f64.ln()))); // ln 0 is not finite
    /// ```
    pub fn extremes(&self) -> Option<(f64, f64)> {
        extremes(self.values.iter().copied())
    }

    /// As many levels between the extremes, evenly: what [`contours`](super::Series::contours) takes.
    pub fn levels(&self, count: usize) -> Vec<f64> {
        let Some((low, high)) = self.extremes() else { return Vec::new() };
        let share = |i: usize| (i + 1) as f64 / (count + 1) as f64;
        (0..count).map(|i| low * (1.0 - share(i)) + high * share(i)).collect()
    }

    /// As many levels between the extremes, denser below: their distances from the minimum grow quadratically, so the
    /// contours of a quadratic bowl are evenly spaced.
    pub fn levels_from_below(&self, count: usize) -> Vec<f64> {
        let Some((low, high)) = self.extremes() else { return Vec::new() };
        let share = |i: usize| ((i + 1) as f64 / (count + 1) as f64).powi(2);
        (0..count).map(|i| low * (1.0 - share(i)) + high * share(i)).collect()
    }

    /// A grid of `f` of the values of this one.
    pub fn map(&self, f: impl FnMut(f64) -> f64) -> Grid {
        Grid { values: self.values.iter().copied().map(f).collect(), ..self.clone() }
    }

    /// Each value as a mean of it and its neighbours, nearer ones counting more: 1, 2, 1 in either direction.
    pub(super) fn smoothed(&self) -> Grid {
        let at = |column: usize, row: usize| self.values[row * self.columns + column];
        let around = |i: usize, count: usize| [i.saturating_sub(1), i, i, (i + 1).min(count - 1)];
        let mut smoothed = self.clone();
        for row in 0..self.rows {
            for column in 0..self.columns {
                let rows = around(row, self.rows).into_iter();
                let sum: f64 =
                    rows.flat_map(|row| around(column, self.columns).map(|column| at(column, row))).sum();
                smoothed.values[row * self.columns + column] = sum / 16.0;
            }
        }
        smoothed
    }

    /// Where a point is.
    pub(super) fn point(&self, column: usize, row: usize) -> [f64; 2] {
        let at = |(low, high): (f64, f64), i: usize, count: usize| {
            let share = i as f64 / (count - 1) as f64;
            low * (1.0 - share) + high * share
        };
        [at(self.x, column, self.columns), at(self.y, row, self.rows)]
    }

    pub(super) fn values(&self) -> &[f64] {
        &self.values
    }
}

/// The least and greatest finite number.
pub(super) fn extremes(values: impl IntoIterator<Item = f64>) -> Option<(f64, f64)> {
    values.into_iter().filter(|value| value.is_finite()).fold(None, |found, value| match found {
        None => Some((value, value)),
        Some((low, high)) => Some((value.min(low), value.max(high))),
    })
}

/// Both ends of a range that is finite and goes up.
#[track_caller]
pub(super) fn ends(range: RangeInclusive<f64>, axis: &'static str) -> (f64, f64) {
    let (low, high) = (*range.start(), *range.end());
    if !(low < high && (high - low).is_finite()) {
        let wanted = "a finite range that goes up, such as -1.0..=1.0";
        panic!("{}", ConfigError::new("Grid", axis, format!("{low}..={high}"), wanted));
    }
    (low, high)
}
