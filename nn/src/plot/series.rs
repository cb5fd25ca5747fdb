//! `Series`: something to be drawn on a chart, and how it looks.

use std::ops::RangeInclusive;

use super::color::{Color, ColorMap};
use super::error::{PlotError, same_length};
use super::grid::{Grid, ends};
use super::mark::{Bar, Cells, Mark, Place};
use super::scene::Anchor;

/// How a line is broken, so that lines are told apart without colour.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dash {
    /// Unbroken.
    Solid,
    /// Long pieces.
    Dashed,
    /// Dots.
    Dotted,
    /// Long pieces and dots in turn.
    DashDotted,
}

/// The form of a point, so that classes are told apart without colour.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Marker {
    /// A filled circle.
    Disc,
    /// A filled square.
    Square,
    /// A filled triangle.
    Triangle,
    /// A filled square on its corner.
    Diamond,
    /// Two strokes like the sign of multiplication.
    Cross,
    /// Two strokes like the sign of addition.
    Plus,
}

/// Something to be drawn on a [`Chart`](super::Chart): a line, points, bars, a heat map, …
///
/// A name puts it into the legend; a named heat map has a colour bar instead. Colours, dashes and markers that are not
/// chosen follow from its place among the series, and stay apart for the colour-blind and in black and white. What a style
/// does not apply to ignores it. Values that are not finite are left out: a line has a gap there.
///
/// ```
/// use nn::plot::{Chart, Color, Dash, Series};
/// let fit = Series::line([(0.0, -1.0), (3.0, 1.76)]).named("0.92 x − 1").color(Color::VERMILION).dash(Dash::Dashed);
/// let chart = Chart::new("A line among points").points("data", [(0.5, -0.4), (2.0, 1.1)]).with(fit);
/// assert!(chart.to_svg().contains("0.92 x − 1"));
/// ```
#[derive(Clone, Debug)]
pub struct Series {
    pub(super) mark: Mark,
    pub(super) name: Option<String>,
    pub(super) color: Option<Color>,
    pub(super) dash: Option<Dash>,
    pub(super) marker: Option<Marker>,
    pub(super) width: Option<f64>,
    pub(super) size: Option<f64>,
    pub(super) opacity: f64,
    pub(super) map: ColorMap,
    pub(super) color_range: Option<(f64, f64)>,
    pub(super) texts: Vec<String>,
    /// The height of a note's text in units of the vertical axis; otherwise it is that of other text.
    pub(super) text_height: Option<f64>,
}

/// Points from pairs of numbers that become `f64`.
pub(super) fn places<X: Into<f64>, Y: Into<f64>>(points: impl IntoIterator<Item = (X, Y)>) -> Vec<Place> {
    points.into_iter().map(|(x, y)| [x.into(), y.into()]).collect()
}

impl Series {
    fn new(mark: Mark) -> Series {
        Series {
            mark,
            name: None,
            color: None,
            dash: None,
            marker: None,
            width: None,
            size: None,
            opacity: 1.0,
            map: ColorMap::default(),
            color_range: None,
            texts: Vec::new(),
            text_height: None,
        }
    }

    /// A line through points (x, y), in this order.
    pub fn line<X: Into<f64>, Y: Into<f64>>(points: impl IntoIterator<Item = (X, Y)>) -> Series {
        Series::new(Mark::Line(places(points)))
    }

    /// As [`line`](Series::line), from two slices.
    ///
    /// # Errors
    /// [`PlotError::Lengths`] if they differ in length.
    ///
    /// ```
    /// let error = nn::plot::Series::line_xy("loss", &[1.0, 2.0, 3.0], &[0.5, 0.25]).unwrap_err();
    /// assert_eq!(error.to_string(), "loss: 3 x do not fit 2 y: each needs one of the other");
    /// ```
    pub fn line_xy(name: &str, x: &[f64], y: &[f64]) -> Result<Series, PlotError> {
        same_length(name, ("x", x.len()), ("y", y.len()))?;
        Ok(Series::line(x.iter().copied().zip(y.iter().copied())).named(name))
    }

