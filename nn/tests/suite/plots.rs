//! Charts: pictures as text, what bad data give, and that nothing panics.

use std::fs;

use autograd::Tensor;
use nn::data::Labels;
use nn::metrics::ConfusionMatrix;
use nn::plot::*;
use proptest::prelude::*;

/// The texts of a picture, in the order of drawing.
fn texts(svg: &str) -> Vec<&str> {
    let texts = svg.split("<text").skip(1).filter_map(|text| text.split_once('>'));
    texts.filter_map(|(_, text)| text.split_once("</text>")).map(|(text, _)| text).collect()
}

/// What must hold of every picture: balanced XML with a name, and only finite numbers in it.
fn assert_sound(svg: &str) {
    assert!(
        svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\"")
            && svg.ends_with("</svg>\n")
    );
    assert!(svg.contains("<title>") && svg.contains("<desc>"));
    let mut open = Vec::new();
    for tag in svg.split('<').skip(1) {
        let (tag, text) = tag.split_once('>').expect("every tag ends");
        assert!(!tag.contains("NaN") && !tag.contains("inf"), "{tag}");
        match tag.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name), "{svg}"),
            None if tag.ends_with('/') => {}
            None => open.push(tag.split(' ').next().unwrap_or_default()),
        }
        assert!(!text.contains('>') && !text.chars().any(|c| c.is_control() && c != '\n'));
    }
    assert!(open.is_empty());
}

#[test]
fn small_pictures_are_what_they_were() {
    let lines = Chart::new("Loss & accuracy")
        .size(240, 160)
        .x_label("epoch")
        .y_label("loss (nats)")
        .line("training", [(1, 2.0), (2, 1.0), (3, 0.5)])
        .line("validation", [(1, 2.1), (2, f64::NAN), (3, 0.9)]);
    insta::assert_snapshot!("lines", lines.to_svg());
    let mut matrix = ConfusionMatrix::new(2);
    matrix.add(&Labels::new([0, 0, 1], 2).unwrap(), &Labels::new([0, 1, 1], 2).unwrap());
    let confusion = confusion(&matrix, &["cat", "dog"]).unwrap().size(240, 200);
    insta::assert_snapshot!("confusion", confusion.to_svg());
    let grid = Grid::sample(-1.0..=1.0, -1.0..=1.0, [5, 5], |x, y| x - y);
    let regions =
        Chart::new("").size(200, 160).with(Series::above(&grid, 0.0)).with(Series::contours(&grid, [0.0]));
    insta::assert_snapshot!("regions", regions.arrow((0.0, 0.0), (0.5, -0.5)).to_svg());
}

#[test]
fn equal_charts_give_equal_text() {
    let chart = || bars("time (s)", [("a", 1.0), ("b", 2.5)]).title("x < y & z");
    assert_eq!(chart().to_svg(), chart().to_svg());
    assert!(chart().to_svg().contains("<title>x &lt; y &amp; z</title>"));
    assert_eq!(chart().to_png(1.0).unwrap(), chart().to_png(1.0).unwrap());
}

#[test]
fn a_picture_says_what_is_on_it() {
    let chart = learning_curves("loss (nats)", [("training", [2.0, 1.0]), ("validation", [2.0, f64::NAN])]);
    let svg = chart.to_svg();
    assert!(svg.contains(
        "<desc>The horizontal axis shows epoch, from 1 to 2. The vertical axis shows loss (nats), from 0.95 to 2.05. \
         Drawn: training (line, 2 points); validation (line, 2 points). Note: 1 of 4 values is not finite: left out.</desc>"
    ), "{svg}");
    assert!(texts(&svg).contains(&"1 of 4 values is not finite: left out"));
    assert!(chart.description("A falling line.").to_svg().contains("<desc>A falling line.</desc>"));
}

#[test]
fn what_a_logarithmic_axis_has_no_place_for_is_said() {
    let svg = Chart::new("").log_y().line("loss", [(1, 1.0), (2, 0.0), (3, -1.0), (4, 0.01)]).to_svg();
    assert!(
        texts(&svg).contains(&"2 of 4 values are not positive and finite: left out"),
        "{:?}",
        texts(&svg)
    );
    assert_sound(&svg);
}

