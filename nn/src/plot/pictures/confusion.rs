//! The confusion matrix as a table of counts, coloured by shares.

use crate::metrics::ConfusionMatrix;
use crate::plot::color::ColorMap;
use crate::plot::error::same_length;
use crate::plot::{Chart, PlotError, Series};

/// A confusion matrix: in each cell how often a class was taken for another, and which share of the class that is, by which it is
/// coloured. `names` are those of the classes; without any, they are numbers.
///
/// # Errors
/// [`PlotError::Lengths`] if there are names, but not one for each class.
///
/// ```
/// use nn::data::Labels;
/// use nn::metrics::ConfusionMatrix;
/// let (actual, predicted) = (Labels::new([0, 0, 1, 1], 2)?, Labels::new([0, 1, 1, 1], 2)?);
/// let matrix = ConfusionMatrix::from_predictions(&predicted, &actual);
/// let chart = nn::plot::confusion(&matrix, &["cat", "dog"])?;
/// assert!(chart.to_svg().contains("50%"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn confusion(matrix: &ConfusionMatrix, names: &[&str]) -> Result<Chart, PlotError> {
    let classes = matrix.classes();
    let names: Vec<String> = if names.is_empty() {
        (0..classes).map(|class| class.to_string()).collect()
    } else {
        same_length("confusion matrix", ("names", names.len()), ("classes", classes))?;
        names.iter().map(|&name| name.to_owned()).collect()
    };
    let (mut shares, mut texts) = (Vec::new(), Vec::new());
    for actual in 0..classes {
        let total: u64 = (0..classes).map(|predicted| matrix.count(actual, predicted)).sum();
        for predicted in 0..classes {
            let count = matrix.count(actual, predicted);
            let share = count as f64 / total as f64;
            shares.push(share);
            texts.push(match count {
                0 => "·".to_owned(),
                _ => format!("{count}\n{}%", percent(share)),
            });
        }
    }
    // A class that never occurred has no shares: its cells stay grey.
    let drawn = Series::table([classes, classes], shares)?;
    let drawn = drawn.named("share of the row").color_map(ColorMap::Blues).color_range(0.0..=1.0);
    let title = match matrix.total() {
        0 => "Confusion matrix of no predictions".to_owned(),
        total => format!("Confusion matrix: {}% of {total} right", percent(matrix.accuracy())),
    };
    Ok(Chart::new(title)
        .x_label("predicted class")
        .y_label("actual class")
        .x_categories(names.clone())
        .y_categories(names)
        .y_down()
        .equal_axes()
        .size(700, 620)
        .with(drawn.texts(texts)))
}

/// A share in per cent, with a digit after the point unless it is whole. What is not all is never rounded up to it.
fn percent(share: f64) -> String {
    let tenths = (1000.0 * share).round();
    let tenths = if share < 1.0 { tenths.min(999.0) } else { tenths };
    if tenths % 10.0 == 0.0 { format!("{}", tenths / 10.0) } else { format!("{:.1}", tenths / 10.0) }
}
