//! A function of two variables as a surface in space.

use crate::plot::color::{Color, ColorMap};
use crate::plot::look::cell_color;
use crate::plot::scale::ticks;
use crate::plot::scene::Anchor;
use crate::plot::{Chart, Dash, Grid, Marker, Series};

/// From where a surface is looked at.
///
/// ```
/// use nn::plot::{Grid, Surface};
/// let f = |x: f64, y: f64| x * x - y * y;
/// let saddle = Grid::sample(-1.0..=1.0, -1.0..=1.0, [30, 30], f);
/// let view = Surface { azimuth: 60.0, ..Surface::default() };
/// let way = (0..20).map(|i| (0.9 * 0.8_f64.powi(i), 0.001 * 1.3_f64.powi(i))).map(|(x, y)| (x, y, f(x, y)));
/// let chart = view.chart("loss", &saddle).with(view.path("descent", &saddle, way));
/// assert!(chart.to_svg().contains("descent"));
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Surface {
    /// By how many degrees it is turned about the vertical axis: at 0, x goes to the right and y away.
    pub azimuth: f64,
    /// From how far above it is seen, in degrees: 0 is from the side, 90 from the top.
    pub elevation: f64,
}

impl Default for Surface {
    /// Turned by 35 degrees, seen from 30 degrees above.
    fn default() -> Surface {
        Surface { azimuth: 35.0, elevation: 30.0 }
    }
}

/// A function of two variables as a surface, seen from the usual side; [`Surface`] has others.
///
/// ```
/// use nn::plot::Grid;
/// let bowl = Grid::sample(-1.0..=1.0, -1.0..=1.0, [30, 30], |x, y| x * x + y * y);
/// assert!(nn::plot::surface("loss", &bowl).to_svg().contains("loss"));
/// ```
pub fn surface(quantity: &str, grid: &Grid) -> Chart {
    Surface::default().chart(quantity, grid)
}

/// The height of the box, beside its width and depth of 2.
const HEIGHT: f64 = 1.3;

impl Surface {
    /// The surface in a box whose edges carry the ends of the ranges. Of a fine grid about 45 x 45 patches are drawn; where a value
    /// is not finite there is none.
    pub fn chart(&self, quantity: &str, grid: &Grid) -> Chart {
        let mut chart = Chart::new(format!("Surface: {quantity}")).bare().equal_axes();
        chart = chart.with_all(self.floor());
        let thin = |count: usize| {
            let every = (count - 1).div_ceil(45).max(1);
            let mut places: Vec<usize> = (0..count).step_by(every).collect();
            if places.last() != Some(&(count - 1)) {
                places.push(count - 1);
            }
            places
        };
        let (columns, rows) = (thin(grid.columns()), thin(grid.rows()));
        let range = grid.extremes().unwrap_or((0.0, 1.0));
        let mut patches = Vec::new();
        for row in rows.windows(2) {
            for column in columns.windows(2) {
                let corners = [(0, 0), (1, 0), (1, 1), (0, 1)].map(|(i, j)| {
                    let [x, y] = grid.point(column[i], row[j]);
                    (x, y, grid.value(column[i], row[j]))
                });
                let mean = corners.iter().map(|corner| corner.2 / 4.0).sum::<f64>();
                if mean.is_finite() {
                    let depth: f64 = corners.iter().map(|&corner| self.project(grid, corner).2).sum();
                    patches.push((depth, corners, cell_color(ColorMap::Viridis, range, mean)));
                }
            }
        }
        // The farthest first, so that near ones cover them.
        patches.sort_by(|a, b| b.0.total_cmp(&a.0));
        for (_, corners, color) in patches {
            let outline = corners.map(|corner| self.project(grid, corner)).map(|(x, y, _)| (x, y));
            chart = chart.with(Series::area(outline).color(color).width(0.6));
        }
        chart.with_all(self.labels(quantity, grid))
    }

    /// A way on the surface through points (x, y, z). It is drawn over the surface, even where that would hide it.
    pub fn path(
        &self,
        name: impl Into<String>,
        grid: &Grid,
        points: impl IntoIterator<Item = (f64, f64, f64)>,
    ) -> Series {
        let points = points.into_iter().map(|point| self.project(grid, point)).map(|(x, y, _)| (x, y));
        Series::line(points).named(name).color(Color::VERMILION).marker(Marker::Disc).size(6.0)
    }

