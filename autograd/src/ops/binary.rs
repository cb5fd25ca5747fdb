//! Elementwise operations of two arguments, one row each: the columns are explained in `table.rs`.

use super::Elementary;
use super::table::{BinaryRow, BinaryVisitor, binary};
use crate::number::{Float, Real};

binary! {
operators {
    /// a + b.
    Add add {
        value(a, b) = a + b;
        slope_a(a, b, y) = a.lit(1.0);
        slope_b(a, b, y) = a.lit(1.0);
        on -3.0..3.0, -3.0..3.0; flops 1; infix "+" 1;
    }
    /// a - b.
    Sub sub {
        value(a, b) = a - b;
        slope_a(a, b, y) = a.lit(1.0);
        slope_b(a, b, y) = a.lit(-1.0);
        on -3.0..3.0, -3.0..3.0; flops 1; infix "-" 1;
    }
    /// a · b.
    Mul mul {
        value(a, b) = a * b;
        slope_a(a, b, y) = b;
        slope_b(a, b, y) = a;
        on -3.0..3.0, -3.0..3.0; flops 1; infix "*" 2;
    }
    /// a / b.
    Div div {
        value(a, b) = a / b;
        slope_a(a, b, y) = b.recip();
        slope_b(a, b, y) = -(y / b);
        on -3.0..3.0, 0.3..3.0; flops 1; infix "/" 2;
    }
    /// The remainder of a / b with the sign of a, as Rust's `%`: a - b · trunc(a / b).
    Rem rem {
        value(a, b) = a % b;
        slope_a(a, b, y) = a.lit(1.0);
        slope_b(a, b, y) = ((y - a) / b).round();
        on -5.0..5.0, 0.7..3.0; kink(a, b) (a / b) - (a / b).round(); flops 1; infix "%" 2;
    }
}
methods {
    /// a to the power b; the slope in b at a = 0 is 0, and the slope in a at a = b = 0 is 0.
    Pow pow {
        value(a, b) = a.pass_nan(b.pass_nan(a.powf(b)));
        // At a = b = 0 the product would be 0 · ∞. The mask may not look at b alone: for a > 0 the slope 0 at b = 0
        // has itself a slope in b.
        slope_a(a, b, y) = a.abs().max(b.abs()).where_(b * a.pow(b - b.lit(1.0)), a.lit(0.0));
        slope_b(a, b, y) = a.where_(y * a.ln(), a.lit(0.0));
        on 0.3..3.0, -2.0..2.0; flops 16;
    }
    /// The larger of a and b; NaN if either is. A tie shares equally: slope 1/2 each.
    Max max {
        value(a, b) = a.max(b);
        slope_a(a, b, y) = (a.ge(b) + a.gt(b)) * a.lit(0.5);
        slope_b(a, b, y) = (a.le(b) + a.lt(b)) * a.lit(0.5);
        on -3.0..3.0, -3.0..3.0; kink(a, b) a - b; flops 1;
    }
    /// The smaller of a and b; NaN if either is. A tie shares equally: slope 1/2 each.
    Min min {
        value(a, b) = a.min(b);
        slope_a(a, b, y) = (a.le(b) + a.lt(b)) * a.lit(0.5);
        slope_b(a, b, y) = (a.ge(b) + a.gt(b)) * a.lit(0.5);
        on -3.0..3.0, -3.0..3.0; kink(a, b) a - b; flops 1;
    }
    /// The angle of the point with height a over the abscissa b, in (-π, π]; both slopes at (0, 0) are 0.
    Atan2 atan2 {
        value(a, b) = a.atan2(b);
        slope_a(a, b, y) = b * (a * a + b * b).recip_or_zero();
        slope_b(a, b, y) = -a * (a * a + b * b).recip_or_zero();
        on 0.3..3.0, -3.0..3.0; flops 12;
    }
    /// √(a² + b²) without overflow; both slopes at (0, 0) are 0.
    Hypot hypot {
        value(a, b) = a.pass_nan(b.pass_nan(a.hypot(b)));
        slope_a(a, b, y) = a * y.recip_or_zero();
        slope_b(a, b, y) = b * y.recip_or_zero();
        on 0.3..3.0, -3.0..3.0; flops 4;
    }
    /// 1 where a = b, else 0; a NaN is equal to nothing. Slope 0.
    Eq eq {
        value(a, b) = F::select(a == b, F::lit(1.0), F::lit(0.0));
        slope_a(a, b, y) = a.lit(0.0);
        slope_b(a, b, y) = a.lit(0.0);
        on -3.0..3.0, -3.0..3.0; kink(a, b) a - b; flops 1; infix "==" 0;
    }
    /// 1 where a ≠ b, else 0; a NaN differs from everything. Slope 0.
    Ne ne {
        value(a, b) = F::select(a != b, F::lit(1.0), F::lit(0.0));
        slope_a(a, b, y) = a.lit(0.0);
        slope_b(a, b, y) = a.lit(0.0);
        on -3.0..3.0, -3.0..3.0; kink(a, b) a - b; flops 1; infix "!=" 0;
    }
    /// 1 where a < b, else 0, also if either is NaN. Slope 0.
    Lt lt {
        value(a, b) = F::select(a < b, F::lit(1.0), F::lit(0.0));
        slope_a(a, b, y) = a.lit(0.0);
        slope_b(a, b, y) = a.lit(0.0);
        on -3.0..3.0, -3.0..3.0; kink(a, b) a - b; flops 1; infix "<" 0;
    }
    /// 1 where a ≤ b, else 0, also if either is NaN. Slope 0.
    Le le {
        value(a, b) = F::select(a <= b, F::lit(1.0), F::lit(0.0));
        slope_a(a, b, y) = a.lit(0.0);
        slope_b(a, b, y) = a.lit(0.0);
        on -3.0..3.0, -3.0..3.0; kink(a, b) a - b; flops 1; infix "<=" 0;
    }
    /// 1 where a > b, else 0, also if either is NaN. Slope 0.
    Gt gt {
        value(a, b) = F::select(a > b, F::lit(1.0), F::lit(0.0));
        slope_a(a, b, y) = a.lit(0.0);
        slope_b(a, b, y) = a.lit(0.0);
        on -3.0..3.0, -3.0..3.0; kink(a, b) a - b; flops 1; infix ">" 0;
    }
    /// 1 where a ≥ b, else 0, also if either is NaN. Slope 0.
    Ge ge {
        value(a, b) = F::select(a >= b, F::lit(1.0), F::lit(0.0));
        slope_a(a, b, y) = a.lit(0.0);
        slope_b(a, b, y) = a.lit(0.0);
        on -3.0..3.0, -3.0..3.0; kink(a, b) a - b; flops 1; infix ">=" 0;
    }
}
}
