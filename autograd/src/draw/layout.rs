//! Places of boxes and ways of edges: layers by the longest path to the result, fewer crossings by barycentres (Sugiyama, Tagawa,
//! Toda 1981), places within a layer by least squares under the order found.
//!
//! Layers follow each other along the main axis; the cross axis is the other one. An edge arrives at a port of its own, so that what
//! is written beside its last piece has room.

/// A box to be placed: its extent along both axes, and what is free before it along the main axis for the texts of edges.
pub(super) struct Size {
    pub(super) main: f64,
    pub(super) cross: f64,
    pub(super) before: f64,
}

/// Where everything is.
pub(super) struct Layout {
    /// The beginning along the main axis, and the middle along the cross axis, of each box.
    pub(super) boxes: Vec<(f64, f64)>,
    /// Points of each edge, in pairs: curved between pairs, straight within one.
    pub(super) ways: Vec<Vec<(f64, f64)>>,
    /// Extent along both axes.
    pub(super) extent: (f64, f64),
}

/// Free space between layers, and between boxes of one layer.
const BETWEEN_LAYERS: f64 = 36.0;
const BETWEEN_BOXES: f64 = 22.0;
/// What a passing edge needs.
const PASSING: f64 = 14.0;
/// Rounds of ordering, and of placing.
const ROUNDS: usize = 24;

/// A box in a layer, or a place where an edge passes one.
struct Item {
    layer: usize,
    cross: f64,
    /// Neighbours in other layers, with the offset of the port there and here.
    before: Vec<(usize, f64, f64)>,
    after: Vec<(usize, f64, f64)>,
    at: f64,
}

/// Places boxes. Edges lead from earlier to later boxes; `ports` is the distance of an edge's end from the middle of its box.
pub(super) fn place(sizes: &[Size], edges: &[(usize, usize)], ports: &[f64]) -> Layout {
    let mut height = vec![0_usize; sizes.len()];
    for box_ in (0..sizes.len()).rev() {
        for &(from, to) in edges.iter().filter(|edge| edge.0 == box_) {
            height[from] = height[from].max(height[to] + 1);
        }
    }
    let layers = height.iter().max().map_or(0, |highest| highest + 1);
    let item = |layer, cross| Item { layer, cross, before: Vec::new(), after: Vec::new(), at: 0.0 };
    let mut items: Vec<Item> =
        sizes.iter().zip(&height).map(|(size, height)| item(layers - 1 - height, size.cross)).collect();
    let mut chains = Vec::with_capacity(edges.len());
    for (&(from, to), &port) in edges.iter().zip(ports) {
        let mut chain = vec![from];
        for layer in items[from].layer + 1..items[to].layer {
            chain.push(items.len());
            items.push(item(layer, PASSING));
        }
        chain.push(to);
        for (i, pair) in chain.windows(2).enumerate() {
            let end = if i + 2 == chain.len() { port } else { 0.0 };
            items[pair[0]].after.push((pair[1], end, 0.0));
            items[pair[1]].before.push((pair[0], 0.0, end));
        }
        chains.push(chain);
    }
    let mut rows: Vec<Vec<usize>> = vec![Vec::new(); layers];
    (0..items.len()).for_each(|at| rows[items[at].layer].push(at));
    reorder(&mut rows, &items);
    settle(&rows, &mut items);

    // Along the main axis every layer is as long as its longest box.
    let mut starts = vec![(0.0, 0.0, 0.0); layers];
    let mut main = 0.0;
    for (layer, row) in rows.iter().enumerate() {
        let boxes = || row.iter().filter(|&&at| at < sizes.len()).map(|&at| &sizes[at]);
        let before = boxes().map(|size| size.before).fold(0.0, f64::max);
        let length = boxes().map(|size| size.main).fold(0.0, f64::max);
        starts[layer] = (main, main + before, main + before + length);
        main += before + length + BETWEEN_LAYERS;
    }
    let low = items.iter().map(|item| item.at - item.cross / 2.0).fold(f64::INFINITY, f64::min);
    let high = items.iter().map(|item| item.at + item.cross / 2.0).fold(f64::NEG_INFINITY, f64::max);
    let boxes = sizes.iter().zip(&items).map(|(size, item)| {
        let (_, start, end) = starts[item.layer];
        (start + (end - start - size.main) / 2.0, item.at - low)
    });
    let boxes: Vec<(f64, f64)> = boxes.collect();
    let way = |(chain, &port): (&Vec<usize>, &f64)| {
        let (from, to) = (chain[0], chain[chain.len() - 1]);
        let cross = boxes[from].1;
        let mut points =
            vec![(boxes[from].0 + sizes[from].main, cross), (starts[items[from].layer].2, cross)];
        for &passed in &chain[1..chain.len() - 1] {
            let (start, _, end) = starts[items[passed].layer];
            let cross = items[passed].at - low;
            points.extend([(start, cross), (end, cross)]);
        }
        let cross = boxes[to].1 + port;
        points.extend([(starts[items[to].layer].0, cross), (boxes[to].0, cross)]);
        points
    };
    let ways = chains.iter().zip(ports).map(way).collect();
    Layout { boxes, ways, extent: (main - BETWEEN_LAYERS, high - low) }
}

