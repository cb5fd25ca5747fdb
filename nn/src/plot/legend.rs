//! The legend: in a corner where nothing is drawn, or in rows above the plot.

use super::clip::Frame;
use super::color::Color;
use super::draw::markers;
use super::font;
use super::look::Look;
use super::mark::Mark;
use super::scene::{Anchor, Item, Path, Pen, Scene, rectangle};
use super::series::Series;

/// Series with names, in the order of drawing; heat maps have colour bars instead.
pub(super) struct Legend<'a> {
    entries: Vec<(&'a Series, &'a Look, String)>,
    size: f64,
}

/// The width of a sample and of the gap behind it, as shares of the text's size.
const SAMPLE: f64 = 1.9;
const GAP: f64 = 0.5;
const LINE: f64 = 1.4;

impl<'a> Legend<'a> {
    pub(super) fn new(series: &'a [Series], looks: &'a [Look], size: f64, room: f64) -> Legend<'a> {
        let size = 0.95 * size;
        let entry = |(series, look): (&'a Series, &'a Look)| {
            let name = series.name.as_ref().filter(|name| !name.is_empty())?;
            let shown = !series.mark.has_scale() && !matches!(series.mark, Mark::Note(..));
            shown.then(|| (series, look, font::cut(name, size, (room - (SAMPLE + GAP) * size).max(size))))
        };
        Legend { entries: series.iter().zip(looks).filter_map(entry).collect(), size }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn width(&self, entry: usize) -> f64 {
        (SAMPLE + GAP) * self.size + font::width(&self.entries[entry].2, self.size)
    }

    /// Entries in rows that are at most so wide.
    fn rows(&self, room: f64) -> Vec<Vec<usize>> {
        let mut rows: Vec<Vec<usize>> = Vec::new();
        let mut filled = f64::INFINITY;
        for entry in 0..self.entries.len() {
            let width = self.width(entry) + 1.2 * self.size;
            match rows.last_mut() {
                Some(row) if filled + width <= room => row.push(entry),
                _ => {
                    rows.push(vec![entry]);
                    filled = 0.0;
                }
            }
            filled += width;
        }
        rows
    }

    /// The height of the rows above the plot.
    pub(super) fn height(&self, room: f64) -> f64 {
        self.rows(room).len() as f64 * LINE * self.size + 0.3 * self.size
    }

    /// Draws rows that end above the frame.
    pub(super) fn draw_above(&self, scene: &mut Scene, frame: Frame, area: Frame) {
        let room = area.width() - self.size;
        let rows = self.rows(room);
        let mut y = frame.top - 0.3 * self.size - rows.len() as f64 * LINE * self.size;
        for row in rows {
            let width: f64 = row.iter().map(|&entry| self.width(entry) + 1.2 * self.size).sum();
            // Centred on the frame, but not outside of the picture.
            let left = (frame.left + frame.right - width) / 2.0;
            let mut x = left.min(area.right - width).max(area.left + 0.5 * self.size);
            for entry in row {
                self.entry(scene, entry, x, y + LINE * self.size / 2.0);
                x += self.width(entry) + 1.2 * self.size;
            }
            y += LINE * self.size;
        }
    }

    /// A box inside the frame that touches none of the items; none if there is none, or it would be too large.
    pub(super) fn free_box(&self, frame: Frame, items: &[Item]) -> Option<Frame> {
        let widest = (0..self.entries.len()).map(|entry| self.width(entry)).fold(0.0, f64::max);
        let (width, height) =
            (widest + 1.2 * self.size, self.entries.len() as f64 * LINE * self.size + 0.5 * self.size);
        if width > 0.6 * frame.width() || height > 0.6 * frame.height() {
            return None;
        }
        let margin = 0.5 * self.size;
        let (left, right) = (frame.left + margin, frame.right - margin - width);
        let (top, bottom) = (frame.top + margin, frame.bottom - margin - height);
        let (middle, centre) = ((left + right) / 2.0, (top + bottom) / 2.0);
        let places = [
            (right, top),
            (left, top),
            (right, bottom),
            (left, bottom),
            (middle, top),
            (middle, bottom),
            (right, centre),
            (left, centre),
        ];
        let boxes = places.map(|(left, top)| Frame { left, top, right: left + width, bottom: top + height });
        boxes
            .into_iter()
            .find(|place| !items.iter().any(|item| touches(item, grown(*place, 0.3 * self.size))))
    }

    /// Draws entries below each other in a box.
    pub(super) fn draw_in(&self, scene: &mut Scene, place: Frame) {
        scene.path(Path {
            pieces: vec![place.outline()],
            closed: true,
            fill: Some(Color::WHITE),
            pen: Some(Pen { color: Color::LIGHT_GREY, width: 1.0, dash: vec![] }),
            opacity: 0.9,
            crisp: false,
        });
        for entry in 0..self.entries.len() {
            let y = place.top + 0.25 * self.size + (entry as f64 + 0.5) * LINE * self.size;
            self.entry(scene, entry, place.left + 0.6 * self.size, y);
        }
    }

    fn entry(&self, scene: &mut Scene, entry: usize, x: f64, y: f64) {
        let (series, look, name) = &self.entries[entry];
        // Large points would reach into the entries beside them.
        let look = &Look { radius: look.radius.min(0.45 * self.size), ..(*look).clone() };
        let (width, half) = (SAMPLE * self.size, 0.35 * self.size);
        let patch =
            rectangle([x + width / 2.0 - 1.6 * half, y - half], [x + width / 2.0 + 1.6 * half, y + half]);
        let middle = [x + width / 2.0, y];
        match &series.mark {
            Mark::Points(_) => markers(scene, vec![middle], look),
            Mark::Bars(_) | Mark::Area(_) => scene.fill(vec![patch], look.color, look.opacity, false),
            Mark::Band(_) => scene.fill(vec![patch], look.color, 0.25 * look.opacity, false),
            Mark::Above(..) => {
                scene.fill(vec![patch], look.color.mix(Color::WHITE, 0.62), look.opacity, false);
            }
            _ => {
                scene.stroke(vec![vec![[x, y], [x + width, y]]], look.pen(), look.opacity);
                if look.marker.is_some() {
                    markers(scene, vec![middle], look);
                }
            }
        }
        let base = y + 0.5 * font::CAPITAL * self.size;
        scene.text([x + (SAMPLE + GAP) * self.size, base], name, self.size, Color::INK, Anchor::Start);
    }
}

fn grown(frame: Frame, by: f64) -> Frame {
    Frame { left: frame.left - by, top: frame.top - by, right: frame.right + by, bottom: frame.bottom + by }
}

/// Whether an item would be covered by a box.
fn touches(item: &Item, place: Frame) -> bool {
    match item {
        Item::Path(path) => path.pieces.iter().any(|piece| {
            !place.cut_line(piece).is_empty()
                || path.closed && path.fill.is_some() && place.cut_outline(piece.clone()).len() > 2
        }),
        Item::Discs(discs) => discs.centres.iter().any(|&at| grown(place, discs.radius).contains(at)),
        Item::Text(text) => {
            let width = font::width(&text.text, text.size);
            let left = text.at[0]
                - match text.anchor {
                    Anchor::Start => 0.0,
                    Anchor::Middle => width / 2.0,
                    Anchor::End => width,
                };
            let corners = [[left, text.at[1] - text.size], [left + width, text.at[1]]];
            place.cut_outline(rectangle(corners[0], corners[1])).len() > 2
        }
    }
}
