//! Profiles for viewers: Chrome's trace format, and folded stacks.

use std::fmt::Write;

use super::{JobProfile, Profile};

impl Profile {
    /// The runs, job by job, in the Trace Event Format of Chrome: for `chrome://tracing` and <https://ui.perfetto.dev>.
    ///
    /// The gaps between runs are recording, other code, and runs that were not timed. Long profiles have their first million jobs in it.
    ///
    /// ```
    /// let g = autograd::Graph::new();
    /// let x = g.var([1.0, 2.0]);
    /// let (_, profile) = autograd::profile(|| x.exp().sum().backward());
    /// let trace = profile.to_chrome_trace();
    /// assert!(trace.starts_with("{\"traceEvents\":[{\"name\":\"kernel of exp"), "{trace}");
    /// ```
    pub fn to_chrome_trace(&self) -> String {
        let mut json = String::from("{\"traceEvents\":[");
        let titles: Vec<Vec<(String, String)>> =
            self.plans.iter().map(|plan| plan.jobs.iter().map(JobProfile::titled).collect()).collect();
        let mut comma = "";
        for run in &self.runs {
            let mut at = run.start;
            let jobs = self.plans[run.plan].jobs.iter().zip(&titles[run.plan]).zip(&self.times[run.first..]);
            for ((job, (title, category)), &ns) in jobs {
                write!(
                    json,
                    "{comma}{{\"name\":{title},\"cat\":{category},\"ph\":\"X\",\"pid\":1,\"tid\":1,\
                     \"ts\":{:.3},\"dur\":{:.3},\"args\":{{\"plan\":{},\"flops\":{},\"bytes\":{}}}}}",
                    at as f64 / 1e3,
                    ns as f64 / 1e3,
                    run.plan + 1,
                    job.flops,
                    job.bytes
                )
                .expect("a string takes all that is written");
                at += ns;
                comma = ",\n";
            }
        }
        json + "],\"displayTimeUnit\":\"ns\"}"
    }

    /// Nanoseconds by pass, source line and operation as folded stacks, one in a line: for flame graphs.
    ///
    /// ```
    /// let g = autograd::Graph::new();
    /// let x = g.var([1.0, 2.0]);
    /// let (_, profile) = autograd::profile(|| x.exp().sum().backward());
    /// for line in profile.to_folded().lines() {
    ///     let (stack, ns) = line.rsplit_once(' ').unwrap();
    ///     assert_eq!(stack.split(';').count(), 3); // as in "backward;src/main.rs:3;mul"
    ///     assert!(ns.parse::<u64>().is_ok());
    /// }
    /// ```
    pub fn to_folded(&self) -> String {
        let mut stacks: std::collections::BTreeMap<String, f64> = std::collections::BTreeMap::new();
        for job in self.plans.iter().flat_map(|plan| &plan.jobs) {
            for op in &job.ops {
                let stack = format!("{};{};{}", op.pass, op.line(), op.op);
                *stacks.entry(stack).or_default() += job.time_of(|other| std::ptr::eq(other, op));
            }
        }
        let mut folded = String::new();
        for (stack, ns) in stacks {
            writeln!(folded, "{stack} {ns:.0}").expect("a string takes all that is written");
        }
        folded
    }
}

impl JobProfile {
    /// Title and pass as JSON.
    fn titled(&self) -> (String, String) {
        let passes = self.ops.iter().map(|op| op.pass).max();
        (quoted(&self.title()), quoted(&passes.map(|pass| pass.to_string()).unwrap_or_default()))
    }
}

/// A text as JSON (RFC 8259).
fn quoted(text: &str) -> String {
    let mut json = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => json.extend(['\\', c]),
            c if (c as u32) < 0x20 => {
                write!(json, "\\u{:04x}", c as u32).expect("a string takes all that is written");
            }
            c => json.push(c),
        }
    }
    json + "\""
}
