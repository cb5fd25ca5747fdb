//! Small images beside each other: digits, and the weights of units.

use std::ops::RangeInclusive;

use autograd::{Element, Tensor};

use crate::plot::color::{Color, ColorMap};
use crate::plot::error::same_length;
use crate::plot::grid::{ends, extremes};
use crate::plot::scene::{Anchor, rectangle};
use crate::plot::{Chart, PlotError, Series};

/// Images of one size in rows, each with a caption.
///
/// ```
/// use nn::plot::Images;
/// let chart = Images::new([2, 2])
///     .add("3 → 8\n97% sure", [0.0, 1.0, 0.5, 0.0])?
///     .add("4 → 9\n61% sure", [1.0, 0.0, 0.0, 1.0])?
///     .chart("Misread digits");
/// assert!(chart.to_svg().contains("3 → 8"));
/// # Ok::<(), nn::plot::PlotError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Images {
    rows: usize,
    columns: usize,
    tiles: Vec<(String, Vec<f64>)>,
    map: ColorMap,
    range: Option<(f64, f64)>,
    per_row: Option<usize>,
    bar: Option<String>,
}

/// Width of an image, size of captions and the gap between images, in pixels.
const TILE: f64 = 88.0;
const TEXT: f64 = 14.0;
const GAP: f64 = 18.0;

impl Images {
    /// No images yet, of `[rows, columns]` pixels; numbers are ink on paper, from the least to the greatest of all.
    pub fn new([rows, columns]: [usize; 2]) -> Images {
        Images { rows, columns, tiles: Vec::new(), map: ColorMap::Ink, range: None, per_row: None, bar: None }
    }

    /// Adds an image: its pixels row by row, the upper one first. A caption may have several lines.
    ///
    /// # Errors
    /// [`PlotError::Lengths`] if there are too many or too few pixels.
    pub fn add<P: Into<f64>>(
        mut self,
        caption: impl Into<String>,
        pixels: impl IntoIterator<Item = P>,
    ) -> Result<Images, PlotError> {
        let pixels: Vec<f64> = pixels.into_iter().map(Into::into).collect();
        let needed = self.rows.saturating_mul(self.columns);
        same_length(
            &format!("image {} (from 0)", self.tiles.len()),
            ("values", pixels.len()),
            ("pixels", needed),
        )?;
        self.tiles.push((caption.into(), pixels));
        Ok(self)
    }

    /// How numbers become colours.
    pub fn color_map(self, map: ColorMap) -> Images {
        Images { map, ..self }
    }

    /// The numbers that have the first and the last colour.
    ///
    /// # Panics
    /// If the range is not finite, or does not go up.
    #[track_caller]
    pub fn color_range(self, range: RangeInclusive<f64>) -> Images {
        Images { range: Some(ends(range, "color_range")), ..self }
    }

    /// A colour bar of this name.
    pub fn color_bar(self, name: impl Into<String>) -> Images {
        Images { bar: Some(name.into()), ..self }
    }

    /// Images beside each other; otherwise eight, or fewer if that fills the rows evenly.
    pub fn per_row(self, images: usize) -> Images {
        Images { per_row: Some(images.max(1)), ..self }
    }

