//! `Sequential`: layers one after the other.

use autograd::{Element, Var};

use crate::layers::Forward;
use crate::module;
use crate::summary::Trace;

/// Layers one after the other: a tuple of up to twelve, an array or a vector of them.
///
/// ```
/// use nn::prelude::*;
/// use nn::Relu;
/// let mut rng = nn::rng(1);
/// let net = Sequential((Linear::new(2, 8, &mut rng), Relu, Dropout::new(0.5), Linear::new(8, 3, &mut rng)));
/// let y = net.predict(|g, net| net.forward(g.constant([[1.0, 2.0]])));
/// assert_eq!(y.shape(), [1, 3]);
/// ```
#[derive(Clone, Debug)]
pub struct Sequential<L>(
    /// The layers, first to last.
    pub L,
);

module!(Sequential<L> { inner 0 });

macro_rules! chains {
    ($(($($L:ident $i:tt),+);)*) => {$(
        impl<'g, T: Element, $($L: Forward<'g, T>),+> Forward<'g, T> for Sequential<($($L,)+)> {
            fn forward(&self, x: Var<'g, T>) -> Var<'g, T> {
                $(let x = self.0.$i.forward(x);)+
                x
            }

            fn trace(&self, x: Var<'g, T>, trace: &mut Trace) -> Var<'g, T> {
                $(let x = trace.child($i, &self.0.$i, x);)+
                x
            }
        }
    )*};
}
chains! {
    (A 0);
    (A 0, B 1);
    (A 0, B 1, C 2);
    (A 0, B 1, C 2, D 3);
    (A 0, B 1, C 2, D 3, E 4);
    (A 0, B 1, C 2, D 3, E 4, F 5);
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6);
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8);
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9);
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10);
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11);
}

macro_rules! lists {
    ($([$($generics:tt)*] $List:ty;)*) => {$(
        impl<'g, T: Element, L: Forward<'g, T>, $($generics)*> Forward<'g, T> for Sequential<$List> {
            fn forward(&self, x: Var<'g, T>) -> Var<'g, T> {
                let mut y = x;
                for layer in &self.0 {
                    y = layer.forward(y);
                }
                y
            }

            fn trace(&self, x: Var<'g, T>, trace: &mut Trace) -> Var<'g, T> {
                let mut y = x;
                for (number, layer) in self.0.iter().enumerate() {
                    y = trace.child(number, layer, y);
                }
                y
            }
        }
    )*};
}
lists! {
    [] Vec<L>;
    [const N: usize] [L; N];
}
