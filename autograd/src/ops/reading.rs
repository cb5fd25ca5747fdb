//! Operations and their derivatives as text, over names of operands: the rules themselves, read by a number that writes
//! down what is done with it. Explanations and pictures show nothing else.

use std::ops::{Add, Div, Mul, Neg, Sub};

use super::rules::{BinarySlope, Slope};
use super::{BinaryRow, BinaryVisitor, Op, Shape, Structural, UnaryRow, UnaryVisitor, cotangent, infer};
use crate::number::{Formula, Formulas, Real};

/// How the cotangent of an operation becomes that of one operand.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Rule {
    /// It is multiplied, element by element, by this local derivative: `1 - y*y`.
    Factor(String),
    /// It becomes this expression of itself: `ḡ · wᵀ`.
    Carried(String),
    /// Nothing arrives: the derivative is 0 everywhere, or the path is cut.
    Nothing,
}

/// The name of the incoming cotangent in rules.
const COTANGENT: &str = "ḡ";

impl Op {
    /// The operation on operands of these names and shapes: `x + y`, `tanh(q)`, `x · wᵀ`. `name` is that of a user's operation.
    ///
    /// ```
    /// use autograd::Shape;
    /// use autograd::ops::{Add, BinaryRow, Op};
    /// let names = ["x".to_owned(), "y".to_owned()];
    /// assert_eq!(Op::Binary(Add.op()).written(&names, &[Shape::SCALAR; 2], Shape::SCALAR, ""), "x + y");
    /// ```
    pub fn written(&self, operands: &[String], shapes: &[Shape], result: Shape, name: &str) -> String {
        let formulas = Formulas::new();
        let operands = readings(&formulas, operands, shapes);
        write(&formulas, *self, &operands, result, name).to_string()
    }

    /// The derivative by operand `which`, over the names of operands and result; `None` of a user's operation.
    ///
    /// ```
    /// use autograd::Shape;
    /// use autograd::ops::{Op, Rule};
    /// let (x, w, y) = (Shape::new(&[8, 4]), Shape::new(&[4, 2]), Shape::new(&[8, 2]));
    /// let names = ["x".to_owned(), "w".to_owned()];
    /// let matmul = Op::MatMul { transpose_a: false, transpose_b: false };
    /// assert_eq!(matmul.rule(0, &names, &[x, w], "y", y), Some(Rule::Carried("ḡ · wᵀ".to_owned())));
    /// assert_eq!(matmul.rule(1, &names, &[x, w], "y", y), Some(Rule::Carried("xᵀ · ḡ".to_owned())));
    /// ```
    pub fn rule(
        &self,
        which: usize,
        operands: &[String],
        shapes: &[Shape],
        result: &str,
        shape: Shape,
    ) -> Option<Rule> {
        let formulas = Formulas::new();
        let x = readings(&formulas, operands, shapes);
        let y = Reading { formula: formulas.name(result), shape, literal: None };
        let factor = match *self {
            Op::Unary(row) => row.dispatch(Slope { x: x[0], y }),
            Op::Binary(row) => row.dispatch(BinarySlope { a: x[0], b: x[1], y, which }),
            Op::Custom(_) => return None,
            op => {
                let g = Reading { formula: formulas.name(COTANGENT), shape, literal: None };
                let carried = cotangent(op, which, &x, y, g, false);
                return Some(carried.map_or(Rule::Nothing, |part| Rule::Carried(part.formula.to_string())));
            }
        };
        let nothing = factor.literal == Some(0.0);
        Some(if nothing { Rule::Nothing } else { Rule::Factor(factor.formula.to_string()) })
    }

    /// The value at plain numbers, of an elementwise operation.
    ///
    /// ```
    /// use autograd::ops::{BinaryRow, Mul, Op};
    /// assert_eq!(Op::Binary(Mul.op()).at(&[3.0, -4.0]), Some(-12.0));
    /// ```
    pub fn at(&self, operands: &[f64]) -> Option<f64> {
        match (*self, operands) {
            (Op::Unary(row), &[x]) => Some(row.dispatch(Apply(x, x))),
            (Op::Binary(row), &[a, b]) => Some(row.dispatch(Apply(a, b))),
            _ => None,
        }
    }
}

/// A row applied to its operands.
struct Apply<R>(R, R);

impl<R: Real> UnaryVisitor for Apply<R> {
    type Out = R;
    fn visit<O: UnaryRow>(self, row: O) -> R {
        self.0.map(row)
    }
}

impl<R: Real> BinaryVisitor for Apply<R> {
    type Out = R;
    fn visit<O: BinaryRow>(self, row: O) -> R {
        self.0.zip(row, self.1)
    }
}

fn readings<'a>(formulas: &'a Formulas, names: &[String], shapes: &[Shape]) -> Vec<Reading<'a>> {
    let reading =
        |(name, &shape): (&String, _)| Reading { formula: formulas.name(name), shape, literal: None };
    names.iter().zip(shapes).map(reading).collect()
}

