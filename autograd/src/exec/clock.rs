//! A clock that is cheap enough to be read after each job.

/// Ticks since some moment, at a rate that does not change: of the time-stamp counter where there is one, which takes a
/// third of the time of the system's clock. (Processors of the last fifteen years count at one rate, whatever their own is.)
#[inline]
pub(crate) fn ticks() -> u64 {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: every x86-64 processor has the counter.
    let ticks = unsafe { std::arch::x86_64::_rdtsc() };
    #[cfg(not(target_arch = "x86_64"))]
    let ticks = {
        static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
        START.get_or_init(std::time::Instant::now).elapsed().as_nanos() as u64
    };
    ticks
}
