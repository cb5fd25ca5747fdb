//! `Scene`: a picture as a list of shapes and texts in pixels, which SVG and PNG are written from.

use super::color::Color;

/// A place in pixels from the upper left corner.
pub(super) type Point = [f64; 2];

/// A picture: later items cover earlier ones.
pub(super) struct Scene {
    pub(super) width: u32,
    pub(super) height: u32,
    /// The picture in words: its name, and what is to be seen on it.
    pub(super) title: String,
    pub(super) description: String,
    pub(super) items: Vec<Item>,
}

pub(super) enum Item {
    Path(Path),
    Discs(Discs),
    Text(Text),
}

/// Lines or outlines; several are filled together, so that no seam shows where they touch.
pub(super) struct Path {
    pub(super) pieces: Vec<Vec<Point>>,
    pub(super) closed: bool,
    pub(super) fill: Option<Color>,
    pub(super) pen: Option<Pen>,
    pub(super) opacity: f64,
    /// Without smoothed edges: cells that touch leave no seam.
    pub(super) crisp: bool,
}

#[derive(Clone)]
pub(super) struct Pen {
    pub(super) color: Color,
    pub(super) width: f64,
    /// Lengths of dashes and gaps in turn, in pixels; none for a solid line.
    pub(super) dash: Vec<f64>,
}

/// Circles of one look.
pub(super) struct Discs {
    pub(super) centres: Vec<Point>,
    pub(super) radius: f64,
    pub(super) fill: Color,
    pub(super) outline: Option<Color>,
    pub(super) opacity: f64,
}

/// One line of text.
pub(super) struct Text {
    /// Where the anchor of its base line is.
    pub(super) at: Point,
    pub(super) text: String,
    pub(super) size: f64,
    pub(super) color: Color,
    pub(super) anchor: Anchor,
    /// Degrees, clockwise about `at`.
    pub(super) turn: f64,
}

/// Which part of a text is at its place.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Anchor {
    /// The text begins at its place.
    #[default]
    Start,
    /// The text is centred on its place.
    Middle,
    /// The text ends at its place.
    End,
}

impl Scene {
    pub(super) fn new(width: u32, height: u32) -> Scene {
        Scene { width, height, title: String::new(), description: String::new(), items: Vec::new() }
    }

    /// Filled shapes.
    pub(super) fn fill(&mut self, pieces: Vec<Vec<Point>>, fill: Color, opacity: f64, crisp: bool) {
        self.path(Path { pieces, closed: true, fill: Some(fill), pen: None, opacity, crisp });
    }

    /// Lines.
    pub(super) fn stroke(&mut self, pieces: Vec<Vec<Point>>, pen: Pen, opacity: f64) {
        self.path(Path { pieces, closed: false, fill: None, pen: Some(pen), opacity, crisp: false });
    }

    /// A shape; nothing if it has no points.
    pub(super) fn path(&mut self, mut path: Path) {
        path.pieces.retain(|piece| piece.len() > 1);
        if !path.pieces.is_empty() {
            self.items.push(Item::Path(path));
        }
    }

    /// A text at a place of its base line. Characters that are no text, such as line ends, become spaces.
    pub(super) fn text(&mut self, at: Point, text: &str, size: f64, color: Color, anchor: Anchor) {
        self.turned_text(at, text, size, color, anchor, 0.0);
    }

    pub(super) fn turned_text(
        &mut self,
        at: Point,
        text: &str,
        size: f64,
        color: Color,
        anchor: Anchor,
        turn: f64,
    ) {
        if !text.is_empty() {
            let text = printable(text);
            self.items.push(Item::Text(Text { at, text, size, color, anchor, turn }));
        }
    }
}

/// The text without control characters, which XML forbids, and the two that no character has.
pub(super) fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') { ' ' } else { c })
        .collect()
}

/// A rectangle from its corners.
pub(super) fn rectangle([left, top]: Point, [right, bottom]: Point) -> Vec<Point> {
    vec![[left, top], [right, top], [right, bottom], [left, bottom]]
}
