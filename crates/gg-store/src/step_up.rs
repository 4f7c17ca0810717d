//! Six digits that confirm a contact: what was asked for, and the one statement that counts and judges a try.

use gg_domain::id::{AccessId, EventId, GuestId, StepUpCodeId};
use jiff::Timestamp;

use crate::db::{Conn, WriteTx};
use crate::error::Result;
use crate::value::args;

/// Bytes that a code is made of, with the secret of the deployment.
pub const CODE_NONCE_LEN: usize = 32;

/// A code that was asked for.
#[derive(Clone)]
pub struct NewCode {
    /// Its id.
    pub id: StepUpCodeId,
    /// Whose.
    pub guest: GuestId,
    /// His event.
    pub event: EventId,
    /// The opening that it is for, and no other.
    pub access: AccessId,
    /// What it is made of.
    pub nonce: [u8; CODE_NONCE_LEN],
    /// What it is judged by.
    pub hash: [u8; 32],
    /// When it was asked for.
    pub at: Timestamp,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

/// A code as somebody typed it.
#[derive(Clone)]
pub struct TriedCode {
    /// Whose link.
    pub guest: GuestId,
    /// The opening that it is tried for.
    pub access: AccessId,
    /// What it would be judged by, were it right.
    pub hash: [u8; 32],
    /// When.
    pub at: Timestamp,
    /// Tries before this are forgotten, where none came since.
    pub forgotten_before: Timestamp,
}

impl Conn {
    /// When a guest's code was last judged.
    pub async fn last_try(&mut self, guest: GuestId) -> Result<Option<Timestamp>> {
        const SQL: &str = "select last_at from step_up_tries where guest_id = $1";
        Ok(self.optional::<(Timestamp,)>(SQL, args![guest]).await?.map(|(at,)| at))
    }
}

impl WriteTx {
    /// Keeps a code that was asked for. The one before it for the same opening is over.
    pub async fn insert_code(&mut self, new: &NewCode) -> Result<()> {
        const BEFORE: &str = "update step_up_codes set expires_at = $3
            where guest_id = $1 and access_id = $2 and expires_at > $3";
        const SQL: &str = "insert into step_up_codes
                (id, guest_id, event_id, access_id, nonce, code_hash, created_at, expires_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8)";
        let n = new;
        self.execute(BEFORE, args![n.guest, n.access, n.at]).await?;
        let nonce = n.nonce.as_slice();
        let args = args![n.id, n.guest, n.event, n.access, nonce, n.hash, n.at, n.expires_at];
        self.execute(SQL, args).await.map(|_| ())
    }

    /// Counts a try and judges it, in one statement: none where `most` were judged already, and then this one is not.
    /// A right code is used up by it. The caller's transaction must commit, whatever the answer: a try that is not
    /// counted is one that somebody has for nothing.
    pub async fn try_code(&mut self, tried: &TriedCode, most: u32) -> Result<Option<bool>> {
        const JUDGED: &str = "insert into step_up_tries (guest_id, event_id, tries, last_at, passed)
            select g.id, g.event_id, 1, $4, exists (select 1 from step_up_codes c
                where c.guest_id = $1 and c.access_id = $2 and c.code_hash = $3 and c.used_at is null
                    and c.expires_at > $4)
            from guests g where g.id = $1
            on conflict (guest_id) do update set passed = excluded.passed, last_at = excluded.last_at,
                tries = case when step_up_tries.last_at > $5 then step_up_tries.tries + 1 else 1 end
            where step_up_tries.last_at <= $5 or step_up_tries.tries < $6 returning passed";
        const USED: &str = "update step_up_codes set used_at = $4
            where guest_id = $1 and access_id = $2 and code_hash = $3 and used_at is null and expires_at > $4";
        let t = tried;
        let args = args![t.guest, t.access, t.hash, t.at, t.forgotten_before, most];
        let passed = self.returning::<(bool,)>(JUDGED, args).await?.map(|(passed,)| passed);
        if passed == Some(true) {
            // Of two who come with the same code at once, the second finds it used.
            let used = self.execute(USED, args![t.guest, t.access, t.hash, t.at]).await?;
            return Ok(Some(used > 0));
        }
        Ok(passed)
    }

    /// Ends a guest's codes: the contact that they went to is not his any more.
    pub async fn end_codes(&mut self, guest: GuestId, at: Timestamp) -> Result<()> {
        const SQL: &str = "update step_up_codes set expires_at = $2 where guest_id = $1 and expires_at > $2";
        self.execute(SQL, args![guest, at]).await.map(|_| ())
    }

    /// Deletes codes that were asked for before `before`, at most `limit`, and says how many.
    pub async fn prune_codes(&mut self, before: Timestamp, limit: i64) -> Result<u64> {
        const SQL: &str = "delete from step_up_codes where id in
            (select id from step_up_codes where created_at < $1 order by created_at limit $2)";
        self.execute(SQL, args![before, limit]).await
    }
}
