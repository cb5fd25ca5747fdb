//! How activations write themselves as ONNX nodes.
//!
//! Operators of their own are used for `f32`; for `f64`, for which runtimes lack most of them and whose options ONNX keeps in
//! single precision, they are composed of arithmetic, `Exp`, `Log` and the like.

use std::f64::consts::FRAC_1_SQRT_2;

use autograd::Element;
use autograd::ops::Elementary;

use super::graph::data_type;
use super::{Attribute, OnnxError, OnnxGraph, ToOnnx, Value};
use crate::{Activation, Place};

impl<T: Element> ToOnnx<T> for Activation {
    fn to_onnx(&self, x: &Value, at: &Place<'_>, graph: &mut OnnxGraph) -> Result<Value, OnnxError> {
        let mut nodes = Nodes::<T> { at, graph, number: std::marker::PhantomData };
        let n = &mut nodes;
        let single = n.is_single();
        Ok(match *self {
            Activation::Identity => x.clone(),
            Activation::Relu => n.of("Relu", x),
            Activation::LeakyRelu(slope) if single => n.with("LeakyRelu", x, &[("alpha", slope)]),
            Activation::LeakyRelu(slope) => {
                let (above, below) = n.halves(x);
                let below = n.and("Mul", &below, slope);
                n.both("Add", &above, &below)
            }
            Activation::Elu(alpha) if single => n.with("Elu", x, &[("alpha", alpha)]),
            Activation::Elu(alpha) => n.elu(x, alpha, 1.0),
            Activation::Selu if single => n.with("Selu", x, &[]),
            // Its constants are those of the slope on both sides of 0: read from the function itself.
            Activation::Selu => {
                let scale = 1.0_f64.selu();
                let alpha = -f64::NEG_INFINITY.selu() / scale;
                let y = n.elu(x, alpha, 1.0);
                n.and("Mul", &y, scale)
            }
            Activation::Celu(alpha) => n.elu(x, alpha, alpha),
            // The operator Gelu came with version 20 of the set: here x/2 · (1 + erf(x/√2)).
            Activation::Gelu => {
                let scaled = n.and("Mul", x, FRAC_1_SQRT_2);
                let erf = n.of("Erf", &scaled);
                let doubled = n.and("Add", &erf, 1.0);
                let halved = n.and("Mul", x, 0.5);
                n.both("Mul", &halved, &doubled)
            }
            // x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³))).
            Activation::GeluTanh => {
                let square = n.both("Mul", x, x);
                let scaled = n.and("Mul", &square, 0.044_715);
                let factor = n.and("Add", &scaled, 1.0);
                let inner = n.both("Mul", x, &factor);
                let inner = n.and("Mul", &inner, (2.0 / std::f64::consts::PI).sqrt());
                let tanh = n.of("Tanh", &inner);
                let doubled = n.and("Add", &tanh, 1.0);
                let halved = n.and("Mul", x, 0.5);
                n.both("Mul", &halved, &doubled)
            }
            Activation::Silu => {
                let sigmoid = n.of("Sigmoid", x);
                n.both("Mul", x, &sigmoid)
            }
            // The operator Mish came with version 18.
            Activation::Mish => {
                let softplus = n.softplus(x);
                let tanh = n.of("Tanh", &softplus);
                n.both("Mul", x, &tanh)
            }
            Activation::Softplus => n.softplus(x),
            Activation::Softsign if single => n.of("Softsign", x),
            Activation::Softsign => {
                let size = n.of("Abs", x);
                let divisor = n.and("Add", &size, 1.0);
                n.both("Div", x, &divisor)
            }
            Activation::Tanh => n.of("Tanh", x),
            Activation::HardTanh => n.clip(x, -1.0),
            Activation::Sigmoid => n.of("Sigmoid", x),
            Activation::SigmoidWith { slope, shift } => {
                let shifted = n.and("Add", x, shift);
                let scaled = n.and("Mul", &shifted, slope);
                n.of("Sigmoid", &scaled)
            }
            // -softplus(-x).
            Activation::LogSigmoid => {
                let negative = n.of("Neg", x);
                let softplus = n.softplus(&negative);
                n.of("Neg", &softplus)
            }
            Activation::HardSigmoid if single => {
                n.with("HardSigmoid", x, &[("alpha", 1.0 / 6.0), ("beta", 0.5)])
            }
            Activation::HardSigmoid => {
                let scaled = n.and("Div", x, 6.0);
                let line = n.and("Add", &scaled, 0.5);
                n.clip(&line, 0.0)
            }
            Activation::ThresholdLogic { alpha, theta } => {
                let shifted = n.and("Add", x, theta);
                let line = n.and("Mul", &shifted, alpha);
                n.clip(&line, 0.0)
            }
            Activation::PiecewiseLinear => {
                let line = n.and("Add", x, 0.5);
                n.clip(&line, 0.0)
            }
            Activation::Step(at_zero) => {
                let above = n.is("Greater", x);
                n.plus_at_zero(&above, x, at_zero)
            }
            Activation::Sign(at_zero) => {
                let sign = n.of("Sign", x);
                n.plus_at_zero(&sign, x, at_zero)
            }
            Activation::Softmax(axis) => n.along("Softmax", x, axis)?,
            Activation::LogSoftmax(axis) => n.along("LogSoftmax", x, axis)?,
        })
    }
}

