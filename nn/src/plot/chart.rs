//! `Chart`: series on two axes, with a title and labels.

use std::ops::RangeBounds;
use std::path::Path;

use super::axis::Axis;
use super::error::PlotError;
use super::figure::Figure;
use super::scene::Anchor;
use super::series::Series;

/// Series on two axes, with a title, labels and a legend.
///
/// Every method takes the chart and gives it back. Ranges are automatic where they are not fixed: they hold all finite data,
/// whatever is beside it, and a single number stands in the middle. The legend stands where no data are, or above the plot.
/// Equal charts give equal SVG text.
///
/// ```
/// use nn::plot::Chart;
/// let epochs = [1.0, 2.0, 3.0, 4.0];
/// let chart = Chart::new("Loss by epoch")
///     .x_label("epoch")
///     .y_label("loss (nats)")
///     .line("training", epochs.iter().map(|&e| (e, 2.0 / e)))
///     .line("validation", epochs.iter().map(|&e| (e, 2.0 / e + 0.1)))
///     .y_range(0.0..);
/// let svg = chart.to_svg();
/// assert!(svg.contains("role=\"img\"") && svg.contains("<title>Loss by epoch</title>"));
/// ```
#[derive(Clone, Debug)]
pub struct Chart {
    pub(super) title: String,
    pub(super) description: Option<String>,
    pub(super) x: Axis,
    pub(super) y: Axis,
    pub(super) series: Vec<Series>,
    pub(super) size: (u32, u32),
    pub(super) text_size: Option<f64>,
    pub(super) legend: bool,
    pub(super) equal: bool,
    pub(super) bare: bool,
}

impl Chart {
    /// An empty chart of 800 x 500 pixels.
    pub fn new(title: impl Into<String>) -> Chart {
        Chart {
            title: title.into(),
            description: None,
            x: Axis::default(),
            y: Axis::default(),
            series: Vec::new(),
            size: (800, 500),
            text_size: None,
            legend: true,
            equal: false,
            bare: false,
        }
    }

    /// Another title.
    pub fn title(self, title: impl Into<String>) -> Chart {
        Chart { title: title.into(), ..self }
    }

    /// What is to be seen, in words, for those who cannot: otherwise axes, ranges and series are listed.
    pub fn description(self, text: impl Into<String>) -> Chart {
        Chart { description: Some(text.into()), ..self }
    }

    /// The quantity on the horizontal axis, with its unit: `time (s)`.
    pub fn x_label(mut self, label: impl Into<String>) -> Chart {
        self.x.label = label.into();
        self
    }

    /// The quantity on the vertical axis, with its unit: `loss (nats)`.
    pub fn y_label(mut self, label: impl Into<String>) -> Chart {
        self.y.label = label.into();
        self
    }

    /// Fixes one or both ends of the horizontal axis: `-1.0..=1.0`, `0.0..`, `..=1.0`. An end that is not finite, or not
    /// positive on a logarithmic axis, stays automatic.
    pub fn x_range(mut self, range: impl RangeBounds<f64>) -> Chart {
        self.x.fix(range);
        self
    }

    /// As [`x_range`](Chart::x_range), for the vertical axis.
    pub fn y_range(mut self, range: impl RangeBounds<f64>) -> Chart {
        self.y.fix(range);
        self
    }

    /// A logarithmic horizontal axis. What is not positive has no place on it and is left out; the chart says so.
    pub fn log_x(mut self) -> Chart {
        self.x.log = true;
        self
    }

    /// As [`log_x`](Chart::log_x), for the vertical axis.
    pub fn log_y(mut self) -> Chart {
        self.y.log = true;
        self
    }

    /// Names of the places 0, 1, 2, … on the horizontal axis.
    pub fn x_categories<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Chart {
        self.x.categories = names.into_iter().map(Into::into).collect();
        self
    }

    /// Names of the places 0, 1, 2, … on the vertical axis.
    pub fn y_categories<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Chart {
        self.y.categories = names.into_iter().map(Into::into).collect();
        self
    }

