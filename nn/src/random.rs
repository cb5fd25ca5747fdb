//! The seeded generator: the same seed gives the same numbers on every machine and in every release.

use rand::SeedableRng;

/// The generator of [`rng`]: PCG XSL 128/64 (M. O'Neill, 2014).
///
/// Whatever draws numbers takes any generator of the `rand` crate; this one is for runs that
/// must be repeatable.
pub type Rng = rand_pcg::Pcg64;

/// A generator of random numbers from a seed.
///
/// ```
/// let (mut a, mut b) = (nn::rng(7), nn::rng(7));
/// assert_eq!(a, b);
///
/// use rand::Rng;
/// assert_eq!(a.next_u64(), b.next_u64());
/// assert_ne!(a.next_u64(), nn::rng(8).next_u64());
/// ```
pub fn rng(seed: u64) -> Rng {
    Rng::seed_from_u64(seed)
}

#[cfg(test)]
mod tests {
    use rand::Rng;

    #[test]
    fn the_numbers_of_a_seed_never_change() {
        let mut rng = crate::rng(0);
        assert_eq!([rng.next_u64(), rng.next_u64()], [2354861276966075475, 6411218084291373563]);
    }
}
