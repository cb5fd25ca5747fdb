//! Every misuse of shapes panics at the user's own line, and says operation, shapes, axis and what to do.

use std::fmt::Write;

use crate::common::{Caught, caught};
use autograd::{CustomOp, Graph, Indices, Key, Shape, ShapeError, Tensor, Var};

/// Runs expressions that must panic at the very line on which they are written; the texts are a snapshot.
macro_rules! texts {
    ($($name:literal: $expression:expr;)*) => {{
        let mut texts = String::new();
        $({
            // `line!()` would be that of the whole block: the line named must hold the expression's name.
            let caught = caught(|| $expression);
            assert_eq!(caught.file, file!(), "{}: {}", $name, caught.message);
            let place = caught.source_line();
            assert!(place.contains(concat!($name, "\":")), "{}: the place named is {place:?}", $name);
            writeln!(texts, "{}: {}", $name, caught.message).unwrap();
        })*
        texts
    }};
}

impl Caught {
    /// The text of the line that the panic names.
    fn source_line(&self) -> String {
        include_str!("shape_errors.rs").lines().nth(self.line as usize - 1).unwrap_or("").to_owned()
    }
}

fn zeros(g: &Graph<f64>, shape: impl Into<Shape>) -> Var<'_, f64> {
    g.var(Tensor::zeros(shape))
}

fn index(shape: impl Into<Shape>, bound: usize) -> Indices {
    let shape = shape.into();
    Indices::new(shape, &vec![0; shape.count()], bound).unwrap()
}

/// An operation that refuses.
struct Picky;

impl CustomOp<f64> for Picky {
    fn name(&self) -> &str {
        "picky"
    }
    fn key(&self, _: &mut Key) -> bool {
        true
    }
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
        Err(ShapeError::new(format!("picky: {} is not square", inputs[0])))
    }
    fn forward(&self, inputs: &[Tensor<f64>]) -> Tensor<f64> {
        inputs[0].clone()
    }
    fn cotangent<'g>(
        &self,
        _: usize,
        _: &[Var<'g, f64>],
        _: Var<'g, f64>,
        g: Var<'g, f64>,
    ) -> Option<Var<'g, f64>> {
        Some(g)
    }
}

#[test]
#[rustfmt::skip]
fn elementwise() {
    let g = Graph::f64();
    let (m, t, v, c) = (zeros(&g, [2, 3]), zeros(&g, [3, 2]), zeros(&g, [2]), zeros(&g, [2, 4]));
    let texts = texts! {
        "add": m + c;
        "sub": m - t;
        "mul by one per row": m * v;
        "div": zeros(&g, [4, 1, 3]) / c;
        "rem": v % zeros(&g, [3]);
        "max": m.max(c);
        "atan2": m.atan2(t);
        "gt": m.gt(c);
        "where_ branches": m.where_(m, c);
        "where_ mask": c.where_(m, m);
        "add assign": { let mut sum = m; sum += c; sum };
        "with_derivative_of": m.with_derivative_of(t);
    };
    insta::assert_snapshot!(texts);
}

