//! Precision, recall and F1 of classes, their averages, and the correlation of Matthews: what the confusion matrix says.

use super::confusion::ConfusionMatrix;

/// Precision, recall and F1, from 0 to 1, and the number of rows that they are about (van Rijsbergen 1979, "Information
/// Retrieval", second edition, chapter 7).
///
/// A share of nothing is NaN: the precision of a class that was never predicted, the recall of one that never occurred, the F1 of one
/// that neither was predicted nor occurred.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Scores {
    /// Of the rows predicted as the class, the share that is of it.
    pub precision: f64,
    /// Of the rows of the class, the share that was predicted as it.
    pub recall: f64,
    /// The harmonic mean of both, 2 right / (occurred + predicted).
    pub f1: f64,
    /// How many rows are of the class.
    pub rows: u64,
}

/// Which classes count how much (Manning, Raghavan, Schütze 2008, section 13.6).
///
/// A class that was never predicted has no precision, and one that never occurred no recall: an average takes them as 0, as
/// scikit-learn does, and leaves out only classes that neither occurred nor were predicted.
///
/// ```
/// use nn::data::Labels;
/// use nn::metrics::{Average, ConfusionMatrix};
/// let actual = Labels::new([0, 0, 0, 1], 2)?;
/// let predicted = Labels::new([0, 0, 0, 0], 2)?;
/// let matrix = ConfusionMatrix::from_predictions(&predicted, &actual);
/// assert!(matrix.average(Average::Class(1)).precision.is_nan()); // it was never predicted
/// assert_eq!(matrix.average(Average::Macro).precision, (0.75 + 0.0) / 2.0);
/// assert_eq!(matrix.average(Average::Weighted).recall, 0.75);
/// assert_eq!(matrix.average(Average::Micro).f1, matrix.accuracy());
/// # Ok::<(), nn::data::DataError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Average {
    /// Each class counts the same: says most about rare ones.
    Macro,
    /// Each row counts the same. With one label per row, precision, recall and F1 are all the accuracy.
    Micro,
    /// Each class counts by how often it occurs; the recall is then the accuracy.
    Weighted,
    /// Only this class, without an average: for two classes usually 1.
    Class(usize),
}

impl ConfusionMatrix {
    /// Of the rows predicted as `class`, the share that is of it, from 0 to 1; NaN if none was.
    ///
    /// # Panics
    /// If there is no such class.
    #[track_caller]
    pub fn precision(&self, class: usize) -> f64 {
        self.count(class, class) as f64 / self.predicted(class) as f64
    }

    /// The share of class `actual` that was recognised, from 0 to 1; NaN if it never occurred.
    ///
    /// # Panics
    /// If there is no such class.
    ///
    /// ```
    /// # use nn::data::Labels;
    /// # use nn::metrics::ConfusionMatrix;
    /// let (predicted, actual) = (Labels::new([0, 1, 0, 0], 2)?, Labels::new([0, 1, 1, 0], 2)?);
    /// let matrix = ConfusionMatrix::from_predictions(&predicted, &actual);
    /// assert_eq!((matrix.recall(0), matrix.recall(1), matrix.accuracy()), (1.0, 0.5, 0.75));
    /// # Ok::<(), nn::data::DataError>(())
    /// ```
    #[track_caller]
    pub fn recall(&self, actual: usize) -> f64 {
        self.count(actual, actual) as f64 / self.occurred(actual) as f64
    }

    /// The harmonic mean of precision and recall of `class`, 2 right / (occurred + predicted), from 0 to 1; NaN if the class
    /// neither occurred nor was predicted.
    ///
    /// # Panics
    /// If there is no such class.
    #[track_caller]
    pub fn f1(&self, class: usize) -> f64 {
        2.0 * self.count(class, class) as f64 / (self.occurred(class) + self.predicted(class)) as f64
    }

    /// Precision, recall and F1 of one class or averaged.
    ///
    /// # Panics
    /// If there is no such class.
    #[track_caller]
    pub fn average(&self, average: Average) -> Scores {
        let weight = |class: usize| match average {
            Average::Weighted => self.occurred(class) as f64,
            _ => 1.0,
        };
        match average {
            Average::Class(class) => Scores {
                precision: self.precision(class),
                recall: self.recall(class),
                f1: self.f1(class),
                rows: self.occurred(class),
            },
            Average::Micro => {
                let share = self.accuracy();
                Scores { precision: share, recall: share, f1: share, rows: self.total() }
            }
            Average::Macro | Average::Weighted => {
                let or_zero = |share: f64| if share.is_nan() { 0.0 } else { share };
                let (mut precision, mut recall, mut f1, mut weights) = (0.0, 0.0, 0.0, 0.0);
                for class in 0..self.classes() {
                    if self.occurred(class) + self.predicted(class) == 0 {
                        continue;
                    }
                    precision += weight(class) * or_zero(self.precision(class));
                    recall += weight(class) * or_zero(self.recall(class));
                    f1 += weight(class) * self.f1(class);
                    weights += weight(class);
                }
                Scores {
                    precision: precision / weights,
                    recall: recall / weights,
                    f1: f1 / weights,
                    rows: self.total(),
                }
            }
        }
    }

    /// The correlation of predicted and actual classes, from -1 to 1: see
    /// [`matthews_correlation`](crate::metrics::matthews_correlation).
    pub fn matthews_correlation(&self) -> f64 {
        let total = self.total() as f64;
        let (mut right, mut both, mut occurred, mut predicted) = (0.0, 0.0, 0.0, 0.0);
        for class in 0..self.classes() {
            let (o, p) = (self.occurred(class) as f64, self.predicted(class) as f64);
            right += self.count(class, class) as f64;
            both += o * p;
            occurred += o * o;
            predicted += p * p;
        }
        let spread = (total * total - occurred) * (total * total - predicted);
        if spread == 0.0 { 0.0 } else { (right * total - both) / spread.sqrt() }
    }
}
