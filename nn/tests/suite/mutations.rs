//! Damaged files: thousands of seeded mutations of good ones. Each gives a typed error or valid data, never a panic, and takes
//! no memory that the file does not account for.

use nn::data::csv::{self, Csv};
use nn::data::{Dataset, Recipe, idx};
use rand::{Rng, RngExt};

use crate::allocations::largest_request;

/// The most that a reader may ask for at once, for files of less than 2 KB: their data, and the buffers of a decoder.
const MOST: usize = 1 << 20;
const ROUNDS: usize = 4000;

/// One to three damages: a cut, a flipped bit, a byte of another, a number blown up, a piece doubled or lost.
fn mutate(bytes: &[u8], rng: &mut impl Rng) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..rng.random_range(1..4) {
        if bytes.is_empty() {
            break;
        }
        // Headers are short and matter most.
        let front = rng.random_range(0..bytes.len().min(64));
        let at = if rng.random() { front } else { rng.random_range(0..bytes.len()) };
        match rng.random_range(0..7) {
            0 => bytes.truncate(at),
            1 => bytes[at] ^= 1 << rng.random_range(0..8),
            2 => bytes[at] = rng.random(),
            3 => bytes[at..].iter_mut().take(4).for_each(|byte| *byte = 0xff),
            4 => {
                let digits = b"99999999999999999999,\"\n;-".iter().copied();
                let digits = digits.skip(rng.random_range(0..24)).take(rng.random_range(1..12));
                bytes.splice(at..at, digits);
            }
            5 => {
                let piece = bytes[at..].iter().copied().take(rng.random_range(1..40)).collect::<Vec<_>>();
                bytes.splice(at..at, piece);
            }
            _ => drop(bytes.drain(at..bytes.len().min(at + rng.random_range(1..20)))),
        }
    }
    bytes
}

/// Mutations of `good` that `reader` reads after all.
fn survivors(good: &[u8], mut reader: impl FnMut(&[u8]) -> bool) -> usize {
    assert!(reader(good), "what is mutated is read as it is");
    let mut rng = nn::rng(42);
    let mut read = 0;
    for round in 0..ROUNDS {
        let bytes = mutate(good, &mut rng);
        let (result, largest) = largest_request(|| reader(&bytes));
        assert!(largest < MOST, "round {round}: {largest} bytes at once for a file of {}", bytes.len());
        read += usize::from(result);
    }
    assert!(read < ROUNDS, "no damage is noticed");
    read
}

fn valid(data: &Dataset) -> bool {
    assert_eq!(data.x().count(), data.len() * data.features());
    assert!(data.x().data().iter().all(|number| number.is_finite()));
    assert!(data.labels().as_slice().iter().all(|&label| (label as usize) < data.classes()));
    true
}

#[test]
fn idx_files() {
    let mut good = vec![0, 0, 8, 3, 0, 0, 0, 5, 0, 0, 0, 4, 0, 0, 0, 3];
    good.extend((0..60).map(|i| i as u8));
    survivors(&good, |bytes| match idx::from_reader("file", bytes) {
        Ok(idx) => {
            assert_eq!(idx.extents.iter().product::<usize>(), idx.data.len());
            assert!(idx.data.capacity() <= 2 * bytes.len());
            true
        }
        Err(_) => false,
    });
}

#[test]
fn mnist_directories() {
    let dir = tempfile::tempdir().unwrap();
    let images = [&[0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2][..], &[0, 1, 2, 3, 4, 5, 6, 7]].concat();
    let labels = [&[0, 0, 8, 1, 0, 0, 0, 2][..], &[3, 9]].concat();
    for part in ["train", "t10k"] {
        std::fs::write(dir.path().join(format!("{part}-images-idx3-ubyte")), &images).unwrap();
        std::fs::write(dir.path().join(format!("{part}-labels-idx1-ubyte")), &labels).unwrap();
    }
    let mut rng = nn::rng(42);
    for (file, good) in [("train-images-idx3-ubyte", &images), ("train-labels-idx1-ubyte", &labels)] {
        for _ in 0..ROUNDS / 10 {
            std::fs::write(dir.path().join(file), mutate(good, &mut rng)).unwrap();
            let (result, largest) = largest_request(|| idx::mnist(dir.path()));
            assert!(largest < MOST);
            if let Ok((train, _)) = result {
                valid(&train);
            }
        }
        std::fs::write(dir.path().join(file), good).unwrap();
    }
    // No rows, and extents that cannot be multiplied.
    let empty = [&[0, 0, 8, 3, 0, 0, 0, 0][..], &[0xff; 8]].concat();
    std::fs::write(dir.path().join("train-images-idx3-ubyte"), empty).unwrap();
    std::fs::write(dir.path().join("train-labels-idx1-ubyte"), [0, 0, 8, 1, 0, 0, 0, 0]).unwrap();
    assert!(
        idx::mnist(dir.path())
            .unwrap_err()
            .to_string()
            .ends_with("no rows: a data set must have at least one")
    );
}

#[test]
fn csv_files_of_numbers() {
    let good: String = (0..20).map(|row| format!("{}.5,-{row}e-1,\"{}\"\n", row * 7, row % 3)).collect();
    let read =
        survivors(good.as_bytes(), |bytes| csv::from_reader("file", bytes).is_ok_and(|data| valid(&data)));
    assert!(read > ROUNDS / 20, "only {read} mutations are harmless: is the mutator too rough?");
}

#[test]
fn csv_tables() {
    let rows = (0..20).map(|row| format!("{row},{},\"a \"\"b\"\" {}\",yes\r\n", row * row, row % 3));
    let good = format!("x,y,kind,target\r\n{}", rows.collect::<String>());
    survivors(good.as_bytes(), |bytes| {
        let csv = Csv::with_names();
        if let Ok(chunks) = csv.chunks_from_reader("file", bytes, 3) {
            for chunk in chunks.flatten() {
                assert!(chunk.len() <= 3);
            }
        }
        let Ok(table) = csv.table_from_reader("file", bytes) else { return false };
        let (first, last) = (&table.names()[0], table.names().last().unwrap());
        let _ = Recipe::regress(first).fit(&table).and_then(|recipe| recipe.apply(&table));
        Recipe::classify(last).fit(&table).is_ok_and(|recipe| valid(&recipe.apply(&table).unwrap()))
    });
}

#[test]
fn gzip_files() {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(&[0, 0, 8, 1, 0, 0, 0, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9]).unwrap();
    survivors(&encoder.finish().unwrap(), |bytes| idx::from_reader("file", bytes).is_ok());
}

#[cfg(feature = "npy")]
#[test]
fn npy_files() {
    use autograd::Tensor;
    let header = "{'descr': '<i2', 'fortran_order': True, 'shape': (3, 4), }\n";
    let good = crate::npy::file(header, &(0..24).collect::<Vec<u8>>());
    survivors(&good, |bytes| {
        let read: Result<Tensor, _> = nn::data::npy::from_reader("file", bytes);
        read.is_ok_and(|x| x.shape().iter().product::<usize>() == x.data().len())
    });
}

#[cfg(feature = "npy")]
#[test]
fn npz_files() {
    use nn::data::npy::Npz;
    survivors(crate::npy::STORED, |bytes| {
        let Ok(mut arrays) = Npz::from_bytes("file", bytes) else { return false };
        let names = arrays.names();
        names.iter().filter(|name| arrays.tensor::<f64>(name).is_ok()).count() == 3
    });
}
