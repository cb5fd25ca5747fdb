//! `Formula`: a rule as text, with no more brackets than it needs. Texts live in an arena that their maker owns.

use std::cell::RefCell;
use std::fmt;
use std::ops::{Add, Div, Mul, Neg, Sub};

use super::Real;
use crate::ops::{self, BinaryRow, UnaryRow};

// How tightly a text binds; an operand that binds less than its place needs is put in brackets.
const COMPARISON: u8 = 0;
const SUM: u8 = 1;
const PRODUCT: u8 = 2;
const ATOM: u8 = 3;

/// Constants that a reader knows by name, and how tightly the name binds.
const NAMED: [(f64, &str, u8); 6] = [
    (std::f64::consts::LN_2, "ln(2)", ATOM),
    (std::f64::consts::LOG2_E, "log2(e)", ATOM),
    (std::f64::consts::LOG10_E, "log10(e)", ATOM),
    (std::f64::consts::FRAC_1_SQRT_2, "√½", ATOM),
    (std::f64::consts::FRAC_2_SQRT_PI, "2/√π", PRODUCT),
    (f64::INFINITY, "∞", ATOM),
];

/// The arena of some formulas: they are freed together.
///
/// ```
/// use autograd::number::Formulas;
/// use autograd::ops::{Sigmoid, UnaryRow};
/// let formulas = Formulas::new();
/// let (x, y) = (formulas.name("x"), formulas.name("y"));
/// assert_eq!(Sigmoid.slope(x, y).to_string(), "y*(1 - y)");
/// assert_eq!((-(x + y) / (x * y)).to_string(), "-(x + y)/(x*y)");
/// ```
#[derive(Debug, Default)]
pub struct Formulas {
    texts: RefCell<Vec<(String, u8)>>,
}

/// A formula as text: an index into its [`Formulas`].
#[derive(Clone, Copy)]
pub struct Formula<'a> {
    formulas: &'a Formulas,
    index: usize,
}

impl Formulas {
    /// An empty arena.
    pub fn new() -> Formulas {
        Formulas::default()
    }
    /// The formula that is just this name.
    pub fn name(&self, name: &str) -> Formula<'_> {
        self.push(name.to_owned(), ATOM)
    }
    fn push(&self, text: String, binds: u8) -> Formula<'_> {
        let mut texts = self.texts.borrow_mut();
        texts.push((text, binds));
        Formula { formulas: self, index: texts.len() - 1 }
    }
}

impl<'a> Formula<'a> {
    /// The text where it has to bind at least this tightly.
    fn at_least(self, needed: u8) -> String {
        let (text, binds) = &self.formulas.texts.borrow()[self.index];
        if *binds < needed { format!("({text})") } else { text.clone() }
    }
    /// Like `at_least`, to the right of a sign: a second sign beside it would not read well.
    fn right_of_sign(self, needed: u8) -> String {
        let text = self.at_least(needed);
        if text.starts_with('-') { format!("({text})") } else { text }
    }
    fn call(self, name: &str, arguments: &[String]) -> Formula<'a> {
        self.formulas.push(format!("{name}({})", arguments.join(", ")), ATOM)
    }
    fn infix(self, sign: &str, binds: u8, other: Self) -> Formula<'a> {
        let left = self.at_least(if binds == COMPARISON { SUM } else { binds });
        // a + (b + c) and a * (b * c) keep their brackets too: the order of rounding is part of a rule.
        let right = other.right_of_sign(binds + 1);
        let space = if binds == PRODUCT { "" } else { " " };
        self.formulas.push(format!("{left}{space}{sign}{space}{right}"), binds)
    }
}

impl fmt::Display for Formula<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.at_least(COMPARISON))
    }
}

impl fmt::Debug for Formula<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Real for Formula<'_> {
    fn lit(self, c: f64) -> Self {
        match NAMED.iter().find(|(value, ..)| *value == c) {
            Some(&(_, name, binds)) => self.formulas.push(name.to_owned(), binds),
            None => self.formulas.push(c.to_string(), if c < 0.0 { PRODUCT } else { ATOM }),
        }
    }
    fn map<O: UnaryRow>(self, op: O) -> Self {
        if let Some(prefix) = O::PREFIX {
            // A sign stands before a whole product, a division (1/x) only before an atom.
            let operand = self.right_of_sign(if prefix.ends_with('/') { ATOM } else { PRODUCT });
            return self.formulas.push(format!("{prefix}{operand}"), PRODUCT);
        }
        let params = op.op().params();
        let mut arguments = vec![self.at_least(COMPARISON)];
        arguments.extend(params.iter().take(O::PARAMS.len()).map(|param| self.lit(*param).to_string()));
        self.call(O::NAME, &arguments)
    }
    fn zip<O: BinaryRow>(self, _: O, other: Self) -> Self {
        match O::INFIX {
            Some((sign, binds)) => self.infix(sign, binds, other),
            None => self.call(O::NAME, &[self.to_string(), other.to_string()]),
        }
    }
    fn where_(self, then: Self, other: Self) -> Self {
        self.call("where", &[self.to_string(), then.to_string(), other.to_string()])
    }
}

macro_rules! operators {
    ($($Op:ident $method:ident)*) => {$(
        impl $Op for Formula<'_> {
            type Output = Self;
            fn $method(self, other: Self) -> Self {
                self.zip(ops::$Op, other)
            }
        }
    )*};
}
operators!(Add add Sub sub Mul mul Div div);

impl Neg for Formula<'_> {
    type Output = Self;
    fn neg(self) -> Self {
        self.map(ops::Neg)
    }
}
