//! The words that both sides know: one table for each, read both ways. What stands on no table is refused.

use gg_domain::access::{Act, Acts, NetClass};
use gg_domain::policy::Action;
use gg_domain::risk::{Band, Label};
use gg_domain::snapshot::{Browser, DeviceKind, Os};

use super::Fault;
use crate::v1;

/// A word of ours that stands as a number on the wire.
pub(super) trait Word: Sized {
    /// Its number.
    fn number(self) -> i32;

    /// The word of a number; none where this engine does not know it.
    fn of(number: i32) -> Option<Self>;

    /// The word of a field that must be there.
    fn read(number: i32, field: &str) -> Result<Self, Fault> {
        let why = if number == 0 { "is required" } else { "has a value that this engine does not know" };
        Self::of(number).ok_or_else(|| Fault::new(field, why))
    }

    /// The word of a field that may be there.
    fn read_optional(number: Option<i32>, field: &str) -> Result<Option<Self>, Fault> {
        number.map(|number| Self::read(number, field)).transpose()
    }
}

macro_rules! words {
    ($($ours:ident = $theirs:ident { $($word:ident),+ $(,)? })+) => {$(
        impl Word for $ours {
            fn number(self) -> i32 {
                match self { $(Self::$word => v1::$theirs::$word as i32,)+ }
            }

            fn of(number: i32) -> Option<Self> {
                match v1::$theirs::try_from(number).ok()? {
                    $(v1::$theirs::$word => Some(Self::$word),)+
                    v1::$theirs::Unspecified => None,
                }
            }
        }
    )+};
}

words! {
    Band = Band { Low, Medium, High, Block }
    Label = Label { Guest, NotGuest }
    NetClass = NetworkClass { Residential, Mobile, Corporate, Relay, Vpn, Hosting, Tor }
    Os = Os { Ios, Android, Windows, Macos, Linux, Chromeos, Other }
    Browser = Browser { Safari, Chrome, Edge, Firefox, Samsung, Opera, Library, Other }
    DeviceKind = DeviceKind { Phone, Tablet, Desktop, Unknown }
    Action = Action { Allow, StepUp, Hold, Block }
}

/// That nobody watched is a word too: the number 0.
impl Word for Acts {
    fn number(self) -> i32 {
        let word = match self {
            Self::Unknown => v1::Acts::Unspecified,
            Self::Known(None) => v1::Acts::None,
            Self::Known(Some(Act::Interacted)) => v1::Acts::Interacted,
            Self::Known(Some(Act::Answered)) => v1::Acts::Answered,
            Self::Known(Some(Act::Verified)) => v1::Acts::Verified,
        };
        word as i32
    }

    fn of(number: i32) -> Option<Self> {
        Some(match v1::Acts::try_from(number).ok()? {
            v1::Acts::Unspecified => Self::Unknown,
            v1::Acts::None => Self::Known(None),
            v1::Acts::Interacted => Self::Known(Some(Act::Interacted)),
            v1::Acts::Answered => Self::Known(Some(Act::Answered)),
            v1::Acts::Verified => Self::Known(Some(Act::Verified)),
        })
    }
}
