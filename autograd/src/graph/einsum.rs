//! Einstein summation, composed of permutations, products and sums.

use smallvec::SmallVec;

use super::var::Var;
use crate::element::Element;
use crate::ops::{MAX_RANK, Op, Shape, Structural};

type Letters = SmallVec<[char; MAX_RANK]>;

impl<'g, T: Element> Var<'g, T> {
    /// Einstein summation of one or two operands: `"ij,jk->ik"` is the matrix product,
    /// `"ij->ji"` the transpose, `"ij->i"` row sums, `"bi,bj->bij"` batched outer products.
    ///
    /// A letter names an axis; letters absent from the result are summed over. Without `->`
    /// the result has the letters that occur once, in alphabetical order.
    ///
    /// ```
    /// use autograd::{Graph, Var};
    /// let g = Graph::new();
    /// let (a, b) = (g.constant([[1.0, 2.0], [3.0, 4.0]]), g.constant([[1.0, 0.0], [0.0, 2.0]]));
    /// assert_eq!(Var::einsum("ij,jk->ik", &[a, b]).value().data(), [1.0, 4.0, 3.0, 8.0]);
    /// assert_eq!(Var::einsum("ij,ij->", &[a, b]).item(), 9.0);
    /// assert_eq!(Var::einsum("ii->", &[a]).item(), 5.0);
    /// ```
    ///
    /// # Panics
    /// If the formula is malformed, or its letters do not fit the shapes.
    #[track_caller]
    pub fn einsum(formula: &str, operands: &[Self]) -> Self {
        let spaceless: String = formula.chars().filter(|c| !c.is_whitespace()).collect();
        let (inputs, output) = match spaceless.split_once("->") {
            Some((inputs, output)) => (inputs, output.chars().collect::<Letters>()),
            None => (spaceless.as_str(), implied(&spaceless)),
        };
        let terms: SmallVec<[Letters; 2]> = inputs.split(',').map(|term| term.chars().collect()).collect();
        assert!(
            terms.len() == operands.len() && (1..=2).contains(&terms.len()),
            "einsum {formula:?}: it names {} operands and {} were given: it takes one or two, as many as it names",
            terms.len(),
            operands.len()
        );
        let mut extents: SmallVec<[(char, usize); MAX_RANK]> = SmallVec::new();
        for (letters, operand) in terms.iter().zip(operands) {
            operands[0].same_graph(*operand);
            let shape = operand.shape();
            assert!(
                letters.len() == shape.rank() && letters.iter().all(|c| c.is_alphabetic()),
                "einsum {formula:?}: {:?} must be {} letters for an operand of shape {shape}",
                letters.iter().collect::<String>(),
                shape.rank()
            );
            for (&letter, &extent) in letters.iter().zip(shape.iter()) {
                match extents.iter().find(|(c, _)| *c == letter) {
                    Some(&(_, other)) => assert!(
                        other == extent,
                        "einsum {formula:?}: axis {letter:?} has extent {other} in one place and {extent} in another"
                    ),
                    None => extents.push((letter, extent)),
                }
            }
        }
        for (i, letter) in output.iter().enumerate() {
            assert!(
                extents.iter().any(|(c, _)| c == letter) && !output[..i].contains(letter),
                "einsum {formula:?}: {letter:?} in the result must name an axis of an operand, once"
            );
        }
        let (a, left) = diagonals(operands[0], &terms[0]);
        if terms.len() == 1 {
            return summed(a, left, |c| output.contains(&c)).arranged(&output);
        }
        let (b, right) = diagonals(operands[1], &terms[1]);
        let a = summed(a, left, |c| output.contains(&c) || right.contains(&c));
        let b = summed(b, right, |c| output.contains(&c) || a.letters.contains(&c));
        contract(a, b, &output)
    }
}

/// The letters that occur once, in alphabetical order.
fn implied(inputs: &str) -> Letters {
    let mut once: Letters = inputs
        .chars()
        .filter(|c| c.is_alphabetic() && inputs.chars().filter(|d| d == c).count() == 1)
        .collect();
    once.sort_unstable();
    once
}

/// A node whose axes have letters.
struct Term<'g, T: Element> {
    var: Var<'g, T>,
    letters: Letters,
}

