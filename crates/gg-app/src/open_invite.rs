//! Follows a link to its guest: what a token opens, and what its page shows.
//!
//! A GET changes nothing: it leaves one fetch for the guest's timeline, through a bounded queue.

use std::time::Duration;

use gg_domain::access::{FetchClass, Headers, Method, Network};
use gg_domain::actor::Actor;
use gg_domain::event::answers_close;
use gg_domain::id::{AccountId, DeviceId, EventId, FetchId};
use gg_domain::invite::{InviteState, link_expired};
use gg_domain::token::{BadToken, Claims, Purpose};
use gg_store::{Conn, InvitePageRow, LinkRow, NewFetch, RsvpRow, WriteTx};
use jiff::Timestamp;
use tokio::sync::mpsc;

use crate::App;
use crate::error::{Error, Result};
use crate::score_access::previews_since;

/// Fetches that wait to be kept; a fuller queue drops them and counts, and the page is served.
const FETCH_QUEUE_LEN: usize = 4096;
/// Fetches kept in one transaction: some milliseconds, for which answers wait.
const FETCH_GROUP_MAX: usize = 256;
/// How long fetches gather before they are kept: each commit makes readers look at the file anew, and nobody waits
/// for these.
const FETCHES_GATHER: Duration = Duration::from_millis(100);

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
    /// The guest and the event.
    pub row: InvitePageRow,
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
    /// Whether this deployment can send anything at all: of this guest it says nothing.
    pub sends: bool,
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
        let (now, sends) = (self.sources.now(), self.outlet.is_open());
        self.store
            .read(async move |conn: &mut Conn| -> Result<_> {
                let generation = generation_of(&claims);
                let row = conn.invite_page(claims.guest, generation).await?.ok_or(BadToken)?;
                if !lives(&claims, row.state.as_deref(), row.key_id, row.ends_at, now) {
                    return Err(Error::DeadLink(BadToken));
                }
                let test = is_test(conn, &claims, row.event_id, viewer).await?;
                let actor = Actor::Invite { event: row.event_id, guest: row.guest_id };
                let rsvp = conn.rsvp(&actor, row.guest_id).await?;
                let closed = now >= answers_close(row.rsvp_deadline, row.ends_at);
                let fingerprint = row.policy.as_ref().is_none_or(|policy| policy.0.fingerprint);
                Ok(InvitePage { row, claims, rsvp, test, fingerprint, closed, sends })
            })
            .await
    }

    /// Whether the guest of a link is believed to use `device`, as this site knows it.
    pub fn is_known_device(&self, link: &OpenLink, device: DeviceId) -> bool {
        let device = self.secrets.event_device(link.row.event_id, device);
        let devices = link.row.risk.iter().flat_map(|risk| &risk.0.devices);
        devices.into_iter().any(|known| known.cookies.iter().any(|cookie| cookie.id == device))
    }

    /// Notes a GET or HEAD of a link, and says what it was taken for: a previewer and a scanner get the neutral card.
    /// A full queue drops it, and a metric counts.
    pub fn note_fetch(&self, page: &InvitePage, fetch: &Fetch) -> FetchClass {
        let class = gg_risk::classify_fetch(&fetch.headers, fetch.method, &fetch.network, fetch.has_cookie);
        let fetch = NewFetch {
            id: self.sources.id::<FetchId>(),
            guest: page.row.guest_id,
            event: page.row.event_id,
            class: class.as_str(),
            network: fetch.network.prefix().map(|prefix| prefix.to_string()).unwrap_or_default(),
            at: self.sources.now(),
        };
        if self.fetches.0.try_send(fetch).is_err() {
            metrics::counter!("guestguard_fetches_dropped_total").increment(1);
        }
        class
    }

    /// Keeps fetches until `stop`, and then those that wait. Run once, beside the server.
    pub async fn keep_fetches(&self, mut queue: FetchQueue, stop: impl Future<Output = ()>) {
        let mut stop = std::pin::pin!(stop);
        let mut group = Vec::new();
        loop {
            tokio::select! {
                taken = queue.0.recv_many(&mut group, FETCH_GROUP_MAX) => if taken == 0 { return },
                () = stop.as_mut(), if !queue.0.is_closed() => {
                    queue.0.close();
                    continue;
                }
            }
            // A full group has gathered already.
            if group.len() < FETCH_GROUP_MAX && !queue.0.is_closed() {
                tokio::time::sleep(FETCHES_GATHER).await;
            }
            while group.len() < FETCH_GROUP_MAX
                && let Ok(fetch) = queue.0.try_recv()
            {
                group.push(fetch);
            }
            let batch = std::mem::take(&mut group);
            let kept = self
                .store
                .write(async move |tx: &mut WriteTx| -> Result<_> {
                    let mut not_kept = 0;
                    for fetch in &batch {
                        not_kept += u64::from(!tx.insert_fetch(fetch).await?);
                    }
                    Ok(not_kept)
                })
                .await;
            match kept {
                Ok(not_kept) => metrics::counter!("guestguard_fetches_not_kept_total").increment(not_kept),
                Err(error) => tracing::error!(%error, "fetches of links could not be kept"),
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
    let row = conn.link(claims.guest, generation_of(&claims), previews_since(now)).await?.ok_or(BadToken)?;
    if !lives(&claims, row.state.as_deref(), row.key_id, row.ends_at, now) {
        return Err(Error::DeadLink(BadToken));
    }
    let test = is_test(conn, &claims, row.event_id, viewer).await?;
    Ok(OpenLink { claims, row, test })
}

/// Whether the link of that row is the one in force. What an opening of an older link says is about that link: the newer
/// one starts without suspicion, and stays so.
pub(crate) fn link_lives(link: &LinkRow) -> bool {
    link.state.as_deref() == Some(InviteState::Living.as_str())
}

/// The generation whose row a token stands on: "try the link" stands on none.
fn generation_of(claims: &Claims) -> u32 {
    if claims.purpose == Purpose::Try { 0 } else { claims.generation }
}

/// Whether a token still opens its link, whose row says `state` and `key_id`.
fn lives(
    claims: &Claims,
    state: Option<&str>,
    key_id: Option<u32>,
    ends_at: Timestamp,
    now: Timestamp,
) -> bool {
    let valid = match claims.purpose {
        Purpose::Try => now.as_second() / 60 < i64::from(claims.generation),
        Purpose::Invite => state.is_some_and(InviteState::opens) && key_id == Some(claims.key_id.0),
    };
    valid && !link_expired(ends_at, now)
}

/// Whether an organiser looks: a member of the event who is signed in, or "try the link".
async fn is_test(
    conn: &mut Conn,
    claims: &Claims,
    event: EventId,
    viewer: Option<AccountId>,
) -> Result<bool> {
    let Some(account) = viewer else { return Ok(claims.purpose == Purpose::Try) };
    let actor = Actor::account(account, gg_domain::actor::Permission::ReadEvent);
    Ok(claims.purpose == Purpose::Try || conn.role(&actor, event).await?.is_some())
}
