//! The paths from a root down to a node, each with the product of its local derivatives. There may be exponentially many: some
//! are listed, the others are one number, so that all add up to the derivative.

use super::trace::Trace;

/// One way from the root to the node.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct Path {
    /// Places in the trace, the root first.
    pub nodes: Vec<usize>,
    /// The local derivative of each step.
    pub factors: Vec<f64>,
    /// Their product.
    pub product: f64,
}

/// The paths from a root to a node.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct Paths {
    /// Some of them, the largest products first.
    pub listed: Vec<Path>,
    /// How many there are in all; infinite if more than a number can say.
    pub count: f64,
    /// What those that are not listed add up to.
    pub rest: f64,
    /// The derivative: the sum over all paths.
    pub total: f64,
    /// Whether all were compared to find the largest; else these are the largest of the first that were found.
    pub compared_all: bool,
}

/// Paths that are walked at the most to find the largest.
const WALKED: usize = 1000;
/// Steps that are walked at the most.
const STEPS: usize = 1_000_000;

impl Trace {
    /// The paths from the root to a node, of which `most` are listed; `None` if a local derivative on the way is not a single
    /// number, as between tensors, or is not known.
    ///
    /// ```
    /// use autograd::Graph;
    /// let g = Graph::f64();
    /// let (a, b) = (g.var(2.0), g.var(3.0));
    /// let (c, d) = (a + b, a * b);
    /// let paths = (c * d).trace().paths(a, 10).unwrap(); // through c and through d
    /// let products: Vec<f64> = paths.listed.iter().map(|path| path.product).collect();
    /// assert_eq!((products, paths.total), (vec![15.0, 6.0], 21.0));
    /// ```
    pub fn paths(&self, to: impl super::Traced, most: usize) -> Option<Paths> {
        self.paths_to(self.place(to.node_id()?)?, most)
    }

    pub(crate) fn paths_to(&self, to: usize, most: usize) -> Option<Paths> {
        // The number of ways from each node down to `to`, and the sum of their products.
        let mut ways = vec![0.0; self.nodes.len()];
        let mut sums = vec![0.0; self.nodes.len()];
        (ways[to], sums[to]) = (1.0, 1.0);
        for place in to + 1..self.nodes.len() {
            for operand in &self.nodes[place].operands {
                let Some(below) = operand.node.filter(|&below| ways[below] > 0.0) else { continue };
                let passes = operand.contribution.is_some();
                if !passes {
                    continue;
                }
                let factor = operand.local.as_ref()?.number()?;
                ways[place] += ways[below];
                sums[place] += factor * sums[below];
            }
        }
        let root = self.nodes.len() - 1;
        let (mut found, steps) = self.walk(root, to, &ways);
        let compared_all = found.len() as f64 >= ways[root] && steps < STEPS;
        found.sort_by(|a, b| b.product.abs().total_cmp(&a.product.abs()));
        found.truncate(most);
        let listed: f64 = found.iter().map(|path| path.product).sum();
        let total = sums[root];
        let all = found.len() as f64 >= ways[root];
        let rest = if all { 0.0 } else { total - listed };
        Some(Paths { listed: found, count: ways[root], rest, total, compared_all })
    }

    /// The first paths, in the order of operands. Without recursion: a path may be as long as the trace.
    fn walk(&self, root: usize, to: usize, ways: &[f64]) -> (Vec<Path>, usize) {
        let mut found = Vec::new();
        let (mut nodes, mut factors) = (vec![root], Vec::new());
        let mut next = vec![0];
        let mut steps = 0;
        while let Some(which) = next.last_mut() {
            let here = nodes[nodes.len() - 1];
            steps += 1;
            if steps >= STEPS || found.len() >= WALKED {
                break;
            }
            if here == to && *which == 0 {
                let product = factors.iter().product();
                found.push(Path { nodes: nodes.clone(), factors: factors.clone(), product });
            }
            let operand = self.nodes[here].operands.get(*which).filter(|_| here != to);
            *which += 1;
            match operand {
                None => {
                    next.pop();
                    nodes.pop();
                    factors.pop();
                }
                Some(operand) => {
                    let below = operand.node.filter(|&below| ways[below] > 0.0);
                    let factor = operand.local.as_ref().and_then(|local| local.number());
                    if let (Some(below), Some(factor), Some(_)) = (below, factor, &operand.contribution) {
                        nodes.push(below);
                        factors.push(factor);
                        next.push(0);
                    }
                }
            }
        }
        (found, steps)
    }
}
