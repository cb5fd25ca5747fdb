//! Normalisation against loops by hand, gradients against differences, running numbers.

use nn::prelude::*;

/// Central differences of every number of every input.
fn assert_gradients<F>(f: F, inputs: &[&Tensor<f64>])
where
    F: for<'g> Fn(&'g Graph<f64>, &[Var<'g, f64>]) -> Var<'g, f64>,
{
    if let Err(mismatch) = check_gradients(f, inputs) {
        panic!("{mismatch}");
    }
}

#[track_caller]
fn assert_close(found: &Tensor<f64>, expected: &[f64], tolerance: f64) {
    assert_eq!(found.count(), expected.len());
    for (i, (found, expected)) in found.data().iter().zip(expected).enumerate() {
        assert!((found - expected).abs() <= tolerance, "number {i}: {found}, but {expected} is right");
    }
}

/// Numbers without a pattern.
fn numbers(shape: [usize; 2], scale: f64) -> Tensor<f64> {
    Tensor::from_fn(shape, |i| scale * ((i as f64 * 12.9898).sin() * 3.0 + (i % 5) as f64 * 0.3))
}

fn mean(numbers: impl Iterator<Item = f64> + Clone) -> f64 {
    numbers.clone().sum::<f64>() / numbers.count() as f64
}

/// Mean, and the sum of squared distances from it divided by n - `less`.
fn moments(numbers: impl Iterator<Item = f64> + Clone, less: usize) -> (f64, f64) {
    let (middle, count) = (mean(numbers.clone()), numbers.clone().count());
    (middle, numbers.map(|x| (x - middle).powi(2)).sum::<f64>() / (count - less) as f64)
}

#[test]
fn layer_norm_is_the_formula() {
    let (x, weight, bias) = (numbers([4, 5], 1.0), numbers([1, 5], 0.7), numbers([1, 5], -0.4));
    let epsilon = 0.01;
    let norm = LayerNorm {
        weight: Some(weight.reshaped([5]).unwrap()),
        bias: Some(bias.reshaped([5]).unwrap()),
        epsilon,
    };
    let y = norm.predict(|g, norm| norm.forward(g.constant(&x)));
    let mut expected = Vec::new();
    for row in x.data().chunks(5) {
        let (mean, variance) = moments(row.iter().copied(), 0);
        for (k, x) in row.iter().enumerate() {
            expected.push((x - mean) / (variance + epsilon).sqrt() * weight.data()[k] + bias.data()[k]);
        }
    }
    assert_close(&y, &expected, 1e-14);
    assert_gradients(
        |_, v| {
            let norm = LayerNorm { weight: Some(v[1]), bias: Some(v[2]), epsilon: 0.01 };
            (norm.forward(v[0]) * v[3]).sum()
        },
        &[&x, &norm.weight.unwrap(), &norm.bias.unwrap(), &numbers([4, 5], 0.3)],
    );
}

#[test]
fn norms_of_rows_take_any_leading_axes_and_options() {
    let norm: LayerNorm<Tensor<f64>> =
        LayerNorm::builder(2).affine(false).epsilon(1e-12).build().unwrap().cast();
    assert!(norm.weight.is_none() && norm.bias.is_none());
    let y = norm.predict(|g, norm| norm.forward(g.constant([[[1.0, 3.0]], [[-5.0, -9.0]]])));
    assert_eq!(y.shape(), [2, 1, 2]);
    assert_close(&y, &[-1.0, 1.0, 1.0, -1.0], 1e-11);
    // A row of equal numbers has no variance, and becomes 0.
    let y = LayerNorm::new(2).predict(|g, norm| norm.forward(g.constant([7.0, 7.0])));
    assert_eq!(y.data(), [0.0, 0.0]);
    let y = RmsNorm::new(2).predict(|g, norm| norm.forward(g.zeros([3, 2])));
    assert_eq!(y.data(), [0.0; 6]);
}

#[test]
fn rms_norm_is_the_formula() {
    let (x, weight) = (numbers([3, 4], 1.0), numbers([1, 4], 0.5).reshaped([4]).unwrap());
    let norm = RmsNorm { weight: Some(weight.clone()), epsilon: 0.02 };
    let y = norm.predict(|g, norm| norm.forward(g.constant(&x)));
    let mut expected = Vec::new();
    for row in x.data().chunks(4) {
        let square = mean(row.iter().map(|x| x * x));
        expected.extend(row.iter().zip(weight.data()).map(|(x, w)| x / (square + 0.02).sqrt() * w));
    }
    assert_close(&y, &expected, 1e-14);
    assert_gradients(
        |_, v| (RmsNorm { weight: Some(v[1]), epsilon: 0.02 }.forward(v[0]) * v[2]).sum(),
        &[&x, &weight, &numbers([3, 4], 0.3)],
    );
}

fn batch_norm(momentum: f64) -> BatchNorm<Tensor<f64>> {
    let mut norm: BatchNorm<Tensor<f64>> =
        BatchNorm::builder(3).momentum(momentum).epsilon(0.01).build().unwrap().cast();
    norm.weight = Some(Tensor::from([1.5, -0.5, 2.0]));
    norm.bias = Some(Tensor::from([0.1, 0.2, -0.3]));
    norm
}

/// The numbers of a column.
fn column(x: &Tensor<f64>, k: usize) -> impl Iterator<Item = f64> + Clone + '_ {
    x.data().iter().skip(k).step_by(3).copied()
}