    /// The line of a function of x, asked at 400 points.
    ///
    /// # Panics
    /// If the range is not finite, or does not go up.
    #[track_caller]
    pub fn function(x: RangeInclusive<f64>, mut f: impl FnMut(f64) -> f64) -> Series {
        const POINTS: usize = 400;
        let (low, high) = ends(x, "x");
        let at = |i: usize| low + (high - low) * i as f64 / (POINTS - 1) as f64;
        Series::line((0..POINTS).map(|i| (at(i), f(at(i)))))
    }

    /// Lines between pairs of points.
    pub fn segments(pairs: impl IntoIterator<Item = [(f64, f64); 2]>) -> Series {
        Series::new(Mark::Segments(pairs.into_iter().map(|[a, b]| [[a.0, a.1], [b.0, b.1]]).collect()))
    }

    /// Points (x, y).
    pub fn points<X: Into<f64>, Y: Into<f64>>(points: impl IntoIterator<Item = (X, Y)>) -> Series {
        Series::new(Mark::Points(places(points)))
    }

    /// The region between two lines: x, the lower y, the upper y.
    pub fn band(points: impl IntoIterator<Item = (f64, f64, f64)>) -> Series {
        Series::new(Mark::Band(points.into_iter().map(|(x, low, high)| [x, low, high]).collect()))
    }

    /// The inside of an outline through points (x, y).
    pub fn area<X: Into<f64>, Y: Into<f64>>(outline: impl IntoIterator<Item = (X, Y)>) -> Series {
        Series::new(Mark::Area(places(outline)))
    }

    /// Bars from 0 to values, centred at 0, 1, 2, …: the places of [`x_categories`](super::Chart::x_categories).
    pub fn bars(values: impl IntoIterator<Item = f64>) -> Series {
        let bar = |(i, value)| Bar { x: (i as f64 - 0.4, i as f64 + 0.4), y: (0.0, value) };
        Series::new(Mark::Bars(values.into_iter().enumerate().map(bar).collect()))
    }

    /// Bars from 0 to values between edges: left, right, value.
    pub fn steps(bars: impl IntoIterator<Item = (f64, f64, f64)>) -> Series {
        let bar = |(left, right, value)| Bar { x: (left, right), y: (0.0, value) };
        Series::new(Mark::Bars(bars.into_iter().map(bar).collect()))
    }

    /// A grid as colours: a cell about each point.
    pub fn heat_map(grid: &Grid) -> Series {
        Series::new(Mark::Cells(Cells::around(grid)))
    }

    /// A table of numbers as coloured cells, row by row: cell (column, row) is centred at these two numbers, so with
    /// [`y_down`](super::Chart::y_down) the first row is on top.
    ///
    /// # Errors
    /// [`PlotError::Lengths`] if there are not `columns * rows` values.
    pub fn table(cells: [usize; 2], values: Vec<f64>) -> Result<Series, PlotError> {
        let end = |count: usize| count.max(1) as f64 - 0.5;
        Series::image(-0.5..=end(cells[0]), -0.5..=end(cells[1]), cells, values)
    }

    /// A table of numbers as coloured cells that fill a rectangle, row by row from the first end of `y`.
    ///
    /// # Errors
    /// [`PlotError::Lengths`] if there are not `columns * rows` values.
    ///
    /// # Panics
    /// If a range is not finite, or does not go up.
    #[track_caller]
    pub fn image(
        x: RangeInclusive<f64>,
        y: RangeInclusive<f64>,
        [columns, rows]: [usize; 2],
        values: Vec<f64>,
    ) -> Result<Series, PlotError> {
        same_length("image", ("values", values.len()), ("cells", columns.saturating_mul(rows)))?;
        Ok(Series::new(Mark::Cells(Cells::even(ends(x, "x"), ends(y, "y"), [columns, rows], values))))
    }

