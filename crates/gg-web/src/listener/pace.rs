//! How long a peer may keep us waiting. Only the time in which we wait for it counts, and what it moves earns it more:
//! an honest slow line gets through with a large import, a socket that dribbles does not.

use std::time::Duration;

use tokio::time::Instant;

/// What a peer must do.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Waiting that costs nothing.
    pub grace: Duration,
    /// Bytes a second that are fast enough for ever.
    pub bytes_per_s: u64,
}

/// The account of one peer: what it moved, and how long we waited for that.
#[derive(Debug)]
pub(super) struct Pace {
    patience: Patience,
    bytes: u64,
    waited: Duration,
    waiting_since: Option<Instant>,
}

impl Pace {
    pub(super) fn new(patience: Patience) -> Self {
        Self { patience, bytes: 0, waited: Duration::ZERO, waiting_since: None }
    }

    /// We wait for the peer from now on, if we did not yet. Gives when to cut it.
    pub(super) fn wait(&mut self, now: Instant) -> Instant {
        let since = *self.waiting_since.get_or_insert(now);
        let earned =
            Duration::from_secs(1).mul_f64(self.bytes as f64 / self.patience.bytes_per_s.max(1) as f64);
        since + (self.patience.grace + earned).saturating_sub(self.waited)
    }

    /// The peer moved `bytes`.
    pub(super) fn moved(&mut self, now: Instant, bytes: usize) {
        if let Some(since) = self.waiting_since.take() {
            self.waited += now - since;
        }
        self.bytes += bytes as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Patience = Patience { grace: Duration::from_secs(20), bytes_per_s: 1_000 };

    /// Seconds until a peer is cut that moves `bytes` each `every` seconds; `None` where that is beyond an hour.
    fn cut_after(bytes: usize, every: u64) -> Option<u64> {
        let start = Instant::now();
        let mut pace = Pace::new(PATIENCE);
        (1..3_600 / every).find_map(|step| {
            let now = start + Duration::from_secs(step * every);
            let cut = pace.wait(now - Duration::from_secs(every));
            if cut <= now {
                return Some((cut - start).as_secs());
            }
            pace.moved(now, bytes);
            None
        })
    }

    #[test]
    fn silent_peer_is_cut_after_the_grace() {
        assert_eq!(cut_after(0, 60), Some(20));
    }

    #[test]
    fn dribbling_earns_nothing_worth_having() {
        assert_eq!(cut_after(1, 1), Some(20));
        assert_eq!(cut_after(10, 5), Some(20));
    }

    #[test]
    fn fast_enough_is_fast_enough_for_ever() {
        assert_eq!(cut_after(1_000, 1), None);
        assert_eq!(cut_after(10_000, 10), None);
    }

    #[test]
    fn time_in_which_we_keep_the_peer_waiting_is_not_counted() {
        let start = Instant::now();
        let mut pace = Pace::new(PATIENCE);
        pace.wait(start);
        pace.moved(start + Duration::from_secs(5), 0);
        let later = start + Duration::from_secs(500);
        assert_eq!(pace.wait(later), later + Duration::from_secs(15));
    }
}
