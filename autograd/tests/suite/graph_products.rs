//! Products in every combination of ranks, and Einstein sums: values against plain loops, derivatives of two orders.

use crate::common::{assert_close, assert_gradients, from_index, indices_of, numbers};
use autograd::{Graph, Tensor, Var};

/// The matrix product as NumPy defines it, by loops.
fn oracle(a: &Tensor<f64>, b: &Tensor<f64>) -> Tensor<f64> {
    let (a_row, b_column) = (a.shape().rank() == 1, b.shape().rank() == 1);
    let a = if a_row { a.reshaped([1, a.count()]).unwrap() } else { a.clone() };
    let b = if b_column { b.reshaped([b.count(), 1]).unwrap() } else { b.clone() };
    let (ar, br) = (a.shape().rank(), b.shape().rank());
    let rank = ar.max(br);
    let mut shape = vec![0; rank];
    for from_end in 3..=rank {
        let extent = |t: &Tensor<f64>| {
            let rank = t.shape().rank();
            if from_end <= rank { t.shape()[rank - from_end] } else { 1 }
        };
        shape[rank - from_end] = if extent(&a) == 1 { extent(&b) } else { extent(&a) };
    }
    (shape[rank - 2], shape[rank - 1]) = (a.shape()[ar - 2], b.shape()[br - 1]);
    let product = from_index(&shape, |i| {
        let at = |t: &Tensor<f64>, row: usize, column: usize| {
            let rank = t.shape().rank();
            let mut index = i[i.len() - rank..].to_vec();
            for (place, extent) in index[..rank - 2].iter_mut().zip(t.shape().iter()) {
                *place %= extent; // 0 where the extent is 1
            }
            (index[rank - 2], index[rank - 1]) = (row, column);
            t.at(&index)
        };
        (0..a.shape()[ar - 1]).map(|k| at(&a, i[rank - 2], k) * at(&b, k, i[rank - 1])).sum()
    });
    let mut kept = shape;
    if b_column {
        kept.pop();
    }
    if a_row {
        kept.remove(kept.len() - if b_column { 1 } else { 2 });
    }
    product.reshaped(kept).unwrap()
}

const PAIRS: [(&[usize], &[usize]); 24] = [
    (&[2, 3], &[3, 4]),
    (&[3], &[3]),
    (&[3], &[3, 4]),
    (&[2, 3], &[3]),
    (&[5, 2, 3], &[3, 4]),
    (&[2, 3], &[5, 3, 4]),
    (&[5, 2, 3], &[5, 3, 4]),
    (&[5, 2, 3], &[1, 3, 4]),
    (&[1, 2, 3], &[5, 3, 4]),
    (&[2, 1, 2, 3], &[3, 3, 4]),
    (&[2, 5, 2, 3], &[3, 4]),
    (&[3], &[5, 3, 4]),
    (&[5, 2, 3], &[3]),
    (&[2, 2, 2, 3], &[3]),
    (&[1, 1], &[1, 1]),
    (&[1], &[1]),
    (&[1, 4], &[4, 1]),
    (&[4, 1], &[1, 4]),
    (&[2, 0], &[0, 3]),
    (&[0, 2], &[2, 3]),
    (&[2, 3], &[3, 0]),
    (&[0], &[0]),
    (&[0, 2, 3], &[3, 4]),
    (&[0, 2, 3], &[0, 3, 4]),
];

#[test]
fn products_of_every_rank() {
    for (a, b) in PAIRS {
        let (a, b) = (numbers(a, 1), numbers(b, 2));
        let name = format!("{} . {}", a.shape(), b.shape());
        let g = Graph::f64();
        assert_close(&name, &g.var(&a).matmul(g.var(&b)).value(), &oracle(&a, &b), 1e-14);
        assert_gradients(&name, &[a, b], |_, v| v[0].matmul(v[1]));
    }
}

#[test]
fn products_with_the_transposed() {
    for (a, b) in PAIRS.into_iter().filter(|(a, b)| a.len() >= 2 && b.len() >= 2) {
        let mut flipped = b.to_vec();
        let rank = flipped.len();
        flipped.swap(rank - 1, rank - 2);
        let (a, b) = (numbers(a, 1), numbers(flipped, 2));
        let g = Graph::f64();
        let name = format!("{} . {}ᵀ", a.shape(), b.shape());
        let (x, y) = (g.var(&a), g.var(&b));
        assert_close(&name, &x.matmul_t(y).value(), &x.matmul(y.t()).value(), 1e-14);
        assert_gradients(&name, &[a, b], |_, v| v[0].matmul_t(v[1]));
    }
}

/// Every way to transpose, through the rules of rules.
#[test]
fn products_of_transposed_operands() {
    let (a, b) = (numbers([2, 3], 1), numbers([3, 4], 2));
    let (at, bt) = (numbers([3, 2], 1), numbers([4, 3], 2));
    assert_gradients("a b", &[a.clone(), b.clone()], |_, v| v[0].matmul(v[1]).tanh());
    assert_gradients("aᵀ b", &[at.clone(), b], |_, v| v[0].t().matmul(v[1]).tanh());
    assert_gradients("a bᵀ", &[a, bt.clone()], |_, v| v[0].matmul(v[1].t()).tanh());
    assert_gradients("aᵀ bᵀ", &[at, bt], |_, v| v[0].t().matmul(v[1].t()).tanh());
    let square = numbers([3, 3], 4);
    assert_gradients("a aᵀ a", &[square], |_, v| v[0].matmul(v[0].t()).matmul(v[0]));
}

