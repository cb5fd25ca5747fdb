//! `+ - * / %` and unary minus on handles, with handles and numbers on either side.

use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Rem, RemAssign, Sub, SubAssign};

use super::var::Var;
use crate::element::Element;
use crate::number::Real;
use crate::ops;

macro_rules! operators {
    ($($Trait:ident $method:ident $row:expr, $Assign:ident $assign:ident;)*) => {$(
        impl<'g, T: Element> $Trait for Var<'g, T> {
            type Output = Var<'g, T>;
            #[track_caller]
            fn $method(self, other: Self) -> Self {
                self.zip($row, other)
            }
        }

        impl<'g, T: Element> $Trait<f64> for Var<'g, T> {
            type Output = Var<'g, T>;
            #[track_caller]
            fn $method(self, other: f64) -> Self {
                self.zip($row, self.graph().number(other))
            }
        }

        impl<'g, T: Element> $Trait<Var<'g, T>> for f64 {
            type Output = Var<'g, T>;
            #[track_caller]
            fn $method(self, other: Var<'g, T>) -> Var<'g, T> {
                other.graph().number(self).zip($row, other)
            }
        }

        impl<'g, T: Element> $Assign for Var<'g, T> {
            #[track_caller]
            fn $assign(&mut self, other: Self) {
                *self = self.zip($row, other);
            }
        }

        impl<'g, T: Element> $Assign<f64> for Var<'g, T> {
            #[track_caller]
            fn $assign(&mut self, other: f64) {
                *self = self.zip($row, self.graph().number(other));
            }
        }
    )*};
}
operators! {
    Add add ops::Add, AddAssign add_assign;
    Sub sub ops::Sub, SubAssign sub_assign;
    Mul mul ops::Mul, MulAssign mul_assign;
    Div div ops::Div, DivAssign div_assign;
    Rem rem ops::Rem, RemAssign rem_assign;
}

impl<'g, T: Element> Neg for Var<'g, T> {
    type Output = Var<'g, T>;
    #[track_caller]
    fn neg(self) -> Self {
        self.map(ops::Neg)
    }
}
