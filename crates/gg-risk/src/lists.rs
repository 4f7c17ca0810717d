//! Curated lists of the gate: who previews links, who scans mail.
//!
//! Short and anchored on purpose. Long public lists match real in-app browsers (an Android build id,
//! `MetaIAB`, `Viber`, `Slack_SSB`), so an entry is a token at the start of the agent or after a
//! separator. Nothing here means "hostile".

/// Rises with every change of a list.
pub const LISTS_VERSION: &str = "2026-11-24";

/// Agents that fetch a link to draw a card of it, by product tokens (`token` then `/`, space, end …).
///
/// The core (Meta, Slack, Discord, Telegram, X, LinkedIn, Apple, Bing, Google) is RISK.md 3.1's table;
/// the rest is written down from common knowledge and not yet compared with the makers' own pages.
/// iMessage borrows `facebookexternalhit/1.1 Facebot Twitterbot/1.0` on the sender's phone, so the
/// address never decides.
pub(crate) const PREVIEW_TOKENS: &[&str] = &[
    "facebookexternalhit",
    "facebookcatalog",
    "Facebot",
    "meta-externalfetcher",
    "meta-externalagent",
    "Slackbot-LinkExpanding",
    "Slackbot",
    "Slack-ImgProxy",
    "Discordbot",
    "TelegramBot",
    "Twitterbot",
    "LinkedInBot",
    "SkypeUriPreview",
    "Iframely",
    "Embedly",
    "redditbot",
    "Mastodon",
    "Synapse",
    "Applebot",
    "BingPreview",
    "MicrosoftPreview",
    "bingbot",
    "Googlebot",
    "Google-Read-Aloud",
    "GoogleImageProxy",
    "vkShare",
    "Snap URL Preview Service",
    "Google-PageRenderer",
    "Cardyb",
];

/// WhatsApp sends `WhatsApp/2.x A|i|N` from the sender's own phone, and nothing before it: an app's window
/// that names it later in its agent is a person's.
pub(crate) const PREVIEW_STARTS: &[&str] = &["WhatsApp"];

/// Networks of platforms that preview from servers of their own, some with script: RISK.md 5.0's
/// numbers, not looked up again. The last three are clouds that previewers rent.
pub(crate) const PLATFORM_ASNS: &[u32] = &[
    32934,  // Meta
    13414,  // X
    14413,  // LinkedIn
    62041,  // Telegram
    14618,  // Amazon, us-east
    16509,  // Amazon
    396982, // Google Cloud
];

/// Networks of mail filters: RISK.md 5.0's numbers, not looked up again. People sit there too.
pub(crate) const MAIL_SECURITY_ASNS: &[u32] = &[
    8075,  // Microsoft (Defender, Safe Links)
    22843, // Proofpoint
    26211, // Proofpoint
    30031, // Mimecast
    42427, // Mimecast
    15324, // Barracuda
    16417, // Cisco (IronPort)
];

/// Does the agent carry a previewer's token, as a product of its own?
pub fn names_previewer(agent: &str) -> bool {
    carries(agent, PREVIEW_TOKENS) || PREVIEW_STARTS.iter().any(|token| begins(agent, token))
}

/// One of the tokens stands at the start or after a separator, and ends there: `WhatsApp/2.24` but neither
/// `MyWhatsAppClone` nor `[WhatsAppIAB/…`. Each place where a product may begin is looked at once: this is asked of
/// every request of a guest.
fn carries(agent: &str, tokens: &[&str]) -> bool {
    let after_separators = agent.match_indices([' ', '(', ';', '/', ',', '+']).map(|(at, _)| at + 1);
    std::iter::once(0)
        .chain(after_separators)
        .any(|at| tokens.iter().any(|token| begins(&agent[at..], token)))
}

fn begins(rest: &str, token: &str) -> bool {
    let after = rest.strip_prefix(token).map(|after| after.chars().next());
    after.is_some_and(|after| after.is_none_or(|c| matches!(c, ' ' | '/' | ')' | ';' | ',')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_whole_products() {
        let names = |agent| carries(agent, &["WhatsApp", "Discordbot", "Snap URL Preview Service"]);
        assert!(names("WhatsApp/2.24.9.78 A"));
        assert!(names("Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)"));
        assert!(names("Mozilla/5.0 Snap URL Preview Service; bot"));
        assert!(names("x;WhatsApp"));
        assert!(!names("Mozilla/5.0 (iPhone) MyWhatsApp/2"));
        assert!(!names("Mozilla/5.0 (iPhone) WhatsAppIAB/2"));
        assert!(!names(""));
        assert!(!names("é(é;é WhatsAppé"));
    }
}
