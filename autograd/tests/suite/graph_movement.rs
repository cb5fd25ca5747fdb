//! Operations that move, pick and place numbers: values against plain loops, and derivatives of two orders.

use crate::common::{assert_close, assert_gradients, from_index, numbers};
use autograd::{Graph, Indices, Tensor, Var};

/// Value against an oracle on the index, then derivatives, of a square so that the second order is not zero.
#[track_caller]
fn moves(
    name: &str,
    x: &Tensor<f64>,
    f: impl for<'g> Fn(Var<'g, f64>) -> Var<'g, f64>,
    shape: &[usize],
    oracle: impl Fn(&[usize]) -> f64,
) {
    let g = Graph::f64();
    assert_close(name, &f(g.var(x)).value(), &from_index(shape, oracle), 0.0);
    assert_gradients(name, std::slice::from_ref(x), |_, v| f(v[0]).square());
}

#[test]
fn reshapes() {
    let x = numbers([2, 3, 4], 0);
    let at = |i: usize| x.data()[i];
    moves("reshape", &x, |x| x.reshape([4, 6]), &[4, 6], |i| at(i[0] * 6 + i[1]));
    moves("flatten", &x, |x| x.flatten(), &[24], |i| at(i[0]));
    moves("unsqueeze", &x, |x| x.unsqueeze(1), &[2, 1, 3, 4], |i| x.at(&[i[0], i[2], i[3]]));
    moves("unsqueeze -1", &x, |x| x.unsqueeze(-1), &[2, 3, 4, 1], |i| x.at(&i[..3]));
    let y = numbers([2, 1, 3], 0);
    moves("squeeze", &y, |y| y.squeeze(1), &[2, 3], |i| y.at(&[i[0], 0, i[1]]));
    moves("squeeze -2", &y, |y| y.squeeze(-2), &[2, 3], |i| y.at(&[i[0], 0, i[1]]));
    let one = numbers([1], 0);
    moves("to a number", &one, |x| x.reshape([]), &[], |_| one.data()[0]);
    let none = numbers([0, 3], 0);
    moves("of nothing", &none, |x| x.reshape([3, 0, 2]), &[3, 0, 2], |_| 0.0);
}

#[test]
fn permutations() {
    let x = numbers([2, 3, 4], 0);
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let shape = order.map(|axis| x.shape()[axis]);
        moves(
            "permute",
            &x,
            |x| x.permute(&order),
            &shape,
            |i| {
                let mut from = [0; 3];
                for (place, axis) in i.iter().zip(order) {
                    from[axis] = *place;
                }
                x.at(&from)
            },
        );
    }
    moves("transpose", &x, |x| x.transpose(0, -1), &[4, 3, 2], |i| x.at(&[i[2], i[1], i[0]]));
    moves("t", &x, |x| x.t(), &[2, 4, 3], |i| x.at(&[i[0], i[2], i[1]]));
    let thin = numbers([1, 0, 2], 0);
    moves("of nothing", &thin, |x| x.t(), &[1, 2, 0], |_| 0.0);
}

#[test]
fn broadcasts() {
    let x = numbers([2, 1, 3], 0);
    moves("both", &x, |x| x.broadcast_to([4, 2, 2, 3]), &[4, 2, 2, 3], |i| x.at(&[i[1], 0, i[3]]));
    moves("same", &x, |x| x.broadcast_to([2, 1, 3]), &[2, 1, 3], |i| x.at(i));
    moves("to nothing", &x, |x| x.broadcast_to([2, 0, 3]), &[2, 0, 3], |_| 0.0);
    let c = numbers([], 1);
    moves("number", &c, |x| x.broadcast_to([2, 2]), &[2, 2], |_| c.item());
}

