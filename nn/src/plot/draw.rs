//! Series as shapes in pixels, cut at the frame.

use std::collections::BTreeMap;

use super::clip::{Frame, straightened, thinned};
use super::color::Color;
use super::contour;
use super::font;
use super::grid::Grid;
use super::look::{Look, cell_color, color_range};
use super::mark::{Bar, Cells, Mark, Place};
use super::scale::Scale;
use super::scene::{Anchor, Discs, Item, Path, Pen, Point, Scene, rectangle};
use super::series::{Marker, Series};

/// Where series are drawn.
pub(super) struct Canvas<'a> {
    pub(super) scene: &'a mut Scene,
    pub(super) frame: Frame,
    pub(super) x: Scale,
    pub(super) y: Scale,
    /// The size of text.
    pub(super) size: f64,
}

impl Canvas<'_> {
    pub(super) fn draw(&mut self, series: &Series, look: &Look) {
        match &series.mark {
            Mark::Line(places) => self.line(places, look),
            Mark::Segments(segments) => {
                let lines = segments.iter().flat_map(|segment| self.runs(segment)).collect();
                self.stroke(lines, look);
            }
            Mark::Points(places) => self.points(places, look),
            Mark::Band(band) => self.band(band, look),
            Mark::Area(outline) => {
                let runs = self.runs(outline);
                self.area(runs, look, series.width);
            }
            Mark::Bars(bars) => self.bars(bars, &series.texts, look),
            Mark::Cells(cells) => self.cells(cells, series, look),
            Mark::Contours(grid, levels) => {
                let range = color_range(series);
                for &level in levels.iter().filter(|level| level.is_finite()) {
                    let lines = contour::lines(grid, level);
                    let lines = lines.iter().flat_map(|line| self.runs(line)).collect();
                    let map = |range| cell_color(series.map, range, level);
                    let color = series.color.or(range.map(map)).unwrap_or(look.color);
                    self.stroke(lines, &Look { color, ..look.clone() });
                }
            }
            Mark::Filled(grid, levels) => self.filled(grid, levels, series, look),
            Mark::Above(grid, level) => self.above(grid, *level, look.color.mix(Color::WHITE, 0.62), look),
            Mark::Arrow(from, to) => self.arrow(*from, *to, look),
            Mark::Note(at, text, anchor) => {
                // Text that belongs to a drawing grows with it.
                let size = match series.text_height {
                    Some(height) => height * self.y.length() / (self.y.high - self.y.low),
                    None => 0.95 * self.size,
                };
                if size >= SMALLEST {
                    self.note(*at, text, *anchor, size, look);
                }
            }
            Mark::Horizontal(y) => {
                let Some(y) = self.y.at(*y) else { return };
                self.stroke(vec![vec![[self.frame.left, y], [self.frame.right, y]]], look);
            }
            Mark::Vertical(x) => {
                let Some(x) = self.x.at(*x) else { return };
                self.stroke(vec![vec![[x, self.frame.top], [x, self.frame.bottom]]], look);
            }
        }
    }

    fn at(&self, [x, y]: Place) -> Option<Point> {
        Some([self.x.at(x)?, self.y.at(y)?])
    }

    /// The points of a line in pixels, broken where a place cannot be drawn.
    fn runs(&self, places: &[Place]) -> Vec<Vec<Point>> {
        let points: Vec<Option<Point>> = places.iter().map(|&place| self.at(place)).collect();
        points.split(Option::is_none).map(|run| run.iter().copied().flatten().collect()).collect()
    }

    fn stroke(&mut self, lines: Vec<Vec<Point>>, look: &Look) {
        let pieces =
            lines.into_iter().flat_map(|line| self.frame.cut_line(&straightened(thinned(line)))).collect();
        self.scene.stroke(pieces, look.pen(), look.opacity);
    }

    fn fill(&mut self, outlines: Vec<Vec<Point>>, color: Color, opacity: f64) {
        let pieces = outlines.into_iter().map(|outline| self.frame.cut_outline(straightened(outline)));
        let pieces = pieces.filter(|piece| piece.len() > 2).collect();
        self.scene.fill(pieces, color, opacity, false);
    }

    fn area(&mut self, outlines: Vec<Vec<Point>>, look: &Look, width: Option<f64>) {
        let pieces = outlines.into_iter().map(|outline| self.frame.cut_outline(outline));
        let pen = |width| Pen { color: look.color.mix(Color::BLACK, 0.3), width, dash: vec![] };
        self.scene.path(Path {
            pieces: pieces.filter(|piece| piece.len() > 2).collect(),
            closed: true,
            fill: Some(look.color),
            pen: width.map(pen),
            opacity: look.opacity,
            crisp: false,
        });
    }

    fn line(&mut self, places: &[Place], look: &Look) {
        let runs = self.runs(places);
        // A point between gaps has no line to be seen by.
        let mut points: Vec<Point> = match look.marker {
            Some(_) => runs.concat(),
            None => runs.iter().filter(|run| run.len() == 1).map(|run| run[0]).collect(),
        };
        self.stroke(runs, look);
        points.retain(|&point| self.frame.contains(point));
        self.markers(points, look);
    }

    fn points(&mut self, places: &[Place], look: &Look) {
        let points = places.iter().filter_map(|&place| self.at(place));
        let points = points.filter(|&point| self.frame.contains(point)).collect();
        self.markers(points, look);
    }

    fn above(&mut self, grid: &Grid, level: f64, color: Color, look: &Look) {
        let areas = contour::areas(grid, level);
        let areas = areas.iter().flat_map(|area| self.runs(area)).collect();
        self.fill(areas, color, look.opacity);
    }

    /// Areas above rising levels cover each other, so no gap is between them.
    fn filled(&mut self, grid: &Grid, levels: &[f64], series: &Series, look: &Look) {
        let Some((low, high)) = grid.extremes() else { return };
        let range = color_range(series).unwrap_or((low, high));
        let mut from = f64::NEG_INFINITY;
        for i in 0..=levels.len() {
            let to = levels.get(i).copied().unwrap_or(high);
            let middle = from.max(low) / 2.0 + to.min(high) / 2.0;
            self.above(grid, from, cell_color(series.map, range, middle), look);
            from = to;
        }
    }

    fn markers(&mut self, centres: Vec<Point>, look: &Look) {
        markers(self.scene, centres, look);
    }

    fn band(&mut self, band: &[[f64; 3]], look: &Look) {
        let ends = |&[x, low, high]: &[f64; 3]| Some((self.at([x, low])?, self.at([x, high])?));
        let ends: Vec<Option<(Point, Point)>> = band.iter().map(ends).collect();
        let outlines = ends.split(Option::is_none).map(|run| {
            let run: Vec<(Point, Point)> = run.iter().copied().flatten().collect();
            let back = run.iter().rev().map(|ends| ends.1);
            run.iter().map(|ends| ends.0).chain(back).collect()
        });
        let outlines = outlines.collect();
        self.fill(outlines, look.color, 0.25 * look.opacity);
    }

    fn bars(&mut self, bars: &[Bar], texts: &[String], look: &Look) {
        let mut shapes = Vec::new();
        for (i, bar) in bars.iter().enumerate() {
            // On a logarithmic axis, a bar stands on the edge.
            let base = self.y.at(bar.y.0).unwrap_or(self.y.from);
            let corners = (self.x.at(bar.x.0), self.x.at(bar.x.1), self.y.at(bar.y.1));
            let (Some(left), Some(right), Some(end)) = corners else { continue };
            let shape = self.frame.cut_outline(rectangle([left, base.min(end)], [right, base.max(end)]));
            if shape.len() > 2 {
                shapes.push(shape);
            }
            let Some(text) = texts.get(i) else { continue };
            let size = 0.9 * self.size;
            let size = size.min(0.95 * size * (right - left).abs() / font::width(text, size).max(1.0) / 0.8);
            let tip = end.clamp(self.frame.top, self.frame.bottom);
            let y = if end <= base { tip - 0.35 * size } else { tip + 1.05 * size };
            if size >= SMALLEST {
                self.scene.text([left / 2.0 + right / 2.0, y], text, size, Color::INK, Anchor::Middle);
            }
        }
        let pen = Pen { color: Color::WHITE, width: 1.0, dash: vec![] };
        self.scene.path(Path {
            pieces: shapes,
            closed: true,
            fill: Some(look.color),
            pen: Some(pen),
            opacity: look.opacity,
            crisp: false,
        });
    }

    fn cells(&mut self, cells: &Cells, series: &Series, look: &Look) {
        let range = color_range(series).unwrap_or((0.0, 1.0));
        let columns = cells.x.len().saturating_sub(1).max(1);
        let clamp = |edge: Option<f64>, low: f64, high: f64| edge.map(|edge| edge.clamp(low, high));
        let x: Vec<Option<f64>> =
            cells.x.iter().map(|&x| clamp(self.x.at(x), self.frame.left, self.frame.right)).collect();
        let y: Vec<Option<f64>> =
            cells.y.iter().map(|&y| clamp(self.y.at(y), self.frame.top, self.frame.bottom)).collect();
        // Cells of one colour beside each other become one shape, and all shapes of one colour one path.
        let mut shapes: BTreeMap<[u8; 3], Vec<Vec<Point>>> = BTreeMap::new();
        let mut texts = Vec::new();
        for (row, values) in cells.values.chunks(columns).enumerate() {
            let (Some(top), Some(bottom)) = (y[row], y[row + 1]) else { continue };
            let colors: Vec<Color> =
                values.iter().map(|&value| cell_color(series.map, range, value)).collect();
            let mut column = 0;
            for run in colors.chunk_by(|a, b| a == b) {
                let (left, right) = (x[column], x[column + run.len()]);
                column += run.len();
                if let (Some(left), Some(right)) = (left, right) {
                    let Color { red, green, blue } = run[0];
                    let shape = rectangle([left, top], [right, bottom]);
                    shapes.entry([red, green, blue]).or_default().push(shape);
                }
            }
            for (column, &value) in values.iter().enumerate() {
                let text = series.texts.get(row * columns + column);
                if let (Some(text), Some(left), Some(right)) = (text, x[column], x[column + 1]) {
                    let dark = cell_color(series.map, range, value).is_dark();
                    let color = if dark { Color::WHITE } else { Color::INK };
                    texts.push((text, [left, top], [right, bottom], color));
                }
            }
        }
        for ([red, green, blue], pieces) in shapes {
            self.scene.fill(pieces, Color::rgb(red, green, blue), look.opacity, true);
        }
        for (text, corner, opposite, color) in texts {
            self.cell_text(text, corner, opposite, color);
        }
    }

    /// A text in the middle of a rectangle, as large as fits and no larger than other text.
    fn cell_text(&mut self, text: &str, a: Point, b: Point, color: Color) {
        let (width, height) = ((b[0] - a[0]).abs(), (b[1] - a[1]).abs());
        let lines: Vec<&str> = text.lines().collect();
        let widest = lines.iter().map(|line| font::width(line, 1.0)).fold(1e-3, f64::max);
        let size =
            self.size.min(0.86 * width / widest).min(0.8 * height / (1.25 * lines.len().max(1) as f64));
        if size < SMALLEST {
            return;
        }
        let middle = [a[0] / 2.0 + b[0] / 2.0, a[1] / 2.0 + b[1] / 2.0];
        let first = middle[1] + size * (font::CAPITAL / 2.0 - 1.25 * (lines.len() as f64 - 1.0) / 2.0);
        for (i, line) in lines.into_iter().enumerate() {
            let at = [middle[0], first + 1.25 * size * i as f64];
            self.scene.text(at, line, size, color, Anchor::Middle);
        }
    }

    fn arrow(&mut self, from: Place, to: Place, look: &Look) {
        let (Some(from), Some(to)) = (self.at(from), self.at(to)) else { return };
        let (dx, dy) = (to[0] - from[0], to[1] - from[1]);
        let length = dx.hypot(dy);
        if length < 1e-6 {
            return;
        }
        let head = (0.75 * self.size).min(0.6 * length);
        let (ux, uy) = (dx / length, dy / length);
        let back = [to[0] - head * ux, to[1] - head * uy];
        let side = 0.36 * head;
        self.stroke(vec![vec![from, [back[0] + 0.2 * head * ux, back[1] + 0.2 * head * uy]]], look);
        let wings =
            vec![to, [back[0] - side * uy, back[1] + side * ux], [back[0] + side * uy, back[1] - side * ux]];
        self.fill(vec![wings], look.color, look.opacity);
    }

    fn note(&mut self, at: Place, text: &str, anchor: Anchor, size: f64, look: &Look) {
        let Some(at) = self.at(at) else { return };
        if !self.frame.contains(at) {
            return;
        }
        for (i, line) in text.lines().enumerate() {
            let width = font::width(line, size);
            let back = match anchor {
                Anchor::Start => 0.0,
                Anchor::Middle => width / 2.0,
                Anchor::End => width,
            };
            let y = at[1] + 1.3 * size * i as f64;
            // Not over the edge, and readable on whatever is below.
            let left = (at[0] - back).min(self.frame.right - width - 2.0).max(self.frame.left + 2.0);
            let paper = rectangle([left - 2.0, y - 0.85 * size], [left + width + 2.0, y + 0.3 * size]);
            self.scene.fill(vec![paper], Color::WHITE, 0.75, false);
            self.scene.text([left, y], line, size, look.color, Anchor::Start);
        }
    }
}

