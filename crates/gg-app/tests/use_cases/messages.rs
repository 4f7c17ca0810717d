//! Messages: queued by what causes them, handed over once, shown to the owner as guests receive them.

use gg_app::{Error, Recipients};
use gg_domain::actor::{Actor, Permission, Role};
use gg_domain::message::{Channel, MessageKind, MessageState};
use gg_domain::step_up::CODE_LIFE;
use gg_store::testing::words;
use gg_testkit::each_database;

use crate::stage::{Stage, coming, organiser};

impl Stage {
    async fn invite_all(&self, channel: Channel, kind: MessageKind) -> (usize, Vec<String>) {
        let sent =
            self.app.send_invitations(self.organiser(), self.event, Recipients::All, channel, kind).await;
        let sent = sent.unwrap();
        (sent.queued, sent.skipped.into_iter().map(|skipped| skipped.reason).collect())
    }
}

each_database! {
    async fn an_invitation_is_queued_with_a_link_and_handed_over_once(db: TestDb) {
        let stage = Stage::asking(&db).await;
        let guest = stage.mailed_guest("Efua").await;
        assert_eq!(stage.invite_all(Channel::Email, MessageKind::Invitation).await, (1, vec![]));
        assert_eq!(stage.messages().await[0].state, MessageState::Queued);

        assert_eq!(stage.app.deliver_messages().await.unwrap(), 1);
        assert_eq!(stage.app.deliver_messages().await.unwrap(), 0);

        let messages = stage.messages().await;
        let message = &messages[0];
        assert_eq!((message.state, message.to.as_deref()), (MessageState::Sent, Some("efua@example.org")));
        let text = message.message.as_ref().unwrap();
        assert!(text.text.contains(message.link.as_ref().unwrap()));
        assert_eq!(stage.latest_link().await, stage.token(guest).await);
        assert_eq!(words(&db.store, "select count(*) || '' from invites where sent_at is not null").await.unwrap(), ["1"]);
        stage.feed().await;
        let told = stage.app.activity(stage.organiser(), stage.event, 0, 100).await.unwrap();
        let told = told.iter().filter(|one| one.kind == "notification.updated");
        let told: Vec<_> = told.map(|one| serde_json::to_value(&one.payload).unwrap()["status"].clone()).collect();
        assert_eq!(told, ["queued", "sent"]);
    }

    async fn who_cannot_be_reached_that_way_is_named(db: TestDb) {
        let stage = Stage::asking(&db).await;
        stage.guest("Kojo", 0).await;
        stage.mailed_guest("Efua").await;

        assert_eq!(stage.invite_all(Channel::Email, MessageKind::Invitation).await, (1, vec!["has no e-mail address".into()]));
        assert_eq!(stage.invite_all(Channel::WhatsApp, MessageKind::Invitation).await.0, 0);
    }

    async fn who_has_answered_is_not_reminded(db: TestDb) {
        let stage = Stage::asking(&db).await;
        let guest = stage.mailed_guest("Efua").await;
        stage.mailed_guest("Yaw").await;
        stage.app.record_answer(stage.organiser(), guest, &coming(&[])).await.unwrap();

        assert_eq!(stage.invite_all(Channel::Email, MessageKind::Reminder).await, (1, vec!["has answered already".into()]));
    }

    async fn what_is_over_when_it_is_handed_over_is_not_sent(db: TestDb) {
        let stage = Stage::asking(&db).await;
        let guest = stage.mailed_guest("Efua").await;
        let token = stage.token(guest).await;
        let access = stage.open(&token).await.access;
        stage.app.send_code(&token, access).await.unwrap();
        stage.invite_all(Channel::Email, MessageKind::Invitation).await;
        stage.app.revoke_invite(stage.organiser(), guest).await.unwrap();
        db.clock.advance(CODE_LIFE);

        stage.app.deliver_messages().await.unwrap();
        let told = words(&db.store, "select kind || ' ' || state || ' ' || detail from outbox order by id").await.unwrap();
        assert_eq!(told, ["code skipped over", "invitation skipped over"]);
    }

    async fn the_timeline_says_what_was_sent(db: TestDb) {
        let stage = Stage::asking(&db).await;
        let guest = stage.mailed_guest("Efua").await;
        stage.invite_all(Channel::Email, MessageKind::Invitation).await;
        let line = |lines: Vec<gg_store::TimelineRow>| {
            lines.into_iter().map(|line| (line.status, line.channel, line.detail)).next().unwrap()
        };
        let now = line(stage.app.timeline(stage.organiser(), guest).await.unwrap());
        assert_eq!(now, ("queued".into(), Some(Channel::Email), Some("invitation".into())));

        stage.app.deliver_messages().await.unwrap();
        let paging = gg_store::Paging { after: None, limit: 10 };
        let page = stage.app.timeline_page(stage.organiser(), guest, paging).await.unwrap();
        assert_eq!(line(page.rows).0, "sent");
    }

    async fn nobody_but_the_owner_reads_them(db: TestDb) {
        let stage = Stage::asking(&db).await;
        for role in [Role::Editor, Role::Door, Role::Viewer] {
            let email = format!("{}@example.org", role.as_str());
            let account = organiser(&stage.app, &email).await;
            let invited = stage.app.invite_member(stage.organiser(), stage.event, &email, role).await.unwrap();
            let token = invited.url.rsplit('/').next().unwrap().to_string();
            stage.app.join_event(account, &token).await.unwrap();

            let read = stage.app.messages(Actor::account(account, Permission::ReadMessages), stage.event).await;
            assert!(matches!(read, Err(Error::Forbidden(_))), "{role:?}");
        }
        let stranger = organiser(&stage.app, "eve@example.org").await;
        let read = stage.app.messages(Actor::account(stranger, Permission::ReadMessages), stage.event).await;
        assert!(matches!(read, Err(Error::NotFound)));
    }

    async fn an_erased_guest_leaves_no_message(db: TestDb) {
        let stage = Stage::asking(&db).await;
        let guest = stage.mailed_guest("Efua").await;
        stage.invite_all(Channel::Email, MessageKind::Invitation).await;

        stage.app.erase_guest(stage.organiser(), guest, None).await.unwrap();
        assert!(stage.messages().await.is_empty());
        assert_eq!(stage.app.deliver_messages().await.unwrap(), 0);
    }
}
