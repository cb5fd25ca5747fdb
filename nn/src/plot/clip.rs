//! Lines and outlines cut at the edges of a rectangle, and lines of very many points thinned.

use super::scene::Point;

/// The rectangle that series are drawn in, in pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) right: f64,
    pub(super) bottom: f64,
}

impl Frame {
    pub(super) fn width(&self) -> f64 {
        self.right - self.left
    }

    pub(super) fn height(&self) -> f64 {
        self.bottom - self.top
    }

    pub(super) fn contains(&self, [x, y]: Point) -> bool {
        (self.left..=self.right).contains(&x) && (self.top..=self.bottom).contains(&y)
    }

    /// The corners, clockwise from the upper left.
    pub(super) fn outline(&self) -> Vec<Point> {
        super::scene::rectangle([self.left, self.top], [self.right, self.bottom])
    }

    /// The parts of a line that are inside.
    pub(super) fn cut_line(&self, line: &[Point]) -> Vec<Vec<Point>> {
        let mut pieces: Vec<Vec<Point>> = Vec::new();
        let mut open = false;
        for pair in line.windows(2) {
            let Some((from, to)) = self.cut_segment(pair[0], pair[1]) else {
                open = false;
                continue;
            };
            match pieces.last_mut() {
                Some(piece) if open => piece.push(to),
                _ => pieces.push(vec![from, to]),
            }
            open = to == pair[1];
        }
        pieces
    }

    /// The part of a segment that is inside (Liang, Barsky: ACM Transactions on Graphics 3, 1984).
    fn cut_segment(&self, a: Point, b: Point) -> Option<(Point, Point)> {
        let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
        let edges = [(0, self.left, self.right), (1, self.top, self.bottom)];
        for (axis, low, high) in edges {
            let step = b[axis] - a[axis];
            if step == 0.0 {
                if a[axis] < low || a[axis] > high {
                    return None;
                }
                continue;
            }
            let (one, other) = ((low - a[axis]) / step, (high - a[axis]) / step);
            enter = enter.max(one.min(other));
            leave = leave.min(one.max(other));
        }
        if enter > leave {
            return None;
        }
        let at = |share: f64| [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])];
        Some((if enter > 0.0 { at(enter) } else { a }, if leave < 1.0 { at(leave) } else { b }))
    }

    /// The part of an outline that is inside (Sutherland, Hodgman: Communications of the ACM 17, 1974).
    pub(super) fn cut_outline(&self, outline: Vec<Point>) -> Vec<Point> {
        let outline = keep(outline, |p| p[0] - self.left);
        let outline = keep(outline, |p| self.right - p[0]);
        let outline = keep(outline, |p| p[1] - self.top);
        let inside = keep(outline, |p| self.bottom - p[1]);
        // Of an outline that only surrounds the rectangle on some sides, a line along the edges is left.
        let twice_the_area: f64 = (0..inside.len())
            .map(|i| (inside[i], inside[(i + 1) % inside.len()]))
            .map(|(a, b)| (a[0] - self.left) * (b[1] - self.top) - (b[0] - self.left) * (a[1] - self.top))
            .sum();
        if twice_the_area.abs() > 1e-6 { inside } else { Vec::new() }
    }
}

/// The part of an outline where a linear function is not negative.
fn keep(outline: Vec<Point>, inside: impl Fn(Point) -> f64) -> Vec<Point> {
    let mut kept = Vec::with_capacity(outline.len() + 2);
    for (i, &b) in outline.iter().enumerate() {
        let a = outline[(i + outline.len() - 1) % outline.len()];
        let (at_a, at_b) = (inside(a), inside(b));
        if (at_a < 0.0) != (at_b < 0.0) {
            let share = at_a / (at_a - at_b);
            kept.push([a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])]);
        }
        if at_b >= 0.0 {
            kept.push(b);
        }
    }
    kept
}

/// A line that looks the same with fewer points: of those in half a pixel from left to right the first, lowest, highest and
/// last are kept. Short lines stay as they are.
pub(super) fn thinned(line: Vec<Point>) -> Vec<Point> {
    const SHORT: usize = 2000;
    if line.len() <= SHORT {
        return line;
    }
    let column = |point: &Point| (2.0 * point[0]).floor();
    let mut kept = Vec::new();
    for group in line.chunk_by(|a, b| column(a) == column(b)) {
        let by_height = |&a: &usize, &b: &usize| group[a][1].total_cmp(&group[b][1]);
        let lowest = (0..group.len()).min_by(by_height).unwrap_or_default();
        let highest = (0..group.len()).max_by(by_height).unwrap_or_default();
        let mut places = [0, lowest, highest, group.len() - 1];
        places.sort_unstable();
        for (i, &place) in places.iter().enumerate() {
            if i == 0 || place != places[i - 1] {
                kept.push(group[place]);
            }
        }
    }
    kept
}

