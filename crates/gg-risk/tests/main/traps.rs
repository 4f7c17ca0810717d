//! RISK.md 3: machines that look like people, people who look like machines.

use crate::fixtures::gate;
use gg_domain::access::{Act, Acts, Class, FetchClass, Headers, LinkAccess, Method, Network};
use gg_risk::{NO_READER_MS, classify_fetch};
use serde_json::json;

use crate::fixtures::{WINDOWS, device, opening, phone, signals};

/// Cards of chats and networks: forms that RISK.md 3.1 cites (iMessage, WhatsApp, Slack, Discord, Telegram,
/// X, LinkedIn, Meta) and others of the same kind, written down from memory.
const PREVIEWERS: &[&str] = &[
    "WhatsApp/2.24.9.78 A",
    "WhatsApp/2.2413.51 W",
    "WhatsApp/2",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "facebookexternalhit/1.1",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) \
        Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Slackbot 1.0 (+https://api.slack.com/robots)",
    "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    "TelegramBot (like TwitterBot)",
    "Twitterbot/1.0",
    "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5 skype-url-preview@microsoft.com",
    "Mozilla/5.0 (compatible; Snap URL Preview Service; bot; snapchat; https://developers.snap.com/robots)",
    "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_5) AppleWebKit/605.1.15 (KHTML, like Gecko) \
        Version/13.1.1 Safari/605.1.15 (Applebot/0.1; +http://www.apple.com/go/applebot)",
    "http.rb/5.1.1 (Mastodon/4.2.8; +https://example.social/) Bot",
];

/// People: browsers, and apps' own windows, some of which long lists take for bots. Written in the forms
/// that these browsers use, not captured; the window of WhatsApp is supposed, to hold the anchor.
const PEOPLE: &[&str] = &[
    crate::fixtures::IPHONE,
    WINDOWS,
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_3_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
        Mobile/21D61 [FBAN/FBIOS;FBAV/450.0.0.38.108;FBBV/564431005;FBDV/iPhone14,5;FBMD/iPhone;FBSN/iOS]",
    "Mozilla/5.0 (Linux; Android 14; SM-S911B Build/UP1A.231005.007; wv) AppleWebKit/537.36 (KHTML, like \
        Gecko) Version/4.0 Chrome/123.0.6312.118 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/457.0.0.35.109;]",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
        Mobile/22B83 Safari/604.1 MetaIAB Facebook",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
        Mobile/21C62 Instagram 314.0.2.15.103 (iPhone13,2; iOS 17_2; de_DE; de; scale=3.00)",
    "Mozilla/5.0 (Linux; Android 14; Pixel 7 Build/AP3A.240617.008; wv) AppleWebKit/537.36 (KHTML, like \
        Gecko) Version/4.0 Chrome/126.0.6478.122 Mobile Safari/537.36 Instagram 338.1.0.40.103 Android",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) \
        Slack_SSB/4.36.140 Chrome/120.0.6099.199 Electron/28.1.3 Safari/537.36 Sonic Slack_SSB/4.36.140",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 16_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
        Mobile/15E148 Viber/20.5.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
        Mobile/15E148 [LinkedInApp]/9.29.6",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
        Mobile/15E148 Twitter for iPhone/10.35",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
        Mobile/21E219 Snapchat/12.81.0.46 (like Safari/8617.2.4.10.8, panda)",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
        Mobile/15E148 WhatsApp/2.24.9",
    "curl/8.5.0",
    "python-requests/2.31.0",
    "Go-http-client/2.0",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/124.0.0.0 \
        Safari/537.36",
];

fn with_agent(agent: &str) -> LinkAccess {
    let headers = Headers { ua: (!agent.is_empty()).then(|| agent.into()), ..Headers::default() };
    LinkAccess { headers, signals: None, ..opening() }
}

fn on(asn: u32, access: LinkAccess) -> LinkAccess {
    LinkAccess { network: Network { asn: Some(asn), ..access.network }, ..access }
}

#[test]
fn previewers_are_previews_whatever_their_address() {
    for agent in PREVIEWERS {
        let access = with_agent(agent);
        assert_eq!(gate(&access), Class::Preview, "{agent}");
        assert_eq!(gate(&on(64_500, access)), Class::Preview, "{agent}");
    }
}

#[test]
fn people_are_people_with_script_and_without() {
    for agent in PEOPLE {
        let silent = with_agent(agent);
        assert_eq!(gate(&silent), Class::Human, "{agent}");
        let empty = LinkAccess { signals: signals(&json!({})), ..silent.clone() };
        assert_eq!(gate(&empty), Class::Human, "{agent}");
        let told = LinkAccess { signals: signals(&phone()), ..silent };
        assert_eq!(gate(&told), Class::Human, "{agent}");
    }
}

