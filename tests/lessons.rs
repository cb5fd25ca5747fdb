//! Every lesson runs, every claim in it holds, every row of the lectures is shown by one. docs/LECTURES.md is generated from
//! what the lessons say and fails when it is stale: `UPDATE_DOCS=1 cargo test --test lessons` rewrites it.

#[path = "../examples/lessons/mod.rs"]
mod lessons;

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use lessons::LESSONS;
use lessons::page::{Absent, Page};
use lessons::rows::ROWS;

const INTRODUCTION: &str = "\
# What the lectures hold, and the lesson that shows it

Five decks of slides on neural networks, here called A to E, hold these formulas, tables and pictures. Each has a lesson that
computes it: `cargo run --release --example lessons -- NAME`. What the decks have wrong is in [ERRATA.md](ERRATA.md).

Generated from the lessons' own results by `UPDATE_DOCS=1 cargo test --test lessons`, the test that runs them all; do not edit.
";

/// All pages, computed by two threads; those that need files which are not there say what they would show.
fn pages() -> Vec<Page> {
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
                            Ok(absent) => {
                                pages.lock().unwrap().push(Page::without(*lesson, absent.would_show))
                            }
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
fn lessons_have_numbers_in_order_and_names_of_their_own() {
    let mut names = std::collections::HashSet::new();
    for (lesson, number) in LESSONS.iter().zip(1..) {
        assert!(lesson.file.starts_with(&format!("{number:02}_")), "{} is lesson {number}", lesson.file);
        assert!(names.insert(lesson.name), "two lessons are called {}", lesson.name);
    }
}
