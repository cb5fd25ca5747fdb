//! Shared immutable memory of tensors, returned to a pool of the thread that drops it.
//!
//! Fresh memory costs several times the arithmetic done on it (page faults), so buffers
//! are kept and reused: a steady training step takes all it needs from the pool.

use std::cell::RefCell;
use std::mem::{ManuallyDrop, MaybeUninit};
use std::sync::Arc;
use std::sync::atomic::{Ordering, fence};

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

/// A counted reference to a buffer that goes back to the pool when the last one is dropped.
pub(crate) struct Storage<T: Pooled>(ManuallyDrop<Arc<Buffer<T>>>);

impl<T: Pooled> Storage<T> {
    /// Memory for `len` numbers from this thread's pool. The content is unspecified
    /// (zero, or what an earlier buffer held).
    pub(crate) fn take(len: usize) -> Storage<T> {
        let pooled = T::with_pool(|pool| pool.borrow_mut().take(len)).flatten();
        let arc = pooled.unwrap_or_else(|| Arc::new(Buffer::new(Pool::<T>::class_len(len))));
        let mut storage = Storage(ManuallyDrop::new(arc));
        Arc::get_mut(&mut storage.0).expect("a pooled buffer has one owner").len = len;
        storage
    }

    /// The numbers.
    pub(crate) fn as_slice(&self) -> &[T] {
        self.0.as_slice()
    }

    /// The numbers, to be written, if nobody else holds this buffer.
    pub(crate) fn get_mut(&mut self) -> Option<&mut [T]> {
        Arc::get_mut(&mut self.0).map(Buffer::as_mut_slice)
    }
}

impl<T: Pooled> Clone for Storage<T> {
    fn clone(&self) -> Self {
        Storage(self.0.clone())
    }
}

impl<T: Pooled> Drop for Storage<T> {
    fn drop(&mut self) {
        // SAFETY: `self.0` is not used again: this is its only take, in drop.
        let arc = unsafe { ManuallyDrop::take(&mut self.0) };
        // There are no weak references, so a count of one cannot rise again: the last owner is here.
        if Arc::strong_count(&arc) == 1 {
            // What other owners did with the memory happened before they let go of it.
            fence(Ordering::Acquire);
            T::with_pool(|pool| pool.borrow_mut().give(arc));
        }
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
    classes: Vec<Vec<Arc<Buffer<T>>>>,
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

    fn take(&mut self, len: usize) -> Option<Arc<Buffer<T>>> {
        let arc = self.classes.get_mut(Self::class(len).0)?.pop()?;
        self.bytes -= arc.capacity() * size_of::<T>();
        Some(arc)
    }

    fn give(&mut self, arc: Arc<Buffer<T>>) {
        let capacity = arc.capacity();
        let bytes = capacity * size_of::<T>();
        if self.bytes + bytes > POOL_BYTES {
            return;
        }
        let class = Self::class(capacity).0;
        if self.classes.len() <= class {
            self.classes.resize_with(class + 1, Vec::new);
        }
        self.classes[class].push(arc);
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
