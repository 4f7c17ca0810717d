//! What has to be there before a test can begin.

use gg_app::App;
use gg_domain::actor::{Actor, Permission, Role};
use gg_domain::event::EventInput;
use gg_domain::guest::GuestInput;
use gg_domain::id::{AccountId, EventId, GuestId};
use gg_testkit::PASSWORD;
use jiff::SignedDuration;

/// An account of `address`.
pub(crate) async fn organiser(app: &App, address: &str) -> AccountId {
    app.create_account(address, PASSWORD.to_string()).await.unwrap().id
}

/// An event of `owner`'s.
pub(crate) async fn event(app: &App, owner: AccountId) -> EventId {
    let starts = app.sources.now() + SignedDuration::from_hours(30 * 24);
    let input = EventInput {
        name: "A wedding".into(),
        starts_at: starts.to_string(),
        time_zone: "Europe/Berlin".into(),
        ..EventInput::default()
    };
    app.plan_event(owner, &input).await.unwrap().id
}

/// A guest of an event.
pub(crate) async fn guest(app: &App, owner: AccountId, event: EventId) -> GuestId {
    let input = GuestInput { name: "Efua".into(), ..GuestInput::default() };
    app.add_guest(Actor::account(owner, Permission::WriteGuests), event, &input).await.unwrap().id
}

/// An account that sees to the helpers of an event.
pub(crate) fn member_of(account: AccountId) -> Actor {
    Actor::account(account, Permission::Members)
}

/// Invites `address`, and gives the token of the invitation.
pub(crate) async fn invite(app: &App, owner: AccountId, event: EventId, address: &str, role: Role) -> String {
    let invite = app.invite_member(member_of(owner), event, address, role).await.unwrap();
    invite.url.rsplit('/').next().unwrap().to_string()
}
