//! Models and tensors in safetensors files: what is written, what is read, and what is refused.

use std::io::{Error, Write};

use nn::io::{self, FileError, NamedTensors};
use nn::{Relu, Tanh, prelude::*};
use proptest::prelude::*;
use safetensors::tensor::{Dtype, SafeTensors, TensorView};

/// A layer with a state, and a parameter that is not trained by any of its own.
#[derive(Clone)]
struct Scaled<P = Tensor> {
    inner: Linear<P>,
    scale: P,
    seen: P,
}
module!(Scaled { child inner, param scale, state seen });

fn scaled(seed: u64) -> Scaled {
    let mut rng = nn::rng(seed);
    let seen = Tensor::from_fn([2], |i| i as f32 - seed as f32);
    Scaled { inner: Linear::new(3, 2, &mut rng), scale: Tensor::scalar(0.1 * seed as f32), seen }
}

fn bits<M: Model<f32>>(model: &M) -> Vec<u32> {
    let mut bits = Vec::new();
    model.visit(&mut |_, tensor| bits.extend(tensor.data().iter().map(|x| x.to_bits())));
    bits
}

#[test]
fn a_model_comes_back_to_the_bit() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("net.safetensors");
    let (saved, mut loaded) = (scaled(1), scaled(2));
    io::save(&saved, &path).unwrap();
    io::load(&mut loaded, &path).unwrap();
    assert_eq!(bits(&saved), bits(&loaded));

    // In double precision, and in each other's.
    let double =
        (scaled(3).cast::<f64>(), vec![Some(Linear::new(2, 2, &mut nn::rng(4)).cast::<f64>()), None]);
    io::save(&double, &path).unwrap();
    let mut again = double.map_params(&mut |tensor| Tensor::<f64>::zeros(tensor.shape()));
    io::load(&mut again, &path).unwrap();
    assert_eq!((&again.0.inner.weight, &again.0.seen), (&double.0.inner.weight, &double.0.seen));
    let mut single = double.map_params(&mut |tensor| Tensor::<f32>::zeros(tensor.shape()));
    io::load(&mut single, &path).unwrap();
    assert_eq!(single.0.inner.weight, scaled(3).inner.weight);
    let names: Vec<_> =
        NamedTensors::<f64>::open(&path).unwrap().tensors.into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["0.inner.weight", "0.inner.bias", "0.scale", "0.seen", "1.0.weight", "1.0.bias"]);
}

#[test]
fn every_number_comes_back_to_the_bit() {
    let special =
        [0.0, -0.0, f32::MIN_POSITIVE, 1e-45, f32::MAX, f32::INFINITY, f32::NEG_INFINITY, f32::NAN, 0.1];
    let mut kept = NamedTensors::default();
    kept.push("", Tensor::from(special));
    kept.push("empty", Tensor::<f32>::zeros([3, 0, 2]));
    kept.push("quotes \" and \n and \u{fffd}", Tensor::scalar(7.0));
    kept.metadata.insert("z\n".into(), "\"".into());
    kept.metadata.insert("a".into(), String::new());
    let bytes = kept.to_bytes().unwrap();
    let read = NamedTensors::<f32>::from_bytes(&bytes).unwrap();
    for (x, y) in read.get("").unwrap().data().iter().zip(special) {
        assert_eq!(x.to_bits(), y.to_bits());
    }
    assert_eq!(read.metadata, kept.metadata);
    // The format names no order for tensors without numbers.
    for (name, tensor) in &kept.tensors[1..] {
        assert_eq!(read.get(name), Some(tensor), "{name}");
    }
    assert_eq!(bytes, kept.clone().to_bytes().unwrap(), "the same content gives the same bytes");
    let doubles = NamedTensors::<f64>::from_bytes(&bytes).unwrap();
    assert_eq!(doubles.get("").unwrap().data()[8], f64::from(0.1_f32));
}

#[test]
fn the_authors_of_the_format_read_what_is_written() {
    let mut kept = NamedTensors::of(&scaled(5));
    kept.metadata.insert("epoch".into(), "12".into());
    let bytes = kept.to_bytes().unwrap();
    let length = u64::from_le_bytes(bytes[..8].try_into().unwrap());
    assert_eq!(length % 8, 0, "data is aligned");
    let (_, header) = SafeTensors::read_metadata(&bytes).unwrap();
    assert_eq!(header.metadata().as_ref().unwrap()["epoch"], "12");
    let theirs = SafeTensors::deserialize(&bytes).unwrap();
    assert_eq!(theirs.len(), kept.tensors.len());
    for (name, tensor) in &kept.tensors {
        let view = theirs.tensor(name).unwrap();
        let raw: Vec<u8> = tensor.data().iter().flat_map(|x| x.to_le_bytes()).collect();
        assert_eq!((view.dtype(), view.shape(), view.data()), (Dtype::F32, &tensor.shape()[..], &raw[..]));
    }
}

