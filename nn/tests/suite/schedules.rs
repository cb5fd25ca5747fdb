//! Schedules against closed forms, at every step, and the numbers that cannot be.

use std::f64::consts::PI;

use nn::Schedule;
use nn::schedules::*;

/// Compares with a formula at the first steps and far beyond.
fn is(schedule: impl Schedule, formula: impl Fn(f64) -> f64) {
    schedule.check().unwrap();
    for step in (0..200).chain([1_000, 1 << 20]) {
        let (found, expected) = (schedule.lr(step), formula(step as f64));
        assert!((found - expected).abs() <= 1e-13 * expected.abs(), "step {step}: {found} {expected}");
    }
}

#[test]
fn simple_decays() {
    is(Constant::new(0.3), |_| 0.3);
    is(StepDecay::new(0.3, 0.9, 7), |t| 0.3 * 0.9_f64.powf((t / 7.0).floor()));
    is(Exponential::new(0.3, 0.99), |t| 0.3 * 0.99_f64.powf(t).max(0.0));
    is(InverseTime::new(0.3, 0.1), |t| 0.3 / (1.0 + 0.1 * t));
    is(MultiStep::new(0.3, 0.1, [50, 10, 100]), |t| match t as u64 {
        0..10 => 0.3,
        10..50 => 0.03,
        50..100 => 0.003,
        _ => 0.0003,
    });
    is(Polynomial::new(0.3, 0.1, 90, 1.5), |t| 0.1 + 0.2 * (1.0 - t.min(90.0) / 90.0).powf(1.5));
    is(Warmup::new(0.3, 20), |t| 0.3 * ((t + 1.0) / 20.0).min(1.0));
}

#[test]
fn cosines() {
    is(Cosine::new(0.3, 0.1, 90), |t| 0.1 + 0.1 * (1.0 + (PI * t.min(90.0) / 90.0).cos()));
    is(CosineRestarts::new(0.3, 0.1, 30, 1), |t| 0.1 + 0.1 * (1.0 + (PI * (t % 30.0) / 30.0).cos()));
    // Periods of 5, 15, 45, … steps begin at 0, 5, 20, 65, …: 5 (3ⁿ - 1) / 2.
    is(CosineRestarts::new(0.3, 0.0, 5, 3), |t| {
        let begin = |n: i32| 5.0 * (3.0_f64.powi(n) - 1.0) / 2.0;
        let n = (0..).take_while(|&n| begin(n) <= t).last().unwrap();
        0.15 * (1.0 + (PI * (t - begin(n)) / (begin(n + 1) - begin(n))).cos())
    });
    assert!(CosineRestarts::new(0.3, 0.1, 1 << 60, 9).lr(u64::MAX).is_finite());
}

#[test]
fn one_cycle_rises_and_falls() {
    let cycle = OneCycle { rise: 0.25, ..OneCycle::new(1.0, 80) };
    let linear = |t: f64| match t {
        t if t < 20.0 => 0.04 + (1.0 - 0.04) * t / 20.0,
        t => 1.0 + (4e-6 - 1.0) * ((t - 20.0) / 60.0).min(1.0),
    };
    for step in 0..100 {
        assert!((cycle.linear().lr(step) - linear(step as f64)).abs() < 1e-15);
    }
    is(cycle, |t| match t {
        t if t < 20.0 => 1.0 - 0.48 * (1.0 + (PI * t / 20.0).cos()),
        t => 4e-6 + 0.5 * (1.0 - 4e-6) * (1.0 + (PI * ((t - 20.0) / 60.0).min(1.0)).cos()),
    });
    let momenta = [0, 10, 20, 50, 80, 1000].map(|step| cycle.linear().momentum(step, 0.95, 0.85));
    for (found, expected) in momenta.into_iter().zip([0.95, 0.9, 0.85, 0.9, 0.95, 0.95]) {
        assert!((found - expected).abs() < 1e-15, "{momenta:?}");
    }
    assert_eq!(OneCycle { rise: 0.0, ..cycle }.lr(0), 1.0);
    assert_eq!(OneCycle { rise: 1.0, ..cycle }.lr(80), 1.0);
}

