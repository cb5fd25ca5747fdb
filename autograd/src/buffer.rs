//! Shared immutable memory of tensors, returned to a pool of the thread that drops it.
//!
//! Fresh memory costs several times the arithmetic done on it (page faults), so buffers
//! are kept and reused: a steady training step takes all it needs from the pool.

use std::cell::RefCell;
use std::mem::MaybeUninit;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicUsize, Ordering, fence};

/// A plain number that buffers hold; all bit patterns are valid values.
pub trait Pooled: Copy + Default + Send + Sync + 'static {
    /// Calls `f` with this thread's pool; `None` while the thread shuts down.
    #[doc(hidden)]
    fn with_pool<R>(f: impl FnOnce(&RefCell<Pool<Self>>) -> R) -> Option<R>;
}

macro_rules! pooled {
    ($($t:ident)*) => {$(
        impl Pooled for $t {
            fn with_pool<R>(f: impl FnOnce(&RefCell<Pool<Self>>) -> R) -> Option<R> {
                thread_local! {
                    static POOL: RefCell<Pool<$t>> = const { RefCell::new(Pool::new()) };
                }
                // While a thread shuts down its pool is gone: the buffer is then simply freed.
                POOL.try_with(f).ok()
            }
        }
    )*};
}
pooled!(f32 f64 u32);

/// A cache line; buffers start on one so that no vector load straddles two.
#[repr(C, align(64))]
#[derive(Clone, Copy)]
struct Line([MaybeUninit<u8>; 64]);

/// Aligned memory for `len` numbers, every one of which is initialised.
pub(crate) struct Buffer<T> {
    lines: Box<[Line]>,
    len: usize,
    marker: std::marker::PhantomData<T>,
}

impl<T: Pooled> Buffer<T> {
    /// Zeroed memory for at least `len` numbers.
    fn new(len: usize) -> Buffer<T> {
        let lines = (len * size_of::<T>()).div_ceil(size_of::<Line>());
        let zero = Line([MaybeUninit::new(0); 64]);
        Buffer { lines: vec![zero; lines].into_boxed_slice(), len, marker: std::marker::PhantomData }
    }

    fn capacity(&self) -> usize {
        size_of_val(&*self.lines) / size_of::<T>()
    }

    /// The numbers.
    pub(crate) fn as_slice(&self) -> &[T] {
        // SAFETY: `lines` holds at least `len` numbers' bytes, aligned to 64; they were
        // zeroed when allocated and only ever written as `T`, for which all bits are valid.
        unsafe { std::slice::from_raw_parts(self.lines.as_ptr().cast(), self.len) }
    }

    /// The numbers, to be written.
    pub(crate) fn as_mut_slice(&mut self) -> &mut [T] {
        // SAFETY: as in `as_slice`; the borrow is unique.
        unsafe { std::slice::from_raw_parts_mut(self.lines.as_mut_ptr().cast(), self.len) }
    }
}

/// A buffer and how many owners share it.
struct Shared<T> {
    owners: AtomicUsize,
    buffer: Buffer<T>,
}

/// A counted reference to a buffer that goes back to the pool when the last one is dropped.
///
/// `Arc` would do, but guards against weak references with locked instructions that a small training
/// step feels: here the only owner, which is the usual case, is told by a load.
pub(crate) struct Storage<T: Pooled>(NonNull<Shared<T>>);

// SAFETY: owners in several threads read the numbers, which are `Send + Sync`; only an owner that is alone
// writes. The count is atomic, and whoever finds itself alone has acquired what the others did before.
unsafe impl<T: Pooled> Send for Storage<T> {}
// SAFETY: as above; a shared reference gives nothing but reading and counting.
unsafe impl<T: Pooled> Sync for Storage<T> {}

impl<T: Pooled> Storage<T> {
    /// Memory for `len` numbers from this thread's pool. The content is unspecified
    /// (zero, or what an earlier buffer held).
    pub(crate) fn take(len: usize) -> Storage<T> {
        let pooled = T::with_pool(|pool| pool.borrow_mut().take(len)).flatten();
        let mut shared = pooled.unwrap_or_else(|| {
            Box::new(Shared { owners: AtomicUsize::new(1), buffer: Buffer::new(Pool::<T>::class_len(len)) })
        });
        shared.buffer.len = len;
        Storage(NonNull::from(Box::leak(shared)))
    }

    fn shared(&self) -> &Shared<T> {
        // SAFETY: `take` leaked a box, and only the last owner's drop takes it back.
        unsafe { self.0.as_ref() }
    }

    /// Whether there is no other owner.
    pub(crate) fn is_alone(&self) -> bool {
        // What other owners did with the memory happened before they let go of it.
        self.shared().owners.load(Ordering::Acquire) == 1
    }

    /// The numbers.
    pub(crate) fn as_slice(&self) -> &[T] {
        self.shared().buffer.as_slice()
    }

