//! Reads an agent string by its tokens: operating system, browser family, kind of device.
//!
//! A compact reader of our own: what scoring compares is coarse, and a full database of agents costs
//! the regex family (PARTS). Order matters below: every browser claims to be those before it.

use gg_domain::snapshot::{Agent, Browser, DeviceKind, Os, OsVersion};

/// HTTP libraries and command-line clients, by the start of their agent.
const LIBRARIES: &[&str] = &[
    "curl/",
    "Wget/",
    "python-requests/",
    "python-httpx/",
    "Python-urllib/",
    "Python/",
    "aiohttp/",
    "Go-http-client/",
    "okhttp/",
    "Java/",
    "Apache-HttpClient/",
    "axios/",
    "node-fetch",
    "undici",
    "node",
    "got (",
    "Ruby",
    "PHP/",
    "GuzzleHttp/",
    "libwww-perl/",
    "PostmanRuntime/",
    "insomnia/",
    "HTTPie/",
    "reqwest/",
    "Deno/",
    "Bun/",
    "Dart/",
    "CFNetwork/",
    "Scrapy/",
    "k6/",
];

/// Tokens of apps that show pages in a window of their own. All are people's.
const IN_APP: &[&str] = &[
    "FBAN/",
    "FBAV/",
    "FB_IAB",
    "FBIOS",
    "MetaIAB",
    "Instagram ",
    "Barcelona ",
    "Line/",
    "Snapchat",
    "musical_ly",
    "BytedanceWebview",
    "TikTok",
    "trill_",
    "LinkedInApp",
    "Twitter for",
    "TwitterAndroid",
    "Pinterest/",
    "[Pinterest",
    "MicroMessenger/",
    "KAKAOTALK",
    "Slack_SSB/",
    "Viber",
    "GSA/",
    "Teams/",
    "TeamsMobile",
    "Outlook-iOS",
    "Outlook-Android",
    "; wv)",
    "WebView/",
    "DuckDuckGo_WebView",
];

/// What `agent` says; all unknown where it says nothing.
pub fn parse_agent(agent: &str) -> Agent {
    let agent = agent.trim();
    if LIBRARIES.iter().any(|library| agent.starts_with(library)) {
        return Agent { browser: Browser::Library, ..Agent::default() };
    }
    let (os, os_version) = os(agent);
    let (browser, major) = browser(agent, os);
    Agent {
        os,
        os_version,
        browser,
        major,
        in_app: in_app(agent, os),
        kind: kind(agent, os),
        headless: agent.contains("HeadlessChrome/") || agent.contains("PhantomJS/"),
    }
}

fn os(agent: &str) -> (Os, Option<OsVersion>) {
    if let Some(rest) = after(agent, "CPU iPhone OS ").or_else(|| after(agent, "CPU OS ")) {
        return (Os::Ios, version(rest));
    }
    if ["iPhone", "iPad", "iPod"].iter().any(|name| agent.contains(name)) {
        return (Os::Ios, None);
    }
    if let Some(rest) = after(agent, "Android ") {
        return (Os::Android, version(rest));
    }
    if agent.contains("Android") {
        return (Os::Android, None);
    }
    if let Some(rest) = after(agent, "Windows NT ") {
        return (Os::Windows, version(rest));
    }
    if agent.contains("CrOS ") {
        return (Os::Chromeos, None);
    }
    if let Some(rest) = after(agent, "Mac OS X ") {
        return (Os::Macos, version(rest));
    }
    if agent.contains("Macintosh") {
        return (Os::Macos, None);
    }
    if agent.contains("Linux") || agent.contains("X11;") {
        return (Os::Linux, None);
    }
    (Os::Other, None)
}

