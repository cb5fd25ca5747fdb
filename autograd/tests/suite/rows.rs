//! Walks every elementwise row: slopes against differences in first and second order, f32 against f64,
//! NaN and extreme numbers, and the set of rows itself.

use std::collections::HashSet;

use autograd::number::{Dual, Float, Mentions, Real};
use autograd::ops::*;

/// Numbers at which formulas break.
const SPECIAL: [f64; 13] = [
    f64::INFINITY,
    f64::NEG_INFINITY,
    0.0,
    -0.0,
    f64::MAX,
    f64::MIN,
    f64::MIN_POSITIVE,
    -f64::MIN_POSITIVE,
    1.0,
    -1.0,
    1e30,
    -1e30,
    0.5,
];

/// Points of an interval, its ends left out, at distances that are no round numbers.
fn points((from, to): (f64, f64)) -> impl Iterator<Item = f64> + Clone {
    (0..37).map(move |i| from + (to - from) * (i as f64 + 0.487) / 37.0)
}

fn close(got: f64, expected: f64, tolerance: f64) -> bool {
    (got - expected).abs() <= tolerance * expected.abs().max(1.0)
}

/// The fourth-order central difference of `f` at `x`.
fn difference(f: impl Fn(f64) -> f64, x: f64) -> f64 {
    let h = 1e-3;
    (8.0 * (f(x + h) - f(x - h)) - (f(x + 2.0 * h) - f(x - 2.0 * h))) / (12.0 * h)
}

/// Does something with every unary row, in all its examples.
trait EachUnary {
    fn row<O: UnaryRow>(&self, row: O);
}
/// Does something with every binary row.
trait EachBinary {
    fn row<O: BinaryRow>(&self, row: O);
}
struct Visit<T>(T);
impl<T: EachUnary> UnaryVisitor for Visit<&T> {
    type Out = ();
    fn visit<O: UnaryRow>(self, row: O) {
        self.0.row(row);
    }
}
impl<T: EachBinary> BinaryVisitor for Visit<&T> {
    type Out = ();
    fn visit<O: BinaryRow>(self, row: O) {
        self.0.row(row);
    }
}
fn walk(each: impl EachUnary + EachBinary) {
    Unary::examples().iter().for_each(|row| row.dispatch(Visit(&each)));
    Binary::ALL.iter().for_each(|row| row.dispatch(Visit(&each)));
}

/// Test points of a unary row that are not at a kink.
fn smooth<O: UnaryRow>(row: O) -> impl Iterator<Item = f64> {
    points(O::DOMAIN).filter(move |x| row.kinks().into_iter().flatten().all(|kink| (x - kink).abs() > 5e-3))
}

/// Test points of a binary row that are not at a kink.
fn smooth_pairs<O: BinaryRow>(row: O) -> impl Iterator<Item = (f64, f64)> {
    let [a, b] = O::DOMAIN;
    points(a)
        .step_by(3)
        .flat_map(move |a| points(b).step_by(4).map(move |b| (a, b)))
        .filter(move |&(a, b)| row.distance_to_kink(a, b) > 0.03)
}

#[test]
fn slopes_are_the_limit_of_differences() {
    struct Slopes;
    impl EachUnary for Slopes {
        fn row<O: UnaryRow>(&self, row: O) {
            for x in smooth(row) {
                let (got, expected) = (row.slope(x, row.value(x)), difference(|x| row.value(x), x));
                assert!(close(got, expected, 1e-8), "{}'({x}) = {got}, differences say {expected}", row.op());
            }
        }
    }
    impl EachBinary for Slopes {
        fn row<O: BinaryRow>(&self, row: O) {
            for (a, b) in smooth_pairs(row) {
                let y = row.value(a, b);
                let got = [row.slope_a(a, b, y), row.slope_b(a, b, y)];
                let expected = [difference(|a| row.value(a, b), a), difference(|b| row.value(a, b), b)];
                for (got, expected) in got.into_iter().zip(expected) {
                    assert!(
                        close(got, expected, 1e-7),
                        "slope of {} at ({a}, {b}) = {got}, differences say {expected}",
                        O::NAME
                    );
                }
            }
        }
    }
    walk(Slopes);
}

