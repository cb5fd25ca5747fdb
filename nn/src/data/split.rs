//! Splits: which rows train, which judge. Every row is in exactly one part, or tested in exactly one fold.
//!
//! The functions give lists of row numbers, for any container; [`Dataset`] and [`Table`](super::Table) have methods
//! that give the parts themselves. Hastie, Tibshirani, Friedman 2009 say which rows should judge: section 7.2 of parts, 7.10 of
//! folds.

use rand::Rng;
use rand::seq::SliceRandom;

use super::{DataError, Dataset, Labels, Targets};
use crate::ConfigError;

/// Rows `0..rows` in parts of these shares, which add up to 1: drawn from `rng`, ascending within each part.
///
/// A part ends at the whole number nearest to rows times the sum of the shares so far, so no size is off by more than 1.
///
/// # Errors
/// [`DataError::Config`] if a share is not between 0 and 1, their sum is not 1, or a part would have no row.
///
/// ```
/// let [train, validation, test] = nn::data::split::shares(10, [0.6, 0.2, 0.2], &mut nn::rng(7))?;
/// assert_eq!((train.len(), validation.len(), test.len()), (6, 2, 2));
/// let error = nn::data::split::shares(10, [0.8, 0.3], &mut nn::rng(7)).unwrap_err();
/// assert_eq!(error.to_string(), "a split: the sum of shares is 1.1, but must be 1");
/// # Ok::<(), nn::data::DataError>(())
/// ```
pub fn shares<const N: usize>(
    rows: usize,
    shares: [f64; N],
    rng: &mut impl Rng,
) -> Result<[Vec<usize>; N], DataError> {
    let cuts = cuts(rows, shares)?;
    if cuts.windows(2).any(|cut| cut[0] == cut[1]) {
        let error = ConfigError::new("a split", "rows", rows, "enough that each share comes to at least one");
        return Err(error.into());
    }
    let mut order: Vec<usize> = (0..rows).collect();
    order.shuffle(rng);
    Ok(std::array::from_fn(|part| ascending(order[cuts[part]..cuts[part + 1]].to_vec())))
}

/// As [`shares`], for the rows of each class by itself, so that all parts have nearly the same mixture of classes.
///
/// # Errors
/// As [`shares`]; [`DataError::Stratum`] if a class that occurs would be missing in a part.
///
/// ```
/// use nn::data::{Labels, split};
/// let labels = Labels::new((0..20).map(|row| usize::from(row >= 16)), 2)?;
/// let [train, test] = split::stratified_shares(&labels, [0.75, 0.25], &mut nn::rng(7))?;
/// assert_eq!((train.len(), test.len()), (15, 5));
/// assert_eq!(test.iter().filter(|&&row| row >= 16).count(), 1);
/// # Ok::<(), nn::data::DataError>(())
/// ```
pub fn stratified_shares<const N: usize>(
    labels: &Labels,
    shares: [f64; N],
    rng: &mut impl Rng,
) -> Result<[Vec<usize>; N], DataError> {
    let mut parts: [Vec<usize>; N] = std::array::from_fn(|_| Vec::new());
    cuts(labels.len(), shares)?;
    for (class, mut rows) in by_class(labels) {
        let cuts = cuts(rows.len(), shares)?;
        if cuts.windows(2).any(|cut| cut[0] == cut[1]) {
            return Err(DataError::Stratum { class, rows: rows.len(), parts: N });
        }
        rows.shuffle(rng);
        for (part, cut) in parts.iter_mut().zip(cuts.windows(2)) {
            part.extend(&rows[cut[0]..cut[1]]);
        }
    }
    Ok(parts.map(ascending))
}

