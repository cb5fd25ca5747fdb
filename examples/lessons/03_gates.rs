//! AND, OR and XOR: by weights that are written down, by Rosenblatt's rule, and by a network that is trained.

use std::error::Error;

use nn::data::Gate;
use nn::plot::{Figure, learning_curves};
use nn::prelude::*;
use nn::units::{Examples, LogisticUnit, Perceptron, Threshold, Unit};
use nn::{Init, Sigmoid};

use super::binary;
use super::corners::CORNERS;
use super::page::Page;
use super::two_two_one::{loss_of, regions};

pub(crate) fn lesson(page: &mut Page) -> Result<(), Box<dyn Error>> {
    page.text(
        "A logistic unit gives g(b + w₁ x₁ + w₂ x₂). With large weights it is nearly a threshold, and with \
         these it is a gate: deck B's AND is g(-30 + 20 x₁ + 20 x₂), its OR g(-10 + 20 x₁ + 20 x₂).",
    );
    let gate = |bias: f64| LogisticUnit { weight: Tensor::from([20.0, 20.0]), bias: Tensor::scalar(bias) };
    let (and, or) = (gate(-30.0), gate(-10.0));
    let row = |x: [f64; 2]| {
        let of = |unit: &LogisticUnit<Tensor<f64>>| [format!("g({})", unit.net(&x)), number(unit.output(&x))];
        [x.map(|x| x.to_string()), of(&and), of(&or)].concat()
    };
    page.table(&["x₁", "x₂", "AND", "value", "OR", "value"], CORNERS.map(row).into());
    let close = |found: [f64; 4], expected: [f64; 4]| {
        found.iter().zip(expected).all(|(f, e)| (f - e).abs() <= 1e-5 * e.min(1.0 - e) + 2e-16)
    };
    page.shows(
        "logistic-gates",
        "AND: g(-30) = 9.3576e-14, g(-10) = 4.5398e-5 twice, g(10) = 0.9999546; OR: g(-10), g(10) twice, \
         g(30) = 1 - 9.36e-14",
        close(
            CORNERS.map(|x| and.output(&x)),
            [9.3576229688e-14, 4.5397868702e-5, 4.5397868702e-5, 1.0 - 4.5397868702e-5],
        ) && close(
            CORNERS.map(|x| or.output(&x)),
            [4.5397868702e-5, 1.0 - 4.5397868702e-5, 1.0 - 4.5397868702e-5, 1.0 - 9.3576229688e-14],
        ),
    );

    page.text(
        "No single unit gives XOR, but three do (deck C): h₁ is an OR, h₂ a NAND, and o the AND of the \
         two. The loss is the mean cross-entropy of the four outputs.",
    );
    page.formula("h₁ = s(20 x₁ + 20 x₂ - 10),   h₂ = s(-20 x₁ - 20 x₂ + 30),   o = s(20 h₁ + 20 h₂ - 30)");
    let x = Tensor::from(CORNERS);
    let targets = Tensor::from([[0.0], [1.0], [1.0], [0.0]]);
    let mut by_hand: binary::Net = Mlp::new(&[2, 2, 1], Sigmoid, &mut nn::rng(1)).cast();
    by_hand.layers[0].weight = Tensor::from([[20.0, 20.0], [-20.0, -20.0]]);
    by_hand.layers[0].bias = Some(Tensor::from([-10.0, 30.0]));
    by_hand.layers[1].weight = Tensor::from([[20.0, 20.0]]);
    by_hand.layers[1].bias = Some(Tensor::from([-30.0]));
    let hidden = |net: &binary::Net| net.predict(|g, net| net.layers[0].forward(g.constant(&x)).sigmoid());
    let loss = |net: &binary::Net| {
        net.predict(|g, net| bce_with_logits(net.forward(g.constant(&x)), g.constant(&targets)))
    };
    outputs(page, &hidden(&by_hand), &binary::probabilities(&by_hand, &x));
    let (o, e) = (binary::probabilities(&by_hand, &x), loss(&by_hand).item());
    let expected = [(4.5439e-5, 5e-10), (0.99995452, 5e-9), (0.99995452, 5e-9), (4.5439e-5, 5e-10)];
    page.shows(
        "xor-by-logistic-units",
        "outputs 4.5439e-5, 0.99995452, 0.99995452, 4.5439e-5; mean cross-entropy 4.5461e-5",
        o.data().iter().zip(expected).all(|(o, (expected, off))| (o - expected).abs() < off)
            && (e - 4.5461e-5).abs() < 5e-10,
    );

    page.text(
        "Weights can be learned instead. Rosenblatt's rule, which deck D leaves out, changes them after \
         each mistake: w ← w + η (t - y) x. With η = 1, the value 0 at z = 0 and weights that start at 0:",
    );
    let mut learned = Vec::new();
    for gate in Gate::ALL {
        let labels = gate.dataset();
        let labels = labels.labels().as_slice();
        let examples = Examples::new(CORNERS, Tensor::from_fn([4], |row| f64::from(labels[row])))?;
        let mut unit = Perceptron::new(2, Threshold::Step { at_zero: 0.0 });
        learned.push((gate, unit.fit(&examples, 1.0, 100)?));
    }
    let row = |(gate, fit): &(Gate, nn::units::PerceptronFit<f64>)| {
        let last = &fit.history[fit.history.len() - 1];
        let end = match fit.converged {
            true => format!(
                "no mistake in epoch {}, w = {:?}, b = {}",
                fit.mistakes.len(),
                last.weight.data(),
                last.bias.item()
            ),
            false => format!("never: {} mistakes in epoch {}", fit.mistakes[99], fit.mistakes.len()),
        };
        vec![format!("{gate:?}").to_uppercase(), fit.updates.to_string(), end]
    };
    page.table(&["gate", "changes of weights", "end"], learned.iter().map(row).collect());
    page.text(
        "A hundred epochs of XOR are no proof. But what an epoch does depends on the weights before it \
         alone. If weights return, all that happened between happens again, for ever:",
    );
    let xor = &learned.iter().find(|(gate, _)| *gate == Gate::Xor).expect("XOR is a gate").1;
    let returned = (1..xor.history.len()).find(|&epoch| xor.history[..epoch].contains(&xor.history[epoch]));
    let again = returned.ok_or("the weights do not return")?;
    let first = xor.history.iter().position(|unit| *unit == xor.history[again]).ok_or("they do")?;
    let row = |epoch: usize| {
        let unit = &xor.history[epoch];
        let mistakes = if epoch == 0 { "-".to_owned() } else { xor.mistakes[epoch - 1].to_string() };
        vec![epoch.to_string(), format!("{:?}", unit.weight.data()), unit.bias.item().to_string(), mistakes]
    };
    page.table(&["after epoch", "w", "b", "mistakes in it"], (0..=again).map(row).collect());
    page.text(
        "From any other weights it fails as well. No line separates XOR: the four corners would need b ≤ \
         0, w₁ + b > 0, w₂ + b > 0 and w₁ + w₂ + b ≤ 0. The second and third add up to w₁ + w₂ + 2b > 0; \
         less the fourth this is b > 0, against the first.",
    );
    let converged = |gate: Gate| learned.iter().any(|(found, fit)| *found == gate && fit.converged);
    page.shows(
        "perceptron-rule",
        format!(
            "converges on AND, OR, NAND and NOR; on XOR the weights after epoch {again} are those after \
             epoch {first}, with mistakes in each epoch between: a cycle that never ends"
        ),
        [Gate::And, Gate::Or, Gate::Nand, Gate::Nor].into_iter().all(converged)
            && !converged(Gate::Xor)
            && !converged(Gate::Xnor)
            && first < again
            && xor.mistakes[first..again].iter().all(|&mistakes| mistakes > 0),
    );

    page.text(
        "A network of the same form, two hidden units and one output, finds weights for XOR by going down \
         the gradient of the cross-entropy, here by Adam from random first weights:",
    );
    let mut net: binary::Net = Mlp::builder(2)
        .hidden(&[2], Sigmoid)
        .output(1)
        .init(Init::Normal(1.0))
        .build(&mut nn::rng(3))?
        .cast();
    let first = net.clone();
    let losses = binary::train(&mut net, &x, &targets, 0.1, 600)?;
    outputs(page, &hidden(&net), &binary::probabilities(&net, &x));
    if binary::accuracy(&net, &x, &targets) < 1.0 || losses[599] >= 0.02 {
        return Err("the network 2-2-1 has not learned XOR".into());
    }
    page.text(format!("The loss went from {:.2} to below 0.02, and all four are right.", losses[0]));
    let figure = Figure::new("XOR by three logistic units")
        .columns(3)
        .size(1400, 520)
        .panel(regions("Weights by hand", &by_hand)?)
        .panel(regions("Weights learned", &net)?)
        .panel(
            learning_curves("cross-entropy (nats)", [("training", &losses)])
                .title("Learning")
                .x_label("step")
                .log_y()
                .no_legend(),
        );
    page.picture(
        "03_gates_xor",
        figure.to_svg(),
        "Each hidden unit draws a line, the output joins the sides. By hand the strip between the lines is \
         class 1; learned lines may stand otherwise, but separate the same corners.",
    );

    page.text(
        "Where do the gradients come from? Below is the untrained network at x = (0, 1), t = 1, computed \
         with numbers: the values go forward along the arrows, above them; the gradients of the loss come \
         back, below them. The loss for t = 1 is -ln o = softplus(-z).",
    );
    page.picture(
        "03_gates_gradients",
        loss_of(&first, [0.0, 1.0]),
        "Green: values. Orange: what the loss changes by for each unit of change there. Weights of x₁ = 0 \
         have no gradient at this example.",
    );
    Ok(())
}

/// Five significant digits, also of what is nearly 0 or 1.
fn number(y: f64) -> String {
    if y < 0.001 {
        format!("{y:.4e}")
    } else if y > 1.0 - 1e-9 {
        format!("1 - {:.1e}", 1.0 - y)
    } else {
        format!("{y:.8}")
    }
}

/// A table of hidden units and output for the four corners.
fn outputs(page: &mut Page, hidden: &Tensor<f64>, output: &Tensor<f64>) {
    let row = |i: usize| {
        let [x1, x2] = CORNERS[i].map(|x| x.to_string());
        vec![x1, x2, number(hidden.at(&[i, 0])), number(hidden.at(&[i, 1])), number(output.data()[i])]
    };
    page.table(&["x₁", "x₂", "h₁", "h₂", "o"], (0..4).map(row).collect());
}
