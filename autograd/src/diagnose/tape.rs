//! The search on a tape: along the journal for values, along the adjoints for derivatives.

use std::collections::HashMap;

use super::birth::{BecameNan, Birth, BirthOperand, culprit, result};
use crate::number::Scalar;
use crate::ops::{Op, Shape};
use crate::plan::Pass;
use crate::tape::{Entry, Known, Look, Var, What, look};

impl<R: Scalar> Var<'_, R> {
    /// Where the first infinity or NaN in this value, or else in the derivatives by the variables below it, was born:
    /// the operation, its line, its operands, and the usual cause. `None` if all is finite.
    ///
    /// The tape must keep a journal, [`Tape::explaining`](crate::Tape::explaining). An infinity that becomes finite
    /// again, as e^-∞, does no harm. Of an operation with many operands the first 100 are looked at.
    ///
    /// ```
    /// use autograd::Tape;
    ///
    /// let tape = Tape::new().explaining();
    /// let p = tape.var(0.0).named("p");
    /// let entropy = -(p * p.ln()); // 0 · ln 0
    /// let birth = entropy.find_nan().expect("it is NaN");
    /// assert_eq!((birth.op.as_str(), birth.value), ("ln", f64::NEG_INFINITY));
    /// assert_eq!(birth.became_nan.as_ref().unwrap().op, "mul");
    /// println!("{birth}");
    /// ```
    ///
    /// # Panics
    /// If the tape keeps no journal.
    #[track_caller]
    pub fn find_nan(self) -> Option<Birth> {
        let (looks, _) = look(self, usize::MAX, &[]);
        assert!(
            looks.iter().all(|look| look.entry.is_some()),
            "find_nan: this tape keeps no journal, so operations and values are not known: make it with \
             Tape::new().explaining()"
        );
        let root = looks.last()?;
        match entry(root).value.is_finite() {
            false => Some(in_values(&looks, root)),
            true => in_derivatives(&looks),
        }
    }
}

fn entry(look: &Look) -> &Entry {
    look.entry.as_ref().expect("the journal was asked for")
}

fn find(looks: &[Look], id: u32) -> Option<&Look> {
    looks.binary_search_by_key(&id, |look| look.id).ok().map(|at| &looks[at])
}

fn op(look: &Look) -> Option<Op> {
    match entry(look).what {
        What::Row(op, _) => Some(op),
        _ => None,
    }
}

fn op_name(look: &Look) -> &'static str {
    match entry(look).what {
        What::Leaf => "var",
        What::Row(op, _) => op.name(),
        What::Many(name) => name,
    }
}

fn described(look: &Look) -> String {
    look.name.as_ref().map_or_else(|| op_name(look).to_owned(), |name| format!("{name:?}"))
}

/// The operands of a node: which node each is, unless it is a constant, and how it is told of.
fn operands<'a>(looks: &'a [Look], of: &Look) -> Vec<(Option<&'a Look>, BirthOperand)> {
    let node = |id: u32| {
        let look = find(looks, id)?;
        let operand = BirthOperand { what: described(look), value: entry(look).value, exact: true };
        Some((Some(look), operand))
    };
    match entry(of).what {
        What::Leaf => Vec::new(),
        What::Row(_, known) => known
            .into_iter()
            .filter_map(|known| match known {
                Known::Nothing => None,
                Known::Node(id) => node(id),
                Known::Number(value) => {
                    Some((None, BirthOperand { what: "a constant".to_owned(), value, exact: true }))
                }
            })
            .collect(),
        What::Many(_) => of.parents.iter().filter_map(|&(id, _)| node(id)).collect(),
    }
}

