//! A picture as SVG.

use std::fmt::Write;

use super::layout::{self, Layout, Size};
use super::picture::{Edge, Picture, Piece, Style};
use crate::explain::escape::xml;

/// Width of a character of the texts, which no viewer has to have in this font; some are wider, so there is room.
const CHARACTER: f64 = 7.4;
const LINE: f64 = 17.0;
const PADDING: f64 = 9.0;
/// Room for one edge's texts, above and below it.
const PORT: f64 = 36.0;
const MARGIN: f64 = 14.0;

/// Colours that readers with any colour vision can tell apart (Okabe and Ito 2008), lightened for boxes.
const VALUE: &str = "#00624a";
const GRADIENT: &str = "#a63d00";

fn fill(piece: &Piece) -> (String, &'static str, &'static str) {
    if let Some(shade) = piece.shade {
        let mix = |from: f64, to: f64| (from + (to - from) * shade) as u8;
        let text = if shade > 0.6 { "#ffffff" } else { "#111111" };
        return (
            format!("#{:02x}{:02x}{:02x}", mix(245.0, 0.0), mix(248.0, 82.0), mix(252.0, 140.0)),
            "#555555",
            text,
        );
    }
    let (fill, line) = match piece.style {
        Style::Variable => ("#d6ebf7", "#0072b2"),
        Style::Constant => ("#eeeeee", "#777777"),
        Style::Operation => ("#ffffff", "#333333"),
        Style::Folded => ("#fdf0d5", "#b37400"),
    };
    (fill.to_owned(), line, "#111111")
}

fn width(text: &str) -> f64 {
    text.chars().count() as f64 * CHARACTER
}

/// Extent of a box along x and y, without ports.
fn extent(piece: &Piece) -> (f64, f64) {
    let lines = piece.lines.iter().chain(std::iter::once(&piece.title));
    let widest = lines.map(|line| width(line)).fold(18.0, f64::max);
    (widest + 2.0 * PADDING, (piece.lines.len() + 1) as f64 * LINE + 2.0 * PADDING - 4.0)
}

pub(super) fn write(picture: &Picture, top_down: bool) -> String {
    let arriving = |at: usize| picture.edges.iter().filter(move |edge| edge.to == at);
    let texts = |edge: &Edge| width(&edge.value).max(width(&edge.gradient));
    // Along the cross axis an edge needs room for its texts: two lines, or both beside each other.
    let port = |edge: &Edge| if top_down { 2.0 * texts(edge) + 20.0 } else { PORT };
    let mut ports = vec![0.0; picture.edges.len()];
    let mut sizes = Vec::new();
    for (at, piece) in picture.boxes.iter().enumerate() {
        let (x, y) = extent(piece);
        let total: f64 = arriving(at).map(port).sum();
        let mut reached = -total / 2.0;
        for (port_at, edge) in ports.iter_mut().zip(&picture.edges).filter(|(_, edge)| edge.to == at) {
            *port_at = reached + port(edge) / 2.0;
            reached += port(edge);
        }
        let longest = arriving(at).map(texts).fold(0.0, f64::max);
        let before = if total == 0.0 {
            0.0
        } else if top_down {
            30.0
        } else {
            longest + 16.0
        };
        let (main, cross) = if top_down { (y, x) } else { (x, y) };
        sizes.push(Size { main, cross: cross.max(total), before });
    }
    let edges: Vec<(usize, usize)> = picture.edges.iter().map(|edge| (edge.from, edge.to)).collect();
    let layout = layout::place(&sizes, &edges, &ports);
    draw(picture, &sizes, &layout, top_down)
}

