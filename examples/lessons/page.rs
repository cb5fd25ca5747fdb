//! `Page`: what a lesson says, shows and claims. It is printed as text, and becomes a part of the gallery.

use std::error::Error;
use std::fmt;
use std::path::PathBuf;

use super::rows::{ROWS, Row};

/// A lesson: one topic, read from top to bottom.
#[derive(Clone, Copy)]
pub(crate) struct Lesson {
    /// The file, as in `05_chain_rule.rs`.
    pub(crate) file: &'static str,
    /// What it is asked for by, as in `chain-rule`.
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) run: fn(&mut Page) -> Result<(), Box<dyn Error>>,
}

impl Lesson {
    /// The lesson's page, with everything computed and every claim checked.
    pub(crate) fn page(&self, mnist: Option<PathBuf>) -> Result<Page, Box<dyn Error>> {
        let mut page = Page { lesson: *self, mnist, blocks: Vec::new(), results: Vec::new() };
        (self.run)(&mut page)?;
        Ok(page)
    }

    /// The command that shows it.
    pub(crate) fn command(&self) -> String {
        format!("cargo run --release --example lessons -- {}", self.name)
    }
}

/// A part of a page.
pub(crate) enum Block {
    Text(String),
    Formula(String),
    Listing(String),
    Table { head: Vec<String>, rows: Vec<Vec<String>> },
    Picture(Picture),
}

/// A picture and what it shows.
pub(crate) struct Picture {
    /// The file's name, without its ending.
    pub(crate) name: String,
    pub(crate) svg: String,
    pub(crate) caption: String,
}

/// A row of the lectures that the lesson showed to hold, and what came out.
pub(crate) struct Shown {
    pub(crate) row: &'static Row,
    pub(crate) result: String,
}

pub(crate) struct Page {
    pub(crate) lesson: Lesson,
    /// Where the files of MNIST are, if they are there.
    pub(crate) mnist: Option<PathBuf>,
    pub(crate) blocks: Vec<Block>,
    pub(crate) results: Vec<Shown>,
}

impl Page {
    /// The page of a lesson that cannot run here: only what it would show.
    pub(crate) fn without(lesson: Lesson, (row, result): (&str, &str)) -> Page {
        let mut page = Page { lesson, mnist: None, blocks: Vec::new(), results: Vec::new() };
        page.shows(row, result, true);
        page
    }

    /// A paragraph.
    pub(crate) fn text(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Text(text.into()));
    }

    /// A formula on a line of its own.
    pub(crate) fn formula(&mut self, formula: impl Into<String>) {
        self.blocks.push(Block::Formula(formula.into()));
    }

    /// Lines that keep their form, such as an explanation.
    pub(crate) fn listing(&mut self, lines: impl fmt::Display) {
        self.blocks.push(Block::Listing(lines.to_string().trim_end().to_owned()));
    }

    /// A table; every row has as many cells as the head.
    #[track_caller]
    pub(crate) fn table(&mut self, head: &[&str], rows: Vec<Vec<String>>) {
        assert!(rows.iter().all(|row| row.len() == head.len()), "a table's rows are as wide as its head");
        self.blocks.push(Block::Table { head: head.iter().map(|&cell| cell.to_owned()).collect(), rows });
    }

    /// A picture as SVG, which brings its own text alternative.
    pub(crate) fn picture(&mut self, name: &str, svg: String, caption: impl Into<String>) {
        self.blocks.push(Block::Picture(Picture { name: name.to_owned(), svg, caption: caption.into() }));
    }

    /// Claims a row of the lectures: the numbers that came out, and whether they are what they should be. The text is the
    /// same on every processor, so numbers in it are rounded.
    ///
    /// # Panics
    /// At the lesson's line, if they are not.
    #[track_caller]
    pub(crate) fn shows(&mut self, row: &str, result: impl Into<String>, holds: bool) {
        let result = result.into();
        assert!(holds, "lesson {}: {row}: {result}: does not hold", self.lesson.name);
        let row = ROWS.iter().find(|known| known.id == row);
        let row = row.unwrap_or_else(|| panic!("lesson {}: no such row", self.lesson.name));
        self.results.push(Shown { row, result });
    }

    pub(crate) fn pictures(&self) -> impl Iterator<Item = &Picture> {
        self.blocks.iter().filter_map(|block| match block {
            Block::Picture(picture) => Some(picture),
            _ => None,
        })
    }
}

impl fmt::Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}", self.lesson.title, "=".repeat(self.lesson.title.chars().count()))?;
        for block in &self.blocks {
            writeln!(f)?;
            match block {
                Block::Text(text) => writeln!(f, "{}", wrapped(text, 100))?,
                Block::Formula(formula) => writeln!(f, "    {formula}")?,
                Block::Listing(lines) => lines.lines().try_for_each(|line| writeln!(f, "    {line}"))?,
                Block::Table { head, rows } => table(f, head, rows)?,
                Block::Picture(picture) => writeln!(f, "[{}] {}", picture.name, picture.caption)?,
            }
        }
        writeln!(f)?;
        self.results.iter().try_for_each(|shown| writeln!(f, "shown: {}: {}", shown.row.topic, shown.result))
    }
}

/// Columns as wide as their widest cell.
fn table(f: &mut fmt::Formatter<'_>, head: &[String], rows: &[Vec<String>]) -> fmt::Result {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| &row[column]).chain([&head[column]]);
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let rules: Vec<String> = widths.iter().map(|&width| "-".repeat(width)).collect();
    for row in [head, &rules[..]].into_iter().chain(rows.iter().map(Vec::as_slice)) {
        let cells = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:<width$}"));
        writeln!(f, "    {}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
    }
    Ok(())
}

/// Text broken between words into lines of at most `width` characters.
fn wrapped(text: &str, width: usize) -> String {
    let mut out = String::new();
    let mut at = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if at > 0 && at + 1 + length > width {
            out.push('\n');
            at = 0;
        } else if at > 0 {
            out.push(' ');
            at += 1;
        }
        out.push_str(word);
        at += length;
    }
    out
}

/// What a lesson needs and does not find.
#[derive(Debug)]
pub(crate) struct Absent {
    /// What, how to get it, and what the lesson would show.
    pub(crate) message: String,
    /// The row that it would show, and with what result.
    pub(crate) would_show: (&'static str, &'static str),
}

impl fmt::Display for Absent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Absent {}
