//! Where everything of a chart stands: margins as wide as their texts, ticks as many as fit.

use super::axis::{Axis, ranges, stands_on_integers};
use super::chart::Chart;
use super::clip::Frame;
use super::font;
use super::look::color_range;
use super::scale::{Scale, Tick, ticks};
use super::series::Series;
use super::words;

pub(super) struct Layout {
    /// The part of the picture that the chart has.
    pub(super) area: Frame,
    /// The part of it that series are drawn in.
    pub(super) frame: Frame,
    pub(super) x: Scale,
    pub(super) y: Scale,
    pub(super) x_ticks: Vec<Tick>,
    pub(super) y_ticks: Vec<Tick>,
    /// Whether the texts below are slanted, because they are long.
    pub(super) slanted: bool,
    pub(super) title: Vec<String>,
    /// What could not be drawn.
    pub(super) note: Option<String>,
    pub(super) bar: Option<Bar>,
    /// The height of title and legend above the frame, that of the texts below it, and the width of those left of it.
    pub(super) above: f64,
    pub(super) below: f64,
    pub(super) beside: f64,
}

/// The colour bar of a heat map.
pub(super) struct Bar {
    pub(super) series: usize,
    pub(super) range: (f64, f64),
    /// The widest text on it.
    pub(super) widest: f64,
}

impl Bar {
    fn of(series: &[Series]) -> Option<Bar> {
        let at = series.iter().position(|series| series.mark.has_scale() && series.name.is_some())?;
        let range = color_range(&series[at])?;
        Some(Bar { series: at, range, widest: 0.0 })
    }
}

/// The title's size, and the height of a line, as shares of the text's size.
pub(super) const TITLE: f64 = 1.15;
pub(super) const LINE: f64 = 1.35;

impl Layout {
    /// The layout with `legend` pixels kept free above the plot.
    pub(super) fn new(chart: &Chart, area: Frame, size: f64, legend: f64) -> Layout {
        let [x_range, y_range] = ranges(&chart.x, &chart.y, &chart.series);
        let whole = stands_on_integers(&chart.series);
        let title = font::wrap(&chart.title, TITLE * size, area.width() - size, 2);
        let note = words::left_out(chart);
        let edge = 0.6 * size;
        let labelled = |label: &str| if label.is_empty() { 0.0 } else { LINE * size };

        let above = title.len() as f64 * TITLE * LINE * size + legend;
        let mut bar = Bar::of(&chart.series);
        let mut layout = Layout {
            area,
            frame: Frame {
                top: area.top + edge + above,
                left: area.left + 5.0 * size,
                right: area.right - edge,
                bottom: area.bottom,
            },
            x: Scale { log: chart.x.is_log(), low: x_range.0, high: x_range.1, from: 0.0, to: 0.0 },
            y: Scale { log: chart.y.is_log(), low: y_range.0, high: y_range.1, from: 0.0, to: 0.0 },
            x_ticks: Vec::new(),
            y_ticks: Vec::new(),
            slanted: false,
            title,
            note,
            bar: None,
            above,
            below: 0.0,
            beside: 0.0,
        };
        // Each width follows from the other's height and texts: the second round is where it stays.
        for _ in 0..2 {
            if !chart.bare {
                layout.x_axis(&chart.x, size, whole);
            }
            let note_height = layout.note.as_ref().map_or(0.0, |_| 1.2 * size);
            layout.frame.bottom =
                area.bottom - 0.5 * edge - note_height - labelled(&chart.x.label) - layout.below - 0.2 * size;
            layout.frame.bottom = layout.frame.bottom.max(layout.frame.top + 10.0);
            if !chart.bare {
                layout.y_axis(&chart.y, size);
            }
            layout.frame.left = area.left + edge + labelled(&chart.y.label) + layout.beside;
            layout.frame.right = area.right - edge - layout.overhang(size);
            if let Some(bar) = &mut bar {
                let most = (layout.frame.height() / (2.5 * size)) as usize;
                let ticks = ticks(bar.range.0, bar.range.1, false, false, most.clamp(2, 8));
                bar.widest =
                    ticks.iter().map(|tick| font::width(&tick.label, 0.9 * size)).fold(0.0, f64::max);
                layout.frame.right -= 2.4 * size + bar.widest + LINE * size;
            }
            layout.slant_overhang(area, size);
            layout.frame.right = layout.frame.right.max(layout.frame.left + 10.0);
            if chart.equal {
                layout.equalise();
            }
            layout.place(chart);
        }
        layout.bar = bar;
        layout
    }

    fn place(&mut self, chart: &Chart) {
        let ends = |reversed: bool, from: f64, to: f64| if reversed { (to, from) } else { (from, to) };
        (self.x.from, self.x.to) = ends(chart.x.reversed, self.frame.left, self.frame.right);
        (self.y.from, self.y.to) = ends(chart.y.reversed, self.frame.bottom, self.frame.top);
    }

