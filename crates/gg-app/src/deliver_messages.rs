//! Makes messages of the outbox's rows: hands over those that wait, and shows the owner what guests receive.

use gg_domain::actor::Actor;
use gg_domain::id::{EventId, GuestId, MessageId};
use gg_domain::invite::InviteState;
use gg_domain::message::{Channel, MessageKind, MessageState};
use gg_domain::name::PersonName;
use gg_domain::step_up::Code;
use gg_domain::token::{KeyId, Purpose};
use gg_notify::{About, Message, Says};
use gg_store::{CODE_NONCE_LEN, Conn, MessageRow, WriteTx};
use jiff::Timestamp;

use crate::App;
use crate::error::{Error, Result};
use crate::facts;
use crate::outlet::Outlet;
use crate::plan_event::member;

/// Messages handed over in one transaction.
const DELIVERED_AT_ONCE: i64 = 100;
/// Messages that the viewer shows, the latest first.
pub const MESSAGES_SHOWN_MAX: i64 = 100;
/// Who hands over.
const JOB: Actor = Actor::System("deliver_messages");
/// What was to be said is over: the link was replaced, the code has expired.
const OVER: &str = "over";

/// A message as the owner of the event sees it in the viewer: with what is secret in it.
pub struct SeenMessage {
    /// Its id.
    pub id: MessageId,
    /// To whom.
    pub guest: GuestId,
    /// His name.
    pub guest_name: PersonName,
    /// What it says.
    pub kind: MessageKind,
    /// The way it goes; none where there is none.
    pub channel: Option<Channel>,
    /// The address or number it goes to, as it is now.
    pub to: Option<String>,
    /// What became of it.
    pub state: MessageState,
    /// When it was written.
    pub at: Timestamp,
    /// What the guest reads; none where nothing is left to say.
    pub message: Option<Message>,
    /// The link in it.
    pub link: Option<String>,
    /// The code in it.
    pub code: Option<Code>,
}

/// What is secret in a message.
enum Brings {
    Link(String),
    Code(Code),
}

impl App {
    /// Hands over messages that wait, each once, and tells the feed. Gives how many: while there were any, more may
    /// wait.
    ///
    /// # Errors
    /// The store's; what was handed over until then stays.
    pub async fn deliver_messages(&self) -> Result<usize> {
        if !self.outlet.is_open() {
            return Ok(0);
        }
        let rows = self
            .store
            .read(async move |conn: &mut Conn| -> Result<_> {
                Ok(conn.queued_messages(&JOB, DELIVERED_AT_ONCE).await?)
            })
            .await?;
        if rows.is_empty() {
            return Ok(0);
        }
        let at = self.sources.now();
        let outcomes: Vec<(MessageRow, MessageState)> = rows
            .into_iter()
            .map(|row| {
                let is_over = row.code_expires_at.is_some_and(|expires| expires <= at);
                let state = if is_over || self.brings(&row).is_none() {
                    MessageState::Skipped
                } else {
                    MessageState::Sent
                };
                (row, state)
            })
            .collect();
        let (count, sources) = (outcomes.len(), self.sources.clone());
        self.store
            .write(async move |tx: &mut WriteTx| -> Result<_> {
                for (row, state) in &outcomes {
                    let detail = (*state == MessageState::Skipped).then_some(OVER);
                    if !tx.finish_message(row.id, *state, detail, at).await? {
                        continue;
                    }
                    if let (MessageState::Sent, Some(invite)) = (state, row.invite_id) {
                        tx.note_link_sent(invite, at).await?;
                    }
                    let (event, guest) = (row.event_id, row.guest_id);
                    tx.append_feed(&facts::notified(&sources, event, guest, row.channel, *state, at)).await?;
                }
                Ok(())
            })
            .await?;
        Ok(count)
    }

    /// An event's messages as its guests receive them, the latest first: for its owner, and only where the viewer is on.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`].
    pub async fn messages(&self, actor: Actor, event: EventId) -> Result<Vec<SeenMessage>> {
        let rows = self
            .store
            .read(async move |conn: &mut Conn| -> Result<_> {
                member(conn, &actor, event).await?;
                Ok(conn.messages(event, MESSAGES_SHOWN_MAX).await?)
            })
            .await?;
        match self.outlet {
            Outlet::Viewer => Ok(rows.into_iter().map(|row| self.seen(row)).collect()),
            Outlet::Nowhere => Err(Error::NotFound),
        }
    }

    fn seen(&self, row: MessageRow) -> SeenMessage {
        let brings = row.channel.and_then(|_| self.brings(&row));
        let message =
            row.channel.zip(brings.as_ref()).and_then(|(channel, brings)| wrote(channel, &row, brings));
        let to = match row.channel {
            Some(Channel::Email) => row.email.map(|email| email.as_str().to_string()),
            Some(Channel::Sms | Channel::WhatsApp) => row.phone.map(|phone| phone.as_str().to_string()),
            None => None,
        };
        let (link, code) = match brings {
            Some(Brings::Link(link)) => (Some(link), None),
            Some(Brings::Code(code)) => (None, Some(code)),
            None => (None, None),
        };
        SeenMessage {
            id: row.id,
            guest: row.guest_id,
            guest_name: row.guest_name,
            kind: row.kind,
            channel: row.channel,
            to,
            state: row.state,
            at: row.created_at,
            message,
            link,
            code,
        }
    }

    /// The link or the code of a message, made again; none where the link opens nothing any more, or the code is
    /// forgotten.
    fn brings(&self, row: &MessageRow) -> Option<Brings> {
        if row.kind == MessageKind::Code {
            let nonce = <[u8; CODE_NONCE_LEN]>::try_from(row.code_nonce.as_deref()?).ok()?;
            return Some(Brings::Code(self.secrets.step_up_code(&nonce, row.guest_id, row.code_access?)));
        }
        row.invite_state.as_deref().filter(|state| InviteState::opens(state))?;
        let link = self.tell(KeyId(row.key_id?), row.guest_id, row.generation?, Purpose::Invite).ok()?;
        Some(Brings::Link(link.url))
    }
}

fn wrote(channel: Channel, row: &MessageRow, brings: &Brings) -> Option<Message> {
    let about = About {
        guest: row.guest_name.as_str(),
        event: &row.event_name,
        starts_at: row.starts_at,
        time_zone: &row.time_zone,
        venue: row.venue.as_deref(),
    };
    let says = match (row.kind, brings) {
        (MessageKind::Invitation, Brings::Link(link)) => Says::Invitation { link },
        (MessageKind::Reminder, Brings::Link(link)) => Says::Reminder { link },
        (MessageKind::FreshLink, Brings::Link(link)) => Says::FreshLink { link },
        (MessageKind::Code, Brings::Code(code)) => Says::Code { code: code.expose() },
        _ => return None,
    };
    match gg_notify::write(channel, &about, says) {
        Ok(message) => Some(message),
        Err(error) => {
            tracing::error!(%error, "a message did not render");
            None
        }
    }
}
