//! Readers of data files: what they read, and what they say about files that are not right.

use std::io::Write;
use std::path::Path;

use flate2::{Compression, write::GzEncoder};
use nn::data::csv::{self, Column, Csv};
use nn::data::idx::{self, Idx};
use nn::data::{DataError, Dataset};
use proptest::prelude::*;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn idx_bytes(extents: &[usize], data: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0, 8, extents.len() as u8];
    bytes.extend(extents.iter().flat_map(|&extent| (extent as u32).to_be_bytes()));
    bytes.extend(data);
    bytes
}

/// What is wrong with these bytes as an IDX file, packed or not.
fn idx_error(bytes: &[u8]) -> String {
    let error = idx::from_reader("file", bytes).unwrap_err().to_string();
    assert_eq!(error, idx::from_reader("file", &gzip(bytes)[..]).unwrap_err().to_string());
    error
}

fn csv_error(csv: &Csv, text: &str) -> String {
    csv.from_reader("file", text.as_bytes()).unwrap_err().to_string()
}

#[test]
fn an_idx_file_that_is_none_is_told_apart() {
    let magic = |bytes| {
        format!(
            "file: not an IDX file: it begins with bytes {bytes}, where IDX has two zeros, \
             the number type (08 for bytes) and the number of axes"
        )
    };
    assert_eq!(idx_error(b"<htm"), magic("[3c, 68, 74, 6d]"));
    assert_eq!(idx_error(b""), magic("[]"));
    assert_eq!(idx_error(&[0, 0, 7, 1]), magic("[00, 00, 07, 01]"));
    assert_eq!(
        idx_error(&[0, 0, 0x0d, 1]),
        "file: an IDX file of number type 0x0d is not supported: only 0x08 (unsigned bytes) is"
    );
}

#[test]
fn an_idx_file_of_the_wrong_length_is_refused() {
    assert_eq!(
        idx_error(&[0, 0, 8, 3, 0, 0, 0]),
        "file: the file ends too early, in its header: 12 bytes expected, 3 found; download it again"
    );
    assert_eq!(
        idx_error(&idx_bytes(&[2, 3], &[1; 5])),
        "file: the file ends too early, in its data: 6 bytes expected, 5 found; download it again"
    );
    assert_eq!(
        idx_error(&idx_bytes(&[2, 3], &[1; 7])),
        "file: the file goes on after the 6 bytes of data that its header announces: it is damaged"
    );
}

#[test]
fn a_header_cannot_claim_memory() {
    let most = u32::MAX as usize;
    assert_eq!(
        idx_error(&idx_bytes(&[most, most, most], &[])),
        "file: the header claims the extents [4294967295, 4294967295, 4294967295], \
         more than memory can hold: the file is damaged"
    );
    // 4 EiB, not taken: the file is compared with its header instead.
    assert_eq!(
        idx_error(&idx_bytes(&[1 << 31, 1 << 31], &[1])),
        "file: the file ends too early, in its data: 4611686018427387904 bytes expected, 1 found; download it again"
    );
}

#[test]
fn files_are_found_packed_or_not() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("some.idx");
    assert_eq!(
        idx::read(&path).unwrap_err().to_string(),
        format!("{}: no such file, with or without .gz: check the path", path.display())
    );
    let bytes = idx_bytes(&[3], &[7, 8, 9]);
    let read = Idx { extents: vec![3], data: vec![7, 8, 9] };
    std::fs::write(dir.path().join("some.idx.gz"), gzip(&bytes)).unwrap();
    assert_eq!(idx::read(&path).unwrap(), read, "found as some.idx.gz");
    std::fs::write(&path, gzip(&bytes)).unwrap();
    assert_eq!(idx::read(&path).unwrap(), read, "packed under a plain name");
    std::fs::write(&path, &bytes).unwrap();
    assert_eq!(idx::read(&path).unwrap(), read, "plain");

    let error = idx::read(dir.path()).unwrap_err().to_string();
    assert!(error.starts_with(&format!("{}: cannot be read: ", dir.path().display())), "{error}");
    let packed = gzip(&bytes);
    let error = idx::from_reader("cut", &packed[..packed.len() - 9]).unwrap_err();
    assert!(error.to_string().starts_with("cut: cannot be read: "), "{error}");
    assert!(matches!(error, DataError::InFile { error, .. } if matches!(*error, DataError::Read(_))));
}

const FILES: [&str; 4] = [
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
];

/// A directory like MNIST's with three images of 1x2 pixels to train and one to test.
fn small_mnist(dir: &Path) {
    let bytes = [
        idx_bytes(&[3, 1, 2], &[0, 51, 102, 153, 204, 255]),
        idx_bytes(&[3], &[9, 0, 4]),
        idx_bytes(&[1, 1, 2], &[255, 0]),
        idx_bytes(&[1], &[1]),
    ];
    for (file, bytes) in FILES.iter().zip(bytes) {
        std::fs::write(dir.join(file), bytes).unwrap();
    }
}