#[test]
#[rustfmt::skip]
fn products() {
    let g = Graph::f64();
    let (m, v, n) = (zeros(&g, [2, 3]), zeros(&g, [3]), zeros(&g, []));
    let texts = texts! {
        "matmul": m.matmul(zeros(&g, [4, 5]));
        "matmul transposed": m.matmul(zeros(&g, [4, 3]));
        "matmul matrix vector": m.matmul(zeros(&g, [2]));
        "matmul vector matrix": zeros(&g, [4]).matmul(m);
        "matmul vectors": v.matmul(zeros(&g, [4]));
        "matmul batched": zeros(&g, [5, 2, 3]).matmul(zeros(&g, [5, 4, 2]));
        "matmul batches": zeros(&g, [5, 2, 3]).matmul(zeros(&g, [4, 3, 2]));
        "matmul number": n.matmul(v);
        "matmul by a number": m.matmul(n);
        "matmul_t": m.matmul_t(zeros(&g, [3, 4]));
        "matmul_t vector": m.matmul_t(v);
        "dot": v.dot(zeros(&g, [4]));
        "dot of matrices": m.dot(m);
        "outer": v.outer(m);
        "einsum letters": Var::einsum("ijk,jk->i", &[m, v]);
        "einsum extents": Var::einsum("ij,jk->ik", &[m, m]);
        "einsum result": Var::einsum("ij->ik", &[m]);
        "einsum twice": Var::einsum("ij->ii", &[m]);
        "einsum operands": Var::einsum("ij,jk", &[m]);
        "einsum nothing": Var::einsum("ij->i", &[] as &[Var<'_, f64>]);
        "einsum three": Var::einsum("i,i,i->", &[v, v, v]);
    };
    insta::assert_snapshot!(texts);
}

#[test]
#[rustfmt::skip]
fn movement() {
    let g = Graph::f64();
    let (m, v) = (zeros(&g, [2, 3]), zeros(&g, [3]));
    let full = zeros(&g, [1; 8]);
    let texts = texts! {
        "reshape": m.reshape([4, 2]);
        "reshape to nine axes": m.reshape([1; 9]);
        "squeeze": m.squeeze(0);
        "squeeze axis": m.squeeze(2);
        "unsqueeze": m.unsqueeze(4);
        "unsqueeze back": m.unsqueeze(-4);
        "unsqueeze full": full.unsqueeze(0);
        "transpose": m.transpose(0, 2);
        "t": v.t();
        "permute": m.permute(&[0, 0]);
        "permute count": m.permute(&[0]);
        "broadcast_to": m.broadcast_to([2, 4]);
        "broadcast_to fewer": m.broadcast_to([3]);
        "slice": m.slice(1, 2..5);
        "slice backwards": m.slice(1, std::ops::Range { start: 2, end: 1 });
        "slice axis": m.slice(-3, ..);
        "narrow": m.narrow(0, 1, 2);
        "pad": m.pad(2, 1, 1);
        "flip": m.flip(-3);
        "concat": Var::concat(&[m, zeros(&g, [2, 4])], 0);
        "concat ranks": Var::concat(&[m, v], 0);
        "concat axis": Var::concat(&[m, m], 2);
        "concat nothing": Var::concat(&[] as &[Var<'_, f64>], 0);
        "stack": Var::stack(&[m, zeros(&g, [2, 4])], 0);
        "stack axis": Var::stack(&[m, m], 3);
        "stack nothing": Var::stack(&[] as &[Var<'_, f64>], 0);
        "split": m.split(1, &[1, 1]);
        "repeat": m.repeat(2, 2);
        "tril": v.tril(0);
        "triu": v.triu(0);
        "diag": zeros(&g, [2, 2, 2]).diag();
        "diag of a number": zeros(&g, []).diag();
        "extent": m.extent(2);
        "full": g.full([1; 9], 1.0);
    };
    insta::assert_snapshot!(texts);
}

#[test]
#[rustfmt::skip]
fn reductions_and_indices() {
    let g = Graph::f64();
    let (m, v, n) = (zeros(&g, [2, 3]), zeros(&g, [3]), zeros(&g, []));
    let texts = texts! {
        "sum_over": m.sum_over(2);
        "sum_over back": m.sum_keepdim(-3);
        "sum_over twice": m.sum_over([1, -1]);
        "mean_over": m.mean_over([0, 2]);
        "max_over": m.max_over(5);
        "norm of a number": n.norm_over(0);
        "softmax": m.softmax(2);
        "log_softmax": v.log_softmax(-2);
        "cumsum": m.cumsum(2);
        "argmax": m.argmax(2);
        "argmax of nothing": zeros(&g, [2, 0]).argmax(1);
        "index_select": m.index_select(2, &index([2], 2));
        "index_select list": m.index_select(0, &index([2, 2], 2));
        "index_select bound": m.index_select(0, &index([2], 5));
        "index_add": m.index_add(0, &index([3], 4), 4);
        "index_add bound": m.index_add(0, &index([2], 5), 4);
        "gather": m.gather(1, &index([3, 2], 3));
        "gather rank": m.gather(1, &index([2], 3));
        "gather bound": m.gather(1, &index([2, 2], 4));
        "scatter_add": m.scatter_add(1, &index([2, 2], 3), 3);
        "scatter_add bound": m.scatter_add(1, &index([2, 3], 4), 3);
        "pick": m.pick(&index([3], 3));
        "pick bound": m.pick(&index([2], 4));
        "pick from a number": n.pick(&index([], 1));
        "one_hot": g.one_hot(&index([2], 4), 3);
        "custom": g.custom(Picky, &[m]);
        "item": m.item();
        "backward": m.backward();
        "backward_with": m.backward_with(&Tensor::zeros([3, 2]));
    };
    insta::assert_snapshot!(texts);
}

/// A shape error in a closure or a function of the user's names the line in it.
#[test]
fn errors_in_closures_name_their_line() {
    let g = Graph::f64();
    let m = zeros(&g, [2, 3]);
    let layer = |scale: f64| (m * scale).matmul(m).relu().mean();
    let line = line!() - 1;
    let panic = caught(|| layer(2.0));
    assert_eq!((panic.line, &panic.file[..]), (line, file!()));
}
