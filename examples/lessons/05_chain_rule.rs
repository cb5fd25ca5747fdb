//! The chain rule by hand: f = (x + y) z, and a chain of three functions; each explained and drawn.

use std::error::Error;

use autograd::prelude::*;

use super::page::Page;

pub(crate) fn lesson(page: &mut Page) -> Result<(), Box<dyn Error>> {
    page.text(
        "A computation is a graph: each operation knows its own derivative, and the chain rule multiplies them along paths \
         and adds up paths. Take f = (x + y) z at x = -2, y = 5, z = -4, with q = x + y:",
    );
    page.formula("q = x + y,   f = q z");
    page.formula("∂f/∂q = z,   ∂f/∂z = q,   ∂q/∂x = ∂q/∂y = 1");

    // The tape keeps what is done, so that it can be explained and drawn.
    let tape = Tape::new().explaining();
    let (x, y, z) = (tape.var(-2.0).named("x"), tape.var(5.0).named("y"), tape.var(-4.0).named("z"));
    let q = (x + y).named("q");
    let f = (q * z).named("f");
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
    page.picture(
        "05_chain_rule_product",
        f.draw().to_svg(),
        "f = (x + y) z as a graph: values above the edges, computed from left to right; gradients below, from right \
         to left. Each box multiplies the gradient that comes in by its own local derivative.",
    );
    page.text(
        "The same, written out by the engine. First the values, in the order of the computation; then the gradients, in the \
         opposite order, each a product of the gradient after it and one local derivative:",
    );
    page.listing(f.explain());
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
    let tape = Tape::new().explaining();
    let v = tape.var(1.0).named("v");
    let x = (v * 5.0 - 2.0).named("x");
    let y = (x * 3.0 - 2.0).named("y");
    let z = y.square().named("z");
    let grads = z.backward();
    page.table(
        &["", "value", "dz/d…", "why"],
        vec![
            row("y", y.value(), grads[y], "2y"),
            row("x", x.value(), grads[x], "2y · 3"),
            row("v", v.value(), grads[v], "2y · 3 · 5"),
        ],
    );
    page.picture(
        "05_chain_rule_chain",
        z.draw().to_svg(),
        "The chain from v to z at v = 1. Against the arrows, the gradient 1 of z is multiplied by 2y = 14, by 3 and by 5: 210.",
    );
    let chain = |v: f64| grad(|v| ((v[0] * 5.0 - 2.0) * 3.0 - 2.0).square(), &[v])[0];
    let elsewhere = [-1.0, 0.5, 2.0].iter().all(|&v| chain(v) == 30.0 * (15.0 * v - 8.0));
    page.text(
        "A derivation by hand can be handed to the engine, which compares it with the recorded computation step by step and \
         says which factor is wrong or missing. This is what it answers to the printed two factors, 14 · 3 = 42:",
    );
    let printed = z.check_derivation().local(z, y, 14.0).gradient(y, 14.0).gradient(x, 42.0).gradient(v, 42.0);
    let answer = printed.report().expect_err("a factor is missing").to_string();
    page.listing(&answer);
    let mended = z.check_derivation().local(z, y, 14.0).gradient(y, 14.0).gradient(x, 42.0).gradient(v, 210.0);
    page.shows(
        "chain-of-three",
        "at v = 1: x = 3, y = 7, z = 49, dz/dv = 210 (two factors alone would say 42); 30 (15v - 8) at other v too",
        answer.contains("= 5 is missing")
            && mended.report().is_ok()
            && elsewhere
            && [x.value(), y.value(), z.value(), grads[v], grads[x]] == [3.0, 7.0, 49.0, 210.0, 42.0],
    );
    Ok(())
}

fn row(name: &str, value: f64, gradient: f64, why: &str) -> Vec<String> {
    vec![name.to_owned(), value.to_string(), gradient.to_string(), why.to_owned()]
}
