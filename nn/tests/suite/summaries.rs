//! Summaries against counts by hand.

use nn::{Relu, Sigmoid, Trace, prelude::*};

#[test]
fn a_network_for_digits() {
    let net = Mlp::new(&[784, 15, 10], Sigmoid, &mut nn::rng(1));
    let summary = net.summary([1, 784]);
    // 784 · 15 + 15 · 10 weights and 25 biases; two operations for each weight.
    assert_eq!((summary.parameters, summary.product_flops), (11_935, 23_820));
    // Beside the products, 25 sums and 15 sigmoids of 11.
    assert_eq!(summary.flops, 23_820 + 25 + 15 * 11);
    let shapes: Vec<_> =
        summary.rows.iter().map(|row| (row.layer.as_str(), row.output.to_string())).collect();
    assert_eq!(
        shapes,
        [
            ("layers.0", "[1, 15]".to_owned()),
            ("activations.0", "[1, 15]".to_owned()),
            ("layers.1", "[1, 10]".to_owned())
        ]
    );
    // Operations grow with the batch, parameters do not.
    let batch = net.summary([64, 784]);
    assert_eq!((batch.parameters, batch.flops), (11_935, 64 * summary.flops));
}

#[test]
fn layers_chosen_at_run_time() {
    let mut rng = nn::rng(1);
    let inner: Vec<Layer> = vec![Linear::new(4, 4, &mut rng).into(), Relu.into()];
    let net = Sequential::<Vec<Layer>>(vec![
        Flatten.into(),
        Linear::new(6, 4, &mut rng).into(),
        BatchNorm::new(4).into(),
        Residual(Sequential(inner)).into(),
        Dropout::new(0.5).into(),
        Linear::new(4, 2, &mut rng).into(),
    ]);
    let summary = net.summary([8, 2, 3]);
    let rows: Vec<_> =
        summary.rows.iter().map(|row| (row.layer.as_str(), row.kind.as_str(), row.parameters)).collect();
    assert_eq!(
        rows,
        [
            ("0", "Flatten", 0),
            ("1", "Linear", 28),
            ("2", "BatchNorm", 8),
            ("3.0", "Linear", 20),
            ("3.1", "Relu", 0),
            ("3", "Residual", 0),
            ("4", "Dropout(0.5)", 0),
            ("5", "Linear", 10),
        ]
    );
    assert_eq!((summary.parameters, summary.states), (66, 8));
    assert_eq!(summary.parameters, net.parameter_count());
    assert_eq!(summary.product_flops, 2 * 8 * (6 * 4 + 4 * 4 + 4 * 2));
    assert_eq!((summary.rows[0].flops, summary.rows[5].flops, summary.rows[6].flops), (0, 8 * 4, 0));
    assert_eq!(summary.output, [8, 2]);
    assert!(summary.to_string().ends_with("\nkept beside the parameters: 8 numbers"));
}

/// A user's model: a chain, with something between its parts.
struct Net<P = Tensor> {
    hidden: Linear<P>,
    out: Linear<P>,
    temperature: P,
}
module!(Net { child hidden, child out, param temperature });

impl<'g> Forward<'g> for Net<Var<'g>> {
    fn forward(&self, x: Var<'g>) -> Var<'g> {
        self.out.forward(self.hidden.forward(x).relu()) / self.temperature
    }
}

/// The same, that shows its parts.
struct Open<M>(M);
module!(Open<M> { inner 0 });

impl<'g> Forward<'g> for Open<Net<Var<'g>>> {
    fn forward(&self, x: Var<'g>) -> Var<'g> {
        self.0.forward(x)
    }

    fn trace(&self, x: Var<'g>, trace: &mut Trace) -> Var<'g> {
        let hidden = trace.child("hidden", &self.0.hidden, x).relu();
        trace.child("out", &self.0.out, hidden) / self.0.temperature
    }
}

fn net() -> Net {
    let mut rng = nn::rng(1);
    Net {
        hidden: Linear::new(3, 4, &mut rng),
        out: Linear::new(4, 2, &mut rng),
        temperature: Tensor::scalar(2.0),
    }
}

#[test]
fn a_model_of_ones_own_is_one_row_or_as_many_as_it_shows() {
    let flops = 2 * 3 * 4 + 4 + 4 + 2 * 4 * 2 + 2 + 2;
    let summary = net().summary([1, 3]);
    assert_eq!(summary.rows.len(), 1);
    let row = &summary.rows[0];
    assert_eq!((row.layer.as_str(), row.kind.as_str(), row.parameters, row.flops), ("", "Net", 27, flops));

    let summary = Open(net()).summary([1, 3]);
    let rows: Vec<_> =
        summary.rows.iter().map(|row| (row.layer.as_str(), row.parameters, row.flops)).collect();
    // The rectifier and the division belong to no part, nor does the temperature.
    assert_eq!(rows, [("hidden", 16, 28), ("out", 10, 18), ("(elsewhere)", 1, 4 + 2)]);
    assert_eq!((summary.parameters, summary.flops), (27, flops));
}

#[test]
fn a_layer_used_twice_has_its_parameters_once() {
    struct Twice<P = Tensor> {
        layer: Linear<P>,
    }
    module!(Twice { child layer });
    impl<'g> Forward<'g> for Twice<Var<'g>> {
        fn forward(&self, x: Var<'g>) -> Var<'g> {
            self.layer.forward(self.layer.forward(x))
        }
        fn trace(&self, x: Var<'g>, trace: &mut Trace) -> Var<'g> {
            let x = trace.child("layer", &self.layer, x);
            trace.child("layer", &self.layer, x)
        }
    }
    let summary = Twice { layer: Linear::new(2, 2, &mut nn::rng(1)) }.summary([1, 2]);
    assert_eq!(summary.rows.iter().map(|row| row.parameters).collect::<Vec<_>>(), [6, 0]);
    assert_eq!((summary.parameters, summary.flops), (6, 2 * 10));
}

#[test]
fn any_model_has_a_table_of_parameters() {
    let table = net().parameter_table();
    let rows: Vec<_> =
        table.rows.iter().map(|row| (row.name.as_str(), row.shape.to_string(), row.count)).collect();
    assert_eq!(
        rows,
        [
            ("hidden.weight", "[4, 3]".to_owned(), 12),
            ("hidden.bias", "[4]".to_owned(), 4),
            ("out.weight", "[2, 4]".to_owned(), 8),
            ("out.bias", "[2]".to_owned(), 2),
            ("temperature", "[]".to_owned(), 1)
        ]
    );
    assert_eq!((table.parameters, table.states), (27, 0));
}
