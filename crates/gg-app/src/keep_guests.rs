//! Keeps the guest list: adds, reads, changes and erases guests, and tells what happened to each.

use gg_domain::actor::{Actor, Role};
use gg_domain::baseline::BaselineChange;
use gg_domain::decision::Decision;
use gg_domain::guest::{GuestDetails, GuestInput};
use gg_domain::id::{EventId, GuestId, PartyId};
use gg_domain::risk::GuestRisk;
use gg_store::{Conn, GuestFilter, GuestRow, Page, Paging, TimelineRow, WriteTx};
use uuid::Uuid;

use crate::App;
use crate::baseline::Baseline;
use crate::decide::{Decided, keep_decision};
use crate::error::{Error, Result};
use crate::facts;
use crate::plan_event::member;

/// Lines of each kind that a timeline shows.
const TIMELINE_LINES_MAX: i64 = 200;

impl App {
    /// Adds a guest to an event.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::NotFound`], [`Error::Forbidden`].
    pub async fn add_guest(&self, actor: Actor, event: EventId, input: &GuestInput) -> Result<GuestRow> {
        let details = GuestDetails::parse(input);
        let (guest, party, at) =
            (self.sources.id::<GuestId>(), self.sources.id::<PartyId>(), self.sources.now());
        let fact = facts::guest_created(&self.sources, event, guest, at);

        self.store
            .write(async move |tx: &mut WriteTx| -> Result<_> {
                member(tx, &actor, event).await?;
                tx.insert_guest(event, guest, party, &details?, at).await?;
                tx.append_feed(&fact).await?;
                tx.guest(&actor, guest).await?.ok_or(Error::NotFound)
            })
            .await
    }

    /// A guest, and the actor's role in his event.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`].
    pub async fn guest(&self, actor: Actor, guest: GuestId) -> Result<(GuestRow, Role)> {
        self.store.read(async move |conn: &mut Conn| member_guest(conn, &actor, guest).await).await
    }

    /// An event's guests, the oldest first, and the actor's role.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`].
    pub async fn guests(
        &self,
        actor: Actor,
        event: EventId,
        filter: GuestFilter,
        paging: Paging<GuestId>,
    ) -> Result<(Page<GuestRow, GuestId>, Role)> {
        self.store
            .read(async move |conn: &mut Conn| -> Result<_> {
                let role = member(conn, &actor, event).await?;
                let filter = GuestFilter { contacts: role.sees_contacts(), ..filter };
                Ok((conn.guests(&actor, event, &filter, paging).await?, role))
            })
            .await
    }

    /// Changes a guest who is still at `revision` (at any, where none is named); `change` is laid over what he is.
    ///
    /// # Errors
    /// [`Error::Stale`] where he changed in the meantime, [`Error::Invalid`], [`Error::NotFound`].
    pub async fn change_guest(
        &self,
        actor: Actor,
        guest: GuestId,
        revision: impl Into<Option<i64>>,
        change: impl FnOnce(&mut GuestInput) + Clone + Send + 'static,
    ) -> Result<GuestRow> {
        let (party, at, revision) = (self.sources.id::<PartyId>(), self.sources.now(), revision.into());
        self.store
            .write(async move |tx: &mut WriteTx| -> Result<_> {
                let (row, _) = member_guest(tx, &actor, guest).await?;
                let mut input = row.details().to_input();
                change(&mut input);
                let details = GuestDetails::parse(&input)?;

                let revision = revision.unwrap_or(row.revision);
                tx.lock_guest(guest).await?.ok_or(Error::NotFound)?;
                tx.update_guest(&row, revision, party, &details, at).await?.ok_or(Error::Stale)?;
                tx.guest(&actor, guest).await?.ok_or(Error::NotFound)
            })
            .await
    }