    /// The vertical axis goes down, as rows of a matrix or of an image do.
    pub fn y_down(mut self) -> Chart {
        self.y.reversed = true;
        self
    }

    /// A unit is as long on either axis, so circles are round and right angles are right.
    pub fn equal_axes(self) -> Chart {
        Chart { equal: true, ..self }
    }

    /// No axes, no grid lines and no border: for images.
    pub fn bare(self) -> Chart {
        Chart { bare: true, ..self }
    }

    /// No legend.
    pub fn no_legend(self) -> Chart {
        Chart { legend: false, ..self }
    }

    /// Width and height in pixels, from 120 x 90 to 8000 x 8000; what is outside counts as the nearest of them.
    pub fn size(self, width: u32, height: u32) -> Chart {
        Chart { size: (width, height), ..self }
    }

    /// The size of text in pixels, from 6 to 60; otherwise it follows from the size of the chart.
    pub fn text_size(self, pixels: f64) -> Chart {
        Chart { text_size: pixels.is_finite().then(|| pixels.clamp(6.0, 60.0)), ..self }
    }

    /// Draws this too, over what is there.
    pub fn with(mut self, series: Series) -> Chart {
        self.series.push(series);
        self
    }

    /// Draws all of these too.
    pub fn with_all(mut self, series: impl IntoIterator<Item = Series>) -> Chart {
        self.series.extend(series);
        self
    }

    /// A named line through points; for more choice, draw [`with`](Chart::with) it a [`Series::line`].
    pub fn line<X: Into<f64>, Y: Into<f64>>(
        self,
        name: impl Into<String>,
        points: impl IntoIterator<Item = (X, Y)>,
    ) -> Chart {
        self.with(Series::line(points).named(name))
    }

    /// Named points; for more choice, draw [`with`](Chart::with) it [`Series::points`].
    pub fn points<X: Into<f64>, Y: Into<f64>>(
        self,
        name: impl Into<String>,
        points: impl IntoIterator<Item = (X, Y)>,
    ) -> Chart {
        self.with(Series::points(points).named(name))
    }

    /// A text at a point of the chart.
    pub fn note(self, at: (f64, f64), text: &str) -> Chart {
        self.with(Series::note(at, text, Anchor::Start))
    }

    /// An arrow between two points of the chart.
    pub fn arrow(self, from: (f64, f64), to: (f64, f64)) -> Chart {
        self.with(Series::arrow(from, to))
    }

    /// The chart as an SVG document. Text is kept as text; title and description are read out by screen readers.
    pub fn to_svg(&self) -> String {
        Figure::of(self).to_svg()
    }

    /// The bytes of a PNG image, with `scale` pixels for each of the chart: 2 for sharp screens.
    ///
    /// # Errors
    /// [`PlotError::Scale`] for a scale that is not finite and positive; [`PlotError::TooLarge`] for more than 100 million
    /// pixels.
    ///
    /// ```
    /// let png = nn::plot::Chart::new("empty").size(200, 100).to_png(2.0)?;
    /// assert_eq!(&png[1..4], b"PNG");
    /// # Ok::<(), nn::plot::PlotError>(())
    /// ```
    pub fn to_png(&self, scale: f64) -> Result<Vec<u8>, PlotError> {
        Figure::of(self).to_png(scale)
    }

    /// Writes the chart to a file whose name ends with `.svg`, or with `.png` for an image at scale 2.
    ///
    /// # Errors
    /// [`PlotError::Extension`] for another ending; [`PlotError::Write`] with the path if it cannot be written.
    ///
    /// ```
    /// let error = nn::plot::Chart::new("empty").save("no/such/directory/chart.svg").unwrap_err();
    /// assert!(error.to_string().starts_with("no/such/directory/chart.svg: cannot be written"));
    /// ```
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), PlotError> {
        Figure::of(self).save(path)
    }
}
