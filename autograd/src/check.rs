//! Gradient checking: derivatives from the chain rule against differences of values.
//!
//! Over 400 lines because options, stencils, report and message describe one procedure.

use std::fmt;

use crate::graph::{Graph, Var};
use crate::tensor::{IntoTensor, Tensor};

/// Compares the gradient of `f` with central differences, for every element of every input.
///
/// Everything runs in `f64`. `f` records a result of any shape; if it is not a single number, its elements are summed
/// with fixed pseudo-random weights, so that each of them counts. Inputs are whatever makes a tensor: `&[a, b]` of
/// tensors (`f32` too) or of references to them, `&[0.5, 2.0]` for two numbers, `&[[1.0, 2.0], [3.0, 4.0]]` for two
/// vectors. [`GradientCheck`] has the options: step, tolerance, second order, elements to leave out.
///
/// ```
/// use autograd::prelude::*;
/// let a = Tensor::from([[0.3, -1.2], [0.5, 2.0]]);
/// let b = Tensor::from([[1.0, 0.4], [-0.7, 0.1]]);
/// let report = check_gradients(|_, v| v[0].matmul(v[1]).tanh().sum(), &[a, b])?;
/// assert_eq!(report.checked, 8);
/// # Ok::<(), autograd::GradientMismatch>(())
/// ```
///
/// A derivative that is wrong is found, and named:
///
/// ```
/// use autograd::{FnOp, prelude::*};
/// let wrong = check_gradients(
///     |g, v| {
///         // The derivative of x³ is 3x², not 2x².
///         g.custom(FnOp::new("cube", |x| x[0].map(|x| x * x * x), |_, x, _, g| Some(g * x[0] * x[0] * 2.0)), v)
///     },
///     &[[0.1, 2.0]],
/// );
/// let mismatch = wrong.unwrap_err();
/// assert_eq!((mismatch.failures.len(), mismatch.worst().input, &mismatch.worst().index[..]), (2, 0, &[1][..]));
/// assert!(mismatch.to_string().starts_with("2 of 2 derivatives are wrong; the worst:"));
/// ```
///
/// # Errors
/// [`GradientMismatch`] lists the derivatives that differ, also those that are NaN or whose path is cut.
pub fn check_gradients<F, I>(f: F, inputs: &[I]) -> Result<GradientReport, GradientMismatch>
where
    F: for<'g> Fn(&'g Graph<f64>, &[Var<'g, f64>]) -> Var<'g, f64>,
    I: IntoTensor + Clone,
{
    GradientCheck::new().check(f, inputs)
}

/// How gradients are checked: [`check_gradients`] with options.
///
/// # Kinks
///
/// At a kink (of `relu`, `abs`, a tie of `max`) the differences to the left and to the right disagree, and a derivative
/// is a matter of convention. A kink is recognised by that the disagreement does not shrink with the step as it does for a
/// smooth function, and there any number between the two one-sided differences is accepted; [`GradientReport::at_kinks`]
/// counts those. Elements where even that makes no sense (`sqrt` at 0) can be left out with [`skip`](GradientCheck::skip).
///
/// ```
/// use autograd::prelude::*;
/// let report = GradientCheck::new()
///     .second_order()
///     .skip(|_input, _index, x| x == 0.0)
///     .check(|_, v| (v[0].relu() * v[0].sqrt()).sum(), &[[0.0, 0.5, 3.0]])?;
/// assert_eq!((report.checked, report.skipped), (4, 1)); // two derivatives, and two of second order
/// # Ok::<(), autograd::GradientMismatch>(())
/// ```
pub struct GradientCheck {
    step: f64,
    tolerance: f64,
    second_order: bool,
    skip: Option<Box<Skip>>,
}

type Skip = dyn Fn(usize, &[usize], f64) -> bool;

/// With Richardson's extrapolation the error is about step⁴ from the truncation and 10⁻¹⁶ / step from rounding.
const STEP: f64 = 1e-4;
const TOLERANCE: f64 = 1e-6;

impl Default for GradientCheck {
    fn default() -> Self {
        GradientCheck { step: STEP, tolerance: TOLERANCE, second_order: false, skip: None }
    }
}

impl GradientCheck {
    /// Step 10⁻⁴, tolerance 10⁻⁶, first order only.
    pub fn new() -> Self {
        Self::default()
    }

    /// Moves an element x by `step` · max(1, |x|) for the differences, and by a half and a quarter of that.
    pub fn step(mut self, step: f64) -> Self {
        self.step = step;
        self
    }

    /// Accepts |a - b| up to `tolerance` · max(1, |a|, |b|).
    pub fn tolerance(mut self, tolerance: f64) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// Also compares gradients of gradients along a fixed pseudo-random direction with differences of gradients.
    pub fn second_order(mut self) -> Self {
        self.second_order = true;
        self
    }

    /// Leaves out the elements (number of the input, index in it, value) for which `skip` says so.
    pub fn skip(mut self, skip: impl Fn(usize, &[usize], f64) -> bool + 'static) -> Self {
        self.skip = Some(Box::new(skip));
        self
    }

    /// Compares the gradient of `f` at `inputs` with differences; see [`check_gradients`].
    ///
    /// # Errors
    /// [`GradientMismatch`] lists the derivatives that differ, also those that are NaN or whose path is cut.
    pub fn check<F, I>(&self, f: F, inputs: &[I]) -> Result<GradientReport, GradientMismatch>
    where
        F: for<'g> Fn(&'g Graph<f64>, &[Var<'g, f64>]) -> Var<'g, f64>,
        I: IntoTensor + Clone,
    {
        let mut at: Vec<Tensor<f64>> = Vec::with_capacity(inputs.len());
        for input in inputs {
            at.push(input.clone().into_tensor().cast());
        }
        let mut report = GradientReport::default();
        let mut failures = Vec::new();
        self.first(&f, &at, &mut report, &mut failures);
        if self.second_order {
            self.second(&f, &at, &mut report, &mut failures);
        }
        if failures.is_empty() {
            return Ok(report);
        }
        Err(GradientMismatch { failures, checked: report.checked })
    }

    /// Every element is moved by itself.
    fn first<F>(&self, f: &F, at: &[Tensor<f64>], report: &mut GradientReport, failures: &mut Vec<Comparison>)
    where
        F: for<'g> Fn(&'g Graph<f64>, &[Var<'g, f64>]) -> Var<'g, f64>,
    {
        let (here, gradients) = gradient(f, at);
        for (input, gradient) in gradients.iter().enumerate() {
            for position in 0..at[input].count() {
                let index = index_of(position, &at[input].shape());
                let x = at[input].data()[position];
                if self.skips(input, &index, x) {
                    report.skipped += 1;
                    continue;
                }
                let step = self.step * x.abs().max(1.0);
                let values = Stencil::new(step, here, |t| {
                    let mut moved = at.to_vec();
                    let mut position_moved = at[input].to_vec();
                    position_moved[position] = x + t;
                    moved[input] = Tensor::from_slice(at[input].shape(), &position_moved)
                        .expect("the count is the same");
                    value(f, &moved)
                });
                let (analytic, cut) = match gradient {
                    Ok(gradient) => (gradient.data()[position], None),
                    Err(cut) => (0.0, Some(cut.clone())),
                };
                let compared = Comparison { order: 1, input, index, analytic, cut, numeric: 0.0, error: 0.0 };
                self.judge(compared, values, report, failures);
            }
        }
    }

    /// All elements are moved together along a direction, which gives the Hessian's product with it.
    fn second<F>(
        &self,
        f: &F,
        at: &[Tensor<f64>],
        report: &mut GradientReport,
        failures: &mut Vec<Comparison>,
    ) where
        F: for<'g> Fn(&'g Graph<f64>, &[Var<'g, f64>]) -> Var<'g, f64>,
    {
        let mut direction: Vec<Tensor<f64>> = Vec::with_capacity(at.len());
        for (input, x) in at.iter().enumerate() {
            direction.push(Tensor::from_fn(x.shape(), |position| {
                let number = x.data()[position];
                let skipped = self.skips(input, &index_of(position, &x.shape()), number);
                if skipped { 0.0 } else { weight(position + 1000 * (input + 1)) }
            }));
        }
        let graph = Graph::f64();
        let leaves: Vec<Var<'_, f64>> = at.iter().map(|x| graph.var(x)).collect();
        let mut along = graph.number(0.0);
        for (derivative, direction) in weighted(f(&graph, &leaves)).grad(&leaves).iter().zip(&direction) {
            along += (*derivative * graph.constant(direction)).sum();
        }
        let products: Vec<Tensor<f64>> = along.grad(&leaves).iter().map(|product| product.value()).collect();

        let moved = |t: f64| -> Vec<Tensor<f64>> {
            let mut points = Vec::with_capacity(at.len());
            for (x, u) in at.iter().zip(&direction) {
                points.push(Tensor::from_fn(x.shape(), |i| x.data()[i] + t * u.data()[i]));
            }
            gradient(f, &points).1.into_iter().zip(at).map(|(gradient, x)| zero_if_cut(gradient, x)).collect()
        };
        let here = moved(0.0);
        let around = Stencil::<()>::steps(self.step).map(moved);
        for (input, x) in at.iter().enumerate() {
            for position in 0..x.count() {
                if direction[input].data()[position] == 0.0 {
                    continue; // counted in the first order
                }
                let mut along_the_way = around.iter().map(|gradients| gradients[input].data()[position]);
                let values = Stencil::new(self.step, here[input].data()[position], |_| {
                    along_the_way.next().expect("a gradient for every step")
                });
                let index = index_of(position, &x.shape());
                let analytic = products[input].data()[position];
                let compared =
                    Comparison { order: 2, input, index, analytic, cut: None, numeric: 0.0, error: 0.0 };
                self.judge(compared, values, report, failures);
            }
        }
    }

    fn skips(&self, input: usize, index: &[usize], x: f64) -> bool {
        self.skip.as_ref().is_some_and(|skip| skip(input, index, x))
    }

    fn judge(
        &self,
        mut compared: Comparison,
        values: Stencil<f64>,
        report: &mut GradientReport,
        failures: &mut Vec<Comparison>,
    ) {
        let analytic = compared.analytic;
        compared.numeric = values.derivative();
        compared.error = relative_error(analytic, compared.numeric);
        report.checked += 1;
        // Written so that NaN is a failure.
        let agrees = compared.error <= self.tolerance;
        if !agrees && values.kink_allows(analytic, self.tolerance) {
            report.at_kinks += 1;
            return;
        }
        if report.worst.as_ref().is_none_or(|worst| worse(compared.error, worst.error)) {
            report.worst = Some(compared.clone());
        }
        if !agrees {
            failures.push(compared);
        }
    }
}

impl fmt::Debug for GradientCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GradientCheck")
            .field("step", &self.step)
            .field("tolerance", &self.tolerance)
            .field("second_order", &self.second_order)
            .field("skip", &self.skip.is_some())
            .finish()
    }
}

/// What a passed check has seen.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct GradientReport {
    /// Derivatives compared, of first and second order.
    pub checked: usize,
    /// Elements left out on request.
    pub skipped: usize,
    /// Derivatives that were accepted because they lie between the differences on the two sides of a kink.
    pub at_kinks: usize,
    /// The derivative with the largest error.
    pub worst: Option<Comparison>,
}

/// One derivative, computed in two ways.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Comparison {
    /// 1 for a gradient, 2 for a gradient's derivative along the check's direction.
    pub order: u32,
    /// Number of the input.
    pub input: usize,
    /// Index of the element in the input.
    pub index: Vec<usize>,
    /// The derivative by the chain rule; 0 if no path leads to the input.
    pub analytic: f64,
    /// The derivative by differences.
    pub numeric: f64,
    /// |analytic - numeric| / max(1, |analytic|, |numeric|).
    pub error: f64,
    /// Where the path to the input is cut, if no gradient reaches it.
    pub cut: Option<String>,
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Comparison { order, input, index, analytic, numeric, error, cut } = self;
        write!(f, "input {input}")?;
        if !index.is_empty() {
            write!(f, " at {index:?}")?;
        }
        let by = if *order == 1 { "gradient" } else { "gradient of the gradient" };
        match cut {
            Some(cut) => write!(f, ": no gradient reaches it ({cut})")?,
            None => write!(f, ": {by} {analytic}")?,
        }
        write!(f, ", differences {numeric}, relative error {error:.1e}")
    }
}

