//! A scene as PNG: paths and the outlines of glyphs, filled by `tiny-skia`.

use tiny_skia::{FillRule, LineCap, LineJoin, Paint, PathBuilder, Pixmap, Stroke, StrokeDash, Transform};

use super::color::Color;
use super::error::PlotError;
use super::font;
use super::scene::{Anchor, Discs, Item, Path, Scene, Text};

/// Pixels of an image at the most: 400 MB of memory.
const MOST: u64 = 100_000_000;

/// The bytes of a PNG file of `scale` pixels for each of the scene.
pub(super) fn png(scene: &Scene, scale: f64) -> Result<Vec<u8>, PlotError> {
    if !(scale.is_finite() && scale > 0.0) {
        return Err(PlotError::Scale { scale });
    }
    // A float becomes the nearest integer that there is, so nothing overflows.
    let pixels = |extent: u32| (f64::from(extent) * scale).round().max(1.0) as u64;
    let (width, height) = (pixels(scene.width), pixels(scene.height));
    let too_large = || PlotError::TooLarge { width, height, most: MOST };
    if width.saturating_mul(height) > MOST {
        return Err(too_large());
    }
    let mut image = Pixmap::new(width as u32, height as u32).ok_or_else(too_large)?;
    image.fill(tiny_skia::Color::WHITE);
    let view = Transform::from_scale(scale as f32, scale as f32);
    for item in &scene.items {
        match item {
            Item::Path(item) => path(&mut image, item, view),
            Item::Discs(item) => discs(&mut image, item, view),
            Item::Text(item) => text(&mut image, item, view),
        }
    }
    // What encoding could fail at is writing, and memory can always be written to.
    Ok(image.encode_png().expect("an image in memory is encoded"))
}

fn paint(color: Color, opacity: f64, smooth: bool) -> Paint<'static> {
    let mut paint = Paint { anti_alias: smooth, ..Paint::default() };
    paint.set_color_rgba8(
        color.red,
        color.green,
        color.blue,
        (255.0 * opacity.clamp(0.0, 1.0)).round() as u8,
    );
    paint
}

fn path(image: &mut Pixmap, path: &Path, view: Transform) {
    let mut outline = PathBuilder::new();
    for piece in &path.pieces {
        for (i, &[x, y]) in piece.iter().enumerate() {
            match i {
                0 => outline.move_to(x as f32, y as f32),
                _ => outline.line_to(x as f32, y as f32),
            }
        }
        if path.closed {
            outline.close();
        }
    }
    // A path of no extent is none, and nothing is to be seen of it.
    let Some(outline) = outline.finish() else { return };
    if let Some(color) = path.fill {
        let paint = paint(color, path.opacity, !path.crisp);
        image.fill_path(&outline, &paint, FillRule::Winding, view, None);
    }
    if let Some(pen) = &path.pen {
        let dash = pen.dash.iter().map(|&length| length as f32).collect();
        let stroke = Stroke {
            width: pen.width as f32,
            line_join: LineJoin::Round,
            line_cap: LineCap::Butt,
            dash: if pen.dash.is_empty() { None } else { StrokeDash::new(dash, 0.0) },
            ..Stroke::default()
        };
        image.stroke_path(&outline, &paint(pen.color, path.opacity, true), &stroke, view, None);
    }
}

fn discs(image: &mut Pixmap, discs: &Discs, view: Transform) {
    for &[x, y] in &discs.centres {
        let Some(circle) = PathBuilder::from_circle(x as f32, y as f32, discs.radius as f32) else {
            continue;
        };
        let fill = paint(discs.fill, discs.opacity, true);
        image.fill_path(&circle, &fill, FillRule::Winding, view, None);
        if let Some(color) = discs.outline {
            let stroke = Stroke { width: 1.0, ..Stroke::default() };
            image.stroke_path(&circle, &paint(color, discs.opacity, true), &stroke, view, None);
        }
    }
}

fn text(image: &mut Pixmap, text: &Text, view: Transform) {
    let back = match text.anchor {
        Anchor::Start => 0.0,
        Anchor::Middle => 0.5 * font::width(&text.text, text.size),
        Anchor::End => font::width(&text.text, text.size),
    };
    let mut outline = PathBuilder::new();
    font::outline(&text.text, text.size, &mut |stroke| match stroke {
        font::Stroke::Move([x, y]) => outline.move_to(x, y),
        font::Stroke::Line([x, y]) => outline.line_to(x, y),
        font::Stroke::Quad([a, b], [x, y]) => outline.quad_to(a, b, x, y),
        font::Stroke::Cubic([a, b], [c, d], [x, y]) => outline.cubic_to(a, b, c, d, x, y),
        font::Stroke::Close => outline.close(),
    });
    let Some(outline) = outline.finish() else { return };
    let place = view
        .pre_translate(text.at[0] as f32, text.at[1] as f32)
        .pre_rotate(text.turn as f32)
        .pre_translate(-back as f32, 0.0);
    image.fill_path(&outline, &paint(text.color, 1.0, true), FillRule::Winding, place, None);
}
