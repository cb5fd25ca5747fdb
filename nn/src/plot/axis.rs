//! `Axis`: what a chart says of one of its axes, and the range that follows from it and from the data.

use std::ops::{Bound, RangeBounds};

use super::mark::{Place, Reach};
use super::scale::{drawable, widened};
use super::series::Series;

#[derive(Clone, Debug, Default)]
pub(super) struct Axis {
    pub(super) label: String,
    pub(super) log: bool,
    /// Ends that are fixed.
    pub(super) low: Option<f64>,
    pub(super) high: Option<f64>,
    /// Names of 0, 1, 2, … instead of numbers.
    pub(super) categories: Vec<String>,
    /// From right to left, or from top to bottom.
    pub(super) reversed: bool,
}

impl Axis {
    /// Fixes the ends that a range has. An end at which nothing can be drawn stays automatic.
    pub(super) fn fix(&mut self, range: impl RangeBounds<f64>) {
        let end = |bound: Bound<&f64>| match bound {
            Bound::Included(&end) | Bound::Excluded(&end) if end.is_finite() => Some(end),
            _ => None,
        };
        (self.low, self.high) = (end(range.start_bound()), end(range.end_bound()));
        if let (Some(low), Some(high)) = (self.low, self.high) {
            (self.low, self.high) = (Some(low.min(high)), Some(low.max(high)));
        }
    }

    /// Whether it is logarithmic; names stand at equal distances.
    pub(super) fn is_log(&self) -> bool {
        self.log && self.categories.is_empty()
    }

    fn fixed(&self) -> [Option<f64>; 2] {
        [self.low, self.high].map(|end| end.filter(|&end| drawable(end, self.is_log())))
    }

    /// Whether a number is between the fixed ends.
    fn admits(&self, value: f64) -> bool {
        let [low, high] = self.fixed();
        low.is_none_or(|low| value >= low) && high.is_none_or(|high| value <= high)
    }
}

/// The ranges of both axes: fixed ends as they are, the others such that all finite data are inside.
pub(super) fn ranges(x: &Axis, y: &Axis, series: &[Series]) -> [(f64, f64); 2] {
    let reaches: Vec<Reach> = series.iter().map(|series| series.mark.reach()).collect();
    // What fills the plane sets the ranges: a path that leaves it is cut.
    let tight = reaches.contains(&Reach::Tight);
    let setting = series.iter().filter(|series| !tight || series.mark.reach() == Reach::Tight);
    let places: Vec<Place> = setting.flat_map(|series| series.mark.places()).collect();
    let range = |axis: &Axis, other: &Axis, at: usize| {
        // What the other axis does not show needs no room on this one. NaN is where a rule has no end.
        let seen = |p: &&Place| p[1 - at].is_nan() || other.admits(p[1 - at]);
        let drawn = |value: &f64| drawable(*value, axis.is_log());
        let values = places.iter().filter(seen).map(|place| place[at]).filter(drawn);
        let found = super::grid::extremes(values);
        let pad = match at {
            _ if tight => 0.0,
            1 if series.iter().any(|s| s.mark.kind() == "bars" && !s.texts.is_empty()) => 0.1,
            0 if !reaches.contains(&Reach::Loose) => 0.0,
            0 => 0.03,
            _ => 0.05,
        };
        let categories = axis.categories.len();
        let (low, high) = match found {
            _ if categories > 0 => (-0.5, categories as f64 - 0.5),
            Some((low, high)) => {
                let (mut wide_low, mut wide_high) = widened(low, high, axis.is_log(), pad);
                // Bars stand on their base.
                let bars = at == 1 && series.iter().any(|s| s.mark.kind() == "bars");
                if bars && low == 0.0 && high > 0.0 {
                    wide_low = 0.0;
                }
                if bars && high == 0.0 && low < 0.0 {
                    wide_high = 0.0;
                }
                (wide_low, wide_high)
            }
            None if axis.is_log() => (1.0, 10.0),
            None => (0.0, 1.0),
        };
        fit(low, high, axis)
    };
    [range(x, y, 0), range(y, x, 1)]
}

/// An automatic range with the ends that are fixed; where they leave nothing, a range beside the fixed end.
fn fit(low: f64, high: f64, axis: &Axis) -> (f64, f64) {
    match axis.fixed() {
        [None, None] => (low, high),
        [Some(low), Some(high)] => widened(low, high, axis.is_log(), 0.0),
        [Some(low), None] if high > low => widened(low, high, axis.is_log(), 0.0),
        [None, Some(high)] if low < high => widened(low, high, axis.is_log(), 0.0),
        [Some(end), None] | [None, Some(end)] => widened(end, end, axis.is_log(), 0.0),
    }
}

/// Whether all that is drawn stands at whole numbers along x, such as epochs: then ticks do too.
pub(super) fn stands_on_integers(series: &[Series]) -> bool {
    let mut any = false;
    for series in series.iter().filter(|s| s.mark.reach() != Reach::None) {
        if !matches!(series.mark.kind(), "line" | "points" | "band") {
            return false;
        }
        for [x, _] in series.mark.places() {
            if x.is_finite() && x.fract() != 0.0 {
                return false;
            }
            any = true;
        }
    }
    any
}
