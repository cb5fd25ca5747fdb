//! NumPy's files: what NumPy wrote comes back, and what is said about files that are not right.

use autograd::Tensor;
use nn::data::npy::{self, Npz};
use nn::data::{DataError, Labels};
use proptest::prelude::*;

/// A file of version 1 with this header and these data.
pub(crate) fn file(header: &str, data: &[u8]) -> Vec<u8> {
    let length = (header.len() as u16).to_le_bytes();
    [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), data].concat()
}

fn header(descr: &str, shape: &str) -> String {
    format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}")
}

fn read(bytes: &[u8]) -> Result<Tensor<f64>, DataError> {
    npy::from_reader("file", bytes)
}

fn message(bytes: &[u8]) -> String {
    read(bytes).unwrap_err().to_string()
}

/// Written by NumPy 2: `x` a float32 array 0 to 23 of shape (2, 3, 4), `y` int64, `f` big-endian int16 in Fortran order.
const COMPRESSED: &[u8] = include_bytes!("../data/compressed.npz");
/// Written by NumPy 2 without compression: `x` float64, `flag` of booleans, `s` a single float32.
pub(crate) const STORED: &[u8] = include_bytes!("../data/stored.npz");

#[test]
fn what_numpy_wrote_comes_back() {
    let mut arrays = Npz::from_bytes("compressed.npz", COMPRESSED).unwrap();
    assert_eq!(arrays.names(), ["f", "x", "y"]);
    assert_eq!(arrays.tensor("x").unwrap(), Tensor::from_fn([2, 3, 4], |i| i as f32));
    let y: Tensor = arrays.tensor("y").unwrap();
    assert_eq!(Labels::from_tensor(&y, 3).unwrap().as_slice(), [2, 0, 1]);
    assert_eq!(arrays.tensor("f").unwrap(), Tensor::from([[-3.0, -2.0, -1.0], [0.0, 1.0, 2.0_f32]]));
    assert_eq!(
        arrays.tensor::<f32>("z").unwrap_err().to_string(),
        "compressed.npz: no array is called \"z\": there are f, x, y"
    );

    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("stored.npz");
    assert!(
        matches!(Npz::open(&path), Err(DataError::InFile { error, .. }) if matches!(*error, DataError::Missing))
    );
    std::fs::write(&path, STORED).unwrap();
    let mut arrays = Npz::open(&path).unwrap();
    let x = Tensor::from([[0.0, 0.25, 0.5], [0.75, 1.0, 1.25_f64]]);
    assert_eq!(arrays.tensor("x").unwrap(), x);
    assert_eq!(arrays.tensor("flag").unwrap(), Tensor::from([1.0_f32, 0.0]));
    assert_eq!(arrays.tensor("s").unwrap(), Tensor::scalar(2.5_f64));
}

#[test]
fn every_number_type_is_read() {
    let one = |descr: &str, bytes: &[u8]| read(&file(&header(descr, "(1,)"), bytes)).unwrap().item();
    assert_eq!(one("|b1", &[1]), 1.0);
    assert_eq!(one("|i1", &[0xfe]), -2.0);
    assert_eq!(one("|u1", &[0xfe]), 254.0);
    assert_eq!(one("<i2", &[0xfe, 0xff]), -2.0);
    assert_eq!(one(">u2", &[1, 2]), 258.0);
    assert_eq!(one("<i4", &(-70_000_i32).to_le_bytes()), -70_000.0);
    assert_eq!(one(">u4", &4_000_000_000_u32.to_be_bytes()), 4e9);
    assert_eq!(one("<i8", &(-(1_i64 << 40)).to_le_bytes()), -(2.0_f64.powi(40)));
    assert_eq!(one(">u8", &(1_u64 << 63).to_be_bytes()), 2.0_f64.powi(63));
    assert_eq!(one("<f4", &0.1_f32.to_le_bytes()), f64::from(0.1_f32));
    assert_eq!(one(">f8", &0.1_f64.to_be_bytes()), 0.1);
    assert!(one("<f8", &f64::NAN.to_le_bytes()).is_nan());
}

