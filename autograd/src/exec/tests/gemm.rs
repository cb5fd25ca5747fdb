//! Matrix products against three nested loops in `f64`.

use super::*;
use crate::exec::gemm::{Product, matmul};

fn check<T: Element>(level: Level, product: Product<T>, tolerance: f64) {
    let Product { m, n, k, .. } = product;
    let (a, b) = (numbers::<T>(m * k, 1), numbers::<T>(k * n, 2));
    let before = numbers::<T>(m * n, 3);
    let mut c = before.clone();
    matmul(level, product, &a, &b, &mut c);
    for i in 0..m {
        for j in 0..n {
            let (mut sum, mut size) = (0.0, 1.0);
            for p in 0..k {
                let a = a[if product.a_transposed { p * m + i } else { i * k + p }].to_f64();
                let b = b[if product.b_transposed { j * k + p } else { p * n + j }].to_f64();
                sum += a * b;
                size += (a * b).abs();
            }
            let old = if product.accumulate { before[i * n + j].to_f64() } else { 0.0 };
            let expected = old + product.alpha.to_f64() * sum;
            let error = (c[i * n + j].to_f64() - expected).abs();
            assert!(error <= tolerance * size, "{level} {product:?} at ({i}, {j}): {error:e}, sizes {size}");
        }
    }
}

fn products<T: Element>(m: usize, n: usize, k: usize) -> impl Iterator<Item = Product<T>> {
    (0..16).map(move |flags| Product {
        m,
        n,
        k,
        a_transposed: flags & 1 > 0,
        b_transposed: flags & 2 > 0,
        accumulate: flags & 4 > 0,
        alpha: T::from_f64(if flags & 8 > 0 { -0.75 } else { 1.0 }),
    })
}

#[test]
fn every_small_product_is_right() {
    for level in Level::available() {
        for m in 0..20 {
            for n in 0..20 {
                for k in [0, 1, 2, 3, 5, 8, 13, 16, 19] {
                    for (single, double) in products(m, n, k).zip(products(m, n, k)) {
                        check::<f32>(level, single, 1e-6);
                        check::<f64>(level, double, 1e-15);
                    }
                }
            }
        }
    }
}

#[test]
fn larger_products_are_right() {
    let shapes = [
        (64, 32, 10),
        (10, 15, 784),
        (15, 784, 10),
        (33, 65, 129),
        (40, 33, 66),
        (3, 70, 200),
        (23, 10, 100),
        (1, 100, 300),
        (200, 1, 70),
        (180, 40, 30),
        (5, 3, 2100),
        (30, 35, 1030),
        (7, 129, 1),
    ];
    for level in Level::available() {
        for (m, n, k) in shapes {
            for (single, double) in products(m, n, k).zip(products(m, n, k)) {
                check::<f32>(level, single, 1e-6);
                check::<f64>(level, double, 1e-15);
            }
        }
    }
}

#[test]
fn a_product_has_the_same_bits_again_and_where_it_lies_in_memory_does_not_matter() {
    for level in Level::available() {
        for product in products::<f32>(30, 37, 100) {
            let (a, b) = (numbers::<f32>(3000 + 1, 1), numbers::<f32>(3700 + 3, 2));
            let (a_again, b_again) = (a[1..].to_vec(), b[3..].to_vec());
            let mut first = vec![0.5; 30 * 37];
            let mut second = vec![0.5; 30 * 37 + 5];
            matmul(level, product, &a[1..], &b[3..], &mut first);
            matmul(level, product, &a_again, &b_again, &mut second[5..]);
            assert_eq!(bits(&first), bits(&second[5..]));
        }
    }
}

#[test]
fn nan_and_infinity_pass_through() {
    for level in Level::available() {
        for (m, n, k) in [(2, 3, 4), (30, 40, 50), (4, 5, 100)] {
            for product in products::<f32>(m, n, k) {
                let mut a = vec![1.0f32; m * k];
                a[0] = f32::NAN;
                let mut c = vec![0.0; m * n];
                matmul(level, product, &a, &vec![0.0; k * n], &mut c);
                assert!(c[..n].iter().all(|c| c.is_nan()), "{level} {product:?}");
                assert!(c[n..].iter().all(|c| *c == 0.0), "{level} {product:?}");
            }
        }
    }
}

#[test]
#[should_panic(expected = "matrices of other sizes")]
fn sizes_must_fit() {
    let product = products::<f32>(2, 3, 4).next().unwrap();
    matmul(Level::best(), product, &[0.0; 8], &[0.0; 11], &mut [0.0; 6]);
}