/// Smaller text cannot be read, in pixels.
const SMALLEST: f64 = 6.5;

/// Points of one look.
pub(super) fn markers(scene: &mut Scene, centres: Vec<Point>, look: &Look) {
    if centres.is_empty() {
        return;
    }
    let r = look.radius;
    let outline = |scale: f64, corners: &[[f64; 2]]| -> Vec<Vec<Point>> {
        let around = |c: &Point| corners.iter().map(|p| [c[0] + scale * p[0], c[1] + scale * p[1]]).collect();
        centres.iter().map(around).collect()
    };
    let strokes = |a: [[f64; 2]; 2], b: [[f64; 2]; 2]| -> Vec<Vec<Point>> {
        let mut lines = outline(r, &a);
        lines.extend(outline(r, &b));
        lines
    };
    // Sizes that look equal, not areas that are equal.
    let filled = match look.marker.unwrap_or(Marker::Disc) {
        Marker::Disc => {
            let (fill, outline) = (look.color, Some(Color::WHITE));
            scene.items.push(Item::Discs(Discs { centres, radius: r, fill, outline, opacity: look.opacity }));
            return;
        }
        Marker::Square => outline(0.9 * r, &[[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]]),
        Marker::Triangle => outline(1.2 * r, &[[0.0, -1.0], [0.95, 0.75], [-0.95, 0.75]]),
        Marker::Diamond => outline(1.25 * r, &[[0.0, -1.0], [1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]]),
        marker => {
            let lines = match marker {
                Marker::Cross => strokes([[-1.0, -1.0], [1.0, 1.0]], [[-1.0, 1.0], [1.0, -1.0]]),
                _ => strokes([[-1.2, 0.0], [1.2, 0.0]], [[0.0, -1.2], [0.0, 1.2]]),
            };
            let pen = Pen { color: look.color, width: (0.55 * r).max(1.0), dash: vec![] };
            scene.stroke(lines, pen, look.opacity);
            return;
        }
    };
    scene.path(Path {
        pieces: filled,
        closed: true,
        fill: Some(look.color),
        pen: Some(Pen { color: Color::WHITE, width: 1.0, dash: vec![] }),
        opacity: look.opacity,
        crisp: false,
    });
}
