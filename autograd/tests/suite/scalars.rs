//! `Scalar`: one body on every kind of number, with no other bound.

use autograd::prelude::*;

/// Uses everything that the bound promises.
pub(crate) fn everything<S: Scalar>(x: S, y: S) -> S {
    let mut sum = x * 2.0 + y / 4.0 - 1.0 + (x - y) * (x + y) / (y * y + 1.0);
    sum += x;
    sum -= 0.5;
    sum *= y;
    sum /= 3.0;
    sum *= 1.5;
    sum += S::from(0.25);
    sum -= x.sin();
    sum /= y;
    if x < y && x < 10.0 && y >= 0.5 && x != y {
        sum += x.max(y).powi(2) + (-x).exp() + x.pow(y) + x.lit(2.0).hypot(y);
    }
    sum += (y * 3.0) % 2.0 + (x * 7.0) % y;
    sum += [x, y, x * y].iter().sum::<S>() * [x, y].iter().product::<S>();
    sum += [x, y].into_iter().map(|z| z.tanh()).sum::<S>() + std::iter::empty::<S>().product::<S>();
    let many: Vec<S> = (0..19).map(|i| x * (f64::from(i) * 0.1) + y).collect();
    let weights: Vec<f64> = (0..19).map(|i| f64::from(i % 5) - 1.5).collect();
    sum += S::sum_of(&many) + S::dot(&many, &many[..]) * 0.1 + S::linear_combination(&many, &weights);
    sum += S::norm(&many) + S::logsumexp(&many);
    let mut out = [x; 2];
    S::matvec(&many[..6], &many[6..9], &mut out);
    sum += out[0] * out[1] * 0.01;
    sum + S::statement([x, y], |[x, y]| (y - x * x).square() * 100.0 + (x - 1.0).square())
}

/// Fourth-order central difference.
fn difference(f: impl Fn(f64) -> f64, x: f64) -> f64 {
    let h = 1e-3;
    (8.0 * (f(x + h) - f(x - h)) - (f(x + 2.0 * h) - f(x - 2.0 * h))) / (12.0 * h)
}

fn assert_close(got: f64, expected: f64, tolerance: f64) {
    assert!((got - expected).abs() <= tolerance * expected.abs().max(1.0), "{got}, not {expected}");
}

#[test]
fn forward_mode_agrees_with_differences_in_first_and_second_order() {
    let (x, y) = (0.7, 1.9);
    let by_x = |x, y| difference(|x| everything(x, y), x);
    let by_y = |x, y| difference(|y| everything(x, y), y);
    let plain = everything(x, y);

    let first = everything(Dual::variable(x), Dual::from(y));
    assert_eq!(first.value.to_bits(), plain.to_bits());
    assert_close(first.tangent, by_x(x, y), 1e-9);

    let both = everything(DualN::variable(x, 0), DualN::<f64, 2>::variable(y, 1));
    assert_eq!(both.value.to_bits(), plain.to_bits());
    assert_close(both.tangents[0], first.tangent, 1e-14);
    assert_close(both.tangents[1], by_y(x, y), 1e-9);

    let [u, v] = DualN::variables(DualN::variables([x, y]));
    let hessian = everything(u, v).tangents.map(|row| row.tangents);
    let mixed =
        everything(Dual::new(Dual::variable(x), Dual::from(0.0)), Dual::new(Dual::from(y), Dual::from(1.0)));
    assert_close(hessian[0][1], mixed.tangent.tangent, 1e-13);
    assert_close(hessian[1][0], hessian[0][1], 1e-13);
    let gradient = |x, y| everything(DualN::variable(x, 0), DualN::<f64, 2>::variable(y, 1)).tangents;
    assert_close(hessian[0][0], difference(|x| gradient(x, y)[0], x), 1e-8);
    assert_close(hessian[0][1], difference(|y| gradient(x, y)[0], y), 1e-8);
    assert_close(hessian[1][1], difference(|y| gradient(x, y)[1], y), 1e-8);

    let third = everything(Dual::variable(Dual::variable(Dual::variable(x))), y.into());
    let second = |x| everything(Dual::variable(Dual::variable(x)), y.into()).tangent.tangent;
    assert_close(third.tangent.tangent.tangent, difference(second, x), 1e-7);
}

