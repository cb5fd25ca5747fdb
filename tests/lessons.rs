//! Every lesson runs, every claim in it holds, every row of the lectures is shown by one. docs/LECTURES.md is generated from
//! what the lessons say and fails when it is stale: `UPDATE_DOCS=1 cargo test --test lessons` rewrites it.

#[path = "../examples/gallery/html.rs"]
mod html;
#[path = "../examples/lessons/mod.rs"]
mod lessons;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};

use lessons::LESSONS;
use lessons::page::{Absent, Page};
use lessons::rows::ROWS;
use resvg::usvg::roxmltree::Document;
use ttf_parser::Face;

const INTRODUCTION: &str = "\
# What the lectures hold, and the lesson that shows it

Five decks of slides on neural networks, here called A to E, hold these formulas, tables and pictures. Each has a lesson that
computes it: `cargo run --release --example lessons -- NAME`. What the decks have wrong is in [ERRATA.md](ERRATA.md).

Generated from the lessons' own results by `UPDATE_DOCS=1 cargo test --test lessons`, the test that runs them all; do not edit.
";

/// All pages, computed once for all tests.
fn pages() -> &'static [Page] {
    static PAGES: OnceLock<Vec<Page>> = OnceLock::new();
    PAGES.get_or_init(compute)
}

/// All pages, computed by two threads; those that need files which are not there say what they would show.
fn compute() -> Vec<Page> {
    let next = AtomicUsize::new(0);
    let pages = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(lesson) = LESSONS.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let mnist = std::env::var_os("MNIST_DIR").map(Into::into);
                    match lesson.page(mnist) {
                        Ok(page) => pages.lock().unwrap().push(page),
                        Err(error) => match error.downcast::<Absent>() {
                            Ok(absent) => pages.lock().unwrap().push(Page::without(*lesson, &absent)),
                            Err(error) => panic!("lesson {}: {error}", lesson.name),
                        },
                    }
                }
            });
        }
    });
    let mut pages = pages.into_inner().unwrap();
    pages.sort_by_key(|page| page.lesson.file);
    pages
}

#[test]
fn every_row_is_shown_and_the_page_is_current() {
    let pages = pages();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/LECTURES.md");
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    let mut expected = INTRODUCTION.to_owned();
    let mut missing = Vec::new();
    let mut part = "";
    for row in ROWS {
        if row.part != part {
            part = row.part;
            write!(expected, "\n## {part}\n\n| decks | topic | lesson | result |\n|---|---|---|---|\n")
                .unwrap();
        }
        let shown = pages.iter().flat_map(|page| page.results.iter().map(move |shown| (page, shown)));
        let mut shown = shown.filter(|(_, shown)| shown.row.id == row.id).peekable();
        if shown.peek().is_none() {
            missing.push(row.id);
        }
        for (page, shown) in shown {
            let (name, file) = (page.lesson.name, page.lesson.file);
            let (decks, topic, result) = (row.decks, row.topic, &shown.result);
            writeln!(expected, "| {decks} | {topic} | [{name}](../examples/lessons/{file}) | {result} |")
                .unwrap();
        }
    }
    assert!(missing.is_empty(), "no lesson shows {missing:?}");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &expected).expect("docs/LECTURES.md can be written");
        return;
    }
    assert!(found == expected, "docs/LECTURES.md is stale: run `UPDATE_DOCS=1 cargo test --test lessons`");
}

#[test]
fn pictures_have_names_of_their_own_and_text_for_who_cannot_see_them() {
    let mut names = std::collections::HashSet::new();
    for page in pages() {
        for picture in page.pictures() {
            assert!(names.insert(picture.name.clone()), "two pictures are called {}", picture.name);
            assert!(
                picture.svg.contains("<title") || picture.svg.contains("aria-label"),
                "{}: no text",
                picture.name
            );
            assert!(!picture.caption.is_empty(), "{}: no caption", picture.name);
        }
    }
}

#[test]
fn pictures_say_only_what_the_carried_font_can_write() {
    let font = include_bytes!("../nn/src/plot/font/DejaVuSans-subset.ttf");
    let font = Face::parse(font, 0).expect("the font is well-formed");
    let lacks = |c: &char| !c.is_whitespace() && font.glyph_index(*c).is_none_or(|glyph| glyph.0 == 0);
    let mut missing = Vec::new();
    for picture in pages().iter().flat_map(Page::pictures) {
        let svg = Document::parse(&picture.svg).expect("a picture is well-formed");
        // Titles and descriptions are read by other programs, in fonts of their own.
        let drawn = svg.descendants().filter(|node| node.is_text());
        let drawn = drawn.filter(|node| node.ancestors().any(|above| above.has_tag_name("text")));
        let text: BTreeSet<char> = drawn.flat_map(|node| node.text().unwrap_or_default().chars()).collect();
        assert!(!text.is_empty(), "{}: the search finds no text in it", picture.name);
        missing.extend(text.into_iter().filter(lacks).map(|c| format!("{}: {c:?}", picture.name)));
    }
    assert!(missing.is_empty(), "no glyphs in the font that charts carry:\n  {}", missing.join("\n  "));
}

#[test]
fn the_gallery_is_one_file_with_everything_in_it() {
    let page = html::document(pages());
    let pictures: Vec<_> = pages().iter().flat_map(Page::pictures).collect();
    assert_eq!(page.matches("<img ").count(), pictures.len());
    for picture in pictures {
        assert!(page.contains(&format!("<figure id=\"{}\">", picture.name)), "{}", picture.name);
    }
    for image in page.split("<img ").skip(1) {
        let attribute = |name: &str| {
            let rest = image.split_once(&format!("{name}=\"")).map_or("", |(_, rest)| rest);
            rest.split('"').next().unwrap_or_default()
        };
        assert!(attribute("src").starts_with("data:image/svg+xml"), "{}", &image[..100]);
        assert!(attribute("alt").len() > 20, "no description: {}", attribute("alt"));
        assert!(attribute("width").parse::<u32>().is_ok() && attribute("height").parse::<u32>().is_ok());
    }
    // Nothing is fetched: pictures are in the file, links lead to places in it.
    for outside in ["<script", "<link", "@import", "url(http", "src=\"http", "href=\"http"] {
        assert!(!page.contains(outside), "{outside}");
    }
    for lesson in LESSONS {
        assert!(page.contains(&format!("<section id=\"{}\"", lesson.name)), "{}", lesson.name);
        assert!(page.contains(&lesson.command()), "{}", lesson.name);
    }
    // Minus signs where they are meant; hyphens, options and numbers such as 1e-5 stay.
    assert!(page.contains("the bias −0.1") && page.contains("784-15-10") && page.contains("4.5398e-5"));
    assert!(page.contains("--example lessons -- neuron --out"));
}

#[test]
fn lessons_have_numbers_in_order_and_names_of_their_own() {
    let mut names = std::collections::HashSet::new();
    for (lesson, number) in LESSONS.iter().zip(1..) {
        assert!(lesson.file.starts_with(&format!("{number:02}_")), "{} is lesson {number}", lesson.file);
        assert!(names.insert(lesson.name), "two lessons are called {}", lesson.name);
    }
}
