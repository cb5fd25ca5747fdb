//! Generates docs/OPS.md from the rule book, and fails when the file is stale: `UPDATE_DOCS=1` rewrites it.

use std::fmt::Write;
use std::path::Path;

use autograd::number::Formulas;
use autograd::ops::{Binary, BinaryRow, BinaryVisitor, UnaryKind, UnaryRow, UnaryVisitor};

/// Stand-ins for parameters, which occur in no rule: their names are put in their place.
const STAND_INS: [f64; 2] = [1009.0, 2003.0];

const INTRODUCTION: &str = "\
# Elementwise operations

Generated from the rule book (`autograd/src/ops/`) by `UPDATE_DOCS=1 cargo test -p autograd --test suite row_docs`; do not edit.
A slope is what a rule says, given the arguments and y, the result; `where(mask, then, other)` chooses without a branch.
The domain is where tests compare the slope with differences, away from the kinks. FLOPs are counted for one element.
";

/// One line of a table; a bar inside a cell must not end it.
fn line(cells: &[String]) -> String {
    let cells: Vec<_> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
    format!("| {} |\n", cells.join(" | "))
}

fn interval((from, to): (f64, f64)) -> String {
    format!("{from} … {to}")
}

struct Line;

impl UnaryVisitor for Line {
    type Out = String;
    fn visit<O: UnaryRow>(self, row: O) -> String {
        let formulas = Formulas::new();
        let mut slope = row.slope(formulas.name("x"), formulas.name("y")).to_string();
        for (stand_in, name) in STAND_INS.iter().zip(O::PARAMS) {
            slope = slope.replace(&stand_in.to_string(), name);
            slope = slope.replace(&(stand_in - 1.0).to_string(), &format!("{name} - 1"));
        }
        let name = match O::PARAMS {
            [] => format!("`{}`", O::NAME),
            params => format!("`{}({})`", O::NAME, params.join(", ")),
        };
        let kinks: Vec<_> = O::KINKS.iter().map(|kink| kink.replace(".0", "")).collect();
        let doc = O::DOC.trim().to_owned();
        line(&[name, doc, format!("`{slope}`"), interval(O::DOMAIN), kinks.join(", "), O::FLOPS.to_string()])
    }
}

impl BinaryVisitor for Line {
    type Out = String;
    fn visit<O: BinaryRow>(self, row: O) -> String {
        let formulas = Formulas::new();
        let (a, b, y) = (formulas.name("a"), formulas.name("b"), formulas.name("y"));
        let slopes = [row.slope_a(a, b, y), row.slope_b(a, b, y)].map(|slope| format!("`{slope}`"));
        let [slope_a, slope_b] = slopes;
        let kink = if O::KINK.is_empty() { String::new() } else { format!("`{} = 0`", O::KINK) };
        let domain = O::DOMAIN.map(interval).join(" and ");
        let name = format!("`{}`", O::NAME);
        line(&[name, O::DOC.trim().to_owned(), slope_a, slope_b, domain, kink, O::FLOPS.to_string()])
    }
}

/// The `# Conventions` table of the rule book's own documentation, so that it is written once.
fn conventions() -> String {
    let documentation: String = include_str!("../../src/ops/mod.rs")
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .map(|line| format!("{}\n", line.trim()))
        .collect();
    let (_, conventions) =
        documentation.split_once("# Conventions\n").expect("ops/mod.rs documents the conventions");
    format!("\n## Conventions\n\n{}\n", conventions.trim())
}

fn document() -> String {
    let mut text = INTRODUCTION.to_owned();
    text += &conventions();
    text += "\n## One argument\n\n| operation | value | slope | domain | kinks | FLOPs |\n|---|---|---|---|---|---|\n";
    for kind in UnaryKind::ALL {
        text += &kind.with(STAND_INS).dispatch(Line);
    }
    text += "\n## Two arguments\n\n| operation | value | slope in a | slope in b | domain | kink | FLOPs |\n|---|---|---|---|---|---|---|\n";
    for op in Binary::ALL {
        text += &op.dispatch(Line);
    }
    let rows = UnaryKind::ALL.len() + Binary::ALL.len();
    writeln!(text, "\n{rows} rows.").expect("writing to a string cannot fail");
    text
}

#[test]
fn ops_md_is_what_the_rule_book_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/OPS.md");
    let expected = document();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &expected).expect("docs/OPS.md can be written");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == expected,
        "docs/OPS.md is stale: run `UPDATE_DOCS=1 cargo test -p autograd --test suite row_docs`"
    );
}
