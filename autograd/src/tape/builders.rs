//! What a tape records at a word: statements, sums and products of many variables, nodes with partials of one's own.

use super::ranges;
use super::recorder::Tape;
use super::var::Var;
use crate::number::{DualN, Scalar};

/// Many parents, one record. The same functions stand in [`Scalar`] for generic formulas.
impl<R: Scalar> Tape<R> {
    /// A piece of a formula of few inputs as one record: its partials are found in forward mode, its inside leaves no trace.
    ///
    /// ```
    /// use autograd::prelude::*;
    ///
    /// let tape = Tape::new();
    /// let (x, y) = (tape.var(2.0), tape.var(1.0));
    /// let f = tape.statement([x, y], |[x, y]| (y - x * x).square() * 100.0 + (1.0 - x).square());
    /// let grads = f.backward();
    /// assert_eq!((f.value(), grads[x], grads[y], tape.len()), (901.0, 2402.0, -600.0, 3));
    /// ```
    ///
    /// # Panics
    /// If an input belongs to another tape.
    #[track_caller]
    #[inline(always)]
    pub fn statement<'t, const N: usize>(
        &'t self,
        inputs: [Var<'t, R>; N],
        body: impl FnOnce([DualN<R, N>; N]) -> DualN<R, N>,
    ) -> Var<'t, R> {
        Scalar::statement(inputs, body)
    }

    /// A node of one's own: a value, and its partial derivative by each parent.
    ///
    /// ```
    /// let tape = autograd::Tape::new();
    /// let x = tape.var(2.0);
    /// // A square root found elsewhere, differentiated as the implicit function r² = x.
    /// let r = 2f64.sqrt();
    /// let y = tape.node(r, &[(x, 0.5 / r)]);
    /// assert_eq!((y * 3.0).backward()[x], 1.5 / r);
    /// ```
    ///
    /// # Panics
    /// If a parent belongs to another tape.
    #[track_caller]
    pub fn node<'t>(&'t self, value: R, parents: &[(Var<'t, R>, R)]) -> Var<'t, R> {
        ranges::node(value, parents)
    }

    /// Σ xᵢ.
    ///
    /// ```
    /// let tape = autograd::Tape::new();
    /// let (x, y) = (tape.var(2.0), tape.var(1.0));
    /// assert_eq!(tape.sum(&[x, y, x]).backward()[x], 2.0);
    /// ```
    #[track_caller]
    pub fn sum<'t>(&'t self, xs: &[Var<'t, R>]) -> Var<'t, R> {
        ranges::sum(xs)
    }

    /// Σ aᵢ bᵢ.
    ///
    /// ```
    /// let tape = autograd::Tape::new();
    /// let (x, y) = (tape.var(2.0), tape.var(1.0));
    /// let f = tape.dot(&[x, y, x], &[x, x, 3.0.into()]);
    /// assert_eq!((f.value(), f.backward()[x]), (12.0, 8.0));
    /// ```
    ///
    /// # Panics
    /// If the lengths differ.
    #[track_caller]
    pub fn dot<'t>(&'t self, a: &[Var<'t, R>], b: &[Var<'t, R>]) -> Var<'t, R> {
        ranges::dot(a, b)
    }

    /// Σ xᵢ wᵢ with plain numbers as weights.
    ///
    /// ```
    /// let tape = autograd::Tape::new();
    /// let (x, y) = (tape.var(2.0), tape.var(1.0));
    /// assert_eq!(tape.linear_combination(&[x, y], &[5.0, 7.0]).backward()[y], 7.0);
    /// ```
    ///
    /// # Panics
    /// If the lengths differ.
    #[track_caller]
    pub fn linear_combination<'t>(&'t self, xs: &[Var<'t, R>], weights: &[f64]) -> Var<'t, R> {
        ranges::linear_combination(xs, weights)
    }

    /// The Euclidean length √(Σ xᵢ²); its slopes at 0 are 0.
    ///
    /// ```
    /// let tape = autograd::Tape::new();
    /// let (x, y) = (tape.var(3.0), tape.var(4.0));
    /// assert_eq!(tape.norm(&[x, y]).backward()[y], 0.8);
    /// ```
    #[track_caller]
    pub fn norm<'t>(&'t self, xs: &[Var<'t, R>]) -> Var<'t, R> {
        ranges::norm(xs)
    }

    /// ln Σ e^xᵢ, without overflow; -∞ of no numbers.
    ///
    /// ```
    /// let tape = autograd::Tape::new();
    /// let (x, y) = (tape.var(1e3), tape.var(1e3));
    /// assert_eq!(tape.logsumexp(&[x, y]).backward()[y], 0.5);
    /// ```
    #[track_caller]
    pub fn logsumexp<'t>(&'t self, xs: &[Var<'t, R>]) -> Var<'t, R> {
        ranges::logsumexp(xs)
    }
}
