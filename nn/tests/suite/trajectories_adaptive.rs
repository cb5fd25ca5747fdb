//! Adaptive optimisers against loops written by hand in f64, from their papers.

use nn::{AdaMax, Adadelta, Adagrad, Lion, Nadam, RAdam, RmsProp, Rprop};

use crate::trajectories::{compare, slope};

#[test]
fn adagrad() {
    for (initial, decay) in [(0.0, 0.0), (0.5, 0.01)] {
        let mut sum = [initial; 3];
        let adagrad = Adagrad::new(0.0).initial_sum(initial).weight_decay(decay).epsilon(1e-6);
        compare(
            adagrad,
            200,
            1e-12,
            |_| 0.4,
            |_, lr, w| {
                let g = slope(w);
                for i in 0..3 {
                    let g = g[i] + decay * w[i];
                    sum[i] += g * g;
                    w[i] -= lr * g / (sum[i].sqrt() + 1e-6);
                }
            },
        );
    }
}

/// Algorithm 1 of Zeiler's paper.
#[test]
fn adadelta() {
    let (mut squares, mut deltas) = ([0.0; 3], [0.0; 3]);
    compare(
        Adadelta::new(),
        200,
        1e-12,
        |_| 1.0,
        |_, _, w| {
            let g = slope(w);
            for i in 0..3 {
                squares[i] = 0.95 * squares[i] + 0.05 * g[i] * g[i];
                let rms = |mean: f64| (mean + 1e-6).sqrt();
                let delta = -rms(deltas[i]) / rms(squares[i]) * g[i];
                deltas[i] = 0.95 * deltas[i] + 0.05 * delta * delta;
                w[i] += delta;
            }
        },
    );
}

#[test]
fn adadelta_with_other_numbers() {
    let (mut squares, mut deltas) = ([0.0; 3], [0.0; 3]);
    compare(
        Adadelta::new().rho(0.8).epsilon(1e-3).weight_decay(0.1),
        200,
        1e-12,
        |t| 1.0 / t as f64,
        |_, lr, w| {
            let g = slope(w);
            for i in 0..3 {
                let g = g[i] + 0.1 * w[i];
                squares[i] = 0.8 * squares[i] + 0.2 * g * g;
                let delta = -((deltas[i] + 1e-3) / (squares[i] + 1e-3)).sqrt() * g;
                deltas[i] = 0.8 * deltas[i] + 0.2 * delta * delta;
                w[i] += lr * delta;
            }
        },
    );
}

#[test]
fn rmsprop_with_all_its_options() {
    for (centered, momentum, decay) in
        [(false, 0.0, 0.0), (true, 0.0, 0.0), (false, 0.7, 0.0), (true, 0.7, 0.02)]
    {
        let (mut squares, mut means, mut directions) = ([0.0; 3], [0.0; 3], [0.0; 3]);
        let rmsprop = RmsProp::new(0.0).momentum(momentum).weight_decay(decay);
        let rmsprop = if centered { rmsprop.centered().alpha(0.95).epsilon(1e-4) } else { rmsprop };
        let (alpha, epsilon) = if centered { (0.95, 1e-4) } else { (0.9, 1e-8) };
        compare(
            rmsprop,
            10,
            1e-12,
            |_| 0.02,
            |_, lr, w| {
                let g = slope(w);
                for i in 0..3 {
                    let g = g[i] + decay * w[i];
                    squares[i] = alpha * squares[i] + (1.0 - alpha) * g * g;
                    means[i] = alpha * means[i] + (1.0 - alpha) * g;
                    let variance = if centered { squares[i] - means[i] * means[i] } else { squares[i] };
                    let direction = g / (variance.sqrt() + epsilon);
                    directions[i] = momentum * directions[i] + direction;
                    w[i] -= lr * directions[i];
                }
            },
        );
    }
}

/// Algorithm 2 of the paper of Adam.
#[test]
fn adamax() {
    for (betas, decay) in [((0.9, 0.999), 0.0), ((0.5, 0.8), 0.1)] {
        let (mut m, mut largest) = ([0.0; 3], [0.0_f64; 3]);
        compare(
            AdaMax::new(0.0).betas(betas.0, betas.1).weight_decay(decay),
            200,
            1e-12,
            |_| 0.05,
            |t, lr, w| {
                let g = slope(w);
                for i in 0..3 {
                    let g = g[i] + decay * w[i];
                    m[i] = betas.0 * m[i] + (1.0 - betas.0) * g;
                    largest[i] = (betas.1 * largest[i]).max(g.abs());
                    w[i] -= lr / (1.0 - betas.0.powi(t as i32)) * m[i] / (largest[i] + 1e-8);
                }
            },
        );
    }
}

