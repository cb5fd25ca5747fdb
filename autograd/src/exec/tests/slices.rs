//! Elementwise kernels over slices of every length and shape.

use super::*;
use crate::exec::slices::{Arg, Rows, binary, blend, select, unary};
use crate::ops::{Binary, UnaryKind};

fn every_level(test: impl Fn(Level)) {
    Level::available().for_each(test);
}

#[test]
fn an_element_has_the_same_bits_wherever_it_stands() {
    fn check<T: Element>(level: Level) {
        let op = UnaryKind::Exp.with([0.0; 2]);
        let kernel = unary::<T>(level, op);
        let x = numbers::<T>(200, 1);
        let mut whole = vec![T::default(); 200];
        kernel.call(op.params(), &x, &mut whole);
        for start in 0..40 {
            for len in 0..70 {
                let mut y = vec![T::from_f64(7.0); len + 1];
                kernel.call(op.params(), &x[start..start + len], &mut y[..len]);
                assert_eq!(bits(&y[..len]), bits(&whole[start..start + len]), "{level} {start} {len}");
                assert!(y[len] == T::from_f64(7.0), "{level} writes beyond the end");
            }
        }
    }
    every_level(|level| {
        check::<f32>(level);
        check::<f64>(level);
    });
}

#[test]
fn binary_forms_agree_with_single_elements() {
    fn check<T: Element>(level: Level) {
        let f = binary::<T>(level, Binary::Add);
        for width in (1..20).chain([31, 32, 33, 64, 100]) {
            for rows in [1, 2, 3, 15, 16, 17, 33] {
                let n = width * rows;
                let (a, b) = (numbers::<T>(n, 1), numbers::<T>(n, 2));
                let (wide, one) = (numbers::<T>(width, 3), numbers::<T>(rows, 4));
                let check = |form: &str, run: &dyn Fn(&mut [T]), expected: &dyn Fn(usize, usize) -> T| {
                    let mut out = vec![T::from_f64(7.0); n + 1];
                    run(&mut out[..n]);
                    assert!(out.pop() == Some(T::from_f64(7.0)), "{form} writes beyond the end");
                    let expected: Vec<T> = (0..n).map(|i| expected(i / width, i % width)).collect();
                    assert_eq!(bits(&out), bits(&expected), "{form} at {level}, {rows} rows of {width}");
                };
                let at = |r: usize, j: usize| r * width + j;
                check("vv", &|out| f.vv(&a, &b, out), &|r, j| a[at(r, j)] + b[at(r, j)]);
                check("vs", &|out| f.vs(&a, b[0], out), &|r, j| a[at(r, j)] + b[0]);
                check("sv", &|out| f.sv(a[0], &b, out), &|r, j| a[0] + b[at(r, j)]);
                check(
                    "rows_vs",
                    &|out| f.rows_scalars(width, strided(&a, width), strided(&one, 1), out),
                    &|r, j| a[at(r, j)] + one[r],
                );
                check(
                    "rows_sv",
                    &|out| f.scalars_rows(width, strided(&one, 1), strided(&b, width), out),
                    &|r, j| one[r] + b[at(r, j)],
                );
                check(
                    "rows_vr",
                    &|out| f.rows_rows(width, strided(&a, width), strided(&wide, 0), out),
                    &|r, j| a[at(r, j)] + wide[j],
                );
                check(
                    "rows_rv",
                    &|out| f.rows_rows(width, strided(&wide, 0), strided(&b, width), out),
                    &|r, j| wide[j] + b[at(r, j)],
                );
                let (wide_one, tall) = (Rows { data: &wide, stride: 0 }, Rows { data: &one, stride: 1 });
                check("row and column", &|out| f.rows_scalars(width, wide_one, tall, out), &|r, j| {
                    wide[j] + one[r]
                });
                let strided = numbers::<T>(rows * (width + 5), 5);
                let (x, y) = (Rows { data: &strided, stride: width + 5 }, Rows { data: &b, stride: width });
                check("strided", &|out| f.rows_rows(width, x, y, out), &|r, j| {
                    strided[r * (width + 5) + j] + b[at(r, j)]
                });
            }
        }
    }
    every_level(|level| {
        check::<f32>(level);
        check::<f64>(level);
    });
}

#[test]
fn empty_operands_are_fine() {
    every_level(|level| {
        let f = binary::<f32>(level, Binary::Add);
        f.vv(&[], &[], &mut []);
        f.vs(&[], 1.0, &mut []);
        f.sv(1.0, &[], &mut []);
        f.rows_scalars(0, strided(&[], 0), strided(&[], 1), &mut []);
        f.rows_rows(2, strided(&[], 2), strided(&[1.0, 2.0], 0), &mut []);
        f.rows_rows(0, strided(&[], 0), strided(&[], 0), &mut []);
        select::<f32>(level, Arg::Scalar(1.0), Arg::Slice(&[]), Arg::Scalar(2.0), &mut []);
    });
}

#[test]
#[should_panic]
fn rows_without_width_have_no_elements() {
    binary::<f32>(Level::best(), Binary::Add).rows_rows(
        0,
        strided(&[1.0; 4], 0),
        strided(&[], 0),
        &mut [0.0; 4],
    );
}

#[test]
#[should_panic]
fn operands_must_be_as_long_as_the_result() {
    binary::<f32>(Level::best(), Binary::Add).vv(&[1.0; 15], &[1.0; 16], &mut [0.0; 16]);
}

#[test]
fn select_takes_any_mix_of_slices_and_numbers() {
    let mask = [
        1.0f32,
        0.0,
        -0.0,
        f32::NAN,
        2.0,
        0.0,
        1.0,
        0.0,
        0.0,
        1.0,
        0.0,
        0.0,
        1.0,
        1.0,
        0.0,
        0.0,
        1.0,
        0.0,
        1.0,
    ];
    let n = mask.len();
    let (then, other) = (numbers::<f32>(n, 1), numbers::<f32>(n, 2));
    every_level(|level| {
        for form in 0..8 {
            let arg = |bit: usize, x| if form >> bit & 1 == 1 { Arg::Scalar(then[3]) } else { Arg::Slice(x) };
            let at = |arg: Arg<f32>, i: usize| match arg {
                Arg::Slice(x) => x[i],
                Arg::Scalar(s) => s,
            };
            let (m, t, o) = (arg(0, &mask), arg(1, &then), arg(2, &other));
            let mut out = vec![7.0; n];
            select(level, m, t, o, &mut out);
            for (i, out) in out.into_iter().enumerate() {
                let expected = if at(m, i) != 0.0 { at(t, i) } else { at(o, i) };
                assert_eq!(out, expected, "{level} form {form} element {i}");
            }
        }
    });
}

#[test]
fn blends_round_as_the_products_and_the_sum_do() {
    every_level(|level| {
        for n in [0, 1, 15, 16, 17, 100] {
            let (x, y) = (numbers::<f32>(n, 1), numbers::<f32>(n, 2));
            let (a, b) = (0.1f32, -0.7f32);
            let mut out = vec![7.0; n];
            blend(level, a, &x, b, &y, &mut out);
            for i in 0..n {
                let (ax, by) = (std::hint::black_box(a * x[i]), std::hint::black_box(b * y[i]));
                assert_eq!(out[i].to_bits(), (ax + by).to_bits(), "{level}, element {i} of {n}");
            }
        }
    });
}

fn strided<T>(data: &[T], stride: usize) -> Rows<'_, T> {
    Rows { data, stride }
}
