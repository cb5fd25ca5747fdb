//! Rules of the house that no compiler checks: which part knows which, where derivatives and `unsafe` stand, and that
//! documents name what there is. Each test lists all that breaks its rule.
//!
//! Over 400 lines because every rule is one short test of its own, and all read the same files.

use std::collections::BTreeSet;
use std::fs;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

/// The directory of the workspace.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Files below a directory whose names end with `suffix`, relative to the workspace, in order; none if there is no such
/// directory.
fn files(directory: &str, suffix: &str) -> Vec<String> {
    fn walk(directory: &Path, suffix: &str, found: &mut Vec<PathBuf>) {
        let Ok(entries) = fs::read_dir(directory) else { return };
        for entry in entries {
            let path = entry.expect("an entry of a directory can be read").path();
            let name = path.file_name().expect("an entry has a name").to_string_lossy().into_owned();
            if path.is_dir() {
                if name != "target" && !name.starts_with('.') {
                    walk(&path, suffix, found);
                }
            } else if name.ends_with(suffix) {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&root().join(directory), suffix, &mut found);
    let relative = |path: PathBuf| {
        let path = path.strip_prefix(root()).expect("found below the root").to_string_lossy().into_owned();
        path.trim_start_matches("./").replace('\\', "/")
    };
    let mut found: Vec<String> = found.into_iter().map(relative).collect();
    found.sort();
    found
}

/// The lines of a file, numbered from 1, without comments.
fn code(path: &str) -> Vec<(usize, String)> {
    let lines = read(path);
    let lines = lines.lines().enumerate();
    lines.map(|(i, line)| (i + 1, line.split("//").next().unwrap_or_default().to_owned())).collect()
}

/// Whether `word` stands in `text` with no letter, digit or underscore beside it.
fn has_word(text: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word)
        .any(|(at, _)| !text[..at].ends_with(part) && !text[at + word.len()..].starts_with(part))
}

fn assert_none(rule: &str, broken: &[String]) {
    assert!(broken.is_empty(), "{rule}\n  {}", broken.join("\n  "));
}

/// Lines of `paths` in whose code one of `words` stands.
fn lines_with(paths: &[String], words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for path in paths {
        for (number, line) in code(path) {
            for word in words.iter().filter(|word| has_word(&line, word)) {
                found.push(format!("{path}:{number}: {word}"));
            }
        }
    }
    found
}

/// The parts of the engine from the bottom up, and what each may name beside itself.
const ARROWS: [(&str, &[&str]); 21] = [
    ("buffer", &[]),
    ("denormals", &[]),
    ("number", &["ops"]),
    ("ops", &["number"]),
    ("tape", &["denormals", "number", "ops"]),
    ("element", &["buffer", "number"]),
    ("tensor", &["buffer", "element", "ops"]),
    ("ndarray", &["element", "ops", "tensor"]),
    ("indices", &["buffer", "ops", "tensor"]),
    ("data", &["element", "indices", "tensor"]),
    ("exec", &["buffer", "data", "denormals", "element", "indices", "number", "ops", "tensor"]),
    ("record", &["data", "element", "indices", "ops", "tensor"]),
    ("plan", &["data", "denormals", "element", "exec", "indices", "number", "ops", "record", "tensor"]),
    ("graph", &["data", "element", "exec", "indices", "number", "ops", "plan", "record", "tensor"]),
    ("explain", &["element", "graph", "number", "ops", "tape", "tensor"]),
    ("draw", &["element", "explain", "graph", "number", "tape"]),
    ("check", &["graph", "tensor"]),
    ("cost", &["element", "graph", "ops", "plan"]),
    ("diagnose", &["element", "graph", "number", "ops", "plan", "tape", "tensor"]),
    ("profile", &["cost", "element", "exec", "ops", "plan"]),
    ("functions", &["graph", "number", "ops", "tape", "tensor"]),
];

/// The one pair that knows each other: a rule is generic over numbers, and a dual number asks rules for slopes.
const RULE_BOOK: [&str; 2] = ["number", "ops"];

/// The part that a file of the engine belongs to: a directory of its sources, or a file beside them.
fn part_of(path: &str) -> &str {
    let path = &path["autograd/src/".len()..];
    path.split('/').next().expect("a split has a first piece").trim_end_matches(".rs")
}

#[test]
fn arrows_point_down_and_every_part_has_its_own() {
    let mut broken = Vec::new();
    for (at, (part, allowed)) in ARROWS.iter().enumerate() {
        let below: Vec<&str> = ARROWS[..at].iter().map(|(part, _)| *part).collect();
        for name in allowed.iter().filter(|name| !below.contains(name)) {
            if !(RULE_BOOK.contains(part) && RULE_BOOK.contains(name)) {
                broken.push(format!("{name} does not stand below {part}"));
            }
        }
    }
    let there: BTreeSet<String> =
        files("autograd/src", ".rs").iter().map(|path| part_of(path).to_owned()).collect();
    let listed: BTreeSet<String> = ARROWS.iter().map(|(part, _)| (*part).to_owned()).collect();
    broken.extend(
        there.difference(&listed).filter(|part| *part != "lib").map(|part| format!("{part} has no arrows")),
    );
    broken.extend(listed.difference(&there).map(|part| format!("there is no {part}")));
    assert_none("ARROWS:", &broken);
}

#[test]
fn parts_of_the_engine_know_only_what_they_may() {
    let mut broken = Vec::new();
    for path in files("autograd/src", ".rs") {
        let part = part_of(&path);
        let Some((_, allowed)) = ARROWS.iter().find(|(listed, _)| *listed == part) else { continue };
        for (number, line) in code(&path) {
            for (at, _) in line.match_indices("crate::") {
                if line[..at].ends_with('$') {
                    continue; // a macro's own crate
                }
                let rest = &line[at + "crate::".len()..];
                let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
                if &rest[..end] != part && !allowed.contains(&&rest[..end]) {
                    broken.push(format!("{path}:{number}: {part} may not use crate::{}", &rest[..end]));
                }
            }
            // `super` is for the same part: it must not lead out of it.
            let is_root = path.matches('/').count() == "autograd/src/part.rs".matches('/').count()
                || path == format!("autograd/src/{part}/mod.rs");
            let inside_a_module = line.starts_with(' '); // such as `mod tests` in a file
            if !inside_a_module && (line.contains("super::super::") || is_root && line.contains("super::")) {
                broken.push(format!("{path}:{number}: name another part by crate::"));
            }
        }
    }
    assert_none("Imports follow the arrows of ARCHITECTURE.md:", &broken);
}

#[test]
fn derivatives_stand_in_the_rule_book_only() {
    let mut broken = Vec::new();
    // The engine's lower parts do not even ask for one.
    for part in ["record", "plan", "exec"] {
        let words = ["slope", "slope_a", "slope_b", "cotangent", "cotangents", "tangent", "Structural"];
        broken.extend(lines_with(&files(&format!("autograd/src/{part}"), ".rs"), &words));
    }
    // The graph asks for cotangents, never for slopes.
    broken.extend(lines_with(&files("autograd/src/graph", ".rs"), &["slope", "slope_a", "slope_b"]));
    // Layers and losses are composed; what brings a derivative of its own is a custom operation.
    broken.extend(lines_with(&files("nn/src", ".rs"), &["CustomOp", "FnOp", "UnaryRow", "BinaryRow"]));
    assert_none("A derivative is written in autograd/src/ops, and asked for by the graph:", &broken);
}

/// Where kinds of operations are told apart: the rule book, the planner and what runs plans; and the script, which says
/// the frequent ones in one word.
const KINDS: [&str; 4] = ["ops/", "plan/", "exec/", "record/script.rs"];

/// Whether a line asks of what kind an operation is: `Op::…` in a pattern or a comparison. Making one is no question.
fn asks_for_a_kind(line: &str) -> bool {
    line.match_indices("Op::").any(|(at, _)| {
        let (before, after) = (&line[..at], &line[at + "Op::".len()..]);
        let is_op = !before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
        let is_variant = after.starts_with(|c: char| c.is_uppercase());
        let is_arm =
            after.contains("=>") || before.trim_end().ends_with('|') || after.trim_end().ends_with('|');
        let is_compared = ["==", "!="].iter().any(|sign| before.trim_end().ends_with(sign));
        let is_bound = before.contains("let ") && !before.contains('=') && after.contains('=');
        is_op && is_variant && (is_arm || is_compared || is_bound || before.contains("matches!("))
    })
}

#[test]
fn only_the_rule_book_and_what_runs_it_tell_operations_apart() {
    for question in [
        "Op::Custom(_) => 1,",
        "    | Op::Where",
        "if op == Op::Where {",
        "if let Op::Lit(bits) = op {",
        "let Op::Custom(_) = op else {",
        "matches!(op, Op::Unary(_) | Op::Binary(_))",
    ] {
        assert!(asks_for_a_kind(question), "the search overlooks {question}");
    }
    for other in ["let op = Op::Slice { axis, start };", "x => Op::lit(1.0),", "CustomOp::name(op) => 1,"] {
        assert!(!asks_for_a_kind(other), "the search finds {other}");
    }
    let mut broken = Vec::new();
    for path in files("autograd/src", ".rs") {
        if KINDS.iter().any(|part| path["autograd/src/".len()..].starts_with(part)) {
            continue;
        }
        let asking = code(&path).into_iter().filter(|(_, line)| asks_for_a_kind(line));
        broken.extend(asking.map(|(number, line)| format!("{path}:{number}: {}", line.trim())));
    }
    assert_none("What others need to know of an operation is a method of Op, in autograd/src/ops:", &broken);
}

#[test]
fn unsafe_stands_in_few_places_and_says_why() {
    let mut broken = Vec::new();
    for path in files("autograd/src", ".rs") {
        let files =
            ["buffer.rs", "denormals.rs", "tape/arena.rs", "tape/arena/reader.rs", "tape/arena/sweep.rs"];
        let allowed = path.starts_with("autograd/src/exec/")
            || files.iter().any(|file| path == format!("autograd/src/{file}"));
        let text: Vec<String> = read(&path).lines().map(str::to_owned).collect();
        for (number, line) in code(&path) {
            if !has_word(&line, "unsafe") {
                continue;
            }
            let opens = line.contains("unsafe {") || line.contains("unsafe impl");
            let explained = |line: &String| line.contains("SAFETY:");
            if !allowed {
                broken.push(format!("{path}:{number}: unsafe stands in exec/ and {} only", files.join(", ")));
            } else if opens && !text[number.saturating_sub(7)..number].iter().any(explained) {
                broken.push(format!("{path}:{number}: a SAFETY: comment must say why this is sound"));
            }
        }
    }
    if !read("nn/src/lib.rs").contains("#![forbid(unsafe_code)]") {
        broken.push("nn/src/lib.rs: forbid(unsafe_code) is missing".to_owned());
    }
    let mut programs = files("examples", ".rs");
    programs.extend(files("tests", ".rs").into_iter().filter(|path| path != "tests/tidy.rs"));
    broken.extend(lines_with(&programs, &["unsafe"]));
    assert_none("Unsafe code:", &broken);
}

#[test]
fn layers_use_what_every_user_can() {
    let mut hidden = BTreeSet::new();
    for path in files("autograd/src", ".rs") {
        let text = read(&path);
        for piece in text.split("#[doc(hidden)]").skip(1) {
            let name = piece.split_once("fn ").map(|(_, rest)| rest.split(['<', '(']).next());
            hidden.extend(name.flatten().map(str::to_owned));
        }
    }
    assert!(!hidden.is_empty(), "the search for hidden functions finds none: has their form changed?");
    let hidden: Vec<&str> = hidden.iter().map(String::as_str).collect();
    let mut broken = Vec::new();
    for found in lines_with(&files("nn/src", ".rs"), &hidden) {
        broken.push(format!("{found} is hidden from the documentation of autograd"));
    }
    assert_none("nn uses the public interface of autograd only:", &broken);
}

/// Every Rust file of the workspace.
fn sources() -> Vec<String> {
    files(".", ".rs")
}

/// Longer files say in their header why they are one file.
const LONG: usize = 400;

#[test]
fn every_file_says_what_it_is_and_a_long_one_why() {
    let mut broken = Vec::new();
    for path in sources() {
        let text = read(&path);
        if !text.starts_with("//! ") {
            broken.push(format!("{path}: the first line must be a `//!` that says what the file is"));
        }
        let header: String = text.lines().take_while(|line| line.starts_with("//!")).collect();
        let lines = text.lines().count();
        if lines > LONG && !(header.contains("lines because") || header.contains("One file because")) {
            broken.push(format!("{path}: {lines} lines: its header must say `Over {LONG} lines because …`"));
        }
    }
    assert_none("Headers of files:", &broken);
}

/// Lines of a lesson: what is read at one sitting.
const LESSON: RangeInclusive<usize> = 60..=200;

#[test]
fn a_lesson_is_read_at_one_sitting() {
    let mut broken = Vec::new();
    for path in files("examples/lessons", ".rs") {
        let is_lesson = path["examples/lessons/".len()..].starts_with(|c: char| c.is_ascii_digit());
        let lines = read(&path).lines().count();
        if is_lesson && !LESSON.contains(&lines) {
            broken.push(format!("{path}: {lines} lines"));
        }
    }
    let (least, most) = (LESSON.start(), LESSON.end());
    let rule = format!(
        "A lesson has {least} to {most} lines. A longer one has two topics, which are two lessons, or code that is not its \
         topic, which goes into a file beside it that says what it does; a shorter one is a part of another lesson:"
    );
    assert_none(&rule, &broken);
}

#[test]
fn nothing_is_left_lying_about() {
    // Put together here, so that this file does not find itself.
    let marks = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("XX", "X"),
        concat!("dbg", "!("),
        concat!("todo", "!("),
    ];
    let mut broken = Vec::new();
    for path in sources().into_iter().chain(files(".", ".md")) {
        for (number, line) in read(&path).lines().enumerate() {
            for mark in marks.iter().filter(|mark| line.contains(*mark)) {
                broken.push(format!("{path}:{}: {mark}", number + 1));
            }
        }
    }
    assert_none("Unfinished:", &broken);
}

