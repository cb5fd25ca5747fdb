//! The chain rule by hand: f = (x + y) z, and a chain of three functions.

use std::error::Error;

use autograd::prelude::*;

use super::page::{Lesson, Page};

pub(crate) const LESSON: Lesson = Lesson {
    file: "05_chain_rule.rs",
    name: "chain-rule",
    title: "The chain rule by hand",
    run: lesson,
};

fn lesson(page: &mut Page) -> Result<(), Box<dyn Error>> {
    page.text(
        "A computation is a graph: each operation knows its own derivative, and the chain rule multiplies them along paths \
         and adds up paths. Take f = (x + y) z at x = -2, y = 5, z = -4, with q = x + y:",
    );
    page.formula("q = x + y,   f = q z");
    page.formula("∂f/∂q = z,   ∂f/∂z = q,   ∂q/∂x = ∂q/∂y = 1");

    let tape = Tape::new();
    let (x, y, z) = (tape.var(-2.0), tape.var(5.0), tape.var(-4.0));
    let q = x + y;
    let f = q * z;
    let grads = f.backward();
    page.table(
        &["", "value", "gradient", "why"],
        vec![
            row("f", f.value(), grads[f], "1: where the walk backwards starts"),
            row("q", q.value(), grads[q], "∂f/∂q = z"),
            row("z", z.value(), grads[z], "∂f/∂z = q"),
            row("x", x.value(), grads[x], "∂f/∂q · ∂q/∂x = z · 1"),
            row("y", y.value(), grads[y], "∂f/∂q · ∂q/∂y = z · 1"),
        ],
    );
    page.shows(
        "xyz",
        "q = 3, f = -12; ∂f/∂x = -4, ∂f/∂y = -4, ∂f/∂z = 3, ∂f/∂q = -4",
        [q.value(), f.value(), grads[x], grads[y], grads[z], grads[q]] == [3.0, -12.0, -4.0, -4.0, 3.0, -4.0],
    );

    page.text(
        "A chain of functions: x = 5v - 2, y = 3x - 2, z = y². The derivative of z by v has a factor for each link, so three; a \
         slide that prints dz/dv = dz/dy · dy/dx has lost dx/dv.",
    );
    page.formula("dz/dv = dz/dy · dy/dx · dx/dv = 2y · 3 · 5 = 30 (15v - 8)");
    let v = tape.var(1.0);
    let x = v * 5.0 - 2.0;
    let y = x * 3.0 - 2.0;
    let z = y.powi(2);
    let grads = z.backward();
    page.table(
        &["", "value", "dz/d…", "why"],
        vec![
            row("y", y.value(), grads[y], "2y"),
            row("x", x.value(), grads[x], "2y · 3"),
            row("v", v.value(), grads[v], "2y · 3 · 5"),
        ],
    );
    page.shows(
        "chain-of-three",
        "at v = 1: x = 3, y = 7, z = 49, dz/dv = 210 (two factors alone would say 42)",
        [x.value(), y.value(), z.value(), grads[v], grads[x]] == [3.0, 7.0, 49.0, 210.0, 42.0],
    );
    Ok(())
}

fn row(name: &str, value: f64, gradient: f64, why: &str) -> Vec<String> {
    vec![name.to_owned(), value.to_string(), gradient.to_string(), why.to_owned()]
}