/// The rows `0..rows` in `folds` parts whose sizes differ by at most 1: drawn from `rng`, ascending within each part.
/// As many folds as rows leave one out at a time (Stone 1974; Hastie, Tibshirani, Friedman 2009, section 7.10).
///
/// # Errors
/// [`DataError::Config`] unless there are at least 2 folds, and at most as many as rows.
///
/// ```
/// let folds = nn::data::split::folds(7, 3, &mut nn::rng(7))?;
/// assert_eq!(folds.iter().map(Vec::len).collect::<Vec<_>>(), [3, 2, 2]);
/// # Ok::<(), nn::data::DataError>(())
/// ```
pub fn folds(rows: usize, folds: usize, rng: &mut impl Rng) -> Result<Vec<Vec<usize>>, DataError> {
    check_folds(rows, folds)?;
    let mut order: Vec<usize> = (0..rows).collect();
    order.shuffle(rng);
    Ok(deal(order, folds))
}

/// As [`folds`], with the rows of each class spread as evenly as whole numbers allow: the folds' sizes differ by at
/// most 1, and so do their rows of any one class (Kohavi 1995, "A study of cross-validation and bootstrap for accuracy
/// estimation and model selection").
///
/// # Errors
/// As [`folds`]; [`DataError::Stratum`] if a class that occurs has fewer rows than there are folds.
///
/// ```
/// use nn::data::{Labels, split};
/// let labels = Labels::new([0, 0, 0, 0, 0, 1, 1], 2)?;
/// for fold in split::stratified_folds(&labels, 2, &mut nn::rng(7))? {
///     assert_eq!(fold.iter().filter(|&&row| row >= 5).count(), 1);
/// }
/// let error = split::stratified_folds(&labels, 3, &mut nn::rng(7)).unwrap_err();
/// assert!(error.to_string().starts_with("class 1 has 2 rows, too few to be in each of 3 parts"));
/// # Ok::<(), nn::data::DataError>(())
/// ```
pub fn stratified_folds(
    labels: &Labels,
    folds: usize,
    rng: &mut impl Rng,
) -> Result<Vec<Vec<usize>>, DataError> {
    check_folds(labels.len(), folds)?;
    let mut order = Vec::with_capacity(labels.len());
    for (class, mut rows) in by_class(labels) {
        if rows.len() < folds {
            return Err(DataError::Stratum { class, rows: rows.len(), parts: folds });
        }
        rows.shuffle(rng);
        order.append(&mut rows);
    }
    // Dealt in one go: a class begins where the one before it ended, so sizes stay level over all classes too.
    Ok(deal(order, folds))
}

/// Where each part begins, and where the last one ends.
fn cuts<const N: usize>(rows: usize, shares: [f64; N]) -> Result<Vec<usize>, ConfigError> {
    if let Some(&share) = shares.iter().find(|&&share| !(share > 0.0 && share < 1.0)) {
        return Err(ConfigError::new("a split", "share", share, "more than 0 and less than 1"));
    }
    let sum = shares.iter().fold(0.0, |sum, share| sum + share);
    // Shares such as 1/3 or 0.1 are not exact.
    if (sum - 1.0).abs() > 1e-6 {
        return Err(ConfigError::new("a split", "the sum of shares", sum, "1"));
    }
    let mut ends = vec![0];
    let mut so_far = 0.0;
    for share in shares {
        so_far += share;
        // 0.7 + 0.15 comes to a bit less than 0.85: a half that is only missed by rounding still counts up.
        ends.push(((so_far * rows as f64 + 1e-9).round() as usize).min(rows));
    }
    ends[N] = rows;
    Ok(ends)
}

fn check_folds(rows: usize, folds: usize) -> Result<(), ConfigError> {
    if folds < 2 || folds > rows {
        return Err(ConfigError::new("folds", "number", folds, "at least 2 and at most the number of rows"));
    }
    Ok(())
}