#[test]
fn numbers_stand_on_either_side_of_a_dual_number() {
    fn all<S: Scalar>(x: S, left: impl Fn(S) -> [S; 5]) {
        // The sign of a tangent that is 0 means nothing.
        let shown = |numbers: [S; 5]| {
            let shown = format!("{numbers:?}");
            [",", "]", " }"]
                .iter()
                .fold(shown, |shown, end| shown.replace(&format!("-0.0{end}"), &format!("0.0{end}")))
        };
        let c = || S::from(2.5);
        let right = [x + 2.5, x - 2.5, x * 2.5, x / 2.5, x % 2.5];
        let lifted = [x + c(), x - c(), x * c(), x / c(), x % c()];
        assert_eq!(shown(right), shown(lifted));
        let lifted = [c() + x, c() - x, c() * x, c() / x, c() % x];
        assert_eq!(shown(left(x)), shown(lifted));
    }
    all(Dual::variable(7.25), |x| [2.5 + x, 2.5 - x, 2.5 * x, 2.5 / x, 2.5 % x]);
    all(DualN::<f64, 3>::variable(7.25, 1), |x| [2.5 + x, 2.5 - x, 2.5 * x, 2.5 / x, 2.5 % x]);
    all(Dual::variable(Dual::variable(7.25)), |x| [2.5 + x, 2.5 - x, 2.5 * x, 2.5 / x, 2.5 % x]);
}

#[test]
fn comparison_is_by_value_so_branches_are_those_of_plain_numbers() {
    assert!(Dual::new(1.0, 5.0) == Dual::new(1.0, 7.0) && Dual::new(1.0, 5.0) < Dual::new(2.0, 0.0));
    assert!(Dual::new(1.0, 5.0) == 1.0 && Dual::new(1.0, 5.0) <= 1.0 && Dual::new(f64::NAN, 0.0) != 0.0);
    let [x, y] = DualN::variables([1.0, 2.0]);
    assert!(x < y && x != y && x == DualN::from(1.0) && y > 1.5);
    assert!(
        !Dual::variable(0.0).vanishes()
            && Dual::<f64>::from(0.0).vanishes()
            && !Dual::<f64>::from(1.0).vanishes()
    );
}

#[test]
fn a_tangent_of_zero_is_no_dependence() {
    // The slope of the square root at 0 is infinite; a constant 0 has no derivative all the same.
    let [x, _] = DualN::variables([3.0, 4.0]);
    let y = DualN::from(0.0).sqrt() + x * 2.0;
    assert_eq!(y.tangents, [2.0, 0.0]);
    let root = DualN::<f64, 1>::variable(0.0, 0).sqrt();
    assert_eq!(root.tangents, [f64::INFINITY]);
    assert_eq!(x.gt(x.lit(0.0)).where_(x, root.value.sqrt().into()).tangents, [1.0, 0.0]);
}

#[test]
fn slices_of_any_length_sum_in_a_fixed_order_and_lengths_are_checked() {
    for count in [0usize, 1, 2, 7, 8, 9, 15, 16, 17, 40] {
        let xs: Vec<f64> = (0..count).map(|i| (i as f64).sin() * 3.0).collect();
        let sum: f64 = xs.iter().sum();
        assert_close(f64::sum_of(&xs), sum, 1e-14);
        assert_close(f64::dot(&xs, &xs), xs.iter().map(|x| x * x).sum(), 1e-14);
        assert_close(f64::norm(&xs), xs.iter().map(|x| x * x).sum::<f64>().sqrt(), 1e-14);
        assert_close(f64::linear_combination(&xs, &xs), f64::dot(&xs, &xs), 0.0);
        let duals: Vec<Dual<f64>> = xs.iter().map(|&x| Dual::variable(x)).collect();
        assert_eq!(Dual::sum_of(&duals).value.to_bits(), f64::sum_of(&xs).to_bits());
        assert_eq!(Dual::sum_of(&duals).tangent, count as f64);
        if count > 0 {
            assert_close(f64::logsumexp(&xs), xs.iter().map(|x| x.exp()).sum::<f64>().ln(), 1e-14);
            assert_close(Dual::logsumexp(&duals).tangent, 1.0, 1e-14); // moving all moves the result
        }
    }
    assert_eq!(f64::logsumexp(&[]), f64::NEG_INFINITY);
    assert_eq!(f64::logsumexp(&[f64::NEG_INFINITY; 3]), f64::NEG_INFINITY);
    assert_eq!(f64::logsumexp(&[f64::INFINITY, 0.0]), f64::INFINITY);
    assert!(f64::logsumexp(&[f64::NAN, 0.0]).is_nan());
    assert_eq!(Dual::norm(&[Dual::variable(0.0); 3]).tangent, 0.0);
    for broken in [
        || f64::dot(&[1.0], &[1.0, 2.0]),
        || f64::linear_combination(&[1.0], &[]),
        || {
            f64::matvec(&[1.0; 5], &[1.0; 2], &mut [0.0; 2]);
            0.0
        },
    ] as [fn() -> f64; 3]
    {
        assert!(std::panic::catch_unwind(broken).is_err());
    }
}
