//! `Probe`: how gradients and activations are spread, as extra outputs of a training step.

use std::fmt;
use std::panic::Location;

use super::birth::number;
use crate::element::Element;
use crate::graph::Var;
use crate::ops::Shape;
use crate::tensor::Tensor;

/// A variable's gradient vanishes if its root mean square is below this share of the largest among all variables. A
/// sigmoid passes at most 1/4, so six layers of them reach this.
pub const VANISHING: f64 = 1e-4;

/// Gradients explode if the Euclidean norm of all of them together is above this; clipping usually begins at 1 to 10.
pub const EXPLODING: f64 = 1e3;

/// An activation is saturated if it is nearer to one of its bounds than this share of the distance between them: a
/// sigmoid below 0.05 or above 0.95, with a slope of at most 0.0475 instead of 0.25.
pub const SATURATED: f64 = 0.05;

/// Warned of is a layer of which more than this share is saturated or dead.
pub const MOSTLY: f64 = 0.5;

/// What the figures of a probed value mean: made by [`Var::probe`](crate::Var::probe), read by [`Probe::read`].
#[derive(Clone, PartialEq, Debug)]
pub struct Probe {
    variables: Vec<Probed>,
    activities: Vec<Probed>,
}

/// A node that is probed, and how many figures it has.
#[derive(Clone, PartialEq, Debug)]
struct Probed {
    id: usize,
    name: Option<String>,
    op: String,
    shape: Shape,
    origin: &'static Location<'static>,
    figures: usize,
}

/// How gradients and activations are spread at one step: plain data, in the order of recording.
///
/// ```
/// use autograd::prelude::*;
///
/// let g = Graph::new();
/// let x = g.constant([[1.0, -1.0], [2.0, -2.0]]);
/// let w = g.var([[3.0, -4.0], [0.0, 0.0]]).named("w");
/// let loss = x.matmul(w).relu().sum();
/// let (probe, figures) = loss.probe();
/// let statistics = probe.read(&figures.value());
/// assert_eq!(statistics.variables[0].gradient_norm, 18f64.sqrt());
/// assert_eq!(statistics.variables[0].zeros, 0.5);
/// assert_eq!(statistics.activities[0].dead, Some(0.5)); // the second unit is 0 for both rows
/// ```
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct Statistics {
    /// Gradients of the variables.
    pub variables: Vec<VariableStatistics>,
    /// Outputs of activations that saturate (`sigmoid`, `tanh` and their like) or can die (`relu`).
    pub activities: Vec<Activity>,
}

/// The gradient of a variable.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct VariableStatistics {
    /// The variable, as [`Var::id`](crate::Var::id) counts.
    pub id: usize,
    /// Its name, if it has one.
    pub name: Option<String>,
    /// Its shape.
    pub shape: Shape,
    /// The Euclidean norm of its gradient; 0 if none reaches it.
    pub gradient_norm: f64,
    /// The root mean square of the numbers of its gradient.
    pub gradient_rms: f64,
    /// The share of the gradient's numbers that are 0, from 0 to 1.
    pub zeros: f64,
    /// The Euclidean norm of its value.
    pub norm: f64,
}

/// The output of an activation.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct Activity {
    /// The node, as [`Var::id`](crate::Var::id) counts.
    pub id: usize,
    /// Its operation.
    pub op: String,
    /// Its name, if it has one.
    pub name: Option<String>,
    /// Its shape.
    pub shape: Shape,
    /// Where it was recorded.
    pub origin: &'static Location<'static>,
    /// For an activation with bounds, the share of the outputs within [`SATURATED`] of one, from 0 to 1.
    pub saturated: Option<f64>,
    /// For `relu`, the share of the outputs that are 0.
    pub zeros: Option<f64>,
    /// For `relu`, the share of the units (places along the last axis) that are 0 for every row.
    pub dead: Option<f64>,
}

impl<'g, T: Element> Var<'g, T> {
    /// Records what is to be known of the gradients by all variables below this value, and of the activations: the
    /// figures are one vector, which can be asked for together with the value, in one plan.
    ///
    /// The gradients are those that a step computes anyway, so what is added is a sum of squares and a count for each.
    #[track_caller]
    pub fn probe(self) -> (Probe, Var<'g, T>) {
        let graph = self.graph();
        let below = self.all_below();
        let mut probe = Probe { variables: Vec::new(), activities: Vec::new() };
        let mut parts: Vec<Var<'g, T>> = Vec::new();
        for id in (0..=self.id() as u32).filter(|&id| below[id as usize]) {
            let y = self.sibling(id);
            let (bounds, rectifies) = (y.op().saturates(), y.op().rectifies());
            let before = parts.len();
            if let Some((low, high)) = bounds {
                let margin = SATURATED * (high - low);
                let near = y.lt(low + margin) + y.gt(high - margin);
                parts.push(near.mean());
            } else if rectifies {
                let width = y.shape().last().copied().unwrap_or(1).max(1);
                let units = y.reshape([y.shape().count() / width, width]).max_over(0);
                parts.push(y.eq(0.0).mean());
                parts.push(units.eq(0.0).mean());
            }
            if parts.len() > before {
                probe.activities.push(Probed::new(y, parts.len() - before));
            }
        }
        let variables = graph
            .variables()
            .into_iter()
            .filter(|variable| below.get(variable.id()).copied().unwrap_or(false));
        let variables: Vec<Var<'g, T>> = variables.collect();
        let mut gradients = Vec::with_capacity(variables.len());
        self.try_grad(&variables, &mut |gradient| gradients.push(gradient));
        for (variable, gradient) in variables.into_iter().zip(gradients) {
            parts.push(variable.square().sum());
            if let Some(gradient) = gradient {
                parts.push(gradient.square().sum());
                parts.push(gradient.eq(0.0).mean());
            }
            probe.variables.push(Probed::new(variable, if gradient.is_some() { 3 } else { 1 }));
        }
        if parts.is_empty() {
            return (probe, graph.zeros([0]));
        }
        let figures = Var::stack(&parts, 0);
        (probe, figures)
    }
}

