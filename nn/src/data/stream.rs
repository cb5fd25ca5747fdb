//! `Stream`: batches of data that do not fit into memory, from chunks as they come.

use std::collections::VecDeque;

use autograd::Tensor;
use rand::{Rng, RngExt, SeedableRng};

use super::{DataError, Dataset, Targets};

/// Batches from an iterator of chunks, each a small [`Dataset`]: for data that do not fit into memory, or that never end.
///
/// Only the current chunk, the rows waiting to be drawn and one batch are in memory. An item is `(x, targets)` as from
/// [`Dataset::batches`], or an error: that of a chunk is handed on in its place, and no other row is lost by it, so a
/// loop may stop with `?` or count the error and go on.
///
/// ```
/// use autograd::Tensor;
/// use nn::data::{DataError, Dataset, Labels, Stream};
///
/// // A source of chunks: rows of a file, of a camera, of a simulation. Here: 0 to 99, ten at a time.
/// let chunks = (0..10).map(|chunk| {
///     let x = Tensor::from_fn([10, 1], |i| (10 * chunk + i) as f32);
///     Dataset::new(x, Labels::new((0..10).map(|i| i % 2), 2)?)
/// });
/// let mut rows = 0;
/// for batch in Stream::new(chunks, 32).shuffle(50, &mut nn::rng(7)) {
///     let (x, labels) = batch?;
///     assert_eq!(x.shape(), [labels.len(), 1]);
///     rows += labels.len();
/// }
/// assert_eq!(rows, 100);
/// # Ok::<(), DataError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Stream<I, Y: Targets> {
    chunks: I,
    size: usize,
    shuffle: Option<Shuffle>,
    drop_last: bool,
    /// The rows of the current chunk that are still to come, each a data set of one row.
    chunk: VecDeque<Dataset<Y>>,
    /// Rows from which the next one is drawn.
    waiting: Vec<Dataset<Y>>,
    batch: Vec<Dataset<Y>>,
    ended: bool,
}

#[derive(Clone, Debug)]
struct Shuffle {
    rows: usize,
    rng: crate::Rng,
}

impl<I, Y, E> Stream<I, Y>
where
    I: Iterator<Item = Result<Dataset<Y>, E>>,
    Y: Targets,
    E: From<DataError>,
{
    /// Batches of `size` rows in the order in which they come.
    ///
    /// # Panics
    /// If `size` is 0.
    #[track_caller]
    pub fn new(chunks: impl IntoIterator<IntoIter = I>, size: usize) -> Stream<I, Y> {
        assert!(size > 0, "a batch of 0 rows has no mean loss: ask for batches of at least 1 row");
        Stream {
            chunks: chunks.into_iter(),
            size,
            shuffle: None,
            drop_last: false,
            chunk: VecDeque::new(),
            waiting: Vec::new(),
            batch: Vec::new(),
            ended: false,
        }
    }

    /// Draws each row from the next `rows` rows. What stands together in the source comes apart by about so many rows and
    /// no more: a source sorted by class needs a buffer of the size of its classes, or a shuffled source.
    ///
    /// The order is that of a generator seeded from `rng`.
    ///
    /// # Panics
    /// If `rows` is 0.
    #[track_caller]
    pub fn shuffle(mut self, rows: usize, rng: &mut impl Rng) -> Stream<I, Y> {
        assert!(rows > 0, "a row cannot be drawn from 0 rows: shuffle among at least 1");
        self.shuffle = Some(Shuffle { rows, rng: crate::Rng::from_rng(rng) });
        self
    }

    /// Leaves out the last batch if it is smaller than the others.
    pub fn drop_last(mut self) -> Stream<I, Y> {
        self.drop_last = true;
        self
    }

    /// The next row as it comes.
    fn incoming(&mut self) -> Option<Result<Dataset<Y>, E>> {
        while self.chunk.is_empty() {
            if self.ended {
                return None;
            }
            match self.chunks.next() {
                None => self.ended = true,
                Some(Err(error)) => return Some(Err(error)),
                Some(Ok(chunk)) => {
                    let row = |row| chunk.select(&[row]).expect("a row of the chunk");
                    self.chunk.extend((0..chunk.len()).map(row));
                }
            }
        }
        self.chunk.pop_front().map(Ok)
    }

    /// The next row as it is drawn.
    fn drawn(&mut self) -> Option<Result<Dataset<Y>, E>> {
        let Some(rows) = self.shuffle.as_ref().map(|shuffle| shuffle.rows) else {
            return self.incoming();
        };
        while self.waiting.len() < rows {
            match self.incoming() {
                Some(Ok(row)) => self.waiting.push(row),
                Some(error) => return Some(error),
                None => break,
            }
        }
        if self.waiting.is_empty() {
            return None;
        }
        let rng = &mut self.shuffle.as_mut().expect("looked at above").rng;
        let at = rng.random_range(0..self.waiting.len());
        Some(Ok(self.waiting.swap_remove(at)))
    }
}

impl<I, Y, E> Iterator for Stream<I, Y>
where
    I: Iterator<Item = Result<Dataset<Y>, E>>,
    Y: Targets,
    E: From<DataError>,
{
    type Item = Result<(Tensor, Y), E>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.batch.len() < self.size {
            match self.drawn() {
                Some(Ok(row)) => self.batch.push(row),
                // The rows of this batch are kept for the next call.
                Some(Err(error)) => return Some(Err(error)),
                None => break,
            }
        }
        if self.batch.is_empty() || (self.drop_last && self.batch.len() < self.size) {
            self.batch.clear();
            return None;
        }
        let rows: Vec<&Dataset<Y>> = self.batch.iter().collect();
        let batch = Dataset::concat(&rows).map(|batch| (batch.x().clone(), batch.targets().clone()));
        self.batch.clear();
        Some(batch.map_err(E::from))
    }
}
