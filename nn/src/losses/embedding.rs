//! Losses of vectors that should be near or far from each other: cosine, contrastive, triplet.

use autograd::{Element, Var};

use super::checks;
use super::reduction::{Losses, Reduction};
use crate::config::ConfigError;

/// The cosine loss of pairs of vectors, 1 - cos(a, b) where they should be alike and max(0, cos(a, b)) where not, as mean over
/// the rows: vectors are `[batch, features]`, targets `[batch, 1]`, 1 for alike and -1 for not.
///
/// Two networks with the same weights were first trained by the cosine of their outputs by Bromley et al. 1993; the two terms
/// are those of PyTorch's `CosineEmbeddingLoss`. The cosine of a vector of zeros with any is taken as 0, with slope 0.
///
/// ```
/// use nn::{losses::cosine_embedding, prelude::*};
/// let g = Graph::f64();
/// let (a, b) = (g.constant([[3.0, 4.0], [3.0, 4.0]]), g.constant([[4.0, 3.0], [4.0, 3.0]]));
/// let loss = cosine_embedding(a, b, g.constant([[1.0], [-1.0]]));
/// assert!((loss.item() - (0.04 + 0.96) / 2.0).abs() < 1e-15); // the cosine is 24 / 25
/// ```
///
/// # Panics
/// If the shapes of the vectors differ, or there is not one target per row.
#[track_caller]
pub fn cosine_embedding<'g, T: Element>(a: Var<'g, T>, b: Var<'g, T>, targets: Var<'g, T>) -> Var<'g, T> {
    CosineEmbedding::default().forward(a, b, targets)
}

/// [`cosine_embedding`] with options: max(0, cos - `margin`) for pairs that should differ.
///
/// ```
/// use nn::{losses::CosineEmbedding, prelude::*};
/// let g = Graph::f64();
/// let loss = CosineEmbedding { margin: 0.5, ..CosineEmbedding::default() };
/// let differ = g.constant([[-1.0]]);
/// let found = loss.forward(g.constant([[3.0, 4.0]]), g.constant([[4.0, 3.0]]), differ).item();
/// assert!((found - 0.46).abs() < 1e-15); // the cosine is 0.96
/// ```
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct CosineEmbedding {
    /// The cosine that pairs which should differ may have, from -1 to 1; 0 by default.
    pub margin: f64,
    /// How the losses of the rows become one.
    pub reduction: Reduction,
}

forward! {
    /// The losses of pairs of vectors `[batch, features]`; targets `[batch, 1]` are 1 for alike, -1 for not.
    ///
    /// # Panics
    /// If the shapes of the vectors differ, there is not one target per row, or [`check`](Self::check) fails.
    cosine_embedding: CosineEmbedding(a: Var<'g, T>, b: Var<'g, T>, targets: Var<'g, T>)
}

impl CosineEmbedding {
    /// Whether the options can be.
    ///
    /// # Errors
    /// If `margin` is not from -1 to 1.
    pub fn check(&self) -> Result<(), ConfigError> {
        let holds = (-1.0..=1.0).contains(&self.margin);
        checks::require(holds, "CosineEmbedding", "margin", self.margin, "from -1 to 1")
    }

    #[track_caller]
    fn each<'g, T: Element>(&self, a: Var<'g, T>, b: Var<'g, T>, targets: Var<'g, T>) -> Var<'g, T> {
        checks::rows("cosine_embedding", "vectors", a, b);
        checks::column("cosine_embedding", targets, a);
        checks::options(self.check());
        let lengths = a.norm_keepdim(-1) * b.norm_keepdim(-1);
        let cosine = (a * b).sum_keepdim(-1) * lengths.recip_or_zero();
        targets.gt(0.0).where_(1.0 - cosine, (cosine - self.margin).relu())
    }
}

/// The contrastive loss of pairs of vectors at distance d, ½ d² where they should be alike and ½ max(0, 1 - d)² where not, as
/// mean over the rows: vectors are `[batch, features]`, `differ` is `[batch, 1]`, 0 for alike and 1 for not
/// (Hadsell, Chopra, LeCun 2006, eq. 4).
///
/// The slope at d = 0 is 0, also for pairs that should differ: nothing says in which direction.
///
/// ```
/// use nn::{losses::contrastive, prelude::*};
/// let g = Graph::f64();
/// let (a, b) = (g.constant([[0.3, 0.4], [0.3, 0.4]]), g.zeros([2, 2]));
/// let loss = contrastive(a, b, g.constant([[0.0], [1.0]]));
/// assert!((loss.item() - (0.125 + 0.125) / 2.0).abs() < 1e-15); // the distance is 1/2
/// ```
///
/// # Panics
/// If the shapes of the vectors differ, or there is not one number per row that says whether they should.
#[track_caller]
pub fn contrastive<'g, T: Element>(a: Var<'g, T>, b: Var<'g, T>, differ: Var<'g, T>) -> Var<'g, T> {
    Contrastive::default().forward(a, b, differ)
}

