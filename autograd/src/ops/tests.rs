//! An engine makes its methods from the list of rows: the way is tested here on a handle that only remembers.

use std::panic::Location;

use super::{Binary, BinaryRow, Unary, UnaryRow, for_each_binary, for_each_unary};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Recorded {
    Nothing,
    Unary(Unary, u32),
    Binary(Binary, u32),
}

impl Recorded {
    #[track_caller]
    fn map<O: UnaryRow>(self, row: O) -> Recorded {
        Recorded::Unary(row.op(), Location::caller().line())
    }
    #[track_caller]
    fn zip<O: BinaryRow>(self, row: O, _: Recorded) -> Recorded {
        Recorded::Binary(row.op(), Location::caller().line())
    }
}

macro_rules! unary_methods {
    ($($(#[$doc:meta])+ $name:ident($($parameter:ident: $type:ty),*) = $row:expr;)+) => {$(
        $(#[$doc])+
        #[track_caller]
        #[allow(dead_code)]
        fn $name(self $(, $parameter: $type)*) -> Self {
            self.map($row)
        }
    )+};
}

macro_rules! binary_methods {
    ($($(#[$doc:meta])+ $name:ident() = $row:expr;)+) => {$(
        $(#[$doc])+
        #[track_caller]
        #[allow(dead_code)]
        fn $name(self, other: Self) -> Self {
            self.zip($row, other)
        }
    )+};
}

impl Recorded {
    for_each_unary! { unary_methods }
    for_each_binary! { binary_methods }
}

#[test]
fn methods_made_from_the_list_know_their_row_parameters_and_caller() {
    use Recorded::Nothing;
    assert_eq!(Nothing.tanh(), Recorded::Unary(super::Tanh.op(), line!()));
    assert_eq!(Nothing.clamp(-1.0, 2.0), Recorded::Unary(super::Clamp(-1.0, 2.0).op(), line!()));
    assert_eq!(Nothing.powi(3), Recorded::Unary(super::Powi(3).op(), line!()));
    assert_eq!(Nothing.atan2(Nothing), Recorded::Binary(Binary::Atan2, line!()));
}
