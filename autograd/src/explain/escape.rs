//! Text made harmless for each format. Labels come from users: quotes, brackets and marks of a format must not end it.

/// For HTML and SVG, between tags and in attributes.
pub(crate) fn xml(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // No XML may contain other control characters, not even escaped.
            c if c.is_control() && c != '\n' && c != '\t' => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

/// For a cell of a Markdown table. Marks that mean something there stand behind a backslash.
pub(crate) fn markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => escaped.push_str("<br>"),
            '<' => escaped.push_str("&lt;"),
            '&' => escaped.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '#' | '|' | '~' | '$' | '!' | '>' => {
                escaped.push('\\');
                escaped.push(c);
            }
            c => escaped.push(c),
        }
    }
    escaped
}

/// For a string of DOT in double quotes.
pub(crate) fn dot(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

/// For a label of Mermaid in double quotes: what it or HTML would read as a mark is a numbered entity.
pub(crate) fn mermaid(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => escaped.push_str("<br>"),
            '"' | '#' | '<' | '>' | '&' | ';' | '`' | '\\' | '*' | '_' | '|' | '[' | ']' | '{' | '}'
            | '%' => {
                escaped.push_str(&format!("#{};", c as u32));
            }
            c => escaped.push(c),
        }
    }
    escaped
}

/// A formula for the mathematics mode of LaTeX: names are upright words, products dots.
pub(crate) fn latex(formula: &str) -> String {
    let mut written = String::with_capacity(2 * formula.len());
    let mut word = String::new();
    for c in formula.chars().chain(std::iter::once('\0')) {
        if c.is_alphanumeric() && c != 'ḡ' && c != 'ᵀ' || c == '_' || c == '.' {
            word.push(c);
            continue;
        }
        written.push_str(&latex_word(&std::mem::take(&mut word)));
        match c {
            '\0' => {}
            ' ' if written.ends_with(' ') => {}
            '*' | '·' => written.push_str(if written.ends_with(' ') { "\\cdot " } else { " \\cdot " }),
            'ᵀ' => written.push_str("^{\\top}"),
            'ḡ' => written.push_str("\\bar g"),
            '∞' => written.push_str("\\infty "),
            '√' => written.push_str("\\surd "),
            '∂' => written.push_str("\\partial "),
            '{' | '}' | '#' | '$' | '%' | '&' => {
                written.push('\\');
                written.push(c);
            }
            '\\' => written.push_str("\\backslash "),
            '^' => written.push_str("\\hat{}"),
            '~' => written.push_str("\\sim "),
            c => written.push(c),
        }
    }
    written
}

/// A number, a single letter with an index, or a word.
fn latex_word(word: &str) -> String {
    let letters = |text: &str| text.chars().all(char::is_alphabetic);
    let mut characters = word.chars();
    let head = characters.next();
    let index = characters.as_str();
    match head {
        None => String::new(),
        Some(c) if c.is_numeric() => match word.split_once('e') {
            Some((digits, exponent)) if exponent.parse::<i32>().is_ok() => {
                format!("{digits} \\cdot 10^{{{exponent}}}")
            }
            _ => word.to_owned(),
        },
        Some(c) if index.is_empty() => c.to_string(),
        Some(c) if index.chars().all(|c| c.is_ascii_digit()) => format!("{c}_{{{index}}}"),
        Some(_) if letters(word) => format!("\\mathrm{{{word}}}"),
        Some(_) => format!("\\mathtt{{{}}}", word.replace('_', "\\_")),
    }
}

#[cfg(test)]
mod tests {
    use super::{dot, latex, markdown, mermaid, xml};

    #[test]
    fn no_format_is_broken_by_a_label() {
        let label = "a\"<b>|c\\{_%#\u{1}é";
        assert_eq!(xml(label), "a&quot;&lt;b&gt;|c\\{_%#\u{fffd}é");
        assert_eq!(markdown("a|b`*<\n"), "a\\|b\\`\\*&lt;<br>");
        assert_eq!(dot("a\"\\\n"), "a\\\"\\\\\\n");
        assert_eq!(mermaid("a\"]b"), "a#34;#93;b");
        assert_eq!(latex("w1*x + 1.5e-7"), "w_{1} \\cdot x + 1.5e-7");
        assert_eq!(latex("tanh(h_0) · wᵀ"), "\\mathrm{tanh}(\\mathtt{h\\_0}) \\cdot w^{\\top}");
        assert_eq!(latex("a&b%$#\\"), "a\\&b\\%\\$\\#\\backslash ");
    }
}