/// [`contrastive`] with options.
///
/// ```
/// use nn::{losses::Contrastive, prelude::*};
/// let g = Graph::new();
/// let loss = Contrastive { margin: 7.0, ..Contrastive::default() };
/// let found = loss.forward(g.constant([[3.0, 4.0]]), g.zeros([1, 2]), g.constant([[1.0]]));
/// assert_eq!(found.item(), 2.0); // (7 - 5)² / 2
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Contrastive {
    /// The distance beyond which pairs that should differ are far enough: finite, greater than 0; 1 by default.
    pub margin: f64,
    /// How the losses of the rows become one.
    pub reduction: Reduction,
}

impl Default for Contrastive {
    fn default() -> Self {
        Contrastive { margin: 1.0, reduction: Reduction::Mean }
    }
}

forward! {
    /// The losses of pairs of vectors `[batch, features]`; `differ` `[batch, 1]` is 0 for alike, 1 for not.
    ///
    /// # Panics
    /// If the shapes of the vectors differ, there is not one number per row in `differ`, or [`check`](Self::check) fails.
    contrastive: Contrastive(a: Var<'g, T>, b: Var<'g, T>, differ: Var<'g, T>)
}

impl Contrastive {
    /// Whether the options can be.
    ///
    /// # Errors
    /// If `margin` is not finite and greater than 0.
    pub fn check(&self) -> Result<(), ConfigError> {
        let holds = self.margin > 0.0 && self.margin.is_finite();
        checks::require(holds, "Contrastive", "margin", self.margin, "finite and greater than 0")
    }

    #[track_caller]
    fn each<'g, T: Element>(&self, a: Var<'g, T>, b: Var<'g, T>, differ: Var<'g, T>) -> Var<'g, T> {
        checks::rows("contrastive", "vectors", a, b);
        checks::column("contrastive", differ, a);
        checks::options(self.check());
        let squared = (a - b).square().sum_keepdim(-1);
        let near = (self.margin - squared.sqrt_flat_at_zero()).relu().square();
        // Numbers between 0 and 1 blend the two.
        (squared + (near - squared) * differ) * 0.5
    }
}

/// The triplet loss max(0, |anchor - positive| - |anchor - negative| + 1) of Euclidean distances, as mean over the rows of
/// vectors `[batch, features]`: the positive should be nearer to the anchor than the negative, by a margin of 1
/// (Balntas et al. 2016, "Learning local feature descriptors with triplets and shallow convolutional neural networks").
///
/// The slope of a distance at 0 is 0.
///
/// ```
/// use nn::{losses::triplet, prelude::*};
/// let g = Graph::new();
/// let (anchor, positive, negative) = (g.zeros([1, 2]), g.constant([[3.0, 4.0]]), g.constant([[0.0, 5.5]]));
/// assert_eq!(triplet(anchor, positive, negative).item(), 0.5);
/// ```
///
/// # Panics
/// If the shapes differ.
#[track_caller]
pub fn triplet<'g, T: Element>(anchor: Var<'g, T>, positive: Var<'g, T>, negative: Var<'g, T>) -> Var<'g, T> {
    Triplet::default().forward(anchor, positive, negative)
}

/// [`triplet`] with options.
///
/// ```
/// use nn::{losses::Triplet, prelude::*};
/// let g = Graph::new();
/// let loss = Triplet { margin: 12.0, squared: true, ..Triplet::default() };
/// let found = loss.forward(g.zeros([1, 2]), g.constant([[3.0, 4.0]]), g.constant([[0.0, 6.0]]));
/// assert_eq!(found.item(), 1.0); // 25 - 36 + 12
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Triplet {
    /// How much nearer the positive should be than the negative: finite and at least 0; 1 by default.
    pub margin: f64,
    /// Whether distances are squared, as in FaceNet (Schroff, Kalenichenko, Philbin 2015, arXiv 1503.03832), where vectors
    /// have length 1 and the margin is 0.2.
    pub squared: bool,
    /// How the losses of the rows become one.
    pub reduction: Reduction,
}

impl Default for Triplet {
    fn default() -> Self {
        Triplet { margin: 1.0, squared: false, reduction: Reduction::Mean }
    }
}

forward! {
    /// The losses of vectors of one shape, `[batch, features]`.
    ///
    /// # Panics
    /// If the shapes differ, or [`check`](Self::check) fails.
    triplet: Triplet(anchor: Var<'g, T>, positive: Var<'g, T>, negative: Var<'g, T>)
}

impl Triplet {
    /// Whether the options can be.
    ///
    /// # Errors
    /// If `margin` is negative or not finite.
    pub fn check(&self) -> Result<(), ConfigError> {
        let holds = self.margin >= 0.0 && self.margin.is_finite();
        checks::require(holds, "Triplet", "margin", self.margin, "finite and at least 0")
    }

    #[track_caller]
    fn each<'g, T: Element>(
        &self,
        anchor: Var<'g, T>,
        positive: Var<'g, T>,
        negative: Var<'g, T>,
    ) -> Var<'g, T> {
        checks::rows("triplet", "anchors and positives", anchor, positive);
        checks::rows("triplet", "anchors and negatives", anchor, negative);
        checks::options(self.check());
        let (to_positive, to_negative) = if self.squared {
            let (a, b) = (anchor - positive, anchor - negative);
            (a.square().sum_keepdim(-1), b.square().sum_keepdim(-1))
        } else {
            ((anchor - positive).norm_keepdim(-1), (anchor - negative).norm_keepdim(-1))
        };
        (to_positive - to_negative + self.margin).relu()
    }
}
