//! Contours of a grid, and the areas above a level. Each cell is four triangles about its mean, on which the function is
//! linear: no cell is ambiguous, and areas end exactly at contours.

use std::collections::BTreeMap;

use super::grid::Grid;

/// A place in data coordinates.
type Place = [f64; 2];

/// A corner of a triangle: its number, where it is, and the value there less the level.
type Corner = (usize, Place, f64);

/// Lines on which the value is `level`; where the grid has no finite value there are none.
pub(super) fn lines(grid: &Grid, level: f64) -> Vec<Vec<Place>> {
    // A contour crosses the edge of a triangle, so crossings are told apart by their edges.
    let mut places: BTreeMap<(usize, usize), Place> = BTreeMap::new();
    let mut neighbours: BTreeMap<(usize, usize), Vec<(usize, usize)>> = BTreeMap::new();
    for triangle in triangles(grid, level) {
        let mut ends = Vec::new();
        for i in 0..3 {
            let (a, b) = (triangle[i], triangle[(i + 1) % 3]);
            if (a.2 >= 0.0) != (b.2 >= 0.0) {
                let edge = (a.0.min(b.0), a.0.max(b.0));
                places.insert(edge, crossing(a, b));
                ends.push(edge);
            }
        }
        if let [a, b] = ends[..] {
            neighbours.entry(a).or_default().push(b);
            neighbours.entry(b).or_default().push(a);
        }
    }
    // Open lines begin where one neighbour is; what remains then is closed.
    let mut lines = Vec::new();
    let ends: Vec<(usize, usize)> =
        neighbours.iter().filter(|(_, next)| next.len() == 1).map(|(&edge, _)| edge).collect();
    let all: Vec<(usize, usize)> = neighbours.keys().copied().collect();
    for start in ends.into_iter().chain(all) {
        let mut line = Vec::new();
        let mut at = start;
        while let Some(next) = neighbours.get_mut(&at).and_then(Vec::pop) {
            if line.is_empty() {
                line.push(places[&at]);
            }
            line.push(places[&next]);
            if let Some(back) = neighbours.get_mut(&next) {
                back.retain(|&edge| edge != at);
            }
            at = next;
        }
        if !line.is_empty() {
            lines.push(line);
        }
    }
    lines
}

/// A corner of an area, told apart exactly: a corner of triangles, or a crossing of the edge between two of them.
type Key = (usize, usize);

/// Outlines of the area on which the value is at least `level`: counterclockwise, and clockwise around holes.
pub(super) fn areas(grid: &Grid, level: f64) -> Vec<Vec<Place>> {
    // The pieces of the area have all of their edges counterclockwise: those between two pieces occur in both directions, and
    // what is left is the outline.
    let mut places: BTreeMap<Key, Place> = BTreeMap::new();
    let mut edges: BTreeMap<Key, Vec<Key>> = BTreeMap::new();
    let mut add = |piece: &[(Key, Place)]| {
        for (i, &(from, place)) in piece.iter().enumerate() {
            places.insert(from, place);
            let to = piece[(i + 1) % piece.len()].0;
            let back = edges.get_mut(&to).and_then(|ends| {
                let at = ends.iter().position(|&end| end == from)?;
                Some(ends.swap_remove(at))
            });
            if back.is_none() {
                edges.entry(from).or_default().push(to);
            }
        }
    };
    for row in 0..grid.rows() - 1 {
        for column in 0..grid.columns() - 1 {
            let corners = [(column, row), (column + 1, row), (column + 1, row + 1), (column, row + 1)];
            let inside = corners.iter().filter(|&&(column, row)| grid.value(column, row) >= level).count();
            match inside {
                4 => add(&corners.map(|(column, row)| {
                    let number = row * grid.columns() + column;
                    ((number, number), grid.point(column, row))
                })),
                _ => cell(grid, column, row, level).into_iter().for_each(|t| add(&part_above(t))),
            }
        }
    }
    let mut rings = Vec::new();
    let starts: Vec<Key> = edges.keys().copied().collect();
    for start in starts {
        let mut ring: Vec<Place> = Vec::new();
        let mut at = start;
        while let Some(next) = edges.get_mut(&at).and_then(Vec::pop) {
            // Points on a straight line add nothing.
            if let [.., a, b] = ring[..]
                && (b[0] - a[0]) * (places[&at][1] - b[1]) == (b[1] - a[1]) * (places[&at][0] - b[0])
            {
                ring.pop();
            }
            ring.push(places[&at]);
            at = next;
        }
        if ring.len() > 2 {
            rings.push(ring);
        }
    }
    rings
}

