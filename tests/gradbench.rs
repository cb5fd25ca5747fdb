//! The `gradbench` example: recorded exchanges are replayed, every derivative is compared with differences of its
//! objective, and no line makes it crash.
//!
//! `data/gradbench.jsonl` has messages as the suite's evals send them, with inputs from their generators (those of `ba` and
//! `ht` are made up), and as responses what the suite's own reference derivatives, written by hand in C++, gave.

#[path = "../examples/gradbench/evals/mod.rs"]
mod evals;
#[path = "../examples/gradbench/protocol.rs"]
mod protocol;

use serde_json::{Value, json};

const RECORDED: &str = include_str!("data/gradbench.jsonl");

/// The recorded messages, each with its response.
fn exchanges() -> Vec<(Value, Value)> {
    let lines: Vec<Value> = RECORDED.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let take =
        |line: &Value, field: &str| line.get(field).unwrap_or_else(|| panic!("no {field}: {line}")).clone();
    lines.chunks(2).map(|pair| (take(&pair[0], "message"), take(&pair[1], "response"))).collect()
}

fn reply(message: &Value) -> Value {
    protocol::reply(message.to_string().as_bytes())
}

/// The output of a function for an input.
fn output(module: &str, function: &str, input: &Value) -> Value {
    let message =
        json!({ "id": 0, "kind": "evaluate", "module": module, "function": function, "input": input });
    let mut reply = reply(&message);
    assert_eq!(reply["success"], true, "{module} {function}: {reply}");
    reply["output"].take()
}

/// All numbers of a value, in order.
fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(values) => values.iter().flat_map(numbers).collect(),
        Value::Object(fields) => fields.values().flat_map(numbers).collect(),
        value => vec![value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))],
    }
}

/// The suite's measure of how far two numbers are apart.
fn difference(a: f64, b: f64) -> f64 {
    (a - b).abs() / (a.abs() + b.abs()).max(1.0)
}

#[track_caller]
fn assert_close(what: &str, found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len(), "{what}: another count of numbers");
    for (place, (&found, &expected)) in found.iter().zip(expected).enumerate() {
        let apart = difference(found, expected);
        assert!(apart <= tolerance, "{what}, number {place}: {found}, but {expected} was expected");
    }
}

/// Same keys and lengths throughout.
fn assert_same_form(what: &str, a: &Value, b: &Value) {
    match (a, b) {
        (Value::Array(a), Value::Array(b)) => {
            assert_eq!(a.len(), b.len(), "{what}");
            a.iter().zip(b).for_each(|(a, b)| assert_same_form(what, a, b));
        }
        (Value::Object(a), Value::Object(b)) => {
            assert!(a.keys().eq(b.keys()), "{what}: {:?} and {:?}", a.keys(), b.keys());
            a.values().zip(b.values()).for_each(|(a, b)| assert_same_form(what, a, b));
        }
        (a, b) => assert!(a.is_number() && b.is_number(), "{what}: {a} and {b}"),
    }
}

#[test]
fn recorded_exchanges_are_answered_as_the_reference_did() {
    let mut evaluated = std::collections::BTreeSet::new();
    for (message, expected) in exchanges() {
        let what = format!("{} {} {}", message["module"], message["function"], message["description"]);
        let found = reply(&message);
        assert_eq!(found["id"], expected["id"], "{what}");
        assert_eq!(found.get("success"), expected.get("success"), "{what}: {found}");
        if message["kind"] == "evaluate" {
            assert_same_form(&what, &found["output"], &expected["output"]);
            assert_close(&what, &numbers(&found["output"]), &numbers(&expected["output"]), 1e-9);
            let timings = found["timings"].as_array().unwrap();
            assert!(timings.len() >= message["input"]["min_runs"].as_u64().unwrap_or(1) as usize, "{what}");
            let named = |timing: &Value| timing["name"] == "evaluate" && timing["nanoseconds"].is_u64();
            assert!(timings.iter().all(named), "{what}: {timings:?}");
            evaluated.insert(message["module"].as_str().unwrap().to_owned());
        }
    }
    assert!(evaluated.iter().eq(evals::NAMES), "recorded are {evaluated:?}, offered are {:?}", evals::NAMES);
}

/// Where the numbers at `path` stand in an input, as JSON pointers; of one number the path itself.
fn places(input: &Value, path: &str) -> Vec<String> {
    match input.pointer(path).unwrap_or_else(|| panic!("no {path}")) {
        Value::Array(values) => {
            (0..values.len()).flat_map(|i| places(input, &format!("{path}/{i}"))).collect()
        }
        _ => vec![path.to_owned()],
    }
}

const STEP: f64 = 1e-5;

/// The outputs of a function with the numbers at `places` moved together, by a step down, not at all, and by a step up.
fn around(module: &str, function: &str, input: &Value, places: &[String]) -> [Vec<f64>; 3] {
    [-STEP, 0.0, STEP].map(|step| {
        let mut moved = input.clone();
        for place in places {
            let number = moved.pointer_mut(place).unwrap();
            *number = json!(number.as_f64().unwrap() + step);
        }
        let output = output(module, function, &moved);
        // Only these differ between observations, and one stands for all.
        let errors = output.pointer("/reproj_error/elements");
        numbers(errors.unwrap_or(&output))
    })
}