/// A line or outline with fewer points that is nowhere farther than a twentieth of a pixel from the given one.
pub(super) fn straightened(line: Vec<Point>) -> Vec<Point> {
    const NEAR: f64 = 0.05;
    // Points that one step may skip: bounds the work.
    const MOST: usize = 64;
    let mut kept = Vec::new();
    let mut from = 0;
    while let Some(&a) = line.get(from) {
        kept.push(a);
        let mut to = from + 1;
        while to + 1 < line.len() && to - from < MOST {
            let b = line[to + 1];
            let near = |&p: &Point| distance(p, a, b) <= NEAR;
            if !line[from + 1..=to].iter().all(near) {
                break;
            }
            to += 1;
        }
        from = to;
    }
    kept
}

/// How far a point is from a segment.
fn distance(p: Point, a: Point, b: Point) -> f64 {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let square = dx * dx + dy * dy;
    let share = ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / square;
    let share = if square > 0.0 { share.clamp(0.0, 1.0) } else { 0.0 };
    (a[0] + share * dx - p[0]).hypot(a[1] + share * dy - p[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn straightening_drops_what_is_on_the_way() {
        let line: Vec<Point> = (0..=100_i32).map(|i| [f64::from(i), f64::from((i - 50).abs())]).collect();
        let short = straightened(line.clone());
        assert!(short.len() < 8, "{short:?}");
        assert!(
            short.contains(&[50.0, 50.0 - 50.0])
                && short.first() == line.first()
                && short.last() == line.last()
        );
        let arc: Vec<Point> =
            (0..400).map(|i| f64::from(i) * 0.01).map(|t| [100.0 * t.cos(), 100.0 * t.sin()]).collect();
        let short = straightened(arc.clone());
        assert!(short.len() < 120);
        let gap = |p: &Point| short.windows(2).map(|ab| distance(*p, ab[0], ab[1])).fold(f64::MAX, f64::min);
        assert!(arc.iter().all(|p| gap(p) <= 0.05));
        // Turning back is no straight line.
        assert_eq!(straightened(vec![[0.0, 0.0], [9.0, 0.0], [3.0, 0.0]]).len(), 3);
    }

    const FRAME: Frame = Frame { left: 0.0, top: 0.0, right: 10.0, bottom: 10.0 };

    #[test]
    fn lines_end_at_the_edge() {
        let pieces = FRAME.cut_line(&[[-5.0, 5.0], [5.0, 5.0], [5.0, 15.0], [8.0, 15.0], [8.0, 5.0]]);
        assert_eq!(pieces, [vec![[0.0, 5.0], [5.0, 5.0], [5.0, 10.0]], vec![[8.0, 10.0], [8.0, 5.0]]]);
        assert!(FRAME.cut_line(&[[-1.0, -1.0], [-2.0, 20.0]]).is_empty());
        // Through a corner region, but not through the rectangle.
        assert!(FRAME.cut_line(&[[-6.0, 5.0], [5.0, -6.0]]).is_empty());
    }

    #[test]
    fn outlines_are_cut_to_the_area_that_is_inside() {
        let area = |outline: &[Point]| {
            let next = |i: usize| outline[(i + 1) % outline.len()];
            let twice: f64 =
                (0..outline.len()).map(|i| outline[i][0] * next(i)[1] - next(i)[0] * outline[i][1]).sum();
            twice.abs() / 2.0
        };
        let triangle = vec![[-10.0, 0.0], [10.0, 0.0], [10.0, 20.0]];

        // Its hypotenuse, y = x + 10, touches the square in its lower left corner only.
        assert!((area(&FRAME.cut_outline(triangle)) - 100.0).abs() < 1e-12);
        let diamond = vec![[0.0, -5.0], [5.0, 0.0], [0.0, 5.0], [-5.0, 0.0]];
        assert!((area(&FRAME.cut_outline(diamond)) - 12.5).abs() < 1e-12);
    }

    #[test]
    fn thinning_keeps_extremes_and_ends() {
        let line: Vec<Point> =
            (0..100_000).map(|i| [f64::from(i) / 1000.0, f64::from(i * 7919 % 1000)]).collect();
        let thin = thinned(line.clone());
        assert!(thin.len() <= 4 * 201 && thin.len() > 300, "{}", thin.len());
        assert_eq!((thin[0], thin[thin.len() - 1]), (line[0], line[line.len() - 1]));
        let extremes = |line: &[Point]| {
            line.iter().fold((f64::MAX, f64::MIN), |(low, high), p| (low.min(p[1]), high.max(p[1])))
        };
        assert_eq!(extremes(&thin), extremes(&line));
    }
}