impl Probed {
    fn new<T: Element>(node: Var<'_, T>, figures: usize) -> Probed {
        Probed {
            id: node.id(),
            name: node.name(),
            op: node.op_name(),
            shape: node.shape(),
            origin: node.origin(),
            figures,
        }
    }
}

impl Probe {
    /// Sorts the figures, as they came out, by what they are figures of.
    ///
    /// # Panics
    /// If they are those of another probe.
    #[track_caller]
    pub fn read<T: Element>(&self, figures: &Tensor<T>) -> Statistics {
        let expected: usize = self.activities.iter().chain(&self.variables).map(|node| node.figures).sum();
        assert!(
            figures.count() == expected,
            "these {} figures are of another probe, which has {expected}: read them with the probe that recorded them",
            figures.count()
        );
        let mut numbers = figures.data().iter().map(|x| x.to_f64());
        let mut next = || numbers.next().expect("counted above");
        let activities = self.activities.iter().map(|node| {
            let first = next();
            let rectifies = node.figures == 2;
            Activity {
                id: node.id,
                op: node.op.clone(),
                name: node.name.clone(),
                shape: node.shape,
                origin: node.origin,
                saturated: (!rectifies).then_some(first),
                zeros: rectifies.then_some(first),
                dead: rectifies.then(&mut next),
            }
        });
        let activities = activities.collect();
        let variables = self.variables.iter().map(|node| {
            let norm = next().sqrt();
            let (squares, zeros) = if node.figures == 3 { (next(), next()) } else { (0.0, 1.0) };
            VariableStatistics {
                id: node.id,
                name: node.name.clone(),
                shape: node.shape,
                gradient_norm: squares.sqrt(),
                gradient_rms: (squares / node.shape.count().max(1) as f64).sqrt(),
                zeros,
                norm,
            }
        });
        Statistics { variables: variables.collect(), activities }
    }
}

impl Statistics {
    /// The Euclidean norm of all gradients together.
    pub fn gradient_norm(&self) -> f64 {
        self.variables.iter().map(|variable| variable.gradient_norm.powi(2)).sum::<f64>().sqrt()
    }

    /// What is worth a look, as sentences: gradients that vanish ([`VANISHING`]) or explode ([`EXPLODING`]) or are not
    /// finite, layers that are mostly saturated or dead ([`MOSTLY`]).
    ///
    /// Of a gradient's size, only variables with two axes or more are judged: biases have another scale than weights.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        let whole = self.gradient_norm();
        if !whole.is_finite() {
            warnings
                .push(format!("a gradient is not finite: the norm of all is {whole}; find_nan() says where"));
        } else if whole > EXPLODING {
            warnings.push(format!(
                "gradients explode: the norm of all is {}, above {EXPLODING}; lower the learning rate or clip them",
                number(whole)
            ));
        }
        let weights = || self.variables.iter().filter(|variable| variable.shape.rank() >= 2);
        let largest = weights().map(|variable| variable.gradient_rms).fold(0.0, f64::max);
        for variable in weights().filter(|variable| variable.gradient_rms < VANISHING * largest) {
            let name = match &variable.name {
                Some(name) => format!("{name:?}"),
                None => format!("variable {} of shape {}", variable.id, variable.shape),
            };
            warnings.push(format!(
                "the gradient of {name} vanishes: its root mean square is {}, that of another variable {}",
                number(variable.gradient_rms),
                number(largest)
            ));
        }
        for Activity { op, origin, saturated, dead, .. } in &self.activities {
            if let Some(share) = saturated.filter(|&share| share > MOSTLY) {
                let share = 100.0 * share;
                warnings.push(format!(
                    "{op} at {origin} is saturated: {share:.0} % of its outputs are near a bound"
                ));
            }
            if let Some(share) = dead.filter(|&share| share > MOSTLY) {
                let share = 100.0 * share;
                warnings
                    .push(format!("{op} at {origin} is dead: {share:.0} % of its units are 0 for every row"));
            }
        }
        warnings
    }
}

/// A line for each variable and each activation, then the warnings.
impl fmt::Display for Statistics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for variable in &self.variables {
            let name = variable.name.clone().unwrap_or_else(|| format!("variable {}", variable.id));
            writeln!(
                f,
                "{name} {}: gradient norm {}, rms {}, {:.0} % zeros; norm {}",
                variable.shape,
                number(variable.gradient_norm),
                number(variable.gradient_rms),
                100.0 * variable.zeros,
                number(variable.norm)
            )?;
        }
        for activity in &self.activities {
            write!(f, "{} at {}:", activity.op, activity.origin)?;
            let shares =
                [("saturated", activity.saturated), ("zeros", activity.zeros), ("units dead", activity.dead)];
            let mut join = " ";
            for (what, share) in shares {
                if let Some(share) = share {
                    write!(f, "{join}{:.0} % {what}", 100.0 * share)?;
                    join = ", ";
                }
            }
            writeln!(f)?;
        }
        self.warnings().iter().try_for_each(|warning| writeln!(f, "warning: {warning}"))
    }
}
