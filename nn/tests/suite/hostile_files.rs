//! Damaged and hostile safetensors files: each is a typed error, with little memory taken; nothing is read that the format's own
//! reader refuses.

use autograd::Tensor;
use nn::io::{FileError, NamedTensors};
use nn::prelude::*;
use rand::RngExt;
use safetensors::tensor::SafeTensors;

use crate::allocations::bytes_asked;

/// A file with this text as its header, and so many bytes of data.
fn file(header: &str, data: usize) -> Vec<u8> {
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.as_bytes());
    bytes.extend((0..data).map(|i| i as u8));
    bytes
}

/// The text of an entry.
fn entry(name: &str, dtype: &str, shape: &str, start: u64, end: u64) -> String {
    format!("\"{name}\":{{\"dtype\":\"{dtype}\",\"shape\":{shape},\"data_offsets\":[{start},{end}]}}")
}

fn read(bytes: &[u8]) -> Result<NamedTensors, FileError> {
    let mut result = None;
    let asked = bytes_asked(|| result = Some(NamedTensors::from_bytes(bytes)));
    // JSON takes the most: two bytes of a shape's text are an extent of 8 bytes, in a vector that doubles.
    let most = 64 * bytes.len() as u64 + 10_000;
    assert!(asked <= most, "{asked} bytes were asked for a file of {}", bytes.len());
    result.expect("the closure was called")
}

fn message(bytes: &[u8]) -> String {
    read(bytes).unwrap_err().to_string()
}

#[test]
fn each_lie_of_a_header_is_named() {
    let one = |dtype, shape, start, end| file(&format!("{{{}}}", entry("w", dtype, shape, start, end)), 8);
    read(&one("F32", "[2]", 0, 8)).unwrap();

    let is_it = "is this a safetensors file?";
    let mut long = one("F32", "[2]", 0, 8);
    long[..8].copy_from_slice(&u64::MAX.to_le_bytes());
    assert_eq!(
        message(&long),
        format!(
            "the first 8 bytes announce a header of {} bytes, and 100000000 are the most: {is_it}",
            u64::MAX
        )
    );
    long[..8].copy_from_slice(&99_999_999_u64.to_le_bytes());
    let found = long.len() - 8;
    assert_eq!(
        message(&long),
        format!(
            "the file ends too early, in its header: 99999999 bytes expected, {found} found; copy or save it again"
        )
    );
    assert_eq!(
        message(b""),
        "the file ends too early, in the length of its header: 8 bytes expected, 0 found; copy or save it again"
    );
    let whole = one("F32", "[2]", 0, 8);
    assert_eq!(
        message(&whole[..whole.len() - 3]),
        format!(
            "the file ends too early, in tensor \"w\", which begins at byte {}: 8 bytes expected, 5 found; \
             copy or save it again",
            whole.len() - 8
        )
    );
    assert_eq!(
        message(&[&whole[..], &[0]].concat()),
        format!("the file goes on after byte {}, where its last tensor ends: it is damaged", whole.len())
    );

    let next = "tensors lie one behind the other, without gaps";
    assert_eq!(
        message(&one("F32", "[1]", 4, 8)),
        format!("tensor \"w\" is said to be in bytes 4 to 8 of the data, but the next byte is 0: {next}")
    );
    assert_eq!(
        message(&one("F32", "[1]", 0, 8)),
        "tensor \"w\": F32 numbers of shape [1] do not fill 8 bytes"
    );
    let overlapping = [entry("a", "F32", "[2]", 0, 8), entry("b", "F32", "[1]", 4, 8)].join(",");
    assert_eq!(
        message(&file(&format!("{{{overlapping}}}"), 8)),
        format!("tensor \"b\" is said to be in bytes 4 to 8 of the data, but the next byte is 8: {next}")
    );
    let backwards = entry("b", "F32", "[0]", 8, 0);
    assert!(matches!(
        read(&file(&format!("{{{backwards}}}"), 8)),
        Err(FileError::Offsets { start: 8, end: 0, .. })
    ));
    let twice = [entry("a", "F32", "[1]", 0, 4), entry("a", "F32", "[1]", 4, 8)].join(",");
    assert_eq!(
        message(&file(&format!("{{{twice}}}"), 8)),
        "two tensors are named \"a\": each name may occur once"
    );
    let same = [entry("a", "F32", "[2, 1]", 0, 8), entry("a", "F32", "[1, 2]", 0, 8)].join(",");
    assert!(read(&file(&format!("{{{same}}}"), 8)).is_err(), "twice in one place");

    // Far beyond memory: products that overflow, and one that does not.
    for (shape, end) in [("[4294967295,4294967295,4294967295]", 8), ("[4294967295,4294967295]", 8)] {
        assert!(matches!(read(&one("F32", shape, 0, end)), Err(FileError::Size { .. })), "{shape}");
    }
    assert!(matches!(read(&one("U8", "[1099511627776]", 0, 1 << 40)), Err(FileError::Shape { .. })));
    assert!(matches!(
        read(&one("U8", "[1048576,1048576]", 0, 1 << 40)),
        Err(FileError::Truncated { expected: 1_099_511_627_776, found: 8, .. })
    ));
    assert!(matches!(read(&one("F32", "[0,4294967296]", 0, 0)), Err(FileError::Shape { .. })));
    assert_eq!(
        message(&one("F32", "[1,1,1,1,1,1,1,1,2]", 0, 8)),
        "tensor \"w\" has the shape [1, 1, 1, 1, 1, 1, 1, 1, 2]: \
         a tensor has at most 8 axes of less than 2^32 indices each"
    );
    read(&one("F32", "[1,1,1,1,1,1,1,2]", 0, 8)).unwrap();
}

