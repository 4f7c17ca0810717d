//! A circuit breaker: after a few failures in a row nobody waits for the engine any more, until a trial call comes back
//! well. Pure: the clock is handed in.
//!
//! A pass that was given before the breaker last changed its mind says nothing any more: what is late neither opens nor
//! closes it.

use std::time::Duration;

use tokio::time::Instant;

/// Failures in a row after which it opens: so many guests wait for the whole deadline in vain, and no more.
pub const FAILURES_MAX: u32 = 3;
/// How long it stays open before a trial call: short, since a trial costs no guest anything.
pub(crate) const OPEN_FOR: Duration = Duration::from_millis(500);

/// What it does with calls at the moment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum State {
    /// They pass.
    Closed,
    /// One trial call is under way.
    HalfOpen,
    /// None passes.
    Open,
}

/// The right to one call; what came of it is noted with it.
#[derive(Debug)]
#[must_use]
pub(crate) struct Pass {
    turn: u64,
}

/// The breaker.
#[derive(Debug)]
pub(crate) struct Breaker {
    state: State,
    /// In a row, while closed.
    failures: u32,
    /// When the next trial may begin, while not closed.
    trial_from: Instant,
    /// Counts changes of mind.
    turn: u64,
}

impl Breaker {
    /// A closed one.
    pub(crate) fn new(now: Instant) -> Self {
        Self { state: State::Closed, failures: 0, trial_from: now, turn: 0 }
    }

    /// What it does with calls at the moment.
    pub(crate) const fn state(&self) -> State {
        self.state
    }

    /// The right to a call that somebody waits for: only while it is closed.
    pub(crate) fn pass(&self) -> Option<Pass> {
        (self.state == State::Closed).then_some(Pass { turn: self.turn })
    }

    /// The right to a call that nobody waits for. While open there is one at a time, and one that never came back is
    /// given up after [`OPEN_FOR`].
    pub(crate) fn trial(&mut self, now: Instant) -> Option<Pass> {
        if self.state != State::Closed {
            if now < self.trial_from {
                return None;
            }
            self.become_state(State::HalfOpen, now);
        }
        Some(Pass { turn: self.turn })
    }

    /// Notes what came of a call. Gives the new state where it changed.
    #[expect(clippy::needless_pass_by_value, reason = "a pass is for one call, and its end")]
    pub(crate) fn note(&mut self, pass: Pass, well: bool, now: Instant) -> Option<State> {
        if pass.turn != self.turn {
            return None;
        }
        match (self.state, well) {
            (State::Closed, true) => {
                self.failures = 0;
                return None;
            }
            (State::Closed, false) => {
                self.failures += 1;
                if self.failures < FAILURES_MAX {
                    return None;
                }
                self.become_state(State::Open, now);
            }
            (_, true) => self.become_state(State::Closed, now),
            (_, false) => self.become_state(State::Open, now),
        }
        Some(self.state)
    }

    fn become_state(&mut self, state: State, now: Instant) {
        self.state = state;
        self.failures = 0;
        self.trial_from = now + OPEN_FOR;
        self.turn += 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn opened(now: Instant) -> Breaker {
        let mut breaker = Breaker::new(now);
        for _ in 0..FAILURES_MAX {
            let pass = breaker.pass().unwrap();
            breaker.note(pass, false, now);
        }
        breaker
    }

    #[test]
    fn it_opens_after_failures_in_a_row_and_a_success_between_begins_anew() {
        let now = Instant::now();
        let mut breaker = Breaker::new(now);
        for well in [false, false, true, false, false] {
            let pass = breaker.pass().unwrap();
            assert_eq!(breaker.note(pass, well, now), None);
        }
        let pass = breaker.pass().unwrap();
        assert_eq!(breaker.note(pass, false, now), Some(State::Open));
        assert!(breaker.pass().is_none());
    }

    #[test]
    fn one_trial_at_a_time_closes_it_or_keeps_it_open() {
        let now = Instant::now();
        let mut breaker = opened(now);
        assert!(breaker.trial(now).is_none(), "not before its time");

        let later = now + OPEN_FOR;
        let trial = breaker.trial(later).unwrap();
        assert_eq!(breaker.state(), State::HalfOpen);
        assert!(breaker.trial(later).is_none() && breaker.pass().is_none());
        assert_eq!(breaker.note(trial, false, later), Some(State::Open));

        let trial = breaker.trial(later + OPEN_FOR).unwrap();
        assert_eq!(breaker.note(trial, true, later + OPEN_FOR), Some(State::Closed));
        assert!(breaker.pass().is_some());
    }

    #[test]
    fn what_is_late_changes_nothing() {
        let now = Instant::now();
        let mut breaker = Breaker::new(now);
        let (early, late) = (breaker.pass().unwrap(), breaker.pass().unwrap());
        for _ in 0..FAILURES_MAX {
            let pass = breaker.pass().unwrap();
            breaker.note(pass, false, now);
        }
        assert_eq!(breaker.note(early, true, now), None);
        let trial = breaker.trial(now + OPEN_FOR).unwrap();
        assert_eq!(breaker.note(late, false, now), None);
        assert_eq!(breaker.note(trial, true, now + OPEN_FOR), Some(State::Closed));
    }

    #[derive(Clone, Debug)]
    enum Step {
        Pass,
        Trial,
        Note(usize, bool),
        Wait(u64),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            Just(Step::Pass),
            Just(Step::Trial),
            (any::<usize>(), any::<bool>()).prop_map(|(which, well)| Step::Note(which, well)),
            (0..1500_u64).prop_map(Step::Wait),
        ];
        prop::collection::vec(step, 0..200)
    }

    proptest! {
        #[test]
        fn whatever_happens_nobody_waits_while_it_is_open_and_it_always_finds_back(steps in steps()) {
            let mut now = Instant::now();
            let mut breaker = Breaker::new(now);
            let mut passes = Vec::new();
            let mut trials = 0;
            for step in steps {
                let before = breaker.state();
                match step {
                    Step::Pass => {
                        let pass = breaker.pass();
                        prop_assert_eq!(pass.is_some(), before == State::Closed);
                        passes.extend(pass);
                    }
                    Step::Trial => {
                        let trial = breaker.trial(now);
                        if before != State::Closed && trial.is_some() {
                            trials += 1;
                            prop_assert_eq!(breaker.state(), State::HalfOpen);
                            prop_assert!(breaker.trial(now).is_none(), "one at a time");
                        }
                        passes.extend(trial);
                    }
                    Step::Note(which, well) if !passes.is_empty() => {
                        let index = which % passes.len();
                        let changed = breaker.note(passes.swap_remove(index), well, now);
                        prop_assert_eq!(changed.is_some(), breaker.state() != before);
                        prop_assert!(changed != Some(State::Closed) || well && trials > 0);
                        prop_assert!(changed != Some(State::Open) || !well);
                    }
                    Step::Note(..) => {}
                    Step::Wait(ms) => now += Duration::from_millis(ms),
                }
            }
            now += OPEN_FOR;
            let trial = breaker.trial(now).unwrap();
            breaker.note(trial, true, now);
            prop_assert_eq!(breaker.state(), State::Closed);
        }
    }
}
