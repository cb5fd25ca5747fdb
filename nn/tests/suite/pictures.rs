//! Ready-made charts: what is drawn is what was given, point by point and colour by colour.

use autograd::Tensor;
use nn::plot::{Chart, Color, gradient_norms, schedule, weight_images};

use super::plots::points_of;

/// The corners of the plot: left, right, top, bottom.
fn frame(svg: &str) -> [f64; 4] {
    let corners = points_of(svg, "fill=\"none\" stroke=\"#6e6e6e\"", "Z");
    [corners[0][0], corners[2][0], corners[0][1], corners[2][1]]
}

fn hex([red, green, blue]: [u8; 3]) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// The points of the line of this number, as shares of the way from left to right and from bottom to top.
fn line(chart: &Chart, number: usize) -> Vec<[f64; 2]> {
    let svg = chart.to_svg();
    let [left, right, top, bottom] = frame(&svg);
    let Color { red, green, blue } = Color::cycle(number);
    let points = points_of(&svg, &format!("stroke=\"{}\"", hex([red, green, blue])), "");
    points.iter().map(|[x, y]| [(x - left) / (right - left), (bottom - y) / (bottom - top)]).collect()
}

/// Pixels have two digits after the point, and a plot has hundreds of them.
#[track_caller]
fn assert_close(found: &[[f64; 2]], expected: &[[f64; 2]]) {
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (found, expected) in found.iter().zip(expected) {
        let close = (0..2).all(|axis| (found[axis] - expected[axis]).abs() < 1e-4);
        assert!(close, "{found:?} {expected:?}");
    }
}

#[test]
fn gradient_norms_are_drawn_by_step_on_a_logarithmic_axis() {
    let norms = [("first", [1e-4, 3e-4, 2e-3, 1e-3]), ("last", [0.5, 0.02, 1.0, 0.3])];
    let chart = gradient_norms(norms).x_range(1.0..=4.0).y_range(1e-5..=10.0);
    for (number, (_, norms)) in norms.iter().enumerate() {
        let place = |i: usize| [i as f64 / 3.0, (norms[i].log10() + 5.0) / 6.0];
        assert_close(&line(&chart, number), &[place(0), place(1), place(2), place(3)]);
    }
}

#[test]
fn a_schedule_is_drawn_from_step_0_and_from_rate_0() {
    let rates = [0.3, 0.8, 0.8, 0.2, 0.05, 0.0];
    let mut asked = Vec::new();
    let chart = schedule(5, |step| {
        asked.push(step);
        rates[step]
    });
    assert_eq!(asked, [0, 1, 2, 3, 4, 5]);
    let fixed = line(&chart.clone().x_range(0.0..=5.0).y_range(0.0..=1.0), 0);
    let expected: Vec<[f64; 2]> = (0..6).map(|step| [step as f64 / 5.0, rates[step]]).collect();
    assert_close(&fixed, &expected);
    // Left to itself the axis begins at 0 too: heights are in proportion.
    let free = line(&chart, 0);
    for (point, rate) in free.iter().zip(rates) {
        assert!((point[1] - free[1][1] * rate / 0.8).abs() < 1e-3, "{free:?}");
    }
}

/// The rectangles of a colour: left, right, top, bottom.
fn rectangles(svg: &str, color: &str) -> Vec<[f64; 4]> {
    let fill = format!("fill=\"{color}\"");
    let paths = svg.lines().filter_map(|line| line.strip_prefix("<path d=\"")?.split_once('"'));
    let pieces =
        paths.filter(|(_, style)| style.contains(&fill)).flat_map(|(path, _)| path.split_terminator('Z'));
    let corners = pieces.map(|piece| {
        let numbers: Vec<f64> = piece
            .split(|c: char| c.is_alphabetic() || c == ' ')
            .filter_map(|number| number.parse().ok())
            .collect();
        let &[x, y, across, down, _] = &numbers[..] else { panic!("no rectangle: {piece}") };
        [x.min(across), x.max(across), y.min(down), y.max(down)]
    });
    corners.collect()
}

#[test]
fn images_of_weights_have_the_color_of_each_weight_in_its_place() {
    // Two units that look at two rows of three pixels; no number twice, and each in one of the hundred steps of the colours.
    let weights = [[0.4, -0.5, 0.1], [-0.3, 0.28, -0.1], [0.2, 0.22, -0.4], [0.5, -0.2, 0.3]];
    let rows: Vec<f64> = weights.concat();
    let svg = weight_images(&Tensor::from_vec([2, 6], rows).unwrap(), [2, 3]).unwrap().to_svg();
    let color = |weight: f64| {
        // White is 0, and the largest of all, 0.5, has the colour of its sign.
        let full = if weight > 0.0 { [213.0, 94.0, 0.0] } else { [0.0, 114.0, 178.0] };
        hex(full.map(|part: f64| (255.0 + (part - 255.0) * weight.abs() / 0.5).round() as u8))
    };
    let all = weights.map(|row| row.map(|weight| rectangles(&svg, &color(weight))));
    let area = |r: &[f64; 4]| (r[1] - r[0]) * (r[3] - r[2]);
    let largest = all[0][0].iter().copied().max_by(|a, b| area(a).total_cmp(&area(b)));
    let [left, right, top, bottom] = largest.expect("a weight has its colour");
    let (width, height) = (right - left, bottom - top);
    assert!(width > 10.0 && (width - height).abs() < 0.05, "pixels are squares: {width} {height}");
    let of_cell = |r: &[f64; 4]| (r[1] - r[0] - width).abs() < 0.05 && (r[3] - r[2] - height).abs() < 0.05;
    // One of this size each; the colour bar's are others.
    let place = |row: usize, column: usize| {
        let cells: Vec<_> = all[row][column].iter().filter(|r| of_cell(r)).collect();
        assert_eq!(cells.len(), 1, "weight {}: {:?}", weights[row][column], all[row][column]);
        [cells[0][0], cells[0][2]]
    };
    let second = place(2, 0);
    assert!(
        second[0] > left + 3.0 * width && (second[1] - top).abs() < 0.05,
        "the second unit is beside the first"
    );
    for (row, column) in (0..4).flat_map(|row| (0..3).map(move |column| (row, column))) {
        let [x, y] = place(row, column);
        let first = if row < 2 { [left, top] } else { second };
        let expected = [first[0] + column as f64 * width, first[1] + (row % 2) as f64 * height];
        assert!((x - expected[0]).abs() < 0.05 && (y - expected[1]).abs() < 0.05, "{x} {y} {expected:?}");
    }
}
