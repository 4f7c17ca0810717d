//! Devices and browsers as people call them: "Safari on iPhone".

use gg_domain::snapshot::{Browser, DeviceKind, Os};

/// What a browser that called itself `agent` is.
pub fn agent_words(agent: &str) -> String {
    let agent = gg_app::parse_agent(agent);
    device_words(agent.os, agent.browser, agent.kind)
}

/// A browser on a device.
pub fn device_words(os: Os, browser: Browser, kind: DeviceKind) -> String {
    let device = match (os, kind) {
        (Os::Ios, DeviceKind::Tablet) => "iPad",
        (Os::Ios, _) => "iPhone",
        (Os::Android, DeviceKind::Tablet) => "an Android tablet",
        (Os::Android, _) => "an Android phone",
        (Os::Windows, _) => "Windows",
        (Os::Macos, _) => "a Mac",
        (Os::Linux, _) => "Linux",
        (Os::Chromeos, _) => "a Chromebook",
        (Os::Other, DeviceKind::Phone) => "a phone",
        (Os::Other, DeviceKind::Tablet) => "a tablet",
        (Os::Other, DeviceKind::Desktop) => "a computer",
        (Os::Other, DeviceKind::Unknown) => "",
    };
    let browser = match browser {
        Browser::Safari => "Safari",
        Browser::Chrome => "Chrome",
        Browser::Edge => "Edge",
        Browser::Firefox => "Firefox",
        Browser::Samsung => "Samsung Internet",
        Browser::Opera => "Opera",
        Browser::Library => "A program",
        Browser::Other => "",
    };
    match (browser, device) {
        ("", "") => "A browser that does not say its name".into(),
        ("", device) => format!("A browser on {device}"),
        (browser, "") => browser.into(),
        (browser, device) => format!("{browser} on {device}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_called_as_people_call_them() {
        let iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 \
            (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1";
        assert_eq!(agent_words(iphone), "Safari on iPhone");
        assert_eq!(agent_words("curl/8.5.0"), "A program");
        assert_eq!(agent_words(""), "A browser that does not say its name");
    }
}