/// Whole words of a text that end with `.rs`.
fn named_files(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| c.is_whitespace() || ",()`:".contains(c));
    words.filter(|word| word.ends_with(".rs")).map(str::to_owned).collect()
}

#[test]
fn the_map_names_every_source_file_and_no_other() {
    let text = read("ARCHITECTURE.md");
    let mut broken = Vec::new();
    for source in ["autograd/src", "nn/src"] {
        let title = format!("## `{source}`\n");
        let section =
            text.split_once(&title).unwrap_or_else(|| panic!("ARCHITECTURE.md: no section {title}")).1;
        let map = section.split("\n## ").next().expect("a split has a first piece");
        let named = named_files(map);
        let there: BTreeSet<String> =
            files(source, ".rs").into_iter().map(|path| path[source.len() + 1..].to_owned()).collect();
        broken.extend(there.difference(&named).map(|path| format!("{source}/{path} is not in the map")));
        broken.extend(named.difference(&there).map(|path| format!("{source}/{path} is in the map only")));
    }
    assert_none("ARCHITECTURE.md, the maps of the files:", &broken);
}

#[test]
fn documents_lead_somewhere_and_are_found() {
    let mut broken = Vec::new();
    let readme = read("README.md");
    let mut documents = files("docs", ".md");
    for name in ["ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "README.md"] {
        documents.push(name.to_owned());
    }
    for path in &documents {
        if path != "README.md" && !readme.contains(&format!("]({path})")) {
            broken.push(format!("README.md does not lead to {path}"));
        }
        let directory = Path::new(path).parent().expect("a file is in a directory");
        for link in read(path).split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let target = link.split('#').next().expect("a split has a first piece");
            let elsewhere = target.is_empty() || target.contains("://");
            if !elsewhere && !root().join(directory).join(target).exists() {
                broken.push(format!("{path}: {link} leads nowhere"));
            }
        }
    }
    // Tests that documents point to.
    for path in ["ARCHITECTURE.md", "CONTRIBUTING.md"] {
        for word in named_files(&read(path)).into_iter().filter(|word| word.contains("tests/")) {
            let there = [word.clone(), format!("autograd/src/{word}")];
            if !there.iter().any(|path| root().join(path).exists()) {
                broken.push(format!("{path}: there is no {word}"));
            }
        }
    }
    // The row that is shown is the row that there is.
    let shown = read("CONTRIBUTING.md");
    let row = shown.split("```text\n").nth(1).and_then(|rest| rest.split("```").next());
    if !row.is_some_and(|row| read("autograd/src/ops/unary.rs").contains(row)) {
        broken.push("CONTRIBUTING.md: the row that it shows is not in autograd/src/ops/unary.rs".to_owned());
    }
    assert_none("Documents:", &broken);
}