#[test]
fn degenerate_data_have_axes_too() {
    let none: [(f64, f64); 0] = [];
    for (name, chart) in [
        ("empty", Chart::new("").line("a", none)),
        ("only NaN", Chart::new("").line("a", [(f64::NAN, 1.0), (1.0, f64::INFINITY)])),
        ("only NaN on log axes", Chart::new("").log_x().log_y().points("a", [(-1.0, 1.0)])),
        ("nothing at all", Chart::new("")),
    ] {
        let svg = chart.to_svg();
        assert_sound(&svg);
        assert!(texts(&svg).contains(&"no data"), "{name}");
    }
    // One value, and equal ones: in the middle of an axis, with ticks around it.
    for chart in [Chart::new("").points("a", [(3, 5.0)]), Chart::new("").points("a", [(3, 5.0), (3, 5.0)])] {
        let svg = chart.to_svg();
        assert!(svg.contains("<circle") && texts(&svg).contains(&"5.0"), "{:?}", texts(&svg));
    }
}

#[test]
fn a_fixed_range_is_kept_and_cuts_what_is_outside() {
    let chart = Chart::new("").x_range(0.0..=2.0).line("y", [(-10.5, -10.5), (10.5, 10.5)]);
    let svg = chart.clone().y_range(0.0..=1.0).to_svg();
    let ticks = texts(&svg);
    assert!(ticks.contains(&"2.0") && ticks.contains(&"1.0") && !ticks.contains(&"10"));
    // One end only; ends that no axis can have.
    assert!(chart.clone().y_range(-40.0..).to_svg().contains("from −40 to"));
    assert_eq!(chart.clone().y_range(f64::NAN..=f64::INFINITY).to_svg(), chart.to_svg());
    assert_sound(&Chart::new("").log_y().y_range(-1.0..=-0.5).line("a", [(1, 1.0)]).to_svg());
}

/// The points of a path of the picture that has this in its style, and ends with `end`.
pub(crate) fn points_of(svg: &str, style: &str, end: &str) -> Vec<[f64; 2]> {
    let paths = svg.lines().filter_map(|line| line.strip_prefix("<path d=\"")?.split_once('"'));
    let (path, _) = paths.clone().find(|(path, rest)| rest.contains(style) && path.ends_with(end)).unwrap();
    let (mut points, mut at) = (Vec::new(), [0.0, 0.0]);
    let starts: Vec<usize> = path.char_indices().filter(|(_, c)| c.is_alphabetic()).map(|(i, _)| i).collect();
    for (i, &start) in starts.iter().enumerate() {
        let command = &path[start..*starts.get(i + 1).unwrap_or(&path.len())];
        let numbers: Vec<f64> =
            command[1..].split_whitespace().map(|number| number.parse().unwrap()).collect();
        match (&command[..1], &numbers[..]) {
            ("M" | "L", &[x, y]) => at = [x, y],
            ("H", &[x]) => at[0] = x,
            ("V", &[y]) => at[1] = y,
            ("Z", []) => continue,
            _ => panic!("{command}"),
        }
        points.push(at);
    }
    points
}

#[test]
fn a_legend_covers_no_line() {
    // Lines that leave different corners free.
    let lines: [fn(f64) -> f64; 4] = [|x| x, |x| -x, |x| x * x, |x| -x * x];
    for line in lines {
        let svg = Chart::new("")
            .line("name", (-20..=20).map(|i| f64::from(i) / 20.0).map(|x| (x, line(x))))
            .to_svg();
        let frame = points_of(&svg, "fill=\"none\" stroke=\"#6e6e6e\"", "Z");
        let legend = points_of(&svg, "opacity=\"0.9\"", "Z");
        let within = |[x, y]: [f64; 2], corners: &[[f64; 2]]| {
            (corners[0][0]..=corners[2][0]).contains(&x) && (corners[0][1]..=corners[2][1]).contains(&y)
        };
        assert!(legend.iter().all(|&corner| within(corner, &frame)));
        let line = points_of(&svg, "stroke=\"#0072b2\"", "");
        for pair in line.windows(2) {
            for i in 0..=50 {
                let at = |axis: usize| pair[0][axis] + (pair[1][axis] - pair[0][axis]) * f64::from(i) / 50.0;
                assert!(!within([at(0), at(1)], &legend), "{svg}");
            }
        }
    }
    let dense = Chart::new("").line("name", (0..2000).map(|i| (f64::from(i), f64::from(i * 7919 % 1000))));
    assert!(!dense.to_svg().contains("opacity=\"0.9\""), "the legend stands above the plot");
}