fn browser(agent: &str, os: Os) -> (Browser, Option<u32>) {
    const FAMILIES: &[(&str, Browser)] = &[
        ("EdgiOS/", Browser::Edge),
        ("EdgA/", Browser::Edge),
        ("Edg/", Browser::Edge),
        ("Edge/", Browser::Edge),
        ("OPR/", Browser::Opera),
        ("OPiOS/", Browser::Opera),
        ("OPT/", Browser::Opera),
        ("SamsungBrowser/", Browser::Samsung),
        ("FxiOS/", Browser::Firefox),
        ("Firefox/", Browser::Firefox),
        ("CriOS/", Browser::Chrome),
        ("YaBrowser/", Browser::Other),
        ("Vivaldi/", Browser::Other),
        ("UCBrowser/", Browser::Other),
        ("MiuiBrowser/", Browser::Other),
        ("HuaweiBrowser/", Browser::Other),
        ("HeadlessChrome/", Browser::Chrome),
        ("Chrome/", Browser::Chrome),
        ("Chromium/", Browser::Chrome),
    ];
    for (token, family) in FAMILIES {
        if let Some(rest) = after(agent, token) {
            return (*family, number(rest));
        }
    }
    // Safari tells its version apart; an app's window on iOS tells none, but is the system's own.
    let apple = matches!(os, Os::Ios | Os::Macos) && agent.contains("AppleWebKit/");
    if apple || (agent.contains("AppleWebKit/") && agent.contains(" Safari/")) {
        let own = after(agent, "Version/").and_then(number);
        let system = after(agent, "CPU iPhone OS ").or_else(|| after(agent, "CPU OS ")).and_then(number);
        return (Browser::Safari, own.or(system));
    }
    (Browser::Other, None)
}

/// An app's own window: by the app's token, or on iOS by a web view that does not call itself Safari.
fn in_app(agent: &str, os: Os) -> bool {
    IN_APP.iter().any(|token| agent.contains(token))
        || (os == Os::Ios && agent.contains("AppleWebKit/") && !agent.contains("Safari/"))
}

fn kind(agent: &str, os: Os) -> DeviceKind {
    match os {
        Os::Ios if agent.contains("iPad") => DeviceKind::Tablet,
        Os::Ios => DeviceKind::Phone,
        Os::Android if agent.contains("Mobile") => DeviceKind::Phone,
        Os::Android => DeviceKind::Tablet,
        Os::Windows | Os::Macos | Os::Linux | Os::Chromeos => DeviceKind::Desktop,
        Os::Other => DeviceKind::Unknown,
    }
}

fn after<'a>(agent: &'a str, token: &str) -> Option<&'a str> {
    agent.split_once(token).map(|(_, rest)| rest)
}

/// The number at the start; absurdly long ones are none.
pub(crate) fn number(text: &str) -> Option<u32> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text[..end].parse().ok()
}

