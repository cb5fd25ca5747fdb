//! `Recording`: a function recorded once and evaluated anywhere, without running its code.

use std::fmt;

use super::program::{Guard, Partials, Step};
use super::recorded::{Recorded, Recorder};
use super::replay_error::ReplayError;
use super::scalars::check_count;
use crate::tensor::Tensor;

/// Derivatives that go through a recording at once.
const LANES: usize = 8;

/// The operations that a function did at one point, to be done again at others: values, gradients and matrices without
/// running the function's code, and without taking memory after the first time.
///
/// ```
/// use autograd::functions::Recording;
/// use autograd::prelude::*;
///
/// fn rosenbrock<S: Scalar>(x: &[S]) -> S {
///     (x[1] - x[0] * x[0]).square() * 100.0 + (x[0] - 1.0).square()
/// }
/// let mut recording = Recording::new(|x| rosenbrock(x), &[1.0, 1.0]);
/// assert_eq!(recording.value_and_grad(&[2.0, 1.0])?, (901.0, &[2402.0, -600.0][..]));
/// assert_eq!(recording.value(&[0.0, 0.0])?, 1.0);
/// # Ok::<(), autograd::functions::ReplayError>(())
/// ```
///
/// # One path
///
/// A recording holds the path that the function took. Rows such as `max`, `abs`, `relu` and `where_` have no branches and are
/// computed anew. A comparison in the program (`if x < y`) is remembered with its outcome; where it comes out
/// otherwise, the replay refuses, and says which comparison it was and where it stands. So it does where a number that
/// the program was told by `to_f64()` is not the same, to the bit. What a closure captures, and draws of random numbers, are
/// data of the recording.
///
/// ```
/// use autograd::functions::{Recording, ReplayError};
/// use autograd::prelude::*;
///
/// let mut recording = Recording::new(|x| if x[0] < 1.0 { x[0] * 2.0 } else { x[0].square() }, &[0.5]);
/// assert_eq!(recording.value(&[0.75]), Ok(1.5));
/// let refused = recording.value(&[3.0]).unwrap_err();
/// assert!(matches!(refused, ReplayError::Comparison { sign: "<", left: 3.0, right: 1.0, .. }));
/// println!("{refused}"); // the comparison `<` at src/main.rs:4:46 was true when the function was recorded, and is false …
/// ```
pub struct Recording {
    inputs: usize,
    outputs: Vec<u32>,
    steps: Vec<Step>,
    guards: Vec<Guard>,
    /// By place; constants stay as they are.
    values: Vec<f64>,
    partials: Vec<Partials>,
    single: Vec<[f64; 1]>,
    lanes: Vec<[f64; LANES]>,
    results: Vec<f64>,
    derivatives: Vec<f64>,
}

