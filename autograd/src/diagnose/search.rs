//! Follows a number that is not finite back to where it was born.

use super::birth::{BecameNan, Birth, BirthOperand, culprit, result};
use super::source::{Places, Values, broadcast, index_of};
use crate::element::{Element, PerElement};
use crate::graph::{Opened, Var};
use crate::ops::{Shape, infer};
use crate::plan::Pass;

impl<T: Element> Var<'_, T> {
    /// Where the first infinity or NaN in this value, or else in the gradients by the variables below it, was born: the
    /// operation, its line, the place in it, its operands there, and the usual cause. `None` if all is finite.
    ///
    /// Everything is computed again, one operation at a time, so it is slow; it is for when something broke. Values
    /// that no result depends on are not looked at, and an infinity that becomes finite again, as e^-∞, does no harm.
    ///
    /// ```
    /// use autograd::prelude::*;
    ///
    /// let g = Graph::f64();
    /// let p = g.var([0.5, 0.0]).named("p");
    /// let entropy = -(p * p.ln()).sum(); // 0 · ln 0
    /// let birth = entropy.find_nan().expect("it is NaN");
    /// assert_eq!((birth.op.as_str(), &birth.index[..], birth.value), ("ln", &[1][..], f64::NEG_INFINITY));
    /// assert_eq!(birth.became_nan.as_ref().unwrap().op, "mul");
    /// println!("{birth}");
    /// ```
    #[track_caller]
    pub fn find_nan(self) -> Option<Birth> {
        T::choose::<Searches>(search_single, search_double)(self)
    }
}

/// Reached from generic code: compiled once, here.
struct Searches;

impl PerElement for Searches {
    type Of<T: Element> = for<'g> fn(Var<'g, T>) -> Option<Birth>;
}

#[inline(never)]
fn search_single(root: Var<'_, f32>) -> Option<Birth> {
    search(root)
}

#[inline(never)]
fn search_double(root: Var<'_, f64>) -> Option<Birth> {
    search(root)
}

fn search<T: Element>(root: Var<'_, T>) -> Option<Birth> {
    let opened = Opened::new(root);
    let values = Values { values: opened.values(root.graph()), program: &opened.program };
    let bad = |at: u32| values.numbers(at)?.data().iter().position(|x| !x.is_finite());
    let reached = |which: usize| match which.checked_sub(1) {
        None => result(root.name()),
        Some(which) => format!("the gradient of {}", root.sibling(opened.wanted[which]).described()),
    };
    let outputs = opened.program.outputs.iter().enumerate();
    let (which, at, place) = outputs.filter_map(|(which, at)| Some((which, (*at)?, bad((*at)?)?))).next()?;
    let mut walk = Walk { root, values: &values, at, place, became_nan: None };
    while walk.descend() {}
    Some(walk.born(reached(which)))
}

/// A walk down from an element that is not finite.
struct Walk<'a, 'g, T: Element> {
    root: Var<'g, T>,
    values: &'a Values<'a, T>,
    at: u32,
    place: usize,
    became_nan: Option<BecameNan>,
}

impl<T: Element> Walk<'_, '_, T> {
    /// Goes to an operand that is not finite, if there is one.
    fn descend(&mut self) -> bool {
        let values = self.values;
        let step = &values.program.steps[self.at as usize];
        if !step.source.computes() {
            return false;
        }
        let is_nan = values.number(self.at, self.place).is_nan();
        let mut found: Vec<(u32, usize, f64)> = Vec::new();
        let mut meet = |input: u32, place: usize| {
            let number = values.number(input, place);
            if !number.is_finite() {
                found.push((input, place, number));
            }
        };
        let places = values.places(self.at, self.place);
        match &places {
            Places::One(places) => {
                for (&input, place) in step.inputs.iter().zip(places) {
                    place.iter().for_each(|&place| meet(input, place));
                }
            }
            Places::Some(places) => places.iter().for_each(|&place| meet(step.inputs[0], place)),
            Places::Any => {
                for &input in &step.inputs {
                    let numbers = values.numbers(input).map_or(&[][..], |tensor| tensor.data());
                    let bad = |wanted: fn(f64) -> bool| numbers.iter().position(|x| wanted(x.to_f64()));
                    let place = bad(f64::is_nan).or_else(|| bad(f64::is_infinite));
                    place.into_iter().for_each(|place| meet(input, place));
                }
            }
        }
        // Where an infinity is to blame for NaN, NaN begins here.
        let Some(&(input, place, number)) = culprit(is_nan, &found, |&(.., number)| number) else {
            return false;
        };
        if is_nan && !number.is_nan() {
            let operands = match &places {
                Places::One(places) => step
                    .inputs
                    .iter()
                    .zip(places)
                    .map(|(&input, place)| place.map(|place| values.number(input, place)))
                    .collect(),
                _ => None,
            };
            let named = self.root.sibling(step.provenance.node.unwrap_or(self.root.id() as u32));
            self.became_nan = Some(BecameNan {
                pass: step.provenance.pass,
                op: named.op_name(),
                origin: step.provenance.origin,
                operands: operands.unwrap_or_default(),
            });
        }
        (self.at, self.place) = (input, place);
        true
    }

