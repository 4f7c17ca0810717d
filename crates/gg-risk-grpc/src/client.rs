//! Asks an engine in another process, as gg-app asks the one in its own.
//!
//! Each call has the deadline of a guest's patience. The connection is made when it is first needed and again whenever
//! it is lost. While the breaker is open nobody waits; [`RemoteScorer::watch`] tries with calls of its own, so no guest
//! pays for finding out whether the engine is back.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gg_domain::risk::{GuestRisk, Label, Score};
use gg_domain::snapshot::Snapshot;
use gg_risk::{Known, SCORE_DEADLINE, ScoreFuture, Scorer, ScorerError, whole};
use tokio::sync::Semaphore;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout_at};
use tokio_util::sync::CancellationToken;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Status};

use crate::breaker::{Breaker, State};
use crate::trial::trial;
use crate::v1::risk_scorer_client::RiskScorerClient;
use crate::wire::{Fault, label_number, required};
use crate::{MESSAGE_BYTES_MAX, v1};

/// Calls under way at once: more than a busy process has, few enough that a hung engine holds little memory.
pub const CALLS_MAX: usize = 128;
/// How often the engine is tried when nobody asks it. A trial that hangs is over, and the next one due, before this.
const TRY_EVERY: Duration = Duration::from_secs(1);
/// How long a connection may take: an address that swallows everything is tried again after so long.
const CONNECT_LIMIT: Duration = Duration::from_secs(2);
/// How often a connection is asked whether it lives, in use or not.
const KEEPALIVE_EVERY: Duration = Duration::from_secs(10);
/// How long it may take to answer that.
const KEEPALIVE_LIMIT: Duration = Duration::from_secs(5);

/// The engine at an address. Cheap to clone.
#[derive(Clone, Debug)]
pub struct RemoteScorer(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    channel: Channel,
    /// What lets us in, as it stands in the header.
    bearer: Option<MetadataValue<Ascii>>,
    breaker: Mutex<Breaker>,
    places: Arc<Semaphore>,
    /// That questions are refused was said: more of it is in the metric.
    refusal_said: AtomicBool,
}

/// An address or a token that no engine can have.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct AddressError(String);

/// What came of a call: the label of its metric, and whether the engine is to blame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Failure {
    Timeout,
    Unavailable,
    /// It answered, and what it said is no score.
    Unsound,
    /// It asks for another token.
    Denied,
    /// It answered that this question is none. The engine is well, and of another version than we are.
    Refused,
}

impl RemoteScorer {
    /// The engine at `url` (`http://host:port`), not yet connected. Needs a runtime.
    ///
    /// # Errors
    /// [`AddressError`] where that is no address, or the token none for a header.
    pub fn new(url: &str, token: Option<&str>) -> Result<Self, AddressError> {
        let endpoint = Endpoint::from_shared(url.to_owned()).map_err(|_| {
            AddressError(format!("{url} is not the address of a risk engine: write http://host:port"))
        })?;
        let bearer = token.map(|token| format!("Bearer {token}").parse()).transpose();
        let mut bearer: Option<MetadataValue<Ascii>> =
            bearer.map_err(|_| AddressError("the token holds what no header can".to_owned()))?;
        if let Some(bearer) = &mut bearer {
            bearer.set_sensitive(true);
        }
        let channel = endpoint
            .connect_timeout(CONNECT_LIMIT)
            .http2_keep_alive_interval(KEEPALIVE_EVERY)
            .keep_alive_timeout(KEEPALIVE_LIMIT)
            .keep_alive_while_idle(true)
            .connect_lazy();
        let breaker = Mutex::new(Breaker::new(Instant::now()));
        Ok(Self(Arc::new(Inner {
            channel,
            bearer,
            breaker,
            places: Arc::new(Semaphore::new(CALLS_MAX)),
            refusal_said: AtomicBool::new(false),
        })))
    }

    /// Tries the engine each second, until told to stop: so the breaker opens before guests come, and closes without
    /// them.
    pub async fn watch(&self, stop: CancellationToken) {
        let mut every = interval(TRY_EVERY);
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while stop.run_until_cancelled(every.tick()).await.is_some() {
            // What came of it is in the breaker.
            let _ = stop.run_until_cancelled(self.try_once()).await;
        }
    }

    /// Scores an opening that nobody made. The engine answers, or not.
    ///
    /// # Errors
    /// [`ScorerError`] where it does not, or was found not to a moment ago.
    pub async fn try_once(&self) -> Result<(), ScorerError> {
        let Some(pass) = self.breaker().trial(Instant::now()) else { return Err(ScorerError::Unavailable) };
        let until = Instant::now() + SCORE_DEADLINE;
        let outcome = self.call(trial(), until).await;
        self.note(pass, outcome.as_ref().err().copied());
        outcome.map(drop).map_err(Into::into)
    }

    /// The row after the organiser's word, or a code, on the opening `seen`: `gg_risk::confirm` in the other process.
    ///
    /// # Errors
    /// [`ScorerError`] where the engine does not answer.
    pub async fn confirm(
        &self,
        guest: &GuestRisk,
        seen: &Snapshot,
        label: Label,
    ) -> Result<GuestRisk, ScorerError> {
        let message = v1::ConfirmRequest {
            guest_state: Some(guest.into()),
            snapshot: Some(seen.into()),
            label: label_number(label),
        };
        let until = Instant::now() + SCORE_DEADLINE;
        let asked = Box::pin(async { self.client().confirm(self.with_deadline(message, until)).await });
        let answer = timeout_at(until, asked).await;
        let answer = answer.map_err(|_| ScorerError::Timeout)?.map_err(|status| self.heard(&status))?;
        required(answer.into_inner().guest_state, "guest_state").map_err(|_| ScorerError::Unavailable)
    }