/// Orders each layer by the barycentres of its neighbours in the layers before and after, and keeps the order with the fewest crossings.
fn reorder(rows: &mut Vec<Vec<usize>>, items: &[Item]) {
    let mut place = vec![0.0; items.len()];
    let note = |rows: &[Vec<usize>], place: &mut [f64]| {
        for row in rows {
            row.iter().enumerate().for_each(|(i, &at)| place[at] = i as f64);
        }
    };
    note(rows, &mut place);
    let mut best = (crossings(rows, items, &place), rows.clone());
    for round in 0..ROUNDS {
        let forwards = round % 2 == 0;
        let layers: Vec<usize> =
            if forwards { (0..rows.len()).collect() } else { (0..rows.len()).rev().collect() };
        for layer in layers {
            let key = |at: usize| {
                let neighbours = if forwards { &items[at].before } else { &items[at].after };
                if neighbours.is_empty() {
                    return place[at];
                }
                // A port's offset decides between neighbours of one box.
                let sum: f64 = neighbours.iter().map(|&(other, end, _)| place[other] + end * 1e-3).sum();
                sum / neighbours.len() as f64
            };
            let mut keyed: Vec<(f64, usize)> = rows[layer].iter().map(|&at| (key(at), at)).collect();
            keyed.sort_by(|a, b| a.0.total_cmp(&b.0)); // stable: equals stay as they were
            rows[layer] = keyed.into_iter().map(|(_, at)| at).collect();
            rows[layer].iter().enumerate().for_each(|(i, &at)| place[at] = i as f64);
        }
        let count = crossings(rows, items, &place);
        if count < best.0 {
            best = (count, rows.clone());
        }
    }
    *rows = best.1;
}

/// Pairs of edges that cross, counted layer by layer.
fn crossings(rows: &[Vec<usize>], items: &[Item], place: &[f64]) -> usize {
    let mut count = 0;
    for row in rows {
        let mut ends: Vec<(f64, f64)> = Vec::new();
        for &at in row {
            ends.extend(items[at].after.iter().map(|&(to, port, _)| (place[at], place[to] + port * 1e-3)));
        }
        ends.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        for (i, a) in ends.iter().enumerate() {
            count += ends[..i].iter().filter(|b| b.0 < a.0 && b.1 > a.1).count();
        }
    }
    count
}

/// Places within each layer: as near to the neighbours as the order and the sizes allow.
fn settle(rows: &[Vec<usize>], items: &mut [Item]) {
    for row in rows {
        let mut at = 0.0;
        for &item in row {
            items[item].at = at + items[item].cross / 2.0;
            at += items[item].cross + BETWEEN_BOXES;
        }
    }
    for round in 0..ROUNDS {
        let layers: Vec<usize> =
            if round % 2 == 0 { (0..rows.len()).rev().collect() } else { (0..rows.len()).collect() };
        for layer in layers {
            let row = &rows[layer];
            let wish = |&at: &usize| {
                let item = &items[at];
                let all = item.before.iter().chain(&item.after);
                let wishes = all.clone().map(|&(other, there, here)| items[other].at + there - here);
                let count = all.count();
                if count == 0 { item.at } else { wishes.sum::<f64>() / count as f64 }
            };
            let wishes: Vec<f64> = row.iter().map(wish).collect();
            let room = |a: usize, b: usize| (items[a].cross + items[b].cross) / 2.0 + BETWEEN_BOXES;
            let gaps: Vec<f64> = row.windows(2).map(|pair| room(pair[0], pair[1])).collect();
            for (&item, at) in row.iter().zip(spread(&wishes, &gaps)) {
                items[item].at = at;
            }
        }
    }
}

/// The places nearest to the wishes, by least squares, that keep the order and the gaps: isotonic regression by pooling neighbours.
fn spread(wishes: &[f64], gaps: &[f64]) -> Vec<f64> {
    let mut shift = 0.0;
    let mut shifts = vec![0.0];
    for gap in gaps {
        shift += gap;
        shifts.push(shift);
    }
    let mut pools: Vec<(f64, usize)> = Vec::new();
    for (wish, shift) in wishes.iter().zip(&shifts) {
        pools.push((wish - shift, 1));
        while let [.., (a, n), (b, m)] = pools[..]
            && a > b
        {
            pools.truncate(pools.len() - 2);
            pools.push(((a * n as f64 + b * m as f64) / (n + m) as f64, n + m));
        }
    }
    let level = pools.iter().flat_map(|&(level, count)| std::iter::repeat_n(level, count));
    level.zip(&shifts).map(|(level, shift)| level + shift).collect()
}

#[cfg(test)]
mod tests {
    use super::{Size, place, spread};

    #[test]
    fn places_keep_their_gaps() {
        assert_eq!(spread(&[0.0, 0.0, 10.0], &[2.0, 2.0]), [-1.0, 1.0, 10.0]);
        assert_eq!(spread(&[5.0], &[]), [5.0]);
    }

    #[test]
    fn boxes_of_a_layer_do_not_overlap_and_edges_point_forwards() {
        let sizes: Vec<Size> = (0..7).map(|_| Size { main: 50.0, cross: 30.0, before: 40.0 }).collect();
        let edges = [(0, 3), (1, 3), (1, 4), (2, 4), (0, 5), (3, 5), (4, 6), (5, 6)];
        let layout = place(&sizes, &edges, &[0.0; 8]);
        for (i, a) in layout.boxes.iter().enumerate() {
            for b in &layout.boxes[..i] {
                assert!((a.0 - b.0).abs() >= 50.0 || (a.1 - b.1).abs() >= 30.0, "{a:?} {b:?}");
            }
        }
        for way in &layout.ways {
            assert!(way.windows(2).all(|pair| pair[0].0 <= pair[1].0), "{way:?}");
        }
    }
}
