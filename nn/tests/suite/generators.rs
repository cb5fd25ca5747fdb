//! Generators: the shapes they promise, measured on the points.

use nn::data::{Dataset, Gate, blobs, circles, friedman1, linear, moons, spirals, xor_clouds};

fn points(data: &Dataset) -> impl Iterator<Item = (f64, f64, u32)> + '_ {
    let label = |row: usize| data.labels().as_slice()[row];
    (0..data.len()).map(move |row| (f64::from(data.row(row)[0]), f64::from(data.row(row)[1]), label(row)))
}

/// The number of rows of each class.
fn counts(data: &Dataset) -> Vec<usize> {
    let mut counts = vec![0; data.classes()];
    data.labels().as_slice().iter().for_each(|&label| counts[label as usize] += 1);
    counts
}

#[test]
fn gates_have_their_truth_tables() {
    let tables = [[0, 0, 0, 1], [0, 1, 1, 1], [1, 1, 1, 0], [1, 0, 0, 0], [0, 1, 1, 0], [1, 0, 0, 1]];
    for (gate, outputs) in Gate::ALL.iter().zip(tables) {
        let data = gate.dataset();
        assert_eq!(data.x().data(), [0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0]);
        assert_eq!((data.labels().as_slice(), data.classes()), (&outputs[..], 2), "{gate:?}");
    }
}

#[test]
fn moons_without_noise_are_half_circles() {
    let data = moons(101, 0.0, &mut nn::rng(1));
    for (x, y, class) in points(&data) {
        let (cx, cy, side) = if class == 0 { (0.0, 0.0, 1.0) } else { (1.0, 0.5, -1.0) };
        assert!(((x - cx).hypot(y - cy) - 1.0).abs() < 1e-6 && (y - cy) * side > -1e-6);
    }
    assert_eq!(counts(&data), [51, 50]);
    // Both ends of the first one, and a single row.
    assert!((data.row(0)[0] - 1.0).abs() < 1e-6 && (data.row(100)[0] + 1.0).abs() < 1e-6);
    assert_eq!(moons(1, 0.0, &mut nn::rng(1)).row(0), [1.0, 0.0]);
}

#[test]
fn circles_without_noise_are_circles() {
    let data = circles(60, 0.3, 0.0, &mut nn::rng(1));
    for (x, y, class) in points(&data) {
        assert!((x.hypot(y) - if class == 0 { 1.0 } else { 0.3 }).abs() < 1e-6);
    }
    let sum = points(&data).fold((0.0, 0.0), |(x, y), point| (x + point.0, y + point.1));
    assert!(sum.0.hypot(sum.1) < 1e-5, "evenly spread");
}

#[test]
fn spirals_wind_once() {
    let arms = 4;
    let data = spirals(200, arms, 0.0, &mut nn::rng(1));
    assert_eq!(counts(&data), [50; 4]);
    for (x, y, arm) in points(&data) {
        let radius = x.hypot(y);
        let turns = radius + f64::from(arm) / arms as f64 - y.atan2(x) / std::f64::consts::TAU;
        assert!((turns - turns.round()).abs() < 1e-5 && radius < 1.0 + 1e-6);
    }
}

#[test]
fn noise_has_the_deviation_that_is_asked_for() {
    // 20,000 numbers: the deviation of a sample is off by 0.5 % of it, so 3 % are six standard errors.
    let quiet = moons(10_000, 0.0, &mut nn::rng(1));
    let noisy = moons(10_000, 0.2, &mut nn::rng(1));
    let differences = noisy.x().data().iter().zip(quiet.x().data()).map(|(a, b)| f64::from(a - b));
    let square: f64 = differences.clone().map(|d| d * d).sum::<f64>() / 20_000.0;
    assert!((square.sqrt() - 0.2).abs() < 0.006, "{}", square.sqrt());
    assert!((differences.sum::<f64>() / 20_000.0).abs() < 6.0 * 0.2 / 20_000_f64.sqrt());

    let clouds = [([1.0, -2.0, 0.5], 0.5), ([4.0, 0.0, 0.0], 2.0)];
    let data = blobs(20_000, &clouds, &mut nn::rng(2));
    for (class, (centre, deviation)) in clouds.iter().enumerate() {
        for (axis, wanted) in centre.iter().enumerate() {
            let numbers: Vec<f64> = (0..data.len())
                .filter(|&row| data.labels().as_slice()[row] as usize == class)
                .map(|row| f64::from(data.row(row)[axis]))
                .collect();
            let mean = numbers.iter().sum::<f64>() / 1e4;
            let variance = numbers.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 1e4;
            assert!((mean - wanted).abs() < 6.0 * deviation / 100.0, "{mean}");
            assert!((variance.sqrt() - deviation).abs() < 0.045 * deviation, "{variance}");
        }
    }
}

#[test]
fn xor_clouds_stand_at_their_corners() {
    let data = xor_clouds(40, 0.0, &mut nn::rng(1));
    for (x, y, class) in points(&data) {
        assert_eq!((x.abs(), y.abs(), class == 1), (1.0, 1.0, x != y));
    }
    let corner = |sx: f64, sy: f64| points(&data).filter(|&(x, y, _)| (x, y) == (sx, sy)).count();
    assert_eq!([corner(1.0, 1.0), corner(1.0, -1.0), corner(-1.0, 1.0), corner(-1.0, -1.0)], [10; 4]);
}

#[test]
fn regressions_follow_their_formula() {
    let data = linear(500, &[2.0, -3.0], 0.5, 0.0, &mut nn::rng(1));
    for row in 0..500 {
        let x = data.row(row);
        assert!((data.targets().data()[row] - (2.0 * x[0] - 3.0 * x[1] + 0.5)).abs() < 1e-5);
        assert!(x.iter().all(|x| (-1.0..=1.0).contains(x)));
    }
    assert_eq!(data.targets().shape(), [500, 1]);
    let noisy = linear(10_000, &[1.0], 0.0, 0.3, &mut nn::rng(1));
    let residuals = (0..10_000).map(|row| f64::from(noisy.targets().data()[row] - noisy.row(row)[0]));
    let square = residuals.map(|r| r * r).sum::<f64>() / 1e4;
    assert!((square.sqrt() - 0.3).abs() < 0.013, "{}", square.sqrt());

    let data = friedman1(100, 7, 0.0, &mut nn::rng(1));
    for row in 0..100 {
        let x: Vec<f64> = data.row(row).iter().map(|&x| f64::from(x)).collect();
        let y = 10.0 * (std::f64::consts::PI * x[0] * x[1]).sin()
            + 20.0 * (x[2] - 0.5).powi(2)
            + 10.0 * x[3]
            + 5.0 * x[4];
        assert!((f64::from(data.targets().data()[row]) - y).abs() < 1e-4);
        assert!(x.iter().all(|x| (0.0..=1.0).contains(x)));
    }
}

#[test]
fn the_same_seed_gives_the_same_data() {
    let draw = |seed| (moons(9, 0.1, &mut nn::rng(seed)), friedman1(3, 5, 0.1, &mut nn::rng(seed)));
    assert_eq!(draw(7), draw(7));
    assert_ne!(draw(7), draw(8));
}
