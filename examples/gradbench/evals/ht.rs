//! `ht`: hand tracking: how far points are from the surface of a hand whose bones are posed by 26 parameters.

use autograd::prelude::*;
use serde::Deserialize;

use super::require;
use crate::protocol::{Call, Evaluation, Failure};

/// Global rotation 3, global translation 3, and 4 angles for each finger.
const POSE: usize = 26;
/// Beside the pose, a point may slide on its triangle in 2 directions.
const ALL: usize = POSE + 2;

type Matrix<S> = [[S; 4]; 4];

#[derive(Deserialize)]
struct Input {
    theta: Vec<f64>,
    data: Data,
    /// Where in its triangle each point is; none if points are at vertices.
    us: Vec<[f64; 2]>,
}

#[derive(Deserialize)]
struct Data {
    model: Model,
    /// The triangle, or vertex, of each point.
    correspondences: Vec<usize>,
    points: Vec<[f64; 3]>,
}

#[derive(Deserialize)]
struct Model {
    /// The bone that each hangs from, which comes earlier; -1 if none.
    parents: Vec<isize>,
    base_relatives: Vec<Matrix<f64>>,
    inverse_base_absolutes: Vec<Matrix<f64>>,
    base_positions: Vec<[f64; 4]>,
    /// How much of each vertex moves with each bone.
    weights: Vec<Vec<f64>>,
    triangles: Vec<[usize; 3]>,
    is_mirrored: bool,
}

impl Input {
    fn check(&self) -> Result<(), Failure> {
        let Data { model, correspondences, points } = &self.data;
        let (bones, vertices) = (model.parents.len(), model.base_positions.len());
        require(self.theta.len() == POSE, "theta has not 26 numbers")?;
        // Five fingers of which three bones move, with one between that does not, after two others.
        require(bones >= 22, "there are fewer than 22 bones")?;
        require(model.base_relatives.len() == bones, "base_relatives has not one matrix for each bone")?;
        require(model.inverse_base_absolutes.len() == bones, "inverse_base_absolutes has not one matrix for each bone")?;
        let hangs = |(bone, &parent): (usize, &isize)| parent == -1 || (0..bone as isize).contains(&parent);
        require(model.parents.iter().enumerate().all(hangs), "a bone hangs from none that comes before it")?;
        require(model.weights.len() == vertices, "weights has not one row for each vertex")?;
        require(model.weights.iter().all(|row| row.len() == bones), "a row of weights has not one for each bone")?;
        require(model.triangles.iter().flatten().all(|&vertex| vertex < vertices), "a triangle has no such vertex")?;
        require(points.len() == correspondences.len(), "points and correspondences differ in number")?;
        let places = if self.us.is_empty() { vertices } else { model.triangles.len() };
        require(correspondences.iter().all(|&place| place < places), "a correspondence leads nowhere")?;
        require(self.us.is_empty() || self.us.len() == points.len(), "us has not one pair for each point")
    }
}

fn product<A: Copy, B: Copy, S: Scalar>(a: &Matrix<A>, b: &Matrix<B>, times: impl Fn(B, A) -> S) -> Matrix<S> {
    let entry = |row: usize, column: usize| (1..4).fold(times(b[0][column], a[row][0]), |sum, i| sum + times(b[i][column], a[row][i]));
    std::array::from_fn(|row| std::array::from_fn(|column| entry(row, column)))
}

fn identity<S: Scalar>() -> Matrix<S> {
    std::array::from_fn(|row| std::array::from_fn(|column| S::from(if row == column { 1.0 } else { 0.0 })))
}

/// A turn around z by `tz`, after one around y by `ty`, after one around x by `tx`.
fn euler<S: Scalar>([tx, tz, ty]: [S; 3]) -> Matrix<S> {
    let turn = |angle: S, from: usize, to: usize| {
        let mut turn = identity::<S>();
        (turn[from][from], turn[to][to]) = (angle.cos(), angle.cos());
        (turn[to][from], turn[from][to]) = (angle.sin(), -angle.sin());
        turn
    };
    let times = |b: S, a: S| b * a;
    product(&product(&turn(tz, 0, 1), &turn(ty, 2, 0), times), &turn(tx, 1, 2), times)
}

/// A turn around an axis by the angle that is its length; none if that is tiny.
fn axis_angle<S: Scalar>(axis: [S; 3]) -> [[S; 3]; 3] {
    let angle = (axis[0] * axis[0] + axis[1] * axis[1] + axis[2] * axis[2]).sqrt();
    if angle < 1e-4 {
        return std::array::from_fn(|row| std::array::from_fn(|column| identity()[row][column]));
    }
    let [x, y, z] = axis.map(|a| a / angle);
    let (s, c) = (angle.sin(), angle.cos());
    let rest = -c + 1.0;
    [
        [x * x * rest + c, x * y * rest - z * s, x * z * rest + y * s],
        [x * y * rest + z * s, y * y * rest + c, y * z * rest - x * s],
        [x * z * rest - y * s, y * z * rest + x * s, z * z * rest + c],
    ]
}

