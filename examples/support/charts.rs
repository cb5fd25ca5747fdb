//! The charts of an image example: curves by epoch, and the images that were misread.

use std::error::Error;
use std::path::Path;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::training::{Epoch, Score};

const TRAIN: RGBColor = RGBColor(0x1f, 0x6f, 0xb4);
const HELD_OUT: RGBColor = RGBColor(0xd9, 0x5f, 0x02);
const INK: RGBColor = RGBColor(0x22, 0x22, 0x22);
const GREY: RGBColor = RGBColor(0x77, 0x77, 0x77);
const GRID: RGBColor = RGBColor(0xe6, 0xe6, 0xe6);
const FONT: &str = "sans-serif";

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// Draws loss and accuracy by epoch, for training and held-out images.
pub(crate) fn curves(file: &Path, title: &str, history: &[Epoch]) -> Result<(), Box<dyn Error>> {
    let area = SVGBackend::new(file, (1040, 440)).into_drawing_area();
    area.fill(&WHITE)?;
    text(&area, title, (520, 14), 20, INK)?;
    let (left, right) = area.margin(44, 8, 8, 8).split_horizontally(512);

    let losses = history.iter().flat_map(|epoch| [epoch.train.loss, epoch.held_out.loss]);
    let most = losses.clone().fold(0.0, f64::max);
    let loss = Panel {
        name: "loss (cross-entropy, nats)",
        range: 0.0..1.05 * most.max(1e-3),
        digits: if most > 0.5 { 1 } else { 3 },
        legend: SeriesLabelPosition::UpperRight,
    };
    loss.draw(&left, history, |score| score.loss)?;

    let least =
        history.iter().flat_map(|epoch| [epoch.train.accuracy, epoch.held_out.accuracy]).fold(1.0, f64::min);
    let floor = (10.0 * least - 0.2).floor().max(0.0) * 10.0;
    let accuracy = Panel {
        name: "accuracy (%)",
        range: floor..100.0 + 0.03 * (100.0 - floor),
        digits: 0,
        legend: SeriesLabelPosition::LowerRight,
    };
    accuracy.draw(&right, history, |score| 100.0 * score.accuracy)?;
    Ok(area.present()?)
}

/// One quantity by epoch.
struct Panel {
    name: &'static str,
    range: std::ops::Range<f64>,
    /// Digits after the point on its axis.
    digits: usize,
    legend: SeriesLabelPosition,
}

impl Panel {
    fn draw(
        self,
        area: &Area,
        history: &[Epoch],
        value: impl Fn(Score) -> f64,
    ) -> Result<(), Box<dyn Error>> {
        // A single epoch stands in the middle.
        let epochs = if history.len() == 1 { 0.0..2.0 } else { 1.0..history.len() as f64 };
        let counted = |epoch: &f64| epoch.fract() == 0.0 && (1..=history.len()).contains(&(*epoch as usize));
        let mut chart = ChartBuilder::on(area)
            .margin(8)
            .margin_right(20)
            .x_label_area_size(44)
            .y_label_area_size(64)
            .build_cartesian_2d(epochs, self.range)?;
        chart
            .configure_mesh()
            .x_desc("epoch")
            .y_desc(self.name)
            .x_labels(history.len().clamp(3, 10))
            .y_labels(8)
            .x_label_formatter(&|epoch| if counted(epoch) { format!("{epoch:.0}") } else { String::new() })
            .y_label_formatter(&|value| format!("{value:.*}", self.digits))
            .light_line_style(TRANSPARENT)
            .bold_line_style(GRID)
            .axis_style(GREY)
            .label_style((FONT, 14).into_font().color(&INK))
            .axis_desc_style((FONT, 15).into_font().color(&INK))
            .draw()?;
        for (name, color, held_out) in [("training", TRAIN, false), ("held out", HELD_OUT, true)] {
            let points = history.iter().enumerate().map(|(i, epoch)| {
                ((i + 1) as f64, value(if held_out { epoch.held_out } else { epoch.train }))
            });
            let style = color.stroke_width(2);
            chart.draw_series(
                points.clone().filter(|_| history.len() == 1).map(|at| Circle::new(at, 3, color.filled())),
            )?;
            chart
                .draw_series(LineSeries::new(points, style))?
                .label(name)
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 22, y)], style));
        }
        chart
            .configure_series_labels()
            .position(self.legend)
            .margin(12)
            .legend_area_size(30)
            .background_style(WHITE.mix(0.9))
            .border_style(GRID)
            .label_font((FONT, 15).into_font().color(&INK))
            .draw()?;
        Ok(())
    }
}

