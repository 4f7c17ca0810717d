//! Reasons in words: a name for the bar, and what follows the guest's name in a sentence.

use std::sync::LazyLock;

use gg_domain::risk::ReasonCode;

use super::{Band, Evidence};

/// The words for a reason, as the monitor says them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReasonWords {
    /// The stable code; with a `-` behind it, where it speaks for the guest in words of its own.
    pub code: String,
    /// A short name, for the bar.
    pub name: &'static str,
    /// What follows the guest's name in a sentence.
    pub sentence: String,
}

static REASON_WORDS: LazyLock<Vec<ReasonWords>> = LazyLock::new(|| {
    let against = |code: &ReasonCode| ReasonWords {
        code: code.as_str().into(),
        name: reason_name(*code, 1.0),
        sentence: format!("opened {}", code.sentence()),
    };
    let for_guest = |code: &ReasonCode| {
        code.sentence_for().map(|sentence| ReasonWords {
            code: format!("{}-", code.as_str()),
            name: reason_name(*code, -1.0),
            sentence: format!("opened {sentence}"),
        })
    };
    ReasonCode::ALL.iter().map(against).chain(ReasonCode::ALL.iter().filter_map(for_guest)).collect()
});

/// How the monitor says each reason that the risk engine may give.
pub fn all_reason_words() -> &'static [ReasonWords] {
    &REASON_WORDS
}

/// The words for `code` with a weight of `nats`; `None` where there is no such reason.
pub fn reason_words(code: &str, nats: f64) -> Option<&'static ReasonWords> {
    let named = |name: &str| REASON_WORDS.iter().find(|words| words.code == name);
    let for_guest = if nats < 0.0 { named(&format!("{code}-")) } else { None };
    for_guest.or_else(|| named(code))
}

/// What is said of an opening after the guest's name: the words of the reason that weighs most in the band's
/// direction (for Verified what speaks for the guest, else what speaks against).
pub fn opening_sentence(band: Band, reasons: &[Evidence]) -> String {
    let weight = |reason: &&Evidence| if band == Band::Low { -reason.nats } else { reason.nats };
    reasons
        .iter()
        .max_by(|a, b| weight(a).total_cmp(&weight(b)))
        .and_then(|reason| reason_words(&reason.code, reason.nats))
        .map_or_else(|| "opened the link".into(), |words| words.sentence.clone())
}

/// A reason with a weight of `nats` in few words, beside its bar.
pub fn reason_name(code: ReasonCode, nats: f64) -> &'static str {
    match code {
        ReasonCode::GraphMultiGuest if nats < 0.0 => "Opened nobody else’s link",
        ReasonCode::SharePreview if nats < 0.0 => "No sign of a shared link",
        ReasonCode::FirstSeen => "First opening",
        ReasonCode::DevKnown => "A device we know",
        ReasonCode::DevHousehold => "A device of the household",
        ReasonCode::DevOtherGuest => "Another guest’s own device",
        ReasonCode::DevNew => "A new device",
        ReasonCode::DevUnproven => "A device that is still new here",
        ReasonCode::DevDisowned => "A device that you said is somebody else’s",
        ReasonCode::DevSecondPhone => "Another phone than theirs",
        ReasonCode::DevDowngrade => "An older browser than before",
        ReasonCode::DevReplayNoCookie => "Looks like a known device, without its mark",
        ReasonCode::DevCookieMoved => "The mark of another device",
        ReasonCode::DevOtherLocale => "Another language or time zone",
        ReasonCode::NetHome => "Usual network",
        ReasonCode::NetNewAddress => "A new address",
        ReasonCode::NetNewAsn => "A new network",
        ReasonCode::NetNewCountry => "A new country",
        ReasonCode::NetOrdinary => "An ordinary line",
        ReasonCode::NetTor => "Hidden behind Tor",
        ReasonCode::NetHosting => "From a data centre",
        ReasonCode::NetVpn => "Through a VPN",
        ReasonCode::NetRelay => "Through a privacy relay",
        ReasonCode::GraphMultiGuest => "Opened other guests’ links",
        ReasonCode::GraphRareTraits => "A rare kind of machine, on other links too",
        ReasonCode::DelegateKnown => "Opens links for several of these guests",
        ReasonCode::IpFanout => "Many links opened from one place",
        ReasonCode::LinkSpread => "Several new devices in a day",
        ReasonCode::SharePreview => "The link was pasted into a chat",
        ReasonCode::TzMismatch => "Clock and place disagree",
        ReasonCode::SigMissing => "The browser told us little",
        ReasonCode::SigContradiction => "The browser contradicts itself",
        ReasonCode::AutomationFlag => "A browser driven by a program",
        ReasonCode::AgentLibrary => "A program, not a browser",
        ReasonCode::LinkLeakedPrior => "The link seems to be passed around",
        ReasonCode::Degraded => "Not fully checked yet",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_names_what_weighs_most_in_the_band_s_direction() {
        let reason = |code: &str, nats| Evidence { code: code.into(), words: String::new(), nats };
        let reasons = [reason("NET_HOME", -1.0), reason("DEV_NEW", 1.4), reason("FIRST_SEEN", 0.1)];
        assert_eq!(opening_sentence(Band::Low, &reasons), "opened on a network that they use");
        assert_eq!(opening_sentence(Band::High, &reasons), "opened on a device never seen before");
        assert_eq!(opening_sentence(Band::High, &[]), "opened the link");
        let alone = [reason("GRAPH_MULTI_GUEST", -0.1)];
        assert_eq!(opening_sentence(Band::Low, &alone), "opened on a device that opened nobody else's link");
    }

    #[test]
    fn every_reason_has_a_name_of_its_own_without_jargon() {
        let names: std::collections::HashSet<_> = all_reason_words().iter().map(|words| words.name).collect();
        assert_eq!(names.len(), all_reason_words().len());
        assert!(names.iter().all(|name| !name.contains("fingerprint") && !name.contains("token")));
    }
}
