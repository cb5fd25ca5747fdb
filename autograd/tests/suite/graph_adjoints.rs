//! Linear operations and their adjoints: <A x, u> = <x, A* u> on random shapes, and the adjoint of the adjoint is A.

use crate::common::{close, numbers};
use autograd::{Graph, Indices, Shape, Tensor, Var};
use proptest::prelude::*;

fn inner(a: &Tensor<f64>, b: &Tensor<f64>) -> f64 {
    assert_eq!(a.shape(), b.shape());
    a.data().iter().zip(b.data()).map(|(a, b)| a * b).sum()
}

/// Checks the pair (A, backward) on `x`: A*u is what backward gives for the seed u.
fn adjoint(
    name: &str,
    x: Shape,
    map: impl for<'g> Fn(Var<'g, f64>) -> Var<'g, f64>,
) -> Result<(), TestCaseError> {
    let g = Graph::f64();
    let (v, x) = (g.var(numbers(x, 1)), numbers(x, 1));
    let image = map(v);
    let u = numbers(image.shape(), 2);
    let pulled = image.backward_with(&u);
    let pulled = pulled.get(v).cloned().unwrap_or_else(|| Tensor::zeros(x.shape()));
    let (left, right) = (inner(&image.value(), &u), inner(&x, &pulled));
    prop_assert!(close(left, right, 1e-12), "{}: <Ax, u> = {}, <x, A*u> = {}", name, left, right);

    // A* u is linear in u, and differentiating <A* u, x> in u gives A x back.
    let h = Graph::f64();
    let (v, seed) = (h.var(&x), h.var(&u));
    let pulled = (map(v) * seed).sum().grad(&[v])[0];
    let again = (pulled * h.constant(&x)).sum().grad(&[seed])[0].value();
    for (a, b) in again.data().iter().zip(image.value().data()) {
        prop_assert!(close(*a, *b, 1e-12), "{}: the adjoint of the adjoint gives {}, not {}", name, a, b);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn movements(extents in proptest::collection::vec(0..5_usize, 1..5), pick in any::<usize>(), other in any::<usize>()) {
        let shape = Shape::new(&extents);
        let rank = shape.rank();
        let axis = pick % rank;
        let (signed, extent) = (axis as isize - rank as isize, extents[axis]);
        let (start, end) = (other % (extent + 1), extent - (other / 7) % (extent + 1 - other % (extent + 1)));
        adjoint("slice", shape, |x| x.slice(signed, start..end))?;
        adjoint("pad", shape, |x| x.pad(signed, other % 3, pick % 4))?;
        adjoint("flip", shape, |x| x.flip(signed))?;
        adjoint("repeat", shape, |x| x.repeat(signed, other % 4))?;
        adjoint("flatten", shape, |x| x.flatten())?;
        adjoint("unsqueeze", shape, |x| x.unsqueeze(signed))?;
        adjoint("transpose", shape, |x| x.transpose(0, signed))?;
        let mut order: Vec<usize> = (0..rank).collect();
        order.rotate_left(other % rank);
        order.swap(0, axis);
        adjoint("permute", shape, |x| x.permute(&order))?;
        adjoint("cumsum", shape, |x| x.cumsum(signed))?;
        adjoint("sum_over", shape, |x| x.sum_over(signed))?;
        adjoint("sum_keepdim", shape, |x| x.sum_keepdim(..))?;
        adjoint("concat", shape, |x| Var::concat(&[x, x * 2.0, x], signed))?;
        adjoint("stack", shape, |x| Var::stack(&[x, x * -1.0], signed))?;
        adjoint("split", shape, |x| { let pieces = x.split(signed, &[start, extent - start]); pieces[other % 2] })?;
        if rank >= 2 {
            adjoint("tril", shape, |x| x.tril(other as i32 % 4))?;
            adjoint("triu", shape, |x| x.triu(other as i32 % 4))?;
        }
        let mut wide = extents.clone();
        wide[axis] = 1;
        adjoint("broadcast_to", Shape::new(&wide), |x| x.broadcast_to([&[2][..], &extents].concat()))?;
    }

    #[test]
    fn indices(extents in proptest::collection::vec(1..5_usize, 1..4), picks in proptest::collection::vec(any::<u32>(), 64..65)) {
        let shape = Shape::new(&extents);
        let axis = picks[0] as usize % shape.rank();
        let (signed, extent) = (axis as isize, extents[axis]);
        let below = |count: usize, bound: usize| -> Vec<usize> {
            (0..count).map(|i| picks[i % picks.len()] as usize % bound).collect()
        };
        let list = |count: usize, bound: usize| Indices::new([count], &below(count, bound), bound).unwrap();
        let count = picks[1] as usize % 6;
        adjoint("index_select", shape, |x| x.index_select(signed, &list(count, extent)))?;
        adjoint("index_add", shape, |x| x.index_add(signed, &list(extent, 7), 7))?;
        let mut to = extents.clone();
        to[axis] = count;
        let places = Indices::new(&to, &below(to.iter().product(), extent), extent).unwrap();
        adjoint("gather", shape, |x| x.gather(signed, &places))?;
        let places = Indices::new(shape, &below(shape.count(), 6), 6).unwrap();
        adjoint("scatter_add", shape, |x| x.scatter_add(signed, &places, 6))?;
        let last = extents[extents.len() - 1];
        let labels = Indices::new(&extents[..extents.len() - 1], &below(shape.count() / last, last), last).unwrap();
        adjoint("pick", shape, |x| x.pick(&labels))?;
    }

    #[test]
    fn products(rows in 0..5_usize, k in 0..5_usize, columns in 0..5_usize, batch in 0..3_usize) {
        let fixed = |shape: &[usize]| numbers(shape, 3);
        adjoint("left", Shape::from([rows, k]), |x| x.matmul(x.graph().constant(fixed(&[k, columns]))))?;
        adjoint("right", Shape::from([k, columns]), |x| x.graph().constant(fixed(&[rows, k])).matmul(x))?;
        adjoint("transposed", Shape::from([columns, k]), |x| x.graph().constant(fixed(&[rows, k])).matmul_t(x))?;
        adjoint("batched", Shape::from([batch, k, columns]), |x| x.graph().constant(fixed(&[rows, k])).matmul(x))?;
        adjoint("one for all", Shape::from([k, columns]), |x| x.graph().constant(fixed(&[batch, rows, k])).matmul(x))?;
        adjoint("vector", Shape::from([k]), |x| x.graph().constant(fixed(&[rows, k])).matmul(x))?;
        adjoint("einsum", Shape::from([rows, k, columns]), |x| {
            Var::einsum("ikj,kl->jl", &[x, x.graph().constant(fixed(&[k, batch]))])
        })?;
        adjoint("outer", Shape::from([k]), |x| x.outer(x.graph().constant(fixed(&[rows]))))?;
        adjoint("diag", Shape::from([k]), |x| x.diag())?;
        adjoint("diagonal", Shape::from([rows, k]), |x| x.diag())?;
    }
}
