//! The ratio of backward to forward that matrix products must have.

use std::fmt;
use std::panic::Location;

use super::units::percent;

/// FLOPs of the matrix products of backward by those of forward, from the structure alone.
///
/// C = A B has two products in backward, each as large as the one in forward: dA = dC Bᵀ and dB = Aᵀ dC. So the ratio
/// is 2, less the share of forward in products of which an operand needs no gradient: the first layer's input. For
/// a fully connected network of widths n₀, n₁, … it is 2 - n₀n₁ / Σ nₗnₗ₊₁.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct Ideal {
    /// The ratio.
    pub ratio: f64,
    /// Products with fewer than two in backward.
    pub exceptions: Vec<ProductException>,
}

/// A product with fewer than two in backward, because an operand needs no gradient.
#[derive(Clone, Copy, PartialEq, Debug)]
#[non_exhaustive]
pub struct ProductException {
    /// The node.
    pub id: usize,
    /// Where it was recorded.
    pub origin: &'static Location<'static>,
    /// Whether the left and the right operand need a gradient.
    pub needs: [bool; 2],
    /// Its share of the FLOPs of the products of forward.
    pub share: f64,
}

/// A matrix product of forward.
pub(super) struct Product {
    pub(super) id: usize,
    pub(super) origin: &'static Location<'static>,
    pub(super) needs: [bool; 2],
    pub(super) flops: u64,
}

impl Ideal {
    /// `None` if there is no product.
    pub(super) fn of(products: &[Product]) -> Option<Ideal> {
        let total: u64 = products.iter().map(|product| product.flops).sum();
        if total == 0 {
            return None;
        }
        let share = |product: &Product| product.flops as f64 / total as f64;
        let times = |needs: [bool; 2]| needs.iter().filter(|&&needs| needs).count();
        let backward: u64 = products.iter().map(|product| product.flops * times(product.needs) as u64).sum();
        let exceptions = products.iter().filter(|product| times(product.needs) < 2 && product.flops > 0);
        let exceptions = exceptions.map(|product| ProductException {
            id: product.id,
            origin: product.origin,
            needs: product.needs,
            share: share(product),
        });
        Some(Ideal { ratio: backward as f64 / total as f64, exceptions: exceptions.collect() })
    }
}

/// The ratio with its reason.
impl fmt::Display for Ideal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}: two products backward for each of forward", self.ratio)?;
        for (i, exception) in self.exceptions.iter().enumerate() {
            let (count, who) = match exception.needs {
                [false, true] => ("one", "its left operand needs"),
                [true, false] => ("one", "its right operand needs"),
                _ => ("none", "its operands need"),
            };
            if i == 3 {
                return write!(f, "; and so on for {} others", self.exceptions.len() - i);
            }
            let but = if i == 0 { ", but " } else { ", " };
            write!(
                f,
                "{but}{count} for that at {}, {} of forward: {who} no gradient",
                exception.origin,
                percent(exception.share)
            )?;
        }
        Ok(())
    }
}