/// The rows of each class that occurs.
fn by_class(labels: &Labels) -> impl Iterator<Item = (usize, Vec<usize>)> {
    // Sorted instead of one list for each class: of four billion possible classes few occur.
    let mut order: Vec<usize> = (0..labels.len()).collect();
    let class = |row: usize| labels.as_slice()[row] as usize;
    order.sort_by_key(|&row| class(row));
    let groups: Vec<_> =
        order.chunk_by(|&a, &b| class(a) == class(b)).map(|rows| (class(rows[0]), rows.to_vec())).collect();
    groups.into_iter()
}

/// Deals rows like cards.
fn deal(order: Vec<usize>, folds: usize) -> Vec<Vec<usize>> {
    let fold = |fold| ascending(order.iter().copied().skip(fold).step_by(folds).collect());
    (0..folds).map(fold).collect()
}

fn ascending(mut rows: Vec<usize>) -> Vec<usize> {
    rows.sort_unstable();
    rows
}

/// Pairs `(train, test)`, one for each fold, from [`Dataset::folds`] and [`Dataset::stratified_folds`].
#[derive(Clone, Debug)]
pub struct Folds<'a, Y: Targets = Labels> {
    data: &'a Dataset<Y>,
    folds: std::vec::IntoIter<Vec<usize>>,
}

impl<Y: Targets> Iterator for Folds<'_, Y> {
    type Item = (Dataset<Y>, Dataset<Y>);

    fn next(&mut self) -> Option<Self::Item> {
        let test = self.folds.next()?;
        let mut held_out = vec![false; self.data.len()];
        test.iter().for_each(|&row| held_out[row] = true);
        let train: Vec<usize> = (0..self.data.len()).filter(|&row| !held_out[row]).collect();
        let part = |rows: &[usize]| self.data.select(rows).expect("each part of a fold has a row");
        Some((part(&train), part(&test)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.folds.size_hint()
    }
}

impl<Y: Targets> ExactSizeIterator for Folds<'_, Y> {}
impl<Y: Targets> std::iter::FusedIterator for Folds<'_, Y> {}

impl<Y: Targets> Dataset<Y> {
    /// Parts of these shares, which add up to 1; rows are drawn from `rng`, each is in one part.
    ///
    /// # Errors
    /// As [`split::shares`](shares()).
    ///
    /// ```
    /// # use autograd::Tensor;
    /// # use nn::data::{Dataset, Labels};
    /// # let data = Dataset::new(Tensor::zeros([20, 1]), Labels::new([0; 20], 1)?)?;
    /// let [train, validation, test] = data.split([0.7, 0.15, 0.15], &mut nn::rng(7))?;
    /// assert_eq!((train.len(), validation.len(), test.len()), (14, 3, 3));
    /// # Ok::<(), nn::data::DataError>(())
    /// ```
    pub fn split<const N: usize>(
        &self,
        shares: [f64; N],
        rng: &mut impl Rng,
    ) -> Result<[Dataset<Y>; N], DataError> {
        Ok(self.parts(self::shares(self.len(), shares, rng)?))
    }

    fn parts<const N: usize>(&self, parts: [Vec<usize>; N]) -> [Dataset<Y>; N] {
        parts.map(|rows| self.select(&rows).expect("each part of a split has a row"))
    }

    /// Cross-validation: an iterator of `(train, test)`, one for each of `folds` folds. Rows are drawn from `rng`; over
    /// all folds each is tested exactly once. [`fold`](Dataset::fold) does without drawing.
    ///
    /// # Errors
    /// As [`split::folds`](folds()).
    ///
    /// ```
    /// # use autograd::Tensor;
    /// # use nn::data::{Dataset, Labels};
    /// # let data = Dataset::new(Tensor::zeros([20, 1]), Labels::new([0; 20], 1)?)?;
    /// for (train, test) in data.folds(5, &mut nn::rng(7))? {
    ///     assert_eq!((train.len(), test.len()), (16, 4));
    /// }
    /// let leave_one_out = data.folds(data.len(), &mut nn::rng(7))?;
    /// assert_eq!(leave_one_out.len(), 20);
    /// # Ok::<(), nn::data::DataError>(())
    /// ```
    pub fn folds(&self, folds: usize, rng: &mut impl Rng) -> Result<Folds<'_, Y>, DataError> {
        Ok(Folds { data: self, folds: self::folds(self.len(), folds, rng)?.into_iter() })
    }

    /// Splits off one of `of` folds: `(train, test)`, where `test` has the rows whose number is
    /// `fold` modulo `of`. Over all folds each row is tested exactly once.
    ///
    /// # Errors
    /// [`DataError::Fold`] unless both parts get a row.
    ///
    /// ```
    /// use autograd::Tensor;
    /// use nn::data::{Dataset, Labels};
    ///
    /// let data = Dataset::new(Tensor::from_fn([7, 1], |i| i as f32), Labels::new([0; 7], 1)?)?;
    /// let (train, test) = data.fold(1, 3)?;
    /// assert_eq!(train.x().data(), [0.0, 2.0, 3.0, 5.0, 6.0]);
    /// assert_eq!(test.x().data(), [1.0, 4.0]);
    /// # Ok::<(), nn::data::DataError>(())
    /// ```
    pub fn fold(&self, fold: usize, of: usize) -> Result<(Dataset<Y>, Dataset<Y>), DataError> {
        let rows = self.len();
        if of < 2 || of > rows || fold >= of {
            return Err(DataError::Fold { fold, of, rows });
        }
        let (test, train): (Vec<usize>, Vec<usize>) = (0..rows).partition(|row| row % of == fold);
        Ok((self.select(&train)?, self.select(&test)?))
    }
}

