//! A dead link is answered at one fixed time after it arrived, so that time does not tell what was wrong with it:
//! a cut token is refused within microseconds, a revoked one after a look into the database.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use tokio::time::{Instant, sleep_until};

/// From arrival to refusal. A look into the database takes a tenth of it under load; nobody waits long for a
/// refusal. Where that was not enough, the refusal waits for the next multiple.
pub const DEAD_LINK_DELAY: Duration = Duration::from_millis(50);

/// When a request arrived.
#[derive(Clone, Copy, Debug)]
pub struct Arrival(Instant);

impl Arrival {
    /// Now.
    pub fn now() -> Self {
        Self(Instant::now())
    }

    /// Returns at the next multiple of [`DEAD_LINK_DELAY`] after the arrival.
    pub async fn wait(self) {
        let steps = self.0.elapsed().as_nanos() / DEAD_LINK_DELAY.as_nanos() + 1;
        let steps = u32::try_from(steps).unwrap_or(u32::MAX);
        sleep_until(self.0 + DEAD_LINK_DELAY.saturating_mul(steps)).await;
    }
}

/// The arrival that an outer layer noted, else the moment of extraction: a handler takes it first.
impl<S: Send + Sync> FromRequestParts<S> for Arrival {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().copied().unwrap_or_else(Self::now))
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_was_quick_and_what_was_slow_end_at_the_same_time() {
        for work in [0, 1, 49] {
            let arrival = Arrival::now();
            advance(Duration::from_millis(work)).await;
            arrival.wait().await;
            assert_eq!(arrival.0.elapsed(), DEAD_LINK_DELAY, "{work} ms of work");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_took_longer_waits_for_the_next_multiple() {
        let arrival = Arrival::now();
        advance(Duration::from_millis(61)).await;
        arrival.wait().await;
        assert_eq!(arrival.0.elapsed(), DEAD_LINK_DELAY * 2);
    }
}
