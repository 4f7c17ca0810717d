//! Messages as guests receive them.

use super::*;

pub(super) fn outbox(full: bool) -> OutboxPage {
    let card = |id: &str, what, way: &str, subject: &str, text: &str, link: &str, code: &str| MessageCard {
        id: id.into(),
        guest_id: ID.into(),
        guest_name: if id == "m3" { LONG.into() } else { "Efua Mensah".into() },
        what,
        way: way.into(),
        state: if id == "m4" { "Not sent" } else { "Sent" },
        at: when("2 minutes ago"),
        subject: subject.into(),
        text: text.into(),
        link: link.into(),
        code: code.into(),
    };
    let link = "https://guests.example.com/i/AQEAAAABAAAAAAAAAAAAAAAAAZNbLwAAAAFiNQYOKPUoPXnBpXxjt2d8";
    let messages = vec![
        card(
            "m1",
            "Six digits",
            "E-mail to efua@example.com",
            "Your six digits for Ama & Kojo’s wedding",
            "Hello Efua Mensah,\n\nyour invitation was opened on a device that we had not seen with it before. If that was \
             you, type these six digits there:\n\n012345\n\nThey are good for 10 minutes. Never pass them on.",
            "",
            "012345",
        ),
        card(
            "m2",
            "New link",
            "SMS to +233201234567",
            "",
            &format!("Ama & Kojo’s wedding: your new link {link}"),
            link,
            "",
        ),
        card(
            "m3",
            "Invitation",
            "E-mail to nana@example.com",
            "You are invited",
            &format!("Hello,\n\n{link}"),
            link,
            "",
        ),
        card("m4", "Six digits", "No way to this guest", "", "", "", ""),
    ];
    let messages = if full { messages } else { Vec::new() };
    OutboxPage { chrome: chrome(Tab::Overview, true), event_id: ID.into(), messages }
}
