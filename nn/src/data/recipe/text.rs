//! A fitted recipe as text, to be kept with the model that learned from it.
//!
//! One line for the target, then one for each column, fields separated by tabs: what it is, its name, what is done about a missing
//! value, and the categories.

use super::super::{Categories, DataError};
use super::column::{Encoding, FittedColumn, OnMissing};
use super::fitted::FittedRecipe;
use super::target::TargetColumn;

/// The first line: changed when older programs would misread a text.
const FORM: &str = "recipe 1";

impl<Y: TargetColumn> FittedRecipe<Y> {
    /// All of this recipe as a text: [`from_text`](FittedRecipe::from_text) makes the same of it, in another program too.
    ///
    /// ```
    /// use nn::data::{Fill, FittedRecipe, Labels, Recipe, Table};
    /// let train = Table::new(["kind", "colour", "width"], [["tulip", "red", "0.5"], ["rose", "white", ""]])?;
    /// let recipe = Recipe::classify("kind").missing_in("width", Fill::Mean).fit(&train)?;
    ///
    /// let text = recipe.to_text();
    /// assert_eq!(text, "recipe 1\nclasses\tkind\terror\trose\ttulip\none-hot\tcolour\terror\tred\twhite\nnumber\twidth\tfill 0.5\n");
    /// assert_eq!(FittedRecipe::<Labels>::from_text(&text)?, recipe);
    /// # Ok::<(), nn::data::DataError>(())
    /// ```
    pub fn to_text(&self) -> String {
        let mut text = format!("{FORM}\n");
        let drops = if self.drops_without_target { OnMissing::DropRow } else { OnMissing::Error };
        match Y::names(&self.kind) {
            Some(classes) => line(&mut text, "classes", &self.target, drops, classes),
            None => line(&mut text, "numbers", &self.target, drops, &[]),
        }
        for FittedColumn { name, encoding, missing } in &self.columns {
            match encoding {
                Encoding::Number => line(&mut text, "number", name, *missing, &[]),
                Encoding::OneHot(categories) => {
                    line(&mut text, "one-hot", name, *missing, categories.names())
                }
                Encoding::Codes(categories) => line(&mut text, "codes", name, *missing, categories.names()),
            }
        }
        text
    }

    /// The recipe of a text from [`to_text`](FittedRecipe::to_text).
    ///
    /// # Errors
    /// [`DataError::SavedRecipe`] with the line, also if it was to learn classes where numbers are wanted, or the other way
    /// round.
    ///
    /// ```
    /// use nn::data::{FittedRecipe, Labels};
    /// let error = FittedRecipe::<Labels>::from_text("recipe 1\nnumbers\tprice\terror\n").unwrap_err();
    /// assert_eq!(error.to_string(), "a saved recipe, line 2: classes are to be learned, and these are \"numbers\"");
    /// ```
    pub fn from_text(text: &str) -> Result<FittedRecipe<Y>, DataError> {
        let wrong = |line: usize, problem: String| DataError::SavedRecipe { line: line + 1, problem };
        let mut lines = text.lines().enumerate();
        if lines.next().map(|(_, first)| first) != Some(FORM) {
            return Err(wrong(0, format!("{FORM:?} expected")));
        }
        let Some((at, target)) = lines.next() else {
            return Err(wrong(1, "the target expected, but the text ends".to_owned()));
        };
        let said = Line::read(target).map_err(|problem| wrong(at, problem))?;
        let drops_without_target = said.missing == OnMissing::DropRow;
        let kind = Y::from_names(&said.kind, said.categories).map_err(|problem| wrong(at, problem))?;
        let column = |(at, text): (usize, &str)| {
            Line::read(text).and_then(Line::column).map_err(|problem| wrong(at, problem))
        };
        let columns = lines.map(column).collect::<Result<Vec<_>, _>>()?;
        if columns.is_empty() {
            return Err(wrong(2, "a column to learn from expected, but the text ends".to_owned()));
        }
        Ok(FittedRecipe { target: said.name, drops_without_target, columns, kind })
    }
}

fn line(text: &mut String, kind: &str, name: &str, missing: OnMissing, categories: &[String]) {
    let missing = match missing {
        OnMissing::Error => "error".to_owned(),
        OnMissing::DropRow => "drop".to_owned(),
        OnMissing::Fill(number) => format!("fill {number}"),
    };
    text.extend([kind, "\t", &escaped(name), "\t", &missing]);
    categories.iter().for_each(|category| text.extend(["\t", &escaped(category)]));
    text.push('\n');
}

/// A line taken apart.
struct Line {
    kind: String,
    name: String,
    missing: OnMissing,
    categories: Vec<String>,
}

impl Line {
    fn read(text: &str) -> Result<Line, String> {
        let mut fields = text.split('\t');
        let kind = fields.next().unwrap_or_default().to_owned();
        let (Some(name), Some(missing)) = (fields.next(), fields.next()) else {
            return Err("a name and what is done about a missing value expected".to_owned());
        };
        let fill = missing.strip_prefix("fill ").and_then(|number| number.parse().ok());
        let missing = match (missing, fill.filter(|number: &f64| number.is_finite())) {
            ("error", _) => OnMissing::Error,
            ("drop", _) => OnMissing::DropRow,
            (_, Some(number)) => OnMissing::Fill(number),
            _ => return Err(format!("error, drop or fill and a number expected, {missing:?} found")),
        };
        Ok(Line { kind, name: plain(name), missing, categories: fields.map(plain).collect() })
    }

    fn column(self) -> Result<FittedColumn, String> {
        let Line { kind, name, missing, categories } = self;
        let count = categories.len();
        let known = Categories::new(categories).map_err(|error| error.to_string())?;
        let encoding = match (kind.as_str(), count) {
            ("number", 0) => Encoding::Number,
            ("one-hot", 1..) => Encoding::OneHot(known),
            ("codes", 1..) => Encoding::Codes(known),
            ("number" | "one-hot" | "codes", _) => {
                return Err(format!("{kind} with {count} categories: a number has none, others have some"));
            }
            _ => return Err(format!("number, one-hot or codes expected, {kind:?} found")),
        };
        match (&encoding, missing) {
            (Encoding::OneHot(_) | Encoding::Codes(_), OnMissing::Fill(number))
                if !(number >= 0.0 && number < count as f64 && number.fract() == 0.0) =>
            {
                Err(format!("{number} is filled in, which is the number of none of {count} categories"))
            }
            _ => Ok(FittedColumn { name, encoding, missing }),
        }
    }
}

/// A name without tabs and line breaks.
fn escaped(name: &str) -> String {
    name.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n").replace('\r', "\\r")
}

/// The name that was escaped.
fn plain(text: &str) -> String {
    let mut name = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        name.push(match letter {
            '\\' => match letters.next() {
                Some('t') => '\t',
                Some('n') => '\n',
                Some('r') => '\r',
                other => other.unwrap_or('\\'),
            },
            letter => letter,
        });
    }
    name
}
