//! Plans an event: makes, reads, changes and deletes it, and sets its policy.

use gg_domain::actor::{Actor, Role};
use gg_domain::event::{EventDetails, EventInput};
use gg_domain::id::{AccountId, EventId};
use gg_domain::policy::Policy;
use gg_store::{Conn, EventRow, Page, Paging, SummaryRow, WriteTx};

use crate::App;
use crate::error::{Error, Result};

impl App {
    /// Makes an event, owned by `owner`.
    ///
    /// # Errors
    /// [`Error::Invalid`] where a field is wrong.
    pub async fn plan_event(&self, owner: AccountId, input: &EventInput) -> Result<EventRow> {
        let details = EventDetails::parse(input)?;
        let (event, at) = (self.sources.id::<EventId>(), self.sources.now());

        self.store
            .write(async move |tx: &mut WriteTx| -> Result<_> {
                tx.insert_event(owner, event, &details, at).await?;
                let actor = Actor::account(owner, gg_domain::actor::Permission::ReadEvent);
                tx.event(&actor, event).await?.ok_or(Error::NotFound)
            })
            .await
    }

    /// An event.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`].
    pub async fn event(&self, actor: Actor, event: EventId) -> Result<EventRow> {
        self.store.read(async move |conn: &mut Conn| member_event(conn, &actor, event).await).await
    }

    /// The events of an account, the newest first.
    ///
    /// # Errors
    /// The store's.
    pub async fn events(
        &self,
        account: AccountId,
        paging: Paging<EventId>,
    ) -> Result<Page<EventRow, EventId>> {
        self.store.read(async move |conn: &mut Conn| Ok(conn.events(account, paging).await?)).await
    }

    /// Of each event of an account: guests who have not answered, and answers that wait for the organiser's word.
    ///
    /// # Errors
    /// The store's.
    pub async fn waiting_of(&self, account: AccountId) -> Result<Vec<(EventId, i64, i64)>> {
        self.store.read(async move |conn: &mut Conn| Ok(conn.waiting_of(account).await?)).await
    }

    /// Changes an event that is still at `revision` (at any, where none is named); `change` is laid over what it is.
    ///
    /// # Errors
    /// [`Error::Stale`] where it changed in the meantime, [`Error::Invalid`], [`Error::NotFound`].
    pub async fn change_event(
        &self,
        actor: Actor,
        event: EventId,
        revision: impl Into<Option<i64>>,
        change: impl FnOnce(&mut EventInput) + Clone + Send + 'static,
    ) -> Result<EventRow> {
        let (at, revision) = (self.sources.now(), revision.into());
        self.store
            .write(async move |tx: &mut WriteTx| -> Result<_> {
                let row = member_event(tx, &actor, event).await?;
                let mut input = row.details().to_input();
                change(&mut input);
                let details = EventDetails::parse(&input)?;

                let revision = revision.unwrap_or(row.revision);
                tx.update_event(event, revision, &details, at).await?.ok_or(Error::Stale)?;
                member_event(tx, &actor, event).await
            })
            .await
    }

    /// Deletes an event that is still at `revision` (at any, where none is named), and all that is in it.
    ///
    /// # Errors
    /// [`Error::Stale`], [`Error::NotFound`], [`Error::Forbidden`].
    pub async fn delete_event(
        &self,
        actor: Actor,
        event: EventId,
        revision: impl Into<Option<i64>>,
    ) -> Result<()> {
        let revision = revision.into();
        self.store
            .write(async move |tx: &mut WriteTx| -> Result<_> {
                let row = member_event(tx, &actor, event).await?;
                let revision = revision.unwrap_or(row.revision);
                if tx.delete_event(event, revision).await? { Ok(()) } else { Err(Error::Stale) }
            })
            .await?;
        self.forget_log().await;
        Ok(())
    }

    /// An event's numbers, and how many openings are in each band.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`].
    pub async fn summary(&self, actor: Actor, event: EventId) -> Result<(SummaryRow, Vec<(String, i64)>)> {
        self.store
            .read(async move |conn: &mut Conn| -> Result<_> {
                member(conn, &actor, event).await?;
                Ok((conn.summary(event).await?, conn.access_counts(event).await?))
            })
            .await
    }

    /// How many guests of an event have a link that lives, and how many have opened one.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`].
    pub async fn link_counts(&self, actor: Actor, event: EventId) -> Result<(i64, i64)> {
        self.store
            .read(async move |conn: &mut Conn| -> Result<_> {
                member(conn, &actor, event).await?;
                Ok(conn.link_counts(event).await?)
            })
            .await
    }

    /// Openings of an event in each of the last `hours` hours, the oldest first: all, and those above low.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`].
    pub async fn openings_by_hour(
        &self,
        actor: Actor,
        event: EventId,
        hours: i64,
    ) -> Result<Vec<(u32, u32)>> {
        let this_hour = self.sources.now().as_second() / 3600;
        let first = this_hour - hours + 1;
        let rows = self
            .store
            .read(async move |conn: &mut Conn| -> Result<_> {
                member(conn, &actor, event).await?;
                Ok(conn.openings_by_hour(event, gg_store::hour_start(first)).await?)
            })
            .await?;
        let counted =
            |hour| rows.iter().find(|(at, _, _)| *at == hour).map_or((0, 0), |(_, all, high)| (*all, *high));
        let small = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
        Ok((first..=this_hour).map(counted).map(|(all, high)| (small(all), small(high))).collect())
    }

    /// An event's policy.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`].
    pub async fn policy(&self, actor: Actor, event: EventId) -> Result<Policy> {
        self.store
            .read(async move |conn: &mut Conn| -> Result<_> {
                member(conn, &actor, event).await?;
                Ok(conn.policy(event).await?)
            })
            .await
    }

    /// Sets an event's policy.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::NotFound`], [`Error::Forbidden`].
    pub async fn set_policy(&self, actor: Actor, event: EventId, policy: Policy) -> Result<Policy> {
        policy.validate()?;
        let at = self.sources.now();
        self.store
            .write(async move |tx: &mut WriteTx| -> Result<_> {
                member(tx, &actor, event).await?;
                tx.set_policy(event, &policy, at).await?;
                Ok(policy)
            })
            .await
    }
}

/// The actor's role in an event that he may know of and whose permission he has.
///
/// # Errors
/// [`Error::NotFound`] for who is no member, [`Error::Forbidden`] for a role that does not suffice.
pub(crate) async fn member(conn: &mut Conn, actor: &Actor, event: EventId) -> Result<Role> {
    Ok(conn.admit(actor, event).await?)
}

pub(crate) async fn member_event(conn: &mut Conn, actor: &Actor, event: EventId) -> Result<EventRow> {
    let row = conn.event(actor, event).await?.ok_or(Error::NotFound)?;
    actor.judge(row.role)?.ok_or(Error::NotFound)?;
    Ok(row)
}
