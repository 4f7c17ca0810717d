//! Who scores: the trait that the product calls, the engine in this process, and what a policy does
//! with a score.

use std::pin::Pin;

use gg_domain::policy::{Action, Policy};
use gg_domain::risk::Score;
use gg_domain::snapshot::Snapshot;

use crate::engine::{Known, score};

/// A score on its way.
pub type ScoreFuture<'a> = Pin<Box<dyn Future<Output = Result<Score, ScorerError>> + Send + 'a>>;

/// Scores human openings: in this process, or later in another.
pub trait Scorer: Send + Sync {
    /// Scores `seen` against what is `known`. The caller sets the deadline and fails open.
    ///
    /// # Errors
    /// [`ScorerError`] where no score came; then [`crate::degraded`] says what is done.
    fn score<'a>(&'a self, seen: &'a Snapshot, known: Known<'a>) -> ScoreFuture<'a>;
}

/// Why no score came.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ScorerError {
    /// The deadline passed.
    #[error("risk engine did not answer in time")]
    Timeout,
    /// It is not there, or answered rubbish.
    #[error("risk engine is not available")]
    Unavailable,
}

/// The engine in this process: answers at once.
#[derive(Clone, Copy, Debug, Default)]
pub struct InProcess;

impl Scorer for InProcess {
    fn score<'a>(&'a self, seen: &'a Snapshot, known: Known<'a>) -> ScoreFuture<'a> {
        Box::pin(std::future::ready(Ok(score(seen, &known))))
    }
}

/// What happens to whoever opens. While no code can be delivered, a step-up lets in: the organiser sees
/// why; hold and block stay.
pub fn decide(score: &Score, policy: &Policy, step_up_deliverable: bool) -> Action {
    match policy.action(score.band) {
        Action::StepUp if !step_up_deliverable => Action::Allow,
        action => action,
    }
}