#[test]
fn mnist_is_scaled_and_labelled() {
    let dir = tempfile::tempdir().unwrap();
    small_mnist(dir.path());
    let (train, test) = idx::mnist(dir.path()).unwrap();
    assert_eq!(train.x().shape(), [3, 2]);
    assert_eq!(train.x().data(), [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]);
    assert_eq!((train.labels().as_slice(), train.classes()), (&[9, 0, 4][..], 10));
    assert_eq!((test.x().data(), test.labels().as_slice()), (&[1.0, 0.0][..], &[1][..]));
}

#[test]
fn mnist_names_the_file_that_is_wrong() {
    let dir = tempfile::tempdir().unwrap();
    let cases: [(usize, Vec<u8>, &str); 5] = [
        (0, idx_bytes(&[0, 1, 2], &[]), "0 rows have 3 labels: there must be one label for each row"),
        (
            0,
            idx_bytes(&[3], &[9, 0, 4]),
            "images have 3 axes, but this file has the extents [3]: is it the right file?",
        ),
        (
            1,
            idx_bytes(&[1, 1, 1], &[1]),
            "labels have 1 axes, but this file has the extents [1, 1, 1]: is it the right file?",
        ),
        (
            3,
            idx_bytes(&[1], &[11]),
            "label 11 at position 0 is no class: with 10 classes, labels are at least 0 and less than 10",
        ),
        (2, idx_bytes(&[2, 1, 2], &[0; 4]), "2 rows have 1 labels: there must be one label for each row"),
    ];
    for (file, bytes, message) in cases {
        small_mnist(dir.path());
        let path = dir.path().join(FILES[file]);
        std::fs::write(&path, bytes).unwrap();
        let error = idx::mnist(dir.path()).unwrap_err().to_string();
        assert_eq!(error, format!("{}: {message}", path.display()));
    }
    small_mnist(dir.path());
    for file in [FILES[0], FILES[1]] {
        std::fs::write(
            dir.path().join(file),
            idx_bytes(if file == FILES[0] { &[0, 1, 2] } else { &[0] }, &[]),
        )
        .unwrap();
    }
    let error = idx::mnist(dir.path()).unwrap_err().to_string();
    assert!(
        error.ends_with("train-images-idx3-ubyte: no rows: a data set must have at least one"),
        "{error}"
    );
}

#[test]
fn the_real_mnist_is_whole() {
    let Some(dir) = std::env::var_os("MNIST_DIR") else {
        println!("skipped: set MNIST_DIR to a directory with the four MNIST files to read them here");
        return;
    };
    let (train, test) = idx::mnist(dir).unwrap();
    for (part, rows, first) in [(&train, 60_000, [5, 0, 4]), (&test, 10_000, [7, 2, 1])] {
        assert_eq!((part.len(), part.features(), part.classes()), (rows, 784, 10));
        assert_eq!(part.labels().as_slice()[..3], first);
        assert_eq!(part.x().data().iter().copied().fold(0.0, f32::max), 1.0);
    }
}

#[test]
fn the_digits_are_whole() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/data/digits.csv");
    let digits = csv::read(path).unwrap();
    assert_eq!((digits.len(), digits.features(), digits.classes()), (1797, 64, 10));
    assert_eq!(digits.labels().as_slice()[..4], [0, 1, 2, 3]);
    assert!(digits.x().data().iter().all(|pixel| (0.0..=16.0).contains(pixel)));
}

#[test]
fn numbers_and_labels_may_be_written_in_many_ways() {
    let text = "\u{feff}1e0, -.5 ,3.0\r\n\n\"+2\",7,0\n";
    let data = csv::from_reader("mixed", text.as_bytes()).unwrap();
    assert_eq!(data.x().data(), [1.0, -0.5, 2.0, 7.0]);
    assert_eq!((data.labels().as_slice(), data.classes()), (&[3, 0][..], 4));

    // Old Macintosh line ends: one line for an editor, several rows.
    let data = csv::from_reader("returns", "1,0\r2,1\r".as_bytes()).unwrap();
    assert_eq!((data.x().data(), data.labels().as_slice()), (&[1.0, 2.0][..], &[0, 1][..]));

    let first = Csv { label: Column::At(0), header: true, ..Csv::default() };
    let data = first.from_reader("first", "class,a\n1,0.5\n0,2".as_bytes()).unwrap();
    assert_eq!((data.x().data(), data.labels().as_slice()), (&[0.5, 2.0][..], &[1, 0][..]));
}