/// Writes the nodes of one activation.
struct Nodes<'a, T> {
    at: &'a Place<'a>,
    graph: &'a mut OnnxGraph,
    number: std::marker::PhantomData<T>,
}

impl<T: Element> Nodes<'_, T> {
    /// Whether numbers are in single precision.
    fn is_single(&self) -> bool {
        data_type::<T>() == super::messages::number::FLOAT
    }

    fn of(&mut self, operator: &str, x: &Value) -> Value {
        self.graph.node(self.at, operator, &[x], &[])
    }

    fn both(&mut self, operator: &str, x: &Value, y: &Value) -> Value {
        self.graph.node(self.at, operator, &[x, y], &[])
    }

    /// An operation of x and a number.
    fn and(&mut self, operator: &str, x: &Value, number: f64) -> Value {
        let number = self.graph.number::<T>(number);
        self.both(operator, x, &number)
    }

    /// An operation with options.
    fn with(&mut self, operator: &str, x: &Value, options: &[(&str, f64)]) -> Value {
        let options: Vec<_> = options.iter().map(|&(name, value)| (name, Attribute::Float(value))).collect();
        self.graph.node(self.at, operator, &[x], &options)
    }

    /// max(x, 0) and min(x, 0).
    fn halves(&mut self, x: &Value) -> (Value, Value) {
        (self.and("Max", x, 0.0), self.and("Min", x, 0.0))
    }

    /// max(x, 0) + alpha · (e^(min(x, 0) / scale) - 1).
    fn elu(&mut self, x: &Value, alpha: f64, scale: f64) -> Value {
        let (above, below) = self.halves(x);
        let scaled = self.and("Div", &below, scale);
        let power = self.of("Exp", &scaled);
        let less = self.and("Sub", &power, 1.0);
        let below = self.and("Mul", &less, alpha);
        self.both("Add", &above, &below)
    }

    /// max(x, 0) + ln(1 + e^(-|x|)).
    fn softplus(&mut self, x: &Value) -> Value {
        if self.is_single() {
            return self.of("Softplus", x);
        }
        let above = self.and("Max", x, 0.0);
        let size = self.of("Abs", x);
        let negative = self.of("Neg", &size);
        let power = self.of("Exp", &negative);
        let more = self.and("Add", &power, 1.0);
        let log = self.of("Log", &more);
        self.both("Add", &above, &log)
    }

    /// x cut to between `low` and 1.
    fn clip(&mut self, x: &Value, low: f64) -> Value {
        let (low, high) = (self.graph.number::<T>(low), self.graph.number::<T>(1.0));
        self.graph.node(self.at, "Clip", &[x, &low, &high], &[])
    }

    /// 1 where x compares so with 0, else 0.
    fn is(&mut self, comparison: &str, x: &Value) -> Value {
        let truth = self.and(comparison, x, 0.0);
        let kind = Attribute::Int(data_type::<T>().into());
        self.graph.node(self.at, "Cast", &[&truth], &[("to", kind)])
    }

    /// y, which is 0 where x is 0, with another value there.
    fn plus_at_zero(&mut self, y: &Value, x: &Value, at_zero: f64) -> Value {
        if at_zero == 0.0 {
            return y.clone();
        }
        let zeros = self.is("Equal", x);
        let there = self.and("Mul", &zeros, at_zero);
        self.both("Add", y, &there)
    }

    /// An operation along an axis, counted with that of the batch.
    fn along(&mut self, operator: &str, x: &Value, axis: isize) -> Result<Value, OnnxError> {
        let rank = x.shape().len() as isize + 1;
        if !(-rank..rank).contains(&axis) {
            return Err(OnnxError::shape(self.at, operator, format!("an axis {axis}"), x.shape()));
        }
        Ok(self.graph.node(self.at, operator, &[x], &[("axis", Attribute::Int(axis as i64))]))
    }
}
