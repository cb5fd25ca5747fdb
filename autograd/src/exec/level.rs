//! Which instruction set the kernels of this process use.
//!
//! The best level is found once at run time; `AUTOGRAD_LEVEL` forces a lower one, and tests
//! do so for one closure. A level is never above what the processor has.

use std::cell::Cell;
use std::fmt;
use std::sync::OnceLock;

/// A set of instructions that kernels are compiled for, from the least to the most capable.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Level {
    /// What every processor of this architecture has; no fused multiply-add.
    Portable,
    /// 256-bit vectors with fused multiply-add.
    Avx2,
    /// 512-bit vectors with masks.
    Avx512,
}

thread_local! {
    static OVERRIDE: Cell<Option<Level>> = const { Cell::new(None) };
}

impl Level {
    /// All levels, ascending.
    const ALL: [Level; 3] = [Level::Portable, Level::Avx2, Level::Avx512];

    /// The level to compute at: what the processor has, unless `AUTOGRAD_LEVEL` or
    /// [`with_level`] asks for less.
    pub fn best() -> Level {
        OVERRIDE.get().unwrap_or_else(|| {
            static CHOSEN: OnceLock<Level> = OnceLock::new();
            *CHOSEN.get_or_init(|| {
                let asked = std::env::var("AUTOGRAD_LEVEL").ok();
                choose(asked.as_deref(), detect()).unwrap_or_else(|error| panic!("{error}"))
            })
        })
    }

    /// The levels that this processor has, ascending.
    pub fn available() -> impl Iterator<Item = Level> {
        let top = detect();
        Level::ALL.into_iter().filter(move |level| *level <= top)
    }

    /// This level, which must be one of the processor's.
    ///
    /// # Panics
    /// If it is not: its kernels must then not run.
    pub(crate) fn checked(self) -> Level {
        assert!(self <= detect(), "this processor has no {self}; the most it has is {}", detect());
        self
    }

    fn name(self) -> &'static str {
        match self {
            Level::Portable => "portable",
            Level::Avx2 => "avx2",
            Level::Avx512 => "avx512",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Runs `f` with this thread computing at `level`; the earlier level is back afterwards, also
/// when `f` panics.
///
/// # Panics
/// If the processor has not got `level`.
pub fn with_level<R>(level: Level, f: impl FnOnce() -> R) -> R {
    struct Restore(Option<Level>);
    impl Drop for Restore {
        fn drop(&mut self) {
            OVERRIDE.set(self.0);
        }
    }
    let _restore = Restore(OVERRIDE.replace(Some(level.checked())));
    f()
}

/// The level that `asked` names, if it is no more than `top`.
fn choose(asked: Option<&str>, top: Level) -> Result<Level, String> {
    let Some(asked) = asked.filter(|asked| !asked.is_empty()) else { return Ok(top) };
    Level::ALL.into_iter().find(|level| *level <= top && level.name() == asked).ok_or_else(|| {
        let allowed: Vec<_> = Level::ALL.into_iter().filter(|level| *level <= top).map(Level::name).collect();
        format!("AUTOGRAD_LEVEL={asked} is not a level of this processor; it may be {}", allowed.join(" or "))
    })
}

/// The most capable level of this processor.
fn detect() -> Level {
    static TOP: OnceLock<Level> = OnceLock::new();
    *TOP.get_or_init(|| {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            let wide = is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512dq")
                && is_x86_feature_detected!("avx512vl");
            return if wide { Level::Avx512 } else { Level::Avx2 };
        }
        Level::Portable
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_can_only_lower_the_level() {
        assert_eq!(choose(None, Level::Avx512), Ok(Level::Avx512));
        assert_eq!(choose(Some(""), Level::Avx2), Ok(Level::Avx2));
        assert_eq!(choose(Some("portable"), Level::Avx512), Ok(Level::Portable));
        let error = choose(Some("avx512"), Level::Avx2).unwrap_err();
        assert!(error.contains("avx512") && error.ends_with("portable or avx2"), "{error}");
        assert!(choose(Some("AVX2"), Level::Avx2).is_err(), "names are lower case");
    }

    #[test]
    fn a_forced_level_ends_with_its_closure_even_by_a_panic() {
        let before = Level::best();
        assert_eq!(with_level(Level::Portable, Level::best), Level::Portable);
        let caught = std::panic::catch_unwind(|| with_level(Level::Portable, || panic!("on purpose")));
        assert!(caught.is_err());
        assert_eq!(Level::best(), before);
    }
}
