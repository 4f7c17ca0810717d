//! What changed a guest's risk row: each change is kept, in order, so that the row can be made again from nothing.
//!
//! An opening that was judged and stands as it was judged is its own record; every other change is one of these. What
//! was seen of an opening is not kept twice: a change of an opening names it, and is applied to what was seen then.

use serde::{Deserialize, Serialize};

use crate::access::{Act, Acts};
use crate::policy::Action;
use crate::risk::{GuestRisk, Label, Score};

/// One change of a guest's risk row, with what cannot be read off the opening that it is about.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "cause", content = "payload", rename_all = "snake_case")]
pub enum BaselineChange {
    /// The row as it was when changes began to be kept: what came before is not known one by one.
    Imported(Box<GuestRisk>),
    /// An opening as it was judged, where it was judged again since, or later than it came.
    Opened(Box<JudgedOpening>),
    /// An act that followed an opening.
    Followed {
        /// What was done.
        act: Act,
        /// The chance that the opening was not the guest's, before calibration, as it was then.
        raw: f64,
    },
    /// The organiser's word on an opening.
    Labelled(Label),
    /// The organiser's no to an opening of a link that is over: its device goes, of the link in force it says nothing.
    Expelled,
    /// The organiser's word on the device of an opening.
    Trusted {
        /// What the leak filter had heard of the opening, in nats.
        z: f64,
    },
    /// An opening that was a machine's after all.
    TakenBack {
        /// What the leak filter had heard of it, in nats.
        z: f64,
    },
    /// Devices and networks were forgotten.
    Forgotten,
    /// Devices, networks and suspicion were forgotten.
    Reset,
    /// The guest got a new link.
    Reissued,
    /// The row was made again from what is kept: a change of nothing but its number.
    Rebuilt,
}

/// An opening as it was judged.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct JudgedOpening {
    /// The strongest act that was known when it was judged.
    pub act: Acts,
    /// What was said of it.
    pub score: Score,
    /// What was done.
    pub decision: Action,
}

impl BaselineChange {
    /// The word of its cause, as it is stored.
    pub const fn cause(&self) -> &'static str {
        match self {
            Self::Imported(_) => "imported",
            Self::Opened(_) => "opened",
            Self::Followed { .. } => "followed",
            Self::Labelled(_) => "labelled",
            Self::Expelled => "expelled",
            Self::Trusted { .. } => "trusted",
            Self::TakenBack { .. } => "taken_back",
            Self::Forgotten => "forgotten",
            Self::Reset => "reset",
            Self::Reissued => "reissued",
            Self::Rebuilt => "rebuilt",
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_change_is_stored_under_its_own_cause() {
        for change in [
            BaselineChange::Imported(Box::default()),
            BaselineChange::Followed { act: Act::Answered, raw: 0.25 },
            BaselineChange::Labelled(Label::NotGuest),
            BaselineChange::Expelled,
            BaselineChange::Trusted { z: 1.5 },
            BaselineChange::TakenBack { z: 1.5 },
            BaselineChange::Forgotten,
            BaselineChange::Reset,
            BaselineChange::Reissued,
            BaselineChange::Rebuilt,
        ] {
            let written = serde_json::to_value(&change).unwrap();
            assert_eq!(written["cause"], json!(change.cause()));
            assert_eq!(serde_json::from_value::<BaselineChange>(written).unwrap(), change);
        }
    }

    #[test]
    fn the_row_of_an_older_version_is_imported_as_it_stands() {
        let row = serde_json::to_value(GuestRisk::default()).unwrap();
        let read: BaselineChange =
            serde_json::from_value(json!({"cause": "imported", "payload": row})).unwrap();
        assert_eq!(read, BaselineChange::Imported(Box::default()));
    }
}
