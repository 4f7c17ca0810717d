//! Follows a link to its guest: what a token opens, and what its page shows.
//!
//! A GET changes nothing: it leaves one fetch for the guest's timeline, through a bounded queue.

use gg_domain::access::{FetchClass, Headers, Method, Network};
use gg_domain::actor::Actor;
use gg_domain::id::{AccountId, DeviceId, FetchId};
use gg_domain::invite::{InviteState, link_expired};
use gg_domain::token::{BadToken, Claims, Purpose};
use gg_store::{Conn, EventRow, GuestRow, LinkRow, NewFetch, RsvpRow, WriteTx};
use jiff::Timestamp;
use tokio::sync::mpsc;

use crate::App;
use crate::error::{Error, Result};
use crate::score_access::previews_since;

/// Fetches that wait to be kept; a fuller queue drops them and counts, and the page is served.
const FETCH_QUEUE_LEN: usize = 4096;
/// Fetches kept in one transaction.
const FETCH_GROUP_MAX: usize = 128;

/// A link that lives, and how it is looked at.
#[derive(Debug)]
pub struct OpenLink {
    /// What the token says.
    pub claims: Claims,
    /// Guest, event, policy, risk.
    pub row: LinkRow,
    /// An organiser's look: a member of the event, or "try the link".
    pub test: bool,
}

/// What the guest's page shows.
#[derive(Debug)]
pub struct InvitePage {
    /// The event.
    pub event: EventRow,
    /// The guest.
    pub guest: GuestRow,
    /// Which of his links: what its nonces are made for.
    pub claims: Claims,
    /// His answer so far.
    pub rsvp: Option<RsvpRow>,
    /// An organiser's look.
    pub test: bool,
    /// Whether the event asks the browser for signals.
    pub fingerprint: bool,
    /// Answers are closed.
    pub closed: bool,
}

/// A GET or HEAD of a link as it arrived.
#[derive(Clone, Debug)]
pub struct Fetch {
    /// From where.
    pub network: Network,
    /// With which headers.
    pub headers: Headers,
    /// GET or HEAD.
    pub method: Method,
    /// Whether it brought a device cookie of ours.
    pub has_cookie: bool,
}

impl Fetch {
    /// What it is taken for: a previewer and a scanner get the neutral card.
    pub fn class(&self) -> FetchClass {
        gg_risk::classify_fetch(&self.headers, self.method, &self.network, self.has_cookie)
    }
}

/// Where fetches wait to be kept.
#[derive(Clone, Debug)]
pub struct Fetches(mpsc::Sender<NewFetch>);

/// The other end of [`Fetches`].
#[derive(Debug)]
pub struct FetchQueue(mpsc::Receiver<NewFetch>);

/// A queue for fetches.
pub fn fetches() -> (Fetches, FetchQueue) {
    let (sender, receiver) = mpsc::channel(FETCH_QUEUE_LEN);
    (Fetches(sender), FetchQueue(receiver))
}

impl App {
    /// What `token` opens for who is signed in as `viewer`, or for nobody known.
    ///
    /// # Errors
    /// [`Error::DeadLink`] for every token that opens nothing, whatever the reason.
    pub async fn follow_link(&self, token: &str, viewer: Option<AccountId>) -> Result<OpenLink> {
        let claims = self.keyring.verify(token, &[Purpose::Invite, Purpose::Try]).await?;
        let now = self.sources.now();
        self.store
            .read(async move |conn: &mut Conn| -> Result<_> { open_link(conn, claims, viewer, now).await })
            .await
    }

