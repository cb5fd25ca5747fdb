//! `Figure`: charts beside and below each other; and how pictures are written.

use std::path::Path;

use super::chart::Chart;
use super::clip::Frame;
use super::color::Color;
use super::error::PlotError;
use super::scene::{Anchor, Scene};
use super::{font, panel, raster, svg, words};

/// Charts in a grid of panels of equal size.
///
/// ```
/// use nn::plot::{Chart, Figure};
/// let panel = |name: &str| Chart::new(name).line("x²", (-2..=2).map(|x| (x, x * x)));
/// let figure = Figure::new("Two panels").columns(2).panel(panel("left")).panel(panel("right"));
/// assert!(figure.to_svg().contains("<title>Two panels</title>"));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Figure {
    title: String,
    panels: Vec<Chart>,
    columns: Option<usize>,
    size: Option<(u32, u32)>,
    /// Whether it is one chart, whose title is its own.
    single: bool,
}

impl Figure {
    /// An empty figure.
    pub fn new(title: impl Into<String>) -> Figure {
        Figure { title: title.into(), ..Figure::default() }
    }

    /// A figure of one chart.
    pub(super) fn of(chart: &Chart) -> Figure {
        Figure { panels: vec![chart.clone()], size: Some(chart.size), single: true, ..Figure::default() }
    }

    /// Puts a chart into the next panel, from left to right and then from top to bottom. Its own size does not matter.
    pub fn panel(mut self, chart: Chart) -> Figure {
        self.panels.push(chart);
        self
    }

    /// Panels beside each other; otherwise about as many as below each other.
    pub fn columns(self, columns: usize) -> Figure {
        Figure { columns: Some(columns), ..self }
    }

    /// Width and height in pixels, from 120 x 90 to 8000 x 8000; otherwise 480 x 360 for each panel.
    pub fn size(self, width: u32, height: u32) -> Figure {
        Figure { size: Some((width, height)), ..self }
    }

    /// The figure as an SVG document.
    pub fn to_svg(&self) -> String {
        svg::write(&self.scene())
    }

    /// The bytes of a PNG image, with `scale` pixels for each of the figure.
    ///
    /// # Errors
    /// As [`Chart::to_png`].
    pub fn to_png(&self, scale: f64) -> Result<Vec<u8>, PlotError> {
        raster::png(&self.scene(), scale)
    }

    /// Writes the figure to a file whose name ends with `.svg`, or with `.png` for an image at scale 2.
    ///
    /// # Errors
    /// As [`Chart::save`].
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), PlotError> {
        let path = path.as_ref();
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        let bytes = match ending.as_deref() {
            Some("svg") => self.to_svg().into_bytes(),
            Some("png") => self.to_png(2.0)?,
            _ => return Err(PlotError::Extension { path: path.to_owned() }),
        };
        std::fs::write(path, bytes).map_err(|error| PlotError::Write { path: path.to_owned(), error })
    }

    fn scene(&self) -> Scene {
        let count = self.panels.len().max(1);
        let columns = self.columns.unwrap_or_else(|| (count as f64).sqrt().ceil() as usize).clamp(1, count);
        let rows = count.div_ceil(columns);
        let extent =
            |panels: usize, pixels: u32| u32::try_from(panels).unwrap_or(u32::MAX).saturating_mul(pixels);
        let (width, height) =
            self.size.unwrap_or((extent(columns, 480), extent(rows, 360).saturating_add(40)));
        let mut scene = Scene::new(width.clamp(120, 8000), height.clamp(90, 8000));
        let (width, height) = (f64::from(scene.width), f64::from(scene.height));

        let mut top = 0.0;
        if !self.single && !self.title.is_empty() {
            let size = 1.4 * text_size(width / columns as f64, height / rows as f64);
            for line in font::wrap(&self.title, size, 0.95 * width, 2) {
                top += 1.3 * size;
                scene.text([width / 2.0, top], &line, size, Color::INK, Anchor::Middle);
            }
            top += 0.3 * size;
        }
        let (panel_width, panel_height) = (width / columns as f64, ((height - top) / rows as f64).max(1.0));
        for (i, chart) in self.panels.iter().enumerate() {
            let (left, top) = ((i % columns) as f64 * panel_width, top + (i / columns) as f64 * panel_height);
            let area = Frame { left, top, right: left + panel_width, bottom: top + panel_height };
            let size = chart.text_size.unwrap_or_else(|| text_size(panel_width, panel_height));
            panel::draw(&mut scene, chart, area, size);
        }
        (scene.title, scene.description) = match &self.panels[..] {
            [chart] if self.single => (chart.title.clone(), words::describe(chart)),
            panels => {
                let parts = panels.iter().map(|chart| format!("{}: {}", chart.title, words::describe(chart)));
                (self.title.clone(), parts.collect::<Vec<_>>().join(" "))
            }
        };
        scene
    }
}

/// The size of text that is read well on a picture of this size: 16 pixels on 800 x 500.
fn text_size(width: f64, height: f64) -> f64 {
    (width / 50.0).min(height / 31.0).clamp(10.0, 20.0)
}
