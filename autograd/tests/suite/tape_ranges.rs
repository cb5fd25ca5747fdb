//! Operations on many variables: neighbours, scattered ones and mixtures with constants give what a loop over single
//! operations gives, in every lane.

use autograd::ops;
use autograd::prelude::*;
use autograd::tape::{Tape as Of, Var};

use crate::common::{caught, close};

/// Numbers of both signs, none of them twice.
fn numbers(count: usize, seed: usize) -> Vec<f64> {
    (0..count).map(|i| ((i + 1) as f64 * 0.618 + seed as f64 * 0.377).fract() * 3.0 - 1.5).collect()
}

/// How the operands lie on the tape.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Lie {
    Beside,
    Reversed,
    Constants,
    WithConstants,
    Repeated,
}
use Lie::*;

fn laid<'t>(tape: &'t Of, values: &[f64], lie: Lie) -> Vec<Var<'t>> {
    let vars = tape.vars(values).to_vec();
    match lie {
        Beside => vars,
        Reversed => vars.into_iter().rev().collect(),
        Constants => values.iter().map(|&value| value.into()).collect(),
        WithConstants => {
            vars.into_iter().enumerate().map(|(i, x)| if i % 3 == 1 { x.detach() } else { x }).collect()
        }
        Repeated => vec![vars.first().copied().unwrap_or(0.0.into()); values.len()],
    }
}

type Function = for<'t> fn(&[Var<'t>], &[Var<'t>]) -> Var<'t>;

fn linear<'t>(a: &[Var<'t>], weights: &[f64]) -> Var<'t> {
    a.iter().zip(weights).map(|(&a, &w)| a * w).sum()
}

#[test]
fn one_record_gives_what_single_operations_give() {
    let pairs: [(&str, Function, Function); 6] = [
        ("sum", |a, _| Var::sum_of(a), |a, _| a.iter().sum()),
        ("dot", |a, b| Var::dot(a, b), |a, b| a.iter().zip(b).map(|(&a, &b)| a * b).sum()),
        (
            "linear_combination",
            |a, _| Var::linear_combination(a, &numbers(a.len(), 5)),
            |a, _| linear(a, &numbers(a.len(), 5)),
        ),
        ("norm", |a, _| Var::norm(a), |a, _| a.iter().map(|a| a.square()).sum::<Var>().sqrt()),
        ("logsumexp", |a, _| Var::logsumexp(a), |a, _| a.iter().map(|a| a.exp()).sum::<Var>().ln()),
        (
            "matvec",
            |a, b| {
                let (rows, columns) = (a.len() / 3, 3.min(a.len()));
                let mut out = vec![Var::from(0.0); rows];
                Var::matvec(&a[..rows * columns], &b[..columns], &mut out);
                linear(&out, &numbers(rows, 7))
            },
            |a, b| {
                let row = |row: usize| (0..3).map(|i| a[3 * row + i] * b[i]).sum::<Var>();
                linear(&(0..a.len() / 3).map(row).collect::<Vec<_>>(), &numbers(a.len() / 3, 7))
            },
        ),
    ];
    for (name, whole, single) in pairs {
        for count in [1, 3, 7, 8, 9, 16, 30] {
            for lie_a in [Beside, Reversed, Constants, WithConstants, Repeated] {
                for lie_b in [Beside, Reversed, Constants, WithConstants, Repeated] {
                    let tape = Of::new();
                    let a = laid(&tape, &numbers(count, 1), lie_a);
                    let b = laid(&tape, &numbers(count, 2), lie_b);
                    let before = tape.len();
                    let (got, expected) = (whole(&a, &b), single(&a, &b));
                    let name = format!("{name} of {count}, {lie_a:?} and {lie_b:?}");
                    assert!(close(got.value(), expected.value(), 1e-13), "{name}");
                    assert_eq!(got.is_constant(), expected.is_constant(), "{name}");
                    if got.is_constant() {
                        continue;
                    }
                    if !name.starts_with("matvec") {
                        assert_eq!(got.node().unwrap(), before + 1, "{name}: one record");
                    }
                    let (by_whole, by_single) = (got.backward(), expected.backward());
                    let lanes = tape.backward_each([got, expected, 0.0.into(), got]);
                    for &x in a.iter().chain(&b).filter(|x| !x.is_constant()) {
                        assert!(
                            close(by_whole[x], by_single[x], 1e-12),
                            "{name}: {} {}",
                            by_whole[x],
                            by_single[x]
                        );
                        assert_eq!(lanes.each(x), [by_whole[x], by_single[x], 0.0, by_whole[x]], "{name}");
                    }
                }
            }
        }
    }
}