    /// What the page of a link shows. Reads only: see [`App::note_fetch`] for what a GET leaves.
    ///
    /// # Errors
    /// [`Error::DeadLink`].
    pub async fn invite_page(&self, token: &str, viewer: Option<AccountId>) -> Result<InvitePage> {
        let claims = self.keyring.verify(token, &[Purpose::Invite, Purpose::Try]).await?;
        let now = self.sources.now();
        self.store
            .read(async move |conn: &mut Conn| -> Result<_> {
                let link = open_link(conn, claims, viewer, now).await?;
                let actor = Actor::Invite { event: link.row.event_id, guest: link.row.guest_id };
                let event = conn.event(&actor, link.row.event_id).await?.ok_or(BadToken)?;
                let guest = conn.guest(&actor, link.row.guest_id).await?.ok_or(BadToken)?;
                let rsvp = conn.rsvp(&actor, link.row.guest_id).await?;
                let closed = now >= event.details().answers_close();
                let fingerprint = link.row.policy.as_ref().is_none_or(|policy| policy.0.fingerprint);
                Ok(InvitePage { event, guest, claims, rsvp, test: link.test, fingerprint, closed })
            })
            .await
    }

    /// Whether the guest of the link with `token` is believed to use `device`, as this site knows it.
    ///
    /// # Errors
    /// [`Error::DeadLink`].
    pub async fn is_known_device(&self, token: &str, device: DeviceId) -> Result<bool> {
        let link = self.follow_link(token, None).await?;
        let device = self.secrets.event_device(link.row.event_id, device);
        let devices = link.row.risk.map(|risk| risk.0.devices).unwrap_or_default();
        Ok(devices.iter().any(|known| known.cookies.iter().any(|cookie| cookie.id == device)))
    }

    /// Notes a GET or HEAD of a link; a full queue drops it, and a metric counts.
    pub fn note_fetch(&self, page: &InvitePage, fetch: &Fetch) {
        let fetch = NewFetch {
            id: self.sources.id::<FetchId>(),
            guest: page.guest.id,
            event: page.event.id,
            class: fetch.class().as_str(),
            network: fetch.network.prefix().map(|prefix| prefix.to_string()).unwrap_or_default(),
            at: self.sources.now(),
        };
        if self.fetches.0.try_send(fetch).is_err() {
            metrics::counter!("guestguard_fetches_dropped_total").increment(1);
        }
    }

    /// Keeps fetches until every sender is gone. Run once, beside the server.
    pub async fn keep_fetches(&self, mut queue: FetchQueue) {
        let mut group = Vec::new();
        while queue.0.recv_many(&mut group, FETCH_GROUP_MAX).await > 0 {
            let batch = std::mem::take(&mut group);
            let kept = self
                .store
                .write(async move |tx: &mut WriteTx| -> Result<_> {
                    for fetch in &batch {
                        if !tx.insert_fetch(fetch).await? {
                            metrics::counter!("guestguard_fetches_not_kept_total").increment(1);
                        }
                    }
                    Ok(())
                })
                .await;
            if let Err(error) = kept {
                tracing::error!(%error, "fetches of links could not be kept");
            }
        }
    }
}

pub(crate) async fn open_link(
    conn: &mut Conn,
    claims: Claims,
    viewer: Option<AccountId>,
    now: Timestamp,
) -> Result<OpenLink> {
    let generation = if claims.purpose == Purpose::Try { 0 } else { claims.generation };
    let row = conn.link(claims.guest, generation, previews_since(now)).await?.ok_or(BadToken)?;
    let lives = match claims.purpose {
        Purpose::Try => now.as_second() / 60 < i64::from(claims.generation),
        Purpose::Invite => {
            row.state.as_deref() == Some(InviteState::Living.as_str()) && row.key_id == Some(claims.key_id.0)
        }
    };
    if !lives || link_expired(row.ends_at, now) {
        return Err(Error::DeadLink(BadToken));
    }
    let member = match viewer {
        Some(account) => {
            let actor = Actor::account(account, gg_domain::actor::Permission::ReadEvent);
            conn.role(&actor, row.event_id).await?.is_some()
        }
        None => false,
    };
    Ok(OpenLink { claims, row, test: member || claims.purpose == Purpose::Try })
}
