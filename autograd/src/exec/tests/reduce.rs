//! Reductions against their definition written plainly, at every level and however they are cut.

use super::*;
use crate::exec::reduce::*;

/// The definition, in scalar code.
fn plain_sum<T: Element>(x: &[T]) -> T {
    let mut total = 0.0;
    for block in x.chunks(1024) {
        let mut lanes = [T::default(); 16];
        for (i, &x) in block.iter().enumerate() {
            lanes[i % 16] = lanes[i % 16] + x;
        }
        for half in [8, 4, 2, 1] {
            for i in 0..half {
                lanes[i] = lanes[i] + lanes[i + half];
            }
        }
        total += lanes[0].to_f64();
    }
    T::from_f64(total)
}

fn widths() -> impl Iterator<Item = usize> {
    (0..70).chain([100, 1000, 1023, 1024, 1025, 1039, 1040, 2048, 5000])
}

#[test]
fn sums_follow_their_definition_bit_for_bit() {
    fn check<T: Element>(level: Level) {
        for width in widths() {
            let rows = 3;
            let mut x = numbers::<T>(width * rows, 1);
            if width > 2 {
                x[1] = T::from_f64(-0.0);
                x[2] = T::from_f64(1e6);
            }
            let mut out = vec![T::from_f64(7.0); rows];
            sum_rows(level, &x, width, &mut out);
            let expected: Vec<T> = (0..rows).map(|r| plain_sum(&x[r * width..(r + 1) * width])).collect();
            assert_eq!(bits(&out), bits(&expected), "{level} width {width}");
        }
        let minus_zeros = [T::from_f64(-0.0); 20];
        let mut out = [T::from_f64(7.0)];
        sum_rows(level, &minus_zeros, 20, &mut out);
        assert_eq!(bits(&out), bits(&[T::default()]));
    }
    for level in Level::available() {
        check::<f32>(level);
        check::<f64>(level);
    }
}

#[test]
fn a_total_has_the_same_bits_however_it_is_cut() {
    let x = numbers::<f32>(5000, 2);
    for level in Level::available() {
        for step in [1, 2, 7, 15, 16, 17, 31, 160, 1000, 1024, 1030, 5000] {
            let mut total = TotalSum::new();
            let (mut max, mut min) = (TotalMax::new(), TotalMin::new());
            let mut sizes = [step, 1, step / 2 + 1].into_iter().cycle();
            let mut rest = &x[..];
            while !rest.is_empty() {
                let (now, later) = rest.split_at(sizes.next().unwrap().min(rest.len()));
                total.push(level, now);
                max.push(level, now);
                min.push(level, now);
                rest = later;
            }
            assert_eq!(total.finish().to_bits(), plain_sum(&x).to_bits(), "{level} step {step}");
            assert_eq!(max.finish(), x.iter().copied().fold(f32::MIN, f32::max));
            assert_eq!(min.finish(), x.iter().copied().fold(f32::MAX, f32::min));
        }
        assert_eq!(TotalSum::<f32>::new().finish().to_bits(), 0);
    }
}

#[test]
fn extremes_are_right_for_nan_infinities_zeros_and_nothing() {
    fn check<T: Element>(level: Level) {
        let number = T::from_f64;
        let (nan, infinity) = (number(f64::NAN), number(f64::INFINITY));
        for width in widths().filter(|width| *width > 0) {
            let x = numbers::<T>(width, 3);
            let run = |x: &[T]| {
                let (mut max, mut min) = ([number(7.0)], [number(7.0)]);
                max_rows(level, x, width, &mut max);
                min_rows(level, x, width, &mut min);
                [max[0].to_f64(), min[0].to_f64()]
            };
            let expected = x.iter().fold([f64::NEG_INFINITY, f64::INFINITY], |[max, min], x| {
                [f64::max(max, x.to_f64()), f64::min(min, x.to_f64())]
            });
            assert_eq!(run(&x), expected, "{level} width {width}");
            for at in [0, width / 2, width - 1] {
                let with = |special: T| {
                    let mut x = x.clone();
                    x[at] = special;
                    run(&x)
                };
                assert!(with(nan).iter().all(|x| x.is_nan()), "{level} width {width}: NaN at {at}");
                assert_eq!(with(infinity)[0], f64::INFINITY);
                assert_eq!(with(-infinity)[1], f64::NEG_INFINITY);
            }
            let zeros: Vec<T> = (0..width).map(|i| number(if i % 2 == 0 { -0.0 } else { 0.0 })).collect();
            assert_eq!(run(&zeros).map(f64::to_bits), [0; 2], "{level} width {width}: a zero is +0");
        }
        let (mut max, mut min) = ([number(7.0); 2], [number(7.0); 2]);
        max_rows(level, &[], 0, &mut max);
        min_rows(level, &[], 0, &mut min);
        assert_eq!((max, min), ([-infinity; 2], [infinity; 2]));
    }
    for level in Level::available() {
        check::<f32>(level);
        check::<f64>(level);
    }
}

#[test]
fn column_sums_have_the_same_bits_however_they_are_cut() {
    for level in Level::available() {
        for width in [1, 3, 10, 15, 16, 17, 48, 64, 65, 130] {
            for rows in [0, 1, 5, 63, 64, 65, 200] {
                let x = numbers::<f32>(width * rows, 4);
                let expected: Vec<f32> = (0..width)
                    .map(|j| {
                        let blocks = x.chunks(64 * width);
                        blocks
                            .map(|block| block.chunks(width).fold(0.0, |sum, row| sum + row[j]))
                            .fold(0.0, |a, b| a + b)
                    })
                    .collect();
                for step in [1, 7, 64, 1000] {
                    let (mut block, mut total) = (vec![7.0; width], vec![7.0; width]);
                    let mut sum = ColumnSum::new(&mut block, &mut total);
                    for piece in x.chunks(step * width) {
                        sum.push(level, &mut block, &mut total, piece);
                    }
                    sum.finish(level, &mut block, &mut total);
                    assert_eq!(bits(&total), bits(&expected), "{level} {rows} rows of {width} by {step}");
                }
            }
        }
    }
}

#[test]
fn rows_are_added_in_order() {
    for level in Level::available() {
        let x = numbers::<f64>(5 * 83, 5);
        let start = numbers::<f64>(83, 6);
        let mut acc = start.clone();
        add_rows(level, &mut acc, &x);
        let expected: Vec<f64> =
            (0..83).map(|j| (0..5).fold(start[j], |sum, r| sum + x[r * 83 + j])).collect();
        assert_eq!(bits(&acc), bits(&expected));
    }
}

#[test]
#[should_panic(expected = "3 rows of 4 numbers were expected")]
fn rows_must_be_whole() {
    sum_rows(Level::best(), &[1.0f32; 11], 4, &mut [0.0; 3]);
}
