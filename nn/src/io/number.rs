//! Numbers as bytes of a file: which types are read, and when a conversion is refused.

use autograd::{Element, Shape, Tensor};
use safetensors::Dtype;

use super::FileError;

/// The type in which numbers of type `T` are written.
pub(super) fn dtype<T: Element>() -> Dtype {
    match T::NAME {
        "f64" => Dtype::F64,
        _ => Dtype::F32,
    }
}

/// Appends the numbers, little-endian, in [`dtype`].
pub(super) fn append<T: Element>(numbers: &[T], out: &mut Vec<u8>) {
    match dtype::<T>() {
        Dtype::F64 => out.extend(numbers.iter().flat_map(|x| x.to_f64().to_le_bytes())),
        _ => out.extend(numbers.iter().flat_map(|x| (x.to_f64() as f32).to_le_bytes())),
    }
}

/// Whether numbers of this type can be read.
pub(super) fn is_read(dtype: Dtype) -> bool {
    use Dtype::*;
    matches!(dtype, F64 | F32 | F16 | BF16 | I64 | U64 | I32 | U32 | I16 | U16 | I8 | U8 | BOOL)
}

/// The tensor of these bytes, whose length is that of the shape.
///
/// `F64` is rounded to the nearest `f32`, and refused if it is too large for one; every other number is kept exactly, or refused.
pub(super) fn read<T: Element>(
    name: &str,
    dtype: Dtype,
    shape: Shape,
    bytes: &[u8],
) -> Result<Tensor<T>, FileError> {
    let whole = |bytes, read: fn(&[u8]) -> i128| {
        convert(name, dtype, shape, bytes, read, |x| x as f64, |x, y| y as i128 == x)
    };
    let float = |bytes, read: fn(&[u8]) -> f64| {
        convert(name, dtype, shape, bytes, read, |x| x, |x, y| y.is_finite() == x.is_finite())
    };
    match dtype {
        Dtype::F64 => float(bytes, |b| f64::from_le_bytes(array(b))),
        Dtype::F32 => float(bytes, |b| f32::from_le_bytes(array(b)).into()),
        Dtype::F16 => float(bytes, |b| f16_to_f64(u16::from_le_bytes(array(b)))),
        // The upper half of an f32.
        Dtype::BF16 => float(bytes, |b| f32::from_bits(u32::from(u16::from_le_bytes(array(b))) << 16).into()),
        Dtype::I64 => whole(bytes, |b| i64::from_le_bytes(array(b)).into()),
        Dtype::U64 => whole(bytes, |b| u64::from_le_bytes(array(b)).into()),
        Dtype::I32 => whole(bytes, |b| i32::from_le_bytes(array(b)).into()),
        Dtype::U32 => whole(bytes, |b| u32::from_le_bytes(array(b)).into()),
        Dtype::I16 => whole(bytes, |b| i16::from_le_bytes(array(b)).into()),
        Dtype::U16 => whole(bytes, |b| u16::from_le_bytes(array(b)).into()),
        Dtype::I8 => whole(bytes, |b| i8::from_le_bytes(array(b)).into()),
        Dtype::U8 | Dtype::BOOL => whole(bytes, |b| b[0].into()),
        _ => Err(FileError::NumberType { name: name.to_owned(), dtype: dtype.to_string(), wanted: T::NAME }),
    }
}

fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.try_into().expect("as many bytes as the type has")
}

/// Numbers `N` read one by one, and made `T` by way of `f64`; `kept` tells whether the result may stand for the number.
fn convert<T: Element, N: Copy + ToString>(
    name: &str,
    dtype: Dtype,
    shape: Shape,
    bytes: &[u8],
    read: fn(&[u8]) -> N,
    to_f64: fn(N) -> f64,
    kept: fn(N, f64) -> bool,
) -> Result<Tensor<T>, FileError> {
    let size = dtype.bitsize() / 8;
    let mut first_lost = None;
    let tensor = Tensor::from_fn(shape, |position| {
        let number = read(&bytes[position * size..][..size]);
        let value = T::from_f64(to_f64(number));
        if first_lost.is_none() && !kept(number, value.to_f64()) {
            first_lost = Some((position, number));
        }
        value
    });
    match first_lost {
        None => Ok(tensor),
        Some((position, number)) => Err(FileError::Number {
            name: name.to_owned(),
            position,
            value: number.to_string(),
            dtype: dtype.to_string(),
            wanted: T::NAME,
        }),
    }
}

/// The number of a binary16 (IEEE 754-2019, section 3.6): sign, 5 bits of exponent with bias 15, 10 bits of fraction.
fn f16_to_f64(bits: u16) -> f64 {
    let (exponent, fraction) = (u64::from(bits >> 10 & 0x1f), u64::from(bits & 0x3ff));
    let magnitude = match exponent {
        // Subnormal numbers and 0 count in steps of 2^-24.
        0 => fraction as f64 * 2.0_f64.powi(-24),
        0x1f => f64::from_bits(0x7ff << 52 | fraction << 42),
        _ => f64::from_bits((exponent + (1023 - 15)) << 52 | fraction << 42),
    };
    if bits >> 15 == 1 { -magnitude } else { magnitude }
}

#[cfg(test)]
mod tests {
    use super::f16_to_f64;

    #[test]
    fn every_half_is_its_definition() {
        for bits in 0..=u16::MAX {
            let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
            let (exponent, fraction) = (i32::from(bits >> 10 & 31), f64::from(bits & 1023));
            let found = f16_to_f64(bits);
            match (exponent, fraction) {
                (31, 0.0) => assert_eq!(found, sign * f64::INFINITY),
                (31, _) => assert!(found.is_nan()),
                (0, _) => assert_eq!(found, sign * fraction / 1024.0 / 16384.0, "{bits:#x}"),
                _ => assert_eq!(
                    found,
                    sign * (1.0 + fraction / 1024.0) * 2.0_f64.powi(exponent - 15),
                    "{bits:#x}"
                ),
            }
            assert_eq!(found.is_sign_negative(), sign < 0.0, "{bits:#x}");
        }
    }
}
