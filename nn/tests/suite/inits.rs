//! First weights: moments, bounds, orthogonality, zeros, and what cannot be drawn.

use autograd::Tensor;
use nn::{Draw, Fan, Init};

/// Mean and variance of the numbers, their largest magnitude, and their kurtosis.
fn moments(w: &Tensor<f64>) -> (f64, f64, f64, f64) {
    let n = w.count() as f64;
    let mean = w.data().iter().sum::<f64>() / n;
    let power = |k: i32| w.data().iter().map(|w| (w - mean).powi(k)).sum::<f64>() / n;
    let largest = w.data().iter().fold(0.0_f64, |most, w| most.max(w.abs()));
    (mean, power(2), largest, power(4) / power(2).powi(2))
}

fn draw(init: Init, rows: usize, columns: usize) -> Tensor<f64> {
    init.draw([rows, columns], columns, rows, &mut nn::rng(11))
}

#[test]
fn variances_are_as_the_papers_have_them() {
    // Fan-in 100, fan-out 400; 40,000 numbers give the variance to within 3 %.
    let (inputs, outputs) = (100, 400);
    let scaled = |gain, fan, draw| Init::Scaled { gain, fan, draw };
    let (uniform, normal) = (1.8, 3.0);
    for (init, variance, kurtosis) in [
        (Init::Uniform(0.5), 0.25 / 3.0, uniform),
        (Init::Normal(0.5), 0.25, normal),
        (Init::LecunUniform, 1.0 / 100.0, uniform),
        (Init::LecunNormal, 1.0 / 100.0, normal),
        (Init::HeUniform, 2.0 / 100.0, uniform),
        (Init::HeNormal, 2.0 / 100.0, normal),
        (Init::XavierUniform, 2.0 / 500.0, uniform),
        (Init::XavierNormal, 2.0 / 500.0, normal),
        (scaled(2.0, Fan::In, Draw::Normal), 4.0 / 100.0, normal),
        (scaled(2.0, Fan::Out, Draw::Uniform), 4.0 / 400.0, uniform),
        (scaled(0.5, Fan::Mean, Draw::Normal), 0.25 / 250.0, normal),
        // A normal number that is cut at two deviations has kurtosis 2.3656.
        (scaled(1.0, Fan::In, Draw::TruncatedNormal), 1.0 / 100.0, 2.366),
        (Init::TruncatedNormal(0.5), 0.25 * 0.7737, 2.366),
    ] {
        let (mean, found, _, shape) = moments(&draw(init, outputs, inputs));
        assert!((found / variance - 1.0).abs() < 0.03, "{init:?}: variance {found}, not {variance}");
        assert!(mean.abs() < 5.0 * (variance / 40_000.0).sqrt(), "{init:?}: mean {mean}");
        assert!((shape - kurtosis).abs() < 0.15, "{init:?}: kurtosis {shape}, not {kurtosis}");
    }
}

#[test]
fn bounds_hold() {
    let (.., largest, _) = moments(&draw(Init::Uniform(0.12), 50, 60));
    assert!(largest <= 0.12 && largest > 0.119);
    let (.., largest, _) = moments(&draw(Init::TruncatedNormal(0.3), 50, 60));
    assert!(largest <= 0.6 && largest > 0.59);
    let numbers = draw(Init::UniformIn(2.0, 5.0), 50, 60);
    assert!(numbers.data().iter().all(|w| (2.0..=5.0).contains(w)));
    let (mean, variance, ..) = moments(&numbers);
    assert!((mean - 3.5).abs() < 0.05 && (variance - 0.75).abs() < 0.05);
    assert_eq!(draw(Init::Zeros, 2, 2).data(), [0.0; 4]);
    assert_eq!(draw(Init::Constant(0.1), 2, 2).data(), [0.1; 4]);
}

/// The products of rows with each other, gain² on the diagonal and 0 elsewhere, if rows are orthogonal.
fn assert_orthogonal_rows(w: &[f64], rows: usize, columns: usize, gain: f64) {
    for a in 0..rows {
        for b in 0..rows {
            let product: f64 = (0..columns).map(|k| w[a * columns + k] * w[b * columns + k]).sum();
            let expected = if a == b { gain * gain } else { 0.0 };
            assert!((product - expected).abs() < 1e-13, "rows {a} and {b}: {product}");
        }
    }
}

