//! `/events/{id}/outbox`: messages as guests receive them, with links and codes, where the built-in viewer is on.
//!
//! For trying things out before mail and text messages work. Who reads a guest's code is that guest to us, so the page is
//! the owner's alone; where the viewer is off there is no such page.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use gg_app::{MESSAGES_SHOWN_MAX, SeenMessage};
use gg_domain::actor::Permission;
use gg_domain::id::EventId;
use gg_domain::message::{Channel, MessageKind, MessageState};

use crate::extract::Id;
use crate::pages::html;
use crate::pages::organiser::Organiser;
use crate::problem::Problem;
use crate::state::Web;
use crate::time_words::{ago, zone};
use crate::view::{Chrome, Tab, When};

/// The viewer.
#[derive(Template)]
#[template(path = "pages/outbox.html")]
pub struct OutboxPage {
    /// The frame.
    pub chrome: Chrome,
    /// The event's id.
    pub event_id: String,
    /// The messages, the latest first.
    pub messages: Vec<MessageCard>,
}

/// One message.
pub struct MessageCard {
    /// Its id.
    pub id: String,
    /// The guest's page.
    pub guest_id: String,
    /// The guest's name.
    pub guest_name: String,
    /// What it is, in words.
    pub what: &'static str,
    /// The way and the address, such as "E-mail to efua@example.org".
    pub way: String,
    /// What became of it, in words.
    pub state: &'static str,
    /// When it was written.
    pub at: When,
    /// The subject; empty where the way has none.
    pub subject: String,
    /// The text; empty where nothing is left to say.
    pub text: String,
    /// The link in it; empty where there is none.
    pub link: String,
    /// The code in it; empty where there is none.
    pub code: String,
}

impl OutboxPage {
    /// Whether older messages are not shown.
    pub fn is_cut(&self) -> bool {
        i64::try_from(self.messages.len()).is_ok_and(|shown| shown >= MESSAGES_SHOWN_MAX)
    }
}

/// The route of this page.
pub fn routes() -> Router<Web> {
    Router::new().route("/events/{event_id}/outbox", get(show))
}

/// `GET /events/{id}/outbox`.
async fn show(
    State(web): State<Web>,
    Id(event): Id<EventId>,
    organiser: Organiser,
) -> Result<Response, Problem> {
    let messages = web.app.messages(organiser.to(Permission::ReadMessages), event).await?;
    let row = web.app.event(organiser.to(Permission::ReadEvent), event).await?;
    let zone = zone(&row.time_zone);
    let card = |message: SeenMessage| {
        let at = ago(message.at, organiser.now, &zone);
        card(message, at)
    };
    let page = OutboxPage {
        chrome: organiser.chrome_of(Tab::Overview, &row),
        event_id: event.to_string(),
        messages: messages.into_iter().map(card).collect(),
    };
    Ok(html(StatusCode::OK, &page))
}

fn card(message: SeenMessage, at: When) -> MessageCard {
    let to = message.to.as_deref().unwrap_or("nobody: there is no address any more");
    let (subject, text) = match message.message {
        Some(made) => (made.subject.unwrap_or_default(), made.text.to_string()),
        None => (String::new(), String::new()),
    };
    MessageCard {
        id: message.id.to_string(),
        guest_id: message.guest.to_string(),
        guest_name: message.guest_name.as_str().to_string(),
        what: match message.kind {
            MessageKind::Invitation => "Invitation",
            MessageKind::Reminder => "Reminder",
            MessageKind::Code => "Six digits",
            MessageKind::FreshLink => "New link",
        },
        way: match message.channel {
            Some(Channel::Email) => format!("E-mail to {to}"),
            Some(Channel::Sms) => format!("SMS to {to}"),
            Some(Channel::WhatsApp) => format!("WhatsApp to {to}"),
            None => "No way to this guest".to_owned(),
        },
        state: match message.state {
            MessageState::Queued => "On its way",
            MessageState::Sent => "Sent",
            MessageState::Skipped => "Not sent",
        },
        at,
        subject,
        text,
        link: message.link.unwrap_or_default(),
        code: message.code.map(|code| code.expose().to_string()).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::awkward;

    #[test]
    fn a_message_is_shown_as_the_guest_reads_it_and_nothing_in_it_runs() {
        let page = OutboxPage {
            chrome: awkward::chrome(Tab::Overview),
            event_id: "e1".into(),
            messages: vec![MessageCard {
                id: "m1".into(),
                guest_id: "g1".into(),
                guest_name: awkward::SCRIPT.into(),
                what: "Six digits",
                way: format!("E-mail to {}", awkward::LONG_EMAIL),
                state: "Sent",
                at: awkward::when(),
                subject: awkward::SCRIPT.into(),
                text: format!("Hello {},\n\n012345\n", awkward::SCRIPT),
                link: String::new(),
                code: "012345".into(),
            }],
        };
        let html = page.render().unwrap();
        awkward::assert_escaped(&html);
        assert!(html.contains(">012345<"));
        assert!(!page.is_cut());
    }
}