#[test]
fn errors_name_the_series_and_the_place() {
    let message = |result: Result<Chart, PlotError>| result.unwrap_err().to_string();
    assert_eq!(
        message(histogram("activation", &[0.0, 1.0, f64::NAN], 3)),
        "activation: value 2 (from 0) is NaN, but must be finite: leave it out first"
    );
    assert_eq!(message(histogram("activation", &[], 3)), "activation: there are no values");
    assert_eq!(
        message(confusion(&ConfusionMatrix::new(3), &["a"])),
        "confusion matrix: 1 names do not fit 3 classes: each needs one of the other"
    );
    assert_eq!(
        message(weight_images(&Tensor::<f32>::zeros([4, 10]), [3, 3])),
        "weight images: a tensor of shape [4, 10] was given, but [units, 3 x 3] is needed"
    );
    assert_eq!(
        Series::line_xy("loss", &[1.0], &[]).unwrap_err().to_string(),
        "loss: 1 x do not fit 0 y: each needs one of the other"
    );
    assert_eq!(
        Images::new([2, 2]).add("a", [0.0; 3]).unwrap_err().to_string(),
        "image 0 (from 0): 3 values do not fit 4 pixels: each needs one of the other"
    );
    let regions = DecisionRegions::new(0.0..=1.0, 0.0..=1.0).cells(2);
    assert_eq!(
        message(regions.of_scores(|_| Tensor::<f32>::zeros([3]))),
        "grid: a tensor of shape [3] was given, but [4] or [4, scores], a row for each of the 4 points, is needed"
    );
    let labels = Labels::new([0], 1).unwrap();
    assert!(class_points(&Tensor::<f64>::zeros([2, 2]), &labels, &[]).is_err());
    assert!(class_points(&Tensor::<f64>::zeros([1, 3]), &labels, &[]).is_err());
}

#[test]
#[should_panic(expected = "Grid: x is 1..=1, but must be a finite range that goes up, such as -1.0..=1.0")]
fn a_grid_needs_a_range() {
    Grid::sample(1.0..=1.0, 0.0..=1.0, [2, 2], |x, _| x);
}

#[test]
fn files_are_written_by_their_ending_and_errors_name_them() {
    let directory = tempfile::tempdir().unwrap();
    let chart = Chart::new("a").size(130, 100).line("b", [(1, 2.0), (2, 3.0)]);
    chart.save(directory.path().join("chart.svg")).unwrap();
    assert_eq!(fs::read_to_string(directory.path().join("chart.svg")).unwrap(), chart.to_svg());
    chart.save(directory.path().join("chart.PNG")).unwrap();
    assert_eq!(fs::read(directory.path().join("chart.PNG")).unwrap(), chart.to_png(2.0).unwrap());
    assert_eq!(
        chart.save("chart.jpg").unwrap_err().to_string(),
        "chart.jpg: a chart is written as .svg or .png: end the file's name with one of them"
    );
    let nowhere = directory.path().join("none").join("chart.svg");
    let message = chart.save(&nowhere).unwrap_err().to_string();
    assert!(message.starts_with(&format!("{}: cannot be written: ", nowhere.display())), "{message}");
}

/// Width and height in the header of a PNG image (PNG specification, 11.2.2).
fn png_size(png: &[u8]) -> (u32, u32) {
    assert_eq!(&png[..16], b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}

#[test]
fn images_have_the_size_and_scale_that_were_asked_for() {
    let chart = Chart::new("a").size(200, 150);
    assert_eq!(png_size(&chart.to_png(1.0).unwrap()), (200, 150));
    assert_eq!(png_size(&chart.to_png(2.5).unwrap()), (500, 375));
    assert_eq!(png_size(&chart.to_png(1e-9).unwrap()), (1, 1));
    for scale in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(chart.to_png(scale), Err(PlotError::Scale { .. })));
    }
    for scale in [1e4, 1e300] {
        assert!(matches!(chart.to_png(scale), Err(PlotError::TooLarge { .. })));
    }
}