#[test]
fn slices_pads_flips() {
    let x = numbers([3, 4], 0);
    moves("slice", &x, |x| x.slice(1, 1..3), &[3, 2], |i| x.at(&[i[0], i[1] + 1]));
    moves("slice =", &x, |x| x.slice(-1, 1..=3), &[3, 3], |i| x.at(&[i[0], i[1] + 1]));
    moves("slice ..", &x, |x| x.slice(0, ..), &[3, 4], |i| x.at(i));
    moves("slice ..n", &x, |x| x.slice(0, ..2), &[2, 4], |i| x.at(i));
    moves("slice none", &x, |x| x.slice(0, 2..2), &[0, 4], |_| 0.0);
    moves("slice end", &x, |x| x.slice(0, 3..), &[0, 4], |_| 0.0);
    moves("narrow", &x, |x| x.narrow(0, 1, 2), &[2, 4], |i| x.at(&[i[0] + 1, i[1]]));
    moves(
        "pad",
        &x,
        |x| x.pad(1, 2, 1),
        &[3, 7],
        |i| {
            if (2..6).contains(&i[1]) { x.at(&[i[0], i[1] - 2]) } else { 0.0 }
        },
    );
    moves("pad 0", &x, |x| x.pad(-2, 0, 0), &[3, 4], |i| x.at(i));
    moves("flip", &x, |x| x.flip(1), &[3, 4], |i| x.at(&[i[0], 3 - i[1]]));
    moves("flip 0", &x, |x| x.flip(-2), &[3, 4], |i| x.at(&[2 - i[0], i[1]]));
    moves("repeat", &x, |x| x.repeat(1, 3), &[3, 12], |i| x.at(&[i[0], i[1] % 4]));
    moves("repeat rows", &x, |x| x.repeat(0, 2), &[6, 4], |i| x.at(&[i[0] % 3, i[1]]));
    moves("repeat 0", &x, |x| x.repeat(0, 0), &[0, 4], |_| 0.0);
    let none = numbers([0, 2], 0);
    moves("pad nothing", &none, |x| x.pad(0, 1, 1), &[2, 2], |_| 0.0);
    moves("flip nothing", &none, |x| x.flip(0), &[0, 2], |_| 0.0);
}

#[test]
fn triangles_and_diagonals() {
    let x = numbers([2, 3, 4], 0);
    for k in -4..=4 {
        let below = move |i: &[usize]| i[2] as i32 - i[1] as i32 <= k;
        moves("tril", &x, move |x| x.tril(k), &[2, 3, 4], |i| if below(i) { x.at(i) } else { 0.0 });
        let above = move |i: &[usize]| i[2] as i32 - i[1] as i32 >= k;
        moves("triu", &x, move |x| x.triu(k), &[2, 3, 4], |i| if above(i) { x.at(i) } else { 0.0 });
    }
    let v = numbers([3], 1);
    moves("diag", &v, |v| v.diag(), &[3, 3], |i| if i[0] == i[1] { v.at(&i[..1]) } else { 0.0 });
    for shape in [[3, 3], [2, 4], [4, 2], [0, 2], [1, 1]] {
        let m = numbers(shape, 1);
        moves("diag of a matrix", &m, |m| m.diag(), &[shape[0].min(shape[1])], |i| m.at(&[i[0], i[0]]));
    }
    // What lies off the diagonal is not looked at, NaN included.
    let g = Graph::f64();
    let m = g.var([[1.0, f64::NAN], [f64::INFINITY, 2.0]]);
    assert_eq!(m.diag().value().data(), [1.0, 2.0]);
    assert_eq!(m.diag().sum().backward()[m].data(), [1.0, 0.0, 0.0, 1.0]);
}

#[test]
fn joining_and_splitting() {
    let (a, b, c) = (numbers([2, 3], 0), numbers([2, 1], 1), numbers([2, 0], 2));
    let g = Graph::f64();
    let joined = Var::concat(&[g.var(&a), g.var(&b), g.var(&c)], 1);
    let oracle = from_index(&[2, 4], |i| if i[1] < 3 { a.at(i) } else { b.at(&[i[0], 0]) });
    assert_close("concat", &joined.value(), &oracle, 0.0);
    assert_gradients("concat", &[a.clone(), b, c], |_, v| Var::concat(v, -1).square());
    assert_gradients("concat of one", std::slice::from_ref(&a), |_, v| Var::concat(v, 0).square());
    assert_gradients("concat twice the same", std::slice::from_ref(&a), |_, v| {
        Var::concat(&[v[0], v[0] * 2.0], 0).square()
    });

    let d = numbers([2, 3], 5);
    for axis in 0..3_usize {
        let g = Graph::f64();
        let stacked = Var::stack(&[g.var(&a), g.var(&d)], axis as isize);
        let mut shape = vec![2, 3];
        shape.insert(axis, 2);
        let oracle = from_index(&shape, |i| {
            let mut from = i.to_vec();
            let part = from.remove(axis);
            if part == 0 { a.at(&from) } else { d.at(&from) }
        });
        assert_close("stack", &stacked.value(), &oracle, 0.0);
        assert_gradients("stack", &[a.clone(), d.clone()], |_, v| Var::stack(v, axis as isize - 3).square());
    }

    let x = numbers([5, 2], 0);
    let lengths = [2, 0, 3];
    let start = [0, 2, 2];
    for piece in 0..3 {
        let shape = [lengths[piece], 2];
        moves("split", &x, |x| x.split(0, &lengths)[piece], &shape, |i| x.at(&[i[0] + start[piece], i[1]]));
    }
    // All pieces at once: their gradients add up.
    assert_gradients("split", &[x], |_, v| {
        let pieces = v[0].split(0, &[2, 3]);
        pieces[0].square().sum() * pieces[1].exp().sum()
    });
}

