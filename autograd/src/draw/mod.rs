//! Pictures of a computation: values above the edges, gradients below, as textbooks draw them; as SVG, DOT and Mermaid.

mod dot;
mod layout;
mod mermaid;
mod order;
mod picture;
mod svg;

use crate::element::Element;
use crate::explain::{Node, Trace, Traced};
use crate::graph::Var;
use crate::number::Scalar;
use picture::Picture;

/// A picture of a trace.
///
/// Large models are folded: nodes of one part of the model, known from names such as `layers.0.weight` or from
/// [`Graph::scope`](crate::Graph::scope), become one box.
///
/// ```
/// use autograd::Graph;
/// let g = Graph::f64();
/// let (x, y, z) = (g.var(-2.0).named("x"), g.var(5.0).named("y"), g.var(-4.0).named("z"));
/// let drawing = ((x + y).named("q") * z).named("f").draw();
/// assert!(drawing.to_svg().starts_with("<svg "));
/// assert!(drawing.to_dot().contains("label=\"q\\nx + y\""));
/// assert!(drawing.to_mermaid().starts_with("flowchart LR"));
/// ```
#[derive(Clone, Debug)]
pub struct Drawing {
    trace: Trace,
    fold: Option<bool>,
    top_down: bool,
    numbers: Option<Vec<Option<f64>>>,
    limit: usize,
}

impl Drawing {
    /// The picture of a trace.
    pub fn of(trace: Trace) -> Drawing {
        Drawing { trace, fold: None, top_down: false, numbers: None, limit: 200 }
    }

    /// Whether parts of the model are one box each. If nothing is said, they are where there are more than 30 boxes otherwise.
    #[must_use]
    pub fn fold(mut self, fold: bool) -> Self {
        self.fold = Some(fold);
        self
    }

    /// Draws from the top to the bottom instead of from left to right.
    #[must_use]
    pub fn top_down(mut self) -> Self {
        self.top_down = true;
        self
    }

    /// Draws at most so many boxes, those next to the result; 200 if nothing is said.
    #[must_use]
    pub fn limit(mut self, boxes: usize) -> Self {
        self.limit = boxes.max(2);
        self
    }

    /// Colours boxes by a number for each node, such as its cost, instead of by their kind: the larger, the darker. A folded
    /// part has the sum of its nodes.
    ///
    /// ```
    /// use autograd::Graph;
    /// let g = Graph::new();
    /// let x = g.var(2.0);
    /// let drawing = (x.sin() * x).draw().colour_by(|node| node.value.as_ref()?.number());
    /// assert!(drawing.to_svg().contains("<svg "));
    /// ```
    #[must_use]
    pub fn colour_by(mut self, number: impl Fn(&Node) -> Option<f64>) -> Self {
        self.numbers = Some(self.trace.nodes.iter().map(number).collect());
        self
    }

    fn picture(&self) -> Picture {
        Picture::new(&self.trace, self.fold, self.limit, self.numbers.as_deref())
    }

    /// A picture that scales, with a text alternative, in colours that colour-blind readers can tell apart. It needs no fonts
    /// beyond the generic families.
    pub fn to_svg(&self) -> String {
        svg::write(&self.picture(), self.top_down)
    }

    /// A graph in the language of Graphviz.
    pub fn to_dot(&self) -> String {
        dot::write(&self.picture(), self.top_down)
    }

    /// A flowchart in the language of Mermaid, which many Markdown viewers draw.
    pub fn to_mermaid(&self) -> String {
        mermaid::write(&self.picture(), self.top_down)
    }
}

macro_rules! methods {
    () => {
        /// A picture of the computation that this is the result of.
        pub fn draw(self) -> Drawing {
            Drawing::of(Traced::trace_with(self, &Default::default()))
        }
    };
}

impl<T: Element> Var<'_, T> {
    methods!();
}

impl<R: Scalar> crate::tape::Var<'_, R> {
    methods!();
}
