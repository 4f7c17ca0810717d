//! What the guest's page says: the question, the answer as it was taken, or what comes first.

use crate::view::Field;

/// What the guest's page says.
#[derive(Clone, PartialEq, Eq)]
pub enum InviteState {
    /// The question, with what was typed.
    Open(AnswerForm),
    /// The answer is taken.
    Answered(Confirmation),
    /// The answer is taken and waits for the host's word.
    Held,
    /// No seat is left; whoever wants none can still say so.
    Full {
        /// What was typed, to be sent again when a seat comes free.
        form: AnswerForm,
        /// Whether the guest had said no before, which stands.
        declined: bool,
    },
    /// The deadline has passed.
    Closed {
        /// What was answered before; `None` where nothing was.
        answered: Option<bool>,
    },
    /// A code is asked for.
    StepUp(StepUp),
    /// This device may not answer.
    Blocked(Stopped),
    /// The hosts are asked for an invitation of somebody's own.
    WishTaken,
}

impl InviteState {
    /// Whether there is a form that takes an answer.
    pub fn asks(&self) -> bool {
        match self {
            Self::Open(_) | Self::Full { .. } => true,
            Self::Answered(answer) => answer.change.is_some(),
            Self::Held | Self::Closed { .. } | Self::StepUp(_) | Self::Blocked(_) | Self::WishTaken => false,
        }
    }

    /// Whether somebody was asked for more, or stopped, by an opening before.
    pub(super) fn is_stop(&self) -> bool {
        matches!(self, Self::StepUp(_) | Self::Blocked(_) | Self::WishTaken)
    }
}

/// The question's form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AnswerForm {
    /// Whether yes is chosen; `None` for neither.
    pub attending: Option<bool>,
    /// How many the guest brings, as shown at first.
    pub bringing: u32,
    /// One field for each guest allowed.
    pub names: Vec<Field>,
    /// What is not eaten.
    pub diet: Field,
    /// A word to the host.
    pub note: Field,
    /// What is wrong, as a sentence.
    pub error: Option<String>,
}

impl AnswerForm {
    /// Whether yes is chosen.
    pub fn yes(&self) -> bool {
        self.attending == Some(true)
    }

    /// Whether no is chosen.
    pub fn no(&self) -> bool {
        self.attending == Some(false)
    }
}

/// The answer as it was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    /// Whether the guest comes.
    pub attending: bool,
    /// Who comes too.
    pub plus_ones: Vec<String>,
    /// The form to change it; `None` where the time for it has passed.
    pub change: Option<AnswerForm>,
}

/// A code sent to the invited contact.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct StepUp {
    /// The opening that the code is for.
    pub access_id: String,
    /// Whether a code was just sent.
    pub sent: bool,
    /// What is wrong with the code typed.
    pub error: Option<String>,
    /// What was typed of the answer.
    pub typed: Typed,
}

/// What was typed of an answer while something else comes first.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Typed {
    /// Coming?
    pub attending: Option<bool>,
    /// Who comes too.
    pub names: Vec<String>,
    /// What is not eaten.
    pub diet: String,
    /// A word to the host.
    pub note: String,
}

/// What somebody reads who may not answer from here.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Stopped {
    /// Whether a fresh link was just asked for.
    pub fresh_link_sent: bool,
    /// Why none was sent now.
    pub error: Option<String>,
    /// The form of somebody to whom the link was passed on.
    pub passed_on: PassedOn,
}

/// The form of somebody to whom a link was passed on.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PassedOn {
    /// Whether it is unfolded.
    pub is_open: bool,
    /// His name.
    pub name: Field,
    /// Where he can be reached.
    pub contact: Field,
    /// A word to the hosts.
    pub note: Field,
    /// What is wrong, as a sentence.
    pub error: Option<String>,
}
