//! Decision regions: which class a classifier says at every point of a plane.

use std::ops::RangeInclusive;

use autograd::{Element, Tensor};

use crate::data::Labels;
use crate::plot::color::Color;
use crate::plot::error::same_length;
use crate::plot::{Chart, Grid, PlotError, Series};

/// The plane of two features, coloured by the class that a classifier says, with lines where it changes its mind.
///
/// ```
/// use nn::plot::{DecisionRegions, class_points};
/// use nn::prelude::*;
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// // The gate AND as one logistic unit.
/// let unit = Linear { weight: Tensor::from([[20.0, 20.0]]), bias: Some(Tensor::from([-30.0])) };
/// let (x, labels) = (Tensor::from([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), Labels::new([0, 0, 0, 1], 2)?);
/// let chart = DecisionRegions::new(-0.5..=1.5, -0.5..=1.5)
///     .of_scores(|x| unit.predict(|g, unit| unit.forward(g.constant(x)).sigmoid()))?
///     .with_all(class_points(&x, &labels, &["false", "true"])?);
/// assert!(chart.to_svg().contains("true"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct DecisionRegions {
    x: RangeInclusive<f64>,
    y: RangeInclusive<f64>,
    cells: usize,
    threshold: f64,
}

impl DecisionRegions {
    /// Regions in this part of the plane, from 160 points in each direction.
    pub fn new(x: RangeInclusive<f64>, y: RangeInclusive<f64>) -> DecisionRegions {
        DecisionRegions { x, y, cells: 160, threshold: 0.5 }
    }

    /// How many points are asked in each direction, from 2 to 2000; what is outside counts as the nearest of them.
    pub fn cells(self, cells: usize) -> DecisionRegions {
        DecisionRegions { cells: cells.clamp(2, 2000), ..self }
    }

    /// From where on a single score means class 1: 0.5 unless said otherwise, as for probabilities; 0 for logits.
    pub fn threshold(self, threshold: f64) -> DecisionRegions {
        DecisionRegions { threshold, ..self }
    }

    /// The chart of a classifier that gives scores: `f` is asked once, with points `[n, 2]`, and answers `[n, classes]`, where
    /// the largest counts, or `[n]` or `[n, 1]`, where the [`threshold`](DecisionRegions::threshold) does. Where a score is not
    /// finite, the plane is left white.
    ///
    /// # Errors
    /// [`PlotError::Shape`] if the answer has another shape.
    ///
    /// # Panics
    /// If a range is not finite, or does not go up.
    #[track_caller]
    pub fn of_scores<T: Element>(&self, f: impl FnOnce(&Tensor<T>) -> Tensor<T>) -> Result<Chart, PlotError> {
        let cells = [self.cells, self.cells];
        let grids = Grid::sample_rows(self.x.clone(), self.y.clone(), cells, f)?;
        Ok(match &grids[..] {
            [score] => draw(&[score.map(|z| z - self.threshold)]),
            scores => draw(&leads(scores)),
        })
    }

    /// The chart of a classifier that says the class of a point, from 0 to `classes - 1`; a class that is none of them leaves
    /// the plane white. Boundaries are smoothed: they are right to the distance of two points that were asked.
    ///
    /// # Panics
    /// If a range is not finite, or does not go up.
    ///
    /// ```
    /// use nn::plot::DecisionRegions;
    /// let chart = DecisionRegions::new(-1.0..=1.0, -1.0..=1.0).of_classes(2, |x, y| usize::from(x * y > 0.0));
    /// assert!(chart.to_svg().contains("<path"));
    /// ```
    #[track_caller]
    pub fn of_classes(&self, classes: usize, mut f: impl FnMut(f64, f64) -> usize) -> Chart {
        let says = Grid::sample(self.x.clone(), self.y.clone(), [self.cells; 2], |x, y| match f(x, y) {
            class if class < classes => class as f64,
            _ => f64::NAN,
        });
        let vote = |class: usize| {
            says.map(|said| if said.is_nan() { said } else { f64::from(said == class as f64) })
        };
        let votes: Vec<Grid> = (0..classes).map(|class| vote(class).smoothed()).collect();
        draw(&leads(&votes))
    }
}

/// For each class but the first, by how much the best score of it and of later classes is above the best of earlier ones.
fn leads(scores: &[Grid]) -> Vec<Grid> {
    let best = |grids: &[Grid], at: usize| {
        grids.iter().map(|grid| grid.values()[at]).fold(f64::NEG_INFINITY, |best, score| {
            // Not `max`, which would overlook NaN.
            if score > best || score.is_nan() { score } else { best }
        })
    };
    let lead = |class: usize| {
        let mut at = 0..;
        scores[0].map(|_| {
            let at = at.next().expect("there is always a next number");
            best(&scores[class..], at) - best(&scores[..class], at)
        })
    };
    (1..scores.len().max(1)).map(lead).collect()
}

/// Regions painted over each other, so that none leaves a gap: first the whole plane as class 0, then what belongs to class 1 or
/// a later one as class 1, and so on.
fn draw(leads: &[Grid]) -> Chart {
    let mut chart = Chart::new("Decision regions").x_label("x₁").y_label("x₂");
    if let Some(first) = leads.first() {
        chart = chart.with(Series::above(first, f64::NEG_INFINITY).color(Color::cycle(0)));
    }
    for (i, lead) in leads.iter().enumerate() {
        chart = chart.with(Series::above(lead, 0.0).color(Color::cycle(i + 1)));
    }
    let boundaries = leads.iter().map(|lead| Series::contours(lead, [0.0]).color(Color::BLACK).width(1.5));
    chart.with_all(boundaries)
}

/// Points `[n, 2]` by class, each class in the colour of its region and with a marker of its own. `names` are those of the
/// classes; without any, they are numbered.
///
/// # Errors
/// [`PlotError::Shape`] if `x` is not `[n, 2]`; [`PlotError::Lengths`] if there is not one label for each point, or if there are
/// names, but not one for each class.
pub fn class_points<T: Element>(
    x: &Tensor<T>,
    labels: &Labels,
    names: &[&str],
) -> Result<Vec<Series>, PlotError> {
    let shape = x.shape();
    let [count, 2] = shape[..] else {
        return Err(PlotError::Shape {
            series: "points".to_owned(),
            shape,
            wanted: "[points, 2]".to_owned(),
        });
    };
    same_length("points", ("points", count), ("labels", labels.len()))?;
    if !names.is_empty() {
        same_length("points", ("names", names.len()), ("classes", labels.classes()))?;
    }
    let series = |class: usize| {
        let rows = x.data().chunks_exact(2).zip(labels.as_slice());
        let rows = rows.filter(|(_, label)| **label as usize == class);
        let name = names.get(class).map_or_else(|| format!("class {class}"), |&name| name.to_owned());
        Series::points(rows.map(|(row, _)| (row[0].to_f64(), row[1].to_f64())))
            .named(name)
            .color(Color::cycle(class))
    };
    Ok((0..labels.classes()).map(series).collect())
}
