//! Pages of lessons as one HTML file that needs nothing else: pictures are inside it.

use std::fmt::Write as _;

use crate::lessons::page::{Block, Page, Picture};

const STYLE: &str = "\
:root { color-scheme: light; --ink: #1b1f24; --faint: #57606a; --line: #d0d7de; --paper: #ffffff; --tint: #f6f8fa; --link: #0550ae; }
* { box-sizing: border-box; }
body { margin: 0; font: 17px/1.6 system-ui, -apple-system, 'Segoe UI', sans-serif; color: var(--ink); background: var(--paper); }
a { color: var(--link); }
header, nav, main, footer { max-width: 74rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 2rem; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .75rem; }
h2 a { color: inherit; text-decoration: none; }
h2 a:hover { text-decoration: underline; }
p, figcaption, .shown { max-width: 46rem; }
nav ol { columns: 19rem; column-gap: 3rem; padding-left: 2.2rem; margin: 1rem 0 2rem; }
section { border-top: 1px solid var(--line); padding: 2rem 0 1rem; }
figure { margin: 1.75rem 0; }
figure img { display: block; max-width: 100%; height: auto; border: 1px solid var(--line); border-radius: 6px; }
figcaption { font-size: .95rem; margin-top: .4rem; }
.file { color: var(--faint); font-size: .85rem; margin: 0; }
.formula { font-family: 'Latin Modern Math', 'Cambria Math', 'STIX Two Math', 'DejaVu Serif', Georgia, serif; font-size: 1.1rem; margin: .8rem 0 .8rem 1.5rem; max-width: none; white-space: pre-wrap; }
pre { background: var(--tint); border: 1px solid var(--line); border-radius: 6px; padding: .8rem 1rem; overflow-x: auto; font-size: .85rem; line-height: 1.45; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .95rem; margin: 1rem 0; }
th, td { border-bottom: 1px solid var(--line); padding: .35rem 1.2rem .35rem 0; text-align: left; vertical-align: top; white-space: pre-wrap; }
.shown { background: #eaf4ea; border-left: 4px solid #1a7f37; padding: .6rem 1rem; margin: 1rem 0; }
.shown p { margin: .2rem 0; }
code { font-family: ui-monospace, 'SF Mono', Menlo, Consolas, monospace; font-size: .9em; overflow-wrap: anywhere; }
footer { border-top: 1px solid var(--line); color: var(--faint); padding: 1.5rem 1rem 3rem; }
@media (max-width: 45rem) {
  .formula { margin-left: .5rem; }
}
";

/// Width, in pixels, that a picture keeps on a narrow screen, where it can be moved sideways: below that its text cannot be read.
const LEGIBLE: u32 = 700;

/// The whole file.
pub(crate) fn document(pages: &[Page]) -> String {
    let mut html = String::new();
    html.push_str("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    html.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    html.push_str("<title>Neural networks: lessons</title>\n<style>\n");
    html.push_str(STYLE);
    html.push_str("</style>\n</head>\n<body>\n<header>\n<h1>Neural networks: lessons</h1>\n<p>Formulas, tables and pictures of an introductory course, every number computed and checked by the program that made this page. Pictures can be written as SVG and PNG files by the command at the end of each lesson.</p>\n</header>\n<nav aria-label=\"Lessons\">\n<ol>\n");
    for page in pages {
        line(
            &mut html,
            &format!("<li><a href=\"#{}\">{}</a></li>", page.lesson.name, text(page.lesson.title)),
        );
    }
    html.push_str("</ol>\n</nav>\n<main>\n");
    pages.iter().for_each(|page| section(&mut html, page));
    html.push_str("</main>\n<footer>Made by <code>cargo run --release --example gallery -- --out gallery</code></footer>\n</body>\n</html>\n");
    html
}

fn section(html: &mut String, page: &Page) {
    let lesson = page.lesson;
    line(html, &format!("<section id=\"{}\" aria-labelledby=\"{0}-title\">", lesson.name));
    line(
        html,
        &format!("<h2 id=\"{0}-title\"><a href=\"#{0}\">{1}</a></h2>", lesson.name, text(lesson.title)),
    );
    for block in &page.blocks {
        match block {
            Block::Text(paragraph) => line(html, &format!("<p>{}</p>", prose(paragraph))),
            Block::Formula(formula) => line(html, &format!("<p class=\"formula\">{}</p>", prose(formula))),
            Block::Listing(lines) => {
                // The gallery finds the lessons by a path of its own.
                let lines = text(&lines.replace("gallery/../", ""));
                line(html, &format!("<pre><code>{lines}</code></pre>"));
            }
            Block::Table { head, rows } => table(html, head, rows),
            Block::Picture(picture) => figure(html, picture),
        }
    }
    if !page.results.is_empty() {
        html.push_str("<div class=\"shown\">\n");
        for shown in &page.results {
            let (topic, result) = (prose(shown.row.topic), prose(&shown.result));
            line(html, &format!("<p><strong>{topic}</strong>: {result}</p>"));
        }
        html.push_str("</div>\n");
    }
    line(html, &format!("<p><code>{} --out pictures --png</code></p>\n</section>", text(&lesson.command())));
}

/// A picture; who cannot see it gets the description that it brings.
fn figure(html: &mut String, picture: &Picture) {
    let svg = &picture.svg;
    let [width, height] = ["width", "height"].map(|name| within(svg, &format!(" {name}=\""), "\""));
    let inside = |tag| within(within(svg, tag, "</"), ">", "</").replace('"', "&quot;");
    let (title, description) = (inside("<title"), inside("<desc"));
    // On a narrow screen as wide as can be read, in a box that is moved sideways.
    let least = width.parse().unwrap_or(LEGIBLE).min(LEGIBLE);
    let (name, caption, source) = (&picture.name, prose(&picture.caption), data_url(svg));
    line(
        html,
        &format!(
            "<figure id=\"{name}\"><div class=\"scroll\" tabindex=\"0\"><img src=\"{source}\" alt=\"{title}. {description}\" \
             width=\"{width}\" height=\"{height}\" style=\"min-width: {least}px\" loading=\"lazy\"></div>\
             <figcaption>{caption}<p class=\"file\">{name}.svg</p></figcaption></figure>"
        ),
    );
}

/// What follows the first `start`, up to the next `end`, or to the end of the text.
fn within<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let rest = text.split_once(start).map_or("", |(_, rest)| rest);
    rest.split_once(end).map_or(rest, |(inner, _)| inner)
}

fn table(html: &mut String, head: &[String], rows: &[Vec<String>]) {
    html.push_str("<div class=\"scroll\"><table>\n<tr>");
    head.iter().for_each(|cell| html.push_str(&format!("<th scope=\"col\">{}</th>", prose(cell))));
    html.push_str("</tr>\n");
    for row in rows {
        html.push_str("<tr>");
        row.iter().for_each(|cell| html.push_str(&format!("<td>{}</td>", prose(cell))));
        html.push_str("</tr>\n");
    }
    html.push_str("</table></div>\n");
}

fn line(html: &mut String, line: &str) {
    writeln!(html, "{line}").expect("a string can be written to");
}

/// Prose and formulas: as `text`, with minus signs for hyphens that stand for them. No line is broken after a minus sign.
fn prose(words: &str) -> String {
    let mut out = String::new();
    let mut before = ' ';
    let mut characters = words.chars().peekable();
    while let Some(character) = characters.next() {
        let opens = before.is_whitespace() || "([{^|/·=".contains(before);
        let minus = character == '-' && opens && characters.peek().is_some_and(|&next| next != '-');
        out.push(if minus { '−' } else { character });
        before = character;
    }
    text(&out)
}

/// Text that cannot be taken for markup.
fn text(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A picture as an address that holds all of it (RFC 2397).
fn data_url(svg: &str) -> String {
    let mut url = "data:image/svg+xml;charset=utf-8,".to_owned();
    for character in svg.chars() {
        match character {
            '%' | '#' | '"' | '<' | '>' | '&' | '\'' | '{' | '}' | '\n' | '\t' => {
                write!(url, "%{:02X}", character as u32).expect("a string can be written to");
            }
            _ => url.push(character),
        }
    }
    url
}
