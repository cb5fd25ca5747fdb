//! What the five decks of slides, A to E, hold that a program can do something with: a row for each.

/// A formula, table, picture or claim of the decks.
pub(crate) struct Row {
    pub(crate) id: &'static str,
    pub(crate) part: &'static str,
    pub(crate) decks: &'static str,
    pub(crate) topic: &'static str,
}

macro_rules! rows {
    ($($part:literal { $($id:literal, $decks:literal, $topic:literal;)+ })+) => {
        pub(crate) const ROWS: &[Row] = &[$($(Row { id: $id, part: $part, decks: $decks, topic: $topic },)+)+];
    };
}

rows! {
    "Neurons, activations, logic" {
        "value-at-0", "A, B, D", "perceptron, step and sign: the value at 0 differs from deck to deck";
        "perceptron-rule", "D", "Rosenblatt's learning rule: converges on AND and OR, never on XOR";
        "weighted-sum", "A", "a neuron by hand: inputs (1, 0.5, -1), weights (0.7, 0.6, 1.4), bias -0.1";
        "mcculloch-pitts", "A, D", "McCulloch-Pitts units: fixed weights";
        "adaline", "A", "Adaline: the delta rule of a linear unit";
        "logistic-gates", "B", "AND and OR by logistic units g(-30 + 20x₁ + 20x₂), g(-10 + 20x₁ + 20x₂)";
        "xor-by-logistic-units", "C", "XOR by three logistic units";
        "mehlig", "C", "Mehlig's eleven points and three decision boundaries";
        "activations", "A, B, D", "activation functions and their derivatives";
        "vanishing", "B", "vanishing gradients: s′ is at most 0.25, s′(±10) = 4.54e-5";
        "dying-relu", "B", "dying ReLU units; sparse activity";
        "3-4-2", "D", "a network 3-4-2 has 6 neurons, 20 weights and 6 biases";
        "universal-approximation", "D", "universal approximation: six ReLU units and a cubic";
        "linear-networks", "C", "a composition of linear layers is linear";
        "regions", "A, C", "decision regions of one, three and many hidden units; an AND of half planes is convex";
        "zero-init", "B, E", "weights that start at zero keep hidden units equal";
        "uniform-init", "B", "first weights as rand · 2ε - ε, shapes 3x4, 3x4, 1x4";
        "saturation", "D", "large first weights saturate sigmoids";
    }
    "Chain rule and backpropagation" {
        "xyz", "C", "f = (x + y) z at (-2, 5, -4)";
        "chain-of-three", "C", "x = 5v - 2, y = 3x - 2, z = y²: dz/dv";
        "sigmoid-derivative", "B", "g′ = g (1 - g)";
        "matrix-form", "B", "backpropagation of four layers in matrix form";
        "thresholds", "C", "stochastic descent with thresholds (algorithm 4)";
        "incremental", "D", "incremental backpropagation in stages 0 to 6";
        "derivation", "C", "the derivation of error backpropagation (slides 70 to 86)";
        "output-delta", "E", "δ of the output and of hidden units";
        "delta-rule", "A", "the delta rule of a network";
        "backward-cost", "A", "the cost of backward compared with forward";
        "784-15-10", "A", "the parameters of 784-15-10";
        "gradient-checking", "B", "gradient checking";
    }
    "Losses and descent" {
        "losses", "A to E", "squared errors and cross-entropies";
        "regression", "A", "linear regression: three lines, the error's surface";
        "bowl", "C, E", "a linear neuron of two weights: a bowl, elliptic contours, divergence for η > 2/λ";
        "quiz", "E", "descent from a point with negative slope walks right";
        "batches", "A, C, D", "batch, stochastic and mini-batch descent: pros and cons";
        "learning-rate", "C, D, E", "learning rates too small, good, too large; decay; momentum";
        "optimisers", "B, C", "optimisers: momentum to Nadam, on a saddle, Beale's function and a ravine";
        "stopping", "D, E", "stop criteria; several starts";
        "landscape", "C", "local minima, saddle points, plateaus";
        "preparation", "C, D", "data preparation: one-hot, normalisation, standardisation, splits";
        "fitting", "C, D", "under- and overfitting, bias and variance";
        "mnist", "A", "784-15-10 on handwritten digits, trained by mini-batches";
        "other-networks", "A, C, D", "convolutional, recurrent and feedback networks";
    }
}