#[test]
fn a_figure_holds_its_panels() {
    let panel = |name: &str| Chart::new(name).line("line", [(0, 0.0), (1, 1.0)]);
    let figure =
        Figure::new("Three").columns(2).panel(panel("one")).panel(panel("two")).panel(panel("three"));
    let svg = figure.to_svg();
    assert_sound(&svg);
    for title in ["Three", "one", "two", "three"] {
        assert!(texts(&svg).contains(&title));
    }
    assert!(svg.contains("width=\"960\" height=\"760\""));
    assert_sound(&Figure::new("empty").to_svg());
}

/// An attribute of each text of an SVG, with the text.
fn numbers_of_texts<'a>(svg: &'a str, attribute: &str) -> Vec<(&'a str, f64)> {
    let attribute = format!(" {attribute}=\"");
    let found = svg.lines().filter(|line| line.starts_with("<text")).map(|line| {
        let number = line.split(&attribute).nth(1).and_then(|rest| rest.split('"').next());
        let text = line.split_once('>').and_then(|(_, rest)| rest.split('<').next());
        (
            text.expect("an element has content"),
            number.expect("a text has numbers").parse().expect("a number"),
        )
    });
    found.collect()
}

#[test]
fn texts_of_many_panels_are_read_on_the_whole_figure() {
    let least = |columns: usize, panels: usize, width: u32, height: u32| {
        let panel = |_| Chart::new("panel").line("line", [(0, 0.0), (1, 1.0)]).x_label("x");
        let figure = (0..panels).map(panel).fold(Figure::new("all").columns(columns), Figure::panel);
        let svg = figure.size(width, height).to_svg();
        numbers_of_texts(&svg, "font-size").iter().map(|&(_, size)| size).fold(f64::INFINITY, f64::min)
    };
    // On a slide of 1920 x 1080 pixels at least 16 of them.
    for (columns, panels, width, height) in [(3, 6, 1440, 860), (4, 11, 1480, 960), (2, 4, 1000, 900)] {
        let shown = (1920.0 / f64::from(width)).min(1080.0 / f64::from(height));
        assert!(shown * least(columns, panels, width, height) >= 16.0, "{width} x {height}");
    }
    // But small panels have no room for it.
    assert!(least(20, 20, 1440, 860) <= 10.0);
}

#[test]
fn rows_of_a_legend_are_about_equally_long() {
    let plane = Grid::sample(0.0..=1.0, 0.0..=1.0, [9, 9], |x, y| x + y);
    let chart = Chart::new("map").with(Series::heat_map(&plane).named("height"));
    let points = |i: i32| Series::points([(0.5, 0.5)]).named(format!("a path from place {i}"));
    let svg = (0..5).map(points).fold(chart, Chart::with).size(800, 500).to_svg();
    let y = numbers_of_texts(&svg, "y");
    let y: Vec<f64> = y.iter().filter(|(text, _)| text.starts_with("a path")).map(|&(_, y)| y).collect();
    assert_eq!(y.len(), 5);
    let in_first = y.iter().filter(|&&at| at == y[0]).count();
    assert!((2..=3).contains(&in_first), "{in_first} of 5 in the first row: {y:?}");
}

#[test]
fn regions_are_coloured_by_the_best_score() {
    // Three classes by the angle; the scores are linear, so boundaries are straight lines through the middle.
    let scores = |x: &Tensor<f64>| {
        let rows = x.data().chunks_exact(2).flat_map(|p| [0.0, p[0] + p[1], p[0] - p[1]]);
        Tensor::from_vec([x.shape()[0], 3], rows.collect()).unwrap()
    };
    let chart = DecisionRegions::new(-1.0..=1.0, -1.0..=1.0).cells(41).of_scores(scores).unwrap();
    let image = chart.bare().title("").size(400, 400);
    // Decoded by hand would be long: a narrow view on either side of a boundary shows one colour each.
    let pale = |k: usize| {
        let Color { red, green, blue } = Color::cycle(k).mix(Color::WHITE, 0.62);
        format!("fill=\"#{red:02x}{green:02x}{blue:02x}\"")
    };
    let shows = |x: (f64, f64), y: (f64, f64)| {
        let view = image.clone().x_range(x.0..=x.1).y_range(y.0..=y.1).to_svg();
        // What is painted last is on top.
        (0..3).filter(|&k| view.contains(&pale(k))).max()
    };
    assert_eq!(shows((-0.9, -0.5), (-0.2, 0.2)), Some(0));
    assert_eq!(shows((0.3, 0.6), (0.1, 0.9)), Some(1));
    assert_eq!(shows((0.3, 0.6), (-0.9, -0.1)), Some(2));
}

