//! `Recorded`: the number that writes down what is done with it, and the recorder that it writes to.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::fmt;
use std::panic::Location;

use super::program::{Guard, Operation, Question, Step};
use super::replay_error::Outcome;
use crate::number::scalar::{operators, scalar_traits};
use crate::number::{Real, Scalar};
use crate::ops::{self, BinaryRow, Elementary, UnaryRow, ranges};

/// What has been recorded.
#[derive(Default)]
pub(super) struct Recorder {
    pub(super) values: RefCell<Vec<f64>>,
    pub(super) steps: RefCell<Vec<Step>>,
    pub(super) guards: RefCell<Vec<Guard>>,
}

impl Recorder {
    /// A place for a number: an input, or a constant.
    fn place(&self, value: f64) -> u32 {
        let mut values = self.values.borrow_mut();
        let place = u32::try_from(values.len()).expect("a recording has fewer than 2^32 numbers");
        values.push(value);
        place
    }

    pub(super) fn input(&self, value: f64) -> Recorded<'_> {
        Recorded { value, place: self.place(value), recorder: Some(self) }
    }

    /// The place of a number, which may be a constant.
    pub(super) fn place_of(&self, number: Recorded<'_>) -> u32 {
        match number.recorder {
            Some(recorder) => {
                assert!(
                    std::ptr::eq(recorder, self),
                    "these numbers belong to two recordings: record a function with the inputs that it is given"
                );
                number.place
            }
            None => self.place(number.value),
        }
    }

    fn step(&self, operation: Operation, operands: [Recorded<'_>; 3], value: f64) -> Recorded<'_> {
        let mut places = [0; 3];
        let count = match operation {
            Operation::Unary(_) | Operation::Detach => 1,
            Operation::Binary(_) => 2,
            Operation::Select => 3,
        };
        for (place, operand) in places.iter_mut().zip(operands).take(count) {
            *place = self.place_of(operand);
        }
        let result = self.place(value);
        self.steps.borrow_mut().push(Step { operation, operands: places, result });
        Recorded { value, place: result, recorder: Some(self) }
    }
}

/// A number of a function that is being [recorded](super::Recording): it has its value, and writes down what is done with it.
///
/// It is a [`Scalar`], so it has operators, comparison and every row. Comparisons are written down with their outcome; so
/// is the number that [`to_f64`](Scalar::to_f64) gives. Printing leaves no trace.
///
/// ```
/// use autograd::functions::Recording;
/// use autograd::prelude::*;
///
/// let recording = Recording::new(|x| if x[0] > 0.0 { x[0].sqrt() } else { x[1] * 2.0 }, &[4.0, 1.0]);
/// assert_eq!((recording.len(), recording.guards()), (1, 1)); // √x, x > 0
/// ```
#[derive(Clone, Copy)]
pub struct Recorded<'r> {
    value: f64,
    place: u32,
    recorder: Option<&'r Recorder>,
}

impl<'r> Recorded<'r> {
    /// The same value without its derivatives; it is still computed anew in a replay.
    ///
    /// ```
    /// use autograd::functions::Recording;
    ///
    /// let mut recording = Recording::new(|x| x[0] * x[0].detach(), &[1.0]);
    /// assert_eq!(recording.value_and_grad(&[5.0])?, (25.0, &[5.0][..]));
    /// # Ok::<(), autograd::functions::ReplayError>(())
    /// ```
    pub fn detach(self) -> Self {
        self.written(Operation::Detach, [self; 3], self.value)
    }

    /// A result of operands, which are constants if none of them has a recorder.
    #[inline]
    fn written(self, operation: Operation, operands: [Self; 3], value: f64) -> Self {
        match operands.iter().find_map(|operand| operand.recorder) {
            Some(recorder) => recorder.step(operation, operands, value),
            None => Recorded::from(value),
        }
    }

    /// Asks and writes down the outcome.
    #[track_caller]
    fn asked(self, question: Question, other: Self) -> Outcome {
        let recorded = question.ask(self.value, other.value);
        if let Some(recorder) = self.recorder.or(other.recorder) {
            let operands = [recorder.place_of(self), recorder.place_of(other)];
            let origin = Location::caller();
            recorder.guards.borrow_mut().push(Guard::Answer { question, operands, recorded, origin });
        }
        recorded
    }
}