#[test]
fn batch_norm_trains_with_the_batch_and_is_used_with_running_numbers() {
    let mut norm = batch_norm(0.3);
    let (weight, bias) = ([1.5, -0.5, 2.0], [0.1, 0.2, -0.3]);
    let (mut running_mean, mut running_var) = ([0.0; 3], [1.0; 3]);
    let mut still = Sgd::new(0.0);
    for x in [numbers([6, 3], 1.0), numbers([2, 3], -2.0)] {
        let (_, [y]) = still
            .step_with(&mut norm, |g, norm| {
                let y = norm.forward(g.constant(&x));
                (y.sum(), [y])
            })
            .unwrap();
        let mut expected = vec![0.0; x.count()];
        for k in 0..3 {
            let (mean, variance) = moments(column(&x, k), 0);
            for (row, x) in column(&x, k).enumerate() {
                expected[3 * row + k] = (x - mean) / (variance + 0.01).sqrt() * weight[k] + bias[k];
            }
            let (mean, variance) = moments(column(&x, k), 1);
            running_mean[k] = 0.7 * running_mean[k] + 0.3 * mean;
            running_var[k] = 0.7 * running_var[k] + 0.3 * variance;
        }
        assert_close(&y, &expected, 1e-13);
        assert_close(&norm.running_mean, &running_mean, 1e-13);
        assert_close(&norm.running_var, &running_var, 1e-13);
    }
    // In use a single row will do, and changes nothing.
    let before = (norm.running_mean.clone(), norm.running_var.clone());
    let y = norm.predict(|g, norm| norm.forward(g.constant([[1.0, 2.0, 3.0]])));
    let expected: Vec<f64> = (0..3)
        .map(|k| ((k + 1) as f64 - running_mean[k]) / (running_var[k] + 0.01).sqrt() * weight[k] + bias[k])
        .collect();
    assert_close(&y, &expected, 1e-13);
    assert_eq!((norm.running_mean, norm.running_var), before);
}

#[test]
fn gradients_of_batch_norm_go_through_mean_and_variance() {
    let norm = batch_norm(0.1);
    for training in [true, false] {
        assert_gradients(
            |g, v| {
                if training {
                    g.training()
                } else {
                    g.inference()
                };
                let norm = BatchNorm {
                    weight: Some(v[1]),
                    bias: Some(v[2]),
                    running_mean: g.constant([0.3, -0.2, 0.0]),
                    running_var: g.constant([2.0, 0.5, 1.0]),
                    momentum: 0.1,
                    epsilon: 0.01,
                };
                (norm.forward(v[0]) * v[3]).sum()
            },
            &[
                &numbers([4, 3], 1.0),
                norm.weight.as_ref().unwrap(),
                norm.bias.as_ref().unwrap(),
                &numbers([4, 3], 0.4),
            ],
        );
    }
}

#[test]
fn a_failed_step_leaves_running_numbers_as_they_were() {
    let mut norm = batch_norm(0.5);
    let before = norm.clone();
    let x = numbers([4, 3], 1.0);
    Sgd::new(0.1).step(&mut norm, |g, norm| norm.forward(g.constant(&x)).sum() / 0.0).unwrap_err();
    assert_eq!((norm.running_mean, norm.running_var), (before.running_mean, before.running_var));
    let (_, gradient) = batch_norm(0.5).value_and_grad(|g, norm| norm.forward(g.constant(&x)).sum()).unwrap();
    assert_eq!(gradient.running_var.data(), [0.0; 3]);
}
