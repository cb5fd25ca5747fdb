//! Data sets in memory: what is refused, and what folds and batches promise.

use autograd::Tensor;
use nn::data::{DataError, Dataset, Labels};
use proptest::prelude::*;

/// Row `i` is `[2 i, 2 i + 1]` with label `i % 3`.
fn numbered(rows: usize) -> Dataset {
    let labels = Labels::new((0..rows).map(|row| row % 3), 3).unwrap();
    Dataset::new(Tensor::from_fn([rows, 2], |i| i as f32), labels).unwrap()
}

/// The row numbers in a data set or batch of [`numbered`], after checking that rows are whole.
fn rows(x: &Tensor, labels: &Labels) -> Vec<usize> {
    assert_eq!(x.shape(), [labels.len(), 2]);
    let rows = x.data().chunks_exact(2).zip(labels.as_slice()).map(|(row, &label)| {
        let number = row[0] as usize / 2;
        assert_eq!((row[1], label as usize), (row[0] + 1.0, number % 3));
        number
    });
    rows.collect()
}

fn message<T: std::fmt::Debug>(result: Result<T, DataError>) -> String {
    result.unwrap_err().to_string()
}

#[test]
fn what_cannot_be_a_data_set_is_refused() {
    let labels = |count| Labels::new(vec![0; count], 1).unwrap();
    assert_eq!(
        message(Dataset::new(Tensor::scalar(1.0), labels(1))),
        "a data set holds one example per row, but this tensor is a single number: \
         give it the shape [rows, features]"
    );
    assert_eq!(
        message(Dataset::new(Tensor::zeros([3, 2]), labels(2))),
        "3 rows have 2 labels: there must be one label for each row"
    );
    assert_eq!(
        message(Dataset::new(Tensor::zeros([0, 2]), labels(0))),
        "no rows: a data set must have at least one"
    );
    let x = Tensor::from([[0.0, 1.0, 2.0], [3.0, f32::NEG_INFINITY, f32::NAN]]);
    assert_eq!(
        message(Dataset::new(x, labels(2))),
        "-inf in row 1, column 1 (both from 0): clean or drop this row first"
    );
}

#[test]
fn what_cannot_be_a_regression_is_refused() {
    let x = || Tensor::zeros([2, 3]);
    assert_eq!(
        message(Dataset::new(x(), Tensor::<f32>::zeros([3, 1]))),
        "2 rows have targets of shape [3, 1]: there must be one target for each row, as [2, ...]"
    );
    assert!(message(Dataset::new(x(), Tensor::scalar(1.0_f32))).contains("targets of shape []"));
    assert_eq!(
        message(Dataset::new(x(), Tensor::from([[0.0, 1.0], [2.0, f64::NAN]]))),
        "NaN in the target of row 1, column 1 (both from 0): clean or drop this row first"
    );
    assert!(Dataset::new(x(), Tensor::<f32>::zeros([2, 0])).is_ok());
}

#[test]
fn targets_go_with_their_rows() {
    let labels = Labels::new((0..6).map(|row| row % 2), 2).unwrap();
    let y = Tensor::from_fn([6, 2], |i| i as f32);
    let data = Dataset::new(Tensor::from_fn([6, 1], |row| row as f32), (labels, y)).unwrap();
    assert_eq!(format!("{data:?}"), "Dataset(6 rows, 1 features, 2 classes and targets [6, 2])");
    for (x, (labels, y)) in data.batches(4, &mut nn::rng(3)) {
        for (row, x) in x.data().iter().enumerate() {
            assert_eq!(labels.as_slice()[row], *x as u32 % 2);
            assert_eq!(y.data()[2 * row..][..2], [2.0 * x, 2.0 * x + 1.0]);
        }
    }
    let parts = [data.select(&[4, 1]).unwrap(), data.select(&[2]).unwrap()];
    let joined = Dataset::concat(&[&parts[0], &parts[1]]).unwrap();
    assert!(joined == data.select(&[4, 1, 2]).unwrap());
    assert_eq!(message(Dataset::<Labels>::concat(&[])), "no rows: a data set must have at least one");
}

#[test]
fn what_cannot_be_selected_is_refused() {
    let data = numbered(4);
    assert_eq!(message(data.select(&[])), "no rows: a selection must have at least one");
    assert_eq!(
        message(data.select(&[0, 4])),
        "row 4 was asked for, but there are only 4 rows (counted from 0)"
    );
    for (fold, of) in [(0, 0), (0, 1), (2, 2), (0, 5)] {
        assert_eq!(
            message(data.fold(fold, of)),
            format!(
                "fold {fold} of {of} does not split 4 rows in two: \
                 take at least 2 folds, at most as many as rows, numbered from 0"
            )
        );
    }
}