    /// Lines on which a grid has these values; [`Grid::levels`] chooses some.
    pub fn contours(grid: &Grid, levels: impl IntoIterator<Item = f64>) -> Series {
        Series::new(Mark::Contours(grid.clone(), levels.into_iter().collect()))
    }

    /// The areas between these values of a grid, each in a colour of its own.
    pub fn filled_contours(grid: &Grid, levels: impl IntoIterator<Item = f64>) -> Series {
        let mut levels: Vec<f64> = levels.into_iter().filter(|level| level.is_finite()).collect();
        levels.sort_by(f64::total_cmp);
        Series::new(Mark::Filled(grid.clone(), levels))
    }

    /// The area on which a grid is at least `level`.
    pub fn above(grid: &Grid, level: f64) -> Series {
        Series::new(Mark::Above(grid.clone(), level))
    }

    /// An arrow from one point to another.
    pub fn arrow(from: (f64, f64), to: (f64, f64)) -> Series {
        Series::new(Mark::Arrow([from.0, from.1], [to.0, to.1]))
    }

    /// A text at a point; it begins there, is centred on it, or ends there.
    pub fn note(at: (f64, f64), text: &str, anchor: Anchor) -> Series {
        Series::new(Mark::Note([at.0, at.1], text.to_owned(), anchor))
    }

    /// A line from edge to edge at height y.
    pub fn horizontal(y: f64) -> Series {
        Series::new(Mark::Horizontal(y))
    }

    /// A line from edge to edge at place x.
    pub fn vertical(x: f64) -> Series {
        Series::new(Mark::Vertical(x))
    }

    /// The name in the legend, or of the colour bar.
    pub fn named(self, name: impl Into<String>) -> Series {
        Series { name: Some(name.into()), ..self }
    }

    /// One colour for all of it.
    pub fn color(self, color: Color) -> Series {
        Series { color: Some(color), ..self }
    }

    /// How its lines are broken.
    pub fn dash(self, dash: Dash) -> Series {
        Series { dash: Some(dash), ..self }
    }

    /// The form of its points; a line gets points by it.
    pub fn marker(self, marker: Marker) -> Series {
        Series { marker: Some(marker), ..self }
    }

    /// The width of its lines in pixels; an area gets an outline by it.
    pub fn width(self, pixels: f64) -> Series {
        Series { width: Some(positive(pixels, 1.0)), ..self }
    }

    /// The diameter of its points in pixels.
    pub fn size(self, pixels: f64) -> Series {
        Series { size: Some(positive(pixels, 6.0)), ..self }
    }

    /// From 0, invisible, to 1; NaN counts as 1.
    pub fn opacity(self, opacity: f64) -> Series {
        Series { opacity: if opacity.is_nan() { 1.0 } else { opacity.clamp(0.0, 1.0) }, ..self }
    }

    /// How the numbers of a heat map or of contours become colours.
    pub fn color_map(self, map: ColorMap) -> Series {
        Series { map, ..self }
    }

    /// The numbers that have the first and the last colour, instead of the least and the greatest: so several heat maps are
    /// comparable.
    ///
    /// # Panics
    /// If the range is not finite, or does not go up.
    #[track_caller]
    pub fn color_range(self, range: RangeInclusive<f64>) -> Series {
        Series { color_range: Some(ends(range, "color_range")), ..self }
    }

    /// A text for each cell of a heat map, row by row, or for each bar. Lines end with `\n`; a text that would be too small to
    /// read in its cell is left out.
    pub fn texts<S: Into<String>>(self, texts: impl IntoIterator<Item = S>) -> Series {
        Series { texts: texts.into_iter().map(Into::into).collect(), ..self }
    }
}

/// A number of pixels that can be drawn, whatever was given.
fn positive(pixels: f64, otherwise: f64) -> f64 {
    if pixels.is_finite() && pixels > 0.0 { pixels.min(1000.0) } else { otherwise }
}