impl Dataset {
    /// As [`split`](Dataset::split), with nearly the same mixture of classes in each part.
    ///
    /// # Errors
    /// As [`split::stratified_shares`](stratified_shares()).
    ///
    /// ```
    /// # use autograd::Tensor;
    /// # use nn::data::{Dataset, Labels};
    /// // A third of the rows is of class 1.
    /// let labels = Labels::new((0..12).map(|row| usize::from(row % 3 == 0)), 2)?;
    /// let data = Dataset::new(Tensor::zeros([12, 1]), labels)?;
    /// let [train, test] = data.stratified_split([0.5, 0.5], &mut nn::rng(7))?;
    /// for part in [train, test] {
    ///     assert_eq!(part.labels().as_slice().iter().sum::<u32>(), 2);
    /// }
    /// # Ok::<(), nn::data::DataError>(())
    /// ```
    pub fn stratified_split<const N: usize>(
        &self,
        shares: [f64; N],
        rng: &mut impl Rng,
    ) -> Result<[Dataset; N], DataError> {
        Ok(self.parts(stratified_shares(self.labels(), shares, rng)?))
    }

    /// As [`folds`](Dataset::folds), with nearly the same mixture of classes in each fold.
    ///
    /// # Errors
    /// As [`split::stratified_folds`](stratified_folds()).
    ///
    /// ```
    /// # use autograd::Tensor;
    /// # use nn::data::{Dataset, Labels};
    /// # let labels = Labels::new((0..12).map(|row| usize::from(row % 3 == 0)), 2)?;
    /// # let data = Dataset::new(Tensor::zeros([12, 1]), labels)?; // a third of the rows is of class 1
    /// for (train, test) in data.stratified_folds(4, &mut nn::rng(7))? {
    ///     assert_eq!((train.len(), test.len()), (9, 3));
    ///     assert_eq!(test.labels().as_slice().iter().sum::<u32>(), 1);
    /// }
    /// # Ok::<(), nn::data::DataError>(())
    /// ```
    pub fn stratified_folds(&self, folds: usize, rng: &mut impl Rng) -> Result<Folds<'_>, DataError> {
        Ok(Folds { data: self, folds: stratified_folds(self.labels(), folds, rng)?.into_iter() })
    }
}
