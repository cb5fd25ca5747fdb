//! The chain rule, by hand and by machine: two textbook examples.
//!
//! ```text
//! cargo run --example chain_rule
//! ```

use autograd::prelude::*;

fn main() {
    a_product_of_a_sum();
    a_chain();
}

/// f = (x + y) z at x = -2, y = 5, z = -4.
///
/// By hand, with q = x + y: f = q z, so df/dq = z = -4 and df/dz = q = 3; dq/dx = dq/dy = 1,
/// so df/dx = df/dy = df/dq · 1 = -4.
fn a_product_of_a_sum() {
    let g = Graph::f64();
    let (x, y, z) = (g.var(-2.0), g.var(5.0), g.var(-4.0));
    let q = (x + y).keep_grad(); // Gradients of leaves are kept anyway, those of other nodes if asked for.
    let f = q * z;
    let grads = f.backward();

    println!("f = (x + y) z at x = -2, y = 5, z = -4");
    println!("  f     = {}", f.item());
    println!("  df/dq = {}   (q = x + y = {})", grads[q].item(), q.item());
    println!("  df/dx = {}", grads[x].item());
    println!("  df/dy = {}", grads[y].item());
    println!("  df/dz = {}", grads[z].item());

    assert_eq!(f.item(), -12.0);
    assert_eq!((grads[x].item(), grads[y].item(), grads[z].item()), (-4.0, -4.0, 3.0));
}

/// x = 5 v - 2, y = 3 x - 2, z = y² at v = 1.
///
/// By hand: x = 3, y = 7, z = 49; dz/dy = 2 y = 14, dy/dx = 3, dx/dv = 5, and
/// dz/dv = 14 · 3 · 5 = 210.
fn a_chain() {
    let g = Graph::f64();
    let v = g.var(1.0);
    let x = (5.0 * v - 2.0).keep_grad();
    let y = (3.0 * x - 2.0).keep_grad();
    let z = y * y; // y is used twice: both paths are added up, y + y = 2 y.
    let grads = z.backward();

    println!("\nx = 5 v - 2, y = 3 x - 2, z = y^2 at v = 1");
    println!("  x = {}, y = {}, z = {}", x.item(), y.item(), z.item());
    println!("  dz/dy = 2 y         = {}", grads[y].item());
    println!("  dz/dx = dz/dy · 3   = {}", grads[x].item());
    println!("  dz/dv = dz/dx · 5   = {}", grads[v].item());

    assert_eq!((x.item(), y.item(), z.item()), (3.0, 7.0, 49.0));
    assert_eq!((grads[y].item(), grads[x].item(), grads[v].item()), (14.0, 42.0, 210.0));
}
