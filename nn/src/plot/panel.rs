//! One chart drawn into its part of a picture: paper, grid lines, series, axes, texts, legend.

use super::axis::Axis;
use super::chart::Chart;
use super::clip::Frame;
use super::color::Color;
use super::draw::Canvas;
use super::font;
use super::layout::{LINE, Layout, TITLE};
use super::legend::Legend;
use super::look::{self, Look, cell_color};
use super::scale::{Scale, Tick, ticks};
use super::scene::{Anchor, Path, Pen, Point, Scene, rectangle};

/// Draws a chart into `area` with text of this size.
pub(super) fn draw(scene: &mut Scene, chart: &Chart, area: Frame, size: f64) {
    let looks = look::all(&chart.series, size);
    let legend = Legend::new(&chart.series, &looks, size, area.width() - 2.0 * size);
    let shown = chart.legend && !legend.is_empty();
    let covered = chart.series.iter().any(|series| series.mark.covers());

    let mut layout = Layout::new(chart, area, size, 0.0);
    let mut drawn = series(chart, &looks, &layout, size);
    let inside = (shown && !covered).then(|| legend.free_box(layout.frame, &drawn.items)).flatten();
    if shown && inside.is_none() {
        layout = Layout::new(chart, area, size, legend.height(area.width() - size));
        drawn = series(chart, &looks, &layout, size);
    }

    if !chart.bare {
        grid(scene, chart, &layout);
    }
    scene.items.append(&mut drawn.items);
    if !chart.bare {
        axes(scene, &layout, size);
    }
    texts(scene, chart, &layout, size);
    color_bar(scene, chart, &layout, size);
    match inside {
        Some(place) => legend.draw_in(scene, place),
        None if shown => legend.draw_above(scene, layout.frame, area),
        None => {}
    }
}

/// All series, in a scene of their own.
fn series(chart: &Chart, looks: &[Look], layout: &Layout, size: f64) -> Scene {
    let mut scene = Scene::new(0, 0);
    let mut canvas = Canvas { scene: &mut scene, frame: layout.frame, x: layout.x, y: layout.y, size };
    for (series, look) in chart.series.iter().zip(looks) {
        canvas.draw(series, look);
    }
    if scene.items.is_empty() {
        let frame = layout.frame;
        let middle = [(frame.left + frame.right) / 2.0, (frame.top + frame.bottom) / 2.0];
        scene.text(middle, "no data", size, Color::GREY, Anchor::Middle);
    }
    scene
}

fn line(scene: &mut Scene, pieces: Vec<Vec<Point>>, color: Color) {
    scene.stroke(pieces, Pen { color, width: 1.0, dash: vec![] }, 1.0);
}

/// Lines at ticks with texts; categories need none.
fn grid(scene: &mut Scene, chart: &Chart, layout: &Layout) {
    let Frame { left, top, right, bottom } = layout.frame;
    let mut lines = Vec::new();
    let numbers = |ticks: &[Tick], axis: &Axis| -> Vec<f64> {
        let shown = ticks.iter().filter(|tick| axis.categories.is_empty() && !tick.label.is_empty());
        shown.map(|tick| tick.value).collect()
    };
    for value in numbers(&layout.x_ticks, &chart.x) {
        lines.extend(layout.x.at(value).map(|x| vec![[x, top], [x, bottom]]));
    }
    for value in numbers(&layout.y_ticks, &chart.y) {
        lines.extend(layout.y.at(value).map(|y| vec![[left, y], [right, y]]));
    }
    line(scene, lines, Color::LIGHT_GREY);
}

/// The border, ticks and their texts.
fn axes(scene: &mut Scene, layout: &Layout, size: f64) {
    let Frame { left, bottom, .. } = layout.frame;
    let text = 0.95 * size;
    let mut marks = Vec::new();
    for tick in &layout.x_ticks {
        let Some(x) = layout.x.at(tick.value) else { continue };
        let length = if tick.label.is_empty() { 0.2 } else { 0.35 } * size;
        marks.push(vec![[x, bottom], [x, bottom + length]]);
        if layout.slanted {
            let at = [x + 0.35 * text, bottom + 0.5 * size + 0.7 * text];
            scene.turned_text(at, &tick.label, text, Color::INK, Anchor::End, -45.0);
        } else {
            let at = [x, bottom + 0.5 * size + font::ASCENT * text];
            scene.text(at, &tick.label, text, Color::INK, Anchor::Middle);
        }
    }
    for tick in &layout.y_ticks {
        let Some(y) = layout.y.at(tick.value) else { continue };
        let length = if tick.label.is_empty() { 0.2 } else { 0.35 } * size;
        marks.push(vec![[left - length, y], [left, y]]);
        let at = [left - 0.55 * size, y + 0.5 * font::CAPITAL * text];
        scene.text(at, &tick.label, text, Color::INK, Anchor::End);
    }
    line(scene, marks, Color::GREY);
    border(scene, layout.frame);
}

