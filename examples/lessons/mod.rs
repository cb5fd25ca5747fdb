//! The lessons: one for each topic of the lectures.

#![allow(dead_code, reason = "each program uses a part")]

mod binary;
mod boundaries;
mod by_engine;
#[path = "../../tests/by_hand/mod.rs"]
mod by_hand;
mod cells;
mod corners;
mod deep;
mod differences;
mod digits;
mod least_squares;
mod misprints;
pub(crate) mod page;
mod polynomial;
pub(crate) mod rows;
mod surfaces;
mod two_two_one;

/// Lessons in the order in which they are read: the file, `NN_topic.rs`; its module, whose `lesson` fills the page; what it
/// is asked for by; its title.
macro_rules! lessons {
    ($($file:literal $module:ident $name:literal $title:literal;)+) => {
        $(#[path = $file] mod $module;)+
        pub(crate) const LESSONS: &[page::Lesson] =
            &[$(page::Lesson { file: $file, name: $name, title: $title, run: $module::lesson }),+];
    };
}
lessons! {
    "01_neuron.rs" neuron "neuron" "One neuron by hand";
    "02_units.rs" units "units" "Perceptron, Adaline, logistic unit";
    "03_gates.rs" gates "gates" "Logic gates, and XOR";
    "04_activations.rs" activations "activations" "Activation functions and their derivatives";
    "05_chain_rule.rs" chain_rule "chain-rule" "The chain rule by hand";
    "06_backpropagation.rs" backpropagation "backpropagation" "Backpropagation by hand";
    "07_backpropagation_stages.rs" backpropagation_stages "backpropagation-stages" "Backpropagation in stages, and what its misprints do";
    "08_gradient_checking.rs" gradient_checking "gradient-checking" "Checking gradients by differences";
    "09_regression.rs" regression "regression" "A line through points: linear regression";
    "10_bowl.rs" bowl "bowl" "The bowl: gradient descent on two weights";
    "11_learning_rate.rs" learning_rate "learning-rate" "The learning rate, its decay, and momentum";
    "12_optimisers.rs" optimisers "optimisers" "A race of optimisers, from momentum to Nadam";
    "13_mehlig.rs" mehlig "mehlig" "Eleven points and three decision boundaries";
    "14_regions.rs" regions "regions" "Decision regions";
    "15_universal_approximation.rs" universal_approximation "universal-approximation" "Universal approximation";
    "16_symmetry.rs" symmetry "symmetry" "First weights: zeros keep hidden units equal";
    "17_saturation.rs" saturation "saturation" "Large first weights saturate sigmoids";
    "18_vanishing.rs" vanishing "vanishing-gradients" "Vanishing gradients, and cures";
    "19_dying_relu.rs" dying_relu "dying-relu" "Dying ReLU units, and sparse activity";
    "20_linear_networks.rs" linear_networks "linear-networks" "Linear layers collapse into one";
    "21_fitting.rs" fitting "fitting" "Underfitting and overfitting, bias and variance";
    "22_preparation.rs" preparation "preparation" "Data preparation: codes, scales and splits";
    "23_stopping.rs" stopping "stopping" "When to stop, and where to start";
    "24_losses.rs" losses "losses" "Losses, and what they divide by";
    "25_counting.rs" counting "counting" "Counting parameters and arithmetic";
    "26_batches.rs" batches "batches" "Batch, stochastic and mini-batch descent";
    "27_mnist.rs" mnist "mnist" "Handwritten digits: 784-15-10 on MNIST";
    "28_landscape.rs" landscape "landscape" "The landscape: local minima, saddle points, plateaus";
    "29_convolution.rs" convolution "convolution" "Convolution: one small filter at every place";
    "30_recurrence.rs" recurrence "recurrence" "Recurrence: a cell that reads its own last state";
    "31_feedback.rs" feedback "feedback" "Feedback: a network that remembers patterns";
}
