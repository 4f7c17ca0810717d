//! What organisers decided about guests: who, what, when. Ids alone, gone with the guest.

use gg_domain::actor::Actor;
use gg_domain::decision::Decision;
use gg_domain::email::EmailAddress;
use gg_domain::id::{AccessId, AccountId, DecisionId, EventId, GuestId};
use jiff::Timestamp;

use crate::db::{Conn, WriteTx};
use crate::error::Result;
use crate::page::{Page, Paging};
use crate::value::{args, row};

row! {
    /// A decision about a guest.
    pub struct DecisionRow {
        /// Its id.
        pub id: DecisionId,
        /// What was decided.
        pub decision: Decision,
        /// The opening that it is about.
        pub access_id: Option<AccessId>,
        /// When that was.
        pub opened_at: Option<Timestamp>,
        /// Who decided; none for a job of ours.
        pub account_id: Option<AccountId>,
        /// His address; none where the account is gone.
        pub email: Option<EmailAddress>,
        /// When.
        pub at: Timestamp,
    }
}

/// A decision to be kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NewDecision {
    /// Its id.
    pub id: DecisionId,
    /// The guest's event.
    pub event: EventId,
    /// About whom.
    pub guest: GuestId,
    /// About which opening.
    pub access: Option<AccessId>,
    /// What.
    pub decision: Decision,
    /// When.
    pub at: Timestamp,
}

impl Conn {
    /// A page of what was decided about a guest, the latest first. Whose event it is not gets none.
    pub async fn decisions(
        &mut self,
        actor: &Actor,
        guest: GuestId,
        paging: Paging<DecisionId>,
    ) -> Result<Page<DecisionRow, DecisionId>> {
        const SQL: &str = "select d.id, d.decision, d.access_id, o.at, d.account_id, a.email, d.at
            from decisions d
            left join accounts a on a.id = d.account_id
            left join accesses o on o.id = d.access_id
            where d.guest_id = $1 and d.id < $2 and ($4 or exists
                (select 1 from members m where m.event_id = d.event_id and m.account_id = $3))
            order by d.id desc limit $5";
        if !actor.reaches_guest(guest) {
            return Ok(Page { rows: Vec::new(), next: None });
        }
        let account = actor.account_id();
        let (is_no_account, limit) = (account.is_none(), paging.rows());
        let rows = self.all(SQL, args![guest, paging.below(), account, is_no_account, limit]).await?;
        Ok(paging.page(rows, |row: &DecisionRow| row.id))
    }
}

impl WriteTx {
    /// Keeps what `actor` decided about a guest.
    pub async fn insert_decision(&mut self, actor: &Actor, new: &NewDecision) -> Result<()> {
        const SQL: &str =
            "insert into decisions (id, event_id, guest_id, access_id, account_id, decision, at)
            values ($1, $2, $3, $4, $5, $6, $7)";
        let n = new;
        let account = actor.account_id();
        self.execute(SQL, args![n.id, n.event, n.guest, n.access, account, n.decision, n.at])
            .await
            .map(|_| ())
    }
}