fn border(scene: &mut Scene, frame: Frame) {
    scene.path(Path {
        pieces: vec![frame.outline()],
        closed: true,
        fill: None,
        pen: Some(Pen { color: Color::GREY, width: 1.0, dash: vec![] }),
        opacity: 1.0,
        crisp: false,
    });
}

/// The title, the names of the axes, and what was left out.
fn texts(scene: &mut Scene, chart: &Chart, layout: &Layout, size: f64) {
    let (area, frame) = (layout.area, layout.frame);
    let middle = (frame.left + frame.right) / 2.0;
    // Over the frame, unless it is too long for that.
    let centred = |width: f64| {
        let half = width / 2.0;
        middle.min(area.right - half - 0.3 * size).max(area.left + half + 0.3 * size)
    };
    let mut y = frame.top - layout.above;
    for words in &layout.title {
        let title = TITLE * size;
        let at = [centred(font::width(words, title)), y + font::ASCENT * title];
        scene.text(at, words, title, Color::INK, Anchor::Middle);
        y += LINE * title;
    }
    let mut y = frame.bottom + layout.below + font::ASCENT * size + 0.15 * size;
    if !chart.x.label.is_empty() {
        let words = font::cut(&chart.x.label, size, area.width() - size);
        scene.text([centred(font::width(&words, size)), y], &words, size, Color::INK, Anchor::Middle);
        y += 1.2 * size;
    }
    if let Some(note) = &layout.note {
        let small = 0.8 * size;
        let words = font::cut(note, small, area.width() - size);
        scene.text([area.right - 0.5 * size, y], &words, small, Color::VERMILION, Anchor::End);
    }
    if !chart.y.label.is_empty() {
        let words = font::cut(&chart.y.label, size, area.bottom - area.top - size);
        let half = font::width(&words, size) / 2.0;
        let y = (frame.top + frame.bottom) / 2.0;
        let y = y.min(area.bottom - half - 0.3 * size).max(area.top + half + 0.3 * size);
        let x = frame.left - layout.beside - 0.45 * size;
        scene.turned_text([x, y], &words, size, Color::INK, Anchor::Middle, -90.0);
    }
}

fn color_bar(scene: &mut Scene, chart: &Chart, layout: &Layout, size: f64) {
    let (Some(bar), frame) = (&layout.bar, layout.frame) else { return };
    let series = &chart.series[bar.series];
    let (left, right) = (frame.right + 0.9 * size, frame.right + 1.7 * size);
    let scale = Scale { log: false, low: bar.range.0, high: bar.range.1, from: frame.bottom, to: frame.top };
    const STEPS: usize = 100;
    for step in 0..STEPS {
        let share = |step: usize| frame.bottom + (frame.top - frame.bottom) * step as f64 / STEPS as f64;
        let middle = (step as f64 + 0.5) / STEPS as f64;
        let value = bar.range.0 * (1.0 - middle) + bar.range.1 * middle;
        let shape = rectangle([left, share(step + 1)], [right, share(step)]);
        scene.fill(vec![shape], cell_color(series.map, bar.range, value), 1.0, true);
    }
    border(scene, Frame { left, right, ..frame });
    let text = 0.9 * size;
    let mut marks = Vec::new();
    let most = (scale.length() / (2.5 * size)) as usize;
    for tick in ticks(scale.low, scale.high, false, false, most.clamp(2, 8)) {
        let Some(y) = scale.at(tick.value) else { continue };
        marks.push(vec![[right, y], [right + 0.25 * size, y]]);
        let at = [right + 0.4 * size, y + 0.5 * font::CAPITAL * text];
        scene.text(at, &tick.label, text, Color::INK, Anchor::Start);
    }
    line(scene, marks, Color::GREY);
    let name = font::cut(series.name.as_deref().unwrap_or_default(), size, frame.height().max(size));
    let at = [right + 0.7 * size + bar.widest + 0.9 * size, (frame.top + frame.bottom) / 2.0];
    scene.turned_text(at, &name, size, Color::INK, Anchor::Middle, -90.0);
}
