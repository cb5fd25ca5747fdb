//! `ClassificationReport`: how well each class is told from the others, as a table.

use std::fmt;

use super::confusion::ConfusionMatrix;
use super::error::MetricError;
use super::scores::{Average, Scores};
use crate::data::Labels;

/// Precision, recall and F1 of each class, their averages, and the accuracy. `Display` writes a table for the terminal, in
/// which `-` is a share of nothing: see [`Scores`].
///
/// ```
/// use nn::{data::Labels, metrics::{Average, ClassificationReport}};
/// let actual = Labels::new([0, 0, 1, 1, 1, 2], 3)?;
/// let predicted = Labels::new([0, 1, 1, 1, 0, 1], 3)?;
/// let report = ClassificationReport::new(&predicted, &actual).names(["cat", "dog", "horse"])?;
/// assert_eq!(report.matrix().average(Average::Class(1)).precision, 0.5);
/// assert_eq!(format!("\n{report}"), "
///    class | precision  recall      f1    rows
/// ---------+----------------------------------
///      cat |     0.500   0.500   0.500       2
///      dog |     0.500   0.667   0.571       3
///    horse |         -   0.000   0.000       1
/// ---------+----------------------------------
///    macro |     0.333   0.389   0.357       6
/// weighted |     0.417   0.500   0.452       6
/// accuracy |                     0.500       6");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct ClassificationReport {
    matrix: ConfusionMatrix,
    names: Vec<String>,
}

impl ClassificationReport {
    /// The report of these predictions, with classes named by their numbers.
    ///
    /// # Panics
    /// If the numbers of labels or classes differ.
    #[track_caller]
    pub fn new(predicted: &Labels, actual: &Labels) -> ClassificationReport {
        ConfusionMatrix::from_predictions(predicted, actual).into()
    }

    /// This report with names of the classes.
    ///
    /// # Errors
    /// If there is not one name for each class.
    pub fn names<S: Into<String>>(
        self,
        names: impl IntoIterator<Item = S>,
    ) -> Result<ClassificationReport, MetricError> {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        if names.len() != self.matrix.classes() {
            return Err(MetricError::Names { names: names.len(), classes: self.matrix.classes() });
        }
        Ok(ClassificationReport { names, ..self })
    }

    /// What is counted; it has the numbers of the report, and more.
    pub fn matrix(&self) -> &ConfusionMatrix {
        &self.matrix
    }
}

impl From<ConfusionMatrix> for ClassificationReport {
    /// The report of what was counted, perhaps batch by batch.
    fn from(matrix: ConfusionMatrix) -> Self {
        let names = (0..matrix.classes()).map(|class| class.to_string()).collect();
        ClassificationReport { matrix, names }
    }
}

impl fmt::Display for ClassificationReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let longest = self.names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
        let width = longest.max("weighted".len());
        let rows = self.matrix.total().to_string().len().max(7);
        let line = |f: &mut fmt::Formatter<'_>, name: &str, Scores { precision, recall, f1, rows: count }| {
            let (precision, recall, f1) = (share(precision), share(recall), share(f1));
            writeln!(f, "{name:>width$} | {precision:>9} {recall:>7} {f1:>7} {count:>rows$}")
        };
        let rule = format!("{0:-<1$}+{0:-<2$}", "", width + 1, rows + 27);

        let heads = ("class", "precision", "recall", "f1", "rows");
        writeln!(f, "{:>width$} | {:>9} {:>7} {:>7} {:>rows$}", heads.0, heads.1, heads.2, heads.3, heads.4)?;
        writeln!(f, "{rule}")?;
        for (class, name) in self.names.iter().enumerate() {
            line(f, name, self.matrix.average(Average::Class(class)))?;
        }
        writeln!(f, "{rule}")?;
        line(f, "macro", self.matrix.average(Average::Macro))?;
        line(f, "weighted", self.matrix.average(Average::Weighted))?;
        let (accuracy, total) = (share(self.matrix.accuracy()), self.matrix.total());
        write!(f, "{:>width$} | {:>9} {:>7} {accuracy:>7} {total:>rows$}", "accuracy", "", "")
    }
}

fn share(share: f64) -> String {
    if share.is_nan() { "-".to_owned() } else { format!("{share:.3}") }
}
