//! Who acts, and what he may do: the permission table of CONTRACT.md in one place.
//!
//! Every store method on tenant data takes an [`Actor`] first. Tenancy is membership of the event:
//! to who is not a member, an event and all in it do not exist.

use serde::{Deserialize, Serialize};

use crate::id::{AccountId, EventId, GuestId};

/// What a member of an event is to it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// May do all.
    Owner,
    /// All but members, policy, webhooks and deletion of the event.
    Editor,
    /// Reads names, parties, answers and bands without contacts; labels accesses.
    Door,
    /// Reads.
    Viewer,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Owner, Self::Editor, Self::Door, Self::Viewer];

    /// The role's word, as it is stored and travels.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Editor => "editor",
            Self::Door => "door",
            Self::Viewer => "viewer",
        }
    }

    /// The role of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }

    /// Whether contacts, notes, free answers and addresses are kept from this role.
    pub const fn sees_contacts(self) -> bool {
        !matches!(self, Self::Door)
    }
}

/// What a route does, and so what its caller must be allowed to do. Each route declares one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Permission {
    /// Anybody: pages and probes.
    Public,
    /// Who holds a guest's living link.
    Link,
    /// Any signed-in account: its own events, sessions, keys.
    Account,
    /// Any signed-in account that was invited to help: it becomes a member.
    Join,
    /// Reads an event, its summary, activity and feed.
    ReadEvent,
    /// Changes an event.
    WriteEvent,
    /// Deletes an event.
    DeleteEvent,
    /// Reads guests and their answers.
    ReadGuests,
    /// Makes, changes and deletes guests, imports them, records answers.
    WriteGuests,
    /// Takes the guest list out.
    ExportGuests,
    /// Issues, rotates, revokes and sends links.
    Links,
    /// Says of an access whether it was the guest.
    LabelAccesses,
    /// Reads an event's policy.
    ReadPolicy,
    /// Changes an event's policy.
    WritePolicy,
    /// Reads, invites and removes members.
    Members,
    /// Reads messages as guests receive them, with their links and codes.
    ReadMessages,
}

impl Permission {
    /// Every permission.
    pub const ALL: [Self; 16] = [
        Self::Public,
        Self::Link,
        Self::Account,
        Self::Join,
        Self::ReadEvent,
        Self::WriteEvent,
        Self::DeleteEvent,
        Self::ReadGuests,
        Self::WriteGuests,
        Self::ExportGuests,
        Self::Links,
        Self::LabelAccesses,
        Self::ReadPolicy,
        Self::WritePolicy,
        Self::Members,
        Self::ReadMessages,
    ];

    /// Whether a member with `role` may do this.
    pub const fn allows(self, role: Role) -> bool {
        match self {
            Self::Public | Self::Link | Self::Account | Self::Join | Self::ReadEvent | Self::ReadGuests => {
                true
            }
            Self::LabelAccesses => !matches!(role, Role::Viewer),
            Self::WriteEvent | Self::WriteGuests | Self::ExportGuests | Self::Links => {
                matches!(role, Role::Owner | Role::Editor)
            }
            // An editor may "all but members, policy …", and what a viewer reads is listed: the policy is the owner's to
            // read as much as the team is. It names networks and assistants. Who reads a guest's code is that guest to us.
            Self::DeleteEvent | Self::ReadPolicy | Self::WritePolicy | Self::Members | Self::ReadMessages => {
                matches!(role, Role::Owner)
            }
        }
    }

    /// The scope that an API key needs for this; none where no key is asked for.
    pub const fn scope(self) -> Option<Scope> {
        match self {
            Self::Public | Self::Link => None,
            Self::Account | Self::ReadEvent | Self::ReadPolicy => Some(Scope::EventsRead),
            Self::WriteEvent | Self::DeleteEvent | Self::WritePolicy => Some(Scope::EventsWrite),
            Self::ReadGuests | Self::ExportGuests => Some(Scope::GuestsRead),
            Self::WriteGuests => Some(Scope::GuestsWrite),
            Self::Links | Self::ReadMessages => Some(Scope::LinksWrite),
            Self::LabelAccesses => Some(Scope::AccessesWrite),
            // A key that may only read must not make its account a member of anything.
            Self::Members | Self::Join => Some(Scope::MembersWrite),
        }
    }
}

/// What an API key may be used for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Scope {
    /// Reads events, summaries, policies.
    #[serde(rename = "events:read")]
    EventsRead,
    /// Makes, changes and deletes events and their policies.
    #[serde(rename = "events:write")]
    EventsWrite,
    /// Reads and exports guests and answers; activity and the live feed, which tell of both.
    #[serde(rename = "guests:read")]
    GuestsRead,
    /// Makes, changes, imports and deletes guests; records answers.
    #[serde(rename = "guests:write")]
    GuestsWrite,
    /// Issues, rotates, revokes and sends links.
    #[serde(rename = "links:write")]
    LinksWrite,
    /// Labels accesses.
    #[serde(rename = "accesses:write")]
    AccessesWrite,
    /// Invites and removes members; accepts an invitation to be one.
    #[serde(rename = "members:write")]
    MembersWrite,
}

