//! How a process ends: the first signal asks everyone to finish, the second, or the limit, ends what has not.

use std::io;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// How long requests and sockets may take to finish: below the 10 s after which container runtimes kill.
pub const DRAIN_LIMIT: Duration = Duration::from_secs(8);

/// More signals than this at once say nothing new.
const SIGNALS_KEPT: usize = 2;

/// The two words on which a process ends.
#[derive(Debug, Clone, Default)]
pub struct Shutdown {
    /// Take nothing new, finish what has begun.
    pub soft: CancellationToken,
    /// Let go of everything: what was acknowledged is stored already. It is always preceded by `soft`.
    pub hard: CancellationToken,
}

impl Shutdown {
    /// Listens for SIGTERM and SIGINT from now on. Needs a runtime.
    ///
    /// # Errors
    /// When the signals cannot be caught.
    pub fn on_signals() -> io::Result<Self> {
        let (sender, signals) = mpsc::channel(SIGNALS_KEPT);
        for kind in [SignalKind::terminate(), SignalKind::interrupt()] {
            let mut caught = signal(kind)?;
            let sender = sender.clone();
            tokio::spawn(async move {
                while caught.recv().await.is_some() {
                    // Full: two are waiting already, which is as hard as it gets.
                    let _ = sender.try_send(());
                }
            });
        }
        let shutdown = Self::default();
        tokio::spawn(shutdown.clone().follow(signals, DRAIN_LIMIT));
        Ok(shutdown)
    }

    async fn follow(self, mut signals: mpsc::Receiver<()>, drain_limit: Duration) {
        if signals.recv().await.is_none() {
            return;
        }
        tracing::info!(limit_s = drain_limit.as_secs(), "stopping: finishing what has begun");
        self.soft.cancel();
        tokio::select! {
            _ = signals.recv() => tracing::warn!("told twice to stop: letting go of everything"),
            () = tokio::time::sleep(drain_limit) => tracing::warn!("not finished in time: letting go of the rest"),
        }
        self.hard.cancel();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Longer than any test: where it is the limit, the limit does not come.
    const NEVER: Duration = Duration::from_secs(3600);

    #[tokio::test]
    async fn the_first_signal_is_soft_and_the_second_hard() {
        let (sender, signals) = mpsc::channel(SIGNALS_KEPT);
        let shutdown = Shutdown::default();
        let follower = tokio::spawn(shutdown.clone().follow(signals, NEVER));

        sender.send(()).await.expect("somebody listens");
        shutdown.soft.cancelled().await;
        assert!(!shutdown.hard.is_cancelled());

        sender.send(()).await.expect("somebody listens");
        follower.await.expect("it ends");
        assert!(shutdown.hard.is_cancelled());
    }

    #[tokio::test]
    async fn the_limit_is_as_hard_as_a_second_signal() {
        let (sender, signals) = mpsc::channel(SIGNALS_KEPT);
        let shutdown = Shutdown::default();
        sender.send(()).await.expect("there is room");
        shutdown.clone().follow(signals, Duration::ZERO).await;
        assert!(shutdown.soft.is_cancelled() && shutdown.hard.is_cancelled());
    }

    #[tokio::test]
    async fn without_a_signal_nothing_stops() {
        let (sender, signals) = mpsc::channel::<()>(SIGNALS_KEPT);
        drop(sender);
        let shutdown = Shutdown::default();
        shutdown.clone().follow(signals, Duration::ZERO).await;
        assert!(!shutdown.soft.is_cancelled() && !shutdown.hard.is_cancelled());
    }
}
