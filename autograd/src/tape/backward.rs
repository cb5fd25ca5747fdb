//! Where sweeps begin: `backward` and its like; the search for the first number that is not finite.

use std::fmt;
use std::panic::Location;

use super::arena::{Kind, sweep};
use super::gradients::Gradients;
use super::recorder::Tape;
use super::var::{Var, same, two_tapes};
use crate::denormals::FlushDenormals;
use crate::number::Scalar;

impl<'t, R: Scalar> Var<'t, R> {
    /// The derivatives of this number by every node of its tape.
    ///
    /// ```
    /// let tape = autograd::Tape::new();
    /// let (x, y) = (tape.var(3.0), tape.var(4.0));
    /// let grads = (x * y).backward();
    /// assert_eq!((grads[x], grads[y]), (4.0, 3.0));
    /// ```
    ///
    /// # Panics
    /// If it is a constant.
    #[track_caller]
    pub fn backward(self) -> Gradients<R> {
        self.backward_with(R::from(1.0))
    }

    /// Like [`backward`](Var::backward), times `seed`: the derivative of something that this number goes into.
    ///
    /// ```
    /// let tape = autograd::Tape::new();
    /// let x = tape.var(3.0);
    /// assert_eq!((x * x).backward_with(10.0)[x], 60.0);
    /// ```
    ///
    /// # Panics
    /// If it is a constant.
    #[track_caller]
    pub fn backward_with(self, seed: R) -> Gradients<R> {
        let mut gradients = Gradients::new();
        self.tape_of_result().sweep_into([&[(self, seed)]], &mut gradients);
        gradients
    }

    /// Like [`backward`](Var::backward), into the memory of earlier gradients.
    ///
    /// ```
    /// use autograd::prelude::*;
    ///
    /// let mut tape = Tape::new();
    /// let mut grads = autograd::tape::Gradients::new();
    /// for value in [1.0, 2.0] {
    ///     tape.reset();
    ///     let x = tape.var(value);
    ///     (x * x).backward_into(&mut grads);
    ///     assert_eq!(grads[x], 2.0 * value);
    /// }
    /// ```
    ///
    /// # Panics
    /// If it is a constant.
    #[track_caller]
    pub fn backward_into(self, gradients: &mut Gradients<R>) {
        self.tape_of_result().sweep_into([&[(self, R::from(1.0))]], gradients);
    }

    #[track_caller]
    fn tape_of_result(self) -> &'t Tape<R> {
        self.tape.expect("backward: the result is a constant, it depends on no variable of a tape")
    }
}

