//! The same rows through the store, from many callers.

use std::time::{Duration, Instant};

use gg_domain::actor::Actor;
use gg_domain::clock::Sources;
use gg_domain::feed::FeedKind;
use gg_domain::id::{DeviceId, GuestId};
use gg_store::{AccessWrite, Conn, LinkRow, Noted, SightingWrite, Store, StoreError, WriteTx};
use jiff::Timestamp;
use tokio::task::JoinSet;

use crate::guests::{answer, event, fact, guest, keys, next, opening, risk};

/// Accesses as `score_access` does them, without the scoring: read what is known, write on it.
pub(crate) async fn accesses(store: &Store, callers: usize, for_long: Duration) -> u64 {
    many(store, callers, for_long, |store, sources, of| async move {
        let write = access(&store, &sources, of).await;
        // Lost a race, which the product would judge again.
        store.write_access(write).await.expect("an access is written");
    })
    .await
}

/// The same in a transaction of its own each.
pub(crate) async fn single_accesses(store: &Store, callers: usize, for_long: Duration) -> u64 {
    many(store, callers, for_long, |store, sources, of| async move {
        let write = access(&store, &sources, of).await;
        let done = store.write(async move |tx: &mut WriteTx| tx.write_access(&write).await).await;
        done.expect("an access is written");
    })
    .await
}

async fn access(store: &Store, sources: &Sources, of: GuestId) -> AccessWrite {
    let known = store.read(async move |conn: &mut Conn| -> Result<LinkRow, StoreError> {
        let link = conn.link(of, 1, Timestamp::UNIX_EPOCH).await?.expect("a link");
        let device = DeviceId::from_uuid(of.uuid());
        conn.touched(event(), device, of, link.party_id, Timestamp::UNIX_EPOCH).await?;
        let [a, b, c] = keys(of).map(Some);
        conn.sightings([a, b, c, None, None]).await?;
        Ok(link)
    });
    let known = known.await.expect("the link is read");
    AccessWrite {
        access: opening(sources, of),
        risk: Some((risk(of, sources.now()), known.revision.unwrap_or(0))),
        noted: Noted { sightings: keys(of).map(sighting).into(), ..Noted::default() },
        begins_link: None,
        facts: vec![fact(sources, FeedKind::AccessChecked, of)],
    }
}

const fn sighting(key: i64) -> SightingWrite {
    SightingWrite { key, machine: None, kept: false, access: None }
}

/// Answers as `answer_invite` gives them, without the rule.
pub(crate) async fn answers(store: &Store, callers: usize, for_long: Duration) -> u64 {
    many(store, callers, for_long, |store, sources, of| async move {
        let companions = usize::from(sources.bytes::<1>()[0] % 5);
        let (new, told) = (answer(&sources, of, companions), fact(&sources, FeedKind::RsvpCreated, of));
        let done = store.write(async move |tx: &mut WriteTx| -> Result<(), StoreError> {
            let actor = Actor::Invite { event: event(), guest: of };
            let locked = tx.lock_guest(of).await?.expect("a guest");
            tx.event(&actor, event()).await?.expect("an event");
            let before = tx.rsvp(&actor, of).await?;
            let seats = new.answer.seats();
            tx.take_seats(event(), seats - locked.seats_held).await?.expect("a seat");
            tx.hold_seats(of, seats).await?;
            tx.insert_rsvp(&new, before.as_ref()).await?;
            tx.append_feed(&told).await?;
            tx.rsvp(&actor, of).await?.expect("an answer");
            Ok(())
        });
        done.await.expect("an answer is written");
    })
    .await
}

async fn many<F, Fut>(store: &Store, callers: usize, for_long: Duration, once: F) -> u64
where
    F: Fn(Store, Sources, GuestId) -> Fut + Clone + Send + 'static,
    Fut: Future<Output = ()> + Send,
{
    let (mut tasks, sources, until) = (JoinSet::new(), Sources::system(), Instant::now() + for_long);
    for _ in 0..callers {
        let (store, sources, once) = (store.clone(), sources.clone(), once.clone());
        tasks.spawn(async move {
            let mut done = 0;
            while Instant::now() < until {
                once(store.clone(), sources.clone(), guest(next())).await;
                done += 1;
            }
            done
        });
    }
    tasks.join_all().await.into_iter().sum()
}
