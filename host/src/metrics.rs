//! What a server counts, as Prometheus reads it.

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::Report;

/// One label and its value.
type Label = [(&'static str, &'static str); 1];

/// Upper bounds of what is counted together, in seconds: from what a review takes to the longest deadline.
const SECONDS: [f64; 15] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0, 120.0, 300.0];

/// What a server did since it was started.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    submissions: Family<Label, Counter>,
    checks: Family<Label, Counter>,
    turned_away: Counter,
    in_flight: Gauge,
    phases: Family<Label, Histogram>,
}

impl Metrics {
    pub(crate) fn new(most: usize) -> Self {
        let mut registry = Registry::with_prefix("code_execute");
        let metrics = Self {
            registry: Registry::default(),
            submissions: Family::default(),
            checks: Family::default(),
            turned_away: Counter::default(),
            in_flight: Gauge::default(),
            phases: Family::new_with_constructor(|| Histogram::new(SECONDS)),
        };
        registry.register(
            "submissions",
            "Submissions that were answered, by status",
            metrics.submissions.clone(),
        );
        registry.register("checks", "Reviews without a run, by verdict", metrics.checks.clone());
        registry.register(
            "turned_away",
            "Submissions that there was no room for",
            metrics.turned_away.clone(),
        );
        registry.register("in_flight", "Submissions that are running or waiting", metrics.in_flight.clone());
        let room: Gauge = Gauge::default();
        room.set(i64::try_from(most).unwrap_or(i64::MAX));
        registry.register("room", "How many submissions may be running or waiting", room);
        registry.register_with_unit(
            "phase",
            "Time of each phase of a submission: waiting, review, run, wording",
            Unit::Seconds,
            metrics.phases.clone(),
        );
        Self { registry, ..metrics }
    }

    /// Counts an answer.
    pub(crate) fn executed(&self, report: &Report) {
        self.submissions.get_or_create(&[("status", report.status.name())]).inc();
        let times = &report.durations;
        for (phase, milliseconds) in [
            ("queue", times.queue_ms),
            ("review", times.review_ms),
            ("run", times.run_ms),
            ("format", times.format_ms),
        ] {
            self.phases.get_or_create(&[("phase", phase)]).observe(milliseconds / 1_000.0);
        }
    }

    /// Counts a review; none for one that failed.
    pub(crate) fn checked(&self, approved: Option<bool>) {
        let verdict = match approved {
            Some(true) => "approved",
            Some(false) => "rejected",
            None => "failed",
        };
        self.checks.get_or_create(&[("verdict", verdict)]).inc();
    }

    /// Counts a submission that there was no room for.
    pub(crate) fn turned_away(&self) {
        self.turned_away.inc();
    }

    /// Everything, in the text format.
    pub(crate) fn text(&self, in_flight: usize) -> String {
        self.in_flight.set(i64::try_from(in_flight).unwrap_or(i64::MAX));
        let mut text = String::new();
        let _infallible = encode(&mut text, &self.registry);
        text
    }
}