#[test]
fn inner_and_outer_products() {
    let (a, b, c) = (numbers([3], 1), numbers([3], 2), numbers([4], 3));
    let g = Graph::f64();
    let dot: f64 = a.data().iter().zip(b.data()).map(|(a, b)| a * b).sum();
    assert!(crate::common::close(g.var(&a).dot(g.var(&b)).item(), dot, 1e-15));
    let outer = from_index(&[3, 4], |i| a.data()[i[0]] * c.data()[i[1]]);
    assert_close("outer", &g.var(&a).outer(g.var(&c)).value(), &outer, 0.0);
    assert_gradients("dot", &[a.clone(), b], |_, v| v[0].dot(v[1]));
    assert_gradients("outer", &[a, c], |_, v| v[0].outer(v[1]));
    let none = numbers([0], 0);
    assert_gradients("of nothing", &[none.clone(), none], |_, v| v[0].dot(v[1]) + v[0].outer(v[1]).sum());
}

/// An Einstein sum by its definition: a loop over all letters.
fn einsum_oracle(formula: &str, operands: &[Tensor<f64>]) -> Tensor<f64> {
    let (inputs, output) = formula.split_once("->").unwrap();
    let terms: Vec<Vec<char>> = inputs.split(',').map(|term| term.chars().collect()).collect();
    let output: Vec<char> = output.chars().collect();
    let mut letters: Vec<char> = output.clone();
    for c in terms.concat() {
        if !letters.contains(&c) {
            letters.push(c);
        }
    }
    let extent = |c: char| {
        let place =
            |(term, x): (&Vec<char>, &Tensor<f64>)| term.iter().position(|d| *d == c).map(|at| x.shape()[at]);
        terms.iter().zip(operands).find_map(place).unwrap()
    };
    let extents: Vec<usize> = letters.iter().map(|&c| extent(c)).collect();
    let inner = indices_of(&extents[output.len()..]);
    from_index(&extents[..output.len()], |outer| {
        inner
            .iter()
            .map(|inner| {
                let index = [outer, inner].concat();
                let value = |c: &char| index[letters.iter().position(|d| d == c).unwrap()];
                terms
                    .iter()
                    .zip(operands)
                    .map(|(term, x)| x.at(&term.iter().map(value).collect::<Vec<_>>()))
                    .product::<f64>()
            })
            .sum()
    })
}

#[test]
fn einstein_sums() {
    let formulas: [(&str, &[&[usize]]); 25] = [
        ("ij,jk->ik", &[&[2, 3], &[3, 4]]),
        ("ij,jk->ki", &[&[2, 3], &[3, 4]]),
        ("ij,kj->ik", &[&[2, 3], &[4, 3]]),
        ("bij,bjk->bik", &[&[2, 2, 3], &[2, 3, 2]]),
        ("bhid,bhjd->bhij", &[&[2, 2, 3, 2], &[2, 2, 1, 2]]),
        ("i,i->", &[&[3], &[3]]),
        ("i,j->ij", &[&[3], &[2]]),
        ("i,j->ji", &[&[3], &[2]]),
        ("i,j->", &[&[3], &[2]]),
        ("ij,ij->ij", &[&[2, 3], &[2, 3]]),
        ("ij,ji->i", &[&[2, 3], &[3, 2]]),
        ("ijk,k->ij", &[&[2, 3, 4], &[4]]),
        ("ijk,l->jl", &[&[2, 3, 4], &[2]]),
        ("ii,ij->j", &[&[3, 3], &[3, 2]]),
        ("i,->i", &[&[3], &[]]),
        (",->", &[&[], &[]]),
        ("ij->ji", &[&[2, 3]]),
        ("ij->i", &[&[2, 3]]),
        ("ij->", &[&[2, 3]]),
        ("ii->i", &[&[3, 3]]),
        ("ii->", &[&[3, 3]]),
        ("iij->j", &[&[2, 2, 3]]),
        ("iji->ij", &[&[2, 3, 2]]),
        ("ij,jk->ik", &[&[2, 0], &[0, 3]]),
        ("iii->i", &[&[2, 2, 2]]),
    ];
    for (formula, shapes) in formulas {
        let operands: Vec<Tensor<f64>> =
            shapes.iter().enumerate().map(|(i, shape)| numbers(*shape, i)).collect();
        let g = Graph::f64();
        let nodes: Vec<Var<'_, f64>> = operands.iter().map(|x| g.var(x)).collect();
        let name = format!("{formula} of {shapes:?}");
        assert_close(&name, &Var::einsum(formula, &nodes).value(), &einsum_oracle(formula, &operands), 1e-14);
        assert_gradients(&name, &operands, |_, v| Var::einsum(formula, v));
    }
}

#[test]
fn einstein_sums_without_an_arrow() {
    let g = Graph::f64();
    let (a, b) = (g.var(numbers([2, 3], 0)), g.var(numbers([3, 2], 1)));
    assert_eq!(Var::einsum("bj,ja", &[a, b]).value(), Var::einsum("bj,ja->ab", &[a, b]).value());
    assert_eq!(Var::einsum(" i j , j k -> i k ", &[a, b]).value(), a.matmul(b).value());
}
