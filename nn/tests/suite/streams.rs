//! Streams: the rows of all chunks, each once, and errors in their place.

use std::cell::Cell;

use autograd::Tensor;
use nn::data::{DataError, Dataset, Labels, Stream};
use proptest::prelude::*;

/// Rows `from..to`, each holding its number, with the label `number % 3`.
fn chunk(from: usize, to: usize) -> Dataset {
    let x = Tensor::from_fn([to - from, 1], |row| (from + row) as f32);
    Dataset::new(x, Labels::new((from..to).map(|row| row % 3), 3).unwrap()).unwrap()
}

fn rows((x, labels): (Tensor, Labels)) -> Vec<usize> {
    assert_eq!(x.shape(), [labels.len(), 1]);
    let number = |(&x, &label): (&f32, &u32)| {
        assert_eq!(x as usize % 3, label as usize);
        x as usize
    };
    x.data().iter().zip(labels.as_slice()).map(number).collect()
}

/// Chunks of these sizes.
fn chunks(sizes: &[usize]) -> Vec<Result<Dataset, DataError>> {
    let mut from = 0;
    let next = |&size: &usize| {
        from += size;
        Ok(chunk(from - size, from))
    };
    sizes.iter().map(next).collect()
}

#[test]
fn an_error_takes_no_row_with_it() {
    let with_errors = || {
        let mut chunks = chunks(&[3, 2, 4]);
        chunks.insert(0, Err(DataError::Missing));
        chunks.insert(2, Err(DataError::NoRows));
        chunks.push(Err(DataError::Empty { what: "the last chunk" }));
        chunks
    };
    for buffer in [None, Some(1), Some(4), Some(100)] {
        let mut stream = Stream::new(with_errors(), 2);
        if let Some(rows) = buffer {
            stream = stream.shuffle(rows, &mut nn::rng(1));
        }
        let (mut errors, mut seen) = (Vec::new(), Vec::new());
        for batch in stream {
            match batch {
                Ok(batch) => seen.extend(rows(batch)),
                Err(error) => errors.push(error),
            }
        }
        assert!(matches!(errors[..], [DataError::Missing, DataError::NoRows, DataError::Empty { .. }]));
        seen.sort_unstable();
        assert_eq!(seen, (0..9).collect::<Vec<_>>());
    }
}

#[test]
fn chunks_of_another_form_are_errors() {
    let other = Dataset::new(Tensor::zeros([1, 2]), Labels::new([0], 3).unwrap()).unwrap();
    let mut stream = Stream::new([Ok(chunk(0, 1)), Ok(other)], 2);
    let error: DataError = stream.next().unwrap().unwrap_err();
    assert_eq!(
        error.to_string(),
        "part 1 (from 0) has numbers of shape [1, 2], but the parts before it have numbers of shape [1, 1]: \
         they must have one form"
    );
    assert!(stream.next().is_none());
    let two = Dataset::new(Tensor::zeros([1, 1]), Labels::new([0], 2).unwrap()).unwrap();
    let error: DataError = Stream::new([Ok(chunk(0, 1)), Ok(two)], 2).next().unwrap().unwrap_err();
    assert!(error.to_string().contains("part 1 (from 0) has labels of 2 classes"), "{error}");
}

#[test]
fn other_errors_pass_through() {
    let chunks = [Ok(chunk(0, 2)), Err("the camera is off".into())];
    let mut stream: Stream<_, Labels> = Stream::new(chunks, 2);
    assert!(stream.next().unwrap().is_ok());
    let error: Box<dyn std::error::Error> = stream.next().unwrap().unwrap_err();
    assert_eq!(error.to_string(), "the camera is off");
}

#[test]
#[should_panic(expected = "a batch of 0 rows")]
fn batches_of_nothing_panic() {
    Stream::new(chunks(&[1]), 0);
}

#[test]
#[should_panic(expected = "a row cannot be drawn from 0 rows")]
fn a_buffer_of_nothing_panics() {
    let _ = Stream::new(chunks(&[1]), 1).shuffle(0, &mut nn::rng(1));
}

#[test]
fn the_order_of_a_seed_never_changes() {
    let order = |seed| -> Vec<usize> {
        let stream = Stream::new(chunks(&[6, 6]), 5).shuffle(4, &mut nn::rng(seed));
        stream.flat_map(|batch| rows(batch.unwrap())).collect()
    };
    assert_eq!(order(7), order(7));
    assert_ne!(order(7), order(8));
    assert_eq!(order(7), ORDER);
}
const ORDER: [usize; 12] = [2, 1, 3, 0, 5, 8, 9, 10, 4, 7, 6, 11];

proptest! {
    #[test]
    fn every_row_comes_once(sizes in prop::collection::vec(1_usize..9, 0..12), size in 1_usize..20, buffer in 0_usize..30, seed: u64) {
        let total: usize = sizes.iter().sum();
        let stream = || {
            let stream = Stream::new(chunks(&sizes), size);
            if buffer == 0 { stream } else { stream.shuffle(buffer, &mut nn::rng(seed)) }
        };
        let batches: Vec<Vec<usize>> = stream().map(|batch| rows(batch.unwrap())).collect();
        prop_assert_eq!(batches.len(), total.div_ceil(size));
        prop_assert!(batches.iter().rev().skip(1).all(|batch| batch.len() == size));
        prop_assert_eq!(stream().drop_last().count(), total / size);
        let seen = batches.concat();
        // A row comes at most a buffer too early, and without one in its place.
        prop_assert!(seen.iter().enumerate().all(|(at, &row)| row < at + buffer.max(1)));
        if buffer < 2 {
            prop_assert!(seen.is_sorted());
        }
        let mut seen = seen;
        seen.sort_unstable();
        prop_assert_eq!(seen, (0..total).collect::<Vec<_>>());
    }

    #[test]
    fn no_more_is_read_than_is_needed(size in 1_usize..10, buffer in 1_usize..30) {
        let read = Cell::new(0);
        let endless = (0..).map(|number| {
            read.set(read.get() + 1);
            Ok::<_, DataError>(chunk(number, number + 1))
        });
        let mut stream = Stream::new(endless, size).shuffle(buffer, &mut nn::rng(1));
        for batch in 1..5 {
            stream.next().unwrap().unwrap();
            prop_assert_eq!(read.get(), batch * size + buffer - 1);
        }
    }
}