/// An image that was misread.
pub(crate) struct Mistake<'a> {
    /// Square image, row by row, from 0 (paper) to 1 (ink).
    pub(crate) pixels: &'a [f32],
    /// The class it is of.
    pub(crate) actual: usize,
    /// The class it was taken for.
    pub(crate) predicted: usize,
    /// The probability that the network gave its prediction, from 0 to 1.
    pub(crate) confidence: f64,
}

/// Images drawn at the most, and in a row.
const SHOWN: usize = 40;
const PER_ROW: usize = 8;
/// Width and height of an image with its caption, of the image alone, and of the title, in pixels.
const CARD: (usize, usize) = (124, 148);
const IMAGE: usize = 88;
const TITLE: usize = 76;

/// Draws the mistakes among `tested` images, the most confident first.
pub(crate) fn mistakes(file: &Path, tested: usize, mut mistakes: Vec<Mistake>) -> Result<(), Box<dyn Error>> {
    let total = mistakes.len();
    mistakes.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    mistakes.truncate(SHOWN);

    // Rows of about equal length, and room for the headline.
    let columns = mistakes.len().div_ceil(mistakes.len().div_ceil(PER_ROW).max(1)).max(5);
    let rows = mistakes.len().div_ceil(columns);
    let (width, height) = (columns * CARD.0 + 24, TITLE + rows * CARD.1 + 8);
    let area = SVGBackend::new(file, (width as u32, height as u32)).into_drawing_area();
    area.fill(&WHITE)?;
    let middle = width as i32 / 2;
    let (headline, note) = match (total, mistakes.len()) {
        (0, _) => (format!("No mistakes: all {tested} held-out images were read correctly"), String::new()),
        (1, _) => (
            format!("1 of {tested} held-out images was misread"),
            "true → predicted, and how sure the network was".into(),
        ),
        (_, shown) => (
            format!("{total} of {tested} held-out images were misread"),
            match shown == total {
                true => "true → predicted, and how sure the network was; surest first".into(),
                false => format!("true → predicted, and how sure the network was; the {shown} surest"),
            },
        ),
    };
    text(&area, &headline, (middle, 16), 20, INK)?;
    text(&area, &note, (middle, 44), 15, GREY)?;
    for (i, mistake) in mistakes.iter().enumerate() {
        let left = 12 + i % columns * CARD.0 + (CARD.0 - IMAGE) / 2;
        let top = TITLE + i / columns * CARD.1;
        card(&area, mistake, left as i32, top as i32)?;
    }
    Ok(area.present()?)
}

fn card(area: &Area, mistake: &Mistake, left: i32, top: i32) -> Result<(), Box<dyn Error>> {
    let side = mistake.pixels.len().isqrt();
    // Whole pixels on the screen for each of the image: no seams between them.
    let scale = (IMAGE / side).max(1) as i32;
    let size = scale * side as i32;
    let (x, y) = (left + (IMAGE as i32 - size) / 2, top + (IMAGE as i32 - size) / 2);
    area.draw(&Rectangle::new([(x - 1, y - 1), (x + size, y + size)], GRID.stroke_width(1)))?;
    for (i, &pixel) in mistake.pixels.iter().enumerate().filter(|&(_, &pixel)| pixel > 0.0) {
        let (x, y) = (x + (i % side) as i32 * scale, y + (i / side) as i32 * scale);
        let grey = (255.0 * (1.0 - pixel.clamp(0.0, 1.0))).round() as u8;
        area.draw(&Rectangle::new([(x, y), (x + scale, y + scale)], RGBColor(grey, grey, grey).filled()))?;
    }
    let middle = left + IMAGE as i32 / 2;
    let below = top + IMAGE as i32;
    text(area, &format!("{} → {}", mistake.actual, mistake.predicted), (middle, below + 6), 18, HELD_OUT)?;
    text(area, &format!("{:.1}% sure", 100.0 * mistake.confidence), (middle, below + 29), 13, GREY)
}

/// Text centred below a point.
fn text(area: &Area, text: &str, at: (i32, i32), size: i32, color: RGBColor) -> Result<(), Box<dyn Error>> {
    let style = (FONT, size).into_font().color(&color).pos(Pos::new(HPos::Center, VPos::Top));
    Ok(area.draw(&Text::new(text, at, style))?)
}
