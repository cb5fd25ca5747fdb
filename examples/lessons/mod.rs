//! The lessons: one for each topic of the lectures.

#![allow(dead_code, reason = "each program uses a part")]

#[path = "../../tests/by_hand/mod.rs"]
pub(crate) mod by_hand;
pub(crate) mod deep;
pub(crate) mod misprints;
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
    "05_chain_rule.rs" chain_rule,
    "06_backpropagation.rs" backpropagation,
    "07_backpropagation_stages.rs" backpropagation_stages,
    "08_gradient_checking.rs" gradient_checking,
    "18_vanishing.rs" vanishing,
    "19_dying_relu.rs" dying_relu,
    "20_linear_networks.rs" linear_networks,
    "24_losses.rs" losses,
    "25_counting.rs" counting,
    "28_other_networks.rs" other_networks,
}
