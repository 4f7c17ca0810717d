//! What messages to guests say, for each way on which they go.
//!
//! A message is made when it is sent, from what is known then, and is kept nowhere: a link and a code are in it. Each
//! is a template of its own, `<kind>.subject.txt`, `<kind>.txt` for mail, `<kind>.sms.txt` where it must be short.

use std::fmt;

use askama::Template;
use gg_domain::message::Channel;
use gg_domain::step_up::CODE_LIFE;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use zeroize::Zeroizing;

/// Most characters of a text message: what goes in one. A link is never cut, so a very long public address may pass it.
pub const SMS_CHARS_MAX: usize = 160;
/// Fewest characters that are left of an event's name where a text message is too long.
const NAME_CHARS_LEFT: usize = 8;

/// What a message brings.
#[derive(Clone, Copy)]
pub enum Says<'a> {
    /// The guest's link, for the first time.
    Invitation {
        /// The link. A secret.
        link: &'a str,
    },
    /// The guest's link, once more.
    Reminder {
        /// The link. A secret.
        link: &'a str,
    },
    /// Six digits that confirm the contact.
    Code {
        /// The digits. A secret.
        code: &'a str,
    },
    /// A new link in place of an older one.
    FreshLink {
        /// The link. A secret.
        link: &'a str,
    },
}

/// To whom a message goes, and about what.
#[derive(Clone, Copy)]
pub struct About<'a> {
    /// The guest's name.
    pub guest: &'a str,
    /// The event's name.
    pub event: &'a str,
    /// When it starts.
    pub starts_at: Timestamp,
    /// The IANA zone of its times.
    pub time_zone: &'a str,
    /// Where; none where that is not known yet.
    pub venue: Option<&'a str>,
}

/// A message as its guest receives it. Its `Debug` says nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// The subject; none where the way has none.
    pub subject: Option<String>,
    /// The text.
    pub text: Zeroizing<String>,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Message(…)")
    }
}

/// The message that says `says` on its way by `channel`.
///
/// # Errors
/// Where a template does not render, which no name and no link brings about.
pub fn write(channel: Channel, about: &About<'_>, says: Says<'_>) -> Result<Message, askama::Error> {
    let when = when(about);
    match channel {
        Channel::Email => {
            let words = Words { event: about.event, when: &when, about, says };
            Ok(Message { subject: Some(words.subject()?), text: Zeroizing::new(words.letter()?) })
        }
        Channel::Sms | Channel::WhatsApp => {
            let text = short(&Words { event: about.event, when: &when, about, says })?;
            Ok(Message { subject: None, text: Zeroizing::new(text) })
        }
    }
}

/// A text message, with as much of the event's name as there is room for.
fn short(words: &Words<'_>) -> Result<String, askama::Error> {
    let text = words.text()?;
    let beyond = text.chars().count().saturating_sub(SMS_CHARS_MAX);
    if beyond == 0 {
        return Ok(text);
    }
    // Three dots rather than an ellipsis: that letter would halve what goes into one text message.
    let left = words.event.chars().count().saturating_sub(beyond + 3).max(NAME_CHARS_LEFT);
    let cut: String = words.event.chars().take(left).collect();
    Words { event: &format!("{}...", cut.trim_end()), ..*words }.text()
}

/// What the templates place.
#[derive(Clone, Copy)]
struct Words<'a> {
    event: &'a str,
    when: &'a str,
    about: &'a About<'a>,
    says: Says<'a>,
}

macro_rules! template {
    ($name:ident, $path:literal, $secret:ident) => {
        #[derive(Template)]
        #[template(path = $path)]
        struct $name<'a> {
            words: Words<'a>,
            $secret: &'a str,
        }
    };
    ($name:ident, $path:literal) => {
        #[derive(Template)]
        #[template(path = $path)]
        struct $name<'a> {
            words: Words<'a>,
        }
    };
}
template!(InvitationSubject, "invitation.subject.txt");
template!(InvitationLetter, "invitation.txt", link);
template!(InvitationText, "invitation.sms.txt", link);
template!(ReminderSubject, "reminder.subject.txt");
template!(ReminderLetter, "reminder.txt", link);
template!(ReminderText, "reminder.sms.txt", link);
template!(CodeSubject, "code.subject.txt");
template!(CodeLetter, "code.txt", code);
template!(CodeText, "code.sms.txt", code);
template!(FreshLinkSubject, "fresh_link.subject.txt");
template!(FreshLinkLetter, "fresh_link.txt", link);
template!(FreshLinkText, "fresh_link.sms.txt", link);