#[test]
fn a_wrong_field_is_named_with_its_place() {
    let csv = Csv::default();
    assert_eq!(
        csv_error(&csv, "a,b,c\n1,2,0\n"),
        "file: line 1, column 1: a finite number (or, for a line of names, `header: true`) expected, \"a\" found"
    );
    assert_eq!(
        csv_error(&csv, "1,2,0\n1,,0"),
        "file: line 2, column 2: a finite number expected, \"\" found"
    );
    assert_eq!(
        csv_error(&csv, "1,2,0\n\n1,NaN,0"),
        "file: line 3, column 2: a finite number expected, \"NaN\" found"
    );
    assert_eq!(
        csv_error(&csv, "1,2,0\n1e39,2,0"),
        "file: line 2, column 1: a finite number expected, \"1e39\" found"
    );
    for label in ["-1", "0.5", "x", "nan", "1e12"] {
        assert_eq!(
            csv_error(&csv, &format!("1,2,0\n1,2,{label}")),
            format!("file: line 2, column 3: a label (a whole number from 0) expected, {label:?} found")
        );
    }
    let ten = Csv { classes: Some(10), ..Csv::default() };
    assert_eq!(
        csv_error(&ten, "1,9\n1,10"),
        "file: line 2, column 2: a label less than 10 expected, \"10\" found"
    );
    let long = csv_error(&csv, &format!("1,2\n{},0", "9".repeat(5000)));
    assert_eq!(
        long,
        format!("file: line 2, column 1: a finite number expected, \"{}...\" found", "9".repeat(40))
    );
    let bytes = csv::from_reader("file", &b"1,0\n\xff,0"[..]).unwrap_err().to_string();
    assert_eq!(bytes, "file: line 2, column 1: a finite number expected, \"\u{fffd}\" found");
}

#[test]
fn a_csv_file_of_the_wrong_form_is_refused() {
    let csv = Csv::default();
    assert_eq!(
        csv_error(&csv, "1,2,0\n1,2,0\n1,2\n"),
        "file: line 3 has 2 columns, but the lines before it have 3"
    );
    assert_eq!(csv_error(&csv, "1,0\r2\r"), "file: line 1 has 1 columns, but the lines before it have 2");
    assert_eq!(csv_error(&csv, ""), "file: no rows: a CSV file must have at least one");
    let header = Csv { header: true, ..Csv::default() };
    assert_eq!(csv_error(&header, "a,b\n"), "file: no rows: a CSV file must have at least one");
    assert_eq!(
        csv_error(&csv, "1;0\n"),
        "file: line 1 has 1 columns, too few for the label in column 1 and at least one number beside it: \
         are the fields separated by commas?"
    );
    let far = Csv { label: Column::At(5), ..Csv::default() };
    assert_eq!(
        csv_error(&far, "1,2\n"),
        "file: line 1 has 2 columns, too few for the label in column 6 and at least one number beside it: \
         are the fields separated by commas?"
    );
    let many = Csv { classes: Some(u32::MAX as usize + 1), ..Csv::default() };
    assert!(csv_error(&many, "1,2\n").starts_with("file: 4294967296 classes are too many"));
}

proptest! {
    #[test]
    fn idx_bytes_come_back(extents in prop::collection::vec(0_usize..6, 0..5), seed: u8) {
        let count: usize = extents.iter().product();
        let data: Vec<u8> = (0..count).map(|i| (i as u8).wrapping_mul(31).wrapping_add(seed)).collect();
        let bytes = idx_bytes(&extents, &data);
        let expected = Idx { extents, data };
        prop_assert_eq!(&idx::from_reader("plain", &bytes[..]).unwrap(), &expected);
        prop_assert_eq!(&idx::from_reader("packed", &gzip(&bytes)[..]).unwrap(), &expected);
        // Every shorter file is refused: none is read as something else.
        for length in 0..bytes.len() {
            prop_assert!(idx::from_reader("cut", &bytes[..length]).is_err());
        }
    }

    #[test]
    fn no_bytes_crash_the_readers(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let _ = idx::from_reader("any", &bytes[..]);
        let _ = csv::from_reader("any", &bytes[..]);
        let _ = csv::from_reader("any", &[&[0x1f, 0x8b], &bytes[..]].concat()[..]);
    }

    #[test]
    fn csv_numbers_come_back_exactly(
        rows in (1_usize..5).prop_flat_map(|columns| prop::collection::vec(
            (prop::collection::vec(any::<f32>().prop_filter("finite", |x| x.is_finite()), columns), 0_usize..9), 1..9))
    ) {
        let line = |(numbers, label): &(Vec<f32>, usize)| {
            numbers.iter().map(|x| format!("{x},")).collect::<String>() + &format!("{label}\n")
        };
        let text: String = rows.iter().map(line).collect();
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("data.csv.gz"), gzip(text.as_bytes())).unwrap();
        let data: Dataset = csv::read(dir.path().join("data.csv")).unwrap();
        let bits = |numbers: &[f32]| numbers.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        let numbers: Vec<f32> = rows.iter().flat_map(|(numbers, _)| numbers.clone()).collect();
        prop_assert_eq!(bits(data.x().data()), bits(&numbers));
        let labels: Vec<u32> = rows.iter().map(|&(_, label)| label as u32).collect();
        prop_assert_eq!(data.labels().as_slice(), &labels[..]);
    }
}
