//! Who scores: the trait that the product calls, the engine in this process, and what a policy does
//! with a score.

use std::pin::Pin;
use std::time::Duration;

use gg_domain::policy::{Action, Policy};
use gg_domain::risk::Score;
use gg_domain::snapshot::Snapshot;

use crate::engine::{Known, score};

/// How long a guest waits for the engine before he is let in (CONTRACT.md).
pub const SCORE_DEADLINE: Duration = Duration::from_millis(250);

/// A score on its way.
pub type ScoreFuture<'a> = Pin<Box<dyn Future<Output = Result<Score, ScorerError>> + Send + 'a>>;

/// Scores human openings: in this process, or in another.
pub trait Scorer: Send + Sync {
    /// Scores `seen` against what is `known`. The caller sets the deadline and fails open.
    ///
    /// # Errors
    /// [`ScorerError`] where no score came; then [`crate::degraded`] says what is done.
    fn score<'a>(&'a self, seen: &'a Snapshot, known: Known<'a>) -> ScoreFuture<'a>;

    /// Whether scores can be expected now. Asks nobody: it is what the last calls were like.
    fn answers(&self) -> bool {
        true
    }
}

/// The score, if it is one: what is no chance would be kept and weighed for ever.
///
/// # Errors
/// [`ScorerError::Unavailable`]: who answers rubbish does not answer.
pub fn whole(score: Score) -> Result<Score, ScorerError> {
    let chances = [score.p, score.raw, score.leak].iter().all(|chance| (0.0..=1.0).contains(chance));
    let is_whole = chances && score.z.is_finite() && !score.degraded;
    if is_whole { Ok(score) } else { Err(ScorerError::Unavailable) }
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