/// `17_4_1` or `10.15`; a version without a second part is `.0`.
fn version(text: &str) -> Option<OsVersion> {
    let major = number(text)?;
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let minor = rest.strip_prefix(['_', '.']).and_then(number);
    Some(OsVersion(major, minor.unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Row = (&'static str, Os, Browser, Option<u32>, bool, DeviceKind);

    /// Agent, system, family, major, in an app's window, kind. In the forms that browsers
    /// use; written down, not captured.
    #[rustfmt::skip]
    const REAL: &[Row] = &[
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_4_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4.1 Mobile/15E148 Safari/604.1",
            Os::Ios, Browser::Safari, Some(17), false, DeviceKind::Phone),
        ("Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 Mobile/15E148 Safari/604.1",
            Os::Ios, Browser::Safari, Some(16), false, DeviceKind::Tablet),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/123.0.6312.52 Mobile/15E148 Safari/604.1",
            Os::Ios, Browser::Chrome, Some(123), false, DeviceKind::Phone),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_3_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/21D61 [FBAN/FBIOS;FBAV/450.0.0.38.108;FBBV/564431005;FBDV/iPhone14,5;FBMD/iPhone;FBSN/iOS;FBSV/17.3.1;FBSS/3;FBID/phone;FBLC/de_DE;FBOP/5;FBRV/567052743]",
            Os::Ios, Browser::Safari, Some(17), true, DeviceKind::Phone),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/21C62 Instagram 314.0.2.15.103 (iPhone13,2; iOS 17_2; de_DE; de; scale=3.00; 1170x2532; 556277218)",
            Os::Ios, Browser::Safari, Some(17), true, DeviceKind::Phone),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
            Os::Ios, Browser::Safari, Some(17), true, DeviceKind::Phone),
        ("Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/24.0 Chrome/117.0.0.0 Mobile Safari/537.36",
            Os::Android, Browser::Samsung, Some(24), false, DeviceKind::Phone),
        ("Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Mobile Safari/537.36",
            Os::Android, Browser::Chrome, Some(124), false, DeviceKind::Phone),
        ("Mozilla/5.0 (Linux; Android 13; SM-X700) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36",
            Os::Android, Browser::Chrome, Some(124), false, DeviceKind::Tablet),
        ("Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/AP1A.240505.005; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/124.0.6367.82 Mobile Safari/537.36 Instagram 330.0.0.40.92 Android",
            Os::Android, Browser::Chrome, Some(124), true, DeviceKind::Phone),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36",
            Os::Windows, Browser::Chrome, Some(124), false, DeviceKind::Desktop),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36 Edg/124.0.2478.51",
            Os::Windows, Browser::Edge, Some(124), false, DeviceKind::Desktop),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:125.0) Gecko/20100101 Firefox/125.0",
            Os::Windows, Browser::Firefox, Some(125), false, DeviceKind::Desktop),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4.1 Safari/605.1.15",
            Os::Macos, Browser::Safari, Some(17), false, DeviceKind::Desktop),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:125.0) Gecko/20100101 Firefox/125.0",
            Os::Macos, Browser::Firefox, Some(125), false, DeviceKind::Desktop),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36 OPR/110.0.0.0",
            Os::Linux, Browser::Opera, Some(110), false, DeviceKind::Desktop),
        ("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36",
            Os::Chromeos, Browser::Chrome, Some(124), false, DeviceKind::Desktop),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Slack_SSB/4.36.140 Chrome/120.0.6099.199 Electron/28.1.3 Safari/537.36 Sonic Slack_SSB/4.36.140",
            Os::Macos, Browser::Chrome, Some(120), true, DeviceKind::Desktop),
        ("curl/8.5.0", Os::Other, Browser::Library, None, false, DeviceKind::Unknown),
        ("python-requests/2.31.0", Os::Other, Browser::Library, None, false, DeviceKind::Unknown),
        ("", Os::Other, Browser::Other, None, false, DeviceKind::Unknown),
        ("x", Os::Other, Browser::Other, None, false, DeviceKind::Unknown),
    ];

    #[test]
    fn agents_are_read_as_people_would() {
        for (text, os, browser, major, in_app, kind) in REAL {
            let agent = parse_agent(text);
            let read = (agent.os, agent.browser, agent.major, agent.in_app, agent.kind);
            assert_eq!(read, (*os, *browser, *major, *in_app, *kind), "{text}");
            assert!(!agent.headless, "{text}");
        }
    }

    #[test]
    fn versions_of_systems_are_read_with_either_dot() {
        let ios = parse_agent(REAL[0].0);
        assert_eq!(ios.os_version, Some(OsVersion(17, 4)));
        assert_eq!(parse_agent(REAL[10].0).os_version, Some(OsVersion(10, 0)));
        assert_eq!(parse_agent(REAL[13].0).os_version, Some(OsVersion(10, 15)));
        assert_eq!(parse_agent(REAL[14].0).os_version, Some(OsVersion(10, 15)));
    }

    #[test]
    fn a_browser_without_a_window_says_so() {
        let text = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
            HeadlessChrome/124.0.0.0 Safari/537.36";
        let agent = parse_agent(text);
        assert!(agent.headless);
        assert_eq!((agent.browser, agent.major), (Browser::Chrome, Some(124)));
    }

    #[test]
    fn absurd_versions_are_no_version() {
        let agent = parse_agent("Mozilla/5.0 (Windows NT ) Chrome/99999999999999999999 Safari/537.36");
        assert_eq!((agent.os, agent.os_version, agent.major), (Os::Windows, None, None));
    }
}
