//! The levels as types: what generic kernel code asks at compile time, and the macro that
//! compiles one generic body once for each level.

use super::level::Level;

/// A level as a type. `#[inline(always)]` code that is generic over it is compiled inside a
/// function that has the level's instructions enabled.
pub(super) trait Simd: Copy + 'static {
    /// The level.
    const LEVEL: Level;
    /// A fused multiply-add is one instruction; elsewhere it would be a library call.
    const FMA: bool;
}

/// [`Level::Portable`].
#[derive(Clone, Copy)]
pub(super) struct Portable;
/// [`Level::Avx2`].
#[derive(Clone, Copy)]
pub(super) struct Avx2;
/// [`Level::Avx512`].
#[derive(Clone, Copy)]
pub(super) struct Avx512;

impl Simd for Portable {
    const LEVEL: Level = Level::Portable;
    const FMA: bool = false;
}
impl Simd for Avx2 {
    const LEVEL: Level = Level::Avx2;
    const FMA: bool = true;
}
impl Simd for Avx512 {
    const LEVEL: Level = Level::Avx512;
    const FMA: bool = true;
}

/// Declares a trait of kernels and implements it for each level: `fn name[T: Bound](args) = body`
/// becomes a method that runs `body::<Self, T>(args)` with the level's instructions enabled. Constants
/// may follow the types, as in `[T: Bound; const N]`.
///
/// The methods are unsafe: the processor must have the level. The bodies must be
/// `#[inline(always)]`, down to the arithmetic, or they are compiled without the instructions.
macro_rules! kernels {
    ($(#[$doc:meta])* $trait:ident { $($(#[$note:meta])* fn $name:ident[$($g:ident: $bound:path),* $(; $(const $n:ident),+)?]($($arg:ident: $ty:ty),* $(,)?) $(-> $out:ty)? = $body:ident;)* }) => {
        $(#[$doc])*
        pub(super) trait $trait: $crate::exec::simd::Simd {$(
            $(#[$note])*
            ///
            /// # Safety
            /// The processor must have the level.
            unsafe fn $name<$($g: $bound,)* $($(const $n: usize),+)?>($($arg: $ty),*) $(-> $out)?;
        )*}
        impl $trait for $crate::exec::simd::Portable {$(
            unsafe fn $name<$($g: $bound,)* $($(const $n: usize),+)?>($($arg: $ty),*) $(-> $out)? {
                $body::<Self, $($g,)* $($($n),+)?>($($arg),*)
            }
        )*}
        impl $trait for $crate::exec::simd::Avx2 {$(
            #[cfg_attr(target_arch = "x86_64", target_feature(enable = "avx2,fma"))]
            unsafe fn $name<$($g: $bound,)* $($(const $n: usize),+)?>($($arg: $ty),*) $(-> $out)? {
                $body::<Self, $($g,)* $($($n),+)?>($($arg),*)
            }
        )*}
        impl $trait for $crate::exec::simd::Avx512 {$(
            #[cfg_attr(
                target_arch = "x86_64",
                target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")
            )]
            unsafe fn $name<$($g: $bound,)* $($(const $n: usize),+)?>($($arg: $ty),*) $(-> $out)? {
                $body::<Self, $($g,)* $($($n),+)?>($($arg),*)
            }
        )*}
    };
}
pub(super) use kernels;
