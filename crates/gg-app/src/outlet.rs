//! Where messages leave this deployment, and which way leads to a guest.

use gg_domain::email::EmailAddress;
use gg_domain::message::Channel;
use gg_domain::phone::PhoneNumber;
use gg_store::LinkRow;

/// Where messages leave this deployment. Mail and text messages come with a later issue, each as one more of these.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Outlet {
    /// Nowhere: nothing can be sent.
    #[default]
    Nowhere,
    /// Into the built-in viewer, where the owner of an event reads what its guests would: to try things out.
    Viewer,
}

impl Outlet {
    /// Whether messages go out by `channel`.
    pub const fn carries(self, _channel: Channel) -> bool {
        matches!(self, Self::Viewer)
    }

    /// Whether anything goes out at all.
    pub fn is_open(self) -> bool {
        Channel::ALL.into_iter().any(|channel| self.carries(channel))
    }

    /// The way to who has these contacts: mail before a text message, which costs.
    pub(crate) fn way(self, email: Option<&EmailAddress>, phone: Option<&PhoneNumber>) -> Option<Channel> {
        let by = |channel: Channel, known: bool| (known && self.carries(channel)).then_some(channel);
        by(Channel::Email, email.is_some()).or_else(|| by(Channel::Sms, phone.is_some()))
    }

    /// Why nothing goes to a guest for whom there is no [`Self::way`]: the organiser reads it, and nobody else.
    pub(crate) fn hindrance(self) -> &'static str {
        if self.is_open() { "no contact" } else { "no channel" }
    }

    /// Whether a six-digit code can reach the guest of a link: while not, a step-up lets in (CONTRACT.md).
    pub(crate) fn reaches(self, link: &LinkRow) -> bool {
        self.is_open() && link.reachable
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_goes_before_a_text_message_and_nothing_goes_nowhere() {
        let (email, phone) =
            (EmailAddress::parse("efua@example.org").unwrap(), PhoneNumber::parse("+233201234567").unwrap());
        let viewer = Outlet::Viewer;

        assert_eq!(viewer.way(Some(&email), Some(&phone)), Some(Channel::Email));
        assert_eq!(viewer.way(None, Some(&phone)), Some(Channel::Sms));
        assert_eq!(viewer.way(None, None), None);
        assert_eq!(Outlet::Nowhere.way(Some(&email), Some(&phone)), None);
    }
}
