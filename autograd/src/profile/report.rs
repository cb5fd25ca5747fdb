//! Profiles as a table.

use std::fmt;

use super::{JobProfile, OpSite, PlanProfile, Profile};
use crate::cost::units::{percent, time};
use crate::plan::{JobKind, Pass};

impl fmt::Display for Pass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Pass::Forward => "forward",
            Pass::Backward => "backward",
            Pass::Update => "update",
        })
    }
}

impl fmt::Display for JobKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            JobKind::Kernel => "kernel",
            JobKind::Product => "product",
            JobKind::Move => "move",
            JobKind::Custom => "custom",
        })
    }
}

/// Operations and lines named of one job at the most.
const NAMED: usize = 4;

impl JobProfile {
    /// What it computes, in a line: operations, shape, names, source lines, passes.
    ///
    /// ```
    /// let g = autograd::Graph::new();
    /// let x = g.var([1.0, 2.0]).named("x");
    /// let (_, profile) = autograd::profile(|| (x.exp() * 2.0).sum().backward());
    /// let title = profile.plans[0].jobs[0].title();
    /// assert!(title.starts_with("kernel of exp") && title.contains("\"x\""), "{title}");
    /// ```
    pub fn title(&self) -> String {
        let mut title = match (self.kind, self.ops.first()) {
            (JobKind::Product, Some(op)) => {
                let inputs: Vec<String> = op.inputs.iter().map(ToString::to_string).collect();
                format!("product {} -> {}", inputs.join(" x "), op.shape)
            }
            (kind, _) => format!("{kind} of {}", some(self.counted())),
        };
        let names =
            distinct(self.ops.iter().filter_map(|op| op.name.as_ref().map(|name| format!("{name:?}"))));
        if !names.is_empty() {
            title += &format!(" {}", some(names));
        }
        title += &format!(" at {}", some(distinct(self.ops.iter().map(OpSite::line))));
        let mut passes: Vec<Pass> = self.ops.iter().map(|op| op.pass).collect();
        passes.sort_unstable();
        passes.dedup();
        let passes: Vec<String> = passes.iter().map(ToString::to_string).collect();
        title + &format!(" ({})", passes.join(", "))
    }

    /// Names of the operations, with how often each occurs.
    fn counted(&self) -> Vec<String> {
        let names = distinct(self.ops.iter().map(|op| op.op.clone()));
        let count = |name: &str| self.ops.iter().filter(|op| op.op == name).count();
        names
            .into_iter()
            .map(|name| match count(&name) {
                1 => name,
                count => format!("{count} {name}"),
            })
            .collect()
    }
}

/// Each text once, in order.
fn distinct(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut once: Vec<String> = Vec::new();
    for text in texts {
        if !once.contains(&text) {
            once.push(text);
        }
    }
    once
}

/// The first texts, and how many others there are.
fn some(texts: Vec<String>) -> String {
    let others = texts.len().saturating_sub(NAMED);
    let named = texts[..texts.len().min(NAMED)].join(", ");
    if others > 0 { format!("{named} and {others} more") } else { named }
}

/// For each plan its jobs in order: mean time, share, time of the fastest run, and the arithmetic and memory of that one
/// beside what the machine can do.
impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (total, elapsed) = (self.total_ns() as f64, self.elapsed.as_nanos() as f64);
        write!(
            f,
            "plans took {} of {}, {}; the rest is recording and other code",
            time(total),
            time(elapsed),
            percent(total / elapsed)
        )?;
        for (number, plan) in self.plans.iter().enumerate() {
            plan.table(number + 1, f)?;
        }
        Ok(())
    }
}

impl PlanProfile {
    fn table(&self, number: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = (self.total_ns() as f64).max(1.0);
        write!(
            f,
            "\nplan {number}: {} of {} jobs, {} each",
            match self.runs {
                1 => "1 run".to_owned(),
                runs if self.timed_runs < runs => format!("{runs} runs, {} of them timed,", self.timed_runs),
                runs => format!("{runs} runs"),
            },
            self.jobs.len(),
            time(total / self.runs.max(1) as f64)
        )?;
        let mut join = "; ";
        for pass in [Pass::Forward, Pass::Backward, Pass::Update] {
            let share = self.time_of(pass) / total;
            if share > 0.0 {
                write!(f, "{join}{pass} {}", percent(share))?;
                join = ", ";
            }
        }
        write!(f, "\none thread at {}, {}: {}", self.level, self.element, self.machine)?;
        write!(f, "\n     mean   share  fastest  GFLOP/s  of peak   GB/s  of peak  job")?;
        for job in &self.jobs {
            let (gflops, rate) = (job.gflops(), job.gigabytes_per_second());
            write!(
                f,
                "\n{:>9} {:>7} {:>8} {:>8.2} {:>8} {:>6.2} {:>8}  {}",
                time(job.mean_ns()),
                percent(job.total_ns as f64 / total),
                time(job.least_ns as f64),
                gflops,
                percent(gflops / self.machine.gflops),
                rate,
                percent(rate / self.machine.gigabytes_per_second),
                job.title()
            )?;
        }
        Ok(())
    }
}
