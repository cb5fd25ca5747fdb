//! Reductions over any axes, running sums, softmax: values against plain loops, and derivatives of two orders.

use crate::common::{assert_close, assert_gradients, from_index, indices_of, numbers};
use autograd::{Graph, Tensor, Var};

const SHAPES: [&[usize]; 9] =
    [&[], &[1], &[4], &[2, 3], &[2, 3, 4], &[1, 3, 1], &[0], &[2, 0, 3], &[3, 2, 2, 2]];

type All = for<'g> fn(Var<'g, f64>) -> Var<'g, f64>;
type Over = for<'g> fn(Var<'g, f64>, &[isize]) -> Var<'g, f64>;

struct Row {
    name: &'static str,
    all: All,
    over: Over,
    keepdim: Over,
    oracle: fn(&[f64]) -> f64,
}

macro_rules! rows {
    ($($all:ident $over:ident $keepdim:ident $oracle:expr;)*) => {
        const ROWS: &[Row] = &[$(Row {
            name: stringify!($all),
            all: |x| x.$all(),
            over: |x, axes| x.$over(axes),
            keepdim: |x, axes| x.$keepdim(axes),
            oracle: $oracle,
        }),*];
    };
}

rows! {
    sum sum_over sum_keepdim |x| x.iter().sum();
    mean mean_over mean_keepdim mean;
    amax max_over max_keepdim |x| x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    amin min_over min_keepdim |x| x.iter().copied().fold(f64::INFINITY, f64::min);
    prod prod_over prod_keepdim |x| x.iter().product();
    logsumexp logsumexp_over logsumexp_keepdim |x| x.iter().map(|x| x.exp()).sum::<f64>().ln();
    norm norm_over norm_keepdim |x| x.iter().map(|x| x * x).sum::<f64>().sqrt();
    variance var_over var_keepdim |x| squares(x) / x.len() as f64;
    var_sample var_sample_over var_sample_keepdim |x| squares(x) / (x.len().max(1) - 1) as f64;
}

fn mean(x: &[f64]) -> f64 {
    x.iter().sum::<f64>() / x.len() as f64
}

fn squares(x: &[f64]) -> f64 {
    let mean = mean(x);
    x.iter().map(|x| (x - mean) * (x - mean)).sum()
}

/// Every set of axes of a rank, some of them counted from the back.
fn axis_sets(rank: usize) -> Vec<Vec<isize>> {
    let mut sets = Vec::new();
    for bits in 0..1_usize << rank {
        let axes = (0..rank).filter(|axis| bits >> axis & 1 == 1);
        let named = |axis: usize| {
            if (axis + bits).is_multiple_of(2) { axis as isize } else { axis as isize - rank as isize }
        };
        sets.push(axes.map(named).collect());
    }
    sets
}

/// The oracle over the named axes, which stay with extent 1.
fn expected(x: &Tensor<f64>, axes: &[isize], oracle: fn(&[f64]) -> f64) -> Tensor<f64> {
    let rank = x.shape().rank();
    let named =
        |axis: usize| axes.contains(&(axis as isize)) || axes.contains(&(axis as isize - rank as isize));
    let kept: Vec<usize> = (0..rank).map(|axis| if named(axis) { 1 } else { x.shape()[axis] }).collect();
    from_index(&kept, |at| {
        let belongs = |index: &&Vec<usize>| (0..rank).all(|axis| named(axis) || index[axis] == at[axis]);
        let column: Vec<f64> =
            indices_of(&x.shape()).iter().filter(belongs).map(|index| x.at(index)).collect();
        oracle(&column)
    })
}

#[test]
fn values_over_any_axes() {
    for row in ROWS {
        for shape in SHAPES {
            let x = numbers(shape, 1);
            let g = Graph::f64();
            let node = g.var(&x);
            let everything: Vec<isize> = (0..shape.len() as isize).collect();
            let all = expected(&x, &everything, row.oracle).reshaped([]).unwrap();
            assert_close(row.name, &(row.all)(node).value(), &all, 1e-13);
            for axes in axis_sets(shape.len()) {
                let name = format!("{} of {shape:?} over {axes:?}", row.name);
                if axes.is_empty() {
                    continue; // reducing nothing: each number by itself
                }
                let kept = expected(&x, &axes, row.oracle);
                assert_close(&name, &(row.keepdim)(node, &axes).value(), &kept, 1e-13);
                let rank = shape.len() as isize;
                let left: Vec<usize> = (0..rank)
                    .filter(|axis| !axes.contains(axis) && !axes.contains(&(axis - rank)))
                    .map(|axis| shape[axis as usize])
                    .collect();
                let dropped = kept.reshaped(left).unwrap();
                assert_close(&name, &(row.over)(node, &axes).value(), &dropped, 1e-13);
            }
        }
    }
}

#[test]
fn derivatives_over_any_axes() {
    for row in ROWS {
        for shape in SHAPES {
            // Of one number the sample variance is 0/0, and the norm has a kink of its own rule.
            for axes in axis_sets(shape.len()) {
                let count: usize = axes
                    .iter()
                    .map(|&axis| shape[(axis + shape.len() as isize) as usize % shape.len()])
                    .product();
                if row.name == "var_sample" && count < 2 || row.name == "mean" && count == 0 {
                    continue;
                }
                if axes.is_empty() && row.name == "variance" {
                    continue;
                }
                let name = format!("{} over {axes:?}", row.name);
                assert_gradients(&name, &[numbers(shape, 4)], |_, v| (row.over)(v[0], &axes));
                assert_gradients(&name, &[numbers(shape, 4)], |_, v| (row.keepdim)(v[0], &axes) * v[0]);
            }
        }
    }
}