    /// What is known of the element at which the walk ends.
    fn born(self, reached: String) -> Birth {
        let step = &self.values.program.steps[self.at as usize];
        let node = self.root.sibling(step.provenance.node.unwrap_or(self.root.id() as u32));
        let value = self.values.number(self.at, self.place);
        let is_forward = step.provenance.pass == Pass::Forward;
        let given = !step.source.computes();
        let mut operands = Vec::new();
        if is_forward {
            let places = self.values.places(self.at, self.place);
            for (which, &input) in step.inputs.iter().enumerate().filter(|_| !given) {
                let place = match &places {
                    Places::One(places) => places[which],
                    _ => None,
                };
                operands.extend(self.operand(input, place));
            }
        } else {
            operands = self.operands_of(node, step.shape);
        }
        let numbers: Vec<f64> = operands.iter().map(|operand| operand.value).collect();
        let cause = match (given, is_forward) {
            (true, _) => None,
            (_, true) => node.op().value_hazard(&numbers),
            _ => node.op().slope_hazard(&numbers),
        };
        if !is_forward {
            operands.extend(self.incoming(node, step.shape));
        }
        Birth {
            pass: step.provenance.pass,
            given,
            node: node.id(),
            op: node.op_name(),
            name: node.name(),
            origin: step.provenance.origin,
            shape: step.shape,
            index: index_of(self.place, step.shape)[..step.shape.rank()].to_vec(),
            value,
            operands,
            cause,
            became_nan: self.became_nan,
            reached,
        }
    }

    /// A step as an operand, at a place, or by its largest number.
    fn operand(&self, at: u32, place: Option<usize>) -> Option<BirthOperand> {
        let tensor = self.values.numbers(at)?;
        let largest = || {
            let sizes = tensor.data().iter().map(|x| x.to_f64().abs());
            sizes.fold(0.0, |most: f64, size| if size.is_nan() { size } else { most.max(size) })
        };
        let provenance = self.values.program.steps[at as usize].provenance;
        let what = match provenance.node {
            Some(node) => {
                let mut node = self.root.sibling(node);
                while let (None, true) = (node.name(), node.op().is_alias()) {
                    node = node.sibling(node.input_ids()[0]);
                }
                node.name().map_or_else(|| node.op_name(), |name| format!("{name:?}"))
            }
            None => self.values.program.steps[at as usize].op.name().to_owned(),
        };
        let exact = place.is_some() || tensor.count() == 1;
        let value = match place {
            Some(place) => tensor.data()[place].to_f64(),
            None if tensor.count() == 1 => tensor.data()[0].to_f64(),
            None => largest(),
        };
        Some(BirthOperand { what, value, exact })
    }

    /// The operands of a node at the element of its derivative at which the walk ends.
    fn operands_of(&self, node: Var<'_, T>, shape: Shape) -> Vec<BirthOperand> {
        let inputs = node.input_ids();
        let step_of =
            |id: u32| {
                self.values.program.steps.iter().position(|step| {
                    step.provenance.pass == Pass::Forward && step.provenance.node == Some(id)
                })
            };
        let fits = |from: Shape| infer::broadcast_to(from, shape).is_ok();
        let operand = |&id: &u32| {
            let at = step_of(id)? as u32;
            let from = self.root.sibling(id).shape();
            let place =
                (node.op().is_elementwise() && fits(from)).then(|| broadcast(self.place, shape, from));
            self.operand(at, place)
        };
        inputs.iter().filter_map(operand).collect()
    }

    /// The cotangent that came in where the walk ends.
    fn incoming(&self, node: Var<'_, T>, shape: Shape) -> Option<BirthOperand> {
        let cotangents = &self.values.program.incoming;
        let (_, at) = cotangents.iter().find(|(id, _)| *id as usize == node.id())?;
        let from = self.values.numbers(*at)?.shape();
        let fits = node.op().is_elementwise() && infer::broadcast_to(from, shape).is_ok();
        let operand = self.operand(*at, fits.then(|| broadcast(self.place, shape, from)))?;
        Some(BirthOperand { what: "the cotangent".to_owned(), ..operand })
    }
}
