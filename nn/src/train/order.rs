//! The generator of an epoch, which follows from the seed and the number of the epoch alone.

use crate::random::{Rng, rng};

/// The generator from which an epoch, counted from 0, draws the order of its rows.
///
/// It follows from the seed and the number alone, so training that is taken up again needs no state of a generator.
///
/// ```
/// use nn::train::epoch_rng;
/// assert_eq!(epoch_rng(7, 3), epoch_rng(7, 3));
/// assert_ne!(epoch_rng(7, 3), epoch_rng(7, 4));
/// assert_ne!(epoch_rng(7, 3), epoch_rng(3, 7));
/// ```
pub fn epoch_rng(seed: u64, epoch: u64) -> Rng {
    rng(mixed(seed).wrapping_add(epoch))
}

/// The finaliser of SplitMix64 (Steele, Lea, Flood 2014): neighbouring seeds must not share epochs.
fn mixed(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use rand::Rng;

    /// Checkpoints rely on it: a run that is resumed by a later release must see the same order.
    #[test]
    fn the_generator_of_an_epoch_never_changes() {
        // The first number of SplitMix64 from 0, as its authors give it.
        assert_eq!(super::mixed(0), 0xe220_a839_7b1d_cdaf);
        assert_eq!(super::epoch_rng(0, 2).next_u64(), crate::rng(0xe220_a839_7b1d_cdb1).next_u64());
    }
}
