//! The line search: a step length that satisfies the strong Wolfe conditions.

/// The loss and its slope along the line, at one length of the step.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Point {
    pub(super) at: f64,
    pub(super) loss: f64,
    pub(super) slope: f64,
}

/// What a search may do.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Search {
    /// Sufficient decrease: loss ≤ first loss + c1 · length · first slope.
    pub(super) c1: f64,
    /// Curvature: |slope| ≤ c2 · |first slope|.
    pub(super) c2: f64,
    /// How many looks at the loss it may take.
    pub(super) evaluations: u64,
}

impl Search {
    /// Looks for a length from `length` on, and gives the point if there is one: the last one that was looked at
    /// (Nocedal, Wright, "Numerical Optimization", second edition, algorithms 3.5 and 3.6).
    ///
    /// A loss that is NaN or infinite counts as too high.
    pub(super) fn run<E>(
        self,
        start: Point,
        mut length: f64,
        look: &mut dyn FnMut(f64) -> Result<Point, E>,
    ) -> Result<Option<Point>, E> {
        let mut before = start;
        for evaluation in 1..=self.evaluations {
            let point = look(length)?;
            let left = self.evaluations - evaluation;
            if self.too_high(start, point) || evaluation > 1 && point.loss >= before.loss {
                return self.zoom(start, before, point, left, look);
            }
            if self.flat_enough(start, point) {
                return Ok(Some(point));
            }
            if point.slope >= 0.0 {
                return self.zoom(start, point, before, left, look);
            }
            // Still falling: further out, where a cubic through the last two points would be lowest.
            length = cubic(before, point).unwrap_or(0.0).clamp(2.0 * point.at, 10.0 * point.at);
            before = point;
        }
        Ok(None)
    }

    /// Narrows an interval that holds good lengths: `low` has the lower loss of its two ends.
    fn zoom<E>(
        self,
        start: Point,
        mut low: Point,
        mut high: Point,
        left: u64,
        look: &mut dyn FnMut(f64) -> Result<Point, E>,
    ) -> Result<Option<Point>, E> {
        for _ in 0..left {
            let (first, last) = (low.at.min(high.at), low.at.max(high.at));
            // Too close to an end the interval would hardly shrink.
            let margin = 0.1 * (last - first);
            let length = cubic(low, high).filter(|at| (first + margin..=last - margin).contains(at));
            let point = look(length.unwrap_or(0.5 * (first + last)))?;
            if self.too_high(start, point) || point.loss >= low.loss {
                high = point;
                continue;
            }
            if self.flat_enough(start, point) {
                return Ok(Some(point));
            }
            if point.slope * (high.at - low.at) >= 0.0 {
                high = low;
            }
            low = point;
        }
        Ok(None)
    }

    fn too_high(self, start: Point, point: Point) -> bool {
        let bound = start.loss + self.c1 * point.at * start.slope;
        // Not `>`: a loss that is NaN is too high as well.
        !(point.loss <= bound && point.slope.is_finite())
    }

    fn flat_enough(self, start: Point, point: Point) -> bool {
        point.slope.abs() <= -self.c2 * start.slope
    }
}

/// Where the cubic with the losses and slopes of two points is lowest (equation 3.59), if it is anywhere.
fn cubic(a: Point, b: Point) -> Option<f64> {
    let d1 = a.slope + b.slope - 3.0 * (a.loss - b.loss) / (a.at - b.at);
    let d2 = (d1 * d1 - a.slope * b.slope).sqrt() * (b.at - a.at).signum();
    let at = b.at - (b.at - a.at) * (b.slope + d2 - d1) / (b.slope - a.slope + 2.0 * d2);
    at.is_finite().then_some(at)
}

#[cfg(test)]
mod tests {
    use super::{Point, Search, cubic};

    /// Searches along a function of one number from 0, and gives the length and how many looks it took.
    fn search(f: fn(f64) -> (f64, f64), c2: f64, length: f64) -> (Option<Point>, u64) {
        let mut looks = 0;
        let mut look = |at: f64| {
            looks += 1;
            let (loss, slope) = f(at);
            Ok::<_, ()>(Point { at, loss, slope })
        };
        let start = look(0.0).unwrap();
        let search = Search { c1: 1e-4, c2, evaluations: 30 };
        let found = search.run(start, length, &mut look).unwrap();
        (found, looks - 1)
    }

    #[test]
    fn a_cubic_is_found_exactly() {
        // x³ - 3 x has its minimum at 1.
        let at = |x: f64| Point { at: x, loss: x * x * x - 3.0 * x, slope: 3.0 * x * x - 3.0 };
        for (a, b) in [(0.0, 2.0), (2.0, 0.0), (0.5, 0.75), (3.0, 2.0)] {
            assert!((cubic(at(a), at(b)).unwrap() - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn what_it_finds_satisfies_both_conditions() {
        let functions: [fn(f64) -> (f64, f64); 4] = [
            |x| ((x - 3.0).powi(2), 2.0 * (x - 3.0)),
            // Moré and Thuente 1994, the first test function, whose minimum is at √2.
            |x| (-x / (x * x + 2.0), (x * x - 2.0) / (x * x + 2.0).powi(2)),
            // A wall: infinite beyond 1.
            |x| {
                if x < 1.0 {
                    (-(1.0 - x).ln() - 5.0 * x, 1.0 / (1.0 - x) - 5.0)
                } else {
                    (f64::INFINITY, f64::NAN)
                }
            },
            |x| ((x - 40.0).abs().powf(1.5), 1.5 * (x - 40.0).abs().sqrt() * (x - 40.0).signum()),
        ];
        for f in functions {
            for length in [1e-3, 0.1, 1.0, 10.0, 1e3] {
                for c2 in [0.1, 0.9] {
                    let (found, looks) = search(f, c2, length);
                    let found = found.unwrap_or_else(|| panic!("{length} {c2}: {looks} looks"));
                    let (loss, slope) = f(0.0);
                    assert!(found.loss <= loss + 1e-4 * found.at * slope, "{length} {c2}: {found:?}");
                    assert!(found.slope.abs() <= c2 * slope.abs(), "{length} {c2}: {found:?}");
                }
            }
        }
    }

    #[test]
    fn where_there_is_none_it_says_so() {
        assert_eq!(search(|x| (-x, -1.0), 0.9, 1.0), (None, 30));
        assert_eq!(search(|x| (x.abs(), -1.0), 0.9, 1.0).0, None);
    }
}