#[test]
fn headers_may_be_written_in_many_ways() {
    let data = [1, 2, 3, 4, 5, 6];
    let wanted = Tensor::from([[1.0, 3.0, 5.0], [2.0, 4.0, 6.0]]);
    let text = "  {\"shape\":(2L,3L),'fortran_order' : True,'descr':'|u1'}   \n";
    assert_eq!(read(&file(text, &data)).unwrap(), wanted);
    let long =
        [b"\x93NUMPY\x02\x00", &(text.len() as u32).to_le_bytes()[..], text.as_bytes(), &data].concat();
    assert_eq!(read(&long).unwrap(), wanted);
    assert_eq!(read(&file(&header("|u1", "()"), &[7])).unwrap(), Tensor::scalar(7.0));
    assert_eq!(read(&file(&header("<f4", "(0, 3)"), &[])).unwrap().shape(), [0, 3]);
}

#[test]
fn a_file_that_is_not_right_says_where() {
    let format = |offset, problem: &str| {
        format!("file: not a file of the format npy that can be read: at byte {offset}: {problem}")
    };
    assert_eq!(
        message(b"PK\x03\x04 a zip file"),
        format(0, "it does not begin with \\x93NUMPY and a version")
    );
    assert_eq!(message(b""), format(0, "it does not begin with \\x93NUMPY and a version"));
    assert_eq!(message(b"\x93NUMPY\x09\x00"), format(6, "version 9 is not known: 1, 2 and 3 are"));
    let text = |text: &str| message(&file(text, &[]));
    assert_eq!(text("[]"), format(10, "'{' expected"));
    assert_eq!(text("{'descr' '<f4'}"), format(19, "':' expected"));
    assert_eq!(text("{'descr': '<f4"), format(20, "a text without an end"));
    assert_eq!(text("{'color': 1}"), format(11, "the key \"color\" is not known"));
    assert_eq!(text("{'shape': (-1,)}"), format(21, "an extent expected"));
    assert_eq!(text("{'shape': (99999999999999999999,)}"), format(21, "an extent expected"));
    assert_eq!(text("{'fortran_order': maybe}"), format(28, "True or False expected"));
    assert_eq!(text("{}"), format(12, "the header lacks one of 'descr', 'fortran_order' and 'shape'"));
    assert!(text(&header("<c8", "(1,)")).starts_with(&format(20, "numbers of type \"<c8\" cannot be read")));
    assert_eq!(
        text("{'descr': [('a', '<f4')]}"),
        format(20, "arrays of records cannot be read: save each field by itself")
    );
    let nine = header("|u1", "(1,1,1,1,1,1,1,1,1)");
    assert_eq!(text(&nine), format(10 + nine.len(), "9 axes, but a tensor has at most 8"));

    let short = header("<f4", "(2, 2)");
    assert_eq!(
        message(&file(&short, &[0; 15])),
        "file: the file ends too early, in its data: 16 bytes expected, 15 found; download it again"
    );
    assert_eq!(
        message(&file(&short, &[0; 17])),
        "file: the file goes on after the 16 bytes of data that its header announces: it is damaged"
    );
    assert!(text(&header("<f8", "(4000000000, 4000000000)")).contains("more than memory can hold"));
    assert!(text(&header("<f8", "(0, 4000000000, 4000000000)")).contains("more than memory can hold"));
    assert!(text(&header("<f8", "(0, 99999999999)")).contains("more than memory can hold"));
    assert!(text(&header("<f8", "(4000000000,)")).contains("32000000000 bytes expected, 0 found"));
    let label = Labels::from_tensor(&Tensor::from([0.0_f32, 2.0, 3.0]), 3).unwrap_err();
    assert_eq!(
        label.to_string(),
        "3 at position 2 is no label: with 3 classes, labels are whole numbers from 0 and less than 3"
    );
    assert!(Labels::from_tensor(&Tensor::from([f32::NAN]), 3).is_err());
    assert!(Labels::from_tensor(&Tensor::from([-1.0_f32]), 3).is_err());
}

proptest! {
    #[test]
    fn fortran_order_is_another_way_to_count(extents in prop::collection::vec(0_usize..5, 0..5)) {
        let count: usize = extents.iter().product();
        let text = format!("({})", extents.iter().map(|extent| format!("{extent},")).collect::<String>());
        let text = format!("{{'descr': '<i2', 'fortran_order': True, 'shape': {text}}}");
        let data: Vec<u8> = (0..count).flat_map(|i| (i as i16).to_le_bytes()).collect();
        let x = read(&file(&text, &data)).unwrap();
        prop_assert_eq!(&x.shape()[..], &extents[..]);
        for place in 0..count {
            // The index of this place when the first axis runs fastest.
            let mut rest = place;
            let index: Vec<usize> = extents.iter().map(|extent| {
                let at = rest % extent;
                rest /= extent;
                at
            }).collect();
            prop_assert_eq!(x.at(&index), place as f64);
        }
    }
}
