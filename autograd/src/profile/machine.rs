//! `Machine`: what one thread can do at the most, measured once.

use std::fmt;
use std::sync::Mutex;

use crate::element::Element;
use crate::exec::level::Level;
use crate::exec::{multiply_adds_per_second, streamed_bytes_per_second};

/// The roof over all kernels: arithmetic in registers, and memory beyond the caches, of one thread.
///
/// It is measured when it is first asked for, in some tens of milliseconds, and kept for the process. On a machine
/// that is busy meanwhile it comes out too low.
#[derive(Clone, Copy, PartialEq, Debug)]
#[non_exhaustive]
pub struct Machine {
    /// Floating-point operations in 10⁹ a second: multiply-adds, two each, on registers of the level.
    pub gflops: f64,
    /// Bytes in 10⁹ a second, read and written by a = b + c on arrays larger than the caches.
    pub gigabytes_per_second: f64,
}

/// What was measured: by number type and level.
static MEASURED: Mutex<Vec<(&'static str, Level, Machine)>> = Mutex::new(Vec::new());

impl Machine {
    /// What one thread can do with a number type at the level in use.
    ///
    /// ```
    /// use autograd::Machine;
    /// let machine = Machine::of::<f32>();
    /// assert!(machine.gflops > 0.1 && machine.gigabytes_per_second > 0.01);
    /// assert_eq!(machine, Machine::of::<f32>()); // measured once
    /// ```
    pub fn of<T: Element>() -> Machine {
        Machine::measured(T::NAME, Level::best())
    }

    pub(super) fn measured(element: &'static str, level: Level) -> Machine {
        let mut measured = MEASURED.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some((.., machine)) = measured.iter().find(|(name, at, _)| (*name, *at) == (element, level)) {
            return *machine;
        }
        let machine =
            if element == <f64 as Element>::NAME { measure::<f64>(level) } else { measure::<f32>(level) };
        measured.push((element, level, machine));
        machine
    }

    /// Nanoseconds that so many FLOPs and bytes take at the least.
    pub fn least_ns(&self, flops: u64, bytes: u64) -> f64 {
        (flops as f64 / self.gflops).max(bytes as f64 / self.gigabytes_per_second)
    }
}

fn measure<T: Element>(level: Level) -> Machine {
    Machine {
        gflops: 2e-9 * multiply_adds_per_second::<T>(level),
        gigabytes_per_second: 1e-9 * streamed_bytes_per_second::<T>(level),
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:.0} GFLOP/s in registers, {:.1} GB/s from and to memory",
            self.gflops, self.gigabytes_per_second
        )
    }
}
