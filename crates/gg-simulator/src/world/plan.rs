//! What happens in a world, before it is written: visits of people, of machines, of thieves.

use gg_domain::access::{Act, Headers, Method};
use gg_domain::signals::Signals;

use super::device::Flaws;
use super::net::Line;

/// A visit by an assistant: legit to whoever reads the labels, told apart to whoever simulated it.
pub(crate) const ASSISTANT: &str = "assistant";

/// One access to come.
#[derive(Clone, Debug)]
pub(crate) struct Visit {
    /// When, in ms from the start.
    pub(crate) at: i64,
    /// Whose link: number in the world's list.
    pub(crate) guest: usize,
    /// What is true of it.
    pub(crate) label: &'static str,
    /// Over which line.
    pub(crate) line: Line,
    /// Who or what.
    pub(crate) who: Who,
}

/// Who or what opens.
#[derive(Clone, Debug)]
pub(crate) enum Who {
    /// A person's device, or a thief's.
    Device {
        /// Number of the device.
        device: usize,
        /// In an app's window, which has cookies of its own.
        app: bool,
        /// Does it bring and keep cookies?
        keeps: bool,
        /// Does a script run this time?
        script: bool,
        /// What the visit is told apart by: reloads belong to one.
        turn: u64,
        /// What is wrong with it.
        flaws: Flaws,
        /// What the person did.
        act: Option<Act>,
    },
    /// A machine, as it is: no cookie ever.
    Machine {
        /// Its headers.
        headers: Headers,
        /// What its script says, where it runs one.
        signals: Option<Box<Signals>>,
        /// GET or HEAD.
        method: Method,
    },
}
