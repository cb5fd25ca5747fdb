//! `kmeans`: Newton's step of the centroids of clusters.

use autograd::prelude::*;
use serde::Deserialize;

use super::{matrix, require, rows};
use crate::protocol::{Call, Evaluation, Failure};

#[derive(Deserialize)]
struct Input {
    points: Vec<Vec<f64>>,
    centroids: Vec<Vec<f64>>,
}

/// For each point, which centroid is nearest, and how far it is, squared.
fn nearest<'a>(points: &'a [f64], centroids: &[f64], axes: usize) -> impl Iterator<Item = (usize, f64)> + use<'a> {
    // Axis by axis, so that the loop over centroids is one over neighbours.
    let clusters = centroids.len() / axes;
    let by_axis: Vec<f64> = (0..centroids.len()).map(|i| centroids[i % clusters * axes + i / clusters]).collect();
    let mut distances = vec![0.0; clusters];
    points.chunks_exact(axes).map(move |point| {
        distances.fill(0.0);
        for (&p, centroids) in point.iter().zip(by_axis.chunks_exact(clusters)) {
            for (distance, c) in distances.iter_mut().zip(centroids) {
                *distance += (p - c) * (p - c);
            }
        }
        let mut best = (0, f64::INFINITY);
        for (place, &distance) in distances.iter().enumerate() {
            if distance < best.1 {
                best = (place, distance);
            }
        }
        best
    })
}

/// Σ over points of the squared distance from their centroid: the cost, as far as it is smooth.
fn cost<'g>(points: &Tensor<f64>, centroids: Var<'g, f64>, nearest: &Indices) -> Var<'g, f64> {
    (centroids.index_select(0, nearest) - centroids.graph().constant(points)).square().sum()
}

pub(crate) fn evaluate(call: Call) -> Result<Evaluation, Failure> {
    let input: Input = call.input()?;
    let axes = input.points.first().map_or(0, Vec::len);
    require(axes > 0 && !input.centroids.is_empty(), "there are no points, no axes or no centroids")?;
    let (count, clusters) = (input.points.len(), input.centroids.len());
    let points = matrix("points", &input.points, axes)?;
    let centroids = matrix("centroids", &input.centroids, axes)?;
    let point_matrix = Tensor::from_slice([count, axes], &points).expect("as many as rows and columns");
    let centroid_matrix = Tensor::from_slice([clusters, axes], &centroids).expect("as many as rows and columns");
    match call.function {
        "cost" => call.time(|y| *y = nearest(&points, &centroids, axes).map(|(_, distance)| distance).sum(), |y: f64| y),
        "dir" => call.time(
            |direction| {
                let nearest: Vec<usize> = nearest(&points, &centroids, axes).map(|(place, _)| place).collect();
                let nearest = Indices::new([count], &nearest, clusters).expect("places of centroids");
                let g = Graph::f64();
                let centroids = g.var(&centroid_matrix);
                let gradient = cost(&point_matrix, centroids, &nearest).grad(&[centroids])[0];
                // The Hessian is diagonal, so its product with ones has all that there is.
                let curvature = gradient.sum().grad(&[centroids])[0];
                *direction = Some((gradient / curvature).value());
            },
            |direction: Option<Tensor<f64>>| {
                direction.map(|direction| rows(direction.data(), axes).into_iter().map(<[f64]>::to_vec).collect::<Vec<_>>())
            },
        ),
        _ => call.unknown(),
    }
}
