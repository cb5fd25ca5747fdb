//! Splits and folds: every row once, the sizes that were asked for, and what is refused.

use autograd::Tensor;
use nn::data::{DataError, Dataset, Labels, split};
use proptest::prelude::*;

fn message<T: std::fmt::Debug>(result: Result<T, DataError>) -> String {
    result.unwrap_err().to_string()
}

/// Row `i` holds the number `i`.
fn numbered(labels: &[usize], classes: usize) -> Dataset {
    let x = Tensor::from_fn([labels.len(), 1], |row| row as f32);
    Dataset::new(x, Labels::new(labels.iter().copied(), classes).unwrap()).unwrap()
}

fn rows<Y: nn::data::Targets>(data: &Dataset<Y>) -> Vec<usize> {
    data.x().data().iter().map(|&row| row as usize).collect()
}

fn sorted(parts: impl IntoIterator<Item = Vec<usize>>) -> Vec<usize> {
    let mut all = parts.into_iter().collect::<Vec<_>>().concat();
    all.sort_unstable();
    all
}

#[test]
fn impossible_splits_name_the_field() {
    let data = numbered(&[0, 1, 0, 1], 2);
    let rng = &mut nn::rng(1);
    let share = |share| format!("a split: share is {share}, but must be more than 0 and less than 1");
    assert_eq!(message(data.split([1.0, 0.5], rng)), share("1"));
    assert_eq!(message(data.split([0.5, 0.0, 0.5], rng)), share("0"));
    assert_eq!(message(data.split([f64::NAN, 0.5], rng)), share("NaN"));
    assert_eq!(message(data.stratified_split([-0.5, 0.5], rng)), share("-0.5"));
    assert_eq!(message(data.split([0.5, 0.3], rng)), "a split: the sum of shares is 0.8, but must be 1");
    assert_eq!(message(data.split([], rng)), "a split: the sum of shares is 0, but must be 1");
    assert_eq!(
        message(data.split([0.95, 0.05], rng)),
        "a split: rows is 4, but must be enough that each share comes to at least one"
    );
    for number in [0, 1, 5] {
        let wanted =
            format!("folds: number is {number}, but must be at least 2 and at most the number of rows");
        assert_eq!(message(data.folds(number, rng)), wanted);
        assert_eq!(message(data.stratified_folds(number, rng)), wanted);
    }
    let rare = numbered(&[0, 2, 0, 0, 2], 3);
    let text = "class 2 has 2 rows, too few to be in each of 3 parts of these sizes: \
                take fewer or larger parts, join rare classes, or split without regard to classes";
    assert_eq!(message(rare.stratified_folds(3, rng)), text);
    assert_eq!(message(rare.stratified_split([0.4, 0.4, 0.2], rng)), text);
}

#[test]
fn the_split_of_a_seed_never_changes() {
    let data = numbered(&[0; 10], 1);
    let [train, test] = data.split([0.7, 0.3], &mut nn::rng(7)).unwrap();
    assert_eq!((rows(&train), rows(&test)), (vec![0, 1, 2, 3, 4, 7, 8], vec![5, 6, 9]));
    let again = data.split([0.7, 0.3], &mut nn::rng(7)).unwrap();
    assert_eq!([train.clone(), test], again);
    let [other, _] = data.split([0.7, 0.3], &mut nn::rng(8)).unwrap();
    assert_ne!(train, other);
}

#[test]
fn regressions_are_split_with_their_targets() {
    let y = Tensor::from_fn([9, 2], |i| (10 * (i / 2) + i % 2) as f32);
    let data = Dataset::new(Tensor::from_fn([9, 1], |row| row as f32), y).unwrap();
    let wanted = |row: &usize| [(10 * row) as f32, (10 * row + 1) as f32];
    let mut tested = Vec::new();
    for (train, test) in data.folds(9, &mut nn::rng(3)).unwrap() {
        assert_eq!((train.len(), test.len()), (8, 1));
        for part in [&train, &test] {
            assert_eq!(part.targets().data(), rows(part).iter().flat_map(wanted).collect::<Vec<_>>());
        }
        tested.push(rows(&test));
    }
    assert_eq!(sorted(tested), (0..9).collect::<Vec<_>>());
}

