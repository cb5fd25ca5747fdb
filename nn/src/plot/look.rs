//! `Look`: the style of a series with all that was not chosen filled in.

use super::color::{Color, ColorMap};
use super::grid::extremes;
use super::mark::Mark;
use super::scene::Pen;
use super::series::{Dash, Marker, Series};

#[derive(Clone)]
pub(super) struct Look {
    pub(super) color: Color,
    pub(super) dash: Dash,
    pub(super) marker: Option<Marker>,
    /// Of lines, in pixels.
    pub(super) width: f64,
    /// Of points, in pixels.
    pub(super) radius: f64,
    pub(super) opacity: f64,
}

impl Look {
    pub(super) fn pen(&self) -> Pen {
        let w = self.width;
        let dash = match self.dash {
            Dash::Solid => vec![],
            Dash::Dashed => vec![4.0 * w, 2.2 * w],
            Dash::Dotted => vec![1.2 * w, 1.8 * w],
            Dash::DashDotted => vec![4.5 * w, 1.8 * w, 1.2 * w, 1.8 * w],
        };
        Pen { color: self.color, width: w, dash }
    }
}

/// The looks of all series of a chart with this size of text: colours, dashes and markers in turn.
pub(super) fn all(series: &[Series], size: f64) -> Vec<Look> {
    let (mut colors, mut lines, mut points) = (0, 0, 0);
    let next = |count: &mut usize| {
        *count += 1;
        *count - 1
    };
    // What was chosen uses up none of what is automatic.
    let look = |series: &Series| {
        let color = match series.mark {
            _ if series.color.is_some() => Color::INK,
            Mark::Line(_)
            | Mark::Points(_)
            | Mark::Band(_)
            | Mark::Area(_)
            | Mark::Bars(_)
            | Mark::Above(..) => Color::cycle(next(&mut colors)),
            Mark::Segments(_) | Mark::Horizontal(_) | Mark::Vertical(_) => Color::GREY,
            Mark::Contours(..) | Mark::Filled(..) | Mark::Cells(_) | Mark::Arrow(..) | Mark::Note(..) => {
                Color::INK
            }
        };
        let dash = match series.mark {
            _ if series.dash.is_some() => Dash::Solid,
            Mark::Line(_) => {
                [Dash::Solid, Dash::Dashed, Dash::Dotted, Dash::DashDotted][next(&mut lines) % 4]
            }
            Mark::Horizontal(_) | Mark::Vertical(_) => Dash::Dashed,
            _ => Dash::Solid,
        };
        let forms =
            [Marker::Disc, Marker::Square, Marker::Triangle, Marker::Diamond, Marker::Cross, Marker::Plus];
        let marker = match series.mark {
            _ if series.marker.is_some() => None,
            Mark::Points(_) => Some(forms[next(&mut points) % forms.len()]),
            _ => None,
        };
        let (thin, wide) = (0.08 * size, 0.14 * size);
        let width = match series.mark {
            Mark::Line(_) | Mark::Arrow(..) => wide,
            _ => thin,
        };
        // Dense clouds of points stay apart.
        let dense = matches!(&series.mark, Mark::Points(points) if points.len() > 300);
        Look {
            color: series.color.unwrap_or(color),
            dash: series.dash.unwrap_or(dash),
            marker: series.marker.or(marker),
            width: series.width.unwrap_or(width),
            radius: series.size.map_or(if dense { 0.17 } else { 0.27 } * size, |diameter| diameter / 2.0),
            opacity: series.opacity,
        }
    };
    series.iter().map(look).collect()
}

/// The numbers that the first and last colour stand for; none if there is no finite number.
pub(super) fn color_range(series: &Series) -> Option<(f64, f64)> {
    if let Some(range) = series.color_range {
        return Some(range);
    }
    let (low, high) = match &series.mark {
        Mark::Cells(cells) => extremes(cells.values.iter().copied()),
        Mark::Contours(grid, _) | Mark::Filled(grid, _) => grid.extremes(),
        _ => None,
    }?;
    // White is the middle, and the middle is 0.
    let most = low.abs().max(high.abs());
    let (low, high) = if series.map == ColorMap::Diverging { (-most, most) } else { (low, high) };
    Some(if low < high { (low, high) } else { super::scale::widened(low, high, false, 0.0) })
}

/// The colour of a number, one of 101 so that equal neighbours can be drawn as one.
pub(super) fn cell_color(map: ColorMap, (low, high): (f64, f64), value: f64) -> Color {
    // Halves keep the difference of the largest numbers finite.
    let share = (value / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0);
    let share = if value.is_finite() { share } else { f64::NAN };
    map.color((100.0 * share).round() / 100.0)
}
