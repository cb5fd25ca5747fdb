//! The corners of the unit square: the inputs of logic gates, and what exclusive or says to them.

pub(crate) const CORNERS: [[f64; 2]; 4] = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];

/// Each corner, and the output that is wanted.
pub(crate) const XOR: [([f64; 2], f64); 4] =
    [(CORNERS[0], 0.0), (CORNERS[1], 1.0), (CORNERS[2], 1.0), (CORNERS[3], 0.0)];
