//! What a tape may hold and where it may go: limits, memory, threads, numbers that are not finite or nearly 0.

use autograd::prelude::*;
use autograd::tape::Var;

use crate::common::caught;

#[test]
fn a_full_tape_says_so_before_it_wraps() {
    for limit in [1u32, 2, 3, 10, 1000] {
        // Up to the limit all is well, whatever mixture of records fills it.
        let tape = Tape::new().max_nodes(limit);
        let x = tape.var(1.0);
        let mut y = x;
        for i in 1..limit {
            y = if i % 2 == 0 { y + x } else { y * 1.5 };
        }
        assert_eq!(tape.len(), limit as usize);
        y.backward();
        let records: [&dyn Fn() -> bool; 5] = [
            &|| y.sin().is_constant(),
            &|| (y * y).is_constant(),
            &|| tape.var(1.0).is_constant(),
            &|| tape.vars(&[1.0]).is_empty(),
            &|| tape.sum(&[y]).is_constant(),
        ];
        for record in records {
            let text = caught(record).message;
            assert!(text.contains(&format!("at most {limit} nodes is full: reset it")), "{text}");
            assert_eq!(tape.len(), limit as usize);
        }
    }
    let tape = Tape::new().max_nodes(10);
    let x = tape.vars(&[1.0; 4]);
    assert!(caught(|| tape.vars(&[1.0; 7])).message.contains("is full"));
    let y = x.map(autograd::ops::Exp);
    assert!(caught(|| y.map(autograd::ops::Exp)).message.contains("is full"));
    assert_eq!(tape.len(), 8);
    let z = y.sum() * 2.0;
    assert!(caught(|| z * 2.0).message.contains("is full"));
    assert_eq!(z.backward().of(x), [2.0 * 1f64.exp(); 4]);
}

#[test]
fn memory_is_kept_by_reset_and_small_per_operation() {
    let mut tape = Tape::new();
    let mut kept = 0;
    for round in 0..5 {
        tape.reset();
        assert!(tape.is_empty() && tape.used_bytes() == 0);
        let x = tape.vars(&[0.5; 1000]);
        let mut y: Var = 0.0.into();
        for x in x.iter() {
            y += (x * x).sin();
        }
        let _ = y + x.dot(x) + x.norm();
        if round > 0 {
            assert_eq!(tape.kept_bytes(), kept, "no round takes more");
        }
        kept = tape.kept_bytes();
        assert!(tape.used_bytes() <= kept);
    }
    let plain = Tape::new();
    let (x, y) = (plain.var(1.0), plain.var(2.0));
    let before = plain.used_bytes();
    let _ = x * y;
    assert_eq!(plain.used_bytes() - before, 24);
    let _ = x.sin();
    assert_eq!(plain.used_bytes() - before, 40);
    assert_eq!(size_of::<Var>(), 24);
}

#[test]
fn ten_million_nodes_go_back_and_away() {
    let tape = Tape::new();
    let x = tape.var(1.0);
    let mut y = x;
    for _ in 0..10_000_000 {
        y += x;
    }
    assert_eq!(y.backward()[x], 10_000_001.0);
}

#[test]
fn tapes_live_in_threads_and_move_between_them() {
    let work = |seed: f64| {
        let tape = Tape::new();
        let x = tape.vars(&(0..100).map(|i| seed + f64::from(i) * 0.01).collect::<Vec<_>>()).to_vec();
        let y: Var = x.windows(2).map(|x| (x[1] - x[0] * x[0]).square() + x[0].sin()).sum();
        let grads = y.backward();
        x.iter().map(|&x| grads[x]).collect::<Vec<f64>>()
    };
    let expected: Vec<_> = (0..4).map(|seed| work(f64::from(seed))).collect();
    let got: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|seed| scope.spawn(move || work(f64::from(seed)))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(got, expected);
    let mut tape = Tape::new();
    tape.var(1.0);
    let (tape, grads) = std::thread::spawn(move || {
        tape.reset();
        let x = tape.var(3.0);
        let grads = (x * x).backward();
        (tape, grads)
    })
    .join()
    .unwrap();
    assert_eq!((tape.len(), grads.len()), (2, 2));
}

#[test]
fn the_first_number_that_is_not_finite_is_found() {
    let tape = Tape::new();
    let x = tape.var(-1.0);
    let y = x * 2.0;
    assert_eq!(tape.first_non_finite(), None);
    let line = line!() + 1;
    let z = (y + 1.0).ln();
    let _ = z * 3.0;
    let found = tape.first_non_finite();
    if cfg!(debug_assertions) {
        let found = found.unwrap();
        let origin = found.origin.unwrap();
        assert_eq!((found.node, origin.line(), origin.file()), (4, line, file!()));
        assert!(found.to_string().contains(file!()));
    }
    // A partial derivative, in each kind of record.
    let tape = Tape::new();
    let x = tape.vars(&[4.0, 0.0, 1.0]);
    let y = x.map(autograd::ops::Sqrt);
    assert_eq!(tape.first_non_finite().unwrap().node, y.at(1).node().unwrap());
    assert_eq!(tape.first_non_finite().unwrap().origin, None);
    let tape = Tape::new();
    let x = tape.vars(&[4.0, 1.0, 1.0]);
    let _ = (x.sum(), x.dot(x), x.slice(..2).matvec(x.slice(1..2)), x.norm(), x.zip(autograd::ops::Mul, x));
    let _ = tape.sum(&[x.at(0), x.at(2)]);
    assert_eq!(tape.first_non_finite(), None);
    let bad = tape.node(1.0, &[(x.at(0), 1.0), (x.at(2), f64::NAN)]);
    let _ = x.at(0) * x.at(1);
    assert_eq!(tape.first_non_finite().unwrap().node, bad.node().unwrap());
}

#[test]
fn denormal_adjoints_are_flushed_if_asked() {
    let slope = |tape: &Tape| {
        let x = tape.var(1.0);
        let mut y = x;
        for _ in 0..10 {
            y *= 1e-32;
        }
        y.backward()[x]
    };
    assert_eq!(slope(&Tape::new()), 1e-320);
    if cfg!(target_arch = "x86_64") && std::env::var("AUTOGRAD_DENORMALS").is_err() {
        assert_eq!(slope(&Tape::new().flush_denormals(true)), 0.0);
    }
}
