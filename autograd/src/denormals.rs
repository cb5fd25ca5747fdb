//! A guard under which results and operands too small for a normal number count as 0.
//!
//! Arithmetic on such numbers takes a hundred times as long on x86; a saturated network is full of
//! them. Rust's model of floating point assumes the default environment, so a compiler may compute a
//! constant otherwise than the processor does under the guard. That can only turn a number below
//! 1.2e-38 (2.3e-308 in `f64`) into 0 or not, in code that runs under the guard: kernels of a plan,
//! and sweeps of a tape that was asked to; never a user's function. `AUTOGRAD_DENORMALS=keep` leaves the environment alone.

use std::marker::PhantomData;

/// While it lives, this thread flushes subnormal numbers to 0 (on x86; elsewhere it does nothing).
///
/// Guards may be nested, and restore the earlier state in reverse order, also when unwinding.
pub(crate) struct FlushDenormals {
    before: Option<u32>,
    /// The state belongs to the thread, so the guard must not leave it.
    stay: PhantomData<*const ()>,
}

impl FlushDenormals {
    /// Begins to flush.
    #[must_use = "flushing ends when the guard is dropped"]
    pub(crate) fn new() -> FlushDenormals {
        let before = if kept() { None } else { flags::begin() };
        FlushDenormals { before, stay: PhantomData }
    }
}

impl Drop for FlushDenormals {
    fn drop(&mut self) {
        if let Some(before) = self.before {
            flags::restore(before);
        }
    }
}

/// The user has asked for subnormal numbers.
///
/// # Panics
/// If `AUTOGRAD_DENORMALS` has a value that is not known.
fn kept() -> bool {
    static KEPT: std::sync::OnceLock<bool> = std::sync::OnceLock::new();
    *KEPT.get_or_init(|| match std::env::var("AUTOGRAD_DENORMALS").as_deref() {
        Ok("keep") => true,
        Ok("flush" | "") | Err(_) => false,
        Ok(other) => panic!("AUTOGRAD_DENORMALS={other} is not known; it may be keep or flush"),
    })
}

#[cfg(target_arch = "x86_64")]
mod flags {
    use std::arch::asm;

    /// Flush results to 0, and take subnormal operands as 0.
    const FLUSH: u32 = 1 << 15 | 1 << 6;
    /// The bits that record exceptions; they are left to stand.
    const SEEN: u32 = 0b11_1111;

    pub(super) fn read() -> u32 {
        let mut value = 0u32;
        // SAFETY: stores the control register in four bytes of our own.
        unsafe { asm!("stmxcsr [{}]", in(reg) &raw mut value, options(nostack, preserves_flags)) };
        value
    }

    fn write(value: u32) {
        // SAFETY: loads the control register with what `read` gave, apart from `FLUSH` and the record
        // of exceptions; rounding and masks stay as they are. The risk of another treatment of
        // subnormal numbers is argued at the head of this file.
        unsafe { asm!("ldmxcsr [{}]", in(reg) &raw const value, options(nostack, preserves_flags)) };
    }

    /// Sets the flags; their earlier state, if it was another.
    pub(super) fn begin() -> Option<u32> {
        let before = read();
        if before & FLUSH == FLUSH {
            return None;
        }
        write(before | FLUSH);
        Some(before)
    }

    pub(super) fn restore(before: u32) {
        write(before & !SEEN | read() & SEEN);
    }
}

#[cfg(not(target_arch = "x86_64"))]
mod flags {
    pub(super) fn begin() -> Option<u32> {
        None
    }
    pub(super) fn restore(_: u32) {}
}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use std::hint::black_box;

    use super::*;

    fn half_of_the_smallest() -> f32 {
        black_box(f32::MIN_POSITIVE) * black_box(0.5)
    }

    #[test]
    fn a_guard_flushes_and_restores_in_nested_scopes_and_panics() {
        if kept() {
            return;
        }
        let before = flags::read();
        assert!(half_of_the_smallest() > 0.0);
        {
            let _outer = FlushDenormals::new();
            assert_eq!(half_of_the_smallest(), 0.0);
            assert_eq!(black_box(1e-39f32) * black_box(1e10), 0.0, "operands count as 0 too");
            drop(FlushDenormals::new());
            assert_eq!(half_of_the_smallest(), 0.0, "an inner guard must not end the outer one");
        }
        assert!(half_of_the_smallest() > 0.0);
        let caught = std::panic::catch_unwind(|| {
            let _guard = FlushDenormals::new();
            panic!("on purpose");
        });
        assert!(caught.is_err() && half_of_the_smallest() > 0.0);
        assert_eq!(flags::read() & !0b11_1111, before & !0b11_1111);
    }
}