#[test]
fn every_switch_and_every_example_is_in_the_readme() {
    let readme = read("README.md");
    let mut broken = Vec::new();
    let mut switches = BTreeSet::new();
    for path in files("autograd/src", ".rs").into_iter().chain(files("nn/src", ".rs")) {
        for (_, line) in code(&path) {
            for (_, rest) in line.match_indices("env::var").map(|(at, word)| line.split_at(at + word.len())) {
                switches.extend(rest.split('"').nth(1).map(str::to_owned));
            }
        }
    }
    assert!(switches.len() >= 3, "the search for switches finds {switches:?}: has their form changed?");
    broken.extend(switches.iter().filter(|name| !readme.contains(&format!("| `{name}` |"))).cloned());
    let ci = read(".ci/run");
    for path in files("examples", ".rs") {
        let Some(name) = path.strip_prefix("examples/").and_then(|name| name.strip_suffix(".rs")) else {
            continue;
        };
        if name.contains('/') {
            continue; // what several examples share
        }
        if !readme.contains(&format!("| `{name}")) {
            broken.push(format!("the example {name} is not in the table"));
        }
        if !has_word(&ci, name) {
            broken.push(format!("the example {name} is not run by .ci/run"));
        }
    }
    assert_none("README.md, switches and examples:", &broken);
}