/// Dozat's algorithm with the schedule of momenta, whose product is carried from step to step here.
#[test]
fn nadam() {
    for (betas, decay, decoupled) in
        [((0.9, 0.999), 0.0, false), ((0.99, 0.9), 0.1, false), ((0.99, 0.9), 0.1, true)]
    {
        let (mut m, mut v, mut product) = ([0.0; 3], [0.0; 3], 1.0);
        let momentum = move |t: u64| betas.0 * (1.0 - 0.5 * 0.96_f64.powf(t as f64 / 250.0));
        let optimizer = Nadam::new(0.0).betas(betas.0, betas.1).weight_decay(decay);
        let (coupled, kept) = if decoupled { (0.0, decay) } else { (decay, 0.0) };
        compare(
            if decoupled { optimizer.decoupled() } else { optimizer },
            300,
            1e-12,
            |_| 0.02,
            |t, lr, w| {
                let (now, next) = (momentum(t), momentum(t + 1));
                product *= now;
                let g = slope(w);
                for i in 0..3 {
                    let g = g[i] + coupled * w[i];
                    w[i] -= lr * kept * w[i];
                    m[i] = betas.0 * m[i] + (1.0 - betas.0) * g;
                    v[i] = betas.1 * v[i] + (1.0 - betas.1) * g * g;
                    let mean = next * m[i] / (1.0 - product * next) + (1.0 - now) * g / (1.0 - product);
                    let square = v[i] / (1.0 - betas.1.powi(t as i32));
                    w[i] -= lr * mean / (square.sqrt() + 1e-8);
                }
            },
        );
    }
}

/// Algorithm 2 of the paper: the first four steps do without the mean square, the others are rectified.
#[test]
fn radam() {
    for (betas, decay, decoupled) in
        [((0.9, 0.999), 0.0, false), ((0.8, 0.9), 0.1, false), ((0.8, 0.9), 0.1, true)]
    {
        let (mut m, mut v, mut plain) = ([0.0; 3], [0.0; 3], 0);
        let optimizer = RAdam::new(0.0).betas(betas.0, betas.1).weight_decay(decay);
        let (coupled, kept) = if decoupled { (0.0, decay) } else { (decay, 0.0) };
        compare(
            if decoupled { optimizer.decoupled() } else { optimizer },
            100,
            1e-12,
            |_| 0.02,
            |t, lr, w| {
                let g = slope(w);
                let limit = 2.0 / (1.0 - betas.1) - 1.0;
                let power = betas.1.powi(t as i32);
                let length = limit - 2.0 * t as f64 * power / (1.0 - power);
                plain += u32::from(length <= 4.0);
                for i in 0..3 {
                    let g = g[i] + coupled * w[i];
                    w[i] -= lr * kept * w[i];
                    m[i] = betas.0 * m[i] + (1.0 - betas.0) * g;
                    v[i] = betas.1 * v[i] + (1.0 - betas.1) * g * g;
                    let mean = m[i] / (1.0 - betas.0.powi(t as i32));
                    if length > 4.0 {
                        let rectification = ((length - 4.0) * (length - 2.0) * limit
                            / ((limit - 4.0) * (limit - 2.0) * length))
                            .sqrt();
                        w[i] -= lr * rectification * mean / ((v[i] / (1.0 - power)).sqrt() + 1e-8);
                    } else {
                        w[i] -= lr * mean;
                    }
                }
            },
        );
        assert!((4..=6).contains(&plain), "{plain}");
    }
}

/// Algorithm 2 of the paper.
#[test]
fn lion() {
    for (betas, decay) in [((0.9, 0.99), 0.0), ((0.5, 0.8), 0.3)] {
        let mut m = [0.0; 3];
        compare(
            Lion::new(0.0).betas(betas.0, betas.1).weight_decay(decay),
            200,
            1e-12,
            |_| 0.03,
            |_, lr, w| {
                let g = slope(w);
                for i in 0..3 {
                    let mix: f64 = betas.0 * m[i] + (1.0 - betas.0) * g[i];
                    w[i] -= lr * (mix.signum() + decay * w[i]);
                    m[i] = betas.1 * m[i] + (1.0 - betas.1) * g[i];
                }
            },
        );
    }
}

/// iRprop⁻ of Igel and Hüsken: after a change of sign the weight waits, and its gradient counts as 0.
#[test]
fn rprop() {
    for (factors, lengths) in [((0.5, 1.2), (1e-6, 50.0)), ((0.3, 1.5), (0.05, 0.4))] {
        let (mut before, mut length, mut waits) = ([0.0; 3], [0.1; 3], 0);
        let rprop = Rprop::new(0.1).factors(factors.0, factors.1).lengths(lengths.0, lengths.1);
        compare(
            rprop,
            100,
            1e-12,
            |_| 0.1,
            |_, _, w| {
                let g = slope(w);
                for i in 0..3 {
                    let product: f64 = before[i] * g[i];
                    let mut g = g[i];
                    if product > 0.0 {
                        length[i] = f64::min(length[i] * factors.1, lengths.1);
                    } else if product < 0.0 {
                        length[i] = f64::max(length[i] * factors.0, lengths.0);
                        g = 0.0;
                        waits += 1;
                    }
                    before[i] = g;
                    if g != 0.0 {
                        w[i] -= g.signum() * length[i];
                    }
                }
            },
        );
        assert!(waits > 10, "signs changed");
    }
}