impl Real for Recorded<'_> {
    fn lit(self, c: f64) -> Self {
        Recorded::from(c)
    }
    #[inline]
    fn map<O: UnaryRow>(self, op: O) -> Self {
        self.written(Operation::Unary(op.op()), [self; 3], self.value.map(op))
    }
    #[inline]
    fn zip<O: BinaryRow>(self, op: O, other: Self) -> Self {
        self.written(Operation::Binary(op.op()), [self, other, other], self.value.zip(op, other.value))
    }
    fn where_(self, then: Self, other: Self) -> Self {
        if self.recorder.is_none() {
            return if self.value != 0.0 { then } else { other };
        }
        self.written(Operation::Select, [self, then, other], self.value.where_(then.value, other.value))
    }
}

operators! { ['r] Recorded<'r> }
scalar_traits! { but comparison ['r] Recorded<'r> }

impl PartialEq for Recorded<'_> {
    #[track_caller]
    fn eq(&self, other: &Self) -> bool {
        self.asked(Question::Equal, *other) == Outcome::True
    }
}

impl PartialEq<f64> for Recorded<'_> {
    #[track_caller]
    fn eq(&self, other: &f64) -> bool {
        self.asked(Question::Equal, Recorded::from(*other)) == Outcome::True
    }
}

macro_rules! order {
    ($Other:ty, $other:ident => $number:expr) => {
        impl<'r> PartialOrd<$Other> for Recorded<'r> {
            #[track_caller]
            fn partial_cmp(&self, $other: &$Other) -> Option<Ordering> {
                match self.asked(Question::Order, $number) {
                    Outcome::Less => Some(Ordering::Less),
                    Outcome::Equal => Some(Ordering::Equal),
                    Outcome::Greater => Some(Ordering::Greater),
                    _ => None,
                }
            }
            #[track_caller]
            fn lt(&self, $other: &$Other) -> bool {
                self.asked(Question::Less, $number) == Outcome::True
            }
            #[track_caller]
            fn le(&self, $other: &$Other) -> bool {
                self.asked(Question::LessOrEqual, $number) == Outcome::True
            }
            #[track_caller]
            fn gt(&self, $other: &$Other) -> bool {
                self.asked(Question::Greater, $number) == Outcome::True
            }
            #[track_caller]
            fn ge(&self, $other: &$Other) -> bool {
                self.asked(Question::GreaterOrEqual, $number) == Outcome::True
            }
        }
    };
}
order! { Recorded<'r>, other => *other }
order! { f64, other => Recorded::from(*other) }

/// A constant.
impl From<f64> for Recorded<'_> {
    #[inline]
    fn from(value: f64) -> Self {
        Recorded { value, place: 0, recorder: None }
    }
}

impl Scalar for Recorded<'_> {
    type Local<const N: usize> = Self;

    #[track_caller]
    fn to_f64(self) -> f64 {
        if let Some(recorder) = self.recorder {
            let guard =
                Guard::Number { operand: self.place, recorded: self.value, origin: Location::caller() };
            recorder.guards.borrow_mut().push(guard);
        }
        self.value
    }
    fn peek(self) -> f64 {
        self.value
    }
    /// Known without looking at a number that may be another in a replay.
    fn vanishes(self) -> bool {
        self.recorder.is_none() && self.value == 0.0
    }
    fn statement<const N: usize>(inputs: [Self; N], body: impl FnOnce([Self; N]) -> Self) -> Self {
        body(inputs)
    }
    /// The largest number is found by rows, so that it is found anew in a replay.
    #[track_caller]
    fn logsumexp(xs: &[Self]) -> Self {
        let Some(largest) = xs.iter().copied().reduce(|a, b| a.max(b)) else {
            return Recorded::from(f64::NEG_INFINITY);
        };
        let largest = largest.detach();
        // Infinite differences would be NaN.
        let shift = largest.map(ops::IsFinite).where_(largest, Recorded::from(0.0));
        ranges::sum_by(xs, |x| (x - shift).exp()).ln() + shift
    }
}

impl fmt::Debug for Recorded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.recorder {
            Some(_) => write!(f, "{:?} (place {})", self.value, self.place),
            None => write!(f, "{:?} (constant)", self.value),
        }
    }
}
