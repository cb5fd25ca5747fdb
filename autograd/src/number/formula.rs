//! `Formula`: a rule as text, with no more brackets than it needs and a name for each part that is used twice.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;
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

/// Names for the parts of a formula that are used twice; after these come s1, t1 and so on.
const PARTS: [&str; 8] = ["s", "t", "u", "v", "w", "p", "q", "r"];

/// The arena of some formulas: they are freed together.
///
/// ```
/// use autograd::number::Formulas;
/// use autograd::ops::{Mish, Sigmoid, UnaryRow};
/// let formulas = Formulas::new();
/// let (x, y) = (formulas.name("x"), formulas.name("y"));
/// assert_eq!(Sigmoid.slope(x, y).to_string(), "y*(1 - y)");
/// assert_eq!((-(x + y) / (x * y)).to_string(), "-(x + y)/(x*y)");
/// assert_eq!(Mish.slope(x, y).to_string(), "s + x*(1 - s*s)*sigmoid(x), s = tanh(softplus(x))");
/// ```
#[derive(Debug, Default)]
pub struct Formulas {
    nodes: RefCell<Vec<Node>>,
}

/// A formula as text: an index into its [`Formulas`].
#[derive(Clone, Copy)]
pub struct Formula<'a> {
    formulas: &'a Formulas,
    index: usize,
}

/// A formula whose operands are formulas of lower index.
#[derive(Debug)]
enum Node {
    Leaf { text: String, binds: u8 },
    Prefix { sign: &'static str, operand: usize },
    Infix { sign: &'static str, binds: u8, operands: [usize; 2] },
    Suffix { sign: &'static str, operand: usize },
    Call { name: Cow<'static, str>, operands: Vec<usize>, params: Vec<String> },
}

impl Node {
    fn operands(&self) -> &[usize] {
        match self {
            Node::Leaf { .. } => &[],
            Node::Prefix { operand, .. } | Node::Suffix { operand, .. } => std::slice::from_ref(operand),
            Node::Infix { operands, .. } => operands,
            Node::Call { operands, .. } => operands,
        }
    }
}

impl Formulas {
    /// An empty arena.
    pub fn new() -> Formulas {
        Formulas::default()
    }
    /// The formula that is just this name.
    pub fn name(&self, name: &str) -> Formula<'_> {
        self.push(Node::Leaf { text: name.to_owned(), binds: ATOM })
    }
    /// A function of operands, and of parameters that are text already.
    pub(crate) fn call<'a>(
        &'a self,
        name: impl Into<Cow<'static, str>>,
        operands: &[Formula<'a>],
        params: Vec<String>,
    ) -> Formula<'a> {
        let operands = operands.iter().map(|operand| operand.index).collect();
        self.push(Node::Call { name: name.into(), operands, params })
    }
    fn push(&self, node: Node) -> Formula<'_> {
        let mut nodes = self.nodes.borrow_mut();
        nodes.push(node);
        Formula { formulas: self, index: nodes.len() - 1 }
    }
}

impl<'a> Formula<'a> {
    fn call(self, name: &'static str, operands: &[Self], params: Vec<String>) -> Formula<'a> {
        self.formulas.call(name, operands, params)
    }
    /// The arena that it is in.
    pub(crate) fn formulas(self) -> &'a Formulas {
        self.formulas
    }
    /// The operand with a sign behind it, as the transpose of a matrix is written.
    pub(crate) fn suffixed(self, sign: &'static str) -> Formula<'a> {
        self.formulas.push(Node::Suffix { sign, operand: self.index })
    }
    /// Both operands with the sign of a product between them.
    pub(crate) fn multiplied(self, sign: &'static str, other: Self) -> Formula<'a> {
        self.formulas.push(Node::Infix { sign, binds: PRODUCT, operands: [self.index, other.index] })
    }
}

/// A number for the eye: six digits of a long one.
fn number(c: f64) -> (String, u8) {
    if let Some(&(_, name, binds)) = NAMED.iter().find(|(value, ..)| *value == c) {
        return (name.to_owned(), binds);
    }
    let exact = format!("{c:?}");
    let text = match format!("{c:.5e}").parse::<f64>() {
        Ok(rounded) if exact.len() > 8 => format!("{rounded:?}"),
        _ => exact,
    };
    (text.trim_end_matches(".0").to_owned(), if c < 0.0 { PRODUCT } else { ATOM })
}

/// Writes the formulas of one arena, with names for shared parts.
struct Writer<'a> {
    nodes: &'a [Node],
    names: BTreeMap<usize, String>,
}

impl<'a> Writer<'a> {
    /// Names every part below `root` that is written in two places, so that the text is no longer than the formula.
    fn new(nodes: &'a [Node], root: usize) -> Self {
        let mut uses = vec![0; root + 1];
        uses[root] = 1;
        for index in (0..=root).rev() {
            if uses[index] > 0 {
                nodes[index].operands().iter().for_each(|&operand| uses[operand] += 1);
            }
        }
        let taken =
            |name: &str| nodes.iter().any(|node| matches!(node, Node::Leaf { text, .. } if text == name));
        let numbered =
            |round: usize| move |part| if round == 0 { String::from(part) } else { format!("{part}{round}") };
        let free = (0..).flat_map(|round| PARTS.map(numbered(round))).filter(|name| !taken(name));
        let shared = (0..root).filter(|&index| uses[index] > 1 && !nodes[index].operands().is_empty());
        Writer { nodes, names: shared.zip(free).collect() }
    }

