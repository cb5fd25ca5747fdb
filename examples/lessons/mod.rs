//! The lessons: one for each topic of the lectures.

#![allow(dead_code, reason = "each program uses a part")]

pub(crate) mod binary;
#[path = "../../tests/by_hand/mod.rs"]
pub(crate) mod by_hand;
pub(crate) mod deep;
pub(crate) mod misprints;
pub(crate) mod page;
pub(crate) mod rows;
mod surfaces;

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
    "06_backpropagation.rs" backpropagation,
    "07_backpropagation_stages.rs" backpropagation_stages,
    "08_gradient_checking.rs" gradient_checking,
    "09_regression.rs" regression,
    "10_bowl.rs" bowl,
    "11_learning_rate.rs" learning_rate,
    "12_optimisers.rs" optimisers,
    "13_mehlig.rs" mehlig,
    "14_regions.rs" regions,
    "15_universal_approximation.rs" universal_approximation,
    "16_symmetry.rs" symmetry,
    "17_saturation.rs" saturation,
    "18_vanishing.rs" vanishing,
    "19_dying_relu.rs" dying_relu,
    "20_linear_networks.rs" linear_networks,
    "21_fitting.rs" fitting,
    "22_preparation.rs" preparation,
    "23_stopping.rs" stopping,
    "24_losses.rs" losses,
    "25_counting.rs" counting,
    "26_batches.rs" batches,
    "27_mnist.rs" mnist,
    "28_other_networks.rs" other_networks,
    "29_landscape.rs" landscape,
}
