//! Names of nodes in a trace: what the user said, a number, or v1, v2, … in the order of recording; each stands for one node.

use std::collections::HashSet;

use super::number;

/// What is known of a node before it has a label.
pub(crate) struct Unlabelled {
    /// What the user called it.
    pub(crate) name: Option<String>,
    /// The number of a literal or of a constant without a name.
    pub(crate) number: Option<f64>,
}

/// The labels of nodes in the order of recording.
pub(crate) fn assign(nodes: &[Unlabelled]) -> Vec<String> {
    let mut taken: HashSet<String> = HashSet::new();
    // Names have precedence over what is made up, wherever they stand.
    let names: Vec<Option<String>> = nodes
        .iter()
        .map(|node| {
            let name = clean(node.name.as_deref()?);
            let tries = std::iter::once(name.clone()).chain((2..).map(|i| format!("{name}#{i}")));
            tries.into_iter().find(|name| taken.insert(name.clone()))
        })
        .collect();
    let mut count = 0;
    let mut label = |(node, name): (&Unlabelled, Option<String>)| {
        if let Some(name) = name {
            return name;
        }
        if let Some(x) = node.number {
            return number::text(x);
        }
        loop {
            count += 1;
            let made_up = format!("v{count}");
            if !taken.contains(&made_up) {
                return made_up;
            }
        }
    };
    nodes.iter().zip(names).map(&mut label).collect()
}

/// A name in one line: control characters as escapes, nothing empty.
fn clean(name: &str) -> String {
    let mut cleaned = String::new();
    for c in name.chars() {
        // Directions of writing are changed by characters that are not control characters by Unicode's classes.
        let bidirectional =
            matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}');
        if c.is_control() || bidirectional { cleaned.extend(c.escape_default()) } else { cleaned.push(c) }
    }
    if cleaned.is_empty() { "\"\"".to_owned() } else { cleaned }
}

#[cfg(test)]
mod tests {
    use super::{Unlabelled, assign};

    #[test]
    fn every_label_stands_for_one_node_and_fits_in_a_line() {
        let named = |name: &str| Unlabelled { name: Some(name.to_owned()), number: None };
        let nodes = [
            Unlabelled { name: None, number: None },
            named("w"),
            Unlabelled { name: None, number: Some(-2.0) },
            named("v2"),
            named("w"),
            named("a\n\u{1b}[31m"),
            Unlabelled { name: None, number: None },
            named(""),
        ];
        assert_eq!(assign(&nodes), ["v1", "w", "-2", "v2", "w#2", "a\\n\\u{1b}[31m", "v3", "\"\""]);
    }
}
