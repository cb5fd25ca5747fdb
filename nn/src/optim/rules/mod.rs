//! The rules of the literature, each a few lines of formula; what they share of writing is two macros here.

/// Writes setters of a rule's numbers: as methods of the rule, for plain data, and of the optimiser that
/// applies it, where a number that cannot be panics at the caller's line.
macro_rules! settings {
    ($Rule:ident: $(
        $(#[$doc:meta])+
        fn $name:ident($rule:ident $(, $argument:ident: $Type:ty)*) $body:block
    )+) => {
        impl $Rule {$(
            $(#[$doc])+
            #[must_use]
            pub fn $name(mut self $(, $argument: $Type)*) -> $Rule {
                let $rule = &mut self;
                $body
                self
            }
        )+}

        impl<T: autograd::Element> $crate::optim::Optimizer<$Rule, T> {
            $(
                $(#[$doc])+
                ///
                /// # Panics
                /// If the number cannot be; what comes from outside goes into the rule, and through its `check`.
                #[track_caller]
                #[must_use]
                pub fn $name(self $(, $argument: $Type)*) -> Self {
                    self.with_rule(|rule| rule.$name($($argument),*))
                }
            )+
        }
    };
}

/// Writes `numbers` and `set_number` of a rule: a name for each field that holds a number or a switch.
macro_rules! numbers {
    ($($name:literal: $($field:tt).+),+ $(,)?) => {
        fn numbers(&self, show: &mut dyn FnMut(&'static str, f64)) {
            $(show($name, $crate::optim::rules::Number::get(&self.$($field).+));)+
        }

        fn set_number(&mut self, name: &str, number: f64) {
            match name {
                $($name => $crate::optim::rules::Number::set(&mut self.$($field).+, number),)+
                _ => {}
            }
        }
    };
}

/// Writes `lr` and `set_lr` of a rule with a field `lr`.
macro_rules! learning_rate {
    () => {
        fn lr(&self) -> f64 {
            self.lr
        }

        fn set_lr(&mut self, lr: f64) {
            self.lr = lr;
        }
    };
}

mod adadelta;
mod adagrad;
mod adam;
mod adamax;
mod adamw;
mod lion;
mod nadam;
mod radam;
mod rmsprop;
mod rprop;
mod sgd;

pub use adadelta::{Adadelta, AdadeltaRule};
pub use adagrad::{Adagrad, AdagradRule};
pub use adam::{Adam, AdamRule};
pub use adamax::{AdaMax, AdaMaxRule};
pub use adamw::{AdamW, AdamWRule};
pub use lion::{Lion, LionRule};
pub use nadam::{Nadam, NadamRule};
pub use radam::{RAdam, RAdamRule};
pub use rmsprop::{RmsProp, RmsPropRule};
pub use rprop::{Rprop, RpropRule};
pub use sgd::{Sgd, SgdRule};

/// A field of a rule that is saved as a number.
trait Number {
    fn get(&self) -> f64;
    fn set(&mut self, number: f64);
}

impl Number for f64 {
    fn get(&self) -> f64 {
        *self
    }

    fn set(&mut self, number: f64) {
        *self = number;
    }
}

/// A switch is 1 where it is on.
impl Number for bool {
    fn get(&self) -> f64 {
        f64::from(u8::from(*self))
    }

    fn set(&mut self, number: f64) {
        *self = number != 0.0;
    }
}

/// 1 - share^step: what is missing from the weights of a running mean that started at 0.
///
/// Dividing by it takes the bias out; as a number of the step it costs nothing per element.
fn bias_correction(share: f64, step: u64) -> f64 {
    1.0 - share.powi(i32::try_from(step).unwrap_or(i32::MAX))
}
