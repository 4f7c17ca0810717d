//! A guest's record: every change of his risk row in order, read some at a time, so that a link that was opened a
//! hundred thousand times fits as well.

use std::collections::BTreeMap;

use gg_domain::baseline::BaselineChange;
use gg_domain::id::{AccessId, GuestId};
use gg_domain::snapshot::Snapshot;
use gg_risk::EventFacts;
use gg_store::{BaselineChangeRow, Conn, OpeningRow};

use crate::error::Result;
use crate::event_facts::facts_from;

/// Changes that are read at once: some megabytes.
const CHANGES_AT_ONCE: i64 = 1_000;

/// One change, with what is kept of the opening that it is about.
#[derive(Clone, Debug)]
pub(crate) struct Recorded {
    pub(crate) change: BaselineChange,
    pub(crate) opening: Option<Opened>,
}

/// What is kept of an opening.
#[derive(Clone, Debug)]
pub(crate) struct Opened {
    pub(crate) access: AccessId,
    pub(crate) seen: Snapshot,
    pub(crate) facts: EventFacts,
    /// It was let in unjudged at first.
    pub(crate) waited: bool,
}

/// Where a record is read, step by step.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record {
    guest: GuestId,
    above: i64,
    last: i64,
}

/// What comes next of a record.
pub(crate) enum Next {
    /// Some changes, in order.
    Some(Vec<Recorded>),
    /// What made this revision is not known.
    Missing(i64),
    /// Nothing more.
    End,
}

impl Record {
    /// The record of `guest`, from where changes began to be kept.
    pub(crate) async fn of(conn: &mut Conn, guest: GuestId) -> Result<Self> {
        let (imported, last) = conn.baseline_span(guest).await?;
        Ok(Self { guest, above: (imported - 1).max(0), last })
    }

    /// The revision before the first that is recorded.
    pub(crate) const fn first(&self) -> i64 {
        self.above
    }

    /// What comes after `revision` of it.
    pub(crate) fn after(self, revision: i64) -> Self {
        Self { above: revision.max(self.above), ..self }
    }

    /// The highest revision that is recorded.
    pub(crate) const fn last(&self) -> i64 {
        self.last
    }

    /// Reads on.
    pub(crate) async fn next(&mut self, conn: &mut Conn) -> Result<Next> {
        if self.above >= self.last {
            return Ok(Next::End);
        }
        let to = self.last.min(self.above + CHANGES_AT_ONCE);
        // What is judged again meanwhile goes from the openings to the changes: read in this order it is found once or
        // twice, and never not at all.
        let openings = conn.opening_changes(self.guest, self.above, to).await?;
        let changes = conn.baseline_changes(self.guest, self.above, to).await?;
        let mut steps = BTreeMap::new();
        for row in openings {
            if let (Some(revision), Some(judged)) = (row.revision, row.judgement()) {
                let change = BaselineChange::Opened(Box::new(judged));
                steps.insert(revision, Recorded { change, opening: Some(opened(row)) });
            }
        }
        for row in changes {
            steps.insert(row.revision, recorded(conn, self.guest, &row).await?);
        }
        if let Some(missing) = (self.above + 1..=to).find(|revision| !steps.contains_key(revision)) {
            return Ok(Next::Missing(missing));
        }
        self.above = to;
        Ok(Next::Some(steps.into_values().collect()))
    }
}

async fn recorded(conn: &mut Conn, guest: GuestId, row: &BaselineChangeRow) -> Result<Recorded> {
    let opening = match row.access_id {
        Some(access) => conn.opening(guest, access).await?.map(opened),
        None => None,
    };
    Ok(Recorded { change: row.change()?, opening })
}

fn opened(row: OpeningRow) -> Opened {
    Opened {
        access: row.id,
        facts: facts_from(row.facts.as_deref()),
        seen: row.snapshot.0,
        waited: row.degraded,
    }
}