/// The part of a triangle where the value is not below the level; nothing if there is none.
fn part_above(triangle: [Corner; 3]) -> Vec<(Key, Place)> {
    let mut part = Vec::new();
    for i in 0..3 {
        let (a, b) = (triangle[i], triangle[(i + 1) % 3]);
        if a.2 >= 0.0 {
            part.push(((a.0, a.0), a.1));
        }
        if (a.2 >= 0.0) != (b.2 >= 0.0) {
            part.push(((a.0.min(b.0), a.0.max(b.0)), crossing(a, b)));
        }
    }
    part
}

/// Where the value passes the level between two corners: always computed in the same direction, so that neighbours agree.
fn crossing(a: Corner, b: Corner) -> Place {
    let (a, b) = if a.0 < b.0 { (a, b) } else { (b, a) };
    let share = a.2 / (a.2 - b.2);
    [a.1[0] + share * (b.1[0] - a.1[0]), a.1[1] + share * (b.1[1] - a.1[1])]
}

fn triangles(grid: &Grid, level: f64) -> impl Iterator<Item = [Corner; 3]> {
    let cells = (0..grid.rows() - 1).flat_map(|row| (0..grid.columns() - 1).map(move |column| (column, row)));
    cells.flat_map(move |(column, row)| cell(grid, column, row, level))
}

/// The triangles of a cell; none if a corner has no finite value.
fn cell(grid: &Grid, column: usize, row: usize, level: f64) -> Vec<[Corner; 3]> {
    let corner = |column: usize, row: usize| {
        // The quarter of the value keeps differences of the largest numbers finite.
        let value = grid.value(column, row) / 4.0 - level / 4.0;
        (row * grid.columns() + column, grid.point(column, row), value)
    };
    let corners =
        [corner(column, row), corner(column + 1, row), corner(column + 1, row + 1), corner(column, row + 1)];
    if corners.iter().any(|corner| !corner.2.is_finite()) {
        return Vec::new();
    }
    let mean = |part: fn(&Corner) -> f64| corners.iter().map(|corner| part(corner) / 4.0).sum::<f64>();
    let number = grid.columns() * grid.rows() + row * grid.columns() + column;
    let middle = (number, [mean(|c| c.1[0]), mean(|c| c.1[1])], mean(|c| c.2));
    (0..4).map(|i| [corners[i], corners[(i + 1) % 4], middle]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contour_of_a_circle_is_one_closed_line_of_its_radius() {
        let grid = Grid::sample(-2.0..=2.0, -2.0..=2.0, [80, 70], |x, y| x.hypot(y));
        let lines = lines(&grid, 1.5);
        assert_eq!(lines.len(), 1);
        let line = &lines[0];
        assert_eq!(line[0], line[line.len() - 1]);
        assert!(line.iter().all(|[x, y]| (x.hypot(*y) - 1.5).abs() < 2e-3));
        let length: f64 = line.windows(2).map(|p| (p[0][0] - p[1][0]).hypot(p[0][1] - p[1][1])).sum();
        assert!((length - 3.0 * std::f64::consts::PI).abs() < 0.02, "{length}");
    }

    #[test]
    fn a_contour_that_leaves_the_grid_is_open() {
        let grid = Grid::sample(0.0..=1.0, 0.0..=1.0, [5, 5], |x, y| x + 0.5 * y);
        let lines = lines(&grid, 0.6);
        assert_eq!(lines.len(), 1);
        assert!(lines[0].iter().all(|[x, y]| (x + 0.5 * y - 0.6).abs() < 1e-12));
    }

    #[test]
    fn the_area_above_a_level_is_what_it_should_be() {
        let size = |outline: &Vec<Place>| {
            let next = |i: usize| outline[(i + 1) % outline.len()];
            let twice = |i: usize| outline[i][0] * next(i)[1] - next(i)[0] * outline[i][1];
            (0..outline.len()).map(twice).sum::<f64>() / 2.0
        };
        let grid = Grid::sample(-2.0..=2.0, -2.0..=2.0, [90, 80], |x, y| -x.hypot(y));
        let area: f64 = areas(&grid, -1.0).iter().map(size).sum();
        assert!((area - std::f64::consts::PI).abs() < 5e-3, "{area}");
        // What is above and what is not are the whole.
        let rest: f64 = areas(&grid.map(|z| -z), 1.0).iter().map(size).sum();
        assert!((area + rest - 16.0).abs() < 1e-9, "{area} {rest}");
    }

    #[test]
    fn where_there_is_no_value_there_is_no_line() {
        let grid = Grid::sample(-1.0..=1.0, -1.0..=1.0, [9, 9], |x, y| if x < 0.0 { f64::NAN } else { y });
        assert!(lines(&grid, 0.1).iter().flatten().all(|[x, _]| *x >= 0.0));
        assert!(areas(&grid, 0.1).iter().flatten().all(|[x, _]| *x >= 0.0));
        let none = Grid::sample(-1.0..=1.0, -1.0..=1.0, [3, 3], |_, _| f64::NAN);
        assert!(none.extremes().is_none() && none.levels(4).is_empty() && lines(&none, 0.0).is_empty());
    }
}
