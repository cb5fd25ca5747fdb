//! Sums and differences of multiples, which one instruction computes: the bits are those of one operation at a time.

use autograd::{Element, Executor, Graph, Tensor, Var, with_executor};

/// What is recorded from two tensors and two numbers.
type Expression<T> = for<'g> fn(Var<'g, T>, Var<'g, T>, Var<'g, T>, Var<'g, T>) -> Vec<Var<'g, T>>;

fn expressions<T: Element>() -> Vec<(&'static str, Expression<T>)> {
    vec![
        ("a x + b y", |a, x, b, y| vec![a * x + b * y]),
        ("a x - y b", |a, x, b, y| vec![a * x - y * b]),
        ("x - b y", |_, x, b, y| vec![x - b * y]),
        ("a x + y", |a, x, _, y| vec![a * x + y]),
        ("a x - y", |a, x, _, y| vec![x * a - y]),
        ("literals", |_, x, _, y| vec![x * 0.9 + y * 0.1]),
        ("one tensor", |a, x, b, _| vec![a * x - b * x]),
        ("one product twice", |a, x, _, _| {
            let product = a * x;
            vec![product + product]
        }),
        ("a product that others read", |a, x, b, y| {
            let product = a * x;
            vec![product + b * y, product.exp()]
        }),
        ("a product that is asked for", |a, x, b, y| {
            let product = a * x;
            vec![product, product - b * y]
        }),
        ("blends of blends", |a, x, b, y| vec![a * (b * x + a * y.square()) - b * (a * y - x)]),
        ("with a reduction", |a, x, b, y| vec![(a * x + b * y).amax(), (x - a * y).amin()]),
        ("of another shape", |a, x, b, y| {
            let shape = [x.shape().count()];
            vec![(a * x).reshape(shape) + b * y.reshape(shape)]
        }),
        ("a row beside rows", |a, x, b, y| vec![a * x + b * y.max_keepdim(0)]),
        ("numbers only", |a, _, b, _| vec![a * b + b * a, a - b * b]),
    ]
}

fn check<T: Element>() {
    for shape in [vec![1, 1], vec![1, 7], vec![3, 5], vec![40, 50], vec![300, 700]] {
        for (name, expression) in expressions::<T>() {
            let data = |phase: usize| {
                Tensor::<T>::from_fn(shape.clone(), |i| T::from_f64((((i * 37 + phase) % 1009) as f64).sin()))
            };
            let (x, y) = (data(0), data(5));
            let values = || {
                let g = Graph::<T>::default();
                let (a, b) = (g.number(0.1), g.number(-0.7));
                let outputs = expression(a, g.var(&x), b, g.var(&y));
                outputs.iter().map(|output| output.value()).collect::<Vec<_>>()
            };
            let planned = with_executor(Executor::Planned, values);
            let reference = with_executor(Executor::Reference, values);
            assert_eq!(planned, reference, "{name} of {} in shape {shape:?}", T::NAME);
        }
    }
}

#[test]
fn single_precision() {
    check::<f32>();
}

#[test]
fn double_precision() {
    check::<f64>();
}
