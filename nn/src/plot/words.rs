//! A chart in words, for those who cannot see it.

use super::axis::{Axis, ranges};
use super::chart::Chart;
use super::mark::Mark;
use super::scale::short;
use super::series::Series;

/// The description that the chart was given, or its axes with their ranges and its series.
pub(super) fn describe(chart: &Chart) -> String {
    if let Some(text) = &chart.description {
        return text.clone();
    }
    let [x, y] = ranges(&chart.x, &chart.y, &chart.series);
    let mut words = String::new();
    if !chart.bare {
        words = format!(
            "The horizontal axis shows {}. The vertical axis shows {}.",
            axis(&chart.x, x),
            axis(&chart.y, y)
        );
    }
    let named: Vec<String> = chart.series.iter().filter_map(one).collect();
    if !named.is_empty() {
        words += &format!(" Drawn: {}.", named.join("; "));
    }
    if let Some(note) = left_out(chart) {
        words += &format!(" Note: {note}.");
    }
    words.trim_start().to_owned()
}

fn axis(axis: &Axis, (low, high): (f64, f64)) -> String {
    let label = if axis.label.is_empty() { "numbers" } else { &axis.label };
    match axis.categories.len() {
        0 => {
            let kind = if axis.is_log() { ", logarithmic" } else { "" };
            format!("{label}, from {} to {}{kind}", short(low), short(high))
        }
        count => format!("{label}: {count} categories"),
    }
}

/// A named series, or a note.
fn one(series: &Series) -> Option<String> {
    if let Mark::Note(_, text, _) = &series.mark {
        return Some(format!("the note “{text}”"));
    }
    let name = series.name.as_ref()?;
    let kind = series.mark.kind();
    Some(match &series.mark {
        Mark::Line(points) | Mark::Points(points) => format!("{name} ({kind}, {} points)", points.len()),
        Mark::Bars(bars) => format!("{name} ({} bars)", bars.len()),
        Mark::Cells(cells) => format!("{name} ({kind}, {} cells)", cells.values.len()),
        _ => format!("{name} ({kind})"),
    })
}

/// What has no place on the axes, and why; none if everything has one.
pub(super) fn left_out(chart: &Chart) -> Option<String> {
    let counts =
        chart.series.iter().map(|series| series.mark.undrawable([chart.x.is_log(), chart.y.is_log()]));
    let (all, bad) = counts.fold((0, 0), |(all, bad), (more, worse)| (all + more, bad + worse));
    let why = if chart.x.is_log() || chart.y.is_log() { "positive and finite" } else { "finite" };
    match bad {
        0 => None,
        1 => Some(format!("1 of {all} values is not {why}: left out")),
        _ => Some(format!("{bad} of {all} values are not {why}: left out")),
    }
}
