//! Costs against counts by hand.

use autograd::{CustomOp, Graph, Key, Shape, ShapeError, Tape, Tensor, Var};

fn zeros(shape: impl Into<Shape>) -> Tensor {
    Tensor::zeros(shape)
}

/// A fully connected network with biases and sigmoids, without a name for its input.
fn network<'g>(g: &'g Graph, widths: &[usize], batch: usize) -> Var<'g> {
    let mut y = g.constant(zeros([batch, widths[0]]));
    for (layer, pair) in widths.windows(2).enumerate() {
        let weight = g.var(zeros([pair[1], pair[0]])).named(&format!("layers.{layer}.weight"));
        let bias = g.var(zeros([pair[1]])).named(&format!("layers.{layer}.bias"));
        y = (y.matmul_t(weight) + bias).sigmoid();
    }
    y.square().sum()
}

#[test]
fn products_of_a_network_are_counted_as_by_hand() {
    let g = Graph::new();
    let cost = network(&g, &[784, 15, 10], 1).cost();
    assert_eq!(cost.forward().product_flops, 23_820);
    assert_eq!(cost.backward().product_flops, 24_120);
    assert_eq!(cost.parameters, 784 * 15 + 15 + 15 * 10 + 10);
    let ideal = cost.ideal().unwrap();
    assert!((ideal.ratio - (2.0 - 11_760.0 / 11_910.0)).abs() < 1e-12);
    assert_eq!((ideal.exceptions.len(), ideal.exceptions[0].needs), (1, [false, true]));

    // Twice the batch is twice the arithmetic; parameters are the same.
    let twice = network(&g, &[784, 15, 10], 2).cost();
    assert_eq!(twice.forward().product_flops, 2 * cost.forward().product_flops);
    assert_eq!(twice.backward().product_flops, 2 * cost.backward().product_flops);
    assert_eq!(twice.parameters, cost.parameters);
}

#[test]
fn the_ratio_of_products_tends_to_two_with_depth() {
    for depth in 1..8 {
        let g = Graph::new();
        let widths: Vec<usize> = (0..=depth).map(|layer| 32 + 7 * (layer % 3)).collect();
        let cost = network(&g, &widths, 16).cost();
        let products: Vec<f64> = widths.windows(2).map(|pair| (pair[0] * pair[1]) as f64).collect();
        let formula = 2.0 - products[0] / products.iter().sum::<f64>();
        assert!((cost.product_ratio() - formula).abs() < 1e-12, "{depth} layers");
        assert!((cost.ideal().unwrap().ratio - formula).abs() < 1e-12, "{depth} layers");
        assert_eq!(
            cost.modules().iter().filter(|module| module.module.starts_with("layers.")).count(),
            depth
        );
    }
}

#[test]
fn a_product_of_two_variables_costs_twice_as_much_backward_and_one_of_constants_nothing() {
    let g = Graph::new();
    let (a, b) = (zeros([3, 4]), zeros([4, 5]));
    let both = g.var(&a).matmul(g.var(&b)).sum().cost();
    assert_eq!((both.forward().product_flops, both.product_ratio()), (2 * 3 * 4 * 5, 2.0));
    assert!(both.ideal().unwrap().exceptions.is_empty());
    let constant = (g.constant(&a).matmul(g.constant(&b)).sum() * g.var(1.0)).cost();
    assert_eq!(constant.backward().product_flops, 0);
    assert_eq!(constant.ideal().unwrap().ratio, 0.0);
    let detached = g.var(&a).detach().matmul(g.var(&b)).sum().cost();
    assert_eq!((detached.product_ratio(), detached.ideal().unwrap().ratio), (1.0, 1.0));
}

#[test]
fn batched_products_of_attention_are_counted_for_each_head() {
    let (batch, heads, length, width) = (2, 3, 7, 5);
    let g = Graph::new();
    let shape = [batch, heads, length, width];
    let [q, k, v] = [0; 3].map(|_| g.var(zeros(shape)));
    let weights = (q.matmul(k.transpose(-1, -2)) / (width as f64).sqrt()).softmax(-1);
    let cost = weights.matmul(v).sum().cost();
    // Scores and mixing, each of [length, width] and [width, length] or the like, two FLOPs a multiplication.
    let one = 2 * batch * heads * length * length * width;
    assert_eq!(cost.forward().product_flops as usize, 2 * one);
    assert_eq!(cost.backward().product_flops as usize, 4 * one);
    assert_eq!(cost.ideal().unwrap().ratio, 2.0);
}

