//! Which nodes are one box, and in which order boxes depend on each other. A part of a model is one box only if no path leaves it
//! and comes back: a picture has no circles.

use std::collections::{BTreeMap, BinaryHeap};

use crate::explain::{Kind, Trace};

/// Boxes before they are drawn, in an order in which operands come first.
pub(super) struct Units {
    /// The box of each node; `None` if it is not drawn.
    pub(super) of: Vec<Option<usize>>,
    /// The nodes of each box.
    pub(super) members: Vec<Vec<usize>>,
    /// The name of a box of several nodes.
    pub(super) names: Vec<Option<String>>,
}

/// Parts alike beyond which those in the middle are one box.
const ALIKE: usize = 6;

pub(super) fn units(trace: &Trace, is_drawn: &dyn Fn(usize) -> bool, fold: bool, limit: usize) -> Units {
    let count = trace.nodes.len();
    // Names of parts; a node without one is a box of its own.
    let mut part: Vec<Option<String>> = vec![None; count];
    if fold {
        for (part, node) in part.iter_mut().zip(&trace.nodes) {
            *part = (!node.group.is_empty()).then(|| node.group.clone());
        }
        by_line(trace, &mut part);
        part[count - 1] = None; // the result is always seen
        dissolve_circles(trace, is_drawn, &mut part);
        let single = part.clone();
        merge_alike(&mut part);
        if order(trace, is_drawn, &part).is_err() {
            part = single;
        }
    }
    let mut units = order(trace, is_drawn, &part).unwrap_or_else(|_| unreachable!("circles are dissolved"));
    shorten(&mut units, limit);
    units
}

/// Operations of no part that one line of the source recorded, such as a loss, are a part if they are many.
fn by_line(trace: &Trace, part: &mut [Option<String>]) {
    const MANY: usize = 4;
    let mut lines: BTreeMap<(&str, u32), Vec<usize>> = BTreeMap::new();
    for (at, node) in trace.nodes.iter().enumerate() {
        if let (None, Some(origin), Kind::Operation, false) =
            (&part[at], node.origin, node.kind, node.is_named)
        {
            lines.entry((origin.file(), origin.line())).or_default().push(at);
        }
    }
    for ((file, line), nodes) in lines.into_iter().filter(|(_, nodes)| nodes.len() >= MANY) {
        let file = file.rsplit(['/', '\\']).next().unwrap_or(file);
        nodes.into_iter().for_each(|at| part[at] = Some(format!("{file}:{line}")));
    }
}

/// Takes parts apart until there are no circles.
fn dissolve_circles(trace: &Trace, is_drawn: &dyn Fn(usize) -> bool, part: &mut [Option<String>]) {
    while let Err(circle) = order(trace, is_drawn, part) {
        for name in part.iter_mut() {
            if name.as_ref().is_some_and(|name| circle.contains(name)) {
                *name = None;
            }
        }
    }
}

/// Boxes in order, or the parts that cannot be ordered.
fn order(
    trace: &Trace,
    is_drawn: &dyn Fn(usize) -> bool,
    part: &[Option<String>],
) -> Result<Units, Vec<String>> {
    let mut of = vec![None; part.len()];
    let (mut members, mut names): (Vec<Vec<usize>>, Vec<Option<String>>) = (Vec::new(), Vec::new());
    let mut by_name: BTreeMap<&str, usize> = BTreeMap::new();
    for at in (0..part.len()).filter(|&at| is_drawn(at)) {
        let fresh = members.len();
        let unit = match &part[at] {
            Some(name) => *by_name.entry(name).or_insert(fresh),
            None => fresh,
        };
        if unit == fresh {
            members.push(Vec::new());
            names.push(part[at].clone());
        }
        members[unit].push(at);
        of[at] = Some(unit);
    }
    // Kahn's algorithm; of what is ready, the box whose last node was recorded first.
    let mut users = vec![Vec::new(); members.len()];
    let mut waits = vec![0; members.len()];
    for (user, node) in trace.nodes.iter().enumerate() {
        for from in node.operands.iter().filter_map(|operand| operand.node) {
            if let (Some(a), Some(b)) = (of[from], of[user])
                && a != b
            {
                users[a].push(b);
                waits[b] += 1;
            }
        }
    }
    let last = |unit: usize| std::cmp::Reverse((members[unit].last().copied(), unit));
    let mut ready: BinaryHeap<_> = (0..members.len()).filter(|&unit| waits[unit] == 0).map(last).collect();
    let mut sorted = Vec::new();
    while let Some(std::cmp::Reverse((_, unit))) = ready.pop() {
        sorted.push(unit);
        for &user in &users[unit] {
            waits[user] -= 1;
            if waits[user] == 0 {
                ready.push(last(user));
            }
        }
    }
    if sorted.len() < members.len() {
        let stuck = (0..members.len()).filter(|&unit| waits[unit] > 0);
        return Err(stuck.filter_map(|unit| names[unit].clone()).collect());
    }
    let mut place = vec![0; members.len()];
    sorted.iter().enumerate().for_each(|(at, &unit)| place[unit] = at);
    Ok(Units {
        of: of.iter().map(|unit| unit.map(|unit: usize| place[unit])).collect(),
        members: sorted.iter().map(|&unit| std::mem::take(&mut members[unit])).collect(),
        names: sorted.iter().map(|&unit| names[unit].take()).collect(),
    })
}

/// Of many parts that differ by a number in their name only, all but the first and the last become one.
fn merge_alike(part: &mut [Option<String>]) {
    let mut series: BTreeMap<(String, String), Vec<(usize, String)>> = BTreeMap::new();
    for name in part.iter().flatten() {
        let Some((before, number, after)) = numbered(name) else { continue };
        let found = series.entry((before.to_owned(), after.to_owned())).or_default();
        if !found.iter().any(|(_, known)| known == name) {
            found.push((number, name.clone()));
        }
    }
    for mut found in series.into_values().filter(|found| found.len() > ALIKE) {
        found.sort();
        let inner = &found[1..found.len() - 1];
        let (first, last) = (&inner[0].1, &inner[inner.len() - 1].1);
        let merged = format!("{first} … {last}");
        for name in part.iter_mut().flatten() {
            if inner.iter().any(|(_, known)| known == name) {
                name.clone_from(&merged);
            }
        }
    }
}

/// The last piece of a name that is a number, and what stands on either side.
fn numbered(name: &str) -> Option<(&str, usize, &str)> {
    let mut end = name.len();
    for piece in name.rsplit('.') {
        let start = end - piece.len();
        if let Ok(number) = piece.parse() {
            return Some((&name[..start], number, &name[end..]));
        }
        end = start.saturating_sub(1);
    }
    None
}

/// Makes one box of all but the last ones.
fn shorten(units: &mut Units, limit: usize) {
    let Some(hidden) = (units.members.len() + 1).checked_sub(limit).filter(|&hidden| hidden > 1) else {
        return;
    };
    let folded: Vec<usize> = units.members.drain(..hidden).flatten().collect();
    units.names.drain(..hidden);
    units.names.insert(0, Some(format!("{} earlier nodes", folded.len())));
    units.members.insert(0, folded);
    for unit in units.of.iter_mut().flatten() {
        *unit = unit.saturating_sub(hidden - 1);
    }
}
