//! The verbs of the product: each use case loads, decides, saves and tells.
//!
//! [`App`] holds what they need, handed in by the composition root. A use case is a method on it,
//! in a file named after the verb.

use std::sync::Arc;

use gg_domain::clock::Sources;
use gg_risk::Scorer;
use gg_store::Store;

mod answer_invite;
mod ask_organiser;
mod baseline;
mod census;
mod decide;
mod deliver_messages;
mod error;
mod event_facts;
mod facts;
pub mod guest_list;
mod import_guests;
mod imports;
mod invite_guest;
mod keep_guests;
mod keyring;
mod label_access;
mod members;
mod name_guests;
mod open_invite;
mod outlet;
mod password;
mod plan_event;
mod read_feed;
mod rebuild_baselines;
mod record;
mod replay_accesses;
mod rescore_access;
mod score_access;
mod secrets;
mod send_fresh_link;
mod send_invitations;
mod sign_in;
mod step_up;
mod take_back;
mod tidy;
mod try_policy;
mod weigh_reasons;

pub use answer_invite::FormAnswer;
pub use census::Populations;
pub use deliver_messages::{MESSAGES_SHOWN_MAX, SeenMessage};
pub use error::{Error, Result};
pub use gg_risk::Model;
pub use gg_risk::parse_agent;
pub use import_guests::{Imported, Prepared};
pub use imports::{ImportProgress, ImportState, Imports, Started};
pub use invite_guest::Link;
pub use keyring::{Keyring, KeyringError};
pub use members::{FreshInvite, MEMBERS_MAX};
pub use name_guests::{GuestNames, NotNamed};
pub use open_invite::{Fetch, FetchQueue, Fetches, InvitePage, OpenLink, fetches};
pub use outlet::Outlet;
pub use read_feed::{ACTIVITY_LIMIT_MAX, Companion, Envelope, Payload};
pub use rebuild_baselines::{Rebuilt, RebuiltBaseline};
pub use replay_accesses::{Otherwise, Shift, Treatment, Trial};
pub use score_access::{Judged, Opening, Turns};
pub use secrets::{SECRET_LEN, Secrets};
pub use send_invitations::{NAMED_GUESTS_MAX, Recipients, Sent, Skipped};
pub use sign_in::{API_KEY_PREFIX, Identity, NewSession};
pub use try_policy::{TRIED_ACCESSES_MAX, Tried};
pub use weigh_reasons::WeighedReasons;

/// What the use cases need. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// Where the data is.
    pub store: Store,
    /// Clock, ids, randomness.
    pub sources: Sources,
    /// The secrets of this deployment.
    pub secrets: Arc<Secrets>,
    /// The keys that sign links.
    pub keyring: Arc<Keyring>,
    /// Who scores openings.
    pub scorer: Arc<dyn Scorer>,
    /// Where fetches of links wait to be kept.
    pub fetches: Fetches,
    /// Imports under way.
    pub imports: Imports,
    /// How common what is seen of devices is.
    pub populations: Populations,
    /// Openings of one link take turns.
    pub turns: Turns,
    /// Where guests reach us, without a slash at the end.
    pub public_url: Arc<str>,
    /// Where messages leave this deployment.
    pub outlet: Outlet,
}
