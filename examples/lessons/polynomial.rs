//! The polynomial that is nearest to points, found exactly.

/// A polynomial as a sum of others, p₀, p₁, …, each of one degree more, whose products sum to 0 over the points: then the best
/// factor of each is Σ y p / Σ p², whatever the other factors are (Forsythe 1957). So the least error is found exactly, and
/// nothing of what is seen in fits comes from training too short.
pub(crate) struct Polynomial {
    /// For each degree: the best factor, and the two numbers of pₖ₊₁ = (x - α) pₖ - β pₖ₋₁.
    terms: Vec<(f64, f64, f64)>,
}

impl Polynomial {
    /// The polynomial of a degree with the least squared error.
    pub(crate) fn fit(x: &[f64], y: &[f64], degree: usize) -> Polynomial {
        let (mut before, mut p) = (vec![0.0; x.len()], vec![1.0; x.len()]);
        let (mut terms, mut square_before) = (Vec::new(), 1.0);
        for _ in 0..=degree {
            let square: f64 = p.iter().map(|p| p * p).sum();
            let factor = y.iter().zip(&p).map(|(y, p)| y * p).sum::<f64>() / square;
            let alpha = x.iter().zip(&p).map(|(x, p)| x * p * p).sum::<f64>() / square;
            let beta = if terms.is_empty() { 0.0 } else { square / square_before };
            terms.push((factor, alpha, beta));
            let next = (0..x.len()).map(|i| (x[i] - alpha) * p[i] - beta * before[i]).collect();
            before = std::mem::replace(&mut p, next);
            square_before = square;
        }
        Polynomial { terms }
    }

    pub(crate) fn value(&self, x: f64) -> f64 {
        let (mut before, mut p, mut sum) = (0.0, 1.0, 0.0);
        for (factor, alpha, beta) in &self.terms {
            sum += factor * p;
            (before, p) = (p, (x - alpha) * p - beta * before);
        }
        sum
    }
}
