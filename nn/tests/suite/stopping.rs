//! Stopping rules, the best weights, the history of a run.

use nn::prelude::*;
use nn::train::*;

/// In which epoch, from 1, a rule ends these losses.
fn ends(mut rule: impl Stop, losses: &[f64]) -> Option<usize> {
    let seen = |(at, &loss): (usize, &f64)| Seen::new(at as u64 + 1, loss);
    losses.iter().enumerate().map(seen).position(|seen| rule.observe(&seen).is_some()).map(|at| at + 1)
}

#[test]
fn each_rule_ends_where_it_says() {
    let losses = [1.0, 0.5, 0.4, 0.41, 0.4, 0.39, 0.05];
    assert_eq!(ends(Epochs(4), &losses), Some(4));
    assert_eq!(ends(Epochs(8), &losses), None);
    // Below, and not equal.
    assert_eq!(ends(LossBelow(0.4), &losses), Some(6));
    assert_eq!(ends(SmallChange::new(0.02), &losses), Some(4));
    assert_eq!(ends(SmallChange::new(0.0), &[0.5, 0.5, 0.5]), None);
    // 0.41 and 0.4 are no better than 0.4; 0.39 is.
    assert_eq!(ends(EarlyStopping::new(1), &losses), Some(5));
    assert_eq!(ends(EarlyStopping::new(2), &losses), None);
    // By less than 0.02 better is no better.
    assert_eq!(ends(EarlyStopping::new(2).min_delta(0.02), &losses), Some(6));
    assert_eq!(ends(EarlyStopping::new(0), &[f64::NAN]), Some(1));
    let nan = [f64::NAN; 3];
    assert_eq!((ends(LossBelow(1.0), &nan), ends(SmallChange::new(1.0), &nan)), (None, None));
    assert_eq!(SmallGradient(1.0).observe(&Seen::new(1, 0.0)), None, "the norm is not known");
}

#[test]
fn rules_together_all_see_every_epoch() {
    let mut rule = Epochs(2).or(SmallChange::new(0.2)).or(EarlyStopping::new(5));
    assert_eq!(rule.observe(&Seen::new(1, 1.0)), None);
    assert_eq!(rule.observe(&Seen::new(2, 0.9)), Some(Reason::Epochs(2)));
    assert_eq!((rule.a.b.last, rule.b.best), (0.9, 0.9));
    let mut list: Vec<Box<dyn Stop>> = vec![Box::new(LossBelow(0.5)), Box::new(SmallChange::new(0.2))];
    assert_eq!(list.observe(&Seen::new(1, 1.0)), None);
    assert!(matches!(list.observe(&Seen::new(2, 0.9)), Some(Reason::SmallChange { .. })));
    assert!(SmallGradient(1.0).or(Epochs(1)).needs_gradient_norm() && !list.needs_gradient_norm());
    assert!(Epochs(3).or(LossBelow(f64::NAN)).check().is_err() && Epochs(0).check().is_err());
}

#[test]
fn a_rule_whose_memory_is_set_goes_on() {
    let make = || SmallChange::new(1e-3).or(EarlyStopping::new(3));
    let (mut through, mut first, mut second) = (make(), make(), make());
    let losses = [1.0, 0.8, 0.7, 0.75, 0.74, 0.76, 0.78, 0.9];
    for (at, &loss) in losses.iter().enumerate() {
        let seen = Seen::new(at as u64 + 1, loss);
        let said = through.observe(&seen);
        if at < 4 {
            first.observe(&seen);
        }
        if at == 3 {
            let mut numbers = Vec::new();
            first.memory(&mut |number| numbers.push(*number));
            let mut numbers = numbers.into_iter();
            second.memory(&mut |number| *number = numbers.next().unwrap());
        }
        if at > 3 {
            assert_eq!(second.observe(&seen), said, "epoch {}", at + 1);
        }
    }
    assert_eq!(second, through);
    assert_eq!(through.b.stale, 5);
}

#[test]
fn the_best_weights_come_back() {
    let mut net = Linear::new(2, 2, &mut nn::rng(1));
    let mut best = Best::new();
    assert!(!best.restore(&mut net) && best.model().is_none());
    assert!(!best.observe(f64::NAN, &net));
    let mut kept = None;
    for (at, value) in [0.9, 0.3, 0.5, 0.3].into_iter().enumerate() {
        net.weight = net.weight.map(|x| x + 1.0);
        assert_eq!(best.observe(value, &net), at < 2, "the first of two equals is kept");
        if at == 1 {
            kept = Some(net.weight.clone());
        }
    }
    assert!(best.restore(&mut net));
    assert_eq!((Some(net.weight), best.value()), (kept, 0.3));
}

#[test]
fn a_history_is_read_as_it_was_written() {
    let mut history = History::default();
    assert_eq!(History::from_csv(&history.to_csv()).unwrap(), history);
    let strange = [0.1 + 0.2, f64::MIN_POSITIVE, 5e-324, f64::MAX, -0.0, 1.0 / 3.0, f64::INFINITY];
    for (at, &number) in strange.iter().enumerate() {
        history.push([("loss", number), ("a b", at as f64)]);
    }
    let read = History::from_csv(&history.to_csv()).unwrap();
    assert_eq!(read, history);
    let bits = |numbers: &[f64]| numbers.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(read.get("loss").unwrap()), bits(&strange));

    // Names that come later, and names that are left out.
    history.push([("late", 1.0)]);
    assert!(history.get("late").unwrap()[0].is_nan() && history.last("loss").unwrap().is_nan());
    assert_eq!(history.epochs(), 8);
    assert_eq!(history.curves(["late", "none"]).len(), 1);
    let read = History::from_csv(&history.to_csv()).unwrap();
    assert_eq!(read.to_csv(), history.to_csv());
    for (text, line) in
        [("", 1), ("loss,epoch\n", 1), ("epoch,a,a\n", 1), ("epoch,a\n1\n", 2), ("epoch,a\n1,2\n2,x\n", 3)]
    {
        assert_eq!(History::from_csv(text).unwrap_err().line, line, "{text:?}");
    }
}
