//! `Mark`: what a series consists of, in data coordinates; where it reaches, and how much of it cannot be drawn.

use super::grid::Grid;
use super::scale::drawable;
use super::scene::Anchor;

/// A place in data coordinates.
pub(super) type Place = [f64; 2];

#[derive(Clone, Debug)]
pub(super) enum Mark {
    Line(Vec<Place>),
    Segments(Vec<[Place; 2]>),
    Points(Vec<Place>),
    /// x, and the ends in y.
    Band(Vec<[f64; 3]>),
    Area(Vec<Place>),
    Bars(Vec<Bar>),
    Cells(Cells),
    Contours(Grid, Vec<f64>),
    Filled(Grid, Vec<f64>),
    Above(Grid, f64),
    Arrow(Place, Place),
    Note(Place, String, Anchor),
    Horizontal(f64),
    Vertical(f64),
}

/// One bar, from left to right, from its base to its value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bar {
    pub(super) x: (f64, f64),
    pub(super) y: (f64, f64),
}

/// A table of numbers as coloured cells; the first row is at `y.0`.
#[derive(Clone, Debug)]
pub(super) struct Cells {
    /// The edges of columns and rows, one more than there are of them.
    pub(super) x: Vec<f64>,
    pub(super) y: Vec<f64>,
    pub(super) values: Vec<f64>,
}

impl Cells {
    /// A cell around each point of a grid, cut at its edges.
    pub(super) fn around(grid: &Grid) -> Cells {
        let edges = |(low, high): (f64, f64), count: usize, at: &dyn Fn(usize) -> f64| {
            let middle = |i: usize| at(i - 1) / 2.0 + at(i) / 2.0;
            (0..=count)
                .map(|i| {
                    if i == 0 {
                        low
                    } else if i == count {
                        high
                    } else {
                        middle(i)
                    }
                })
                .collect()
        };
        Cells {
            x: edges(grid.x, grid.columns(), &|i| grid.point(i, 0)[0]),
            y: edges(grid.y, grid.rows(), &|i| grid.point(0, i)[1]),
            values: grid.values().to_vec(),
        }
    }

    /// Cells of equal size.
    pub(super) fn even(x: (f64, f64), y: (f64, f64), [columns, rows]: [usize; 2], values: Vec<f64>) -> Cells {
        let edges = |(low, high): (f64, f64), count: usize| {
            let share = |i: usize| i as f64 / count as f64;
            (0..=count).map(|i| low * (1.0 - share(i)) + high * share(i)).collect()
        };
        Cells { x: edges(x, columns), y: edges(y, rows), values }
    }
}

/// What a mark asks of the axes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Reach {
    /// Room at the ends.
    Loose,
    /// From edge to edge in x.
    Even,
    /// From edge to edge.
    Tight,
    /// Nothing.
    None,
}

impl Mark {
    pub(super) fn reach(&self) -> Reach {
        match self {
            Mark::Points(_) | Mark::Area(_) | Mark::Segments(_) | Mark::Arrow(..) => Reach::Loose,
            Mark::Line(_) | Mark::Band(_) | Mark::Bars(_) => Reach::Even,
            Mark::Cells(_) | Mark::Contours(..) | Mark::Filled(..) | Mark::Above(..) => Reach::Tight,
            Mark::Note(..) | Mark::Horizontal(_) | Mark::Vertical(_) => Reach::None,
        }
    }

    /// Whether all of its area is covered, so that nothing else may stand there.
    pub(super) fn covers(&self) -> bool {
        self.reach() == Reach::Tight
    }

    /// The places between which it lies; rules have NaN for the direction in which they have no end.
    pub(super) fn places(&self) -> Vec<Place> {
        match self {
            Mark::Line(places) | Mark::Points(places) | Mark::Area(places) => places.clone(),
            Mark::Segments(segments) => segments.iter().flatten().copied().collect(),
            Mark::Band(band) => band.iter().flat_map(|&[x, low, high]| [[x, low], [x, high]]).collect(),
            Mark::Bars(bars) => {
                bars.iter().flat_map(|bar| [[bar.x.0, bar.y.0], [bar.x.1, bar.y.1]]).collect()
            }
            Mark::Cells(Cells { x, y, .. }) => match (&x[..], &y[..]) {
                ([left, .., right], [first, .., last]) => vec![[*left, *first], [*right, *last]],
                _ => Vec::new(),
            },
            Mark::Contours(grid, _) | Mark::Filled(grid, _) | Mark::Above(grid, _) => {
                vec![[grid.x.0, grid.y.0], [grid.x.1, grid.y.1]]
            }
            Mark::Arrow(from, to) => vec![*from, *to],
            Mark::Note(at, ..) => vec![*at],
            Mark::Horizontal(y) => vec![[f64::NAN, *y]],
            Mark::Vertical(x) => vec![[*x, f64::NAN]],
        }
    }

    /// Values that it has, and those of them that the axes have no place for.
    pub(super) fn undrawable(&self, log: [bool; 2]) -> (usize, usize) {
        let place = |[x, y]: Place| !(drawable(x, log[0]) && drawable(y, log[1]));
        let count = |total: usize, bad: usize| (total, bad);
        match self {
            Mark::Line(places) | Mark::Points(places) => {
                count(places.len(), places.iter().filter(|&&p| place(p)).count())
            }
            Mark::Band(band) => {
                let bad = band.iter().filter(|[x, low, high]| place([*x, *low]) || place([*x, *high]));
                count(band.len(), bad.count())
            }
            // The base of a bar may be off a logarithmic axis.
            Mark::Bars(bars) => {
                count(bars.len(), bars.iter().filter(|bar| place([bar.x.1, bar.y.1])).count())
            }
            Mark::Cells(cells) => {
                count(cells.values.len(), cells.values.iter().filter(|value| !value.is_finite()).count())
            }
            _ => (0, 0),
        }
    }

    /// Whether a colour bar says what its colours mean.
    pub(super) fn has_scale(&self) -> bool {
        matches!(self, Mark::Cells(_) | Mark::Filled(..))
    }

    /// What it is, for a description in words.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Mark::Line(_) => "line",
            Mark::Segments(_) => "segments",
            Mark::Points(_) => "points",
            Mark::Band(_) => "band",
            Mark::Area(_) | Mark::Above(..) => "area",
            Mark::Bars(_) => "bars",
            Mark::Cells(_) => "heat map",
            Mark::Contours(..) => "contours",
            Mark::Filled(..) => "filled contours",
            Mark::Arrow(..) => "arrow",
            Mark::Note(..) => "note",
            Mark::Horizontal(_) | Mark::Vertical(_) => "reference line",
        }
    }
}
