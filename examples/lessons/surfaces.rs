//! Functions of two variables, and the ways that optimisers go down on them.

use std::ops::RangeInclusive;

use autograd::prelude::*;
use nn::plot::{Color, Grid, Series};
use nn::{AnyRule, Optimizer, module};

/// A function of two variables, written once: it is computed with numbers, and differentiated as often as needed.
pub(crate) trait Surface {
    fn height<S: Scalar>(&self, x: S, y: S) -> S;

    fn value(&self, (x, y): (f64, f64)) -> f64 {
        self.height(x, y)
    }

    /// (∂f/∂x, ∂f/∂y).
    fn gradient(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let gradient = grad(|p| self.height(p[0], p[1]), &[x, y]);
        (gradient[0], gradient[1])
    }

    /// Its values for a picture.
    fn grid(&self, x: RangeInclusive<f64>, y: RangeInclusive<f64>) -> Grid {
        Grid::sample(x, y, [101, 101], |x, y| self.height(x, y))
    }
}

/// The eigenvalues of the Hessian matrix, the smaller one first: how strongly the surface bends along its two main directions.
/// Of a symmetric matrix of two rows they are the mean of the diagonal, less and plus a root.
pub(crate) fn curvatures(f: &impl Surface, (x, y): (f64, f64)) -> (f64, f64) {
    let h = hessian(|p| f.height(p[0], p[1]), &[x, y]);
    let (a, b, d) = (h.at(&[0, 0]), h.at(&[0, 1]), h.at(&[1, 1]));
    let root = ((a - d) / 2.0).hypot(b);
    ((a + d) / 2.0 - root, (a + d) / 2.0 + root)
}

/// Places where the gradient is 0, from left to right: Newton's method from several starts.
pub(crate) fn critical_points(f: &impl Surface) -> Vec<(f64, f64)> {
    let mut found: Vec<(f64, f64)> = Vec::new();
    for start in [-1.5, 0.0, 1.5] {
        let (mut x, mut y) = (start, 0.3);
        for _ in 0..20 {
            let (gx, gy) = f.gradient((x, y));
            let h = hessian(|p| f.height(p[0], p[1]), &[x, y]);
            let (a, b, d) = (h.at(&[0, 0]), h.at(&[0, 1]), h.at(&[1, 1]));
            let determinant = a * d - b * b;
            (x, y) = (x - (d * gx - b * gy) / determinant, y - (a * gy - b * gx) / determinant);
        }
        found.push((x, y));
    }
    found
}

/// The two variables, as a model that an optimiser can train.
struct Point<P = Tensor<f64>> {
    x: P,
    y: P,
}
module!(Point { param x, param y });

impl Point {
    fn new((x, y): (f64, f64)) -> Point {
        Point { x: Tensor::scalar(x), y: Tensor::scalar(y) }
    }
}

/// Where an optimiser goes from `start`, which is the first of the points. The way ends early where numbers become infinite.
pub(crate) fn descend<R: AnyRule<f64>>(
    f: &impl Surface,
    mut optimizer: Optimizer<R, f64>,
    start: (f64, f64),
    steps: usize,
) -> Vec<(f64, f64)> {
    let mut point = Point::new(start);
    let mut way = vec![start];
    for _ in 0..steps {
        let slope = f.gradient((point.x.item(), point.y.item()));
        if optimizer.apply(&mut point, &Point::new(slope)).is_err() {
            break;
        }
        way.push((point.x.item(), point.y.item()));
    }
    way
}

/// Ways down as lines that look alike, so the legend names them once.
pub(crate) fn descents<'a>(
    ways: &'a [Vec<(f64, f64)>],
    look: impl Fn(Series) -> Series + 'a,
) -> impl Iterator<Item = Series> + 'a {
    ways.iter().enumerate().map(move |(number, way)| {
        let line = look(Series::line(way.iter().copied()).color(Color::VERMILION));
        if number == 0 { line.named("descent") } else { line }
    })
}
