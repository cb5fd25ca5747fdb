//! Pages of lessons as one HTML file that needs nothing else: pictures are inside it.

use std::fmt::Write as _;

use crate::lessons::page::{Block, Page};

const STYLE: &str = "\
:root { --ink: #1b1f24; --faint: #57606a; --line: #d0d7de; --paper: #ffffff; --tint: #f6f8fa; --link: #0550ae; }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; }
body { margin: 0; font: 17px/1.6 system-ui, -apple-system, 'Segoe UI', sans-serif; color: var(--ink); background: var(--paper); }
a { color: var(--link); }
header, nav, main, footer { max-width: 60rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 2rem; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .75rem; }
nav ol { columns: 18rem; padding-left: 2.2rem; margin: 1rem 0 2rem; }
section { border-top: 1px solid var(--line); padding: 2rem 0 1rem; }
figure { margin: 1.25rem 0; }
figure img { display: block; width: 100%; max-width: 52rem; height: auto; border: 1px solid var(--line); border-radius: 6px; }
figcaption { color: var(--faint); font-size: .95rem; margin-top: .4rem; }
.formula { font-family: 'Latin Modern Math', 'Cambria Math', 'STIX Two Math', Georgia, serif; font-size: 1.1rem; margin: .8rem 0 .8rem 1.5rem; }
pre { background: var(--tint); border: 1px solid var(--line); border-radius: 6px; padding: .8rem 1rem; overflow-x: auto; font-size: .85rem; line-height: 1.45; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .95rem; margin: 1rem 0; }
th, td { border-bottom: 1px solid var(--line); padding: .35rem .8rem .35rem 0; text-align: left; vertical-align: top; }
.shown { background: #eaf4ea; border-left: 4px solid #1a7f37; padding: .6rem 1rem; margin: 1rem 0; }
.shown p { margin: .2rem 0; }
code { font-family: ui-monospace, 'SF Mono', Menlo, Consolas, monospace; font-size: .9em; overflow-wrap: anywhere; }
footer { border-top: 1px solid var(--line); color: var(--faint); padding: 1.5rem 1rem 3rem; }
";

/// The whole file.
pub(crate) fn document(pages: &[Page]) -> String {
    let mut html = String::new();
    html.push_str("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    html.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    html.push_str("<title>Neural networks: lessons</title>\n<style>\n");
    html.push_str(STYLE);
    html.push_str("</style>\n</head>\n<body>\n<header>\n<h1>Neural networks: lessons</h1>\n<p>Formulas, tables and pictures of an introductory course, every number computed and checked by the program that made this page.</p>\n</header>\n<nav aria-label=\"Lessons\">\n<ol>\n");
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
    line(html, &format!("<h2 id=\"{}-title\">{}</h2>", lesson.name, text(lesson.title)));
    for block in &page.blocks {
        match block {
            Block::Text(paragraph) => line(html, &format!("<p>{}</p>", text(paragraph))),
            Block::Formula(formula) => line(html, &format!("<p class=\"formula\">{}</p>", text(formula))),
            Block::Listing(lines) => line(html, &format!("<pre><code>{}</code></pre>", text(lines))),
            Block::Table { head, rows } => table(html, head, rows),
            Block::Picture(picture) => {
                let (caption, source) = (text(&picture.caption), data_url(&picture.svg));
                line(
                    html,
                    &format!(
                        "<figure><img src=\"{source}\" alt=\"{caption}\" loading=\"lazy\"><figcaption>{caption}</figcaption></figure>"
                    ),
                );
            }
        }
    }
    html.push_str("<div class=\"shown\">\n");
    for shown in &page.results {
        line(html, &format!("<p><strong>{}</strong>: {}</p>", text(shown.row.topic), text(&shown.result)));
    }
    line(html, &format!("</div>\n<p><code>{}</code></p>\n</section>", text(&lesson.command())));
}

fn table(html: &mut String, head: &[String], rows: &[Vec<String>]) {
    html.push_str("<div class=\"scroll\"><table>\n<tr>");
    head.iter().for_each(|cell| html.push_str(&format!("<th scope=\"col\">{}</th>", text(cell))));
    html.push_str("</tr>\n");
    for row in rows {
        html.push_str("<tr>");
        row.iter().for_each(|cell| html.push_str(&format!("<td>{}</td>", text(cell))));
        html.push_str("</tr>\n");
    }
    html.push_str("</table></div>\n");
}

fn line(html: &mut String, line: &str) {
    writeln!(html, "{line}").expect("a string can be written to");
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