/// The derivative of each output by the numbers at `places`, moved together.
fn slopes(module: &str, function: &str, input: &Value, places: &[String]) -> Vec<f64> {
    let [below, _, above] = around(module, function, input, places);
    below.iter().zip(&above).map(|(below, above)| (above - below) / (2.0 * STEP)).collect()
}

/// Rows of the Jacobian: for each of `columns`, places that are moved together.
fn jacobian(module: &str, function: &str, input: &Value, columns: &[Vec<String>]) -> Vec<Vec<f64>> {
    let columns: Vec<Vec<f64>> =
        columns.iter().map(|places| slopes(module, function, input, places)).collect();
    (0..columns[0].len()).map(|row| columns.iter().map(|column| column[row]).collect()).collect()
}

fn each(input: &Value, paths: &[&str]) -> Vec<Vec<String>> {
    paths.iter().flat_map(|path| places(input, path)).map(|place| vec![place]).collect()
}

/// What a derivative should be, by differences; `None` of functions that are not derivatives.
fn by_differences(module: &str, function: &str, input: &Value) -> Option<Vec<f64>> {
    let of = |objective: &str, paths: &[&str]| jacobian(module, objective, input, &each(input, paths));
    Some(match (module, function) {
        ("hello", "double") => of("square", &[""]).concat(),
        ("gmm", "jacobian") => of("objective", &["/alpha", "/l", "/mu", "/q"]).concat(),
        ("lstm", "jacobian") => of("objective", &["/main_params", "/extra_params"]).concat(),
        ("llsq" | "lse", "gradient") => of("primal", &["/x"]).concat(),
        ("det", "gradient") => of("primal", &["/A"]).concat(),
        ("ode", "gradient") => of("primal", &["/x"]).pop().unwrap(),
        ("ba", "jacobian") => of("objective", &["/cam", "/x", "/w"]).concat(),
        ("ht", "jacobian") => {
            let points = input["us"].as_array().unwrap().len();
            // A point depends on its own `us` only, so all are moved at once.
            let slide = |axis: usize| (0..points).map(|point| format!("/us/{point}/{axis}")).collect();
            let mut columns: Vec<Vec<String>> =
                if points > 0 { vec![slide(0), slide(1)] } else { Vec::new() };
            columns.extend(each(input, &["/theta"]));
            jacobian(module, "objective", input, &columns).concat()
        }
        ("kmeans", "dir") => {
            let newton = |place: String| {
                let [below, at, above] = around(module, "cost", input, &[place]).map(|cost| cost[0]);
                (above - below) * STEP / 2.0 / (above - 2.0 * at + below)
            };
            places(input, "/centroids").into_iter().map(newton).collect()
        }
        _ => return None,
    })
}

#[test]
fn derivatives_are_what_differences_say() {
    let mut cases: Vec<(String, String, Value)> = exchanges()
        .into_iter()
        .filter(|(message, _)| message["kind"] == "evaluate")
        .map(|(mut message, _)| {
            let [module, function] =
                ["module", "function"].map(|field| message[field].as_str().unwrap().to_owned());
            let mut input = message["input"].take();
            if let Some(fields) = input.as_object_mut() {
                fields.insert("min_runs".to_owned(), json!(1));
            }
            (module, function, input)
        })
        .collect();
    // What the reference does not do, or does otherwise.
    let find = |module: &str| cases.iter().find(|case| case.0 == module).unwrap().2.clone();
    let mut mirrored = find("ht");
    mirrored["data"]["model"]["is_mirrored"] = json!(true);
    let mut still = find("ht");
    for angle in 0..3 {
        still["theta"][angle] = json!(0.0);
    }
    let line = json!({ "d": 1, "k": 2, "n": 3, "x": [[0.5], [-0.3], [1.1]], "m": 1, "gamma": 1.5,
        "alpha": [0.2, -0.4], "mu": [[0.1], [0.9]], "q": [[-0.3], [0.4]], "l": [[], []] });
    let far = json!({ "x": [1e4, 1e4 - 1.0, -1e4] });
    for (module, function, input) in
        [("ht", "jacobian", mirrored), ("gmm", "jacobian", line), ("lse", "gradient", far)]
    {
        cases.push((module.to_owned(), function.to_owned(), input));
    }
    let mut checked = 0;
    for (module, function, input) in cases {
        let Some(expected) = by_differences(&module, &function, &input) else { continue };
        let found = output(&module, &function, &input);
        // Of the sparse matrix, the rows of one observation: what they hold is all that differs.
        let found = found.get("vals").map_or_else(|| numbers(&found), |vals| numbers(vals)[..30].to_vec());
        assert_close(&format!("{module} {function} of {input}"), &found, &expected, 2e-5);
        checked += found.len();
    }
    assert!(checked > 500, "only {checked} derivatives were checked");
    // At no rotation the suite takes the identity, with no slope: differences would cross over to the formula.
    let columns = numbers(&output("ht", "jacobian", &still))
        .chunks(28)
        .map(|row| row[2..5].to_vec())
        .collect::<Vec<_>>();
    assert!(columns.concat().iter().all(|&slope| slope == 0.0), "{columns:?}");
}

