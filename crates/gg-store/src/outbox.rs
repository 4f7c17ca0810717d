//! The outbox: messages to guests, written by the transaction that causes them, made and sent afterwards.
//!
//! A row holds kind, version and ids. Names, addresses, links and codes are looked up when the message is made, so that
//! an erased guest leaves none behind and a row in other hands opens nothing.

use gg_domain::actor::Actor;
use gg_domain::email::EmailAddress;
use gg_domain::id::{AccessId, EventId, GuestId, InviteId, MessageId};
use gg_domain::message::{Channel, MessageKind, MessageState};
use gg_domain::name::PersonName;
use gg_domain::phone::PhoneNumber;
use gg_domain::step_up::Asked;
use jiff::Timestamp;
use uuid::Uuid;

use crate::db::{Conn, WriteTx};
use crate::error::Result;
use crate::value::{args, row};

/// The form of the rows that this version writes.
const VERSION: i64 = 1;

/// A message to be sent, or one for which there is no way.
#[derive(Clone, Debug)]
pub struct NewMessage {
    /// Its id.
    pub id: MessageId,
    /// The event.
    pub event: EventId,
    /// To whom.
    pub guest: GuestId,
    /// What it says.
    pub kind: MessageKind,
    /// The way it goes; none where there is none.
    pub channel: Option<Channel>,
    /// The code or the generation of the link that is in it.
    pub about: Option<Uuid>,
    /// Queued, or skipped at once.
    pub state: MessageState,
    /// Why it was skipped.
    pub detail: Option<&'static str>,
    /// When.
    pub at: Timestamp,
}

row! {
    /// A message with all that it is made of.
    pub struct MessageRow {
        /// Its id.
        pub id: MessageId,
        /// The event.
        pub event_id: EventId,
        /// To whom.
        pub guest_id: GuestId,
        /// What it says.
        pub kind: MessageKind,
        /// The way it goes.
        pub channel: Option<Channel>,
        /// What became of it.
        pub state: MessageState,
        /// Why it was skipped.
        pub detail: Option<String>,
        /// When it was written.
        pub created_at: Timestamp,
        /// The guest's name.
        pub guest_name: PersonName,
        /// Where mail reaches him.
        pub email: Option<EmailAddress>,
        /// Where messages reach him.
        pub phone: Option<PhoneNumber>,
        /// The event's name.
        pub event_name: String,
        /// When it starts.
        pub starts_at: Timestamp,
        /// The IANA zone of its times.
        pub time_zone: String,
        /// Where.
        pub venue: Option<String>,
        /// The link in it: its id.
        pub invite_id: Option<InviteId>,
        /// The link's state.
        pub invite_state: Option<String>,
        /// The key that signs it.
        pub key_id: Option<u32>,
        /// Which of the guest's links.
        pub generation: Option<u32>,
        /// The code in it: what it is made of.
        pub code_nonce: Option<Vec<u8>>,
        /// The opening that the code is for.
        pub code_access: Option<AccessId>,
        /// Until when the code is good.
        pub code_expires_at: Option<Timestamp>,
    }
}

macro_rules! message_columns {
    ($rest:literal) => {
        concat!(
            "select o.id, o.event_id, o.guest_id, o.kind, o.channel, o.state, o.detail, o.created_at, g.name, g.email,
                g.phone, e.name, e.starts_at, e.time_zone, e.venue, i.id, i.state, i.key_id, i.generation, c.nonce,
                c.access_id, c.expires_at
            from outbox o
            join guests g on g.id = o.guest_id
            join events e on e.id = o.event_id
            left join invites i on i.id = o.about_id
            left join step_up_codes c on c.id = o.about_id ",
            $rest
        )
    };
}

impl Conn {
    /// An event's messages, the latest first. Who may see them, the use case has asked.
    pub async fn messages(&mut self, event: EventId, limit: i64) -> Result<Vec<MessageRow>> {
        const SQL: &str = message_columns!("where o.event_id = $1 order by o.id desc limit $2");
        self.all(SQL, args![event, limit]).await
    }

    /// Messages on their way, the oldest first. For a job of ours alone.
    pub async fn queued_messages(&mut self, actor: &Actor, limit: i64) -> Result<Vec<MessageRow>> {
        const SQL: &str = message_columns!("where o.state = 'queued' order by o.id limit $1");
        match actor {
            Actor::System(_) => self.all(SQL, args![limit]).await,
            Actor::Account { .. } | Actor::Invite { .. } => Ok(Vec::new()),
        }
    }

    /// Which messages of a kind were asked for since `since`: the latest `most` of a guest, and how many of his event.
    pub async fn messages_asked(
        &mut self,
        event: EventId,
        guest: GuestId,
        kind: MessageKind,
        since: Timestamp,
        most: usize,
    ) -> Result<Asked> {
        const GUEST: &str = "select created_at from outbox
            where guest_id = $1 and kind = $2 and created_at > $3 order by id desc limit $4";
        const EVENT: &str = "select cast(count(*) as bigint) from outbox
            where event_id = $1 and kind = $2 and created_at > $3";
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let of_guest: Vec<(Timestamp,)> = self.all(GUEST, args![guest, kind, since, most]).await?;
        let (of_event,) = self.one::<(i64,)>(EVENT, args![event, kind, since]).await?;
        Ok(Asked {
            of_guest: of_guest.into_iter().map(|(at,)| at).collect(),
            of_event: usize::try_from(of_event).unwrap_or(0),
        })
    }
}

impl WriteTx {
    /// Puts a message into the outbox.
    pub async fn insert_message(&mut self, new: &NewMessage) -> Result<()> {
        const SQL: &str = "insert into outbox
                (id, event_id, guest_id, kind, version, channel, about_id, state, detail, created_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        let n = new;
        let args =
            args![n.id, n.event, n.guest, n.kind, VERSION, n.channel, n.about, n.state, n.detail, n.at];
        self.execute(SQL, args).await.map(|_| ())
    }

    /// Notes what became of a message that was on its way: of all who try, one is told `true`.
    pub async fn finish_message(
        &mut self,
        message: MessageId,
        state: MessageState,
        detail: Option<&'static str>,
        at: Timestamp,
    ) -> Result<bool> {
        const SQL: &str =
            "update outbox set state = $2, detail = $3, done_at = $4 where id = $1 and state = 'queued'";
        Ok(self.execute(SQL, args![message, state, detail, at]).await? == 1)
    }

    /// Notes that a link went to its guest.
    pub async fn note_link_sent(&mut self, invite: InviteId, at: Timestamp) -> Result<()> {
        const SQL: &str = "update invites set sent_at = $2 where id = $1";
        self.execute(SQL, args![invite, at]).await.map(|_| ())
    }
}
