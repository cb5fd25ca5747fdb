//! `ConfusionMatrix`: how often each class was taken for each.

use std::fmt;

use super::labels::check;
use crate::data::Labels;

/// How often each class was taken for each: actual classes in rows, predicted ones in columns.
///
/// `Display` writes a table for the terminal.
///
/// ```
/// use nn::data::Labels;
/// use nn::metrics::ConfusionMatrix;
///
/// let actual = Labels::new([0, 0, 0, 1, 1], 2)?;
/// let predicted = Labels::new([0, 0, 1, 1, 1], 2)?;
/// let matrix = ConfusionMatrix::from_predictions(&predicted, &actual);
/// assert_eq!(matrix.to_string(), "\
/// actual | predicted as
///        |   0   1 | total  recall
/// -------+---------+--------------
///      0 |   2   1 |     3   66.7%
///      1 |   .   2 |     2  100.0%
/// -------+---------+--------------
///  total |   2   3 |     5   80.0%");
/// # Ok::<(), nn::data::DataError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfusionMatrix {
    classes: usize,
    counts: Vec<u64>,
}

impl ConfusionMatrix {
    /// A matrix of zeros, to be filled batch by batch.
    ///
    /// ```
    /// assert_eq!(nn::metrics::ConfusionMatrix::new(10).total(), 0);
    /// ```
    pub fn new(classes: usize) -> ConfusionMatrix {
        ConfusionMatrix { classes, counts: vec![0; classes * classes] }
    }

    /// Number of classes.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// The matrix of these predictions.
    ///
    /// # Panics
    /// If the numbers of labels or classes differ.
    #[track_caller]
    pub fn from_predictions(predicted: &Labels, actual: &Labels) -> ConfusionMatrix {
        let mut matrix = ConfusionMatrix::new(actual.classes());
        matrix.add(predicted, actual);
        matrix
    }

    /// Counts more predictions.
    ///
    /// # Panics
    /// If the numbers of labels differ, or their classes and those of the matrix.
    ///
    /// ```
    /// use nn::data::Labels;
    /// let mut matrix = nn::metrics::ConfusionMatrix::new(2);
    /// let labels = Labels::new([0, 1], 2)?;
    /// matrix.add(&labels, &labels);
    /// matrix.add(&labels.select(&[1]), &labels.select(&[0]));
    /// assert_eq!((matrix.count(0, 1), matrix.total()), (1, 3));
    /// # Ok::<(), nn::data::DataError>(())
    /// ```
    #[track_caller]
    pub fn add(&mut self, predicted: &Labels, actual: &Labels) {
        check(predicted, actual);
        assert!(
            actual.classes() == self.classes,
            "labels of {} classes do not fit a confusion matrix of {}",
            actual.classes(),
            self.classes,
        );
        for (&p, &a) in predicted.as_slice().iter().zip(actual.as_slice()) {
            self.counts[a as usize * self.classes + p as usize] += 1;
        }
    }

    /// How often class `actual` was predicted as `predicted`.
    ///
    /// # Panics
    /// If there is no such class.
    #[track_caller]
    pub fn count(&self, actual: usize, predicted: usize) -> u64 {
        assert!(
            actual < self.classes && predicted < self.classes,
            "classes {actual} and {predicted} were asked for, but there are only {}",
            self.classes
        );
        self.counts[actual * self.classes + predicted]
    }

    /// How often class `actual` occurred.
    ///
    /// # Panics
    /// If there is no such class.
    #[track_caller]
    pub fn occurred(&self, actual: usize) -> u64 {
        self.check(actual);
        self.row(actual).iter().sum()
    }

    /// How often class `predicted` was predicted.
    ///
    /// # Panics
    /// If there is no such class.
    ///
    /// ```
    /// # use nn::data::Labels;
    /// # use nn::metrics::ConfusionMatrix;
    /// let (predicted, actual) = (Labels::new([0, 1, 0, 0], 2)?, Labels::new([0, 1, 1, 0], 2)?);
    /// let matrix = ConfusionMatrix::from_predictions(&predicted, &actual);
    /// assert_eq!((matrix.occurred(0), matrix.predicted(0), matrix.classes()), (2, 3, 2));
    /// # Ok::<(), nn::data::DataError>(())
    /// ```
    #[track_caller]
    pub fn predicted(&self, predicted: usize) -> u64 {
        self.check(predicted);
        self.counts.iter().skip(predicted).step_by(self.classes).sum()
    }

    /// Number of predictions.
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The share of predictions that are right, from 0 to 1; NaN if there are none.
    pub fn accuracy(&self) -> f64 {
        let right: u64 = (0..self.classes).map(|class| self.count(class, class)).sum();
        right as f64 / self.total() as f64
    }

    #[track_caller]
    fn check(&self, class: usize) {
        assert!(
            class < self.classes,
            "class {class} was asked for, but there are only {} (counted from 0)",
            self.classes
        );
    }

    fn row(&self, actual: usize) -> &[u64] {
        &self.counts[actual * self.classes..][..self.classes]
    }
}

impl fmt::Display for ConfusionMatrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns: Vec<u64> = (0..self.classes).map(|class| self.predicted(class)).collect();
        let widest = columns.iter().copied().max().unwrap_or(0).max(self.classes as u64);
        let (cell, sum) = (widest.to_string().len().max(3), self.total().to_string().len().max(5));

        let line = |f: &mut fmt::Formatter<'_>, name: &str, counts: &[u64], share: f64| {
            write!(f, "\n{name:>6} |")?;
            for &count in counts {
                let count = if count == 0 { ".".to_owned() } else { count.to_string() };
                write!(f, " {count:>cell$}")?;
            }
            let share = if share.is_nan() { "-".to_owned() } else { format!("{:.1}%", 100.0 * share) };
            write!(f, " | {:>sum$} {share:>7}", counts.iter().sum::<u64>())
        };
        let (cells, sums) = (self.classes * (cell + 1) + 1, sum + 9);
        let rule = |f: &mut fmt::Formatter<'_>| write!(f, "\n{0:-<7}+{0:-<cells$}+{0:-<sums$}", "");

        write!(f, "actual | predicted as\n       |")?;
        for class in 0..self.classes {
            write!(f, " {class:>cell$}")?;
        }
        write!(f, " | {:>sum$} {:>7}", "total", "recall")?;
        rule(f)?;
        for class in 0..self.classes {
            line(f, &class.to_string(), self.row(class), self.recall(class))?;
        }
        rule(f)?;
        line(f, "total", &columns, self.accuracy())
    }
}