#[test]
fn every_line_is_answered_and_none_is_a_crash() {
    let fine = json!({ "id": 7, "kind": "evaluate", "module": "hello", "function": "square", "input": 3.0 });
    assert_eq!(reply(&fine)["output"], 9.0);
    let failures = [
        "{",
        "nonsense",
        "[1, 2]",
        "\"start\"",
        "{}",
        r#"{"id": 1}"#,
        r#"{"id": 1, "kind": 2}"#,
        r#"{"id": 1, "kind": "define"}"#,
        r#"{"id": 1, "kind": "define", "module": "unheard of"}"#,
        r#"{"id": 1, "kind": "define", "module": 3}"#,
        r#"{"id": 1, "kind": "evaluate"}"#,
        r#"{"id": 1, "kind": "evaluate", "module": "unheard of", "function": "f", "input": 1}"#,
        r#"{"id": 1, "kind": "evaluate", "module": "hello"}"#,
        r#"{"id": 1, "kind": "evaluate", "module": "hello", "function": "cube", "input": 1.0}"#,
        r#"{"id": 1, "kind": "evaluate", "module": "hello", "function": "square"}"#,
        r#"{"id": 1, "kind": "evaluate", "module": "hello", "function": "square", "input": "three"}"#,
        r#"{"id": 1, "kind": "evaluate", "module": "hello", "function": "square", "input": 1e300}"#,
        r#"{"id": 1, "kind": "evaluate", "module": "llsq", "function": "gradient", "input": {"x": [1.0], "n": 99999999999999}}"#,
        r#"{"id": 1, "kind": "evaluate", "module": "llsq", "function": "gradient", "input": {"x": [1.0], "n": 1}}"#,
        r#"{"id": 1, "kind": "evaluate", "module": "ode", "function": "gradient", "input": {"x": [1.0], "s": 0}}"#,
        r#"{"id": 1, "kind": "evaluate", "module": "lse", "function": "gradient", "input": {"x": []}}"#,
        r#"{"id": 1, "kind": "evaluate", "module": "det", "function": "gradient", "input": {"A": [1.0, 2.0], "ell": 2}}"#,
        r#"{"id": 1, "kind": "evaluate", "module": "kmeans", "function": "dir", "input": {"points": [[1.0], [1.0, 2.0]], "centroids": [[1.0]]}}"#,
        r#"{"id": 1, "kind": "evaluate", "module": "saddle", "function": "ff", "input": {"start": [1.0]}}"#,
    ];
    for line in failures {
        let reply = protocol::reply(line.as_bytes());
        assert_eq!(reply["success"], false, "{line}: {reply}");
        assert!(reply["error"].as_str().is_some_and(|error| !error.is_empty()), "{line}: {reply}");
        assert_eq!(reply["id"] == 1, line.contains("\"id\""), "{line}: {reply}");
    }
    for kind in ["analysis", "end", "unheard of"] {
        assert_eq!(reply(&json!({ "id": "x", "kind": kind, "of": 3, "valid": true })), json!({ "id": "x" }));
    }
    // Each field that is left out of an input that fits, and each that is of another kind.
    for (message, _) in exchanges().into_iter().filter(|(message, _)| message["input"].is_object()) {
        for field in message["input"].as_object().unwrap().keys() {
            for wrong in [Value::Null, json!("text"), json!([[]]), json!({})] {
                let mut broken = message.clone();
                broken["input"][field] = wrong;
                let reply = reply(&broken);
                let optional = field == "min_runs" || field == "min_seconds";
                assert!(optional || reply["success"] == false, "{} {field}", message["module"]);
            }
        }
    }
}

#[test]
fn a_session_is_one_reply_a_line_until_input_ends() {
    let session = b"{\"id\": 0, \"kind\": \"start\", \"eval\": \"hello\"}\n\n\xff\xfe\n{\"id\": 1, \"kind\": \"define\", \"module\": \"hello\"}\r\n\
        {\"id\": 2, \"kind\": \"evaluate\", \"module\": \"hello\", \"function\": \"double\", \"input\": 4}";
    let mut replies = Vec::new();
    protocol::serve(&session[..], &mut replies).unwrap();
    let replies: Vec<Value> =
        String::from_utf8(replies).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(replies[0], json!({ "id": 0, "tool": "autograd" }));
    assert_eq!((&replies[1]["id"], &replies[1]["success"]), (&Value::Null, &json!(false)));
    assert_eq!(replies[2], json!({ "id": 1, "success": true }));
    assert_eq!((&replies[3]["output"], replies.len()), (&json!(8.0), 4));
    let mut nothing = Vec::new();
    protocol::serve(&b""[..], &mut nothing).unwrap();
    assert!(nothing.is_empty());
}