fn index(shape: impl Into<autograd::Shape>, data: &[usize], bound: usize) -> Indices {
    Indices::new(shape, data, bound).unwrap()
}

#[test]
fn selecting_slices() {
    let x = numbers([4, 3], 0);
    for list in [&[2, 0][..], &[1, 1, 1], &[], &[3, 2, 1, 0, 0]] {
        let places = index([list.len()], list, 4);
        moves("select", &x, |x| x.index_select(0, &places), &[list.len(), 3], |i| x.at(&[list[i[0]], i[1]]));
    }
    let columns = index([4], &[2, 2, 0, 1], 3);
    moves(
        "select 1",
        &x,
        |x| x.index_select(-1, &columns),
        &[4, 4],
        |i| x.at(&[i[0], columns.data()[i[1]] as usize]),
    );
    let rows = [1, 5, 1, 0];
    let places = index([4], &rows, 6);
    moves(
        "index_add",
        &x,
        |x| x.index_add(0, &places, 6),
        &[6, 3],
        |i| {
            rows.iter()
                .enumerate()
                .filter(|(_, row)| **row == i[0])
                .map(|(from, _)| x.at(&[from, i[1]]))
                .sum()
        },
    );
}

#[test]
fn gathering_numbers() {
    let x = numbers([2, 3], 0);
    let data = [2, 0, 0, 1, 1, 1, 2, 2];
    let places = index([2, 4], &data, 3);
    moves("gather", &x, |x| x.gather(1, &places), &[2, 4], |i| x.at(&[i[0], data[i[0] * 4 + i[1]]]));
    let up = index([3, 3], &[0, 1, 1, 0, 0, 0, 1, 0, 1], 2);
    moves(
        "gather 0",
        &x,
        |x| x.gather(0, &up),
        &[3, 3],
        |i| x.at(&[up.data()[i[0] * 3 + i[1]] as usize, i[1]]),
    );
    let to = [3, 3, 0, 1, 1, 4];
    let places = index([2, 3], &to, 5);
    moves(
        "scatter_add",
        &x,
        |x| x.scatter_add(1, &places, 5),
        &[2, 5],
        |i| (0..3).filter(|j| to[i[0] * 3 + j] == i[1]).map(|j| x.at(&[i[0], j])).sum(),
    );
    let labels = index([2], &[2, 0], 3);
    moves("pick", &x, |x| x.pick(&labels), &[2, 1], |i| x.at(&[i[0], labels.data()[i[0]] as usize]));
    let grid = numbers([2, 2, 3], 1);
    let labels = index([2, 2], &[2, 0, 1, 1], 3);
    moves(
        "pick from a batch",
        &grid,
        |x| x.pick(&labels),
        &[2, 2, 1],
        |i| grid.at(&[i[0], i[1], labels.data()[i[0] * 2 + i[1]] as usize]),
    );
    let none = index([0, 3], &[], 0);
    moves("gather nothing", &x, |x| x.gather(0, &none), &[0, 3], |_| 0.0);
}

#[test]
fn one_hot_rows() {
    let g = Graph::f64();
    let hot = g.one_hot(&index([3], &[1, 0, 1], 2), 4);
    let oracle = from_index(&[3, 4], |i| f64::from(u8::from(i[1] == [1, 0, 1][i[0]])));
    assert_close("one_hot", &hot.value(), &oracle, 0.0);
    let x = numbers([3, 4], 0);
    let labels = index([3], &[1, 3, 2], 4);
    let by_mask = (g.constant(&x) * g.one_hot(&labels, 4)).sum_keepdim(1).value();
    assert_close("pick", &g.constant(&x).pick(&labels).value(), &by_mask, 0.0);
}

#[test]
fn values_with_other_derivatives() {
    let x = numbers([3], 0);
    let g = Graph::f64();
    let v = g.var(&x);
    let through = v.round().with_derivative_of(v.square());
    assert_eq!(through.value(), v.round().value());
    assert_close("substitute", &through.sum().backward()[v], &x.map(|x| 2.0 * x), 0.0);
    // The second order is that of the substitute too.
    let second = through.sum().grad(&[v])[0].sum().grad(&[v])[0];
    assert_eq!(second.value().data(), [2.0; 3]);
    let half = v * v.detach();
    assert_eq!(half.sum().backward()[v], x);
}
