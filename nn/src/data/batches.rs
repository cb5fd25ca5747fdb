//! `Batches`: a data set, some rows at a time.

use autograd::Tensor;
use rand::Rng;
use rand::seq::SliceRandom;

use super::{Dataset, Labels, Targets};

/// Batches of a data set, from [`Dataset::batches`] or [`Dataset::in_order`].
///
/// An item is `(x, targets)` with `x` of shape `[size, ...]`; none is empty. The order of the
/// rows is kept in memory once per epoch; the numbers of a batch are copied into memory that
/// dropped tensors gave back, so a steady loop takes none from the system for them.
#[derive(Clone, Debug)]
pub struct Batches<'a, Y: Targets = Labels> {
    data: &'a Dataset<Y>,
    order: Vec<usize>,
    next: usize,
    size: usize,
}

impl<'a, Y: Targets> Batches<'a, Y> {
    #[track_caller]
    pub(super) fn in_order(data: &'a Dataset<Y>, size: usize) -> Batches<'a, Y> {
        assert!(size > 0, "a batch of 0 rows has no mean loss: ask for batches of at least 1 row");
        Batches { data, order: (0..data.len()).collect(), next: 0, size }
    }

    #[track_caller]
    pub(super) fn shuffled(data: &'a Dataset<Y>, size: usize, rng: &mut impl Rng) -> Batches<'a, Y> {
        let mut batches = Batches::in_order(data, size);
        batches.order.shuffle(rng);
        batches
    }

    /// Leaves out the last batch if it is smaller than the others.
    ///
    /// ```
    /// use autograd::Tensor;
    /// use nn::data::{Dataset, Labels};
    ///
    /// let data = Dataset::new(Tensor::zeros([5, 1]), Labels::new([0; 5], 1)?)?;
    /// assert_eq!(data.in_order(2).len(), 3);
    /// assert_eq!(data.in_order(2).drop_last().len(), 2);
    /// # Ok::<(), nn::data::DataError>(())
    /// ```
    pub fn drop_last(mut self) -> Batches<'a, Y> {
        let left = self.order.len() - self.next;
        self.order.truncate(self.next + left / self.size * self.size);
        self
    }
}

impl<Y: Targets> Iterator for Batches<'_, Y> {
    type Item = (Tensor, Y);

    fn next(&mut self) -> Option<(Tensor, Y)> {
        let end = self.order.len().min(self.next.saturating_add(self.size));
        let rows = &self.order[self.next..end];
        if rows.is_empty() {
            return None;
        }
        self.next = end;
        Some(self.data.gather(rows))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let batches = (self.order.len() - self.next).div_ceil(self.size);
        (batches, Some(batches))
    }
}

impl<Y: Targets> ExactSizeIterator for Batches<'_, Y> {}
impl<Y: Targets> std::iter::FusedIterator for Batches<'_, Y> {}