impl Scope {
    /// Every scope: what a key has for which none was named.
    pub const ALL: [Self; 7] = [
        Self::EventsRead,
        Self::EventsWrite,
        Self::GuestsRead,
        Self::GuestsWrite,
        Self::LinksWrite,
        Self::AccessesWrite,
        Self::MembersWrite,
    ];

    /// The scope's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EventsRead => "events:read",
            Self::EventsWrite => "events:write",
            Self::GuestsRead => "guests:read",
            Self::GuestsWrite => "guests:write",
            Self::LinksWrite => "links:write",
            Self::AccessesWrite => "accesses:write",
            Self::MembersWrite => "members:write",
        }
    }

    /// The scope of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == word)
    }
}

/// Who asks the store for something.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Actor {
    /// An organiser, for what the route that he called does.
    Account {
        /// Who.
        id: AccountId,
        /// What for: the store lets through only members whose role allows it.
        permission: Permission,
    },
    /// Who holds a link that was verified.
    Invite {
        /// The guest's event.
        event: EventId,
        /// The guest, and no other.
        guest: GuestId,
    },
    /// A job of ours, by name.
    System(&'static str),
}

impl Actor {
    /// An organiser who does `permission`.
    pub const fn account(id: AccountId, permission: Permission) -> Self {
        Self::Account { id, permission }
    }

    /// The account, where one acts.
    pub const fn account_id(&self) -> Option<AccountId> {
        match self {
            Self::Account { id, .. } => Some(*id),
            Self::Invite { .. } | Self::System(_) => None,
        }
    }

    /// Whether this actor's kind can reach what is `guest`'s: a link reaches its own guest alone. Of an
    /// account the store asks for its membership too.
    pub fn reaches_guest(&self, guest: GuestId) -> bool {
        !matches!(self, Self::Invite { guest: own, .. } if *own != guest)
    }

    /// Whether this actor's kind can reach `event`: a link reaches its own event alone.
    pub fn reaches_event(&self, event: EventId) -> bool {
        !matches!(self, Self::Invite { event: own, .. } if *own != event)
    }

    /// What a member's role makes of this actor: `None` where the event is none of his.
    ///
    /// # Errors
    /// [`Forbidden`] where he is a member whose role does not suffice.
    pub fn judge(&self, role: Option<Role>) -> Result<Option<Role>, Forbidden> {
        match (self, role) {
            (Self::System(_), _) => Ok(Some(Role::Owner)),
            (Self::Invite { .. }, _) | (Self::Account { .. }, None) => Ok(None),
            (Self::Account { permission, .. }, Some(role)) => {
                if permission.allows(role) {
                    Ok(Some(role))
                } else {
                    Err(Forbidden)
                }
            }
        }
    }
}

/// A member's role does not suffice.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("your role in this event does not allow that")]
pub struct Forbidden;

#[cfg(test)]
mod tests {
    use super::*;

    /// CONTRACT.md's table of roles, by hand, so that a change of the rule is a change here too.
    #[test]
    fn permission_table_is_the_contract() {
        use Permission as P;
        for permission in P::ALL {
            let allowed: Vec<Role> = Role::ALL.into_iter().filter(|role| permission.allows(*role)).collect();
            let expected: &[Role] = match permission {
                P::Public | P::Link | P::Account | P::Join | P::ReadEvent | P::ReadGuests => &Role::ALL,
                P::LabelAccesses => &[Role::Owner, Role::Editor, Role::Door],
                P::WriteEvent | P::WriteGuests | P::ExportGuests | P::Links => &[Role::Owner, Role::Editor],
                P::DeleteEvent | P::ReadPolicy | P::WritePolicy | P::Members | P::ReadMessages => {
                    &[Role::Owner]
                }
            };
            assert_eq!(allowed, expected, "{permission:?}");
        }
    }

    #[test]
    fn who_is_no_member_sees_nothing_and_who_may_not_is_told() {
        let account = AccountId::from_uuid(uuid::Uuid::nil());
        let actor = Actor::account(account, Permission::ExportGuests);

        assert_eq!(actor.judge(None), Ok(None));
        assert_eq!(actor.judge(Some(Role::Door)), Err(Forbidden));
        assert_eq!(actor.judge(Some(Role::Editor)), Ok(Some(Role::Editor)));
    }
}
