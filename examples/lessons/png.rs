//! Pictures as PNG: the SVG of a chart or a drawing, painted with the font that the charts carry.

use std::error::Error;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

/// Pixels for each unit of the SVG: sharp on a slide.
const SCALE: f32 = 2.0;

static FONT: &[u8] = include_bytes!("../../nn/src/plot/font/DejaVuSans-subset.ttf");

/// The PNG of an SVG.
pub(crate) fn from_svg(svg: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut options = Options::default();
    let fonts = options.fontdb_mut();
    fonts.load_font_data(FONT.to_vec());
    // Whatever family a picture names, this is the one that is there.
    let family = fonts.faces().next().map(|face| face.families[0].0.clone()).ok_or("the font has a face")?;
    fonts.set_sans_serif_family(&family);
    fonts.set_serif_family(&family);
    fonts.set_monospace_family(&family);
    options.font_family = family;
    let tree = Tree::from_str(svg, &options)?;
    let size = tree.size().to_int_size().scale_by(SCALE).ok_or("the picture has no size")?;
    let mut pixels = Pixmap::new(size.width(), size.height()).ok_or("the picture is too large")?;
    resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut pixels.as_mut());
    Ok(pixels.encode_png()?)
}