/// A file of one tensor, as the authors of the format write it.
fn file_of(dtype: Dtype, shape: &[usize], bytes: &[u8]) -> Vec<u8> {
    safetensors::serialize([("it", TensorView::new(dtype, shape.to_vec(), bytes).unwrap())], None).unwrap()
}

#[test]
fn numbers_of_other_types_are_kept_exactly_or_refused() {
    let single = |dtype, bytes: &[u8]| {
        let size = bytes.len() * 8 / dtype_bits(dtype);
        NamedTensors::<f32>::from_bytes(&file_of(dtype, &[size], bytes))
            .map(|read| read.tensors[0].1.to_vec())
    };
    fn dtype_bits(dtype: Dtype) -> usize {
        dtype.bitsize()
    }
    let le = |numbers: &[f64]| numbers.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>();
    assert_eq!(single(Dtype::F64, &le(&[0.1, -1e-60, f64::INFINITY])).unwrap(), [0.1, -0.0, f32::INFINITY]);
    assert!(single(Dtype::F64, &le(&[f64::NAN])).unwrap()[0].is_nan());
    assert_eq!(single(Dtype::F16, &[0x00, 0x3c, 0x00, 0xc0, 0xff, 0x7b]).unwrap(), [1.0, -2.0, 65504.0]);
    assert_eq!(single(Dtype::BF16, &[0x80, 0x3f, 0x49, 0x40]).unwrap(), [1.0, 3.140625]);
    assert_eq!(single(Dtype::I64, &(-16777216_i64).to_le_bytes()).unwrap(), [-16777216.0]);
    assert_eq!(single(Dtype::U64, &(1_u64 << 63).to_le_bytes()).unwrap(), [9.223372e18]);
    assert_eq!(single(Dtype::I32, &(-5_i32).to_le_bytes()).unwrap(), [-5.0]);
    assert_eq!(single(Dtype::U32, &(1_u32 << 31).to_le_bytes()).unwrap(), [2147483648.0]);
    assert_eq!(single(Dtype::I16, &(-300_i16).to_le_bytes()).unwrap(), [-300.0]);
    assert_eq!(single(Dtype::U16, &65535_u16.to_le_bytes()).unwrap(), [65535.0]);
    assert_eq!(single(Dtype::I8, &[0xff, 3]).unwrap(), [-1.0, 3.0]);
    assert_eq!(single(Dtype::U8, &[0xff, 3]).unwrap(), [255.0, 3.0]);
    assert_eq!(single(Dtype::BOOL, &[1, 0]).unwrap(), [1.0, 0.0]);

    let message = |dtype, bytes: &[u8]| single(dtype, bytes).unwrap_err().to_string();
    let advice = "read the file as f64, or leave this tensor out";
    assert_eq!(
        message(Dtype::F64, &le(&[1.0, 1e39, 1e40])),
        format!("tensor \"it\": {} (F64) at position 1 is no f32: {advice}", 1e39)
    );
    assert_eq!(
        message(Dtype::I32, &16777217_i32.to_le_bytes()),
        format!("tensor \"it\": 16777217 (I32) at position 0 is no f32: {advice}")
    );
    // Rounds to 2^64, which no u64 is.
    assert_eq!(
        message(Dtype::U64, &u64::MAX.to_le_bytes()),
        format!("tensor \"it\": 18446744073709551615 (U64) at position 0 is no f32: {advice}")
    );
    let close = NamedTensors::<f64>::from_bytes(&file_of(Dtype::I64, &[], &(1_i64 << 53 | 1).to_le_bytes()));
    assert!(matches!(close, Err(FileError::Number { position: 0, .. })));
    assert_eq!(
        message(Dtype::F8_E4M3, &[1, 2]),
        "tensor \"it\" has F8_E4M3 numbers, and f32 are wanted: F64, F32, F16, BF16, whole numbers and BOOL can be read"
    );
}