impl Words<'_> {
    fn subject(self) -> Result<String, askama::Error> {
        let words = self;
        match self.says {
            Says::Invitation { .. } => InvitationSubject { words }.render(),
            Says::Reminder { .. } => ReminderSubject { words }.render(),
            Says::Code { .. } => CodeSubject { words }.render(),
            Says::FreshLink { .. } => FreshLinkSubject { words }.render(),
        }
    }

    fn letter(self) -> Result<String, askama::Error> {
        let words = self;
        match self.says {
            Says::Invitation { link } => InvitationLetter { words, link }.render(),
            Says::Reminder { link } => ReminderLetter { words, link }.render(),
            Says::Code { code } => CodeLetter { words, code }.render(),
            Says::FreshLink { link } => FreshLinkLetter { words, link }.render(),
        }
    }

    fn text(self) -> Result<String, askama::Error> {
        let words = self;
        match self.says {
            Says::Invitation { link } => InvitationText { words, link }.render(),
            Says::Reminder { link } => ReminderText { words, link }.render(),
            Says::Code { code } => CodeText { words, code }.render(),
            Says::FreshLink { link } => FreshLinkText { words, link }.render(),
        }
    }

    fn minutes(&self) -> i64 {
        CODE_LIFE.as_mins()
    }
}

/// When the event starts, as people say it where it is.
fn when(about: &About<'_>) -> String {
    let zone = TimeZone::get(about.time_zone).unwrap_or(TimeZone::UTC);
    about.starts_at.to_zoned(zone).strftime("%A %-d %B %Y, %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str =
        "https://guests.example.com/i/AQEAAAABAAAAAAAAAAAAAAAAAZNbLwAAAAFiNQYOKPUoPXnBpXxjt2d8";

    fn about(event: &str) -> About<'_> {
        let starts_at = "2026-12-12T15:00:00Z".parse().unwrap();
        About { guest: "Efua", event, starts_at, time_zone: "Africa/Accra", venue: Some("La Palm Gardens") }
    }

    fn every() -> [Says<'static>; 4] {
        [
            Says::Invitation { link: LINK },
            Says::Reminder { link: LINK },
            Says::Code { code: "012345" },
            Says::FreshLink { link: LINK },
        ]
    }

    #[test]
    fn a_letter_names_guest_and_event_and_brings_what_it_is_sent_for() {
        for says in every() {
            let message = write(Channel::Email, &about("Ama & Kojo’s wedding"), says).unwrap();
            let subject = message.subject.unwrap();
            assert!(subject.contains("Ama & Kojo’s wedding"), "{subject}");
            assert_eq!(subject.lines().count(), 1);
            assert!(message.text.starts_with("Hello Efua,\n\n"), "{}", *message.text);
            match says {
                Says::Code { code } => assert!(message.text.contains(code)),
                Says::Invitation { link } | Says::Reminder { link } | Says::FreshLink { link } => {
                    assert!(message.text.lines().any(|line| line == link), "a line of its own");
                }
            }
        }
    }

    #[test]
    fn a_code_says_never_to_pass_it_on_and_how_long_it_is_good() {
        for channel in Channel::ALL {
            let message = write(channel, &about("A dinner"), Says::Code { code: "012345" }).unwrap();
            assert!(message.text.contains("Never pass"), "{}", *message.text);
            assert!(message.text.contains("10 minutes"), "{}", *message.text);
        }
    }

    #[test]
    fn a_text_message_fits_whatever_the_event_is_called() {
        let long = "The most splendid and longest awaited silver wedding of the whole family ".repeat(3);
        for (event, says) in [("Dinner", 0), (long.as_str(), 0), ("é", 0)]
            .into_iter()
            .flat_map(|(event, _)| every().map(|says| (event, says)))
        {
            let message = write(Channel::Sms, &about(event), says).unwrap();
            let chars = message.text.chars().count();
            assert!(chars <= SMS_CHARS_MAX, "{chars}: {}", *message.text);
            assert_eq!(message.text.lines().count(), 1);
            assert_eq!(message.subject, None);
        }
    }

    #[test]
    fn a_message_in_a_log_gives_nothing_away() {
        let message = write(Channel::Email, &about("Dinner"), Says::Code { code: "012345" }).unwrap();

        assert_eq!(format!("{message:?}"), "Message(…)");
    }
}