#[test]
fn schedules_compose() {
    let schedule = Warmup::new(0.4, 4).then(Cosine::new(0.4, 0.2, 10)).then(Exponential::new(0.2, 0.5));
    is(schedule, |t| match t {
        t if t < 4.0 => 0.1 * (t + 1.0),
        t if t < 14.0 => 0.2 + 0.1 * (1.0 + (PI * (t - 4.0) / 10.0).cos()),
        t => 0.2 * 0.5_f64.powf(t - 14.0),
    });
    assert_eq!(Warmup::new(0.4, 4).then(Cosine::new(0.4, 0.2, 10)).steps(), 14);
    let product = Cosine::new(0.4, 0.0, 10).times(InverseTime::new(1.0, 0.5)).for_steps(6);
    assert_eq!(product.steps(), 6);
    is(product, |t| 0.2 * (1.0 + (PI * t.min(10.0) / 10.0).cos()) / (1.0 + 0.5 * t));
    // Chosen at run time.
    let choices: [Box<dyn Schedule>; 2] = [Box::new(Constant::new(0.5)), Box::new(Warmup::new(0.5, 2))];
    assert_eq!(choices.map(|schedule| schedule.for_steps(9).then(Constant::new(0.1)).lr(0)), [0.5, 0.25]);
}

#[test]
fn a_plateau_lowers_the_rate_after_its_patience() {
    let mut plateau = Plateau { floor: 0.02, cooldown: 2, ..Plateau::new(0.1, 0.5, 1) };
    let seen = [
        (f64::NAN, 0.1),  // no better than nothing
        (1.0, 0.1),       // the first is the best
        (0.9, 0.1),       // better
        (0.9, 0.1),       // no better: patience
        (0.95, 0.05),     // no better: lowered
        (0.99, 0.05),     // does not count
        (0.99, 0.05),     // does not count
        (0.99, 0.05),     // patience
        (0.99, 0.025),    // lowered
        (0.5, 0.025),     // better, while nothing counts
        (0.5, 0.025),     // does not count
        (0.49999, 0.025), // by less than the threshold: patience
        (f64::NAN, 0.02), // lowered, but not below the floor
    ];
    for (number, (loss, expected)) in seen.into_iter().enumerate() {
        let before = plateau;
        assert_eq!(plateau.observe(loss), expected, "loss number {number}");
        // Its state is its fields: a copy goes on as it does.
        let mut copy = Plateau { lr: before.lr, best: before.best, stale: before.stale, ..plateau };
        copy.observe(loss);
        assert_eq!(copy, plateau);
    }
    // Losses below 0: better is lower there too, by a share of their size.
    let mut plateau = Plateau::new(1.0, 0.5, 0);
    assert_eq!([-1.0, -2.0, -2.0001, -3.0].map(|loss| plateau.observe(loss)), [1.0, 1.0, 0.5, 0.5]);
}

#[test]
fn numbers_that_cannot_be_are_named() {
    let errors = [
        Cosine { lr: 0.1, floor: -1.0, steps: 5 }.check().unwrap_err(),
        StepDecay { lr: 0.1, factor: 0.5, every: 0 }.check().unwrap_err(),
        Warmup { lr: f64::INFINITY, steps: 5 }.then(Constant { lr: 1.0 }).check().unwrap_err(),
        Constant { lr: 1.0 }.times(Exponential { lr: 1.0, factor: f64::NAN }).check().unwrap_err(),
        OneCycle { rise: 1.5, ..OneCycle::new(0.1, 10) }.check().unwrap_err(),
        CosineRestarts { lr: 0.1, floor: 0.0, period: 10, growth: 0 }.check().unwrap_err(),
        Plateau { factor: 1.0, ..Plateau::new(0.1, 0.5, 3) }.check().unwrap_err(),
    ];
    let texts = errors.map(|error| error.to_string());
    assert_eq!(
        texts,
        [
            "Cosine: floor is -1, but must be finite and at least 0",
            "StepDecay: every is 0, but must be at least 1",
            "Warmup: lr is inf, but must be finite and at least 0",
            "Exponential: factor is NaN, but must be finite and at least 0",
            "OneCycle: rise is 1.5, but must be at least 0 and at most 1",
            "CosineRestarts: growth is 0, but must be at least 1",
            "Plateau: factor is 1, but must be at least 0 and less than 1",
        ]
    );
}