/// An operation as a formula.
fn write<'a>(
    formulas: &'a Formulas,
    op: Op,
    operands: &[Reading<'a>],
    result: Shape,
    name: &str,
) -> Formula<'a> {
    let x: Vec<Formula<'a>> = operands.iter().map(|operand| operand.formula).collect();
    let along = |axis: u8| format!("axis {axis}");
    let params = match op {
        Op::Unary(row) => return row.dispatch(Apply(x[0], x[0])),
        Op::Binary(row) => return row.dispatch(Apply(x[0], x[1])),
        Op::Where => return x[0].where_(x[1], x[2]),
        Op::Lit(bits) => return formulas.name("").lit(f64::from_bits(bits)),
        Op::MatMul { transpose_a, transpose_b } => {
            let read = |x: Formula<'a>, transposed| if transposed { x.suffixed("ᵀ") } else { x };
            return read(x[0], transpose_a).multiplied(" · ", read(x[1], transpose_b));
        }
        Op::Permute([1, 0, ..]) if result.rank() == 2 => return x[0].suffixed("ᵀ"),
        Op::Custom(_) => return formulas.call(name.to_owned(), &x, Vec::new()),
        Op::Leaf(_) | Op::Detach | Op::Substitute => Vec::new(),
        Op::Reduce { first: 0, end, .. } if usize::from(end) == operands[0].shape.rank() => Vec::new(),
        Op::Reduce { first, end, .. } if end == first + 1 => vec![along(first)],
        Op::Reduce { first, end, .. } => vec![format!("axes {first} to {}", end - 1)],
        Op::Reshape | Op::Broadcast => vec![result.to_string()],
        Op::Permute(order) => vec![format!("axes {:?}", &order[..result.rank()])],
        Op::Slice { axis, start } => {
            let end = start as usize + result[usize::from(axis)];
            vec![along(axis), format!("{start}..{end}")]
        }
        Op::Pad { axis, before } => vec![along(axis), format!("{before} before"), result.to_string()],
        Op::Triangle { diagonal } => vec![format!("diagonal {diagonal}"), result.to_string()],
        Op::CumSum { axis, reverse: true } => vec![along(axis), "from the end".to_owned()],
        Op::CumSum { axis, .. }
        | Op::Flip { axis }
        | Op::Concat { axis }
        | Op::Select { axis }
        | Op::SelectAdd { axis }
        | Op::Gather { axis }
        | Op::ScatterAdd { axis } => vec![along(axis)],
    };
    formulas.call(op.name(), &x, params)
}

/// A formula with a shape: what cotangent rules are read over to be written down.
#[derive(Clone, Copy)]
struct Reading<'a> {
    formula: Formula<'a>,
    shape: Shape,
    literal: Option<f64>,
}

impl<'a> Reading<'a> {
    fn of(formula: Formula<'a>, shape: Shape) -> Self {
        Reading { formula, shape, literal: None }
    }
}

impl Real for Reading<'_> {
    fn lit(self, c: f64) -> Self {
        Reading { formula: self.formula.lit(c), shape: Shape::SCALAR, literal: Some(c) }
    }
    fn map<O: UnaryRow>(self, op: O) -> Self {
        Reading::of(self.formula.map(op), self.shape)
    }
    fn zip<O: BinaryRow>(self, op: O, other: Self) -> Self {
        let shape = infer::broadcast(O::NAME, self.shape, other.shape).expect("rules combine what fits");
        Reading::of(self.formula.zip(op, other.formula), shape)
    }
    fn where_(self, then: Self, other: Self) -> Self {
        let branches = infer::broadcast("where_", then.shape, other.shape).expect("rules combine what fits");
        let shape = infer::broadcast("where_", self.shape, branches).expect("rules combine what fits");
        Reading::of(self.formula.where_(then.formula, other.formula), shape)
    }
}

macro_rules! operators {
    ($($Op:ident $method:ident)*) => {$(
        impl $Op for Reading<'_> {
            type Output = Self;
            fn $method(self, other: Self) -> Self {
                self.zip(super::$Op, other)
            }
        }
    )*};
}
operators!(Add add Sub sub Mul mul Div div);

impl Neg for Reading<'_> {
    type Output = Self;
    fn neg(self) -> Self {
        self.map(super::Neg)
    }
}

impl Structural for Reading<'_> {
    fn shape(self) -> Shape {
        self.shape
    }
    fn as_literal(self) -> Option<f64> {
        self.literal
    }
    fn apply(op: Op, inputs: &[Self], shape: Shape) -> Self {
        let formulas = inputs[0].formula.formulas();
        Reading::of(write(formulas, op, inputs, shape, op.name()), shape)
    }
}