/// Labels of up to 4 classes, of which some may not occur.
fn labels(most: usize) -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(0_usize..4, 2..most)
}

fn count(labels: &[usize], rows: &[usize], class: usize) -> usize {
    rows.iter().filter(|&&row| labels[row] == class).count()
}

proptest! {
    #[test]
    fn a_split_has_each_row_once(count in 1_usize..200, weights in prop::array::uniform3(1_u32..20), seed: u64) {
        let sum: u32 = weights.iter().sum();
        let shares = weights.map(|weight| f64::from(weight) / f64::from(sum));
        match split::shares(count, shares, &mut nn::rng(seed)) {
            Ok(parts) => {
                for (part, share) in parts.iter().zip(shares) {
                    prop_assert!((part.len() as f64 - share * count as f64).abs() <= 1.0 + 1e-6);
                    prop_assert!(!part.is_empty() && part.is_sorted());
                }
                prop_assert_eq!(sorted(parts), (0..count).collect::<Vec<_>>());
            }
            Err(error) => {
                let config = matches!(error, DataError::Config(_));
                prop_assert!(config && shares.iter().any(|share| share * (count as f64) < 1.0));
            }
        }
    }

    #[test]
    fn a_stratified_split_keeps_the_mixture(labels in labels(120), seed: u64) {
        let of = Labels::new(labels.iter().copied(), 4).unwrap();
        let shares = [0.5, 0.3, 0.2];
        match split::stratified_shares(&of, shares, &mut nn::rng(seed)) {
            Ok(parts) => {
                for (part, share) in parts.iter().zip(shares) {
                    for class in 0..4 {
                        let all = labels.iter().filter(|&&label| label == class).count();
                        let here = count(&labels, part, class);
                        prop_assert!((here as f64 - share * all as f64).abs() <= 1.0 + 1e-6);
                        prop_assert!(all == 0 || here > 0);
                    }
                }
                prop_assert_eq!(sorted(parts), (0..labels.len()).collect::<Vec<_>>());
            }
            Err(error) => {
                let DataError::Stratum { class, rows, parts: 3 } = error else { panic!("{error}") };
                prop_assert_eq!(labels.iter().filter(|&&label| label == class).count(), rows);
                prop_assert!(rows < 6, "{} rows are enough for shares from 0.2", rows);
            }
        }
    }

    #[test]
    fn folds_have_each_row_once_and_level_sizes((folds, count) in (2_usize..12).prop_flat_map(|of| (Just(of), of..80)), seed: u64) {
        let parts = split::folds(count, folds, &mut nn::rng(seed)).unwrap();
        prop_assert_eq!(parts.len(), folds);
        prop_assert!(parts.iter().all(|part| [count / folds, count.div_ceil(folds)].contains(&part.len())));
        prop_assert_eq!(sorted(parts), (0..count).collect::<Vec<_>>());
    }

    #[test]
    fn stratified_folds_are_level_in_every_class(labels in labels(120), folds in 2_usize..6, seed: u64) {
        let of = Labels::new(labels.iter().copied(), 4).unwrap();
        let each = (0..4).map(|class| labels.iter().filter(|&&label| label == class).count());
        let each: Vec<usize> = each.collect();
        let possible = folds <= labels.len() && each.iter().all(|&rows| rows == 0 || rows >= folds);
        let parts = split::stratified_folds(&of, folds, &mut nn::rng(seed));
        prop_assert_eq!(parts.is_ok(), possible);
        if let Ok(parts) = parts {
            for part in &parts {
                prop_assert!([labels.len() / folds, labels.len().div_ceil(folds)].contains(&part.len()));
                for (class, &all) in each.iter().enumerate() {
                    prop_assert!([all / folds, all.div_ceil(folds)].contains(&count(&labels, part, class)));
                }
            }
            prop_assert_eq!(sorted(parts), (0..labels.len()).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_fold_trains_on_what_it_does_not_test(count in 2_usize..40, seed: u64) {
        let data = numbered(&vec![0; count], 1);
        let folds = data.folds(2, &mut nn::rng(seed)).unwrap();
        prop_assert_eq!(folds.len(), 2);
        for (train, test) in folds {
            prop_assert_eq!(sorted([rows(&train), rows(&test)]), (0..count).collect::<Vec<_>>());
        }
    }
}
