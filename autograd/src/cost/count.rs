//! Counts the steps of a value and of its gradients.

use std::collections::BTreeMap;

use super::ideal::Product;
use super::{Cost, Ideal, NodeCost, Work};
use crate::element::{Element, PerElement};
use crate::graph::{Opened, Var};
use crate::ops::{Op, Shape};
use crate::plan::{Outline, Pass, Source, Step};

impl<T: Element> Var<'_, T> {
    /// What this value costs, and its gradients by all variables below it: FLOPs and bytes by node, forward beside
    /// backward. Nothing is computed.
    ///
    /// ```
    /// use autograd::prelude::*;
    ///
    /// let g = Graph::new();
    /// let x = g.constant(Tensor::zeros([64, 784]));
    /// let w = g.var(Tensor::zeros([784, 10])).named("out.weight");
    /// let cost = x.matmul(w).square().mean().cost();
    /// assert_eq!(cost.forward().product_flops, 2 * 64 * 784 * 10);
    /// assert_eq!(cost.product_ratio(), 1.0); // x needs no gradient
    /// assert_eq!(cost.parameters, 7840);
    /// ```
    #[track_caller]
    pub fn cost(self) -> Cost {
        T::choose::<Counts>(count_single, count_double)(self)
    }
}

/// Reached from generic code: compiled once, here.
struct Counts;

impl PerElement for Counts {
    type Of<T: Element> = for<'g> fn(Var<'g, T>) -> Cost;
}

#[inline(never)]
#[track_caller]
fn count_single(root: Var<'_, f32>) -> Cost {
    count(root)
}

#[inline(never)]
#[track_caller]
fn count_double(root: Var<'_, f64>) -> Cost {
    count(root)
}

#[track_caller]
fn count<T: Element>(root: Var<'_, T>) -> Cost {
    let opened = Opened::new(root);
    let needs = opened.needs_gradient(root);
    let mut parameters = 0;
    for &id in &opened.wanted {
        parameters += root.sibling(id).shape().count() as u64;
    }
    let outline = Outline::new(opened.program);
    let mut nodes: BTreeMap<u32, NodeCost> = BTreeMap::new();
    let mut products = Vec::new();
    let mut customs = 0;
    for (at, step) in outline.program.steps.iter().enumerate().filter(|(at, _)| outline.computed[*at]) {
        let Some(id) = step.provenance.node else { continue };
        let node = nodes.entry(id).or_insert_with(|| free(root.sibling(id)));
        let shapes: Vec<Shape> =
            step.inputs.iter().map(|&input| outline.program.steps[input as usize].shape).collect();
        let mut work = work(step, &shapes, size_of::<T>());
        work.moved = outline.read[at] + outline.written[at];
        if let Source::Custom(_) = step.source {
            work.flops = root.sibling(id).custom_flops(&shapes);
            customs += 1;
        }
        match step.provenance.pass {
            Pass::Forward => node.forward += work,
            _ => node.backward += work,
        }
        if step.op.is_product() && step.provenance.pass == Pass::Forward {
            let inputs = root.sibling(id).input_ids();
            products.push(Product {
                id: id as usize,
                origin: step.provenance.origin,
                needs: [needs[inputs[0] as usize], needs[inputs[1] as usize]],
                flops: work.flops,
            });
        }
    }
    save(&outline, &mut nodes);
    let nodes: Vec<NodeCost> = nodes
        .into_values()
        .filter(|node| node.saved > 0 || node.forward != Work::default() || node.backward != Work::default())
        .collect();
    Cost {
        of: match root.name() {
            Some(name) => format!("{name:?}"),
            None => format!("the value recorded at {}", root.origin()),
        },
        nodes,
        parameters,
        parameter_bytes: parameters * size_of::<T>() as u64,
        jobs: outline.jobs.len(),
        customs,
        ideal: Ideal::of(&products),
    }
}

/// A step that runs by itself.
fn work<T: Element>(step: &Step<T>, inputs: &[Shape], size: usize) -> Work {
    let flops = step.op.flops(inputs, step.shape);
    Work {
        flops,
        product_flops: if step.op.is_product() { flops } else { 0 },
        read: step.op.bytes_read(inputs, step.shape, size),
        written: step.op.bytes_written(step.shape, size),
        moved: 0,
    }
}

/// Notes of which nodes backward reads the values.
fn save<T: Element>(outline: &Outline<T>, nodes: &mut BTreeMap<u32, NodeCost>) {
    let steps = &outline.program.steps;
    for (at, step) in steps.iter().enumerate() {
        if !outline.computed[at] || step.provenance.pass != Pass::Backward {
            continue;
        }
        for &input in &step.inputs {
            let owner = &steps[outline.owners[input as usize] as usize];
            let forward = owner.provenance.pass == Pass::Forward && owner.source.computes();
            if let (true, false, Some(id)) = (forward, is_given(owner.op), owner.provenance.node)
                && let Some(node) = nodes.get_mut(&id)
            {
                node.saved = owner.op.bytes_held(owner.shape, size_of::<T>());
            }
        }
    }
}

/// Whether a value is there without being computed.
fn is_given(op: Op) -> bool {
    op.leaf().is_some() || op.as_literal().is_some()
}

/// A node that has cost nothing yet.
fn free<T: Element>(node: Var<'_, T>) -> NodeCost {
    NodeCost {
        id: node.id(),
        op: node.op_name(),
        name: node.name(),
        shape: node.shape(),
        origin: node.origin(),
        module: module(node),
        forward: Work::default(),
        backward: Work::default(),
        saved: 0,
    }
}

/// What a node belongs to: by its name, by that of a leaf that it uses, or by its line.
fn module<T: Element>(node: Var<'_, T>) -> String {
    let parent = |name: String| name.rsplit_once('.').map(|(module, _)| module.to_owned());
    if let Some(module) = node.name().and_then(parent) {
        return module;
    }
    for input in node.input_ids() {
        let leaf = leaf_below(node.sibling(input));
        if let Some(module) = leaf.and_then(|leaf| leaf.name()).and_then(parent) {
            return module;
        }
    }
    format!("{}:{}", node.origin().file(), node.origin().line())
}

/// The leaf that a node has the numbers of, perhaps transposed or in another shape.
fn leaf_below<'g, T: Element>(mut node: Var<'g, T>) -> Option<Var<'g, T>> {
    loop {
        match node.input_ids()[..] {
            [] => return Some(node),
            [below] if node.op().only_moves() => node = node.sibling(below),
            _ => return None,
        }
    }
}