#[test]
#[should_panic(expected = "a batch of 0 rows has no mean loss: ask for batches of at least 1 row")]
fn batches_of_nothing_panic() {
    numbered(3).batches(0, &mut nn::rng(0));
}

#[test]
fn images_keep_their_axes() {
    let x = Tensor::from_fn([3, 1, 2, 2], |i| i as f32);
    let data = Dataset::new(x, Labels::new([0, 1, 2], 3).unwrap()).unwrap();
    assert_eq!((data.len(), data.features()), (3, 4));
    let two = data.select(&[2, 0]).unwrap();
    assert_eq!(two.x().shape(), [2, 1, 2, 2]);
    assert_eq!(two.x().data(), [8.0, 9.0, 10.0, 11.0, 0.0, 1.0, 2.0, 3.0]);
    assert_eq!(format!("{two:?}"), "Dataset(2 rows, 4 features, 3 classes)");

    let one_axis = Dataset::new(Tensor::from([5.0, 6.0]), Labels::new([0, 1], 2).unwrap()).unwrap();
    assert_eq!(one_axis.select(&[1]).unwrap().x().shape(), [1]);
    let no_features = Dataset::new(Tensor::zeros([2, 0]), Labels::new([0, 1], 2).unwrap()).unwrap();
    assert_eq!(no_features.in_order(1).next().unwrap().0.shape(), [1, 0]);
}

#[test]
fn the_order_of_a_seed_never_changes() {
    let order: Vec<usize> =
        numbered(10).batches(4, &mut nn::rng(7)).flat_map(|(x, l)| rows(&x, &l)).collect();
    assert_eq!(order, [8, 2, 0, 3, 7, 4, 1, 5, 9, 6]);
}

#[test]
fn batches_use_the_memory_of_dropped_ones() {
    let data = numbered(64);
    autograd::clear_pool();
    let mut rng = nn::rng(0);
    let addresses: std::collections::HashSet<_> = (0..3)
        .flat_map(|_| data.batches(16, &mut rng).map(|(x, _)| x.data().as_ptr()).collect::<Vec<_>>())
        .collect();
    assert_eq!(addresses.len(), 1);
}

proptest! {
    #[test]
    fn an_epoch_has_each_row_once(count in 1_usize..60, size in 1_usize..70, seed: u64) {
        let data = numbered(count);
        let batches: Vec<_> = data.batches(size, &mut nn::rng(seed)).collect();
        prop_assert_eq!(batches.len(), count.div_ceil(size));
        prop_assert_eq!(data.in_order(size).len(), batches.len());
        let (last, full) = batches.split_last().unwrap();
        prop_assert!(full.iter().all(|(_, labels)| labels.len() == size));
        prop_assert_eq!(last.1.len(), count - full.len() * size);

        let mut seen: Vec<usize> = batches.iter().flat_map(|(x, labels)| rows(x, labels)).collect();
        seen.sort_unstable();
        prop_assert_eq!(seen, (0..count).collect::<Vec<_>>());
        let whole = data.batches(size, &mut nn::rng(seed)).drop_last();
        prop_assert_eq!(whole.map(|(x, labels)| rows(&x, &labels).len()).collect::<Vec<_>>(), vec![size; count / size]);
    }

    #[test]
    fn dropping_the_last_batch_may_come_late(count in 1_usize..60, size in 1_usize..20, taken in 0_usize..5) {
        let data = numbered(count);
        let mut late = data.in_order(size);
        let first: Vec<_> = late.by_ref().take(taken).map(|(x, labels)| rows(&x, &labels)).collect();
        let rest: Vec<_> = late.drop_last().map(|(x, labels)| rows(&x, &labels)).collect();
        prop_assert!(rest.iter().all(|rows| rows.len() == size));
        prop_assert_eq!(first.concat().len() + rest.concat().len(), count.min(taken * size).max(count / size * size));
    }

    #[test]
    fn folds_test_each_row_once((of, count) in (2_usize..12).prop_flat_map(|of| (Just(of), of..60))) {
        let data = numbered(count);
        let mut tested = Vec::new();
        for fold in 0..of {
            let (train, test) = data.fold(fold, of).unwrap();
            let (train, test) = (rows(train.x(), train.labels()), rows(test.x(), test.labels()));
            prop_assert_eq!(train.len() + test.len(), count);
            prop_assert!(train.iter().all(|row| row % of != fold) && test.iter().all(|row| row % of == fold));
            tested.extend(test);
        }
        tested.sort_unstable();
        prop_assert_eq!(tested, (0..count).collect::<Vec<_>>());
    }

    #[test]
    fn a_selection_has_the_rows_it_names(picks in prop::collection::vec(0_usize..20, 1..40)) {
        let chosen = numbered(20).select(&picks).unwrap();
        prop_assert_eq!(rows(chosen.x(), chosen.labels()), picks);
    }
}