#[test]
fn slopes_of_slopes_are_right_where_the_row_is_smooth() {
    struct Second;
    impl EachUnary for Second {
        fn row<O: UnaryRow>(&self, row: O) {
            for x in smooth(row) {
                let y = row.apply(Dual::variable(Dual::variable(x)));
                let slope = |x| row.slope(x, row.value(x));
                assert_eq!(y.value.value.to_bits(), row.value(x).to_bits(), "{}({x})", row.op());
                assert_eq!(y.tangent.value, slope(x), "{}'({x})", row.op());
                let (got, expected) = (y.tangent.tangent, difference(slope, x));
                assert!(close(got, expected, 1e-7), "{}''({x}) = {got}, not {expected}", row.op());
            }
        }
    }
    impl EachBinary for Second {
        fn row<O: BinaryRow>(&self, row: O) {
            for (a, b) in smooth_pairs(row) {
                // Every pair of directions: differentiate by the outer one, then by the inner one.
                let direction = [(1.0, 0.0), (0.0, 1.0)];
                for (outer, (outer_a, outer_b)) in direction.into_iter().enumerate() {
                    for (inner, (inner_a, inner_b)) in direction.into_iter().enumerate() {
                        let dual =
                            |v: f64, inner, outer| Dual::new(Dual::new(v, inner), Dual::constant(outer));
                        let y = dual(a, inner_a, outer_a).zip(row, dual(b, inner_b, outer_b));
                        let slope = |a: f64, b: f64| match outer {
                            0 => row.slope_a(a, b, row.value(a, b)),
                            _ => row.slope_b(a, b, row.value(a, b)),
                        };
                        let expected = match inner {
                            0 => difference(|a| slope(a, b), a),
                            _ => difference(|b| slope(a, b), b),
                        };
                        let got = y.tangent.tangent;
                        assert!(
                            close(got, expected, 1e-6),
                            "second slope [{outer}, {inner}] of {} at ({a}, {b}) = {got}, not {expected}",
                            O::NAME
                        );
                    }
                }
            }
        }
    }
    walk(Second);
}

#[test]
fn f32_is_close_to_f64() {
    struct Single;
    impl EachUnary for Single {
        fn row<O: UnaryRow>(&self, row: O) {
            for x in smooth(row) {
                let x = x as f32;
                let (y, exact) = (row.value(x), row.value(f64::from(x)));
                assert!(close(y.into(), exact, 1e-6), "{}({x}) = {y} in f32, {exact} in f64", row.op());
                let (slope, exact) = (row.slope(x, y), row.slope(f64::from(x), exact));
                assert!(
                    close(slope.into(), exact, 4e-6),
                    "{}'({x}) = {slope} in f32, {exact} in f64",
                    row.op()
                );
            }
        }
    }
    impl EachBinary for Single {
        fn row<O: BinaryRow>(&self, row: O) {
            for (a, b) in smooth_pairs(row) {
                let (a, b) = (a as f32, b as f32);
                let (y, exact) = (row.value(a, b), row.value(f64::from(a), f64::from(b)));
                assert!(close(y.into(), exact, 1e-6), "{}({a}, {b}) = {y} in f32, {exact} in f64", O::NAME);
            }
        }
    }
    walk(Single);
}

#[test]
fn nan_in_gives_nan_out() {
    struct Nan;
    impl Nan {
        fn unary<O: UnaryRow, F: Float>(row: O, nan: F) {
            let y = row.value(nan);
            assert_eq!(y != y, row.op().kind != UnaryKind::IsFinite, "{}(NaN)", row.op());
        }
        fn binary<O: BinaryRow, F: Float>(row: O, nan: F) {
            // Comparisons answer 0 or 1: a NaN differs from everything and is nothing else.
            let comparison = matches!(O::INFIX, Some((_, 0)));
            for special in SPECIAL.map(F::lit).into_iter().chain([nan]) {
                for y in [row.value(nan, special), row.value(special, nan)] {
                    if comparison {
                        assert!(y == F::lit(f64::from(row.op() == Binary::Ne)), "{} with NaN", O::NAME);
                    } else {
                        assert!(y != y, "{} swallows NaN", O::NAME);
                    }
                }
            }
        }
    }
    impl EachUnary for Nan {
        fn row<O: UnaryRow>(&self, row: O) {
            Nan::unary(row, f32::NAN);
            Nan::unary(row, f64::NAN);
            Nan::unary(row, -f64::NAN);
        }
    }
    impl EachBinary for Nan {
        fn row<O: BinaryRow>(&self, row: O) {
            Nan::binary(row, f32::NAN);
            Nan::binary(row, f64::NAN);
        }
    }
    walk(Nan);
}

