//! The access log (CONTRACT.md, "Access log"): one JSON object a line, in time order.
//!
//! Hostile input is expected: a line that is too long, nested, of wrong types or no UTF-8 is an error that
//! names the line by its number, never a panic. Unknown keys are ignored; absurd signals count as missing.

use std::io::{self, BufRead, Read as _, Write};

use gg_domain::access::{Acts, HEADER_CHARS_MAX, Headers, LinkAccess, Method, Network};
use gg_domain::id::{AccessId, DeviceId, EventId, GuestId, PartyId};
use gg_domain::signals::Signals;
use gg_domain::snapshot::Mark;
use gg_risk::NO_READER_MS;
use jiff::Timestamp;
use uuid::Uuid;

use crate::line::{FpLine, HeaderLine, Line, MethodWord};

/// Longest line, in bytes: a real one has 2 KiB, one with every member at its limit 40.
pub const LINE_BYTES_MAX: usize = 256 * 1024;
/// Longest event, guest, party or cookie, in bytes: ids and signed cookies are under 200.
pub const NAME_BYTES_MAX: usize = 1_024;

/// What is wrong with a log.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// It could not be read.
    #[error("the log could not be read: {0}")]
    Io(#[from] io::Error),
    /// A line is not one of the log.
    #[error("line {line}: {what}")]
    Line {
        /// Counted from 1.
        line: u64,
        /// What is wrong.
        what: String,
    },
}

/// One access, as a line has it.
#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// Of which event.
    pub event: String,
    /// Whose link.
    pub guest: String,
    /// The household as the organiser knows it.
    pub party: String,
    /// From where.
    pub network: Network,
    /// With which headers.
    pub headers: Headers,
    /// What the script said.
    pub signals: Option<Signals>,
    /// The device cookie presented.
    pub cookie: Option<String>,
    /// The device cookie handed out.
    pub set_cookie: Option<String>,
    /// GET or HEAD.
    pub method: Method,
    /// The strongest act known.
    pub act: Acts,
    /// When the latest invitation went out.
    pub sent_at: Option<Timestamp>,
    /// By which channel.
    pub channel: Option<String>,
    /// How many companions the guest may bring.
    pub plus_ones_allowed: Option<u32>,
}