    /// The text of a node where it has to bind at least this tightly.
    fn operand(&self, index: usize, needed: u8) -> String {
        if let Some(name) = self.names.get(&index) {
            return name.clone();
        }
        let (text, binds) = self.node(index);
        if binds < needed { format!("({text})") } else { text }
    }
    /// Like `operand`, to the right of a sign: a second sign beside it would not read well.
    fn right_of_sign(&self, index: usize, needed: u8) -> String {
        let text = self.operand(index, needed);
        if text.starts_with('-') { format!("({text})") } else { text }
    }
    /// The text of a node, without regard to its name, and how tightly it binds.
    fn node(&self, index: usize) -> (String, u8) {
        match &self.nodes[index] {
            Node::Leaf { text, binds } => (text.clone(), *binds),
            Node::Prefix { sign, operand } => {
                // A minus stands before a whole product, a division (1/x) only before an atom.
                let needed = if sign.ends_with('/') { ATOM } else { PRODUCT };
                (format!("{sign}{}", self.right_of_sign(*operand, needed)), PRODUCT)
            }
            Node::Suffix { sign, operand } => (format!("{}{sign}", self.operand(*operand, ATOM)), ATOM),
            Node::Infix { sign, binds, operands: [left, right] } => {
                let left = self.operand(*left, if *binds == COMPARISON { SUM } else { *binds });
                // a + (b + c) and a * (b * c) keep their brackets too: the order of rounding is part of a rule.
                let right = self.right_of_sign(*right, binds + 1);
                let space = if *binds == PRODUCT { "" } else { " " };
                (format!("{left}{space}{sign}{space}{right}"), *binds)
            }
            Node::Call { name, operands, params } => {
                let operands = operands.iter().map(|&operand| self.operand(operand, COMPARISON));
                let arguments: Vec<_> = operands.chain(params.iter().cloned()).collect();
                (format!("{name}({})", arguments.join(", ")), ATOM)
            }
        }
    }
}

impl fmt::Display for Formula<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nodes = self.formulas.nodes.borrow();
        let writer = Writer::new(&nodes, self.index);
        f.write_str(&writer.node(self.index).0)?;
        // The last parts are the largest: what they are made of follows them.
        for (&index, name) in writer.names.iter().rev() {
            write!(f, ", {name} = {}", writer.node(index).0)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Formula<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Real for Formula<'_> {
    fn lit(self, c: f64) -> Self {
        let (text, binds) = number(c);
        self.formulas.push(Node::Leaf { text, binds })
    }
    fn map<O: UnaryRow>(self, op: O) -> Self {
        match O::PREFIX {
            Some(sign) => self.formulas.push(Node::Prefix { sign, operand: self.index }),
            None => {
                let params = op.op().params().into_iter().take(O::PARAMS.len());
                self.call(O::NAME, &[self], params.map(|param| number(param).0).collect())
            }
        }
    }
    fn zip<O: BinaryRow>(self, _: O, other: Self) -> Self {
        match O::INFIX {
            Some((sign, binds)) => {
                self.formulas.push(Node::Infix { sign, binds, operands: [self.index, other.index] })
            }
            None => self.call(O::NAME, &[self, other], Vec::new()),
        }
    }
    fn where_(self, then: Self, other: Self) -> Self {
        self.call("where", &[self, then, other], Vec::new())
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
