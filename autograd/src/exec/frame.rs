//! The memory that one plan runs on, kept from run to run: what does not change is bound once.

use super::given::Lent;
use super::memory::Slot;
use super::plan::{Binding, Owned, Plan};
use crate::buffer::Storage;
use crate::data::Data;
use crate::element::Element;
use crate::tensor::Tensor;

/// The slots of a plan, bound to memory.
pub(crate) struct Frame<T: Element> {
    pub(crate) slots: Vec<Slot<T>>,
    /// Values of the plan's numbers; slots refer to this memory.
    numbers: Box<[T]>,
    /// Where the working memory was in the last run.
    base: *mut T,
    /// Working memory, between runs only if it is small.
    working: Option<Storage<T>>,
    /// Memory of the results during a run, in order.
    pub(crate) results: Vec<Option<Storage<T>>>,
}

/// Working memory of up to this many numbers stays with its plan; more goes back to the pool, for other plans to use.
const KEPT: usize = 4096;

impl<T: Element> Frame<T> {
    /// Binds what is the same in every run.
    pub(crate) fn new(plan: &Plan<T>) -> Frame<T> {
        let numbers = vec![T::default(); plan.numbers.len()].into_boxed_slice();
        let number = |numbers: &[T], at: u32| Slot::shared(&numbers[at as usize..=at as usize]);
        let slots = plan.slots.iter().map(|binding| match *binding {
            Binding::Number(at) => number(&numbers, at),
            Binding::Literal(at) => number(&plan.literals, at),
            Binding::Frozen(at) => Slot::shared(plan.frozen[at as usize].data()),
            Binding::FrozenIndices(at) => Slot::indices(plan.frozen_indices[at as usize].data()),
            Binding::Tensor(_) | Binding::Indices(_) | Binding::Result(_) => Slot::shared(&[]),
            Binding::Working { .. } | Binding::Registers => Slot::shared(&[]),
        });
        Frame {
            slots: slots.collect(),
            numbers,
            base: std::ptr::null_mut(),
            working: None,
            results: Vec::new(),
        }
    }

    /// Binds what is new in this run: data that is given, results, and working memory if it has moved.
    ///
    /// The slots are good until [`end`](Frame::end) is called.
    #[inline(always)]
    pub(crate) fn bind(&mut self, plan: &Plan<T>, given: &impl Lent<T>) {
        for (number, &position) in self.numbers.iter_mut().zip(&plan.numbers) {
            match given.data(position) {
                Data::Number(value) => *number = T::from_f64(value),
                _ => unreachable!("the key says that this is a number"),
            }
        }
        for &(slot, position) in &plan.inputs {
            self.slots[slot as usize] = match given.data(position) {
                Data::Tensor(tensor) => Slot::shared(tensor.data()),
                Data::Indices(indices) => Slot::indices(indices.data()),
                _ => unreachable!("the key says that this is a tensor or indices"),
            };
        }
        for result in &plan.results {
            self.results.push(None);
            if result.replaces.is_none() {
                self.bind_result(self.results.len() - 1, result, Storage::take(result.count));
            }
        }
        let working = self.working.get_or_insert_with(|| Storage::take(plan.working + plan.registers));
        let base = working.get_mut().expect("a fresh buffer has one owner").as_mut_ptr();
        if base != self.base {
            self.base = base;
            for (slot, binding) in self.slots.iter_mut().zip(&plan.slots) {
                let (offset, count) = match *binding {
                    Binding::Working { offset, count } => (offset, count),
                    // They follow the working memory in the same buffer.
                    Binding::Registers => (plan.working, plan.registers),
                    _ => continue,
                };
                // SAFETY: the planner's offsets lie within the buffer, which lives to the end of the run.
                *slot = unsafe { Slot::new(base.add(offset), count) };
            }
        }
    }

    /// Binds results that take the memory of leaves: to that memory, or to their own where somebody else holds it.
    #[inline(never)]
    pub(crate) fn bind_later(&mut self, plan: &Plan<T>, take: impl Fn(u32) -> Option<Tensor<T>>) {
        for (number, result) in plan.results.iter().enumerate() {
            if let Some(position) = result.replaces {
                let taken = take(position).map(Tensor::into_storage);
                let is_taken = taken.is_some();
                self.bind_result(number, result, taken.unwrap_or_else(|| Storage::take(result.count)));
                // What still reads the leaf does it by the same pointer.
                for &(slot, _) in plan.inputs.iter().filter(|&&(_, at)| is_taken && at == position) {
                    self.slots[slot as usize] = self.slots[result.slot as usize];
                }
            }
        }
    }

    #[inline(always)]
    fn bind_result(&mut self, number: usize, result: &Owned, mut storage: Storage<T>) {
        let data = storage.get_mut().expect("a result's memory has one owner");
        assert_eq!(data.len(), result.count, "memory of another size for a result");
        // SAFETY: results live to the end of the run, and only slots refer to their memory: its own, and that of the
        // leaf that had it, which is read and written as the planner has arranged.
        self.slots[result.slot as usize] = unsafe { Slot::new(data.as_mut_ptr(), data.len()) };
        self.results[number] = Some(storage);
    }

    /// Lets go of the run's memory, apart from what is kept for the next run.
    #[inline]
    pub(crate) fn end(&mut self) {
        self.results.clear();
        self.working.take_if(|working| working.as_slice().len() > KEPT);
    }
}
