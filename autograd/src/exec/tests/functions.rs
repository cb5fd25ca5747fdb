//! The elementary functions against the standard library in `f64`.

use super::*;
use crate::exec::slices::unary;
use crate::number::Float;
use crate::ops::{Unary, UnaryKind};

/// The functions and the largest relative error that each may have.
type Function = (UnaryKind, fn(f64) -> f64, f64);
const FUNCTIONS: [Function; 13] = [
    (UnaryKind::Exp, Float::exp, 1.2e-7),
    (UnaryKind::Exp2, Float::exp2, 1.2e-7),
    (UnaryKind::ExpM1, Float::exp_m1, 2.0e-7),
    (UnaryKind::Ln, Float::ln, 1.2e-7),
    (UnaryKind::Ln1p, Float::ln_1p, 1.6e-7),
    (UnaryKind::Log2, Float::log2, 2.0e-7),
    (UnaryKind::Log10, Float::log10, 2.0e-7),
    (UnaryKind::Tanh, Float::tanh, 3.0e-7),
    (UnaryKind::Erf, Float::erf, 4.0e-7),
    (UnaryKind::Floor, Float::floor, 0.0),
    (UnaryKind::Ceil, Float::ceil, 0.0),
    (UnaryKind::Round, Float::round, 0.0),
    (UnaryKind::Sqrt, Float::sqrt, 6.0e-8),
];

#[test]
fn functions_are_accurate_everywhere_at_every_level() {
    for (kind, f, error) in FUNCTIONS {
        check(kind.with([0.0; 2]), f, error);
    }
}

#[test]
fn every_row_has_the_same_bits_at_both_vector_levels() {
    for &op in Unary::examples() {
        same(op);
    }
}

#[test]
fn every_row_passes_nan_on_at_every_level() {
    for level in Level::available() {
        for &op in Unary::examples() {
            if op.kind == UnaryKind::IsFinite {
                continue; // It answers a question about NaN.
            }
            let mut y = [0.0f32; 19];
            unary(level, op).call(op.params(), &[f32::NAN; 19], &mut y);
            assert!(y.iter().all(|y| y.is_nan()), "{op} at {level}");
        }
    }
}

/// Every `step`th number of all, and those at which something may go wrong.
fn sweep(step: u32) -> Vec<f32> {
    let mut x: Vec<f32> = (0..u32::MAX / step).map(|i| f32::from_bits(i * step)).collect();
    let edges = [
        0.0,
        f32::INFINITY,
        f32::NAN,
        f32::MAX,
        f32::MIN_POSITIVE,
        1e-45,
        1e-7,
        0.5,
        1.0,
        1.5,
        2.5,
        0.99999994,
        1.0000001,
        0.70710677,
        std::f32::consts::SQRT_2,
        88.72284,
        88.72284,
        87.33654,
        87.33655,
        88.0,
        89.0,
        103.9,
        126.0,
        127.0,
        127.99999,
        128.0,
        149.0,
        16777216.0,
        8388608.0,
        8388607.5,
        4194303.5,
        9.0,
        9.02,
        3.93,
        25.0,
        17.3,
        1e30,
        1.8446744e19,
        3e38,
    ];
    x.extend(edges.into_iter().flat_map(|e| [e, -e]));
    x
}

/// `error` bounds |y - f(x)| / |f(x)|. A result that should be subnormal may be anything that small.
fn check(op: Unary, f: fn(f64) -> f64, error: f64) {
    let x = sweep(2999);
    for level in Level::available() {
        let mut y = vec![7.0; x.len()];
        unary(level, op).call(op.params(), &x, &mut y);
        let mut worst = (0.0, 0.0);
        for (&x, &y) in x.iter().zip(&y) {
            let exact = f(x as f64);
            let at = || format!("{op} at {level}: {x:e} -> {y:e}, should be {exact:e}");
            if exact.is_nan() || (exact as f32).is_infinite() || exact == 0.0 {
                let overflows =
                    exact.is_finite() && exact.abs() < f32::MAX as f64 * (1.0 + 2e-7) && exact != 0.0;
                let same = (y.is_nan() && exact.is_nan()) || y.to_bits() == (exact as f32).to_bits();
                assert!(same || overflows, "{}", at());
            } else if exact.abs() < f32::MIN_POSITIVE as f64 {
                assert!((y as f64).abs() <= f32::MIN_POSITIVE as f64 && y as f64 * exact >= 0.0, "{}", at());
            } else {
                let relative = (y as f64 - exact).abs() / exact.abs();
                assert!(
                    relative <= error || y.is_infinite() && exact > f32::MAX as f64 * (1.0 - 2e-7),
                    "{} ({relative:e})",
                    at()
                );
                if relative > worst.0 && y.is_finite() {
                    worst = (relative, x);
                }
            }
        }
        println!("{op} at {level}: relative error {:e} at {:e}", worst.0, worst.1);
    }
}

fn same(op: Unary) {
    let x = sweep(49999);
    let run = |level| {
        let mut y = vec![7.0; x.len()];
        unary(level, op).call(op.params(), &x, &mut y);
        bits(&y)
    };
    let vector: Vec<_> = Level::available().filter(|level| *level > Level::Portable).map(run).collect();
    assert!(vector.windows(2).all(|pair| pair[0] == pair[1]), "{op}");
}