#[test]
fn overlapping_operands_get_both_shares() {
    let tape = Of::new();
    let x = tape.vars(&[1.0, 2.0, 3.0]);
    assert_eq!(x.dot(x).backward().of(x), [2.0, 4.0, 6.0]);
    let shifted = x.slice(..2).dot(x.slice(1..));
    assert_eq!((shifted.value(), shifted.backward().of(x)), (8.0, vec![2.0, 4.0, 2.0]));
    let v = x.to_vec();
    assert_eq!(Var::dot(&v[..2], &v[1..]).backward().of(x), [2.0, 4.0, 2.0]);
    // A matrix whose numbers are also the vector.
    let y = tape.vars(&[1.0, 2.0, 3.0, 4.0]);
    let out = y.matvec(y.slice(..2));
    assert_eq!(out.values(), [5.0, 11.0]);
    assert_eq!(out.sum().backward().of(y), [1.0 + 1.0 + 3.0, 2.0 + 2.0 + 4.0, 1.0, 2.0]);
    let squares = x.zip(ops::Mul, x);
    assert_eq!(squares.sum().backward().of(x), [2.0, 4.0, 6.0]);
    let differences = x.slice(1..).zip(ops::Sub, x.slice(..2));
    let slopes = differences.norm().backward().of(x);
    assert!(close(slopes[0], -0.5f64.sqrt(), 1e-15) && slopes[1] == 0.0 && slopes[2] == -slopes[0]);
}

#[test]
fn a_network_by_ranges_has_the_gradient_of_one_by_single_operations() {
    let parameters = numbers(16 * 3 + 16 + 16, 3);
    let (tape, single) = (Of::new(), Of::new());
    let (p, q) = (tape.vars(&parameters), single.vars(&parameters).to_vec());
    let (mut by_ranges, mut by_single): (Var, Var) = (0.0.into(), 0.0.into());
    for sample in 0..4 {
        let x = numbers(3, 10 + sample);
        let (weights, bias, x_vars) = (p.slice(..48), p.slice(48..64), tape.vars(&x));
        let h = match sample % 2 {
            0 => weights.affine(x_vars, bias).map(ops::Relu),
            _ => weights.matvec(x_vars).zip(ops::Add, bias).map(ops::Relu),
        };
        by_ranges += p.slice(64..).dot(h.map(ops::Tanh)).square();
        let neuron = |i: usize| (0..3).map(|j| q[3 * i + j] * x[j]).sum::<Var>() + q[48 + i];
        by_single += (0..16).map(|i| neuron(i).relu().tanh() * q[64 + i]).sum::<Var>().square();
    }
    assert!(close(by_ranges.value(), by_single.value(), 1e-13));
    let (by_ranges, by_single) = (by_ranges.backward().of(p), by_single.backward());
    for (got, x) in by_ranges.iter().zip(q) {
        assert!(close(*got, by_single[x], 1e-12));
    }
}

#[test]
fn empty_and_wrong_lengths() {
    let tape = Of::new();
    let (none, two) = (tape.vars(&[]), tape.vars(&[1.0, 2.0]));
    assert!(none.is_empty() && none.to_vec().is_empty() && none.map(ops::Exp).is_empty());
    assert_eq!((none.sum().value(), none.dot(none).value(), none.norm().value()), (0.0, 0.0, 0.0));
    assert_eq!(none.logsumexp().value(), f64::NEG_INFINITY);
    assert_eq!((none.sum() + two.sum()).backward().of(two), [1.0, 1.0]);
    assert_eq!(tape.vars(&[0.0, 0.0]).norm().backward().len(), tape.len());
    let zeros = tape.vars(&[0.0; 3]);
    assert_eq!(zeros.norm().backward().of(zeros), [0.0; 3]);
    let lengths: [&dyn Fn() -> bool; 7] = [
        &|| two.dot(none).is_constant(),
        &|| Var::dot(&two.to_vec(), &[]).is_constant(),
        &|| two.linear_combination(&[1.0]).is_constant(),
        &|| tape.linear_combination(&two.to_vec(), &[1.0]).is_constant(),
        &|| two.zip(ops::Add, two.slice(..1)).is_empty(),
        &|| two.matvec(zeros).is_empty(),
        &|| {
            Var::matvec(&two.to_vec(), &two.to_vec(), &mut zeros.to_vec());
            true
        },
    ];
    for wrong in lengths {
        caught(wrong);
    }
    caught(|| two.at(2));
    caught(|| two.slice(1..3));
}
