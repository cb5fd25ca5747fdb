//! The chart of what backward costs beside forward, by depth.

use std::error::Error;
use std::path::Path;

use plotters::prelude::*;

const MEASURED: RGBColor = RGBColor(0x1f, 0x6f, 0xb4);
const NARROW: RGBColor = RGBColor(0x2a, 0x9d, 0x5c);
const IDEAL: RGBColor = RGBColor(0xd9, 0x5f, 0x02);
const INK: RGBColor = RGBColor(0x22, 0x22, 0x22);
const GREY: RGBColor = RGBColor(0x77, 0x77, 0x77);
const GRID: RGBColor = RGBColor(0xe6, 0xe6, 0xe6);
const FONT: &str = "sans-serif";

/// Ratios of networks of one width, by number of layers.
pub(crate) struct Curve {
    pub(crate) name: String,
    /// Layers, and time of backward by time of forward.
    pub(crate) points: Vec<(f64, f64)>,
}

/// Draws measured curves beside the ideal 2 - 1/layers.
pub(crate) fn draw(file: &Path, title: &str, curves: &[Curve]) -> Result<(), Box<dyn Error>> {
    let area = SVGBackend::new(file, (820, 480)).into_drawing_area();
    area.fill(&WHITE)?;
    let deepest = curves.iter().flat_map(|curve| &curve.points).map(|point| point.0).fold(1.0, f64::max);
    let highest = curves.iter().flat_map(|curve| &curve.points).map(|point| point.1).fold(2.0, f64::max);
    let mut chart = ChartBuilder::on(&area)
        .caption(title, (FONT, 20).into_font().color(&INK))
        .margin(12)
        .margin_right(24)
        .x_label_area_size(48)
        .y_label_area_size(64)
        .build_cartesian_2d(1.0..deepest, 0.0..1.1 * highest)?;
    chart
        .configure_mesh()
        .x_desc("layers")
        .y_desc("backward / forward")
        .x_labels(deepest as usize)
        .y_labels(10)
        .x_label_formatter(&|layers| format!("{layers:.0}"))
        .y_label_formatter(&|ratio| format!("{ratio:.1}"))
        .light_line_style(TRANSPARENT)
        .bold_line_style(GRID)
        .axis_style(GREY)
        .label_style((FONT, 14).into_font().color(&INK))
        .axis_desc_style((FONT, 15).into_font().color(&INK))
        .draw()?;
    let ideal = (0..=100).map(|i| 1.0 + f64::from(i) / 100.0 * (deepest - 1.0));
    chart
        .draw_series(LineSeries::new(
            ideal.map(|layers| (layers, 2.0 - 1.0 / layers)),
            IDEAL.stroke_width(2),
        ))?
        .label("FLOPs of the products: 2 - 1/layers")
        .legend(|(x, y)| PathElement::new([(x, y), (x + 22, y)], IDEAL.stroke_width(2)));
    for (curve, color) in curves.iter().zip([MEASURED, NARROW].into_iter().cycle()) {
        chart
            .draw_series(LineSeries::new(curve.points.iter().copied(), color.stroke_width(2)))?
            .label(format!("time, {}", curve.name))
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 22, y)], color.stroke_width(2)));
        chart.draw_series(curve.points.iter().map(|&at| Circle::new(at, 4, color.filled())))?;
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::LowerRight)
        .margin(14)
        .legend_area_size(30)
        .background_style(WHITE.mix(0.9))
        .border_style(GRID)
        .label_font((FONT, 15).into_font().color(&INK))
        .draw()?;
    Ok(area.present()?)
}
