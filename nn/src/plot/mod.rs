//! Charts as SVG and PNG, the same on every machine: a font is carried along.
//!
//! A [`Chart`] has [`Series`] on two axes; a [`Figure`] has charts beside each other. Both are written by `to_svg`, `to_png`
//! and `save`. The functions here draw the pictures that training and teaching need; what they give is a chart, so everything
//! about it can be changed, and more be drawn on it.

mod axis;
mod chart;
mod clip;
mod color;
mod contour;
mod draw;
mod error;
mod figure;
mod font;
mod grid;
mod layout;
mod legend;
mod look;
mod mark;
mod panel;
mod pictures;
mod raster;
mod scale;
mod scene;
mod series;
mod svg;
mod words;

pub use chart::Chart;
pub use color::{Color, ColorMap};
pub use error::PlotError;
pub use figure::Figure;
pub use grid::Grid;
pub use pictures::*;
pub use scene::Anchor;
pub use series::{Dash, Marker, Series};
