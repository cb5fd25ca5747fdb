//! `Place`: where in a model a parameter stands, and by which name.

use std::fmt;

/// Where in a model a parameter stands: a chain of field names and numbers, kept on the stack.
///
/// `Display` writes the name, `layers.0.weight`; nothing is put together before that.
///
/// ```
/// use nn::Place;
/// let layers = Place::ROOT.field("layers");
/// let first = layers.index(0);
/// assert_eq!(first.param("weight").to_string(), "layers.0.weight");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    outer: Option<&'a Place<'a>>,
    name: Name,
    kind: Kind,
}

/// What a tensor in a model is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Learned: it gets a gradient.
    Param,
    /// Kept and saved with the model, but without a gradient, such as a running mean.
    State,
}

#[derive(Clone, Copy, Debug)]
enum Name {
    None,
    Field(&'static str),
    Index(usize),
}

impl Place<'static> {
    /// The model itself.
    pub const ROOT: Place<'static> = Place { outer: None, name: Name::None, kind: Kind::Param };
}

impl<'a> Place<'a> {
    /// A field of the module here.
    pub fn field(&'a self, name: &'static str) -> Place<'a> {
        Place { outer: Some(self), name: Name::Field(name), kind: Kind::Param }
    }

    /// A part of the module here that has a number instead of a name.
    pub fn index(&'a self, index: usize) -> Place<'a> {
        Place { outer: Some(self), name: Name::Index(index), kind: Kind::Param }
    }

    /// A parameter of the module here.
    pub fn param(&'a self, name: &'static str) -> Place<'a> {
        self.field(name)
    }

    /// A state of the module here.
    pub fn state(&'a self, name: &'static str) -> Place<'a> {
        self.field(name).of_kind(Kind::State)
    }

    /// The same place, where something of this kind stands.
    pub fn of_kind(self, kind: Kind) -> Place<'a> {
        Place { kind, ..self }
    }

    /// Whether a parameter or a state stands here.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Whether the name fits a pattern in which `*` stands for any characters.
    ///
    /// ```
    /// use nn::Place;
    /// let hidden = Place::ROOT.field("hidden");
    /// assert!(hidden.param("bias").fits("hidden.*") && hidden.param("bias").fits("*.bias"));
    /// assert!(!hidden.param("bias").fits("hidden"));
    /// ```
    pub fn fits(&self, pattern: &str) -> bool {
        fits(&self.to_string(), pattern)
    }
}

/// Whether text fits a pattern with `*`: its pieces occur in order, the first and last at the ends.
fn fits(text: &str, pattern: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return text == pattern;
    };
    let Some(mut text) = text.strip_prefix(start) else {
        return false;
    };
    let mut pieces = rest.split('*').peekable();
    while let Some(piece) = pieces.next() {
        if pieces.peek().is_none() {
            return text.ends_with(piece);
        }
        match text.find(piece) {
            Some(at) => text = &text[at + piece.len()..],
            None => return false,
        }
    }
    true
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(outer) = self.outer {
            outer.fmt(f)?;
            if !matches!(outer.name, Name::None) {
                f.write_str(".")?;
            }
        }
        match self.name {
            Name::None => Ok(()),
            Name::Field(name) => f.write_str(name),
            Name::Index(index) => write!(f, "{index}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn a_star_stands_for_anything() {
        for (text, pattern, expected) in [
            ("hidden.weight", "*", true),
            ("hidden.weight", "hidden.weight", true),
            ("hidden.weight", "hidden", false),
            ("hidden.weight", "hidden.*", true),
            ("hidden.weight", "*weight", true),
            ("hidden.weight", "*bias", false),
            ("layers.0.weight", "layers.*.weight", true),
            ("layers.0.bias", "layers.*.weight", false),
            ("aXbXc", "a*b*c", true),
            ("ab", "a*ab", false),
            ("abab", "*ab", true),
            ("", "*", true),
            ("", "", true),
        ] {
            assert_eq!(fits(text, pattern), expected, "{text} {pattern}");
        }
    }
}