    /// Narrows the frame until a unit is as long on either axis.
    fn equalise(&mut self) {
        let units = [self.x, self.y].map(|scale| scale.high - scale.low);
        let (width, height) = (self.frame.width(), self.frame.height());
        let pixels = (width / units[0]).min(height / units[1]);
        let spare = [(width - pixels * units[0]).max(0.0), (height - pixels * units[1]).max(0.0)];
        self.frame.left += spare[0] / 2.0;
        self.frame.right -= spare[0] / 2.0;
        self.frame.top += spare[1] / 2.0;
        self.frame.bottom -= spare[1] / 2.0;
        self.frame.right = self.frame.right.max(self.frame.left + 1.0);
        self.frame.bottom = self.frame.bottom.max(self.frame.top + 1.0);
    }

    /// Ticks below, as many as stand beside each other; long names are slanted.
    fn x_axis(&mut self, axis: &Axis, size: f64, whole: bool) {
        let width = self.frame.width();
        let text = 0.95 * size;
        self.below = 1.75 * size;
        self.slanted = false;
        if axis.categories.is_empty() {
            let mut scale = self.x;
            (scale.from, scale.to) = (0.0, width);
            for most in [10, 8, 7, 6, 5, 4, 3, 2] {
                self.x_ticks = ticks(scale.low, scale.high, scale.log, whole, most);
                let mut end = f64::NEG_INFINITY;
                let fits = self.x_ticks.iter().filter(|tick| !tick.label.is_empty()).all(|tick| {
                    let half = font::width(&tick.label, text) / 2.0;
                    let at = scale.at(tick.value).unwrap_or_default();
                    let free = at - half > end + 0.8 * size;
                    end = at + half;
                    free
                });
                if fits {
                    break;
                }
            }
            return;
        }
        let slot = width / axis.categories.len() as f64;
        let widest = axis.categories.iter().map(|name| font::width(name, text)).fold(0.0, f64::max);
        self.slanted = widest + 0.5 * size > slot;
        let every = if self.slanted { (1.3 * size / slot).ceil().max(1.0) as usize } else { 1 };
        let room = if self.slanted { 0.4 * self.area.height() } else { slot };
        self.x_ticks = named(&axis.categories, every, |name| font::cut(name, text, room));
        if self.slanted {
            let widest = self.x_ticks.iter().map(|tick| font::width(&tick.label, text)).fold(0.0, f64::max);
            self.below = 0.9 * size + SLANT * (widest + text);
        }
    }

    /// Ticks on the left, as many as stand below each other.
    fn y_axis(&mut self, axis: &Axis, size: f64) {
        let (height, text) = (self.frame.height(), 0.95 * size);
        self.y_ticks = if axis.categories.is_empty() {
            let most = (height / (2.4 * size)) as usize;
            ticks(self.y.low, self.y.high, self.y.log, false, most.clamp(2, 10))
        } else {
            let every = (1.2 * size * axis.categories.len() as f64 / height).ceil().max(1.0) as usize;
            named(&axis.categories, every, |name| font::cut(name, text, 0.35 * self.area.width()))
        };
        let widest = self.y_ticks.iter().map(|tick| font::width(&tick.label, text)).fold(0.0, f64::max);
        self.beside = widest + 0.65 * size;
    }

    /// How far the last text below reaches over the right edge.
    fn overhang(&self, size: f64) -> f64 {
        let last = self.x_ticks.iter().rfind(|tick| !tick.label.is_empty());
        let Some(last) = last.filter(|_| !self.slanted) else { return 0.2 * size };
        let share = match (self.x.at(last.value), self.x.at(self.x.high)) {
            (Some(at), Some(end)) if self.x.to > self.x.from => end - at,
            _ => 0.0,
        };
        (font::width(&last.label, 0.95 * size) / 2.0 - share).max(0.2 * size)
    }

    /// Moves the frame to the right if a slanted text would begin outside of the picture.
    fn slant_overhang(&mut self, area: Frame, size: f64) {
        let Some(first) = self.x_ticks.first().filter(|_| self.slanted) else { return };
        let slot = self.frame.width() / (self.x.high - self.x.low);
        let start = self.frame.left + slot / 2.0 - SLANT * font::width(&first.label, 0.95 * size);
        self.frame.left += (area.left + 0.2 * size - start).max(0.0);
    }
}

/// The sine and cosine of the angle of slanted texts, 45 degrees.
pub(super) const SLANT: f64 = std::f64::consts::FRAC_1_SQRT_2;

/// Ticks at 0, 1, 2, …; of many names every so manieth.
fn named(names: &[String], every: usize, cut: impl Fn(&str) -> String) -> Vec<Tick> {
    let tick = |(i, name): (usize, &String)| Tick { value: i as f64, label: cut(name) };
    names.iter().enumerate().step_by(every).map(tick).collect()
}