    /// The numbers, to be written, if nobody else holds this buffer.
    pub(crate) fn get_mut(&mut self) -> Option<&mut [T]> {
        if !self.is_alone() {
            return None;
        }
        // SAFETY: this is the only owner, borrowed mutably, so no other reference exists or can arise.
        Some(unsafe { self.0.as_mut() }.buffer.as_mut_slice())
    }
}

impl<T: Pooled> Clone for Storage<T> {
    fn clone(&self) -> Self {
        let before = self.shared().owners.fetch_add(1, Ordering::Relaxed);
        // Far before the count could wrap: clones that are forgotten and never dropped.
        assert!(before < usize::MAX / 2, "a tensor has too many clones");
        Storage(self.0)
    }
}

impl<T: Pooled> Drop for Storage<T> {
    fn drop(&mut self) {
        if !self.is_alone() {
            if self.shared().owners.fetch_sub(1, Ordering::Release) > 1 {
                return;
            }
            fence(Ordering::Acquire);
            self.shared().owners.store(1, Ordering::Relaxed);
        }
        // SAFETY: the last owner is here, and the box was leaked by `take`; `self.0` is not used again.
        let shared = unsafe { Box::from_raw(self.0.as_ptr()) };
        T::with_pool(|pool| pool.borrow_mut().give(shared));
    }
}

/// Bytes that a thread's pool of one number type keeps at the most; more is freed.
const POOL_BYTES: usize = 1 << 30;
/// Smallest size class, in numbers.
const MIN_LEN: usize = 16;
/// Size classes per doubling: rounding up wastes at most a quarter.
const STEPS: usize = 4;

/// The free buffers of one thread, by size class.
pub struct Pool<T> {
    /// Boxed, because buffers in use are known by their addresses.
    #[allow(clippy::vec_box)]
    classes: Vec<Vec<Box<Shared<T>>>>,
    bytes: usize,
}

impl<T: Pooled> Pool<T> {
    const fn new() -> Pool<T> {
        Pool { classes: Vec::new(), bytes: 0 }
    }

    /// The class that holds `len` numbers, and how many its buffers have room for.
    fn class(len: usize) -> (usize, usize) {
        if len <= MIN_LEN {
            return (0, MIN_LEN);
        }
        let doublings = ((len - 1) / MIN_LEN).ilog2() as usize;
        let base = MIN_LEN << doublings;
        let step = base / STEPS;
        let steps = (len - base).div_ceil(step);
        (doublings * STEPS + steps, base + steps * step)
    }

    fn class_len(len: usize) -> usize {
        Self::class(len).1
    }

    fn take(&mut self, len: usize) -> Option<Box<Shared<T>>> {
        let shared = self.classes.get_mut(Self::class(len).0)?.pop()?;
        self.bytes -= shared.buffer.capacity() * size_of::<T>();
        Some(shared)
    }

    fn give(&mut self, shared: Box<Shared<T>>) {
        let capacity = shared.buffer.capacity();
        let bytes = capacity * size_of::<T>();
        if self.bytes + bytes > POOL_BYTES {
            return;
        }
        let class = Self::class(capacity).0;
        if self.classes.len() <= class {
            self.classes.resize_with(class + 1, Vec::new);
        }
        self.classes[class].push(shared);
        self.bytes += bytes;
    }
}

/// Bytes of free tensor memory that this thread keeps for reuse.
///
/// ```
/// drop(autograd::Tensor::<f32>::zeros([1000]));
/// assert!(autograd::pooled_bytes() >= 4000);
/// autograd::clear_pool();
/// assert_eq!(autograd::pooled_bytes(), 0);
/// ```
pub fn pooled_bytes() -> usize {
    fn bytes<T: Pooled>() -> usize {
        T::with_pool(|pool| pool.borrow().bytes).unwrap_or(0)
    }
    bytes::<f32>() + bytes::<f64>() + bytes::<u32>()
}

/// Frees the tensor memory that this thread keeps for reuse.
pub fn clear_pool() {
    fn clear<T: Pooled>() {
        T::with_pool(|pool| *pool.borrow_mut() = Pool::new());
    }
    clear::<f32>();
    clear::<f64>();
    clear::<u32>();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_has_room_and_is_its_own_class() {
        for len in 0..5000 {
            let (class, room) = Pool::<f32>::class(len);
            assert!(room >= len && room <= (len + len / 4 + 4).max(MIN_LEN), "{len} {room}");
            assert_eq!(Pool::<f32>::class(room), (class, room), "{len}");
        }
    }

    #[test]
    fn a_dropped_buffer_is_used_again() {
        clear_pool();
        let first = Storage::<f32>::take(100);
        let address = first.as_slice().as_ptr();
        let second = first.clone();
        drop(first);
        assert_eq!(pooled_bytes(), 0, "still held by its clone");
        drop(second);
        assert_eq!(Storage::<f32>::take(97).as_slice().as_ptr(), address);
    }
}
