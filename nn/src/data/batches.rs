//! `Batches`: a data set, some rows at a time.

use autograd::Tensor;
use rand::Rng;
use rand::seq::SliceRandom;

use super::{Dataset, Labels};

/// Batches of a data set, from [`Dataset::batches`] or [`Dataset::in_order`].
///
/// An item is `(x, labels)` with `x` of shape `[size, ...]`; none is empty. The order of the
/// rows is kept in memory once per epoch; the numbers of a batch are copied into memory that
/// dropped tensors gave back, so a steady loop takes none from the system for them.
#[derive(Clone, Debug)]
pub struct Batches<'a> {
    data: &'a Dataset,
    order: Vec<usize>,
    next: usize,
    size: usize,
}

impl<'a> Batches<'a> {
    #[track_caller]
    pub(super) fn in_order(data: &'a Dataset, size: usize) -> Batches<'a> {
        assert!(size > 0, "a batch of 0 rows has no mean loss: ask for batches of at least 1 row");
        Batches { data, order: (0..data.len()).collect(), next: 0, size }
    }

    #[track_caller]
    pub(super) fn shuffled(data: &'a Dataset, size: usize, rng: &mut impl Rng) -> Batches<'a> {
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
    pub fn drop_last(mut self) -> Batches<'a> {
        let left = self.order.len() - self.next;
        self.order.truncate(self.next + left / self.size * self.size);
        self
    }
}

impl Iterator for Batches<'_> {
    type Item = (Tensor, Labels);

    fn next(&mut self) -> Option<(Tensor, Labels)> {
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

impl ExactSizeIterator for Batches<'_> {}
impl std::iter::FusedIterator for Batches<'_> {}