fn draw(picture: &Picture, sizes: &[Size], layout: &Layout, top_down: bool) -> String {
    let xy = |(main, cross): (f64, f64)| {
        let (x, y) = if top_down { (cross, main) } else { (main, cross) };
        (x + MARGIN, y + MARGIN)
    };
    let root = picture.boxes.len() - 1;
    let end = (layout.boxes[root].0 + sizes[root].main, layout.boxes[root].1);
    let stub = width(&picture.result.0).max(width(&picture.result.1)) + 24.0;
    let stub = if top_down { 40.0 } else { stub };
    let (main, cross) = (layout.extent.0.max(end.0 + stub), layout.extent.1);
    let (w, h) = if top_down { (cross.max(end.1 + stub + 40.0), main) } else { (main, cross) };
    let (w, h) = (w + 2.0 * MARGIN, h + 2.0 * MARGIN);
    let mut out = String::new();
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w:.0} {h:.0}\" width=\"{w:.0}\" height=\"{h:.0}\" role=\"img\" \
         aria-labelledby=\"title desc\" font-family=\"ui-monospace, monospace\" font-size=\"12\">"
    );
    let _ = writeln!(out, "<title id=\"title\">{}</title>", xml(&picture.title));
    let _ = writeln!(out, "<desc id=\"desc\">{}</desc>", xml(&picture.description));
    out.push_str(
        "<defs><marker id=\"arrow\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\">\
         <path d=\"M0 0 8 4 0 8z\" fill=\"#333333\"/></marker></defs>\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n",
    );
    for (edge, way) in picture.edges.iter().zip(&layout.ways) {
        path(&mut out, &way.iter().map(|&point| xy(point)).collect::<Vec<_>>(), top_down);
        let [.., from, to] = way[..] else { continue };
        texts(&mut out, xy(from), xy(to), (&edge.value, &edge.gradient), top_down);
    }
    let result = [xy(end), xy((end.0 + stub, end.1))];
    path(&mut out, &result, top_down);
    texts(&mut out, result[0], result[1], (&picture.result.0, &picture.result.1), top_down);
    for ((piece, size), &(main, cross)) in picture.boxes.iter().zip(sizes).zip(&layout.boxes) {
        let (x, y) = xy((main, cross - size.cross / 2.0));
        let (w, h) = if top_down { (size.cross, size.main) } else { (size.main, size.cross) };
        boxed(&mut out, piece, (x, y), (w, h));
    }
    out.push_str("</svg>\n");
    out
}

fn path(out: &mut String, points: &[(f64, f64)], top_down: bool) {
    let _ = write!(out, "<path d=\"M{:.1} {:.1}", points[0].0, points[0].1);
    for (i, pair) in points.windows(2).enumerate() {
        let [(x0, y0), (x1, y1)] = [pair[0], pair[1]];
        if i % 2 == 0 {
            let _ = write!(out, " L{x1:.1} {y1:.1}");
        } else if top_down {
            let middle = (y0 + y1) / 2.0;
            let _ = write!(out, " C{x0:.1} {middle:.1} {x1:.1} {middle:.1} {x1:.1} {y1:.1}");
        } else {
            let middle = (x0 + x1) / 2.0;
            let _ = write!(out, " C{middle:.1} {y0:.1} {middle:.1} {y1:.1} {x1:.1} {y1:.1}");
        }
    }
    out.push_str("\" fill=\"none\" stroke=\"#333333\" stroke-width=\"1.2\" marker-end=\"url(#arrow)\"/>\n");
}

/// The value above, or left of, an edge's last piece, the gradient on the other side.
fn texts(
    out: &mut String,
    from: (f64, f64),
    to: (f64, f64),
    (value, gradient): (&str, &str),
    top_down: bool,
) {
    let (x, y) = ((from.0 + to.0) / 2.0 - if top_down { 0.0 } else { 4.0 }, (from.1 + to.1) / 2.0);
    let mut text = |x: f64, y: f64, anchor: &str, colour: &str, text: &str| {
        if !text.is_empty() {
            let text = xml(text);
            let _ = writeln!(
                out,
                "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"{colour}\">{text}</text>"
            );
        }
    };
    if top_down {
        text(x - 5.0, y, "end", VALUE, value);
        text(x + 5.0, y, "start", GRADIENT, gradient);
    } else {
        text(x, y - 4.0, "middle", VALUE, value);
        text(x, y + 13.0, "middle", GRADIENT, gradient);
    }
}

fn boxed(out: &mut String, piece: &Piece, (x, y): (f64, f64), (w, h): (f64, f64)) {
    let (fill, line, colour) = fill(piece);
    let round = if piece.style == Style::Operation { 10.0 } else { 3.0 };
    let _ = writeln!(
        out,
        "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{w:.1}\" height=\"{h:.1}\" rx=\"{round}\" fill=\"{fill}\" stroke=\"{line}\" \
         stroke-width=\"1.4\"/>"
    );
    let lines = 1 + piece.lines.len();
    let middle = x + w / 2.0;
    let mut base = y + h / 2.0 - (lines as f64 - 1.0) * LINE / 2.0 + 4.5;
    let _ = write!(out, "<text text-anchor=\"middle\" fill=\"{colour}\">");
    let _ = write!(
        out,
        "<tspan x=\"{middle:.1}\" y=\"{base:.1}\" font-weight=\"bold\">{}</tspan>",
        xml(&piece.title)
    );
    for line in &piece.lines {
        base += LINE;
        let _ = write!(out, "<tspan x=\"{middle:.1}\" y=\"{base:.1}\">{}</tspan>", xml(line));
    }
    out.push_str("</text>\n");
}