#[test]
fn a_header_that_is_not_the_formats_json_is_named_with_its_place() {
    let dtype = message(&file(&format!("{{{}}}", entry("w", "F33", "[2]", 0, 8)), 8));
    assert!(
        dtype.starts_with("the header is wrong at byte ") && dtype.contains("\"w\": unknown variant `F33`"),
        "{dtype}"
    );
    for (header, place) in [
        ("", 8),
        ("{", 8),
        ("[]", 8),
        ("nul", 10),
        ("{\"w\":1}", 13),
        ("{\"w\":\n{}}", 15),
        ("{\"__metadata__\":{\"a\":1}}", 29),
        ("{\"__metadata__\":{},}", 27),
        ("{} {}", 11),
    ] {
        match read(&file(header, 0)) {
            Err(FileError::Header { offset, reason }) => {
                assert_eq!(offset, place, "{header:?}: {reason}");
            }
            other => panic!("{header:?}: {other:?}"),
        }
    }
    for bad in ["[-1]", "[1.5]", "[2e0]", "[18446744073709551616]", "{}", "[null]", "[[2]]"] {
        assert!(matches!(
            read(&file(&format!("{{{}}}", entry("w", "F32", bad, 0, 8)), 8)),
            Err(FileError::Header { .. })
        ));
    }
    // Deep nesting neither overflows the stack nor is read.
    let deep = format!("{{\"w\":{{\"x\":{}1{}}}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(matches!(read(&file(&deep, 0)), Err(FileError::Header { .. })));
    let mut not_text = file("{\"w\":1}", 0);
    not_text[10] = 0xff;
    assert!(matches!(read(&not_text), Err(FileError::Header { .. })));
    // A name as long as a file is cut in messages.
    let long = message(&file(&format!("{{{}}}", entry(&"n".repeat(1_000_000), "F32", "[2]", 0, 4)), 4));
    assert!(long.len() < 400, "{} bytes of message", long.len());
    read(&file("{}", 0)).unwrap();
    read(&file("{  }  \n", 0)).unwrap();
}

#[test]
fn a_source_without_an_end_takes_no_memory() {
    struct Endless(u8);
    impl std::io::Read for Endless {
        fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
            out.fill(self.0);
            Ok(out.len())
        }
    }
    assert!(matches!(NamedTensors::<f32>::from_reader(Endless(0)), Err(FileError::Header { .. })));
    assert!(matches!(NamedTensors::<f32>::from_reader(Endless(1)), Err(FileError::HeaderLength { .. })));
    let empty = file("{}", 0);
    let endless = std::io::Read::chain(&empty[..], Endless(0));
    assert!(matches!(NamedTensors::<f32>::from_reader(endless), Err(FileError::Trailing { end: 10 })));
}

/// Texts that replace a part of a header: numbers and words where others are expected.
const PIECES: [&str; 16] = [
    "0",
    "1",
    "-1",
    "8",
    "4294967296",
    "18446744073709551615",
    "F32",
    "F64",
    "I64",
    "F4",
    "[",
    "]",
    "\"",
    ",",
    "__metadata__",
    "data_offsets",
];

