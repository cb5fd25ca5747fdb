//! The gradient check itself: it passes what is right, finds what is wrong, and knows kinks.

use autograd::FnOp;
use autograd::prelude::*;

#[test]
fn passes_and_counts() {
    let report = GradientCheck::new()
        .second_order()
        .check(|_, v| v[0].matmul(v[1]).tanh(), &[Tensor::from([[0.1, 0.2]]), Tensor::from([[0.3], [0.4]])])
        .unwrap();
    assert_eq!((report.checked, report.skipped, report.at_kinks), (8, 0, 0));
    assert!(report.worst.unwrap().error < 1e-9);
}

#[test]
fn takes_numbers_arrays_references_and_single_precision() {
    check_gradients(|_, v| v[0] * v[1], &[2.0, 3.0]).unwrap();
    check_gradients(|_, v| v[0] * v[1], &[[2.0, 3.0], [4.0, 5.0]]).unwrap();
    let (a, b) = (Tensor::from([2.0_f32]), Tensor::from([[1.0_f32], [2.0]]));
    check_gradients(|_, v| v[0] * v[1], &[&a, &b]).unwrap();
    check_gradients(|_, v| v[0] * v[1], &[a, b]).unwrap();
}

#[test]
fn a_wrong_second_derivative_is_found_though_the_first_is_right() {
    // The rule uses a constant for x, so it cannot be differentiated again.
    fn cut_square<'g>(g: &'g Graph<f64>, v: &[Var<'g, f64>]) -> Var<'g, f64> {
        let square = FnOp::new("square", |x| x[0].map(|x| x * x), |_, x, _, g| Some(g * x[0].detach() * 2.0));
        g.custom(square, &v[..1])
    }
    check_gradients(cut_square, &[[1.0, 2.0]]).unwrap();
    let mismatch = GradientCheck::new().second_order().check(cut_square, &[[1.0, 2.0]]).unwrap_err();
    assert_eq!(mismatch.failures.len(), 2);
    assert!(mismatch.failures.iter().all(|failure| failure.order == 2));
    assert!(mismatch.to_string().contains("input 0 at [0]: gradient of the gradient 0, differences "));
}

#[test]
fn a_missing_gradient_is_a_mismatch_that_says_where_the_path_is_cut() {
    let mismatch = check_gradients(|_, v| v[0] * v[1].detach(), &[2.0, 3.0]).unwrap_err();
    let worst = mismatch.worst();
    assert_eq!((worst.input, worst.analytic), (1, 0.0));
    assert!((worst.numeric - 2.0).abs() < 1e-9);
    let text = mismatch.to_string();
    assert!(text.contains("input 1: no gradient reaches it (the path is cut by detach at"), "{text}");
    assert!(text.contains(&format!("{}:", file!())), "{text}");
}

#[test]
fn a_missing_gradient_that_is_zero_anyway_is_right() {
    check_gradients(|_, v| v[0] + v[1].detach() * 0.0, &[2.0, 3.0]).unwrap();
    check_gradients(|_, v| v[0].floor(), &[2.5]).unwrap();
}

#[test]
fn every_element_of_a_result_counts() {
    // The derivative of softmax's sum is 0 whatever the rule says; weighted, a wrong rule shows.
    let mismatch = check_gradients(|_, v| v[0].softmax(0).with_derivative_of(v[0] * 0.0), &[[0.1, 0.5]]);
    assert_eq!(mismatch.unwrap_err().failures.len(), 2);
}

#[test]
fn nan_is_a_mismatch() {
    let mismatch = check_gradients(|_, v| v[0].ln(), &[[1.0, -1.0]]).unwrap_err();
    assert_eq!(mismatch.failures.len(), 2); // the sum is NaN, so all differences are
    fn id<'g>(g: &'g Graph<f64>, v: &[Var<'g, f64>]) -> Var<'g, f64> {
        let op = FnOp::new("id", |x| x[0].clone(), |_, x, _, g| Some(g / (x[0] * 0.0) * 0.0));
        g.custom(op, &v[..1])
    }
    assert!(check_gradients(id, &[2.0]).unwrap_err().worst().analytic.is_nan());
    assert!(check_gradients(|_, v| v[0].sqrt(), &[0.0]).is_err());
}

#[test]
fn at_a_kink_any_number_between_the_sides_is_right_and_no_other() {
    for x in [0.0, 2e-5, -3e-5, 4e-5, 1e-6] {
        let report = check_gradients(|_, v| v[0].relu(), &[x]).unwrap();
        assert_eq!((report.checked, report.at_kinks), (1, 1), "at {x}");
    }
    check_gradients(|_, v| v[0].max(v[1]), &[1.0, 1.0]).unwrap(); // half each
    check_gradients(|_, v| v[0].max(v[1]), &[1.0, 1.00001]).unwrap(); // all to one of them
    // relu(x) - relu(-x) is x, and 0 is not its slope.
    assert!(check_gradients(|_, v| v[0].relu() - (-v[0]).relu(), &[0.0]).is_err());
    // Strong curvature is not a kink.
    let nearly = check_gradients(
        |_, v| (v[0] * v[0] * 1e4).with_derivative_of(v[0] * v[0] * 1e4 + v[0] * 0.5),
        &[0.5],
    );
    assert!(nearly.is_err());
}

#[test]
fn elements_can_be_left_out() {
    let check = GradientCheck::new().second_order().skip(|input, index, x| {
        assert_eq!((input, index.len()), (0, 1));
        x == 0.0
    });
    let report = check.check(|_, v| v[0].sqrt(), &[[4.0, 0.0, 1.0]]).unwrap();
    assert_eq!((report.checked, report.skipped), (4, 1));
}

#[test]
fn tolerance_and_step_are_used() {
    let slightly_off = GradientCheck::new().tolerance(1e-2);
    slightly_off.check(|_, v| (v[0] * v[0]).with_derivative_of(v[0] * v[0] * 1.001), &[1.0]).unwrap();
    assert!(
        GradientCheck::new()
            .check(|_, v| (v[0] * v[0]).with_derivative_of(v[0] * v[0] * 1.001), &[1.0])
            .is_err()
    );
    // sin(1000 x) differentiated with step 1 is nonsense, with a small one it is not.
    assert!(GradientCheck::new().step(1.0).check(|_, v| (v[0] * 1000.0).sin(), &[1.0]).is_err());
    GradientCheck::new().step(1e-6).check(|_, v| (v[0] * 1000.0).sin(), &[1.0]).unwrap();
}

#[test]
fn the_message_lists_the_first_few() {
    let wrong = check_gradients(|_, v| v[0].with_derivative_of(v[0] * 3.0), &[[1.0; 8]]).unwrap_err();
    let text = wrong.to_string();
    assert!(text.starts_with("8 of 8 derivatives are wrong; the worst: input 0 at ["), "{text}");
    assert_eq!(text.lines().count(), 7, "{text}");
    assert!(text.ends_with("\n  and 3 more"), "{text}");
}

#[test]
fn empty_inputs_have_nothing_to_check() {
    let empty = Tensor::<f64>::zeros([0, 3]);
    let report = GradientCheck::new().second_order().check(|_, v| v[0].exp().sum(), &[empty]).unwrap();
    assert_eq!(report.checked, 0);
}
