//! The lessons: one for each topic of the lectures.

#![allow(dead_code, reason = "each program uses a part")]

pub(crate) mod binary;
pub(crate) mod page;
pub(crate) mod rows;

/// Lessons in the order in which they are read; a file is `NN_topic.rs`.
macro_rules! lessons {
    ($($file:literal $name:ident),+ $(,)?) => {
        $(#[path = $file] mod $name;)+
        pub(crate) const LESSONS: &[page::Lesson] = &[$($name::LESSON),+];
    };
}
lessons! {
    "01_neuron.rs" neuron,
    "02_units.rs" units,
    "03_gates.rs" gates,
    "04_activations.rs" activations,
    "05_chain_rule.rs" chain_rule,
    "13_mehlig.rs" mehlig,
    "14_regions.rs" regions,
    "15_universal_approximation.rs" universal_approximation,
    "16_symmetry.rs" symmetry,
    "17_saturation.rs" saturation,
}
