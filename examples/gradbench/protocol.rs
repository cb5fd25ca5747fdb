//! The protocol: what a message may be, and what is replied to it.
//!
//! See <https://github.com/gradbench/gradbench/blob/main/CONTRIBUTING.md#protocol>.

use std::any::Any;
use std::io::{self, BufRead, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::evals;

/// Answers each line until there are no more.
///
/// # Errors
/// If reading or writing fails.
pub(crate) fn serve(mut messages: impl BufRead, mut replies: impl Write) -> io::Result<()> {
    let mut line = Vec::new();
    while messages.read_until(b'\n', &mut line)? > 0 {
        if !line.trim_ascii().is_empty() {
            writeln!(replies, "{}", reply(&line))?;
            replies.flush()?;
        }
        line.clear();
    }
    Ok(())
}

/// A message, as far as it is known before its module is.
#[derive(Deserialize)]
struct Message {
    id: Value,
    kind: String,
    module: Option<String>,
    function: Option<String>,
    #[serde(default)]
    input: Value,
}

/// What is replied to one line, whatever is in it.
pub(crate) fn reply(line: &[u8]) -> Value {
    let message: Message = match serde_json::from_slice(line) {
        Ok(message) => message,
        Err(error) => {
            // If it is JSON at all, the reply can still say which message it is for.
            let value: Value = serde_json::from_slice(line).unwrap_or_default();
            let id = value.get("id");
            return json!({ "id": id, "success": false, "error": format!("not a message: {error}") });
        }
    };
    let id = message.id;
    match message.kind.as_str() {
        "start" => json!({ "id": id, "tool": "autograd" }),
        "define" => match known(message.module) {
            Ok(_) => json!({ "id": id, "success": true }),
            Err(Failure(error)) => json!({ "id": id, "success": false, "error": error }),
        },
        "evaluate" => match evaluate(message.module, message.function, message.input) {
            Ok(Evaluation { output, timings }) => {
                let timing =
                    |time: &Duration| json!({ "name": "evaluate", "nanoseconds": time.as_nanos() as u64 });
                let timings: Vec<Value> = timings.iter().map(timing).collect();
                json!({ "id": id, "success": true, "output": output, "timings": timings })
            }
            Err(Failure(error)) => json!({ "id": id, "success": false, "error": error }),
        },
        _ => json!({ "id": id }),
    }
}

fn known(module: Option<String>) -> Result<evals::Eval, Failure> {
    let module = module.ok_or_else(|| Failure("the message names no module".to_owned()))?;
    evals::find(&module).ok_or_else(|| {
        Failure(format!("there is no module {module:?}, there are {}", evals::NAMES.join(", ")))
    })
}

fn evaluate(module: Option<String>, function: Option<String>, input: Value) -> Result<Evaluation, Failure> {
    let eval = known(module)?;
    let function = function.ok_or_else(|| Failure("the message names no function".to_owned()))?;
    let call = Call { function: &function, input };
    // An input may be of the right form and still impossible, such as a length that no memory holds.
    catch_unwind(AssertUnwindSafe(|| eval(call))).unwrap_or_else(|panic| Err(Failure(panic_text(&*panic))))
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or(panic.downcast_ref::<&str>().copied());
    format!("the evaluation panicked: {}", text.unwrap_or("it does not say why"))
}

/// Why there is no output.
#[derive(Debug)]
pub(crate) struct Failure(pub(crate) String);

/// An output and how long each run took.
#[derive(Debug)]
pub(crate) struct Evaluation {
    output: Value,
    timings: Vec<Duration>,
}

/// A function that is to be evaluated.
pub(crate) struct Call<'a> {
    /// Its name in the module.
    pub(crate) function: &'a str,
    input: Value,
}

/// How often an input wants to be run; the fields stand beside the input's own.
#[derive(Deserialize)]
struct Runs {
    #[serde(default)]
    min_runs: usize,
    #[serde(default)]
    min_seconds: f64,
}

impl Call<'_> {
    /// The input as the type that the module expects.
    ///
    /// # Errors
    /// If it is something else.
    pub(crate) fn input<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        T::deserialize(&self.input).map_err(|error| Failure(format!("this input does not fit: {error}")))
    }

    /// Runs `compute`, once at least, as often as the input wants, each run timed; it overwrites the output of the run
    /// before. `show` turns the last output into what is replied, which takes no time.
    ///
    /// # Errors
    /// If the output is not finite: JSON has no infinity and no NaN.
    pub(crate) fn time<O: Default, J: Serialize>(
        &self,
        mut compute: impl FnMut(&mut O),
        show: impl FnOnce(O) -> J,
    ) -> Result<Evaluation, Failure> {
        let runs = Runs::deserialize(&self.input).unwrap_or(Runs { min_runs: 1, min_seconds: 0.0 });
        let mut output = O::default();
        let mut timings = Vec::new();
        let mut total = Duration::ZERO;
        while timings.len() < runs.min_runs.max(1) || total.as_secs_f64() < runs.min_seconds {
            let start = Instant::now();
            compute(&mut output);
            let time = start.elapsed();
            timings.push(time);
            total += time;
        }
        let output = serde_json::to_value(show(output)).map_err(|error| Failure(error.to_string()))?;
        if has_null(&output) {
            return Err(Failure(
                "the output has numbers that are infinite or NaN, which JSON has not".to_owned(),
            ));
        }
        Ok(Evaluation { output, timings })
    }

    /// The reply to a function that the module does not have.
    pub(crate) fn unknown(&self) -> Result<Evaluation, Failure> {
        Err(Failure(format!("the module has no function {:?}", self.function)))
    }
}

fn has_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(values) => values.iter().any(has_null),
        Value::Object(fields) => fields.values().any(has_null),
        _ => false,
    }
}
