//! `ba`: bundle adjustment: by how much projected points miss what cameras saw, and the sparse Jacobian of that.

use autograd::prelude::*;
use serde::{Deserialize, Serialize};

use super::{MOST, require};
use crate::protocol::{Call, Evaluation, Failure};

/// Rotation 3, centre 3, focal length, principal point 2, radial distortion 2.
const CAMERA: usize = 11;
/// A residual depends on a camera, a point of 3 coordinates and a weight.
const INPUTS: usize = CAMERA + 3 + 1;

#[derive(Deserialize)]
struct Input {
    n: usize,
    m: usize,
    p: usize,
    cam: [f64; CAMERA],
    x: [f64; 3],
    w: f64,
    feat: [f64; 2],
}

/// The problem: the input's one camera, point, weight and feature, as often as it says.
struct Scene {
    cameras: Vec<[f64; CAMERA]>,
    points: Vec<[f64; 3]>,
    weights: Vec<f64>,
    features: Vec<[f64; 2]>,
    /// Which camera sees which point.
    observations: Vec<(usize, usize)>,
}

impl Scene {
    fn new(input: &Input) -> Scene {
        Scene {
            cameras: vec![input.cam; input.n],
            points: vec![input.x; input.m],
            weights: vec![input.w; input.p],
            features: vec![input.feat; input.p],
            observations: (0..input.p).map(|i| (i % input.n, i % input.m)).collect(),
        }
    }

    /// What the residual of an observation depends on.
    fn inputs(&self, observation: usize) -> [f64; INPUTS] {
        let (camera, point) = self.observations[observation];
        let mut inputs = [self.weights[observation]; INPUTS];
        inputs[..CAMERA].copy_from_slice(&self.cameras[camera]);
        inputs[CAMERA..14].copy_from_slice(&self.points[point]);
        inputs
    }
}

#[inline(always)]
fn dot<S: Scalar>(a: [S; 3], b: [S; 3]) -> S {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

#[inline(always)]
fn cross<S: Scalar>(a: [S; 3], b: [S; 3]) -> [S; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

/// `x` turned around the axis `rotation` by the angle that is its length (Rodrigues' formula).
#[inline(always)]
fn rotate<S: Scalar>(rotation: [S; 3], x: [S; 3]) -> [S; 3] {
    let square = dot(rotation, rotation);
    if square == 0.0 {
        let turned = cross(rotation, x);
        return [x[0] + turned[0], x[1] + turned[1], x[2] + turned[2]];
    }
    let angle = square.sqrt();
    let (sin, cos, inverse) = (angle.sin(), angle.cos(), angle.recip());
    let axis = [rotation[0] * inverse, rotation[1] * inverse, rotation[2] * inverse];
    let turned = cross(axis, x);
    let along = dot(axis, x) * (-cos + 1.0);
    [
        x[0] * cos + turned[0] * sin + axis[0] * along,
        x[1] * cos + turned[1] * sin + axis[1] * along,
        x[2] * cos + turned[2] * sin + axis[2] * along,
    ]
}

/// The weighted distance of a projected point from its feature.
#[inline(always)]
fn residual<S: Scalar>(inputs: &[S; INPUTS], feature: [f64; 2]) -> [S; 2] {
    let &[r0, r1, r2, c0, c1, c2, focal, u, v, k1, k2, x, y, z, weight] = inputs;
    let [x, y, z] = rotate([r0, r1, r2], [x - c0, y - c1, z - c2]);
    let (x, y) = (x / z, y / z);
    let square = x * x + y * y;
    let distortion = (k1 + k2 * square) * square + 1.0;
    [weight * (x * distortion * focal + u - feature[0]), weight * (y * distortion * focal + v - feature[1])]
}

fn weight_error<S: Scalar>(weight: S) -> S {
    -(weight * weight) + 1.0
}

#[derive(Default)]
struct Residuals {
    reprojection: Vec<[f64; 2]>,
    weight: Vec<f64>,
}

/// A sparse matrix: where each row begins, then the column and value of each entry.
#[derive(Default, Serialize)]
struct Sparse {
    rows: Vec<usize>,
    cols: Vec<usize>,
    vals: Vec<f64>,
}

/// The Jacobian: two rows for each observation, and one for each weight.
fn jacobian(scene: &Scene, matrix: &mut Sparse) {
    let Sparse { rows, cols, vals } = matrix;
    rows.clear();
    cols.clear();
    vals.clear();
    rows.push(0);
    let first_point = CAMERA * scene.cameras.len();
    let first_weight = first_point + 3 * scene.points.len();
    for (observation, &(camera, point)) in scene.observations.iter().enumerate() {
        let inputs = DualN::variables(scene.inputs(observation));
        for error in residual(&inputs, scene.features[observation]) {
            cols.extend(CAMERA * camera..CAMERA * (camera + 1));
            cols.extend(first_point + 3 * point..first_point + 3 * (point + 1));
            cols.push(first_weight + observation);
            vals.extend_from_slice(&error.tangents);
            rows.push(cols.len());
        }
    }
    for (place, &weight) in scene.weights.iter().enumerate() {
        cols.push(first_weight + place);
        vals.push(weight_error(Dual::variable(weight)).tangent);
        rows.push(cols.len());
    }
}

/// The first 30 entries and the last.
fn sample<T: Copy>(list: &[T]) -> Vec<T> {
    list.iter().take(2 * INPUTS).chain(list.last()).copied().collect()
}

pub(crate) fn evaluate(call: Call) -> Result<Evaluation, Failure> {
    let input: Input = call.input()?;
    require([input.n, input.m, input.p].iter().all(|count| (1..=MOST).contains(count)), "n, m or p is 0 or too large")?;
    let scene = Scene::new(&input);
    match call.function {
        "objective" => call.time(
            |errors: &mut Residuals| {
                let observed = scene.features.iter().enumerate();
                errors.reprojection.clear();
                errors.reprojection.extend(observed.map(|(i, &feature)| residual(&scene.inputs(i), feature)));
                errors.weight.clear();
                errors.weight.extend(scene.weights.iter().map(|&weight| weight_error(weight)));
            },
            |errors| {
                serde_json::json!({
                    "reproj_error": { "elements": errors.reprojection[0], "repeated": errors.reprojection.len() },
                    "w_err": { "element": errors.weight[0], "repeated": errors.weight.len() },
                })
            },
        ),
        "jacobian" => call.time(
            |matrix| jacobian(&scene, matrix),
            |Sparse { rows, cols, vals }| Sparse { rows: sample(&rows), cols: sample(&cols), vals: sample(&vals) },
        ),
        _ => call.unknown(),
    }
}