impl<R: Scalar> Tape<R> {
    /// The derivatives of Σ seed · result: several outputs in one sweep.
    ///
    /// ```
    /// let tape = autograd::Tape::new();
    /// let x = tape.var(3.0);
    /// let grads = tape.backward(&[(x * x, 1.0), (x * 5.0, 2.0)]);
    /// assert_eq!(grads[x], 16.0);
    /// ```
    ///
    /// # Panics
    /// If a result belongs to another tape.
    #[track_caller]
    pub fn backward(&self, seeds: &[(Var<'_, R>, R)]) -> Gradients<R> {
        let mut gradients = Gradients::new();
        self.sweep_into([seeds], &mut gradients);
        gradients
    }

    /// The derivatives of `N` results, each for itself, in one sweep: rows of a Jacobian matrix. 4 or 8 at once
    /// take little longer than one.
    ///
    /// ```
    /// let tape = autograd::Tape::new();
    /// let (x, y) = (tape.var(3.0), tape.var(4.0));
    /// let rows = tape.backward_each([x * y, x - y]);
    /// assert_eq!((rows.each(x), rows.each(y)), ([4.0, 1.0], [3.0, -1.0]));
    /// ```
    ///
    /// # Panics
    /// If a result belongs to another tape.
    #[track_caller]
    pub fn backward_each<const N: usize>(&self, results: [Var<'_, R>; N]) -> Gradients<R, N> {
        let mut gradients = Gradients::new();
        let seeds = results.map(|result| [(result, R::from(1.0))]);
        self.sweep_into(std::array::from_fn(|lane| &seeds[lane][..]), &mut gradients);
        gradients
    }

    /// One sweep with a list of seeds for each lane, into the memory of earlier gradients.
    ///
    /// ```
    /// let tape = autograd::Tape::new();
    /// let (x, mut rows) = (tape.var(3.0), autograd::tape::Gradients::new());
    /// tape.sweep_into([&[(x * x, 1.0)], &[(x, 5.0)]], &mut rows);
    /// assert_eq!(rows.each(x), [6.0, 5.0]);
    /// ```
    ///
    /// # Panics
    /// If a result belongs to another tape.
    #[track_caller]
    pub fn sweep_into<const N: usize>(
        &self,
        seeds: [&[(Var<'_, R>, R)]; N],
        gradients: &mut Gradients<R, N>,
    ) {
        gradients.generation = None;
        gradients.adjoints.clear();
        gradients.adjoints.resize(self.arena.nodes() * N, R::from(0.0));
        let adjoints = gradients.adjoints.as_chunks_mut::<N>().0;
        for (lane, seeds) in seeds.into_iter().enumerate() {
            for &(result, seed) in seeds {
                if result.tape.is_some() && !same(result.tape, Some(self)) {
                    two_tapes();
                }
                adjoints[result.id as usize][lane] += seed;
            }
        }
        {
            let _flush = self.flushes().then(FlushDenormals::new);
            sweep(&self.arena, &self.values.borrow(), adjoints);
        }
        gradients.generation = Some(self.generation());
    }

    /// The first node whose value (in debug builds) or one of whose partial derivatives is infinite or NaN.
    ///
    /// ```
    /// let tape = autograd::Tape::new();
    /// let x = tape.var(0.0);
    /// let y = (x + 1.0) * x.sqrt(); // the slope of √x at 0 is ∞
    /// let found = tape.first_non_finite().unwrap();
    /// assert_eq!(found.node, 3);
    /// println!("{found}"); // the derivative of node 3 is not finite. Usual causes: …
    /// ```
    pub fn first_non_finite(&self) -> Option<NonFinite> {
        let value = self.first_bad_value();
        let partial = self.first_bad_partial();
        match (value, partial) {
            (Some((node, origin)), partial) if partial.is_none_or(|partial| node as usize <= partial) => {
                Some(NonFinite { node: node as usize, origin: Some(origin) })
            }
            (_, Some(node)) => Some(NonFinite { node, origin: None }),
            (_, None) => None,
        }
    }

    /// The first node that has a partial derivative that is not finite.
    fn first_bad_partial(&self) -> Option<usize> {
        let mut reader = self.arena.reader();
        let mut id = self.arena.nodes();
        let mut found = None;
        let bad = |partials: &[R]| partials.iter().any(|partial| !partial.peek().is_finite());
        while let Some(record) = reader.record() {
            let (own, partials) = (record.nodes(), record.partials);
            id -= own;
            if bad(partials) {
                let place = match record.kind {
                    Some(Kind::Map | Kind::Zip) => {
                        (0..own).find(|&i| bad(&[partials[i], partials[partials.len() - own + i]]))
                    }
                    _ => None,
                };
                found = Some(id + place.unwrap_or(0));
            }
        }
        found
    }
}

/// A node at which a computation went out of what numbers can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NonFinite {
    /// The node, as [`Var::node`] counts.
    pub node: usize,
    /// Where its value was computed, if it is the value (known in debug builds); else it is a partial derivative.
    pub origin: Option<&'static Location<'static>>,
}

impl fmt::Display for NonFinite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.origin {
            Some(origin) => write!(
                f,
                "node {}, recorded at {origin}, gives a number that is not finite. Usual causes: a division by 0, the \
                 logarithm of 0, an exponential that overflows",
                self.node
            ),
            None => write!(
                f,
                "the derivative of node {} is not finite. Usual causes: a root, a logarithm or a division at 0",
                self.node
            ),
        }
    }
}