#[test]
fn axes_in_every_form() {
    let g = Graph::f64();
    let x = g.var(numbers([2, 3, 4], 0));
    let one = x.sum_over(1);
    for (name, same) in
        [("negative", x.sum_over(-2)), ("array", x.sum_over([1])), ("slice", x.sum_over(&[-2][..]))]
    {
        assert_eq!(one.value(), same.value(), "{name}");
    }
    assert_eq!(x.sum_over(..).value(), x.sum().value());
    assert_eq!(x.sum_keepdim([0, 2]).shape(), [1, 3, 1]);
    assert_eq!(x.sum_over([2, 0]).shape(), [3]);
}

#[test]
fn the_values_of_nothing() {
    let g = Graph::f64();
    let x = g.constant(Tensor::zeros([2, 0]));
    let over = |y: Var<'_, f64>| y.value().to_vec();
    assert_eq!(over(x.sum_over(1)), [0.0, 0.0]);
    assert!(over(x.mean_over(1)).iter().all(|x| x.is_nan()));
    assert_eq!(over(x.max_over(1)), [f64::NEG_INFINITY; 2]);
    assert_eq!(over(x.min_over(1)), [f64::INFINITY; 2]);
    assert_eq!(over(x.prod_over(1)), [1.0, 1.0]);
    assert_eq!(over(x.logsumexp_over(1)), [f64::NEG_INFINITY; 2]);
    assert_eq!(over(x.norm_over(1)), [0.0, 0.0]);
    assert_eq!(over(x.sum_over(0)), [0.0; 0]);
}

#[test]
fn nan_goes_through_every_reduction() {
    for row in ROWS {
        let g = Graph::f64();
        for at in 0..3 {
            let mut x = [1.0, 2.0, 3.0];
            x[at] = f64::NAN;
            assert!((row.all)(g.constant(x)).item().is_nan(), "{} at {at}", row.name);
        }
    }
}

#[test]
fn places() {
    let g = Graph::f64();
    let x = g.constant([[1.0, 3.0, 3.0], [-1.0, -5.0, -5.0]]);
    assert_eq!(x.argmax(1).value(), Tensor::from([1.0, 0.0]));
    assert_eq!(x.argmin(-1).value(), Tensor::from([0.0, 1.0]));
    assert_eq!(x.argmax(0).value(), Tensor::from([0.0, 0.0, 0.0]));
    assert_eq!(x.argmin(0).value(), Tensor::from([1.0, 1.0, 1.0]));
    let y = g.constant(numbers([3, 4, 5], 7));
    for axis in 0..3 {
        let (value, place) = (y.value(), y.argmax(axis).value());
        for index in indices_of(&place.shape()) {
            let along = |i: usize| {
                let mut full = index.clone();
                full.insert(axis as usize, i);
                value.at(&full)
            };
            let best = place.at(&index) as usize;
            assert!((0..value.shape()[axis as usize]).all(|i| along(i) <= along(best)));
        }
    }
}

#[test]
fn running_sums() {
    for shape in SHAPES.into_iter().filter(|shape| !shape.is_empty()) {
        for axis in 0..shape.len() {
            let x = numbers(shape, 2);
            let oracle = from_index(shape, |at| {
                let mut from = at.to_vec();
                (0..=at[axis])
                    .map(|i| {
                        from[axis] = i;
                        x.at(&from)
                    })
                    .sum()
            });
            let g = Graph::f64();
            assert_close("cumsum", &g.var(&x).cumsum(axis as isize).value(), &oracle, 1e-14);
            assert_gradients("cumsum", &[x], |_, v| v[0].cumsum(axis as isize).square());
        }
    }
}

#[test]
fn softmax_and_its_logarithm() {
    for shape in SHAPES.into_iter().filter(|shape| !shape.is_empty()) {
        for axis in 0..shape.len() {
            let x = numbers(shape, 3);
            let oracle = from_index(shape, |at| {
                let mut from = at.to_vec();
                let sum: f64 = (0..shape[axis])
                    .map(|i| {
                        from[axis] = i;
                        x.at(&from).exp()
                    })
                    .sum();
                x.at(at).exp() / sum
            });
            let g = Graph::f64();
            let axis = axis as isize;
            assert_close("softmax", &g.var(&x).softmax(axis).value(), &oracle, 1e-14);
            assert_close("log_softmax", &g.var(&x).log_softmax(axis).value(), &oracle.map(f64::ln), 1e-14);
            assert_gradients("softmax", std::slice::from_ref(&x), |_, v| v[0].softmax(axis));
            assert_gradients("log_softmax", &[x], |_, v| v[0].log_softmax(axis));
        }
    }
}

#[test]
fn softmax_does_not_overflow() {
    let g = Graph::new();
    let x = g.var([1e4, 0.0, -1e4]);
    assert_eq!(x.softmax(0).value().data(), [1.0, 0.0, 0.0]);
    assert_eq!(x.log_softmax(0).value().data(), [0.0, -1e4, -2e4]);
    assert_eq!(x.logsumexp().item(), 1e4);
    let grads = x.log_softmax(0).slice(0, 1..2).sum().backward();
    assert_eq!(grads[x].data(), [-1.0, 1.0, 0.0]);
    // Masked entries are -∞ in many models: weight 0, derivative 0.
    let y = g.var([0.0, f32::NEG_INFINITY]);
    let p = y.softmax(0);
    assert_eq!(p.value().data(), [1.0, 0.0]);
    assert_eq!(p.slice(0, ..1).sum().backward()[y].data(), [0.0, 0.0]);
    assert_eq!(y.logsumexp().backward()[y].data(), [1.0, 0.0]);
}