#[test]
fn orthogonal_weights_are_rotations() {
    for (rows, columns) in [(1, 1), (5, 5), (7, 30), (30, 7), (64, 64)] {
        let w = draw(Init::Orthogonal(1.5), rows, columns);
        if rows <= columns {
            assert_orthogonal_rows(w.data(), rows, columns, 1.5);
        } else {
            let across: Vec<f64> = (0..columns)
                .flat_map(|k| (0..rows).map(move |row| (row, k)))
                .map(|(r, k)| w.at(&[r, k]))
                .collect();
            assert_orthogonal_rows(&across, columns, rows, 1.5);
        }
    }
    // Axes after the first count as columns.
    let w: Tensor<f64> = Init::Orthogonal(1.0).draw([4, 3, 2], 6, 4, &mut nn::rng(1));
    assert_orthogonal_rows(w.data(), 4, 6, 1.0);
    // No direction is preferred: the first number of a rotation of 3 axes is uniform in [-1, 1].
    let mut rng = nn::rng(2);
    let firsts =
        Tensor::from_fn([2000], |_| Init::Orthogonal(1.0).draw::<f64>([3, 3], 3, 3, &mut rng).data()[0]);
    let (mean, variance, ..) = moments(&firsts);
    assert!(mean.abs() < 0.07 && (variance - 1.0 / 3.0).abs() < 0.03, "{mean} {variance}");
}

#[test]
fn sparse_weights_have_the_share_of_zeros_in_every_row() {
    let w = draw(Init::Sparse { zeros: 0.9, deviation: 0.5 }, 400, 50);
    let mut used = [0; 50];
    for row in w.data().chunks(50) {
        assert_eq!(row.iter().filter(|w| **w != 0.0).count(), 5);
        row.iter().enumerate().filter(|(_, w)| **w != 0.0).for_each(|(k, _)| used[k] += 1);
    }
    // 40 of each place are expected, with a deviation of 6.
    assert!(used.iter().all(|count| (10..70).contains(count)), "{used:?}");
    let filled =
        Tensor::from_slice([2000], &w.data().iter().copied().filter(|w| *w != 0.0).collect::<Vec<f64>>())
            .unwrap();
    let (mean, variance, ..) = moments(&filled);
    assert!(mean.abs() < 0.06 && (variance - 0.25).abs() < 0.04, "{mean} {variance}");
    assert_eq!(draw(Init::Sparse { zeros: 1.0, deviation: 1.0 }, 3, 4).data(), [0.0; 12]);
    assert!(draw(Init::Sparse { zeros: 0.0, deviation: 1.0 }, 3, 4).data().iter().all(|w| *w != 0.0));
}

#[test]
fn a_seed_gives_the_same_numbers() {
    for init in [
        Init::HeNormal,
        Init::TruncatedNormal(1.0),
        Init::Orthogonal(1.0),
        Init::Sparse { zeros: 0.5, deviation: 1.0 },
    ] {
        assert_eq!(draw(init, 6, 4), draw(init, 6, 4));
        let other: Tensor<f64> = init.draw([6, 4], 4, 6, &mut nn::rng(12));
        assert_ne!(draw(init, 6, 4), other);
    }
}

#[test]
fn numbers_that_cannot_be_are_named() {
    for (init, expected) in [
        (Init::Constant(f64::NAN), "Init::Constant: the number is NaN, but must be a finite number"),
        (Init::Uniform(-1.0), "Init::Uniform: bound is -1.0, but must be a finite number that is 0 or above"),
        (Init::UniformIn(1.0, 0.5), "Init::UniformIn: low is 1.0, but must be at most as large as high"),
        (Init::UniformIn(0.0, f64::INFINITY), "Init::UniformIn: high is inf, but must be a finite number"),
        (
            Init::Normal(f64::NAN),
            "Init::Normal: deviation is NaN, but must be a finite number that is 0 or above",
        ),
        (Init::Orthogonal(f64::NAN), "Init::Orthogonal: gain is NaN, but must be a finite number"),
        (
            Init::Sparse { zeros: 1.1, deviation: 1.0 },
            "Init::Sparse: zeros is 1.1, but must be at least 0 and at most 1",
        ),
        (
            Init::Scaled { gain: -1.0, fan: Fan::In, draw: Draw::Normal },
            "Init::Scaled: gain is -1.0, but must be a finite number that is 0 or above",
        ),
    ] {
        assert_eq!(init.check([2, 3]).unwrap_err().to_string(), expected);
    }
    assert!(Init::Sparse { zeros: 0.5, deviation: 1.0 }.check([5]).is_err());
}
