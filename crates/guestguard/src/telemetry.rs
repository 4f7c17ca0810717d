//! Logs to standard error, as text or JSON, and metrics for `/metrics`.
//!
//! Nothing personal comes through here: the types that hold it redact themselves before they are logged.

use std::io::{self, IsTerminal as _};
use std::panic::PanicHookInfo;
use std::time::Duration;

use anyhow::{Context as _, Result};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::Layer as _;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::{LogFilter, LogFormat};

/// Bounds of the latency histograms, in seconds: from a page out of memory (0.5 ms) to a client that gave up (10 s).
const SECONDS_BUCKETS: [f64; 14] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// How often histograms are folded where nobody reads `/metrics`; the exporter advises 5 s.
const UPKEEP_PERIOD: Duration = Duration::from_secs(5);

/// Sends logs to standard error. Once a process; a second call changes nothing, so that tests may repeat it.
pub fn log_to_stderr(filter: &LogFilter, format: LogFormat) {
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr);
    let layer = match format {
        LogFormat::Text => lines.with_ansi(io::stderr().is_terminal()).boxed(),
        LogFormat::Json => {
            lines.json().flatten_event(true).with_current_span(true).with_span_list(false).boxed()
        }
    };
    if tracing_subscriber::registry().with(layer.with_filter(filter.targets())).try_init().is_ok() {
        std::panic::set_hook(Box::new(log_panic));
    }
}

/// A panic is a log line like others, so that JSON stays JSON; the place without the payload, which may quote input.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    tracing::error!(panic.place = place, "a task panicked");
}

/// What has been counted and measured, as Prometheus reads it.
#[derive(Clone)]
pub struct Metrics {
    prometheus: PrometheusHandle,
}

impl Metrics {
    /// Begins to collect what the `metrics` macros report, anywhere in this process.
    ///
    /// # Errors
    /// When a collector is installed already.
    pub fn install() -> Result<Self> {
        let prometheus = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS_BUCKETS)
            .and_then(PrometheusBuilder::install_recorder)
            .context("cannot collect metrics")?;
        metrics::describe_gauge!("guestguard_build_info", "1, with the version as a label");
        metrics::gauge!("guestguard_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
        Ok(Self { prometheus })
    }

    /// The text of `/metrics`.
    #[must_use]
    pub fn render(&self) -> String {
        self.prometheus.render()
    }

    /// Folds histograms until told to stop, so that they stay small where nobody reads them.
    pub async fn keep_small(self, stop: CancellationToken) {
        let mut ticks = tokio::time::interval(UPKEEP_PERIOD);
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            self.prometheus.run_upkeep();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_reported_is_rendered_with_buckets_in_seconds() {
        let metrics = Metrics::install().expect("the first in this process");
        metrics::counter!("guestguard_tests_total").increment(2);
        metrics::histogram!("guestguard_test_seconds").record(0.003);

        let text = metrics.render();

        assert!(text.contains("guestguard_tests_total 2"), "{text}");
        assert!(text.contains("guestguard_test_seconds_bucket{le=\"0.005\"} 1"), "{text}");
        assert!(text.contains("guestguard_build_info{version="), "{text}");
        assert!(Metrics::install().is_err());
    }
}