    /// A point as seen: to the right, up, and away.
    fn project(&self, grid: &Grid, (x, y, z): (f64, f64, f64)) -> (f64, f64, f64) {
        let from_middle = |value: f64, (low, high): (f64, f64)| (value - low) / (high - low) * 2.0 - 1.0;
        let (low, high) = grid.extremes().unwrap_or((0.0, 1.0));
        let share = if high > low { (z / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0) } else { 0.5 };
        self.turned(from_middle(x, grid.x), from_middle(y, grid.y), HEIGHT * share)
    }

    /// A point of the box, from −1 to 1 on its floor, as seen.
    fn turned(&self, x: f64, y: f64, z: f64) -> (f64, f64, f64) {
        let finite = |degrees: f64| if degrees.is_finite() { degrees.to_radians() } else { 0.0 };
        let (turn, rise) = (finite(self.azimuth), finite(self.elevation));
        let (right, away) = (x * turn.cos() - y * turn.sin(), x * turn.sin() + y * turn.cos());
        (right, z * rise.cos() + away * rise.sin(), away * rise.cos() - z * rise.sin())
    }

    /// The corners of the floor, the nearest first, then to the right about it.
    fn corners(&self) -> [[f64; 2]; 4] {
        let mut corners = [[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]];
        let away = |corner: &[f64; 2]| self.turned(corner[0], corner[1], 0.0).2;
        let nearest = (0..4).min_by(|&a, &b| away(&corners[a]).total_cmp(&away(&corners[b])));
        corners.rotate_left(nearest.unwrap_or_default());
        corners
    }

    /// The floor, and the three edges of the box that stand behind the surface.
    fn floor(&self) -> Vec<Series> {
        let corners = self.corners();
        let at = |corner: [f64; 2], z: f64| {
            let (x, y, _) = self.turned(corner[0], corner[1], z);
            (x, y)
        };
        let edge = |a: usize, b: usize, z: f64| [at(corners[a], z), at(corners[b], z)];
        let edges = [edge(0, 1, 0.0), edge(1, 2, 0.0), edge(2, 3, 0.0), edge(3, 0, 0.0)];
        let behind = [edge(1, 2, HEIGHT), edge(2, 3, HEIGHT)];
        let upright = [1, 2, 3].map(|i| [at(corners[i], 0.0), at(corners[i], HEIGHT)]);
        vec![
            Series::segments(edges).color(Color::GREY),
            Series::segments(behind.into_iter().chain(upright)).color(Color::GREY).dash(Dash::Dotted),
        ]
    }

    /// Numbers and names of the axes: x and y along the near edges, z up the left one.
    fn labels(&self, quantity: &str, grid: &Grid) -> Vec<Series> {
        let corners = self.corners();
        let (low, high) = grid.extremes().unwrap_or((0.0, 1.0));
        let mut labels = Vec::new();
        let mut write = |[x, y]: [f64; 2], z: f64, text: &str, anchor: Anchor| {
            let (x, y, _) = self.turned(x, y, z);
            labels.push(Series::note((x, y), text, anchor));
        };
        // Two near edges meet in the nearest corner; along one of them x changes, along the other y.
        for (from, to, anchor) in
            [(corners[0], corners[1], Anchor::Start), (corners[0], corners[3], Anchor::End)]
        {
            let axis = usize::from(from[0] == to[0]);
            let (name, range) = if axis == 0 { ("x", grid.x) } else { ("y", grid.y) };
            // Away from the floor, at right angles to the edge.
            let beside = |share: f64, out: f64| {
                let mut place = from;
                place[axis] = 2.0 * share - 1.0;
                place[1 - axis] *= out;
                place
            };
            for tick in ticks(range.0, range.1, false, false, 4) {
                let share = (tick.value - range.0) / (range.1 - range.0);
                if (0.04..0.96).contains(&share) {
                    write(beside(share, 1.1), -0.06, &tick.label, anchor);
                }
            }
            write(beside(0.5, 1.38), -0.06, name, anchor);
        }
        let left = corners[3].map(|part| 1.06 * part);
        for tick in ticks(low, high, false, false, 4) {
            let share = (tick.value - low) / (high - low);
            if high > low && (0.0..=1.0).contains(&share) {
                write(left, HEIGHT * share - 0.03, &tick.label, Anchor::End);
            }
        }
        write(corners[3], 1.12 * HEIGHT, quantity, Anchor::Middle);
        labels
    }
}
