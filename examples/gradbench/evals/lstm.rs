//! `lstm`: a recurrent network that predicts a sequence; its weight matrices are diagonal.

use std::f64::consts::LN_2;

use autograd::prelude::*;
use autograd::tape::Gradients;
use serde::Deserialize;

use super::{matrix, require};
use crate::protocol::{Call, Evaluation, Failure};

#[derive(Deserialize)]
struct Input {
    /// For each layer weights, then biases: of the forget, input and output gates and of the change.
    main_params: Vec<Vec<f64>>,
    /// Weights of the input, then weights and biases of the output.
    extra_params: Vec<Vec<f64>>,
    /// For each layer the hidden state, then the cells.
    state: Vec<Vec<f64>>,
    sequence: Vec<Vec<f64>>,
}

/// An input whose sizes are known to fit.
struct Network {
    width: usize,
    main: Vec<f64>,
    extra: Vec<f64>,
    state: Vec<f64>,
    sequence: Vec<Vec<f64>>,
}

impl Network {
    fn new(input: Input) -> Result<Network, Failure> {
        let layers = input.main_params.len() / 2;
        let width = input.extra_params.first().map_or(0, Vec::len);
        require(layers > 0 && width > 0, "there are no layers, or they have no width")?;
        require(input.main_params.len() == 2 * layers, "main_params has not two rows for each layer")?;
        require(input.extra_params.len() == 3, "extra_params has not three rows")?;
        require(input.state.len() == 2 * layers, "state has not two rows for each layer")?;
        require(input.sequence.len() > 1, "the sequence has not two rows")?;
        matrix("sequence", &input.sequence, width)?;
        Ok(Network {

            width,
            main: matrix("main_params", &input.main_params, 4 * width)?,
            extra: matrix("extra_params", &input.extra_params, width)?,
            state: matrix("state", &input.state, width)?,
            sequence: input.sequence,
        })
    }

    /// How badly each row of the sequence foretells the next one, on average.
    fn loss<S: Scalar>(&self, main: &[S], extra: &[S]) -> S {
        let width = self.width;
        let [in_weights, out_weights, out_biases] = [0, 1, 2].map(|row| &extra[row * width..(row + 1) * width]);
        let mut state: Vec<S> = self.state.iter().map(|&number| S::from(number)).collect();
        let mut signal = vec![S::from(0.0); width];
        let mut total = S::from(0.0);
        for rows in self.sequence.windows(2) {
            for (i, signal) in signal.iter_mut().enumerate() {
                *signal = in_weights[i] * rows[0][i];
            }
            for (main, state) in main.chunks(8 * width).zip(state.chunks_mut(2 * width)) {
                layer(main, state, &mut signal);
            }
            for (i, signal) in signal.iter_mut().enumerate() {
                let inputs = [*signal, out_weights[i], out_biases[i]];
                *signal = S::statement(inputs, |[signal, weight, bias]| signal * weight + bias);
            }
            // The suite's normaliser is ln(2 + Σ e^signal).
            let normalizer = S::statement([S::logsumexp(&signal)], |[sum]| (sum - LN_2).softplus() + LN_2);
            let mass: f64 = rows[1].iter().sum();
            total += S::linear_combination(&signal, &rows[1]) - normalizer * mass;
        }
        -total / ((self.sequence.len() - 1) * width) as f64
    }
}

/// The hyperbolic tangent by one exponential, which takes half the time of what keeps its last digits near 0.
fn tanh<S: Scalar>(x: S) -> S {
    (x * 2.0).sigmoid() * 2.0 - 1.0
}

/// One layer: `signal` goes in, and is what comes out.
fn layer<S: Scalar>(main: &[S], state: &mut [S], signal: &mut [S]) {
    let width = signal.len();
    let (hidden, cells) = state.split_at_mut(width);
    for i in 0..width {
        let weighted = |x: S, gate: usize| [x, main[gate * width + i], main[(4 + gate) * width + i]];
        let forget = S::statement(weighted(signal[i], 0), |[x, weight, bias]| (x * weight + bias).sigmoid());
        let enter = S::statement(weighted(hidden[i], 1), |[x, weight, bias]| (x * weight + bias).sigmoid());
        let leave = S::statement(weighted(signal[i], 2), |[x, weight, bias]| (x * weight + bias).sigmoid());
        let change = S::statement(weighted(hidden[i], 3), |[x, weight, bias]| tanh(x * weight + bias));
        cells[i] = S::statement([cells[i], forget, enter, change], |[cell, forget, enter, change]| cell * forget + enter * change);
        hidden[i] = S::statement([leave, cells[i]], |[leave, cell]| leave * tanh(cell));
        signal[i] = hidden[i];
    }
}

pub(crate) fn evaluate(call: Call) -> Result<Evaluation, Failure> {
    let network = Network::new(call.input()?)?;
    match call.function {
        "objective" => call.time(|y| *y = network.loss(&network.main, &network.extra), |y: f64| y),
        "jacobian" => {
            let (mut tape, mut gradients) = (Tape::new(), Gradients::new());
            call.time(
                |gradient: &mut Vec<f64>| {
                    tape.reset();
                    let [main, extra] = [&network.main, &network.extra].map(|numbers| tape.vars(numbers).to_vec());
                    network.loss(&main, &extra).backward_into(&mut gradients);
                    gradient.clear();
                    gradient.extend(main.iter().chain(&extra).map(|&parameter| gradients[parameter]));
                },
                |gradient| gradient,
            )
        }
        _ => call.unknown(),
    }
}
