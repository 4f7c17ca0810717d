//! What the live feed tells of: the types of its messages.

/// The type of a message of the feed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum FeedKind {
    /// A guest answered for the first time.
    RsvpCreated,
    /// An answer changed, was released or dropped.
    RsvpUpdated,
    /// A human opening was judged, or judged again.
    AccessChecked,
    /// A guest's link was opened by a human for the first time.
    GuestOpened,
    /// A guest was added to the list.
    GuestCreated,
    /// A message to a guest went on its way, arrived or failed.
    NotificationUpdated,
}

impl FeedKind {
    /// Every type that is stored.
    pub const ALL: [Self; 6] = [
        Self::RsvpCreated,
        Self::RsvpUpdated,
        Self::AccessChecked,
        Self::GuestOpened,
        Self::GuestCreated,
        Self::NotificationUpdated,
    ];

    /// The type's word in an envelope.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RsvpCreated => "rsvp.created",
            Self::RsvpUpdated => "rsvp.updated",
            Self::AccessChecked => "access.checked",
            Self::GuestOpened => "guest.opened",
            Self::GuestCreated => "guest.created",
            Self::NotificationUpdated => "notification.updated",
        }
    }

    /// The type of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}