impl Recording {
    /// Records a function with one result, at a point.
    ///
    /// ```
    /// use autograd::functions::Recording;
    /// let mut area = Recording::new(|x| x[0] * x[1] / 2.0, &[1.0, 1.0]);
    /// assert_eq!(area.value(&[3.0, 4.0])?, 6.0);
    /// # Ok::<(), autograd::functions::ReplayError>(())
    /// ```
    pub fn new<F>(f: F, x: &[f64]) -> Recording
    where
        F: for<'r> FnOnce(&[Recorded<'r>]) -> Recorded<'r>,
    {
        Recording::many(|x| vec![f(x)], x)
    }

    /// Records a function with any number of results, at a point.
    ///
    /// ```
    /// use autograd::functions::Recording;
    /// let mut both = Recording::many(|x| vec![x[0] + x[1], x[0] * x[1]], &[1.0, 1.0]);
    /// assert_eq!(both.values(&[3.0, 4.0])?, [7.0, 12.0]);
    /// # Ok::<(), autograd::functions::ReplayError>(())
    /// ```
    pub fn many<F>(f: F, x: &[f64]) -> Recording
    where
        F: for<'r> FnOnce(&[Recorded<'r>]) -> Vec<Recorded<'r>>,
    {
        let recorder = Recorder::default();
        let inputs: Vec<_> = x.iter().map(|&x| recorder.input(x)).collect();
        let results = f(&inputs);
        let outputs = results.iter().map(|&y| recorder.place_of(y)).collect();
        drop((inputs, results));
        let Recorder { values, steps, guards } = recorder;
        Recording {
            inputs: x.len(),
            outputs,
            steps: steps.into_inner(),
            guards: guards.into_inner(),
            values: values.into_inner(),
            partials: Vec::new(),
            single: Vec::new(),
            lanes: Vec::new(),
            results: Vec::new(),
            derivatives: Vec::new(),
        }
    }

    /// Number of operations.
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Number of comparisons, and of numbers that the program was told, which must come out as recorded.
    pub fn guards(&self) -> usize {
        self.guards.len()
    }

    /// The result at a point.
    ///
    /// # Errors
    /// [`ReplayError`] names the comparison that comes out otherwise.
    ///
    /// # Panics
    /// If there is not one result, or another number of inputs than recorded.
    #[track_caller]
    pub fn value(&mut self, x: &[f64]) -> Result<f64, ReplayError> {
        self.check_single();
        Ok(self.values(x)?[0])
    }

    /// The results at a point.
    ///
    /// # Errors
    /// [`ReplayError`] names the comparison that comes out otherwise.
    ///
    /// # Panics
    /// If there is another number of inputs than recorded.
    #[track_caller]
    pub fn values(&mut self, x: &[f64]) -> Result<&[f64], ReplayError> {
        self.start(x);
        for step in &self.steps {
            step.run(&mut self.values);
        }
        self.finish()?;
        Ok(&self.results)
    }

    /// The result at a point and its gradient.
    ///
    /// # Errors
    /// [`ReplayError`] names the comparison that comes out otherwise.
    ///
    /// # Panics
    /// If there is not one result, or another number of inputs than recorded.
    #[track_caller]
    pub fn value_and_grad(&mut self, x: &[f64]) -> Result<(f64, &[f64]), ReplayError> {
        self.check_single();
        let (values, gradient) = self.vjp(x, &[1.0])?;
        Ok((values[0], gradient))
    }

    /// The results at a point, and a vector times the Jacobian matrix there: the gradient of Σ seed · result.
    ///
    /// # Errors
    /// [`ReplayError`] names the comparison that comes out otherwise.
    ///
    /// # Panics
    /// If there is another number of inputs or results than recorded.
    #[track_caller]
    pub fn vjp(&mut self, x: &[f64], seeds: &[f64]) -> Result<(&[f64], &[f64]), ReplayError> {
        check_count("vjp", "seeds", seeds.len(), "results", self.outputs.len());
        self.linearise(x)?;
        let mut adjoints = std::mem::take(&mut self.single);
        self.clear(&mut adjoints);
        for (&output, &seed) in self.outputs.iter().zip(seeds) {
            adjoints[output as usize][0] += seed;
        }
        self.backward(&mut adjoints);
        self.derivatives.clear();
        self.derivatives.extend(adjoints[..self.inputs].iter().map(|[adjoint]| adjoint));
        self.single = adjoints;
        Ok((&self.results, &self.derivatives))
    }

    /// The results at a point, and the Jacobian matrix there times a vector.
    ///
    /// # Errors
    /// [`ReplayError`] names the comparison that comes out otherwise.
    ///
    /// # Panics
    /// If there is another number of inputs than recorded.
    #[track_caller]
    pub fn jvp(&mut self, x: &[f64], tangents: &[f64]) -> Result<(&[f64], &[f64]), ReplayError> {
        check_count("jvp", "tangents", tangents.len(), "inputs", self.inputs);
        self.linearise(x)?;
        let mut lanes = std::mem::take(&mut self.single);
        self.clear(&mut lanes);
        for (lane, &tangent) in lanes.iter_mut().zip(tangents) {
            *lane = [tangent];
        }
        self.forward(&mut lanes);
        self.derivatives.clear();
        self.derivatives.extend(self.outputs.iter().map(|&output| lanes[output as usize][0]));
        self.single = lanes;
        Ok((&self.results, &self.derivatives))
    }

    /// The Jacobian matrix at a point, `[outputs, inputs]`: eight columns at a time forward, or eight rows at a time
    /// backward, whichever are fewer.
    ///
    /// # Errors
    /// [`ReplayError`] names the comparison that comes out otherwise.
    ///
    /// # Panics
    /// If there is another number of inputs than recorded.
    #[track_caller]
    pub fn jacobian(&mut self, x: &[f64]) -> Result<Tensor<f64>, ReplayError> {
        self.linearise(x)?;
        let (rows, columns) = (self.outputs.len(), self.inputs);
        let mut matrix = vec![0.0; rows * columns];
        let mut lanes = std::mem::take(&mut self.lanes);
        if columns < rows {
            for first in (0..columns).step_by(LANES) {
                self.clear(&mut lanes);
                let count = LANES.min(columns - first);
                (0..count).for_each(|lane| lanes[first + lane][lane] = 1.0);
                self.forward(&mut lanes);
                for (row, &output) in self.outputs.iter().enumerate() {
                    let row = &mut matrix[row * columns + first..][..count];
                    row.copy_from_slice(&lanes[output as usize][..count]);
                }
            }
        } else {
            for (part, outputs) in self.outputs.chunks(LANES).enumerate() {
                self.clear(&mut lanes);
                for (lane, &output) in outputs.iter().enumerate() {
                    lanes[output as usize][lane] = 1.0;
                }
                self.backward(&mut lanes);
                for lane in 0..outputs.len() {
                    let row = &mut matrix[(part * LANES + lane) * columns..][..columns];
                    row.iter_mut().zip(&lanes).for_each(|(number, lanes)| *number = lanes[lane]);
                }
            }
        }
        self.lanes = lanes;
        Ok(Tensor::from_vec([rows, columns], matrix).expect("a row for each output, a column for each input"))
    }

    #[track_caller]
    fn check_single(&self) {
        let count = self.outputs.len();
        assert!(
            count == 1,
            "the recorded function has {count} results, not one: use values(), vjp(), jacobian()"
        );
    }

    #[track_caller]
    fn start(&mut self, x: &[f64]) {
        check_count("a recording", "numbers", x.len(), "inputs", self.inputs);
        self.values[..self.inputs].copy_from_slice(x);
    }

    /// Computes values and partial derivatives.
    #[track_caller]
    fn linearise(&mut self, x: &[f64]) -> Result<(), ReplayError> {
        self.start(x);
        self.partials.clear();
        self.partials.extend(self.steps.iter().map(|step| step.run_with_partials(&mut self.values)));
        self.finish()
    }

    /// Rows have no branches, so everything could be computed; now it must show that it is what the function computes.
    fn finish(&mut self) -> Result<(), ReplayError> {
        for guard in &self.guards {
            guard.check(&self.values)?;
        }
        self.results.clear();
        self.results.extend(self.outputs.iter().map(|&output| self.values[output as usize]));
        Ok(())
    }

    fn clear<const N: usize>(&self, lanes: &mut Vec<[f64; N]>) {
        lanes.clear();
        lanes.resize(self.values.len(), [0.0; N]);
    }

    fn backward<const N: usize>(&self, adjoints: &mut [[f64; N]]) {
        for (step, &partials) in self.steps.iter().zip(&self.partials).rev() {
            step.pull(partials, adjoints);
        }
    }

    fn forward<const N: usize>(&self, tangents: &mut [[f64; N]]) {
        for (step, &partials) in self.steps.iter().zip(&self.partials) {
            step.push(partials, tangents);
        }
    }
}

impl fmt::Debug for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recording")
            .field("inputs", &self.inputs)
            .field("outputs", &self.outputs.len())
            .field("operations", &self.len())
            .field("guards", &self.guards())
            .finish()
    }
}