impl<'g, T: Element> Term<'g, T> {
    /// With its axes in this order.
    #[track_caller]
    fn arranged(self, order: &[char]) -> Var<'g, T> {
        let mut axes = SmallVec::<[usize; MAX_RANK]>::new();
        for letter in order {
            axes.push(self.letters.iter().position(|c| c == letter).expect("letters were checked"));
        }
        self.var.permute(&axes)
    }
}

/// Repeated letters of one operand replaced by the diagonal.
#[track_caller]
fn diagonals<'g, T: Element>(var: Var<'g, T>, letters: &Letters) -> (Var<'g, T>, Letters) {
    let (mut var, mut letters) = (var, letters.clone());
    loop {
        let mut repeated = None;
        for (i, letter) in letters.iter().enumerate() {
            if let Some(first) = letters[..i].iter().position(|c| c == letter) {
                repeated = Some((first, i));
                break;
            }
        }
        let Some((first, second)) = repeated else {
            return (var, letters);
        };
        // The two axes go last, the off-diagonal is masked, and one of them is summed away.
        let rank = letters.len();
        let mut order: SmallVec<[usize; MAX_RANK]> =
            (0..rank).filter(|&i| i != first && i != second).collect();
        order.extend([first, second]);
        var = var.permute(&order).tril(0).triu(0).sum_over(-1);
        letters = order[..rank - 1].iter().map(|&i| letters[i]).collect();
    }
}

/// Summed over the letters that nobody wants.
#[track_caller]
fn summed<'g, T: Element>(var: Var<'g, T>, letters: Letters, wanted: impl Fn(char) -> bool) -> Term<'g, T> {
    let axes: SmallVec<[isize; MAX_RANK]> =
        letters.iter().enumerate().filter(|(_, c)| !wanted(**c)).map(|(i, _)| i as isize).collect();
    let letters = letters.into_iter().filter(|c| wanted(*c)).collect();
    let var = if axes.is_empty() { var } else { var.sum_over(&axes[..]) };
    Term { var, letters }
}

/// The product of two terms as one batched matrix product: `[batch, rows, inner] . [batch, inner, columns]`.
#[track_caller]
fn contract<'g, T: Element>(a: Term<'g, T>, b: Term<'g, T>, output: &Letters) -> Var<'g, T> {
    let shared = |c: &char| a.letters.contains(c) && b.letters.contains(c);
    let batch: Letters = output.iter().copied().filter(shared).collect();
    let inner: Letters = a.letters.iter().copied().filter(|c| shared(c) && !output.contains(c)).collect();
    let rows: Letters = a.letters.iter().copied().filter(|c| !shared(c)).collect();
    let columns: Letters = b.letters.iter().copied().filter(|c| !shared(c)).collect();
    let (mut extents, mut result) = (SmallVec::<[usize; MAX_RANK]>::new(), Letters::new());
    let extent = |term: &Term<'g, T>, c: &char| {
        term.var.shape()[term.letters.iter().position(|d| d == c).expect("letters were checked")]
    };
    for c in batch.iter().chain(&rows) {
        extents.push(extent(&a, c));
        result.push(*c);
    }
    for c in &columns {
        extents.push(extent(&b, c));
        result.push(*c);
    }
    let count =
        |term: &Term<'g, T>, letters: &Letters| letters.iter().map(|c| extent(term, c)).product::<usize>();
    let (batches, k) = (count(&a, &batch), count(&a, &inner));
    let (n, m) = (count(&a, &rows), count(&b, &columns));
    let left: Letters = batch.iter().chain(&rows).chain(&inner).copied().collect();
    let right: Letters = batch.iter().chain(&inner).chain(&columns).copied().collect();
    let a = a.arranged(&left).reshape_to(Shape::from([batches, n, k]));
    let b = b.arranged(&right).reshape_to(Shape::from([batches, k, m]));
    let op = Op::MatMul { transpose_a: false, transpose_b: false };
    let product = Var::apply(op, &[a, b], Shape::from([batches, n, m]));
    assert!(extents.len() <= MAX_RANK, "einsum: the result has {} axes, more than {MAX_RANK}", extents.len());
    Term { var: product.reshape_to(Shape::new(&extents)), letters: result }.arranged(output)
}
