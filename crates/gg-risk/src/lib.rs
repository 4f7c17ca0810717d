//! The automation gate and the risk engine: pure functions behind one trait.
//!
//! The way of an opening: [`gate`] (person, preview, scanner) → [`snapshot`] (what is kept) →
//! [`score`] (evidence in nats, the leak filter, a band) → [`decide`] (what the policy does) →
//! [`update`] (what is remembered). Facts about the guest and about other guests are handed in as
//! [`Known`]; nothing here reads a clock, a database or a file.

mod agent;
mod baseline;
mod browser;
mod calibrate;
mod census;
mod change;
mod copying;
mod crowd;
mod device;
mod engine;
mod evidence;
mod gate;
mod keys;
mod links;
mod lists;
mod memory;
mod model;
mod network;
mod population;
mod scorer;
mod sightings;
mod snapshot;
mod update;
mod weights;
mod word;
mod zones;

pub use agent::parse_agent;
pub use census::{Census, Scope};
pub use change::{Unseen, apply, opened};
pub use engine::{EventFacts, Known, MODEL, Touched, degraded, score, score_by, score_without, standing};
pub use gate::{NO_READER_MS, classify_fetch, gate};
pub use lists::{LISTS_VERSION, names_previewer};
pub use memory::{BLOCK_FOR, KEPT_FOR, Memory, SENDER_FOR, TakenBack};
pub use model::Model;
pub use population::{Block, Count, Counts, Population};
pub use scorer::{InProcess, SCORE_DEADLINE, ScoreFuture, Scorer, ScorerError, decide, whole};
pub use sightings::{LookedUp, NewSighting, Notes, Previewed, Shared, Sighting, SightingKeys};
pub use snapshot::{is_new_look, snapshot, snapshot_of, traits};
pub use update::{Admission, update};
pub use weights::{Standing, Weight};
pub use word::{confirm, forget_devices, reissue, reset, take_back, trust};
