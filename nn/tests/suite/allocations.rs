//! A steady training step takes no memory from the system: counted by the allocator of this test.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use autograd::{Executor, plan_stats, pooled_bytes, with_executor};
use nn::{Relu, Tanh, prelude::*};

/// The system's allocator, counting what this thread asks of it.
struct Counting;

thread_local! {
    static COUNT: Cell<u64> = const { Cell::new(0) };
    static BYTES: Cell<u64> = const { Cell::new(0) };
    static LARGEST: Cell<usize> = const { Cell::new(0) };
    /// Bytes taken and not given back; below 0 where another thread took them.
    static HELD: Cell<i64> = const { Cell::new(0) };
}

fn hold(size: usize, old: usize) {
    let _ = HELD.try_with(|held| held.set(held.get() + size as i64 - old as i64));
}

fn count(size: usize) {
    // While a thread shuts down its counters are gone, and nobody asks for them.
    let _ = COUNT.try_with(|count| count.set(count.get() + 1));
    let _ = BYTES.try_with(|bytes| bytes.set(bytes.get() + size as u64));
    let _ = LARGEST.try_with(|largest| largest.set(largest.get().max(size)));
}

/// What `f` gives, and the most bytes that this thread asked for at once meanwhile.
#[cfg(feature = "files")]
pub(crate) fn largest_request<T>(f: impl FnOnce() -> T) -> (T, usize) {
    LARGEST.set(0);
    let result = f();
    (result, LARGEST.get())
}

/// Bytes that `f` asks of the system in this thread, those that it gives back included.
#[cfg(feature = "safetensors")]
pub(crate) fn bytes_asked(f: impl FnOnce()) -> u64 {
    let before = BYTES.get();
    f();
    BYTES.get() - before
}

