//! The only judge of shapes: which fit an operation, and what comes out.

use super::{MAX_RANK, Shape, ShapeError};

/// The shape of an elementwise operation on `a` and `b`: extents are aligned at the
/// last axis and agree, or one of them is 1.
///
/// # Errors
/// Names the operation, both shapes and the offending axis.
pub(crate) fn broadcast(name: &str, a: Shape, b: Shape) -> Result<Shape, ShapeError> {
    if a == b || b.rank() == 0 {
        return Ok(a);
    }
    if a.rank() == 0 {
        return Ok(b);
    }
    let rank = a.rank().max(b.rank());
    let mut extents = [0; MAX_RANK];
    for (axis, extent) in extents.iter_mut().enumerate().take(rank) {
        let x = extent_from_end(a, rank - axis);
        let y = extent_from_end(b, rank - axis);
        *extent = match (x, y) {
            _ if x == y => x,
            (1, _) => y,
            (_, 1) => x,
            _ => return Err(mismatch(name, a, b, axis, x, y)),
        };
    }
    Ok(Shape::new(&extents[..rank]))
}

fn extent_from_end(shape: Shape, from_end: usize) -> usize {
    if from_end <= shape.rank() { shape[shape.rank() - from_end] } else { 1 }
}

fn mismatch(name: &str, a: Shape, b: Shape, axis: usize, x: usize, y: usize) -> ShapeError {
    let hint = if a.rank() + b.rank() == 3 && a.rank() != 0 && b.rank() != 0 && a[0] == b[0] {
        "; to apply one number per row, make the vector a column with unsqueeze(1)"
    } else if a.rank() == 2 && b.rank() == 2 && a[0] == b[1] && a[1] == b[0] {
        "; one of them seems transposed: t() swaps the axes"
    } else {
        ""
    };
    ShapeError::new(format!(
        "{name}: shapes {a} and {b} do not broadcast: axis {axis} has {x} on the left and {y} on the right \
         (extents must be equal, or one of them 1){hint}"
    ))
}

/// The shape of a matrix product of operands with at least two axes; leading axes broadcast.
///
/// # Errors
/// Names both shapes and the inner extents that differ.
pub(crate) fn matmul(a: Shape, transpose_a: bool, b: Shape, transpose_b: bool) -> Result<Shape, ShapeError> {
    let name = if transpose_b { "matmul_t" } else { "matmul" };
    if a.rank() < 2 || b.rank() < 2 {
        return Err(ShapeError::new(format!(
            "{name}: operands have shapes {a} and {b}, but it takes matrices, with at least two axes on each side; \
             unsqueeze(0) makes a vector a row"
        )));
    }
    let (rows, inner) = last_two(a, transpose_a);
    let (inner_b, columns) = last_two(b, transpose_b);
    if inner != inner_b {
        let hint = match (last_two(b, !transpose_b).0 == inner, transpose_b) {
            (true, false) => "; the right operand seems transposed: matmul_t reads it so",
            (true, true) => "; the right operand is transposed already: use matmul",
            (false, _) => "",
        };
        let side = if transpose_b { "columns" } else { "rows" };
        return Err(ShapeError::new(format!(
            "{name}: shapes {a} and {b} do not fit: the left has {inner} columns, the right {inner_b} {side}{hint}"
        )));
    }
    if a.rank() == 2 && b.rank() == 2 {
        return Ok(Shape::SCALAR.and(rows).and(columns));
    }
    let batch = broadcast(name, leading(a), leading(b)).map_err(|_| {
        ShapeError::new(format!(
            "{name}: the leading axes of shapes {a} and {b}, {} and {}, do not broadcast: \
             extents must be equal, or one of them 1",
            leading(a),
            leading(b)
        ))
    })?;
    Ok(with_last_two(batch, rows, columns))
}

/// Rows and columns of the matrices in the last two axes, as read.
pub(crate) fn last_two(shape: Shape, transposed: bool) -> (usize, usize) {
    let (rows, columns) = (shape[shape.rank() - 2], shape[shape.rank() - 1]);
    if transposed { (columns, rows) } else { (rows, columns) }
}

/// All axes but the last two.
pub(crate) fn leading(shape: Shape) -> Shape {
    shape.outermost(shape.rank() - 2)
}

/// `batch` with two axes appended.
pub(crate) fn with_last_two(batch: Shape, rows: usize, columns: usize) -> Shape {
    batch.and(rows).and(columns)
}

/// Checks that `from` has as many numbers as `to`.
///
/// # Errors
/// Names both shapes and counts.
pub(crate) fn reshape(from: Shape, to: Shape) -> Result<Shape, ShapeError> {
    if from.count() != to.count() {
        return Err(ShapeError::new(format!(
            "reshape: {from} has {} numbers, {to} has {}: the counts must agree",
            from.count(),
            to.count()
        )));
    }
    Ok(to)
}

/// Checks that `from` can be repeated to `to`.
///
/// # Errors
/// Names both shapes and the axis.
pub(crate) fn broadcast_to(from: Shape, to: Shape) -> Result<Shape, ShapeError> {
    let fits = from.rank() <= to.rank()
        && (0..from.rank()).all(|i| {
            let (x, y) = (from[from.rank() - 1 - i], to[to.rank() - 1 - i]);
            x == y || x == 1
        });
    if !fits {
        return Err(ShapeError::new(format!(
            "broadcast_to: {from} cannot be repeated to {to}: aligned at the last axis, every extent must be equal or 1"
        )));
    }
    Ok(to)
}