impl Entry {
    /// The entry of one line.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn parse(line: &[u8]) -> Result<Self, String> {
        let line: Line<FpLine> = serde_json::from_slice(line).map_err(|error| error.to_string())?;
        let signals =
            line.fp.map(|fp| Signals::read(|name| fp.member(name))).transpose().map_err(|errors| {
                let first = errors.0.first().map(|error| format!("{} {}", error.pointer, error.detail));
                first.unwrap_or_default().replace("/signals", "/fp")
            })?;
        let named = [
            Some(&line.event),
            Some(&line.guest),
            line.party.as_ref(),
            line.cookie.as_ref(),
            line.set_cookie.as_ref(),
        ];
        if named.iter().flatten().any(|name| name.len() > NAME_BYTES_MAX) {
            return Err(format!("event, guest, party or cookie is longer than {NAME_BYTES_MAX} bytes"));
        }
        let headers = line.headers.unwrap_or_default();
        Ok(Self {
            at: line.ts,
            party: line.party.unwrap_or_else(|| line.guest.clone()),
            event: line.event,
            guest: line.guest,
            network: Network {
                ip: line.ip,
                asn: line.asn,
                city: line.city,
                country: line.country,
                class: line.net_class,
            },
            headers: Headers {
                ua: cut(headers.ua),
                accept_language: cut(headers.accept_language),
                sec_ch_ua: cut(headers.sec_ch_ua),
                sec_ch_ua_mobile: cut(headers.sec_ch_ua_mobile),
                sec_ch_ua_platform: cut(headers.sec_ch_ua_platform),
                accept: cut(headers.accept),
                sec_fetch_mode: cut(headers.sec_fetch_mode),
            },
            signals,
            cookie: line.cookie,
            set_cookie: line.set_cookie,
            method: match line.method {
                MethodWord::Get => Method::Get,
                MethodWord::Head => Method::Head,
            },
            act: line.act.map_or(Acts::Unknown, Acts::Known),
            sent_at: line.sent_at,
            channel: line.channel,
            plus_ones_allowed: line.plus_ones_allowed,
        })
    }

    /// Writes the entry as a line.
    ///
    /// # Errors
    /// When `out` takes no more.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let headers = self.headers.clone();
        let line = Line {
            ts: self.at,
            event: self.event.clone(),
            guest: self.guest.clone(),
            party: Some(self.party.clone()),
            ip: self.network.ip,
            asn: self.network.asn,
            city: self.network.city.clone(),
            country: self.network.country.clone(),
            net_class: self.network.class,
            headers: Some(HeaderLine {
                ua: headers.ua,
                accept_language: headers.accept_language,
                sec_ch_ua: headers.sec_ch_ua,
                sec_ch_ua_mobile: headers.sec_ch_ua_mobile,
                sec_ch_ua_platform: headers.sec_ch_ua_platform,
                accept: headers.accept,
                sec_fetch_mode: headers.sec_fetch_mode,
            }),
            fp: self.signals.as_ref(),
            cookie: self.cookie.clone(),
            set_cookie: self.set_cookie.clone(),
            method: match self.method {
                Method::Get => MethodWord::Get,
                Method::Head => MethodWord::Head,
            },
            act: match self.act {
                Acts::Known(act) => Some(act),
                Acts::Unknown => None,
            },
            sent_at: self.sent_at,
            channel: self.channel.clone(),
            plus_ones_allowed: self.plus_ones_allowed,
        };
        serde_json::to_writer(&mut *out, &line)?;
        out.write_all(b"\n")
    }

    /// The access as the engine takes it. Ids are hashes of the names, devices within their event, as in
    /// the product.
    pub fn access(self) -> LinkAccess {
        let event = id("event", &self.event, "");
        let device = |cookie: &String| DeviceId::from_uuid(id("device", &self.event, cookie));
        LinkAccess {
            id: AccessId::from_uuid(event),
            at: self.at,
            event: EventId::from_uuid(event),
            guest: GuestId::from_uuid(id("guest", &self.event, &self.guest)),
            party: PartyId::from_uuid(id("party", &self.event, &self.party)),
            device: self.cookie.as_ref().map(device),
            new_device: self.set_cookie.as_ref().map(device),
            network: self.network,
            headers: self.headers,
            signals: self.signals.map(|signals| seen_long_enough(signals, self.act)),
            act: self.act,
            method: self.method,
        }
    }
}

/// A log that watched for acts and says nothing of how a page was used: it was open long enough to be an
/// opening, or it would not be there.
fn seen_long_enough(signals: Signals, act: Acts) -> Signals {
    let silent = signals.visible_ms.is_none() && signals.interacted.is_none();
    let visible_ms = if silent && act != Acts::Unknown { Some(NO_READER_MS) } else { signals.visible_ms };
    Signals { visible_ms, ..signals }
}

/// A header at its longest; empty is absent.
fn cut(text: Option<String>) -> Option<String> {
    let mut text = text.filter(|text| !text.trim().is_empty())?;
    if let Some((end, _)) = text.char_indices().nth(HEADER_CHARS_MAX) {
        text.truncate(end);
    }
    Some(text)
}

/// 128 bits that stand for a name within an event.
fn id(kind: &str, event: &str, name: &str) -> Uuid {
    let halves = [Mark::of([kind, event, name]), Mark::of([name, event, kind])];
    Uuid::from_u64_pair(halves[0].0, halves[1].0)
}

/// Reads a log line by line; memory holds one line.
#[derive(Debug)]
pub struct LogReader<R> {
    input: R,
    buffer: Vec<u8>,
    line: u64,
    last: Timestamp,
}

impl<R: BufRead> LogReader<R> {
    /// Reads from `input`.
    pub const fn new(input: R) -> Self {
        Self { input, buffer: Vec::new(), line: 0, last: Timestamp::MIN }
    }

