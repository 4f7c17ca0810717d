//! Keeps what organisers decide about guests, and tells it: who, what, when.

use gg_domain::actor::{Actor, Role};
use gg_domain::clock::Sources;
use gg_domain::decision::Decision;
use gg_domain::id::{AccessId, DecisionId, EventId, GuestId};
use gg_store::{Conn, DecisionRow, NewDecision, Page, Paging, WriteTx};
use jiff::Timestamp;

use crate::App;
use crate::error::Result;
use crate::keep_guests::member_guest;

/// What is decided, about whom.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Decided {
    pub(crate) event: EventId,
    pub(crate) guest: GuestId,
    pub(crate) access: Option<AccessId>,
    pub(crate) decision: Decision,
    pub(crate) at: Timestamp,
}

impl App {
    /// A page of what was decided about a guest, the latest first, and the actor's role in his event.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Forbidden`].
    pub async fn decisions(
        &self,
        actor: Actor,
        guest: GuestId,
        paging: Paging<DecisionId>,
    ) -> Result<(Page<DecisionRow, DecisionId>, Role)> {
        self.store
            .read(async move |conn: &mut Conn| -> Result<_> {
                let (_, role) = member_guest(conn, &actor, guest).await?;
                Ok((conn.decisions(&actor, guest, paging).await?, role))
            })
            .await
    }
}

/// Keeps what `actor` decided, in the transaction that does it.
pub(crate) async fn keep_decision(
    tx: &mut WriteTx,
    actor: &Actor,
    sources: &Sources,
    decided: Decided,
) -> Result<()> {
    let Decided { event, guest, access, decision, at } = decided;
    let new = NewDecision { id: sources.id(), event, guest, access, decision, at };
    Ok(tx.insert_decision(actor, &new).await?)
}
