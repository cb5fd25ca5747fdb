//! A scene as SVG. Numbers have two digits after the point, so equal scenes give equal text.

use std::fmt::Write;

use super::color::Color;
use super::font::FAMILY;
use super::scene::{Anchor, Discs, Item, Path, Point, Scene, Text, printable};

pub(super) fn write(scene: &Scene) -> String {
    let (width, height) = (scene.width, scene.height);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" font-family=\"{FAMILY}\">\n\
         <title>{}</title>\n<desc>{}</desc>\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n",
        escaped(&scene.title),
        escaped(&scene.description),
    );
    for item in &scene.items {
        match item {
            Item::Path(item) => path(&mut out, item),
            Item::Discs(item) => discs(&mut out, item),
            Item::Text(item) => text(&mut out, item),
        }
    }
    out + "</svg>\n"
}

fn path(out: &mut String, path: &Path) {
    let mut d = String::new();
    for piece in &path.pieces {
        outline(&mut d, piece, path.closed);
    }
    push(out, format_args!("<path d=\"{d}\""));
    match path.fill {
        Some(color) => push(out, format_args!(" fill=\"{}\"", hex(color))),
        None => out.push_str(" fill=\"none\""),
    }
    if let Some(pen) = &path.pen {
        push(out, format_args!(" stroke=\"{}\" stroke-width=\"{}\"", hex(pen.color), number(pen.width)));
        out.push_str(" stroke-linejoin=\"round\"");
        if !pen.dash.is_empty() {
            let dash: Vec<String> = pen.dash.iter().map(|&length| number(length)).collect();
            push(out, format_args!(" stroke-dasharray=\"{}\"", dash.join(" ")));
        }
    }
    opacity(out, path.opacity);
    if path.crisp {
        out.push_str(" shape-rendering=\"crispEdges\"");
    }
    out.push_str("/>\n");
}

/// Commands of one line or outline; horizontal and vertical steps are said shorter.
fn outline(d: &mut String, piece: &[Point], closed: bool) {
    let mut last = [String::new(), String::new()];
    for (i, &[x, y]) in piece.iter().enumerate() {
        let [x, y] = [number(x), number(y)];
        if i == 0 {
            push(d, format_args!("M{x} {y}"));
        } else if y == last[1] && x != last[0] {
            push(d, format_args!("H{x}"));
        } else if x == last[0] && y != last[1] {
            push(d, format_args!("V{y}"));
        } else if x != last[0] || !closed {
            push(d, format_args!("L{x} {y}"));
        }
        last = [x, y];
    }
    if closed {
        d.push('Z');
    }
}

fn discs(out: &mut String, discs: &Discs) {
    push(out, format_args!("<g fill=\"{}\"", hex(discs.fill)));
    if let Some(color) = discs.outline {
        push(out, format_args!(" stroke=\"{}\"", hex(color)));
    }
    opacity(out, discs.opacity);
    out.push_str(">\n");
    let radius = number(discs.radius);
    for &[x, y] in &discs.centres {
        push(out, format_args!("<circle cx=\"{}\" cy=\"{}\" r=\"{radius}\"/>\n", number(x), number(y)));
    }
    out.push_str("</g>\n");
}

fn text(out: &mut String, text: &Text) {
    let [x, y] = [number(text.at[0]), number(text.at[1])];
    push(out, format_args!("<text x=\"{x}\" y=\"{y}\" font-size=\"{}\"", number(text.size)));
    push(out, format_args!(" fill=\"{}\"", hex(text.color)));
    match text.anchor {
        Anchor::Start => {}
        Anchor::Middle => out.push_str(" text-anchor=\"middle\""),
        Anchor::End => out.push_str(" text-anchor=\"end\""),
    }
    if text.turn != 0.0 {
        push(out, format_args!(" transform=\"rotate({} {x} {y})\"", number(text.turn)));
    }
    push(out, format_args!(">{}</text>\n", escaped(&text.text)));
}

fn opacity(out: &mut String, opacity: f64) {
    if opacity < 1.0 {
        push(out, format_args!(" opacity=\"{}\"", number(opacity)));
    }
}

fn push(out: &mut String, text: std::fmt::Arguments) {
    out.write_fmt(text).expect("writing to a String cannot fail");
}

fn hex(color: Color) -> String {
    format!("#{:02x}{:02x}{:02x}", color.red, color.green, color.blue)
}

/// At most two digits after the point, no trailing zeros, no negative zero.
fn number(value: f64) -> String {
    debug_assert!(value.is_finite(), "what is drawn was clipped before");
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

fn escaped(text: &str) -> String {
    printable(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let texts = [0.0, -0.001, 1.0, 1.5, 2.456, 100.0, -3.20].map(number);
        assert_eq!(texts, ["0", "0", "1", "1.5", "2.46", "100", "-3.2"]);
    }

    #[test]
    fn text_cannot_break_out() {
        assert_eq!(escaped("a<b> & \u{0}\n\"c\""), "a&lt;b&gt; &amp;   \"c\"");
    }
}
