//! Openings that were let in unjudged: which wait to be judged, and who takes each, once.

use gg_domain::access::Act;
use gg_domain::actor::Actor;
use gg_domain::id::{AccessId, GuestId};
use jiff::Timestamp;

use crate::accesses::AccessRow;
use crate::db::{Conn, WriteTx};
use crate::error::Result;
use crate::value::{args, row};

row! {
    /// An opening that waits to be judged.
    pub struct UnscoredRow {
        /// Its id.
        pub id: AccessId,
        /// Whose link.
        pub guest_id: GuestId,
        /// When it was.
        pub at: Timestamp,
    }
}

impl AccessRow {
    /// Let in unjudged, and not judged since.
    pub const fn is_unscored(&self) -> bool {
        self.degraded && self.scored_again_at.is_none()
    }
}

impl Conn {
    /// Of each guest the oldest opening that waits to be judged, the oldest first: so that one guest's, which the engine
    /// cannot judge, keep nobody else's back. For a job of ours alone.
    pub async fn unscored_accesses(&mut self, actor: &Actor, limit: i64) -> Result<Vec<UnscoredRow>> {
        const SQL: &str = "select id, guest_id, at from accesses
            where degraded and scored_again_at is null
                and not exists (select 1 from accesses older
                    where older.guest_id = accesses.guest_id and older.id < accesses.id
                        and older.degraded and older.scored_again_at is null)
            order by id limit $1";
        match actor {
            Actor::System(_) => self.all(SQL, args![limit]).await,
            Actor::Account { .. } | Actor::Invite { .. } => Ok(Vec::new()),
        }
    }
}

impl WriteTx {
    /// Takes an opening to judge it: of all who try, one gets it. `false` where somebody has, where an older one of the
    /// same guest waits (the filter depends on the order), or where it was not `answered` as it is by now.
    pub async fn take_unscored(&mut self, access: AccessId, answered: bool, at: Timestamp) -> Result<bool> {
        const SQL: &str = "update accesses set scored_again_at = $2
            where id = $1 and degraded and scored_again_at is null and (act is not null) = $3
                and not exists (select 1 from accesses older
                    where older.guest_id = accesses.guest_id and older.id < $1
                        and older.degraded and older.scored_again_at is null)";
        Ok(self.execute(SQL, args![access, at, answered]).await? == 1)
    }

    /// Notes what somebody did with an opening that waits to be judged: it counts when that is done.
    pub async fn note_act(&mut self, access: AccessId, act: Act) -> Result<()> {
        const SQL: &str = "update accesses set act = $2 where id = $1";
        self.execute(SQL, args![access, act.as_str()]).await.map(|_| ())
    }
}