#[test]
fn a_finite_value_at_a_finite_number_has_a_slope() {
    struct Extreme;
    fn finite<F: Real + Float>(x: F) -> bool {
        Float::abs(x) < <F as Float>::lit(f64::INFINITY)
    }
    fn unary<O: UnaryRow, F: Real + Float>(row: O, x: F, shown: f64) {
        let y = row.value(x);
        if finite(x) && finite(y) {
            let slope = row.slope(x, y);
            assert!(slope == slope, "{}'({shown}) is NaN", row.op());
        }
    }
    fn binary<O: BinaryRow, F: Real + Float>(row: O, a: F, b: F, shown: (f64, f64)) {
        let y = row.value(a, b);
        // A power of a negative number is defined at isolated exponents only.
        let defined = row.op() != Binary::Pow || a >= <F as Float>::lit(0.0);
        if finite(a) && finite(b) && finite(y) && defined {
            let (by_a, by_b) = (row.slope_a(a, b, y), row.slope_b(a, b, y));
            assert!(by_a == by_a && by_b == by_b, "a slope of {} at {shown:?} is NaN", O::NAME);
        }
    }
    impl EachUnary for Extreme {
        fn row<O: UnaryRow>(&self, row: O) {
            for x in SPECIAL.into_iter().chain(points((-100.0, 100.0))) {
                unary(row, x, x);
                unary(row, x.clamp(f32::MIN.into(), f32::MAX.into()) as f32, x);
            }
        }
    }
    impl EachBinary for Extreme {
        fn row<O: BinaryRow>(&self, row: O) {
            for a in SPECIAL {
                for b in SPECIAL {
                    binary(row, a, b, (a, b));
                    let single = |x: f64| x.clamp(f32::MIN.into(), f32::MAX.into()) as f32;
                    binary(row, single(a), single(b), (a, b));
                }
            }
        }
    }
    walk(Extreme);
}

#[test]
fn a_slope_does_not_depend_on_what_it_does_not_mention() {
    struct Reads;
    impl EachUnary for Reads {
        fn row<O: UnaryRow>(&self, row: O) {
            let reads = row.op().slope_reads();
            for x in smooth(row) {
                let y = row.value(x);
                let without = |argument, it| if reads.contains(argument) { it } else { f64::NAN };
                let got = row.slope(without(Mentions::FIRST, x), without(Mentions::OUTPUT, y));
                assert_eq!(got, row.slope(x, y), "{} reads more than it says: {reads:?}", row.op());
            }
        }
    }
    impl EachBinary for Reads {
        fn row<O: BinaryRow>(&self, row: O) {
            for (a, b) in smooth_pairs(row) {
                let y = row.value(a, b);
                let reads = row.op().slope_reads();
                let without =
                    |reads: Mentions, argument, it| if reads.contains(argument) { it } else { f64::NAN };
                let masked = reads.map(|reads| {
                    (
                        without(reads, Mentions::FIRST, a),
                        without(reads, Mentions::SECOND, b),
                        without(reads, Mentions::OUTPUT, y),
                    )
                });
                let [(a1, b1, y1), (a2, b2, y2)] = masked;
                assert_eq!(row.slope_a(a1, b1, y1), row.slope_a(a, b, y), "{} in a", O::NAME);
                assert_eq!(row.slope_b(a2, b2, y2), row.slope_b(a, b, y), "{} in b", O::NAME);
            }
        }
    }
    walk(Reads);
}

#[test]
fn the_set_of_rows_is_complete_and_its_parameters_survive() {
    struct RoundTrip;
    impl EachUnary for RoundTrip {
        fn row<O: UnaryRow>(&self, row: O) {
            let op = row.op();
            assert_eq!(O::from_params(op.params()).op(), op);
            assert_eq!(op.kind.with(op.params()), op);
            assert_eq!((op.name(), op.flops(), op.param_names()), (O::NAME, O::FLOPS, O::PARAMS));
            assert!(O::FLOPS > 0 && O::DOMAIN.0 < O::DOMAIN.1 && O::DOC.trim().ends_with('.'), "{op}");
            assert_eq!(op.to_string().contains('('), !O::PARAMS.is_empty(), "{op}");
            assert_eq!(row.kinks().iter().flatten().count(), O::KINKS.len(), "{op}");
        }
    }
    impl EachBinary for RoundTrip {
        fn row<O: BinaryRow>(&self, row: O) {
            assert_eq!((row.op().name(), row.op().flops()), (O::NAME, O::FLOPS));
            assert!(O::FLOPS > 0 && O::DOC.trim().ends_with('.'), "{}", O::NAME);
        }
    }
    walk(RoundTrip);
    struct Back;
    impl UnaryVisitor for Back {
        type Out = Unary;
        fn visit<O: UnaryRow>(self, row: O) -> Unary {
            row.op()
        }
    }
    for &row in Unary::examples() {
        assert_eq!(row.dispatch(Back), row, "dispatch loses parameters");
    }
    let kinds: HashSet<_> = Unary::examples().iter().map(|row| row.kind).collect();
    assert_eq!(kinds.len(), UnaryKind::ALL.len(), "each unary row has an example");
    let names: HashSet<_> =
        UnaryKind::ALL.iter().map(|row| row.name()).chain(Binary::ALL.iter().map(|row| row.name())).collect();
    assert_eq!(names.len(), UnaryKind::ALL.len() + Binary::ALL.len(), "names are unique");
    for (position, &kind) in UnaryKind::ALL.iter().enumerate() {
        assert_eq!(kind as usize, position);
    }
}