    /// Erases a guest who is still at `revision` (at any, where none is named), to the last byte on the disk.
    ///
    /// # Errors
    /// [`Error::Stale`], [`Error::NotFound`], [`Error::Forbidden`].
    pub async fn erase_guest(
        &self,
        actor: Actor,
        guest: GuestId,
        revision: impl Into<Option<i64>>,
    ) -> Result<()> {
        let revision = revision.into();
        self.store
            .write(async move |tx: &mut WriteTx| -> Result<_> {
                let (row, _) = member_guest(tx, &actor, guest).await?;
                let revision = revision.unwrap_or(row.revision);
                if tx.delete_guest(&row, revision).await? { Ok(()) } else { Err(Error::Stale) }
            })
            .await?;
        self.forget_log().await;
        Ok(())
    }

    /// Empties the log of SQLite, which still tells what was erased. Where that cannot be now, the next
    /// erasure does it too.
    pub(crate) async fn forget_log(&self) {
        if let Err(error) = self.store.checkpoint().await {
            tracing::warn!(%error, "the database's log still holds what was erased");
        }
    }

    /// What happened to a guest's link, the oldest first, the latest of each kind: for its page.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`].
    pub async fn timeline(&self, actor: Actor, guest: GuestId) -> Result<Vec<TimelineRow>> {
        self.store
            .read(async move |conn: &mut Conn| -> Result<_> {
                member_guest(conn, &actor, guest).await?;
                Ok(conn.timeline(&actor, guest, TIMELINE_LINES_MAX).await?)
            })
            .await
    }

    /// A page of what happened to a guest's link, the oldest first.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`].
    pub async fn timeline_page(
        &self,
        actor: Actor,
        guest: GuestId,
        paging: Paging<Uuid>,
    ) -> Result<Page<TimelineRow, Uuid>> {
        self.store
            .read(async move |conn: &mut Conn| -> Result<_> {
                member_guest(conn, &actor, guest).await?;
                Ok(conn.timeline_page(&actor, guest, &paging).await?)
            })
            .await
    }

    /// What is remembered of a guest's devices and networks.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`].
    pub async fn guest_risk(&self, actor: Actor, guest: GuestId) -> Result<GuestRisk> {
        self.store
            .read(async move |conn: &mut Conn| -> Result<_> {
                member_guest(conn, &actor, guest).await?;
                Ok(conn.guest_risk(&actor, guest).await?.0)
            })
            .await
    }

    /// Forgets the devices that were bound to a guest: the next human opening binds anew.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`], [`Error::Stale`] where an opening came in between.
    pub async fn forget_devices(&self, actor: Actor, guest: GuestId) -> Result<()> {
        self.forget(actor, guest, BaselineChange::Forgotten, Decision::DevicesForgotten).await
    }

    /// Forgets devices, networks and suspicion: the guest starts anew, with the link that he has.
    ///
    /// # Errors
    /// As [`App::forget_devices`].
    pub async fn reset_baseline(&self, actor: Actor, guest: GuestId) -> Result<()> {
        self.forget(actor, guest, BaselineChange::Reset, Decision::BaselineReset).await
    }

    async fn forget(
        &self,
        actor: Actor,
        guest: GuestId,
        change: BaselineChange,
        decision: Decision,
    ) -> Result<()> {
        let (sources, at) = (self.sources.clone(), self.sources.now());
        self.store
            .write(async move |tx: &mut WriteTx| -> Result<_> {
                let (row, _) = member_guest(tx, &actor, guest).await?;
                tx.lock_guest(guest).await?.ok_or(Error::NotFound)?;
                let baseline = Baseline::read(tx, &actor, row.event_id, guest).await?;

                baseline.change(tx, &change, None, at).await?;
                tx.forget_guest_devices(guest).await?;
                let decided = Decided { event: row.event_id, guest, access: None, decision, at };
                keep_decision(tx, &actor, &sources, decided).await
            })
            .await
    }
}

pub(crate) async fn member_guest(conn: &mut Conn, actor: &Actor, guest: GuestId) -> Result<(GuestRow, Role)> {
    let row = conn.guest(actor, guest).await?.ok_or(Error::NotFound)?;
    let role = actor.judge(row.role)?.ok_or(Error::NotFound)?;
    Ok((row, role))
}
