//! `Gradients`: what a sweep gives, as owned data; and how several seeds are swept at once.

use std::fmt;
use std::ops::Index;

use super::recorder::Generation;
use super::var::Var;
use super::vars::Vars;
use crate::number::Scalar;

/// The derivatives of a result by every node of its tape, variables and what lies between.
///
/// They are owned and outlive the tape's next reset, but know which of its generations they belong to: old gradients do not
/// answer a new handle.
///
/// ```
/// use autograd::prelude::*;
///
/// let mut tape = Tape::new();
/// let x = tape.var(3.0);
/// let grads = (x * x).backward();
/// assert_eq!((grads[x], grads.get(1.0.into())), (6.0, None)); // a constant has none
/// tape.reset();
/// let x = tape.var(3.0);
/// assert!(grads.try_get(x).unwrap_err().to_string().contains("reset"));
/// ```
pub struct Gradients<R = f64, const N: usize = 1> {
    pub(super) generation: Option<Generation>,
    /// By node, `N` beside each other.
    pub(super) adjoints: Vec<R>,
}

/// Why there is no gradient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GradientError {
    /// A constant is on no tape.
    #[error("a constant has no gradient: make a variable of it with Tape::var")]
    Constant,
    /// The node belongs to another tape, or to this one before or after a reset.
    #[error(
        "these gradients belong to another tape, or to the time before its reset: call backward() on a result of the \
         variable's own evaluation"
    )]
    OtherTape,
    /// The node was recorded after the sweep.
    #[error("the variable was recorded after these gradients were computed: call backward() again")]
    Later,
}

impl<R: Scalar, const N: usize> Gradients<R, N> {
    /// No gradients yet: room for [`backward_into`](Var::backward_into), kept from one sweep to the next.
    ///
    /// ```
    /// let mut grads = autograd::tape::Gradients::new();
    /// let tape = autograd::Tape::new();
    /// let x = tape.var(3.0);
    /// (x * x).backward_into(&mut grads);
    /// assert_eq!(grads[x], 6.0);
    /// ```
    pub fn new() -> Self {
        Gradients { generation: None, adjoints: Vec::new() }
    }

    fn find(&self, var: Var<'_, R>) -> Result<&[R; N], GradientError> {
        let tape = var.tape.ok_or(GradientError::Constant)?;
        if self.generation != Some(tape.generation()) {
            return Err(GradientError::OtherTape);
        }
        self.lanes().get(var.id as usize).ok_or(GradientError::Later)
    }

    fn lanes(&self) -> &[[R; N]] {
        self.adjoints.as_chunks::<N>().0
    }

    /// Number of nodes that there are gradients of.
    ///
    /// ```
    /// let tape = autograd::Tape::new();
    /// let x = tape.var(3.0);
    /// assert_eq!((x * x).backward().len(), 2);
    /// ```
    pub fn len(&self) -> usize {
        self.lanes().len().saturating_sub(1)
    }

    /// Whether there are none.
    ///
    /// ```
    /// assert!(autograd::tape::Gradients::<f64>::new().is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<R: Scalar> Gradients<R> {
    /// The derivative by a node; 0 if the result does not depend on it, `None` of a constant.
    ///
    /// ```
    /// let tape = autograd::Tape::new();
    /// let (x, unused) = (tape.var(3.0), tape.var(1.0));
    /// let grads = (x * x).backward();
    /// assert_eq!((grads.get(x), grads.get(unused), grads.get(2.0.into())), (Some(6.0), Some(0.0), None));
    /// ```
    ///
    /// # Panics
    /// If the node belongs to another tape, or to another time between two resets.
    #[track_caller]
    pub fn get(&self, var: Var<'_, R>) -> Option<R> {
        match self.try_get(var) {
            Ok(gradient) => Some(gradient),
            Err(GradientError::Constant) => None,
            Err(error) => panic!("{error}"),
        }
    }

    /// The derivative by a node.
    ///
    /// ```
    /// let tape = autograd::Tape::new();
    /// let x = tape.var(3.0);
    /// let grads = (x * x).backward();
    /// let later = tape.var(1.0);
    /// assert!(grads.try_get(later).unwrap_err().to_string().contains("after"));
    /// ```
    ///
    /// # Errors
    /// Says why there is none.
    pub fn try_get(&self, var: Var<'_, R>) -> Result<R, GradientError> {
        self.find(var).map(|lanes| lanes[0])
    }

    /// The derivatives by neighbours.
    ///
    /// ```
    /// let tape = autograd::Tape::new();
    /// let x = tape.vars(&[1.0, 2.0]);
    /// assert_eq!(x.dot(x).backward().of(x), [2.0, 4.0]);
    /// ```
    ///
    /// # Panics
    /// If they belong to another tape, or to another time between two resets.
    #[track_caller]
    pub fn of(&self, vars: Vars<'_, R>) -> Vec<R> {
        (0..vars.len()).map(|i| self[vars.at(i)]).collect()
    }
}

impl<R: Scalar> Index<Var<'_, R>> for Gradients<R> {
    type Output = R;

    /// The derivative by a node; 0 if the result does not depend on it.
    ///
    /// # Panics
    /// If it is a constant, or belongs to another tape or another time between two resets.
    #[track_caller]
    fn index(&self, var: Var<'_, R>) -> &R {
        match self.find(var) {
            Ok(lanes) => &lanes[0],
            Err(error) => panic!("{error}"),
        }
    }
}

impl<R: Scalar, const N: usize> Gradients<R, N> {
    /// The derivatives of all `N` results by a node.
    ///
    /// ```
    /// let tape = autograd::Tape::new();
    /// let x = tape.var(3.0);
    /// assert_eq!(tape.backward_each([x * x, x * 5.0]).each(x), [6.0, 5.0]);
    /// ```
    ///
    /// # Panics
    /// As indexing does.
    #[track_caller]
    pub fn each(&self, var: Var<'_, R>) -> [R; N] {
        match self.find(var) {
            Ok(lanes) => *lanes,
            Err(error) => panic!("{error}"),
        }
    }
}

impl<R: Scalar, const N: usize> Default for Gradients<R, N> {
    fn default() -> Self {
        Gradients::new()
    }
}

impl<R: Scalar, const N: usize> fmt::Debug for Gradients<R, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.lanes().iter().enumerate().skip(1)).finish()
    }
}