#[test]
fn names_and_shapes_must_be_those_of_the_model() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("net.safetensors");
    io::save(&Mlp::new(&[2, 4, 3], Relu, &mut nn::rng(1)), &path).unwrap();
    let file = path.display();

    let mut other = Mlp::new(&[2, 4, 1, 1], Relu, &mut nn::rng(2));
    other.layers[0].bias = None;
    let before = bits(&other);
    let error = io::load(&mut other, &path).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "{file}: 1 tensors fit the model, 5 do not: \
             missing from the file: \"layers.2.weight\", \"layers.2.bias\"; \
             unexpected in the file: \"layers.0.bias\"; \
             of another shape: \"layers.1.weight\" ([3, 4] in the file, [1, 4] in the model), \
             \"layers.1.bias\" ([3] in the file, [1] in the model); \
             to load what fits, use load_partial; to change names, NamedTensors::rename"
        )
    );
    assert_eq!(bits(&other), before, "a model is unchanged when loading fails");

    let report = io::load_partial(&mut other, &path).unwrap();
    assert_eq!(report.loaded, ["layers.0.weight"]);
    assert_eq!((report.missing.len(), &report.unexpected[..]), (2, &["layers.0.bias".to_owned()][..]));
    assert_ne!(bits(&other)[..8], before[..8]);
    assert_eq!(bits(&other)[8..], before[8..]);
    let report = io::load_partial(&mut other.clone(), dir.path().join("none")).unwrap_err();
    assert!(report.to_string().ends_with("none: cannot be read: No such file or directory (os error 2)"));

    // A long list is cut in the message, not in the data.
    let many = vec![Linear::new(1, 1, &mut nn::rng(1)); 20];
    let error = NamedTensors::default().load_into(&mut many.clone()).unwrap_err();
    assert!(error.to_string().contains("\"3.bias\" and 32 more;"), "{error}");
    assert!(matches!(error, FileError::Mismatch(report) if report.missing.len() == 40));
}

#[test]
fn names_may_be_changed_on_the_way() {
    let net = Mlp::new(&[2, 4, 3], Tanh, &mut nn::rng(1));
    let mut rng = nn::rng(2);
    let mut chain = Sequential((Linear::new(2, 4, &mut rng), Tanh, Linear::new(4, 3, &mut rng)));
    let renamed = NamedTensors::of(&net).rename(|name| {
        let name = name.strip_prefix("layers.")?;
        Some(if let Some(rest) = name.strip_prefix("1.") { format!("2.{rest}") } else { name.to_owned() })
    });
    renamed.load_into(&mut chain).unwrap();
    assert_eq!(bits(&net), bits(&chain));

    let clash = NamedTensors::of(&net).rename(|name| name.rsplit('.').next().map(str::to_owned));
    let message = "two tensors are named \"weight\": each name may occur once";
    assert_eq!(clash.load_into(&mut chain).unwrap_err().to_string(), message);
    assert_eq!(clash.load_partial_into(&mut chain).unwrap_err().to_string(), message);
    assert_eq!(clash.to_bytes().unwrap_err().to_string(), message);
    let reserved = NamedTensors::of(&net).rename(|_| Some("__metadata__".to_owned()));
    assert!(matches!(reserved.to_bytes(), Err(FileError::Reserved { .. })));
}

/// Takes so many bytes, then is full.
struct Full(usize);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.0 == 0 {
            return Err(Error::other("full"));
        }
        let taken = bytes.len().min(self.0);
        self.0 -= taken;
        Ok(taken)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_writer_that_fails_at_any_byte_is_an_error() {
    let kept = NamedTensors::of(&scaled(1));
    let whole = kept.to_bytes().unwrap().len();
    for bytes in 0..whole {
        let error = kept.to_writer(Full(bytes)).unwrap_err();
        assert!(matches!(&error, FileError::Write(error) if error.to_string() == "full"));
    }
    kept.to_writer(Full(whole)).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let error = io::save(&scaled(1), dir.path().join("none/net")).unwrap_err().to_string();
    assert!(error.contains("none/net: cannot be written: ") && error.ends_with("unchanged"), "{error}");
}

proptest! {
    #[test]
    fn named_tensors_come_back(
        named in prop::collection::btree_map(".{0,12}", (prop::collection::vec(0_usize..4, 0..5), any::<u64>()), 0..8),
        metadata in prop::collection::btree_map(".{0,8}", ".{0,20}", 0..4),
    ) {
        prop_assume!(!named.contains_key("__metadata__"));
        let mut kept = NamedTensors::<f64>::default();
        kept.metadata = metadata;
        for (name, (shape, seed)) in named {
            kept.push(name, Tensor::from_fn(shape, |i| f64::from_bits(seed.wrapping_mul(i as u64 + 1) >> 2)));
        }
        let read = NamedTensors::<f64>::from_bytes(&kept.to_bytes().unwrap()).unwrap();
        prop_assert_eq!(&read.metadata, &kept.metadata);
        prop_assert_eq!(read.tensors.len(), kept.tensors.len());
        for (name, tensor) in &kept.tensors {
            prop_assert_eq!(read.get(name), Some(tensor));
        }
    }
}