    async fn ask(&self, seen: &Snapshot, known: &Known<'_>) -> Result<Score, ScorerError> {
        let Some(pass) = self.breaker().pass() else {
            count("open");
            return Err(ScorerError::Unavailable);
        };
        let until = Instant::now() + SCORE_DEADLINE;
        let Ok(Ok(place)) = timeout_at(until, self.0.places.clone().acquire_owned()).await else {
            count("busy");
            return Err(ScorerError::Timeout);
        };
        let (scorer, message) = (self.clone(), request(seen, known));
        // A task of its own: what came of the call is noted although whoever waited has gone.
        let call = tokio::spawn(async move {
            let _place = place;
            let outcome = scorer.call(message, until).await;
            scorer.note(pass, outcome.as_ref().err().copied());
            outcome
        });
        call.await.map_err(|_| ScorerError::Unavailable)?.map_err(Into::into)
    }

    /// One call: counted, timed, and what it gives is a score.
    async fn call(&self, message: v1::ScoreRequest, until: Instant) -> Result<Score, Failure> {
        let began = Instant::now();
        // Boxed: with its message it is as large as many others together.
        let asked = Box::pin(async { self.client().score(self.with_deadline(message, until)).await });
        let answer = timeout_at(until, asked).await;
        let outcome = match answer {
            Err(_) => Err(Failure::Timeout),
            Ok(Err(status)) => Err(self.heard(&status)),
            Ok(Ok(answer)) => read(answer.into_inner()),
        };
        count(outcome.as_ref().err().map_or("ok", |failure| failure.as_str()));
        metrics::histogram!("guestguard_risk_call_seconds").record(began.elapsed().as_secs_f64());
        outcome
    }

    fn note(&self, pass: crate::breaker::Pass, failure: Option<Failure>) {
        let well = failure.is_none_or(|failure| failure == Failure::Refused);
        let changed = self.breaker().note(pass, well, Instant::now());
        match changed {
            Some(State::Open) => {
                let failure = failure.map_or("", Failure::as_str);
                tracing::warn!(
                    failure,
                    "the risk engine does not answer: guests are let in unjudged until it does"
                );
            }
            Some(_) => tracing::info!("the risk engine answers"),
            None => {}
        }
        let level = match self.breaker().state() {
            State::Closed => 0.0,
            State::HalfOpen => 1.0,
            State::Open => 2.0,
        };
        metrics::gauge!("guestguard_risk_breaker_state").set(level);
    }

    fn heard(&self, status: &Status) -> Failure {
        let failure = failure(status.code());
        if failure == Failure::Refused && !self.0.refusal_said.swap(true, Ordering::Relaxed) {
            let why = status.message();
            tracing::error!(
                why,
                "the risk engine refuses a question: bring it to the version of this process"
            );
        }
        failure
    }

    fn client(&self) -> RiskScorerClient<Channel> {
        RiskScorerClient::new(self.0.channel.clone())
            .max_decoding_message_size(MESSAGE_BYTES_MAX)
            .max_encoding_message_size(MESSAGE_BYTES_MAX)
    }

    fn with_deadline<T>(&self, message: T, until: Instant) -> Request<T> {
        let mut request = Request::new(message);
        request.set_timeout(until.saturating_duration_since(Instant::now()));
        if let Some(bearer) = &self.0.bearer {
            request.metadata_mut().insert("authorization", bearer.clone());
        }
        request
    }

    fn breaker(&self) -> MutexGuard<'_, Breaker> {
        self.0.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Scorer for RemoteScorer {
    fn score<'a>(&'a self, seen: &'a Snapshot, known: Known<'a>) -> ScoreFuture<'a> {
        Box::pin(async move { self.ask(seen, &known).await })
    }

    fn answers(&self) -> bool {
        self.breaker().state() == State::Closed
    }
}

/// The question, as it goes out.
pub(crate) fn request(seen: &Snapshot, known: &Known<'_>) -> v1::ScoreRequest {
    let Known { guest_id, party, guest, policy, event } = known;
    v1::ScoreRequest {
        snapshot: Some(seen.into()),
        guest_id: guest_id.to_string(),
        party_id: party.to_string(),
        guest_state: Some((*guest).into()),
        policy: Some((*policy).into()),
        event_facts: Some((*event).into()),
    }
}

fn read(answer: v1::ScoreResponse) -> Result<Score, Failure> {
    let score = required::<_, Score>(answer.score, "score").map_err(|fault: Fault| {
        tracing::debug!(%fault, "the risk engine answered what is no score");
        Failure::Unsound
    })?;
    whole(score).map_err(|_| Failure::Unsound)
}

const fn failure(code: Code) -> Failure {
    match code {
        // The client's own timer says "cancelled".
        Code::DeadlineExceeded | Code::Cancelled => Failure::Timeout,
        Code::Unauthenticated | Code::PermissionDenied => Failure::Denied,
        Code::InvalidArgument => Failure::Refused,
        _ => Failure::Unavailable,
    }
}

fn count(outcome: &'static str) {
    metrics::counter!("guestguard_risk_calls_total", "outcome" => outcome).increment(1);
}

impl Failure {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Unavailable => "unavailable",
            Self::Unsound => "unsound",
            Self::Denied => "denied",
            Self::Refused => "refused",
        }
    }
}

impl From<Failure> for ScorerError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Timeout => Self::Timeout,
            Failure::Unavailable | Failure::Unsound | Failure::Denied | Failure::Refused => Self::Unavailable,
        }
    }
}
