//! `History`: the numbers of each epoch, by name.

use std::fmt;

/// The numbers of each epoch, by name: what a run came to, as data.
///
/// ```
/// use nn::train::History;
/// let mut history = History::default();
/// history.push([("loss", 0.9), ("validation loss", 1.0)]);
/// history.push([("loss", 0.4), ("validation loss", 0.6)]);
/// assert_eq!(history.get("validation loss"), Some(&[1.0, 0.6][..]));
/// assert_eq!(history.last("loss"), Some(0.4));
/// assert_eq!(history.to_csv(), "epoch,loss,validation loss\n1,0.9,1\n2,0.4,0.6\n");
///
/// // Any of the lists as curves of a chart.
/// # #[cfg(feature = "plot")]
/// let chart = nn::plot::learning_curves("loss", history.curves(["loss", "validation loss"]));
/// ```
#[derive(Clone, PartialEq, Debug, Default)]
pub struct History {
    columns: Vec<(String, Vec<f64>)>,
    epochs: usize,
}

impl History {
    /// Appends the numbers of an epoch. A name that is new has NaN for the epochs before, one that is left out NaN
    /// for this one.
    ///
    /// # Panics
    /// If a name is empty, or has a comma, a quotation mark or a line break, which would not fit into a table.
    #[track_caller]
    pub fn push<N: AsRef<str>>(&mut self, numbers: impl IntoIterator<Item = (N, f64)>) {
        for (name, number) in numbers {
            let name = name.as_ref();
            assert!(fits(name), "History: {name:?} cannot be the name of a column: {WANTED}");
            let column = match self.columns.iter().position(|(other, _)| other == name) {
                Some(column) => column,
                None => {
                    self.columns.push((name.to_owned(), vec![f64::NAN; self.epochs]));
                    self.columns.len() - 1
                }
            };
            let numbers = &mut self.columns[column].1;
            numbers.truncate(self.epochs); // The last of a name that is there twice counts.
            numbers.push(number);
        }
        self.epochs += 1;
        self.columns.iter_mut().for_each(|(_, numbers)| numbers.resize(self.epochs, f64::NAN));
    }

    /// How many epochs there are.
    pub fn epochs(&self) -> usize {
        self.epochs
    }

    /// The names, in the order in which they came.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|(name, _)| name.as_str())
    }

    /// The numbers of this name, one for each epoch.
    pub fn get(&self, name: &str) -> Option<&[f64]> {
        self.columns.iter().find(|(other, _)| other == name).map(|(_, numbers)| &numbers[..])
    }

    /// The number of the last epoch.
    pub fn last(&self, name: &str) -> Option<f64> {
        self.get(name)?.last().copied()
    }

    /// The lists of these names, as charts take them; names that do not occur are passed over.
    pub fn curves<'a>(&'a self, names: impl IntoIterator<Item = &'a str>) -> Vec<(&'a str, &'a [f64])> {
        names.into_iter().filter_map(|name| Some((name, self.get(name)?))).collect()
    }

    /// A table: a line of names, and one for each epoch, counted from 1. Every number is written so that reading it gives
    /// the same one.
    pub fn to_csv(&self) -> String {
        let mut text = "epoch".to_owned();
        self.names().for_each(|name| text.extend([",", name]));
        text.push('\n');
        for epoch in 0..self.epochs {
            text.push_str(&(epoch + 1).to_string());
            self.columns.iter().for_each(|(_, numbers)| text.push_str(&format!(",{}", numbers[epoch])));
            text.push('\n');
        }
        text
    }

    /// Reads [`to_csv`](History::to_csv).
    ///
    /// # Errors
    /// [`HistoryError`] with the line.
    ///
    /// ```
    /// use nn::train::History;
    /// let history = History::from_csv("epoch,loss\n1,0.5\n2,0.25\n")?;
    /// assert_eq!(history.get("loss"), Some(&[0.5, 0.25][..]));
    /// let error = History::from_csv("epoch,loss\n1,low\n").unwrap_err();
    /// assert_eq!(error.to_string(), "a history of epochs, line 2: \"low\" is no number");
    /// # Ok::<(), nn::train::HistoryError>(())
    /// ```
    pub fn from_csv(text: &str) -> Result<History, HistoryError> {
        let error = |line: usize, problem: String| HistoryError { line: line + 1, problem };
        let mut lines = text.lines();
        let mut names = lines.next().unwrap_or_default().split(',');
        if names.next() != Some("epoch") {
            return Err(error(0, "it must begin with `epoch,` and names".to_owned()));
        }
        let names: Vec<&str> = names.collect();
        for (at, name) in names.iter().enumerate() {
            if !fits(name) || names[..at].contains(name) {
                return Err(error(0, format!("{name:?} is no name of a column, or there twice")));
            }
        }
        let mut columns: Vec<(String, Vec<f64>)> =
            names.iter().map(|name| ((*name).to_owned(), Vec::new())).collect();
        let mut epochs = 0;
        for (at, line) in lines.enumerate() {
            let fields: Vec<&str> = line.split(',').skip(1).collect();
            if fields.len() != names.len() {
                let (wanted, found) = (names.len(), fields.len());
                return Err(error(at + 1, format!("{wanted} numbers expected, {found} found")));
            }
            for (column, field) in columns.iter_mut().zip(fields) {
                column.1.push(field.parse().map_err(|_| error(at + 1, format!("{field:?} is no number")))?);
            }
            epochs += 1;
        }
        Ok(History { columns, epochs })
    }
}

/// What a name of a column must be.
pub(super) const WANTED: &str = "a text without commas, quotation marks and line breaks";

/// Whether a column can have this name.
pub(super) fn fits(name: &str) -> bool {
    !name.is_empty() && !name.contains([',', '"', '\n', '\r'])
}

/// Why a text is no [`History`].
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a history of epochs, line {line}: {problem}")]
pub struct HistoryError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub problem: String,
}

impl fmt::Display for History {
    /// The last epoch in one line, for the terminal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "epoch {}", self.epochs)?;
        for (name, numbers) in &self.columns {
            if let Some(number) = numbers.last() {
                match number.abs() {
                    size if size != 0.0 && !(1e-3..1e4).contains(&size) => {
                        write!(f, " | {name} {number:.3e}")?
                    }
                    _ => write!(f, " | {name} {number:.4}")?,
                }
            }
        }
        Ok(())
    }
}