/// Follows a value that is not finite down to where it was born.
fn in_values(looks: &[Look], root: &Look) -> Birth {
    let (mut here, mut became_nan) = (root, None);
    loop {
        let value = entry(here).value;
        let operands = operands(looks, here);
        let nodes: Vec<(&Look, f64)> =
            operands.iter().filter_map(|(look, operand)| Some(((*look)?, operand.value))).collect();
        let operands: Vec<BirthOperand> = operands.into_iter().map(|(_, operand)| operand).collect();
        let numbers: Vec<f64> = operands.iter().map(|operand| operand.value).collect();
        let Some(&(next, number)) = culprit(value.is_nan(), &nodes, |&(_, number)| number) else {
            let given = matches!(entry(here).what, What::Leaf);
            let cause = op(here).and_then(|op| op.value_hazard(&numbers));
            return Birth {
                given,
                value,
                cause,
                ..birth(here, Pass::Forward, operands, became_nan, result(root.name.clone()))
            };
        };
        if value.is_nan() && !number.is_nan() {
            became_nan = Some(BecameNan {
                pass: Pass::Forward,
                op: op_name(here).to_owned(),
                origin: entry(here).origin,
                operands: numbers,
            });
        }
        here = next;
    }
}

/// What a node got from a reader: the reader and its partial derivative by the node, then the share of the adjoint.
type Share<'a> = ((&'a Look, f64), f64);

/// Follows the first derivative by a variable that is not finite up to where it was born.
fn in_derivatives(looks: &[Look]) -> Option<Birth> {
    let is_variable = |look: &&Look| matches!(entry(look).what, What::Leaf);
    let variable = looks.iter().filter(is_variable).find(|look| !look.adjoint.is_finite())?;
    let reached = format!("the gradient of {}", described(variable));
    // What each node that has a bad adjoint got from its readers.
    let mut got: HashMap<u32, Vec<Share<'_>>> = HashMap::new();
    for reader in looks.iter().filter(|look| look.adjoint != 0.0) {
        for &(parent, partial) in &reader.parents {
            let share = partial * reader.adjoint;
            if !share.is_finite() {
                got.entry(parent).or_default().push(((reader, partial), share));
            }
        }
    }
    let (mut here, mut became_nan) = (variable, None);
    loop {
        let found = got.get(&here.id).map_or(&[][..], |found| found);
        let Some(&((reader, partial), share)) = culprit(here.adjoint.is_nan(), found, |&(_, share)| share)
        else {
            // Each share is finite, their sum is not.
            let operands = Vec::new();
            return Some(Birth {
                value: here.adjoint,
                ..birth(here, Pass::Backward, operands, became_nan, reached)
            });
        };
        if here.adjoint.is_nan() && !reader.adjoint.is_nan() && !reader.adjoint.is_finite() {
            became_nan = Some(BecameNan {
                pass: Pass::Backward,
                op: op_name(reader).to_owned(),
                origin: entry(reader).origin,
                operands: vec![partial, reader.adjoint],
            });
        }
        if reader.adjoint.is_finite() {
            let mut operands: Vec<BirthOperand> =
                operands(looks, reader).into_iter().map(|(_, operand)| operand).collect();
            let numbers: Vec<f64> = operands.iter().map(|operand| operand.value).collect();
            let cause = op(reader).and_then(|op| op.slope_hazard(&numbers));
            operands.push(BirthOperand {
                what: "the cotangent".to_owned(),
                value: reader.adjoint,
                exact: true,
            });
            return Some(Birth {
                value: share,
                cause,
                ..birth(reader, Pass::Backward, operands, became_nan, reached)
            });
        }
        here = reader;
    }
}

/// What is said of each birth alike.
fn birth(
    look: &Look,
    pass: Pass,
    operands: Vec<BirthOperand>,
    became_nan: Option<BecameNan>,
    reached: String,
) -> Birth {
    Birth {
        pass,
        given: false,
        node: look.id as usize,
        op: op_name(look).to_owned(),
        name: look.name.clone(),
        origin: entry(look).origin,
        shape: Shape::SCALAR,
        index: Vec::new(),
        value: entry(look).value,
        operands,
        cause: None,
        became_nan,
        reached,
    }
}