#[test]
fn a_histogram_counts_every_value_once() {
    let values: Vec<f64> = (0..100).map(f64::from).collect();
    let svg = histogram("value", &values, 10).unwrap().to_svg();
    assert!(svg.contains("Distribution of 100 values") && svg.contains("count, from 0 to 10.5"));
    // All in one place.
    assert!(histogram("value", &[2.0; 7], 3).unwrap().to_svg().contains("count, from 0 to 7.35"));
}

/// Numbers of every kind and size.
fn any_number() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => -10.0..10.0_f64,
        1 => prop::num::f64::ANY,
        1 => prop::sample::select(vec![0.0, -0.0, 1.0, f64::MAX, f64::MIN, f64::MIN_POSITIVE, f64::NAN, f64::INFINITY]),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nothing_panics_whatever_the_data(
        points in prop::collection::vec((any_number(), any_number()), 0..12),
        range in prop::option::of((any_number(), any_number())),
        (width, height, text) in (any::<u32>(), any::<u32>(), any_number()),
        name in ".{0,12}",
        flags in any::<[bool; 6]>(),
    ) {
        let small = |extent: u32| if extent.is_multiple_of(3) { extent } else { extent % 900 };
        // Large pictures take long as images: they are drawn as text only.
        let (width, height) = (small(width), small(height));
        let ys = || points.iter().map(|point| point.1);
        let grid = Grid::new(-1.0..=1.0, 0.0..=3.0, [3, 2], ys().chain([1.0; 6]).take(6).collect()).unwrap();
        let mut chart = Chart::new(name.clone())
            .size(width, height)
            .x_label(name.clone())
            .y_label("loss (nats)")
            .line(name.clone(), points.clone())
            .points("points", points.clone())
            .with(Series::area(points.clone()).width(text))
            .with(Series::segments(points.chunks_exact(2).map(|pair| [pair[0], pair[1]])))
            .with(Series::band(points.iter().map(|&(x, y)| (x, y - 1.0, y))).named("band"))
            .with(Series::bars(ys()).named("bars").texts(ys().map(|y| y.to_string())))
            .with(Series::horizontal(points.first().map_or(0.0, |point| point.1)))
            .with_all(points.windows(2).map(|pair| Series::arrow(pair[0], pair[1])))
            .with_all(points.iter().map(|&point| Series::note(point, &name, Anchor::End)));
        if flags[0] { chart = chart.log_x(); }
        if flags[1] { chart = chart.log_y(); }
        if flags[2] { chart = chart.equal_axes(); }
        if flags[3] { chart = chart.x_categories([name.clone(), "b".to_owned()]).y_down(); }
        if flags[4] {
            let levels = grid.levels(3);
            chart = chart
                .with(Series::heat_map(&grid).named("z"))
                .with(Series::filled_contours(&grid, ys()))
                .with(Series::contours(&grid, levels.into_iter().chain(ys())))
                .with(Series::above(&grid, 0.0));
        }
        if flags[5] { chart = chart.text_size(text); }
        if let Some((low, high)) = range { chart = chart.y_range(low..=high); }
        let svg = chart.to_svg();
        assert_sound(&svg);
        prop_assert_eq!(&svg, &chart.to_svg());
        if width < 900 && height < 900 {
            let png = chart.to_png(1.0).unwrap();
            prop_assert_eq!(png_size(&png), (width.clamp(120, 8000), height.clamp(90, 8000)));
        }
        assert_sound(&surface(&name, &grid).size(width, height).to_svg());
    }
}
