//! Derivations by hand: right ones pass, each usual slip is named.

use autograd::explain::DerivationError;
use autograd::prelude::*;

#[test]
fn each_usual_slip_is_named() {
    let tape = Tape::new().explaining();
    let v = tape.var(1.0).named("v");
    let x = (5.0 * v - 2.0).named("x");
    let y = (3.0 * x - 2.0).named("y");
    let z = (y * y).named("z");
    let text = |report: Result<_, DerivationError>| report.expect_err("it is wrong").to_string();
    let missing = text(z.check_derivation().gradient(v, 42.0).report());
    assert!(missing.contains("dz/dv is stated as 42, but is 210"), "{missing}");
    assert!(text(z.check_derivation().gradient(v, -210.0).report()).contains("the sign is the wrong one"));
    let one_path = text(z.check_derivation().gradient(y, 7.0).report());
    assert!(one_path.contains("z ← y alone") && one_path.contains("all 2 paths"), "{one_path}");
    // y*y has y twice: the derivative is the sum over both.
    assert!(z.check_derivation().local(z, y, 14.0).gradient(v, 210.0).report().is_ok());

    let a = tape.var(0.5).named("a");
    let s = a.sigmoid().named("s");
    let e = (s - 1.0).square().named("e");
    let wrong =
        text(e.check_derivation().local_by(s, a, |of| of[0] * (1.0 - of[0])).gradient(a, 1.0).report());
    assert!(wrong.contains("∂s/∂a is stated as 0.25, but is s*(1 - s) = 0.235004"), "{wrong}");
    assert!(wrong.contains("central difference: (s(a + h) - s(a - h)) / 2h"), "{wrong}");
    assert!(wrong.contains("derivation.rs:"), "{wrong}");
    let factor = text(e.check_derivation().gradient(a, 2.0 * (s.value() - 1.0)).report());
    assert!(factor.contains("the factor ∂s/∂a = 0.235004 is missing"), "{factor}");
}

#[test]
fn the_first_wrong_factor_of_the_chain_is_named_first() {
    let g = Graph::f64();
    let x = g.var(0.3).named("x");
    let (a, f) = {
        let a = x.sin().named("a");
        (a, a.exp().named("f"))
    };
    let (right_a, right_f) = (0.3_f64.cos(), 0.3_f64.sin().exp());
    let right = f.check_derivation().local(a, x, right_a).local(f, a, right_f).gradient(x, right_a * right_f);
    assert_eq!(right.report().expect("by hand").checked, 3);
    let both = f
        .check_derivation()
        .local(a, x, 7.0)
        .local(f, a, 7.0)
        .report()
        .expect_err("both are wrong")
        .to_string();
    assert!(both.starts_with("∂f/∂a is stated as 7, but is f = "), "{both}");
    let none = f.check_derivation().local(f, x, 1.0).report().expect_err("x is no operand of f").to_string();
    assert!(none.contains("f = exp(a) does not have it as an operand"), "{none}");
}

#[test]
fn tensors_are_compared_element_by_element() {
    let g = Graph::f64();
    let w = g.var([[1.0, 2.0], [3.0, 4.0]]).named("w");
    let f = w.square().sum().named("f");
    assert!(f.check_derivation().gradient(w, &Tensor::from([[2.0, 4.0], [6.0, 8.0]])).report().is_ok());
    let wrong = f.check_derivation().gradient(w, [2.0, 4.0, 5.0, 8.0]).report().expect_err("5").to_string();
    assert!(wrong.starts_with("df/dw at [1, 0] is stated as 5, but is 6"), "{wrong}");
    let short = f.check_derivation().gradient(w, 2.0).report().expect_err("one of four").to_string();
    assert!(short.contains("it has shape [2, 2]"), "{short}");
}
