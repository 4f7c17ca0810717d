//! Messages to guests: what they say, the way they go, and what became of them.

/// The way on which a message goes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Channel {
    /// Mail.
    Email,
    /// A text message.
    Sms,
    /// WhatsApp.
    WhatsApp,
}

impl Channel {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Email, Self::Sms, Self::WhatsApp];

    /// The way's word, as it is stored and travels.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sms => "sms",
            Self::WhatsApp => "whatsapp",
        }
    }

    /// The way of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.as_str() == word)
    }
}

/// What a message says.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum MessageKind {
    /// The first word, with the guest's link.
    Invitation,
    /// The link once more, to who has not answered.
    Reminder,
    /// Six digits that confirm the contact.
    Code,
    /// A new link in place of one that is in other hands.
    FreshLink,
}

impl MessageKind {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Invitation, Self::Reminder, Self::Code, Self::FreshLink];

    /// The kind's word, as it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::Reminder => "reminder",
            Self::Code => "code",
            Self::FreshLink => "fresh_link",
        }
    }

    /// The kind of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// What became of a message.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum MessageState {
    /// On its way.
    Queued,
    /// Handed to the channel.
    Sent,
    /// Not sent: there was no way to the guest, or nothing left to say.
    Skipped,
}

impl MessageState {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Queued, Self::Sent, Self::Skipped];

    /// The state's word, as it is stored and told.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Skipped => "skipped",
        }
    }

    /// The state of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}
