//! What is kept beside a guest's risk row: each change once, each decision with who, and nothing of a lost race.

use gg_domain::actor::{Actor, Permission};
use gg_domain::baseline::BaselineChange;
use gg_domain::decision::Decision;
use gg_domain::id::{DecisionId, GuestId};
use gg_domain::risk::GuestRisk;
use gg_store::{Conn, NewDecision, Paging, Rejudged, StoreError, WriteTx};
use gg_testkit::{TestDb, each_database};

use crate::stage;
use crate::wedding::{Wedding, reset, snapshot};

each_database! {
    async fn a_change_that_came_too_late_is_not_kept(db: TestDb) {
        let wedding = Wedding::plan(&db).await;
        let guest = wedding.guest(&db, "Kojo").await;
        let (event, at) = (wedding.event, db.sources.now());
        for (revision, written) in [(0, true), (0, false), (1, true), (1, false)] {
            let change = async move |tx: &mut WriteTx| {
                tx.change_guest_risk(&reset(event, guest, revision, &GuestRisk::default(), at)).await
            };
            assert_eq!(db.write(change).await, Ok(written), "{revision}");
        }

        assert_eq!(causes(&db, guest).await, [(1, BaselineChange::Reset), (2, BaselineChange::Reset)]);
    }

    async fn a_judgement_that_is_overwritten_goes_over_to_the_changes_once(db: TestDb) {
        let wedding = Wedding::plan(&db).await;
        let guest = wedding.guest(&db, "Kojo").await;
        let new = wedding.opening(&db, guest);
        let again = Rejudged {
            access: new.id,
            band: "high",
            p: 0.5,
            raw: 0.75,
            reasons: Vec::new(),
            decision: "hold",
            snapshot: snapshot(new.at),
            model: "later".into(),
            degraded: false,
        };
        let (reasons, access) = (new.reasons.clone(), new.id);
        db.write(async move |tx: &mut WriteTx| {
            tx.insert_access(&new, Some(1)).await?;
            tx.rejudge_access(&again).await?;
            tx.rejudge_access(&again).await?;
            tx.unscore_access(again.access).await
        })
        .await
        .unwrap();

        let changes = causes(&db, guest).await;
        let [(1, BaselineChange::Opened(judged))] = changes.as_slice() else { panic!("{changes:?}") };
        assert_eq!((judged.score.raw, &judged.score.reasons), (0.125, &reasons));
        let row = db.read(async move |conn: &mut Conn| conn.opening(guest, access).await).await.unwrap();
        assert_eq!(row.unwrap().revision, None);
    }

    async fn decisions_come_in_pages_and_to_members_alone(db: TestDb) {
        let wedding = Wedding::plan(&db).await;
        let guest = wedding.guest(&db, "Kojo").await;
        let (event, ama, at) = (wedding.event, wedding.ama(), db.sources.now());
        let new = [Decision::LinkIssued, Decision::WasGuest, Decision::BaselineReset].map(|decision| NewDecision {
            id: db.sources.id(),
            event,
            guest,
            access: None,
            decision,
            at,
        });
        db.write(async move |tx: &mut WriteTx| {
            for one in &new {
                tx.insert_decision(&ama, one).await?;
            }
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();

        let (first, next) = decisions(&db, ama, guest, None).await;
        assert_eq!(first, [Decision::BaselineReset, Decision::WasGuest]);
        assert_eq!(decisions(&db, ama, guest, next).await, (vec![Decision::LinkIssued], None));
        let eve = Actor::account(stage::organiser(&db, "eve@example.org").await, Permission::ReadGuests);
        let link = Actor::Invite { event, guest: wedding.guest(&db, "Yaw").await };
        for nobody in [eve, link] {
            assert_eq!(decisions(&db, nobody, guest, None).await, (vec![], None));
        }
    }

    async fn baselines_of_all_events_are_a_job_s_alone(db: TestDb) {
        let wedding = Wedding::plan(&db).await;
        wedding.guest(&db, "Kojo").await;
        let page = Paging { after: None, limit: 5 };
        for (actor, found) in [(Actor::System("test"), 1), (wedding.ama(), 0)] {
            let read = async move |conn: &mut Conn| conn.stored_baselines(&actor, None, page).await;
            assert_eq!(db.read(read).await.unwrap().len(), found);
        }
    }
}

async fn causes(db: &TestDb, guest: GuestId) -> Vec<(i64, BaselineChange)> {
    let read = async move |conn: &mut Conn| conn.baseline_changes(guest, 0, 100).await;
    db.read(read).await.unwrap().into_iter().map(|row| (row.revision, row.change().unwrap())).collect()
}

async fn decisions(
    db: &TestDb,
    actor: Actor,
    guest: GuestId,
    after: Option<DecisionId>,
) -> (Vec<Decision>, Option<DecisionId>) {
    let page = Paging { after, limit: 2 };
    let page = db.read(async move |conn: &mut Conn| conn.decisions(&actor, guest, page).await).await.unwrap();
    (page.rows.into_iter().map(|row| row.decision).collect(), page.next)
}
