//! Colours that everybody can tell apart, and colour maps.

/// An opaque colour.
///
/// The named ones are the palette of Okabe and Ito, which stays distinct for every common kind of colour blindness
/// (Okabe, Ito: Color Universal Design, 2008).
///
/// ```
/// use nn::plot::Color;
/// assert_eq!(Color::cycle(0), Color::BLUE);
/// assert_eq!(Color::BLACK.mix(Color::WHITE, 0.5), Color::rgb(128, 128, 128));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Color {
    /// From 0 to 255.
    pub red: u8,
    /// From 0 to 255.
    pub green: u8,
    /// From 0 to 255.
    pub blue: u8,
}

impl Color {
    /// The first colour of series.
    pub const BLUE: Color = Color::rgb(0, 114, 178);
    /// The second.
    pub const VERMILION: Color = Color::rgb(213, 94, 0);
    /// The third.
    pub const GREEN: Color = Color::rgb(0, 158, 115);
    /// The fourth: reddish purple.
    pub const PURPLE: Color = Color::rgb(204, 121, 167);
    /// The fifth.
    pub const ORANGE: Color = Color::rgb(230, 159, 0);
    /// The sixth.
    pub const SKY: Color = Color::rgb(86, 180, 233);
    /// The seventh.
    pub const BLACK: Color = Color::rgb(0, 0, 0);
    /// The eighth, which is faint on white.
    pub const YELLOW: Color = Color::rgb(240, 228, 66);
    /// The paper.
    pub const WHITE: Color = Color::rgb(255, 255, 255);
    /// Reference lines, and what is less important.
    pub const GREY: Color = Color::rgb(110, 110, 110);
    /// Grid lines, and cells without a value.
    pub const LIGHT_GREY: Color = Color::rgb(226, 226, 226);
    /// Text.
    pub(super) const INK: Color = Color::rgb(34, 34, 34);

    /// A colour by its parts, each from 0 to 255.
    pub const fn rgb(red: u8, green: u8, blue: u8) -> Color {
        Color { red, green, blue }
    }

    /// The colour of series or class number `index`; there are eight, then they come again.
    pub const fn cycle(index: usize) -> Color {
        const PALETTE: [Color; 8] = [
            Color::BLUE,
            Color::VERMILION,
            Color::GREEN,
            Color::PURPLE,
            Color::ORANGE,
            Color::SKY,
            Color::BLACK,
            Color::YELLOW,
        ];
        PALETTE[index % PALETTE.len()]
    }

    /// This colour with a `share` of another, from 0 to 1; what is outside counts as the nearest of them.
    pub fn mix(self, other: Color, share: f64) -> Color {
        let share = if share.is_nan() { 0.0 } else { share.clamp(0.0, 1.0) };
        let part = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * share).round() as u8;
        Color::rgb(part(self.red, other.red), part(self.green, other.green), part(self.blue, other.blue))
    }

    /// Whether white text reads better on it than black: by relative luminance (WCAG 2.1), where both contrasts are equal
    /// at 0.179.
    pub(super) fn is_dark(self) -> bool {
        let part = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(self.red) + 0.7152 * part(self.green) + 0.0722 * part(self.blue) < 0.179
    }
}

/// How numbers become colours.
///
/// ```
/// use nn::plot::{Color, ColorMap};
/// assert_eq!(ColorMap::Diverging.color(0.5), Color::WHITE);
/// assert_eq!(ColorMap::Ink.color(1.0), Color::BLACK);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ColorMap {
    /// From dark violet over green to yellow, evenly in lightness (viridis; van der Walt, Smith: 2015).
    #[default]
    Viridis,
    /// From blue over white to vermilion, for numbers of either sign: white is the middle.
    Diverging,
    /// From white to blue, for counts and shares.
    Blues,
    /// From white paper to black ink, for images.
    Ink,
}

impl ColorMap {
    /// The colour at `share` of the way, from 0 to 1; what is outside counts as the nearest, and NaN has the colour of
    /// cells without a value.
    pub fn color(self, share: f64) -> Color {
        // Nine of viridis' 256 colours; between them it is almost straight.
        const VIRIDIS: [Color; 9] = [
            Color::rgb(68, 1, 84),
            Color::rgb(71, 45, 123),
            Color::rgb(59, 82, 139),
            Color::rgb(44, 114, 142),
            Color::rgb(33, 145, 140),
            Color::rgb(40, 174, 128),
            Color::rgb(94, 201, 98),
            Color::rgb(173, 220, 48),
            Color::rgb(253, 231, 37),
        ];
        let stops: &[Color] = match self {
            ColorMap::Viridis => &VIRIDIS,
            ColorMap::Diverging => &[Color::BLUE, Color::WHITE, Color::VERMILION],
            ColorMap::Blues => &[Color::WHITE, Color::rgb(120, 178, 217), Color::rgb(0, 68, 124)],
            ColorMap::Ink => &[Color::WHITE, Color::BLACK],
        };
        if share.is_nan() {
            return Color::LIGHT_GREY;
        }
        let at = share.clamp(0.0, 1.0) * (stops.len() - 1) as f64;
        let before = (at as usize).min(stops.len() - 2);
        stops[before].mix(stops[before + 1], at - before as f64)
    }
}
