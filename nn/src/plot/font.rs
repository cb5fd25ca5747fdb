//! The carried font: widths for the layout, outlines for pixels. So a picture is the same on a machine without any font.

use std::sync::OnceLock;

use ttf_parser::{Face, OutlineBuilder};

/// Families that SVG viewers are asked for: DejaVu Sans, or relatives that are about as wide.
pub(super) const FAMILY: &str = "DejaVu Sans, Verdana, Geneva, sans-serif";

/// Height of capital letters and of the tallest ones, as shares of the size.
pub(super) const CAPITAL: f64 = 0.729;
pub(super) const ASCENT: f64 = 0.76;

fn face() -> &'static Face<'static> {
    static FACE: OnceLock<Face<'static>> = OnceLock::new();
    let font = include_bytes!("font/DejaVuSans-subset.ttf");
    FACE.get_or_init(|| Face::parse(font, 0).expect("the carried font is well-formed"))
}

/// The width of one line of text, in pixels.
pub(super) fn width(text: &str, size: f64) -> f64 {
    let units: u32 = text.chars().map(|c| u32::from(advance(c))).sum();
    f64::from(units) * size / f64::from(face().units_per_em())
}

fn advance(c: char) -> u16 {
    let glyph = face().glyph_index(c).unwrap_or_default();
    face().glyph_hor_advance(glyph).unwrap_or_default()
}

/// Draws the outlines of a line of text into `to`, which gets points in pixels from the start of the base line, y down.
pub(super) fn outline(text: &str, size: f64, to: &mut dyn FnMut(Stroke)) {
    let scale = size as f32 / f32::from(face().units_per_em());
    let mut pen = 0.0;
    for c in text.chars() {
        let glyph = face().glyph_index(c).unwrap_or_default();
        face().outline_glyph(glyph, &mut Placed { to, pen, scale });
        pen += f32::from(advance(c)) * scale;
    }
}

/// A piece of an outline.
pub(super) enum Stroke {
    Move([f32; 2]),
    Line([f32; 2]),
    Quad([f32; 2], [f32; 2]),
    Cubic([f32; 2], [f32; 2], [f32; 2]),
    Close,
}

struct Placed<'a> {
    to: &'a mut dyn FnMut(Stroke),
    pen: f32,
    scale: f32,
}

impl Placed<'_> {
    fn at(&self, x: f32, y: f32) -> [f32; 2] {
        [self.pen + x * self.scale, -y * self.scale]
    }
}

impl OutlineBuilder for Placed<'_> {
    fn move_to(&mut self, x: f32, y: f32) {
        let to = self.at(x, y);
        (self.to)(Stroke::Move(to));
    }
    fn line_to(&mut self, x: f32, y: f32) {
        let to = self.at(x, y);
        (self.to)(Stroke::Line(to));
    }
    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let (by, to) = (self.at(x1, y1), self.at(x, y));
        (self.to)(Stroke::Quad(by, to));
    }
    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let (by, and, to) = (self.at(x1, y1), self.at(x2, y2), self.at(x, y));
        (self.to)(Stroke::Cubic(by, and, to));
    }
    fn close(&mut self) {
        (self.to)(Stroke::Close);
    }
}

/// The text, cut with an ellipsis if it is wider than `room`.
pub(super) fn cut(text: &str, size: f64, room: f64) -> String {
    if width(text, size) <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    for c in text.chars() {
        kept.push(c);
        if width(&kept, size) + width("…", size) > room {
            kept.pop();
            break;
        }
    }
    kept.truncate(kept.trim_end().len());
    kept + "…"
}

/// The text in lines that are at most `room` wide if its words are, and at most `most` of them; the last one is cut.
pub(super) fn wrap(text: &str, size: f64, room: f64, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for given in text.lines() {
        let mut line = String::new();
        for word in given.split_whitespace() {
            let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if line.is_empty() || width(&longer, size) <= room || lines.len() + 1 == most {
                line = longer;
            } else {
                lines.push(std::mem::replace(&mut line, word.to_owned()));
            }
        }
        lines.push(line);
    }
    lines.truncate(most);
    lines.iter().map(|line| cut(line, size, room)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_those_of_the_font() {
        // From the table of the font's advances: 2048 units, of which a digit has 1303 and a space 651.
        assert!((width("0", 2048.0) - 1303.0).abs() < 1e-9);
        assert!((width("0 0", 2048.0) - (1303.0 + 651.0 + 1303.0)).abs() < 1e-9);
    }

    #[test]
    fn what_charts_say_has_glyphs() {
        for c in "azAZ09äßéñ αβγδεηθλμπστφω ΔΘΣΩ ∂∇∑∫√∞≈≠≤≥±×÷·− ⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ ₀₁₂₃₄₅₆₇₈₉ →←↑↓↔⇒ ∈∉⊂∧∨¬ ℝ ½ …–—‘’“” °%‰µ".chars() {
            assert!(face().glyph_index(c).is_some_and(|glyph| glyph.0 != 0), "no glyph for {c:?}");
        }
    }

    #[test]
    fn long_text_is_wrapped_and_cut() {
        let room = width("one two", 10.0);
        assert_eq!(wrap("one two three", 10.0, room, 3), ["one two", "three"]);
        assert_eq!(wrap("one two three four", 10.0, room, 1), ["one t…"]);
        assert!(width(&cut("abcdefgh", 10.0, 30.0), 10.0) <= 30.0);
        assert_eq!(wrap("", 10.0, room, 3), Vec::<String>::new());
    }
}