/// Derivatives that are not what differences of values say.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct GradientMismatch {
    /// The derivatives that differ, in the order of inputs and elements; never empty.
    pub failures: Vec<Comparison>,
    /// Derivatives compared in all.
    pub checked: usize,
}

impl GradientMismatch {
    /// The derivative with the largest error; NaN is larger than any.
    pub fn worst(&self) -> &Comparison {
        let first = &self.failures[0];
        self.failures
            .iter()
            .fold(first, |worst, next| if worse(next.error, worst.error) { next } else { worst })
    }
}

/// Failures that the message lists.
const LISTED: usize = 5;

impl fmt::Display for GradientMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (wrong, checked) = (self.failures.len(), self.checked);
        let verb = if wrong == 1 { "is" } else { "are" };
        write!(f, "{wrong} of {checked} derivatives {verb} wrong; the worst: {}", self.worst())?;
        if wrong > 1 {
            for failure in self.failures.iter().take(LISTED) {
                write!(f, "\n  {failure}")?;
            }
            if wrong > LISTED {
                write!(f, "\n  and {} more", wrong - LISTED)?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for GradientMismatch {}

/// Values of a function of one number at 0, and at plus and minus a step, half of it and a quarter of it.
struct Stencil<V> {
    step: f64,
    here: V,
    /// In the order of `steps`.
    around: [V; 6],
}

impl<V> Stencil<V> {
    fn steps(step: f64) -> [f64; 6] {
        [step, -step, step / 2.0, -step / 2.0, step / 4.0, -step / 4.0]
    }

    fn new(step: f64, here: V, at: impl FnMut(f64) -> V) -> Self {
        Stencil { step, here, around: Stencil::<V>::steps(step).map(at) }
    }
}

impl Stencil<f64> {
    /// Central differences with step and half step, extrapolated to step 0 (Richardson 1911).
    fn derivative(&self) -> f64 {
        let [right, left, half_right, half_left, ..] = self.around;
        let whole = (right - left) / (2.0 * self.step);
        let half = (half_right - half_left) / self.step;
        (4.0 * half - whole) / 3.0
    }

    /// Whether there is a kink and `derivative` lies between the differences on its two sides.
    fn kink_allows(&self, derivative: f64, tolerance: f64) -> bool {
        let (mut lowest, mut highest) = (f64::INFINITY, f64::NEG_INFINITY);
        let mut gaps = [0.0; 3];
        for (level, gap) in gaps.iter_mut().enumerate() {
            let step = self.step / f64::from(1 << level);
            let right = (self.around[2 * level] - self.here) / step;
            let left = (self.here - self.around[2 * level + 1]) / step;
            if right.is_nan() || left.is_nan() {
                return false;
            }
            (lowest, highest) = (lowest.min(right.min(left)), highest.max(right.max(left)));
            *gap = right - left;
        }
        // The gap of a smooth function is proportional to the step.
        let halves = |a: f64, b: f64| (0.4..0.6).contains(&(b / a));
        let smooth = halves(gaps[0], gaps[1]) && halves(gaps[1], gaps[2]);
        let margin = tolerance * derivative.abs().max(1.0);
        !smooth && lowest - margin <= derivative && derivative <= highest + margin
    }
}

/// The gradient per input, or where its path is cut.
type Found = Result<Tensor<f64>, String>;

fn value<F>(f: &F, at: &[Tensor<f64>]) -> f64
where
    F: for<'g> Fn(&'g Graph<f64>, &[Var<'g, f64>]) -> Var<'g, f64>,
{
    let graph = Graph::f64();
    let leaves: Vec<Var<'_, f64>> = at.iter().map(|x| graph.var(x)).collect();
    weighted(f(&graph, &leaves)).item()
}

fn gradient<F>(f: &F, at: &[Tensor<f64>]) -> (f64, Vec<Found>)
where
    F: for<'g> Fn(&'g Graph<f64>, &[Var<'g, f64>]) -> Var<'g, f64>,
{
    let graph = Graph::f64();
    let leaves: Vec<Var<'_, f64>> = at.iter().map(|x| graph.var(x)).collect();
    let result = weighted(f(&graph, &leaves));
    let gradients = result.backward();
    let mut found = Vec::with_capacity(leaves.len());
    for leaf in leaves {
        found.push(match gradients.get(leaf) {
            Some(gradient) => Ok(gradient.clone()),
            None => Err(result.explain_cut(leaf)),
        });
    }
    (result.item(), found)
}

fn zero_if_cut(found: Found, x: &Tensor<f64>) -> Tensor<f64> {
    found.unwrap_or_else(|_| Tensor::zeros(x.shape()))
}

/// A single number in which every element of `result` counts, each differently.
fn weighted(result: Var<'_, f64>) -> Var<'_, f64> {
    let shape = result.shape();
    if shape.count() == 1 {
        return result.sum();
    }
    (result * result.graph().constant(Tensor::from_fn(shape, weight))).sum()
}

/// A number between 0.5 and 1.5 with a sign, the same for the same `position`.
fn weight(position: usize) -> f64 {
    // Multiples of the golden ratio spread evenly over the unit interval (Weyl 1916).
    let spread = (position as f64 * 0.618_033_988_749_894_8 + 0.137).fract();
    let sign = if (position as f64 * 0.754_877_666_246_692_7).fract() < 0.5 { 1.0 } else { -1.0 };
    sign * (0.5 + spread)
}

fn relative_error(a: f64, b: f64) -> f64 {
    (a - b).abs() / a.abs().max(b.abs()).max(1.0)
}

/// Whether error `a` is larger than `b`, NaN being the largest.
fn worse(a: f64, b: f64) -> bool {
    a > b || a.is_nan() && !b.is_nan()
}

fn index_of(mut position: usize, shape: &[usize]) -> Vec<usize> {
    let mut index = vec![0; shape.len()];
    for (place, extent) in index.iter_mut().zip(shape).rev() {
        *place = position % extent;
        position /= extent;
    }
    index
}
