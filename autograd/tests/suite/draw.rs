//! Pictures: the textbook's product of a sum in every format; folding; labels that would break a format.

use std::fs;
use std::path::Path;

use autograd::draw::Drawing;
use autograd::prelude::*;

/// f = (x + y) z at (-2, 5, -4).
fn product() -> Drawing {
    let tape = Tape::new().explaining();
    let (x, y, z) = (tape.var(-2.0).named("x"), tape.var(5.0).named("y"), tape.var(-4.0).named("z"));
    let q = (x + y).named("q");
    (q * z).named("f").draw()
}

#[test]
fn the_picture_in_the_readme_is_what_is_drawn() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/product.svg");
    let drawn = product().to_svg();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &drawn).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == drawn,
        "docs/product.svg is out of date: run this test with UPDATE_DOCS=1, and look at it"
    );
}

#[test]
fn the_same_in_other_languages() {
    insta::assert_snapshot!(product().to_dot());
    insta::assert_snapshot!(product().to_mermaid());
    insta::assert_snapshot!(product().top_down().to_svg());
}

#[test]
fn a_deep_network_is_folded_into_few_boxes() {
    let g = Graph::new();
    let mut h = g.constant(Tensor::from_fn([4, 8], |i| (i as f32).sin())).named("x");
    for layer in 0..50 {
        let w = g.var(Tensor::from_fn([8, 8], |i| ((i + layer) as f32).cos() * 0.3));
        let b = g.var(Tensor::zeros([8]));
        let (w, b) = (w.named(&format!("layers.{layer}.weight")), b.named(&format!("layers.{layer}.bias")));
        h = (h.matmul_t(w) + b).tanh();
    }
    let loss = h.square().mean().named("loss");
    let mermaid = loss.draw().to_mermaid();
    for name in ["layers.0<br>", "layers.1 … layers.48<br>96 parameters<br>144 operations", "layers.49<br>"]
    {
        assert!(mermaid.contains(name), "{name} is missing in {mermaid}");
    }
    assert!(mermaid.lines().count() < 30, "{mermaid}");
    let all = loss.draw().fold(false).limit(20);
    assert!(all.to_mermaid().contains("earlier nodes") && all.to_svg().matches("<rect").count() == 21);
}

#[test]
fn parts_that_would_make_a_circle_are_not_folded() {
    // What leaves the part `cell` and comes back into it.
    let g = Graph::f64();
    let (w, x) = (g.var(0.5).named("cell.w"), g.var(2.0).named("x"));
    let first = w * x;
    let between = first.exp() * first;
    let second = (w * between + x).named("y");
    let dot = second.draw().fold(true).to_dot();
    for edge in dot.lines().filter_map(|line| line.trim().strip_prefix('n')?.split_once(" -> n")) {
        let number = |text: &str| {
            text.split(' ').next().and_then(|text| text.parse::<usize>().ok()).expect("a number")
        };
        assert!(number(edge.0) < number(edge.1), "{dot}");
    }
}

#[test]
fn labels_break_no_format() {
    let tape = Tape::new().explaining();
    let x = tape.var(2.0).named("<b>&\"]|\n'");
    let drawing = (x * x).named("é\"").draw();
    let svg = drawing.to_svg();
    assert!(svg.contains("&lt;b&gt;&amp;&quot;]|\\n&#39;") && !svg.contains("<b>"), "{svg}");
    assert!(drawing.to_dot().contains("label=\"<b>&\\\"]|\\\\n'\""), "{}", drawing.to_dot());
    assert!(drawing.to_mermaid().contains("#60;b#62;#38;#34;#93;#124;#92;n'"), "{}", drawing.to_mermaid());
}