    /// The next entry; none at the end.
    ///
    /// # Errors
    /// [`LogError`], with the line.
    pub fn next_entry(&mut self) -> Result<Option<Entry>, LogError> {
        self.buffer.clear();
        self.line += 1;
        let most = LINE_BYTES_MAX as u64 + 1;
        let read = self.input.by_ref().take(most).read_until(b'\n', &mut self.buffer)?;
        if read == 0 {
            return Ok(None);
        }
        if self.buffer.last() == Some(&b'\n') {
            self.buffer.pop();
        }
        if self.buffer.len() > LINE_BYTES_MAX {
            return Err(self.wrong(format!("is longer than {LINE_BYTES_MAX} bytes")));
        }
        let entry = Entry::parse(&self.buffer).map_err(|what| self.wrong(what))?;
        if entry.at < self.last {
            return Err(
                self.wrong(format!("ts {} is before that of the line above, {}", entry.at, self.last))
            );
        }
        self.last = entry.at;
        Ok(Some(entry))
    }

    const fn wrong(&self, what: String) -> LogError {
        LogError::Line { line: self.line, what }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use proptest::prelude::*;

    use super::*;

    const GOOD: &str = r#"{"ts":"2026-06-01T10:00:00.123Z","event":"e","guest":"g","party":"p","ip":"240.1.2.3","asn":64500,"city":"Bonn","country":"DE","net_class":"residential","headers":{"ua":"x","accept":"*/*"},"fp":{"platform":"iPhone","screen":"390x844","new":[1]},"cookie":null,"set_cookie":"c","method":"GET","act":null,"later":{}}"#;

    fn read(text: &[u8]) -> Result<Vec<Entry>, LogError> {
        let mut reader = LogReader::new(text);
        let mut entries = Vec::new();
        while let Some(entry) = reader.next_entry()? {
            entries.push(entry);
        }
        Ok(entries)
    }

    fn complaint(text: &[u8]) -> String {
        read(text).expect_err("it is wrong").to_string()
    }

    #[test]
    fn an_entry_is_read_as_it_was_written() {
        let entry = Entry::parse(GOOD.as_bytes()).unwrap();
        assert_eq!(entry.act, Acts::Known(None));
        let mut written = Vec::new();
        entry.write(&mut written).unwrap();
        assert_eq!(read(&written).unwrap(), [entry]);
    }

    #[test]
    fn an_absent_act_is_unknown_and_an_absent_party_is_the_guest() {
        let entry =
            Entry::parse(br#"{"ts":"2026-06-01T10:00:00Z","event":"e","guest":"g","fp":null}"#).unwrap();
        assert_eq!((entry.act, entry.party.as_str()), (Acts::Unknown, "g"));
        assert_eq!(entry.signals, None);
    }

    #[test]
    fn a_bad_line_is_named_by_its_number() {
        let mut falling = format!("{GOOD}\n{GOOD}\n");
        let _ = writeln!(falling, "{}", GOOD.replace("10:00", "09:59"));
        assert!(complaint(falling.as_bytes()).starts_with("line 3: ts "));
        for bad in ["", "{", "[]", "null", "{\"ts\":1}", "\u{0}", "{\"ts\":NaN}"] {
            let text = format!("{GOOD}\n{bad}\n{GOOD}\n");
            assert!(complaint(text.as_bytes()).starts_with("line 2: "), "{bad}");
        }
        assert!(complaint(b"{\"ts\":\"\xff\xfe\"}").starts_with("line 1: "));
    }

    #[test]
    fn wrong_signals_are_named_and_absurd_ones_are_missing() {
        let with = |fp: &str| GOOD.replace(r#""screen":"390x844""#, fp);
        assert!(complaint(with(r#""fonts":["a","b"]"#).as_bytes()).contains("line 1: /fp/fonts"));
        let entry = Entry::parse(with(r#""cores":0,"screen":"0x0""#).as_bytes()).unwrap();
        assert_eq!(entry.signals.unwrap().cores, None);
    }

    #[test]
    fn endless_and_deep_lines_are_refused() {
        let endless = vec![b' '; LINE_BYTES_MAX * 3];
        assert!(complaint(&endless).starts_with("line 1: is longer"));
        let deep = GOOD.replace("[1]", &"[".repeat(100_000));
        assert!(complaint(deep.as_bytes()).starts_with("line 1: "));
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = read(&bytes);
        }

        #[test]
        fn a_damaged_line_is_read_or_refused(at in 0..GOOD.len(), byte: u8) {
            let mut bytes = GOOD.as_bytes().to_vec();
            bytes[at] = byte;
            let _ = read(&bytes);
        }
    }
}