// SAFETY: every call is handed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        hold(layout.size(), 0);
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        hold(layout.size(), 0);
        // SAFETY: as the caller promises.
        unsafe { System.alloc_zeroed(layout) }
    }
    unsafe fn realloc(&self, old: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size);
        hold(size, layout.size());
        // SAFETY: as the caller promises.
        unsafe { System.realloc(old, layout, size) }
    }
    unsafe fn dealloc(&self, old: *mut u8, layout: Layout) {
        hold(0, layout.size());
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(old, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// Allocations of the tenth call.
fn steady(mut f: impl FnMut()) -> u64 {
    // The reference executor is slow and allocates: it is not what is measured.
    with_executor(Executor::Planned, || {
        for _ in 0..9 {
            f();
        }
        let before = COUNT.get();
        f();
        COUNT.get() - before
    })
}

fn data() -> Dataset {
    let x = Tensor::from_fn([256, 16], |i| ((i * 37) % 101) as f32 / 101.0);
    Dataset::new(x, Labels::new((0..256).map(|i| i % 4), 4).unwrap()).unwrap()
}

#[test]
fn drawing_a_batch() {
    let data = data();
    let mut batches = data.batches(16, &mut nn::rng(1));
    assert_eq!(steady(|| drop(batches.next().unwrap())), 0);

    let numbers = data.map_targets(|labels| Tensor::<f32>::zeros([labels.len(), 3])).unwrap();
    let mut batches = numbers.batches(16, &mut nn::rng(1));
    assert_eq!(steady(|| drop(batches.next().unwrap())), 0);
}

#[test]
fn mapping_a_model() {
    let net = Mlp::new(&[16; 9], Relu, &mut nn::rng(1));
    assert_eq!(
        steady(|| {
            let g = Graph::new();
            net.on(&g);
        }),
        0
    );
}

#[test]
fn a_step_of_adam_on_a_batch() {
    let data = data();
    let mut net = Mlp::new(&[16, 32, 4], Relu, &mut nn::rng(1));
    let mut adam = Adam::new(1e-3);
    let mut batches = data.batches(16, &mut nn::rng(1));
    let found = steady(|| {
        let (x, labels) = batches.next().unwrap();
        adam.step(&mut net, |g, net| cross_entropy(net.forward(g.constant(&x)), &labels)).unwrap();
    });
    assert_eq!(found, 0);
}

#[test]
fn a_step_of_momentum_through_eight_layers() {
    let mut net = Mlp::new(&[16; 9], Relu, &mut nn::rng(1));
    let mut sgd = Sgd::new(1e-3).momentum(0.9);
    let x = data().x().clone();
    let found = steady(|| {
        sgd.step(&mut net, |g, net| net.forward(g.constant(&x)).square().mean()).unwrap();
    });
    assert_eq!(found, 0);
}

#[test]
fn a_step_with_dropout_and_norms() {
    let mut rng = nn::rng(1);
    let mut net = Sequential((
        Linear::new(16, 32, &mut rng),
        BatchNorm::new(32),
        Relu,
        Dropout::new(0.5),
        Residual(Linear::new(32, 32, &mut rng)),
        LayerNorm::new(32),
        Linear::new(32, 4, &mut rng),
    ));
    let (x, mut adam) = (data().x().clone(), Adam::new(1e-3));
    let found = steady(|| {
        adam.step(&mut net, |g, net| net.forward(g.constant(&x)).square().mean()).unwrap();
    });
    assert_eq!(found, 0);
}

/// After the first steps nothing is taken from the system any more, so memory is flat for as long as one trains.
#[test]
fn a_hundred_thousand_steps() {
    let mut net = Mlp::new(&[2, 8, 1], Tanh, &mut nn::rng(1));
    let mut adam = Adam::new(1e-3);
    let x = Tensor::from([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]);
    let y = Tensor::from([[0.0], [1.0], [1.0], [0.0]]);
    let mut step = || {
        adam.step(&mut net, |g, net| bce_with_logits(net.forward(g.constant(&x)), g.constant(&y))).unwrap();
    };
    let (memory, taken) = with_executor(Executor::Planned, || {
        (0..100).for_each(|_| step());
        let (before, count) = ((pooled_bytes(), plan_stats()), COUNT.get());
        (0..100_000).for_each(|_| step());
        ((before, (pooled_bytes(), plan_stats())), COUNT.get() - count)
    });
    assert_eq!(memory.0, memory.1);
    assert_eq!(taken, 0);
}

/// A run over the digits that the examples carry, with all that a trainer does between steps: what it holds after each epoch.
#[cfg(all(feature = "files", feature = "safetensors"))]
#[test]
fn a_hundred_epochs_of_digits() {
    use nn::metrics::{accuracy, predictions};
    use nn::train::EarlyStopping;
    use std::ops::ControlFlow;

    let file = include_bytes!("../../../examples/data/digits.csv.gz");
    let csv = nn::data::csv::Csv { classes: Some(10), ..Default::default() };
    let digits = csv.from_reader("digits.csv.gz", &file[..]).unwrap();
    let (train, held_out) = digits.fold(0, 5).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let mut net = Mlp::new(&[64, 16, 10], Relu, &mut nn::rng(1));
    let mut adam = Adam::new(1e-3);
    let (mut held, mut taken) = (Vec::with_capacity(100), Vec::with_capacity(10_000));
    let mut trainer = Trainer::with_predictions(&net, &train, |g, net, x, labels| {
        let logits = net.forward(g.constant(x));
        (cross_entropy(logits, labels), logits)
    })
    .epochs(100)
    .batch(64)
    .validate(&held_out)
    .metric("accuracy", |logits, labels| Ok(accuracy(&predictions(logits)?, labels)))
    .early_stopping(EarlyStopping::new(100))
    .checkpoint(dir.path().join("run"), 10)
    .on_step(|_| {
        taken.push(COUNT.get());
        ControlFlow::Continue(())
    })
    .on_epoch(|_| {
        held.push((HELD.get(), pooled_bytes(), plan_stats()));
        ControlFlow::Continue(())
    })
    .build()
    .unwrap();
    with_executor(Executor::Planned, || trainer.fit(&mut net, &mut adam)).unwrap();
    drop(trainer);
    assert_eq!(held.len(), 100);
    let (early, late) = (&held[20], &held[99]);
    // The best weights may be another copy than the model; 80 epochs of a history of four numbers are 2,560 bytes, and a list may
    // be twice as long as what is in it.
    let weights = 4 * (64 * 16 + 16 + 16 * 10 + 10);
    assert!(late.0 - early.0 <= weights + 4 * 2 * 8 * 100, "{} bytes more", late.0 - early.0);
    assert_eq!(early.2, late.2, "no new plans");
    assert!(late.1 <= early.1 + weights as usize, "the pool grew from {} to {}", early.1, late.1);
    // Within an epoch a step takes nothing.
    let last: Vec<u64> = taken[taken.len() - 20..].windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!(last.iter().sum::<u64>(), 0, "{last:?}");
}