#[test]
fn fetches_are_classed_alike_and_a_cookie_is_a_browser() {
    let class = |agent: &str, method, has_cookie| {
        classify_fetch(&with_agent(agent).headers, method, &Network::default(), has_cookie)
    };
    for agent in PREVIEWERS {
        assert_eq!(class(agent, Method::Get, false), FetchClass::Preview, "{agent}");
        assert_eq!(class(agent, Method::Head, false), FetchClass::Preview, "{agent}");
    }
    for agent in PEOPLE {
        assert_eq!(class(agent, Method::Get, false), FetchClass::Browser, "{agent}");
        assert_eq!(class(agent, Method::Head, false), FetchClass::Scanner, "{agent}");
        assert_eq!(class(agent, Method::Head, true), FetchClass::Browser, "{agent}");
    }
    assert_eq!(class("", Method::Get, false), FetchClass::Scanner);
    let microsoft = Network { asn: Some(8_075), ..Network::default() };
    let headers = with_agent(WINDOWS).headers;
    assert_eq!(classify_fetch(&headers, Method::Get, &microsoft, false), FetchClass::Scanner);
    assert_eq!(classify_fetch(&headers, Method::Get, &microsoft, true), FetchClass::Browser);
}

/// Machines that no list has, by the marks that they give themselves.
const OTHER_MACHINES: &[&str] = &[
    "Mattermost-Bot/1.1",
    "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
    "Mozilla/5.0 (compatible; Pinterestbot/1.0; +http://www.pinterest.com/bot.html)",
    "kakaotalk-scrap/1.0; +https://devtalk.kakao.com/t/scrap/33984",
    "DuckDuckBot/1.1; (+http://duckduckgo.com/duckduckbot.html)",
    "Nextcloud Server Crawler",
];

#[test]
fn a_fetch_that_calls_itself_a_machines_gets_the_neutral_card() {
    let class = |agent| classify_fetch(&with_agent(agent).headers, Method::Get, &Network::default(), false);
    for agent in OTHER_MACHINES {
        assert_ne!(class(agent), FetchClass::Browser, "{agent}");
    }
    let cubot = "Mozilla/5.0 (Linux; Android 11; CUBOT NOTE 20 Build/RP1A) AppleWebKit/537.36 (KHTML, like Gecko) \
        Chrome/138.0.0.0 Mobile Safari/537.36";
    assert_eq!(class(cubot), FetchClass::Browser);
    for agent in PEOPLE {
        assert_eq!(class(agent), FetchClass::Browser, "{agent}");
    }
}

#[test]
fn an_empty_agent_and_a_head_are_scanners_until_a_person_shows() {
    let empty = with_agent("");
    assert_eq!(gate(&empty), Class::Scanner);
    let head = LinkAccess { method: Method::Head, ..with_agent(WINDOWS) };
    assert_eq!(gate(&head), Class::Scanner);
    let acting = LinkAccess { act: Acts::Known(Some(Act::Answered)), ..empty.clone() };
    assert_eq!(gate(&acting), Class::Human);
    assert_eq!(gate(&LinkAccess { device: Some(device(1)), ..empty }), Class::Human);
}

#[test]
fn people_on_a_mail_filters_network_are_let_through_by_cookie_or_act() {
    let scripted = json!({"platform": "Win32", "visible_ms": 9000, "interacted": false});
    let untouched = on(8_075, LinkAccess { signals: signals(&scripted), ..with_agent(WINDOWS) });
    assert_eq!(gate(&untouched), Class::Scanner);
    assert_eq!(gate(&LinkAccess { device: Some(device(1)), ..untouched }), Class::Human);
    assert_eq!(gate(&on(8_075, opening())), Class::Human, "it was touched");
}

#[test]
fn a_previewers_agent_with_script_is_a_preview_only_on_the_platforms_own_network() {
    let untouched = json!({"platform": "Linux", "visible_ms": 2000});
    let posing = LinkAccess { signals: signals(&untouched), ..with_agent("facebookexternalhit/1.1") };
    assert_eq!(gate(&posing), Class::Human);
    assert_eq!(gate(&on(32_934, posing)), Class::Preview);
}

#[test]
fn a_page_hardly_visible_and_never_touched_was_read_by_nobody() {
    let class = |visible_ms: u64, interacted: bool, cookie: bool| {
        let said = json!({"visible_ms": visible_ms, "interacted": interacted});
        let device = cookie.then(|| device(1));
        gate(&LinkAccess { signals: signals(&said), device, ..opening() })
    };
    assert_eq!(class(NO_READER_MS - 1, false, false), Class::Scanner);
    assert_eq!(class(NO_READER_MS - 1, false, true), Class::Scanner);
    assert_eq!(class(NO_READER_MS, false, false), Class::Human);
    assert_eq!(class(0, true, false), Class::Human);
}

#[test]
fn half_a_word_on_reading_makes_no_machine() {
    for said in [json!({"visible_ms": 10}), json!({"interacted": false}), json!({"visible_ms": null})] {
        assert_eq!(gate(&LinkAccess { signals: signals(&said), ..opening() }), Class::Human, "{said}");
    }
}

#[test]
fn an_answer_makes_a_person_of_whoever_the_gate_took_for_a_machine() {
    let said = json!({"visible_ms": 3, "interacted": false});
    for agent in ["", "WhatsApp/2", WINDOWS] {
        let machine = on(8_075, LinkAccess { signals: signals(&said), ..with_agent(agent) });
        assert_ne!(gate(&machine), Class::Human);
        let answered = LinkAccess { act: Acts::Known(Some(Act::Answered)), ..machine };
        assert_eq!(gate(&answered), Class::Human);
    }
}
