//! Costs as tables: for the eye, and as CSV.

use std::fmt::{self, Write};

use super::units::{bytes, ratio, thousands};
use super::{Cost, NodeCost, Work};

/// One line of a table for the eye.
struct Row {
    title: String,
    forward: Work,
    backward: Work,
    saved: u64,
}

/// A table by module; `{:#}` by node.
impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let by_node = f.alternate();
        let mut rows: Vec<Row> = match by_node {
            true => self.nodes.iter().map(node_row).collect(),
            false => self
                .modules()
                .into_iter()
                .map(|module| Row {
                    title: module.module,
                    forward: module.forward,
                    backward: module.backward,
                    saved: module.saved,
                })
                .collect(),
        };
        let (forward, backward, saved) = (self.forward(), self.backward(), self.saved());
        rows.push(Row { title: "total".to_owned(), forward, backward, saved });

        let heads = ["forward FLOPs", "backward FLOPs", "ratio", "forward moves", "backward moves", "saved"];
        let cells: Vec<[String; 6]> = rows.iter().map(Row::cells).collect();
        let title = rows.iter().map(|row| row.title.chars().count()).max().unwrap_or(0);
        let mut widths = heads.map(str::len);
        for cells in &cells {
            for (width, cell) in widths.iter_mut().zip(cells) {
                *width = cell.len().max(*width);
            }
        }
        writeln!(f, "cost of {}", self.of)?;
        let mut line = |title_text: &str, cells: [&str; 6]| {
            write!(f, "{title_text:<title$}")?;
            for (cell, width) in cells.iter().zip(widths) {
                write!(f, "  {cell:>width$}")?;
            }
            writeln!(f)
        };
        line(if by_node { "node" } else { "module" }, heads)?;
        for (row, cells) in rows.iter().zip(&cells) {
            line(&row.title, cells.each_ref().map(String::as_str))?;
        }
        self.summary(f)
    }
}

impl Cost {
    fn summary(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (forward, backward) = (self.forward(), self.backward());
        if let Some(ideal) = self.ideal() {
            writeln!(
                f,
                "matrix products: {} FLOPs forward, {} backward, ratio {:.3}",
                thousands(forward.product_flops),
                thousands(backward.product_flops),
                self.product_ratio()
            )?;
            writeln!(f, "ideal ratio {ideal}")?;
        }
        let alone = |work: Work| bytes(work.read + work.written);
        writeln!(
            f,
            "memory: one by one the operations would move {} forward and {} backward; as planned, in {} jobs, {} and {}",
            alone(forward),
            alone(backward),
            self.jobs,
            bytes(forward.moved),
            bytes(backward.moved)
        )?;
        write!(
            f,
            "backward reads {} of forward's values; {} parameters, {}",
            bytes(self.saved()),
            thousands(self.parameters),
            bytes(self.parameter_bytes)
        )?;
        if self.customs > 0 {
            write!(f, "\n{} operations of the user's count the FLOPs that they say", self.customs)?;
        }
        Ok(())
    }

    /// All nodes as CSV, one line each, with a line of titles.
    ///
    /// ```
    /// let g = autograd::Graph::new();
    /// let x = g.var([1.0, 2.0]);
    /// let csv = x.exp().sum().cost().to_csv();
    /// let mut lines = csv.lines();
    /// assert!(lines.next().unwrap().starts_with("id,op,name,shape,module,origin,forward_flops"));
    /// assert!(lines.next().unwrap().starts_with("1,exp,,[2],"));
    /// assert_eq!(csv.lines().count(), 3);
    /// ```
    pub fn to_csv(&self) -> String {
        let mut csv = String::from("id,op,name,shape,module,origin");
        for pass in ["forward", "backward"] {
            for column in ["flops", "product_flops", "read", "written", "moved"] {
                csv.extend([",", pass, "_", column]);
            }
        }
        csv.push_str(",saved\n");
        for node in &self.nodes {
            let text = [
                &node.op,
                node.name.as_deref().unwrap_or_default(),
                &node.shape.to_string(),
                &node.module,
                &node.origin.to_string(),
            ];
            csv.push_str(&node.id.to_string());
            for text in text {
                csv.push(',');
                csv.push_str(&quoted(text));
            }
            for Work { flops, product_flops, read, written, moved } in [node.forward, node.backward] {
                for number in [flops, product_flops, read, written, moved] {
                    write!(csv, ",{number}").expect("a string takes all that is written");
                }
            }
            writeln!(csv, ",{}", node.saved).expect("a string takes all that is written");
        }
        csv
    }
}

/// A field of CSV, quoted where it must be (RFC 4180).
fn quoted(text: &str) -> String {
    match text.contains([',', '"', '\n']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.to_owned(),
    }
}

fn node_row(node: &NodeCost) -> Row {
    let name = node.name.as_ref().map(|name| format!(" {name:?}")).unwrap_or_default();
    Row {
        title: format!(
            "{} {}{name} {}  {}:{}",
            node.id,
            node.op,
            node.shape,
            node.origin.file(),
            node.origin.line()
        ),
        forward: node.forward,
        backward: node.backward,
        saved: node.saved,
    }
}

impl Row {
    fn cells(&self) -> [String; 6] {
        [
            thousands(self.forward.flops),
            thousands(self.backward.flops),
            ratio(self.backward.flops as f64 / self.forward.flops as f64),
            bytes(self.forward.moved),
            bytes(self.backward.moved),
            bytes(self.saved),
        ]
    }
}