#[test]
fn elementwise_chains_count_the_column_of_each_row() {
    let n = 1000;
    let g = Graph::f64();
    let x = g.var(Tensor::<f64>::zeros([n]));
    let y = x.sin();
    let cost = (y * y.exp()).sum().cost();
    // sin 8, exp 8, product 1, each n times; n - 1 additions.
    assert_eq!(cost.forward().flops as usize, 17 * n + n - 1);
    // Of the product: g times exp y, and y, where g is a literal 1, so nothing; of exp: y · exp y, which forward has
    // computed already; an addition of the two cotangents of y; of sin: cos x and a product.
    assert_eq!(cost.backward().flops as usize, (1 + 8 + 1) * n);
    assert_eq!(cost.parameter_bytes as usize, 8 * n);
    assert_eq!(cost.saved() as usize, 2 * 8 * n, "exp y, and y exp y");
    // One kernel: x is read and the sum and the gradient are written, all else stays in the cache.
    assert_eq!(cost.jobs, 1);
    let moved = cost.forward().moved + cost.backward().moved;
    assert_eq!(moved as usize, 8 * (n + n + 1));
    // One by one: sin, exp read and write n numbers, the product reads two; the sum writes one.
    assert_eq!(cost.forward().read as usize, 8 * 5 * n);
    assert_eq!(cost.forward().written as usize, 8 * (3 * n + 1));
}

#[test]
fn what_was_asked_for_before_still_costs() {
    let g = Graph::new();
    let loss = network(&g, &[6, 5, 4], 3);
    let before = loss.cost();
    let length = g.len();
    loss.item();
    let after = loss.cost();
    assert_eq!(after.forward(), before.forward());
    assert_eq!(after.backward(), before.backward());
    assert_eq!(g.len(), length, "counting leaves the graph as it was");
}

#[test]
fn a_second_derivative_is_priced_as_forward() {
    let g = Graph::f64();
    let x = g.var(Tensor::<f64>::zeros([10]));
    let first = x.square().sum().grad(&[x])[0];
    let cost = first.square().sum().cost();
    assert!(cost.forward().flops >= 10 + 10 + 9);
    assert!(cost.backward().flops > 0);
}

/// An operation that says what it costs.
struct Dear;

impl CustomOp<f32> for Dear {
    fn name(&self) -> &str {
        "dear"
    }
    fn key(&self, _: &mut Key) -> bool {
        true
    }
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
        Ok(inputs[0])
    }
    fn forward(&self, inputs: &[Tensor]) -> Tensor {
        inputs[0].clone()
    }
    fn flops(&self, inputs: &[Shape]) -> u64 {
        1000 * inputs[0].count() as u64
    }
    fn cotangent<'g>(&self, _: usize, _: &[Var<'g>], _: Var<'g>, g: Var<'g>) -> Option<Var<'g>> {
        Some(g)
    }
}

#[test]
fn a_custom_operation_counts_what_it_says() {
    let g = Graph::new();
    let cost = g.custom(Dear, &[g.var([1.0, 2.0])]).sum().cost();
    assert_eq!((cost.customs, cost.forward().flops), (1, 2001));
}

#[test]
fn the_table_is_made_for_reading() {
    let g = Graph::new();
    let cost = network(&g, &[784, 15, 10], 10).cost();
    insta::assert_snapshot!("cost_table", crate::common::without_lines(&cost.to_string()));
    let by_node = format!("{cost:#}");
    assert_eq!(by_node.lines().filter(|line| line.contains("matmul")).count(), 2, "{by_node}");
    let csv = cost.to_csv();
    assert_eq!(csv.lines().count(), cost.nodes.len() + 1);
    let columns = csv.lines().next().unwrap().split(',').count();
    let product = csv.lines().find(|line| line.contains("matmul")).unwrap();
    assert_eq!(product.replace("\"[10, 15]\"", "shape").split(',').count(), columns);
}

#[test]
fn a_tape_counts_its_records() {
    let tape = Tape::new();
    let x = tape.vars(&[1.0, 2.0, 3.0]);
    let y = x.sum() * x.at(0).exp();
    let cost = tape.cost();
    assert_eq!((cost.variables, cost.operations, cost.ranges), (3, 3, 1));
    assert_eq!(cost.partials, 1 + 2, "exp has one and the product two; a sum stores none");
    assert_eq!((cost.bytes, cost.adjoint_bytes), (tape.used_bytes(), 8 * (tape.len() + 1)));
    assert_eq!(y.backward()[x.at(0)], 6.0 * 1f64.exp() + 1f64.exp());
}
