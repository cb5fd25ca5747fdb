//! Vectors, options, boxes, arrays and tuples of modules are modules.

use smallvec::SmallVec;

use super::{Module, Place};

/// Parts numbered from 0: only how the mapped whole is put together differs.
macro_rules! numbered {
    ($([$($generics:tt)*] $Whole:ty => $With:ty, |$whole:ident, $part:ident| $build:expr;)*) => {$(
        impl<P, M: Module<P>, $($generics)*> Module<P> for $Whole {
            type With<Q> = $With;

            fn map_at<Q>(&self, at: &Place<'_>, f: &mut dyn FnMut(&Place<'_>, &P) -> Q) -> $With {
                let $whole = self;
                let $part = |index: usize| $whole[index].map_at(&at.index(index), f);
                $build
            }

            fn visit_at<'a>(&'a self, at: &Place<'_>, f: &mut dyn FnMut(&Place<'_>, &'a P))
            where
                P: 'a,
            {
                for (index, part) in self.iter().enumerate() {
                    part.visit_at(&at.index(index), f);
                }
            }

            fn visit_mut_at<'a>(&'a mut self, at: &Place<'_>, f: &mut dyn FnMut(&Place<'_>, &'a mut P))
            where
                P: 'a,
            {
                for (index, part) in self.iter_mut().enumerate() {
                    part.visit_mut_at(&at.index(index), f);
                }
            }
        }
    )*};
}
numbered! {
    [] Vec<M> => Vec<M::With<Q>>, |whole, part| (0..whole.len()).map(part).collect();
    [const N: usize] SmallVec<[M; N]> => SmallVec<[M::With<Q>; N]>, |whole, part| (0..whole.len()).map(part).collect();
    [const N: usize] [M; N] => [M::With<Q>; N], |whole, part| std::array::from_fn(part);
}

impl<P, M: Module<P>> Module<P> for Option<M> {
    type With<Q> = Option<M::With<Q>>;

    fn map_at<Q>(&self, at: &Place<'_>, f: &mut dyn FnMut(&Place<'_>, &P) -> Q) -> Self::With<Q> {
        self.as_ref().map(|part| part.map_at(at, f))
    }

    fn visit_at<'a>(&'a self, at: &Place<'_>, f: &mut dyn FnMut(&Place<'_>, &'a P))
    where
        P: 'a,
    {
        if let Some(part) = self {
            part.visit_at(at, f);
        }
    }

    fn visit_mut_at<'a>(&'a mut self, at: &Place<'_>, f: &mut dyn FnMut(&Place<'_>, &'a mut P))
    where
        P: 'a,
    {
        if let Some(part) = self {
            part.visit_mut_at(at, f);
        }
    }
}

impl<P, M: Module<P>> Module<P> for Box<M> {
    type With<Q> = Box<M::With<Q>>;

    fn map_at<Q>(&self, at: &Place<'_>, f: &mut dyn FnMut(&Place<'_>, &P) -> Q) -> Self::With<Q> {
        Box::new((**self).map_at(at, f))
    }

    fn visit_at<'a>(&'a self, at: &Place<'_>, f: &mut dyn FnMut(&Place<'_>, &'a P))
    where
        P: 'a,
    {
        (**self).visit_at(at, f);
    }

    fn visit_mut_at<'a>(&'a mut self, at: &Place<'_>, f: &mut dyn FnMut(&Place<'_>, &'a mut P))
    where
        P: 'a,
    {
        (**self).visit_mut_at(at, f);
    }
}

macro_rules! tuples {
    ($(($($M:ident $i:tt),+);)*) => {$(
        impl<P, $($M: Module<P>),+> Module<P> for ($($M,)+) {
            type With<Q> = ($($M::With<Q>,)+);

            fn map_at<Q>(&self, at: &Place<'_>, f: &mut dyn FnMut(&Place<'_>, &P) -> Q) -> Self::With<Q> {
                ($(self.$i.map_at(&at.index($i), f),)+)
            }

            fn visit_at<'a>(&'a self, at: &Place<'_>, f: &mut dyn FnMut(&Place<'_>, &'a P))
            where
                P: 'a,
            {
                $(self.$i.visit_at(&at.index($i), f);)+
            }

            fn visit_mut_at<'a>(&'a mut self, at: &Place<'_>, f: &mut dyn FnMut(&Place<'_>, &'a mut P))
            where
                P: 'a,
            {
                $(self.$i.visit_mut_at(&at.index($i), f);)+
            }
        }
    )*};
}
tuples! {
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
