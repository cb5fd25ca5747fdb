//! `module!`: writes `Module` for structs and enums.

/// Makes a struct or an enum a [`Module`](crate::Module): says of each field what it is.
///
/// - `param`: a parameter, `P`
/// - `optional`: a parameter that may be absent, `Option<P>`
/// - `state`: a tensor that is saved but gets no gradient, `P`; a layer says its next value with `set_next`
/// - `child`: another module, or a vector, option, box, array or tuple of modules
/// - `inner`: a child whose parameters are named as if they were this module's own
/// - `keep`: anything else that can be cloned, such as a size or a rate
///
/// Parameters come in the order in which fields are listed; a field's name is the parameter's name.
///
/// ```
/// use nn::prelude::*;
///
/// // A struct of parameters.
/// struct Net<P = Tensor> { hidden: Linear<P>, scale: P, rate: f64 }
/// module!(Net { child hidden, param scale, keep rate });
///
/// // A struct around any module.
/// struct Residual<M> { inner: M }
/// module!(Residual<M> { child inner });
///
/// // A choice: each variant is bare, holds one thing, or has named fields.
/// enum Block<P = Tensor> { Dense(Linear<P>), Relu, Scale { by: P, max: f64 } }
/// module!(enum Block { Dense(child), Relu, Scale { param by, keep max } });
///
/// // A layer without parameters.
/// #[derive(Clone)]
/// struct Square;
/// module!(keep Square);
///
/// let mut rng = nn::rng(1);
/// let net = Net { hidden: Linear::new(2, 3, &mut rng), scale: Tensor::scalar(1.0), rate: 0.1 };
/// assert_eq!(Residual { inner: net }.parameter_count(), 10);
/// let chain = vec![Block::Dense(Linear::new(2, 2, &mut rng)), Block::Relu];
/// assert_eq!(chain.parameter_count(), 6);
/// ```
#[macro_export]
macro_rules! module {
    // A layer without parameters is itself over any kind of parameter.
    (keep $Name:ident) => {
        impl<P> $crate::Module<P> for $Name {
            type With<Q> = $Name;
            fn map_at<Q>(
                &self,
                _: &$crate::Place<'_>,
                _: &mut dyn FnMut(&$crate::Place<'_>, &P) -> Q,
            ) -> $Name {
                ::core::clone::Clone::clone(self)
            }
            fn visit_at<'a>(&'a self, _: &$crate::Place<'_>, _: &mut dyn FnMut(&$crate::Place<'_>, &'a P))
            where
                P: 'a,
            {
            }
            fn visit_mut_at<'a>(
                &'a mut self,
                _: &$crate::Place<'_>,
                _: &mut dyn FnMut(&$crate::Place<'_>, &'a mut P),
            ) where
                P: 'a,
            {
            }
        }
    };

    (enum $Name:ident { $($Variant:ident $(($kind:ident))? $({ $($fkind:ident $field:ident),* $(,)? })?),+ $(,)? }) => {
        impl<P> $crate::Module<P> for $Name<P> {
            type With<Q> = $Name<Q>;
            #[allow(unused_variables)]
            fn map_at<Q>(
                &self,
                at: &$crate::Place<'_>,
                f: &mut dyn FnMut(&$crate::Place<'_>, &P) -> Q,
            ) -> $Name<Q> {
                match self {$(
                    $Name::$Variant $(($crate::module!(@bind $kind it)))? $({ $($field),* })? =>
                        $Name::$Variant $(($crate::module!(@map $kind it, [at], f)))?
                            $({ $($field: $crate::module!(@map $fkind $field, [at $field], f)),* })?,
                )+}
            }
            #[allow(unused_variables)]
            fn visit_at<'a>(
                &'a self,
                at: &$crate::Place<'_>,
                f: &mut dyn FnMut(&$crate::Place<'_>, &'a P),
            ) where
                P: 'a,
            {
                match self {$(
                    $Name::$Variant $(($crate::module!(@bind $kind it)))? $({ $($field),* })? => {
                        $($crate::module!(@visit $kind it, visit_at, [at], f);)?
                        $($($crate::module!(@visit $fkind $field, visit_at, [at $field], f);)*)?
                    }
                )+}
            }
            #[allow(unused_variables)]
            fn visit_mut_at<'a>(
                &'a mut self,
                at: &$crate::Place<'_>,
                f: &mut dyn FnMut(&$crate::Place<'_>, &'a mut P),
            ) where
                P: 'a,
            {
                match self {$(
                    $Name::$Variant $(($crate::module!(@bind $kind it)))? $({ $($field),* })? => {
                        $($crate::module!(@visit $kind it, visit_mut_at, [at], f);)?
                        $($($crate::module!(@visit $fkind $field, visit_mut_at, [at $field], f);)*)?
                    }
                )+}
            }
        }
    };

    // Generic over children.
    ($Name:ident<$($M:ident),+ $(,)?> { $($kind:ident $field:tt),* $(,)? }) => {
        impl<P, $($M: $crate::Module<P>),+> $crate::Module<P> for $Name<$($M),+> {
            type With<Q> = $Name<$($M::With<Q>),+>;
            $crate::module!(@body $Name { $($kind $field),* });
        }
    };

    // Generic over parameters.
    ($Name:ident { $($kind:ident $field:tt),* $(,)? }) => {
        impl<P> $crate::Module<P> for $Name<P> {
            type With<Q> = $Name<Q>;
            $crate::module!(@body $Name { $($kind $field),* });
        }
    };

    (@body $Name:ident { $($kind:ident $field:tt),* }) => {
        #[allow(unused_variables)]
        fn map_at<Q>(
            &self,
            at: &$crate::Place<'_>,
            f: &mut dyn FnMut(&$crate::Place<'_>, &P) -> Q,
        ) -> Self::With<Q> {
            $Name { $($field: $crate::module!(@map $kind (&self.$field), [at $field], f)),* }
        }
        #[allow(unused_variables)]
        fn visit_at<'a>(&'a self, at: &$crate::Place<'_>, f: &mut dyn FnMut(&$crate::Place<'_>, &'a P))
        where
            P: 'a,
        {
            $($crate::module!(@visit $kind (&self.$field), visit_at, [at $field], f);)*
        }
        #[allow(unused_variables)]
        fn visit_mut_at<'a>(
            &'a mut self,
            at: &$crate::Place<'_>,
            f: &mut dyn FnMut(&$crate::Place<'_>, &'a mut P),
        ) where
            P: 'a,
        {
            $($crate::module!(@visit $kind (&mut self.$field), visit_mut_at, [at $field], f);)*
        }
    };

    (@bind $kind:ident $it:ident) => { $it };

    // Places: that of a field, or of the module itself where an enum's variant holds one thing.
    (@place $at:ident $field:tt) => { $at.field(stringify!($field)) };
    (@place $at:ident) => { *$at };

    (@map param $it:expr, [$at:ident $($field:tt)?], $f:ident) => {
        $f(&$crate::module!(@place $at $($field)?).of_kind($crate::Kind::Param), $it)
    };
    (@map state $it:expr, [$at:ident $($field:tt)?], $f:ident) => {
        $f(&$crate::module!(@place $at $($field)?).of_kind($crate::Kind::State), $it)
    };
    (@map optional $it:expr, [$at:ident $($field:tt)?], $f:ident) => {
        match $it {
            Some(it) => Some($crate::module!(@map param it, [$at $($field)?], $f)),
            None => None,
        }
    };
    (@map child $it:expr, [$at:ident $($field:tt)?], $f:ident) => {
        $crate::Module::map_at($it, &$crate::module!(@place $at $($field)?), $f)
    };
    (@map inner $it:expr, [$at:ident $($field:tt)?], $f:ident) => { $crate::Module::map_at($it, $at, $f) };
    (@map keep $it:expr, [$at:ident $($field:tt)?], $f:ident) => { ::core::clone::Clone::clone($it) };

    (@visit param $it:expr, $visit:ident, [$at:ident $($field:tt)?], $f:ident) => {
        $f(&$crate::module!(@place $at $($field)?).of_kind($crate::Kind::Param), $it)
    };
    (@visit state $it:expr, $visit:ident, [$at:ident $($field:tt)?], $f:ident) => {
        $f(&$crate::module!(@place $at $($field)?).of_kind($crate::Kind::State), $it)
    };
    (@visit optional $it:expr, $visit:ident, [$at:ident $($field:tt)?], $f:ident) => {
        if let Some(it) = $it {
            $crate::module!(@visit param it, $visit, [$at $($field)?], $f);
        }
    };
    (@visit child $it:expr, $visit:ident, [$at:ident $($field:tt)?], $f:ident) => {
        $crate::Module::$visit($it, &$crate::module!(@place $at $($field)?), $f)
    };
    (@visit inner $it:expr, $visit:ident, [$at:ident $($field:tt)?], $f:ident) => { $crate::Module::$visit($it, $at, $f) };
    (@visit keep $it:expr, $visit:ident, [$at:ident $($field:tt)?], $f:ident) => { () };
}
