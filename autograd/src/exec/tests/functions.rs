//! The elementary functions against the standard library in `f64`.

use super::*;
use crate::number::{Float, Real};
use crate::ops::Unary;

/// Rows that are one function each, so that this test needs nothing of the rule book.
macro_rules! functions {
    ($($row:ident: $name:ident, error $error:literal;)*) => {
        $(#[derive(Clone, Copy)]
        struct $row;
        impl UnaryRow for $row {
            const NAME: &'static str = stringify!($name);
            const DOMAIN: (f64, f64) = (0.5, 1.0);
            const FLOPS: u32 = 8;
            fn op(self) -> Unary { unreachable!("not in the rule book") }
            fn from_params(_: [f64; 2]) -> Self { $row }
            fn kinks(self) -> [Option<f64>; 2] { [None; 2] }
            #[inline(always)]
            fn value<F: Float>(self, x: F) -> F { x.$name() }
            fn slope<R: Real>(self, x: R, _: R) -> R { x }
        })*
        #[test]
        fn functions_are_accurate_everywhere_at_every_level() {
            $(check($row, |x| Float::$name(x), $error);)*
        }
        #[test]
        fn functions_have_the_same_bits_at_both_vector_levels() {
            $(same($row);)*
        }
    };
}
functions! {
    ExpRow: exp, error 1.2e-7;
    Exp2Row: exp2, error 1.2e-7;
    ExpM1Row: exp_m1, error 2.0e-7;
    LnRow: ln, error 1.2e-7;
    Ln1pRow: ln_1p, error 1.6e-7;
    Log2Row: log2, error 2.0e-7;
    Log10Row: log10, error 2.0e-7;
    TanhRow: tanh, error 3.0e-7;
    ErfRow: erf, error 3.0e-7;
    FloorRow: floor, error 0.0;
    CeilRow: ceil, error 0.0;
    RoundRow: round, error 0.0;
    SqrtRow: sqrt, error 6e-8;
}

/// Every 1499th number of all, and those at which something may go wrong.
fn sweep() -> Vec<f32> {
    let mut x: Vec<f32> = (0..u32::MAX / 1499).map(|i| f32::from_bits(i * 1499)).collect();
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
        1.4142135,
        88.722839,
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
fn check(row: impl UnaryRow, f: fn(f64) -> f64, error: f64) {
    let x = sweep();
    for level in Level::available() {
        let mut y = vec![7.0; x.len()];
        kernel(level, row).call([0.0; 2], &x, &mut y);
        let mut worst = (0.0, 0.0);
        for (&x, &y) in x.iter().zip(&y) {
            let exact = f(x as f64);
            let at = || format!("{level}: {x:e} -> {y:e}, should be {exact:e}");
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
        println!("{level} relative error {:e} at {:e}", worst.0, worst.1);
    }
}

fn same(row: impl UnaryRow) {
    let x = sweep();
    let run = |level| {
        let mut y = vec![7.0; x.len()];
        kernel(level, row).call([0.0; 2], &x, &mut y);
        bits(&y)
    };
    let vector: Vec<_> = Level::available().filter(|level| *level > Level::Portable).map(run).collect();
    assert!(vector.windows(2).all(|pair| pair[0] == pair[1]));
}