/// How each bone has moved from where it was at rest.
fn bones<S: Scalar>(model: &Model, theta: &[S; POSE]) -> Vec<Matrix<S>> {
    let mut angles = vec![[S::from(0.0); 3]; model.parents.len()];
    for (finger, theta) in theta[6..].as_chunks::<4>().0.iter().enumerate() {
        let first = 2 + 4 * finger;
        (angles[first][0], angles[first][1]) = (theta[0], theta[1]);
        (angles[first + 1][0], angles[first + 2][0]) = (theta[2], theta[3]);
    }
    let mut absolutes: Vec<Matrix<S>> = Vec::with_capacity(angles.len());
    for (bone, &angles) in angles.iter().enumerate() {
        let relative = product(&model.base_relatives[bone], &euler(angles), |b: S, a| b * a);
        absolutes.push(match model.parents[bone] {
            -1 => relative,
            parent => product(&absolutes[parent as usize], &relative, |b, a: S| b * a),
        });
    }
    let rest = model.inverse_base_absolutes.iter();
    absolutes.iter().zip(rest).map(|(absolute, rest)| product(absolute, rest, |b: f64, a: S| a * b)).collect()
}

/// Where each vertex is.
fn vertices<S: Scalar>(model: &Model, theta: &[S; POSE], positions: &mut Vec<[S; 3]>) {
    let bones = bones(model, theta);
    let turn = axis_angle([theta[0], theta[1], theta[2]]);
    positions.clear();
    positions.extend(model.base_positions.iter().zip(&model.weights).map(|(base, weights)| {
        let mut position = [S::from(0.0); 3];
        // A vertex moves with few bones: the weights of the others are 0.
        for (bone, &weight) in bones.iter().zip(weights).filter(|(_, weight)| **weight != 0.0) {
            for (sum, row) in position.iter_mut().zip(bone) {
                for (&entry, coordinate) in row.iter().zip(base) {
                    *sum += entry * (coordinate * weight);
                }
            }
        }
        if model.is_mirrored {
            position[0] = -position[0];
        }
        std::array::from_fn(|i| {
            turn[i][0] * position[0] + turn[i][1] * position[1] + turn[i][2] * position[2] + theta[3 + i]
        })
    }));
}

/// From the surface to each point; `us` gives where on the surface, and `positions` is memory.
fn distances<S: Scalar>(
    data: &Data,
    theta: &[S; POSE],
    us: impl Fn(usize) -> Option<[S; 2]>,
    positions: &mut Vec<[S; 3]>,
    mut found: impl FnMut(usize, [S; 3]),
) {
    vertices(&data.model, theta, positions);
    for (place, (point, &at)) in data.points.iter().zip(&data.correspondences).enumerate() {
        let surface = match us(place) {
            None => positions[at],
            Some([u, v]) => {
                let [a, b, c] = data.model.triangles[at].map(|vertex| positions[vertex]);
                let w = -u - v + 1.0;
                std::array::from_fn(|i| u * a[i] + v * b[i] + w * c[i])
            }
        };
        found(place, std::array::from_fn(|i| -surface[i] + point[i]));
    }
}

/// The Jacobian, row after row; its first two columns are those of `us` if there is one.
fn jacobian<const N: usize>(input: &Input, theta: &[f64; POSE], positions: &mut Vec<[DualN<f64, N>; 3]>, out: &mut Vec<f64>) {
    let theta = std::array::from_fn(|i| DualN::variable(theta[i], N - POSE + i));
    let us = |place: usize| {
        let &[u, v] = input.us.get(place)?;
        Some([DualN::variable(u, 0), DualN::variable(v, 1)])
    };
    out.clear();
    out.reserve(input.data.points.len() * 3 * N);
    distances(&input.data, &theta, us, positions, |_, distance| distance.iter().for_each(|d| out.extend(d.tangents)));
}

pub(crate) fn evaluate(call: Call) -> Result<Evaluation, Failure> {
    let input: Input = call.input()?;
    input.check()?;
    let theta: [f64; POSE] = std::array::from_fn(|i| input.theta[i]);
    let rows = |columns: usize| move |out: Vec<f64>| out.chunks(columns).map(<[f64]>::to_vec).collect::<Vec<_>>();
    match call.function {
        "objective" => {
            let mut positions = Vec::new();
            call.time(
                |errors: &mut Vec<f64>| {
                    errors.clear();
                    let us = |place: usize| input.us.get(place).copied();
                    distances(&input.data, &theta, us, &mut positions, |_, distance| errors.extend(distance));
                },
                |errors| errors,
            )
        }
        "jacobian" if input.us.is_empty() => {
            let mut positions = Vec::new();
            call.time(|out| jacobian::<POSE>(&input, &theta, &mut positions, out), rows(POSE))
        }
        "jacobian" => {
            let mut positions = Vec::new();
            call.time(|out| jacobian::<ALL>(&input, &theta, &mut positions, out), rows(ALL))
        }
        _ => call.unknown(),
    }
}