/// An axis counted from the front, or from the back where negative.
///
/// # Errors
/// Names the axis and the shape.
pub(crate) fn axis(name: &str, shape: Shape, axis: isize) -> Result<usize, ShapeError> {
    let rank = shape.rank() as isize;
    let from_front = if axis < 0 { axis + rank } else { axis };
    if (0..rank).contains(&from_front) {
        return Ok(from_front as usize);
    }
    Err(ShapeError::new(match rank {
        0 => format!("{name}: axis {axis} of a single number, which has no axes"),
        1 => format!("{name}: axis {axis} of shape {shape}: its only axis is 0 (or -1 from the back)"),
        _ => format!(
            "{name}: axis {axis} of shape {shape}: it has {rank} axes, so axes are {}..={}",
            -rank,
            rank - 1
        ),
    }))
}

/// `shape` with one extent replaced.
pub(crate) fn with_extent(mut shape: Shape, axis: usize, extent: usize) -> Shape {
    shape.set(axis, extent);
    shape
}

/// `shape` with the axes `first..end` at extent 1.
pub(crate) fn reduced(mut shape: Shape, first: usize, end: usize) -> Shape {
    for axis in first..end {
        shape.set(axis, 1);
    }
    shape
}

/// `shape` without the axes for which `drop` says so.
pub(crate) fn without(shape: Shape, mut drop: impl FnMut(usize) -> bool) -> Shape {
    let mut kept = Shape::SCALAR;
    for (axis, &extent) in shape.iter().enumerate() {
        if !drop(axis) {
            kept = kept.and(extent);
        }
    }
    kept
}

/// `shape` with an axis of `extent` put in at `axis`.
///
/// # Errors
/// If there would be too many axes.
pub(crate) fn inserted(name: &str, shape: Shape, axis: usize, extent: usize) -> Result<Shape, ShapeError> {
    if shape.rank() == MAX_RANK {
        return Err(ShapeError::new(format!(
            "{name}: {shape} already has {MAX_RANK} axes, the most there can be"
        )));
    }
    let mut extents = [0; MAX_RANK];
    extents[..axis].copy_from_slice(&shape[..axis]);
    extents[axis] = extent;
    extents[axis + 1..shape.rank() + 1].copy_from_slice(&shape[axis..]);
    Ok(Shape::new(&extents[..shape.rank() + 1]))
}

/// `shape` with its axes reordered: axis `i` of the result is axis `order[i]`.
///
/// # Errors
/// If `order` does not name every axis once.
pub(crate) fn permute(shape: Shape, order: &[usize]) -> Result<Shape, ShapeError> {
    let mut seen = [false; MAX_RANK];
    let is_permutation = order.len() == shape.rank()
        && order.iter().all(|&axis| axis < shape.rank() && !std::mem::replace(&mut seen[axis], true));
    if !is_permutation {
        return Err(ShapeError::new(format!(
            "permute: order {order:?} must name every axis of shape {shape} exactly once"
        )));
    }
    let mut extents = [0; MAX_RANK];
    for (i, &axis) in order.iter().enumerate() {
        extents[i] = shape[axis];
    }
    Ok(Shape::new(&extents[..order.len()]))
}

/// The shape of `parts` one after the other along `axis`.
///
/// # Errors
/// Names the first part that differs in another axis.
pub(crate) fn concat(parts: &[Shape], axis: usize) -> Result<Shape, ShapeError> {
    let first = parts[0];
    let mut extent = first[axis];
    for (i, part) in parts.iter().enumerate().skip(1) {
        if part.rank() != first.rank() || with_extent(*part, axis, 0) != with_extent(first, axis, 0) {
            return Err(ShapeError::new(format!(
                "concat along axis {axis}: part 0 has shape {first}, part {i} has {part}: \
                 all extents but that of axis {axis} must agree"
            )));
        }
        extent += part[axis];
    }
    Ok(with_extent(first, axis, extent))
}

/// The shape of the range `start..end` of an axis.
///
/// # Errors
/// Names the range and the extent.
pub(crate) fn slice(
    name: &str,
    shape: Shape,
    axis: usize,
    start: usize,
    end: usize,
) -> Result<Shape, ShapeError> {
    if start > end || end > shape[axis] {
        return Err(ShapeError::new(format!(
            "{name}: range {start}..{end} of axis {axis} of shape {shape}: it must lie within 0..{}",
            shape[axis]
        )));
    }
    Ok(with_extent(shape, axis, end - start))
}

/// The shape of numbers picked along `axis` by indices of shape `index`.
///
/// # Errors
/// If `index` differs from `x` in another axis.
pub(crate) fn gather(name: &str, x: Shape, index: Shape, axis: usize) -> Result<Shape, ShapeError> {
    if index.rank() != x.rank() || with_extent(index, axis, 0) != with_extent(x, axis, 0) {
        return Err(ShapeError::new(format!(
            "{name} along axis {axis}: indices of shape {index} on numbers of shape {x}: \
             all extents but that of axis {axis} must agree"
        )));
    }
    Ok(index)
}

/// Extents before, in and after a range of axes.
pub(crate) fn spans(shape: Shape, first: usize, end: usize) -> (usize, usize, usize) {
    let product = |range: std::ops::Range<usize>| shape[range].iter().product();
    (product(0..first), product(first..end), product(end..shape.rank()))
}
