//! `Numbers`: the number type of an array, and how its bytes are read.

use autograd::Element;

/// A type of numbers in a file.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Numbers {
    kind: Kind,
    big_endian: bool,
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Kind {
    Bool,
    I8,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
    F32,
    F64,
}

impl Numbers {
    /// The type of a code such as `<f4`: byte order, kind, size.
    pub(super) fn new(code: &str) -> Option<Numbers> {
        let (order, kind) = code.split_at_checked(1)?;
        let kind = match kind {
            "b1" => Kind::Bool,
            "i1" => Kind::I8,
            "i2" => Kind::I16,
            "i4" => Kind::I32,
            "i8" => Kind::I64,
            "u1" => Kind::U8,
            "u2" => Kind::U16,
            "u4" => Kind::U32,
            "u8" => Kind::U64,
            "f4" => Kind::F32,
            "f8" => Kind::F64,
            _ => return None,
        };
        let big_endian = match order {
            "<" => false,
            ">" => true,
            "|" if matches!(kind, Kind::Bool | Kind::I8 | Kind::U8) => false,
            "=" => cfg!(target_endian = "big"),
            _ => return None,
        };
        Some(Numbers { kind, big_endian })
    }

    /// Bytes of one number.
    pub(super) fn bytes(self) -> usize {
        match self.kind {
            Kind::Bool | Kind::I8 | Kind::U8 => 1,
            Kind::I16 | Kind::U16 => 2,
            Kind::I32 | Kind::U32 | Kind::F32 => 4,
            Kind::I64 | Kind::U64 | Kind::F64 => 8,
        }
    }

    /// The numbers that these bytes are.
    pub(super) fn read<T: Element>(self, bytes: &[u8]) -> Vec<T> {
        match self.kind {
            Kind::Bool => self.convert(bytes, |[byte]| f64::from(u8::from(byte != 0))),
            Kind::I8 => self.convert(bytes, |bytes| f64::from(i8::from_le_bytes(bytes))),
            Kind::I16 => self.convert(bytes, |bytes| f64::from(i16::from_le_bytes(bytes))),
            Kind::I32 => self.convert(bytes, |bytes| f64::from(i32::from_le_bytes(bytes))),
            Kind::I64 => self.convert(bytes, |bytes| i64::from_le_bytes(bytes) as f64),
            Kind::U8 => self.convert(bytes, |bytes| f64::from(u8::from_le_bytes(bytes))),
            Kind::U16 => self.convert(bytes, |bytes| f64::from(u16::from_le_bytes(bytes))),
            Kind::U32 => self.convert(bytes, |bytes| f64::from(u32::from_le_bytes(bytes))),
            Kind::U64 => self.convert(bytes, |bytes| u64::from_le_bytes(bytes) as f64),
            Kind::F32 => self.convert(bytes, |bytes| f64::from(f32::from_le_bytes(bytes))),
            Kind::F64 => self.convert(bytes, f64::from_le_bytes),
        }
    }

    fn convert<T: Element, const N: usize>(self, bytes: &[u8], number: impl Fn([u8; N]) -> f64) -> Vec<T> {
        let (chunks, _) = bytes.as_chunks::<N>();
        let one = |&(mut chunk): &[u8; N]| {
            if self.big_endian {
                chunk.reverse();
            }
            T::from_f64(number(chunk))
        };
        chunks.iter().map(one).collect()
    }
}
