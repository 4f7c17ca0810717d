//! The models that can score, by name: one engine, and a table each that turns its reasons up or down.
//!
//! The one in force judges; the others are kept so that what happened can be judged again by them
//! (`guestguard risk replay`), and so that a refit is compared with what it came from.

use std::borrow::Cow;

use gg_domain::risk::{ModelVersion, ReasonCode};

use crate::weights::{FITTED, Standing, Weight};

/// A model.
#[derive(Clone, Copy, Debug)]
pub struct Model {
    name: &'static str,
    weights: &'static [Weight],
}

impl Model {
    /// The model that scores now.
    pub const IN_FORCE: Self = Self { name: "full-2", weights: FITTED };
    /// The same before it was fitted: each reason as loud as it was argued.
    pub const ARGUED: Self = Self { name: "argued-2", weights: &[] };
    /// Every model, the one in force first.
    pub const ALL: [Self; 2] = [Self::IN_FORCE, Self::ARGUED];

    /// The engine with a table that is tried, for who fits one.
    pub const fn tried(weights: &'static [Weight]) -> Self {
        Self { name: "tried", weights }
    }

    /// What is listed of its table.
    pub const fn weights(self) -> &'static [Weight] {
        self.weights
    }

    /// The model of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|model| model.name == name)
    }

    /// Its name.
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// As scores say it.
    pub const fn version(self) -> ModelVersion {
        ModelVersion(Cow::Borrowed(self.name))
    }

    /// `nats` of `code` as they are heard of a device of that `standing`.
    pub(crate) fn heard(self, standing: Standing, code: ReasonCode, nats: f64) -> f64 {
        let weight = self.weights.iter().find(|(of, one, ..)| *of == standing && *one == code);
        weight.map_or(nats, |(_, _, against, by)| nats * if nats > 0.0 { *against } else { *by })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_model_is_found_by_its_name() {
        for model in Model::ALL {
            assert_eq!(Model::named(model.name()).map(Model::version), Some(model.version()));
        }
        assert!(Model::named("full-0").is_none());
    }

    #[test]
    fn the_argued_model_hears_every_reason_as_it_was_made() {
        for (standing, code, ..) in FITTED {
            for nats in [-1.5, 2.5] {
                assert!((Model::ARGUED.heard(*standing, *code, nats) - nats).abs() < f64::EPSILON);
            }
        }
        assert!(Model::IN_FORCE.heard(Standing::Fresh, ReasonCode::NetTor, 1.0) > 1.0);
    }
}