/// One change at a random place.
fn mutate(bytes: &mut Vec<u8>, rng: &mut nn::Rng) {
    let header = u64::from_le_bytes(bytes.first_chunk().map_or([0; 8], |first| *first));
    let text = 8..(8_usize.saturating_add(header as usize)).min(bytes.len()).max(8);
    let at = |rng: &mut nn::Rng, range: std::ops::Range<usize>| {
        if range.is_empty() { range.start } else { rng.random_range(range) }
    };
    match rng.random_range(0..10) {
        0 => bytes.truncate(at(rng, 0..bytes.len())),
        1 if !bytes.is_empty() => {
            let at = at(rng, 0..bytes.len());
            bytes[at] ^= 1 << rng.random_range(0..8);
        }
        2 if bytes.len() >= 8 => {
            let length = rng.random::<u64>() >> rng.random_range(0..64);
            bytes[..8].copy_from_slice(&length.to_le_bytes());
        }
        3 => bytes.extend([0; 16].iter().take(rng.random_range(1..16))),
        // A number of the header becomes another, a word another: the length of the header is kept true.
        4..7 if bytes.len() >= text.end => {
            let start = at(rng, text.clone());
            let kind = bytes.get(start).map_or(0, |byte| u8::from(byte.is_ascii_digit()));
            let mut end = start;
            while end < text.end && u8::from(bytes[end].is_ascii_digit()) == kind && end < start + 12 {
                end += 1;
            }
            let piece = PIECES[rng.random_range(0..PIECES.len())];
            let grown = (text.end - 8) + piece.len() - (end.min(bytes.len()) - start.min(bytes.len()));
            let len = bytes.len();
            bytes.splice(start.min(len)..end.min(len), piece.bytes());
            if bytes.len() >= 8 {
                bytes[..8].copy_from_slice(&(grown as u64).to_le_bytes());
            }
        }
        // Data only.
        7 | 8 if bytes.len() > text.end => {
            let at = at(rng, text.end..bytes.len());
            bytes[at] = rng.random();
        }
        // A piece of the header twice.
        _ if bytes.len() >= text.end && text.len() > 20 => {
            let start = at(rng, text.start..text.end - 10);
            let piece = bytes[start..text.end.min(start + 60)].to_vec();
            let grown = (text.len() + piece.len()) as u64;
            bytes.splice(start..start, piece);
            bytes[..8].copy_from_slice(&grown.to_le_bytes());
        }
        _ => {}
    }
}

#[test]
fn thousands_of_damaged_files_are_refused_or_read_as_the_format_says() {
    let net = Mlp::new(&[3, 4, 2], nn::Relu, &mut nn::rng(1));
    let mut named = NamedTensors::of(&net);
    named.push("nothing", Tensor::zeros([0]));
    named.metadata.insert("of".into(), "a test".into());
    let whole = named.to_bytes().unwrap();
    let (mut refused, mut taken) = (0, 0);
    for seed in 0..20_000 {
        let mut rng = nn::rng(seed);
        let mut bytes = whole.clone();
        for _ in 0..rng.random_range(1..4) {
            mutate(&mut bytes, &mut rng);
        }
        let mut loaded = net.clone();
        match (read(&bytes), SafeTensors::deserialize(&bytes)) {
            (Err(error), theirs) => {
                refused += 1;
                assert!(!error.to_string().is_empty(), "seed {seed}");
                // What only this reader refuses, and why.
                let ours_alone = matches!(
                    error,
                    FileError::Duplicate { .. }
                        | FileError::NumberType { .. }
                        | FileError::Shape { .. }
                        | FileError::Number { .. }
                );
                assert!(theirs.is_err() || ours_alone, "seed {seed}: {error}");
            }
            (Ok(ours), Ok(theirs)) => {
                taken += 1;
                assert_eq!(ours.tensors.len(), theirs.len(), "seed {seed}");
                for (name, tensor) in &ours.tensors {
                    let view = theirs.tensor(name).unwrap();
                    assert_eq!(tensor.shape(), *view.shape(), "seed {seed}");
                    if view.dtype() == safetensors::Dtype::F32 {
                        let raw: Vec<u8> = tensor.data().iter().flat_map(|x| x.to_le_bytes()).collect();
                        // A signalling NaN becomes a quiet one.
                        let quiet = tensor.data().iter().any(|x| x.is_nan());
                        assert!(quiet || raw == view.data(), "seed {seed}");
                    }
                }
                let _ = ours.load_partial_into(&mut loaded);
            }
            (Ok(_), Err(error)) => panic!("seed {seed}: the format's own reader refuses this: {error}"),
        }
    }
    assert!(refused > 5_000 && taken > 1_000, "{refused} refused, {taken} taken: mutations are one-sided");
}

#[test]
fn a_file_cut_at_any_byte_leaves_the_model_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("cut.safetensors");
    let whole = NamedTensors::of(&Linear::new(3, 2, &mut nn::rng(1))).to_bytes().unwrap();
    let mut net = Linear::new(3, 2, &mut nn::rng(2));
    let before = net.clone();
    for length in 0..whole.len() {
        std::fs::write(&path, &whole[..length]).unwrap();
        let error = nn::io::load(&mut net, &path).unwrap_err();
        assert!(
            matches!(&error, FileError::InFile { error, .. } if matches!(**error, FileError::Truncated { .. }))
        );
        assert!(error.to_string().starts_with(&format!("{}: the file ends too early", path.display())));
        assert_eq!((&net.weight, &net.bias), (&before.weight, &before.bias));
    }
}