    /// The chart, as large as the images need.
    pub fn chart(&self, title: impl Into<String>) -> Chart {
        let count = self.tiles.len();
        let even = count.div_ceil(count.div_ceil(8).max(1)).max(1);
        let per_row = self.per_row.unwrap_or(even).clamp(1, count.max(1));
        let image_rows = count.div_ceil(per_row).max(1);
        // Drawn in pixels: whole ones for each of an image's, so that all are equally large.
        let pixel = (TILE / self.rows.max(self.columns).max(1) as f64).floor().max(1.0);
        let (width, height) = (pixel * self.columns as f64, pixel * self.rows as f64);
        let captions = self.tiles.iter().map(|(caption, _)| caption.lines().count()).max().unwrap_or(0);
        let widest = self.tiles.iter().flat_map(|(caption, _)| caption.lines());
        let widest = widest.map(|line| crate::plot::font::width(line, TEXT)).fold(width, f64::max);
        let (across, down) = (widest + GAP, height + 1.3 * TEXT * captions as f64 + GAP);

        let mut chart = Chart::new(title).bare().y_down().equal_axes();
        let range = self.range.or_else(|| {
            let (low, high) = extremes(self.tiles.iter().flat_map(|(_, pixels)| pixels.iter().copied()))?;
            let most = low.abs().max(high.abs());
            let (low, high) = if self.map == ColorMap::Diverging { (-most, most) } else { (low, high) };
            (low < high).then_some((low, high))
        });
        for (i, (caption, pixels)) in self.tiles.iter().enumerate() {
            let left = (i % per_row) as f64 * across + (across - width) / 2.0;
            let top = (i / per_row) as f64 * down;
            let (x, y) = (left..=left + width.max(1.0), top..=top + height.max(1.0));
            let image = Series::image(x, y, [self.columns, self.rows], pixels.clone())
                .expect("the count was checked when the image was added");
            let image = image.color_map(self.map);
            let image = range.iter().fold(image, |image, &(low, high)| image.color_range(low..=high));
            // A colour bar belongs to the first image and holds for all.
            let name = self.bar.iter().filter(|_| i == 0);
            let image = name.fold(image, |image, name| image.named(name));
            let corners = rectangle([left, top], [left + width, top + height]);
            let side = |i: usize| [corners[i], corners[(i + 1) % 4]].map(|[x, y]| (x, y));
            let frame = Series::segments((0..4).map(side)).color(Color::LIGHT_GREY).width(1.0);
            let [x, y] = [left + width / 2.0, top + height + 1.3 * TEXT];
            let note = Series::note((x, y), caption, Anchor::Middle);
            let note = Series { text_height: Some(TEXT), ..note };
            chart = chart.with(image).with(frame).with(note);
        }
        let (width, height) = (across * per_row as f64, down * image_rows as f64);
        let bar = if self.bar.is_some() { 9.0 * TEXT } else { 2.0 * TEXT };
        // A float becomes the nearest integer that there is.
        chart
            .x_range(0.0..=width)
            .y_range(-1.0..=height)
            .size((width + bar).max(320.0) as u32, (height + 4.0 * TEXT) as u32)
    }
}

/// The rows of a weight matrix `[units, inputs]` as images of `[rows, columns]` pixels: what each unit looks for.
///
/// All share one scale, on which white is 0, vermilion positive and blue negative. At most 64 units are drawn, the first.
///
/// # Errors
/// [`PlotError::Shape`] if the weights are no matrix whose rows have as many numbers as the images.
///
/// ```
/// use nn::plot::weight_images;
/// use nn::prelude::*;
/// let layer = Linear::new(64, 12, &mut nn::rng(1));
/// let chart = weight_images(&layer.weight, [8, 8])?;
/// assert!(chart.to_svg().contains("unit 11"));
/// # Ok::<(), nn::plot::PlotError>(())
/// ```
pub fn weight_images<T: Element>(
    weights: &Tensor<T>,
    [rows, columns]: [usize; 2],
) -> Result<Chart, PlotError> {
    const MOST: usize = 64;
    let (shape, inputs) = (weights.shape(), rows.saturating_mul(columns));
    let wrong = || PlotError::Shape {
        series: "weight images".to_owned(),
        shape,
        wanted: format!("[units, {rows} x {columns}]"),
    };
    let units = match shape[..] {
        [units, width] if width == inputs && inputs > 0 => units,
        _ => return Err(wrong()),
    };
    let mut images = Images::new([rows, columns]).color_map(ColorMap::Diverging).color_bar("weight");
    for (unit, row) in weights.data().chunks_exact(inputs).take(MOST).enumerate() {
        images = images.add(format!("unit {unit}"), row.iter().map(|weight| weight.to_f64()))?;
    }
    Ok(images.chart(match units {
        0..=MOST => format!("Weights of {units} units"),
        _ => format!("Weights of the first {MOST} of {units} units"),
    }))
}
