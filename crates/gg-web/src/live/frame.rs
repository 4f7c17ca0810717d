//! WebSocket frames, RFC 6455, as a server needs them: whole unmasked frames out, small masked frames in. Nothing is
//! negotiated, so reserved bits are always wrong. Pure: bytes in, what was heard out.

use bytes::Bytes;

/// Longest message, and longest frame, that a client may send, in bytes: a feed is listened to, not talked to.
pub(super) const INBOUND_MESSAGE_MAX: usize = 16 * 1024;
/// Longest payload of a control frame, in bytes (RFC 6455, 5.5).
const CONTROL_PAYLOAD_MAX: usize = 125;
/// An empty ping, ready to send.
pub(super) const PING: Bytes = Bytes::from_static(&[0x89, 0x00]);

const FIN: u8 = 0x80;
const RESERVED: u8 = 0x70;
const MASKED: u8 = 0x80;
const CONTINUATION: u8 = 0x0;
const TEXT: u8 = 0x1;
const BINARY: u8 = 0x2;
const CLOSE: u8 = 0x8;
const PING_CODE: u8 = 0x9;
const PONG: u8 = 0xA;

/// Appends `payload` to `out` as one text frame.
pub(super) fn push_text(out: &mut Vec<u8>, payload: &[u8]) {
    push(out, TEXT, payload);
}

/// `payload` as one text frame.
pub(super) fn text(payload: &[u8]) -> Bytes {
    frame(TEXT, payload)
}

/// The close frame with `code` and `reason`; the reason is cut to what a control frame holds.
pub(super) fn close(code: u16, reason: &str) -> Bytes {
    let mut payload = code.to_be_bytes().to_vec();
    payload.extend(reason.bytes().take(CONTROL_PAYLOAD_MAX - payload.len()));
    frame(CLOSE, &payload)
}

/// The pong that answers a ping with `payload`.
pub(super) fn pong(payload: &[u8]) -> Bytes {
    frame(PONG, payload)
}

fn frame(code: u8, payload: &[u8]) -> Bytes {
    let mut out = Vec::with_capacity(payload.len() + 10);
    push(&mut out, code, payload);
    out.into()
}

fn push(out: &mut Vec<u8>, code: u8, payload: &[u8]) {
    out.push(FIN | code);
    let length = payload.len();
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(short), _) if short < 126 => out.push(short),
        (_, Ok(middle)) => {
            out.push(126);
            out.extend(middle.to_be_bytes());
        }
        _ => {
            out.push(127);
            out.extend((length as u64).to_be_bytes());
        }
    }
    out.extend_from_slice(payload);
}

/// What a client said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Heard {
    /// A ping, to be answered with the same payload.
    Ping(Vec<u8>),
    /// A pong.
    Pong,
    /// A whole text or binary message. The feed has no use for its content.
    Message,
    /// The client's close frame, with its code if it gave one.
    Close(Option<u16>),
}

/// How a client broke the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Violation {
    /// Not RFC 6455: 1002.
    Protocol,
    /// A text that is not UTF-8: 1007.
    NotUtf8,
    /// More than [`INBOUND_MESSAGE_MAX`]: 1009.
    TooBig,
}

/// Reads frames out of whatever pieces the socket gives. Holds memory only between the pieces of one message.
#[derive(Debug, Default)]
pub(super) struct Inbound {
    unread: Vec<u8>,
    message: Option<Fragments>,
}

#[derive(Debug)]
struct Fragments {
    text: bool,
    payload: Vec<u8>,
}

impl Inbound {
    /// Takes `bytes` and tells what is complete by now. After a violation the connection has no sensible next byte.
    pub(super) fn read(&mut self, bytes: &[u8]) -> Result<Vec<Heard>, Violation> {
        self.unread.extend_from_slice(bytes);
        let mut unread = std::mem::take(&mut self.unread);

        let mut heard = Vec::new();
        let mut start = 0;
        while let Some(header) = Header::parse(&unread[start..])? {
            let body = start + header.length;
            let end = body + header.payload;
            if unread.len() < end {
                break;
            }
            unmask(&mut unread[body..end], header.mask);
            heard.extend(self.take(header, &unread[body..end])?);
            start = end;
        }

        if start < unread.len() {
            unread.drain(..start);
            self.unread = unread;
        }
        Ok(heard)
    }

    /// Whether a frame or a fragmented message has begun and not ended.
    pub(super) fn is_amid(&self) -> bool {
        !self.unread.is_empty() || self.message.is_some()
    }

    fn take(&mut self, header: Header, payload: &[u8]) -> Result<Option<Heard>, Violation> {
        match header.code {
            PING_CODE => Ok(Some(Heard::Ping(payload.to_vec()))),
            PONG => Ok(Some(Heard::Pong)),
            CLOSE => close_code(payload).map(|code| Some(Heard::Close(code))),
            CONTINUATION => {
                let mut message = self.message.take().ok_or(Violation::Protocol)?;
                if message.payload.len() + payload.len() > INBOUND_MESSAGE_MAX {
                    return Err(Violation::TooBig);
                }
                message.payload.extend_from_slice(payload);
                self.part_of(message, header.fin)
            }
            _ if self.message.is_some() => Err(Violation::Protocol),
            code => self.part_of(Fragments { text: code == TEXT, payload: payload.to_vec() }, header.fin),
        }
    }

    fn part_of(&mut self, message: Fragments, last: bool) -> Result<Option<Heard>, Violation> {
        if !last {
            self.message = Some(message);
            return Ok(None);
        }
        if message.text && std::str::from_utf8(&message.payload).is_err() {
            return Err(Violation::NotUtf8);
        }
        Ok(Some(Heard::Message))
    }
}

#[derive(Debug, Clone, Copy)]
struct Header {
    fin: bool,
    code: u8,
    mask: [u8; 4],
    length: usize,
    payload: usize,
}

impl Header {
    /// The header at the start of `bytes`; `None` while it is incomplete. What can be refused is refused at the first
    /// byte that shows it, so that nobody need wait for a payload that will not be taken.
    fn parse(bytes: &[u8]) -> Result<Option<Self>, Violation> {
        let Some(&first) = bytes.first() else { return Ok(None) };
        let (fin, code) = (first & FIN != 0, first & 0x0F);
        let is_control = matches!(code, CLOSE | PING_CODE | PONG);
        let is_known = is_control || matches!(code, CONTINUATION | TEXT | BINARY);
        if first & RESERVED != 0 || !is_known || (is_control && !fin) {
            return Err(Violation::Protocol);
        }

        let Some(&second) = bytes.get(1) else { return Ok(None) };
        if second & MASKED == 0 {
            return Err(Violation::Protocol);
        }
        let (payload, at) = match second & !MASKED {
            126 => match bytes.get(2..4) {
                Some(&[high, low]) => (u64::from(u16::from_be_bytes([high, low])), 4),
                _ => return Ok(None),
            },
            127 => match bytes.get(2..10).and_then(|eight| eight.try_into().ok()) {
                Some(eight) => (u64::from_be_bytes(eight), 10),
                None => return Ok(None),
            },
            short => (u64::from(short), 2),
        };
        let is_shortest = match at {
            4 => payload > 125,
            10 => payload > u64::from(u16::MAX) && payload >> 63 == 0,
            _ => true,
        };
        if !is_shortest || (is_control && payload > CONTROL_PAYLOAD_MAX as u64) {
            return Err(Violation::Protocol);
        }
        let payload = usize::try_from(payload).map_err(|_| Violation::TooBig)?;
        if payload > INBOUND_MESSAGE_MAX {
            return Err(Violation::TooBig);
        }

        let mask = bytes.get(at..at + 4).and_then(|four| four.try_into().ok());
        Ok(mask.map(|mask| Self { fin, code, mask, length: at + 4, payload }))
    }
}

fn unmask(payload: &mut [u8], mask: [u8; 4]) {
    for (byte, key) in payload.iter_mut().zip(mask.iter().cycle()) {
        *byte ^= key;
    }
}

/// The code in a close frame's payload; none at all is fine (RFC 6455, 5.5.1 and 7.4).
fn close_code(payload: &[u8]) -> Result<Option<u16>, Violation> {
    match payload {
        [] => Ok(None),
        [_] => Err(Violation::Protocol),
        [high, low, reason @ ..] => {
            let code = u16::from_be_bytes([*high, *low]);
            if !matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999) {
                return Err(Violation::Protocol);
            }
            std::str::from_utf8(reason).map(|_| Some(code)).map_err(|_| Violation::NotUtf8)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MASK: [u8; 4] = [0x37, 0xFA, 0x21, 0x3D];

    fn masked(fin: bool, code: u8, payload: &[u8]) -> Vec<u8> {
        let mut frame = Vec::new();
        push(&mut frame, code, payload);
        if !fin {
            frame[0] &= !FIN;
        }
        frame[1] |= MASKED;
        let body = frame.len() - payload.len();
        unmask(&mut frame[body..], MASK);
        frame.splice(body..body, MASK);
        frame
    }

    fn read(bytes: &[u8]) -> Result<Vec<Heard>, Violation> {
        Inbound::default().read(bytes)
    }

    #[test]
    fn example_of_the_rfc_is_read() {
        let hello = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];
        assert_eq!(read(&hello), Ok(vec![Heard::Message]));
        let mut out = Vec::new();
        push_text(&mut out, b"Hello");
        assert_eq!(out, [0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f]);
    }

    #[test]
    fn lengths_are_written_in_their_shortest_form() {
        let header = |length: usize| {
            let mut out = Vec::new();
            push_text(&mut out, &vec![b'a'; length]);
            out.truncate(out.len() - length);
            out
        };
        assert_eq!(header(125), [0x81, 125]);
        assert_eq!(header(126), [0x81, 126, 0, 126]);
        assert_eq!(header(65_535), [0x81, 126, 0xFF, 0xFF]);
        assert_eq!(header(65_536), [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]);
    }

    #[test]
    fn what_is_not_the_protocol_is_refused() {
        let mut unmasked = Vec::new();
        push_text(&mut unmasked, b"hi");
        assert_eq!(read(&unmasked), Err(Violation::Protocol));
        for reserved in [0x40, 0x20, 0x10] {
            let mut frame = masked(true, TEXT, b"hi");
            frame[0] |= reserved;
            assert_eq!(read(&frame), Err(Violation::Protocol));
        }
        for odd in [3, 4, 5, 6, 7, 11, 12, 13, 14, 15] {
            assert_eq!(read(&masked(true, odd, b"")), Err(Violation::Protocol));
        }
        for code in [CLOSE, PING_CODE, PONG] {
            assert_eq!(read(&masked(false, code, b"")), Err(Violation::Protocol), "split control frame");
            assert_eq!(
                read(&masked(true, code, &[b'a'; 126])),
                Err(Violation::Protocol),
                "long control frame"
            );
        }
        assert_eq!(read(&masked(true, CONTINUATION, b"hi")), Err(Violation::Protocol));
        let twice = [masked(false, TEXT, b"a"), masked(true, TEXT, b"b")].concat();
        assert_eq!(read(&twice), Err(Violation::Protocol));
        assert_eq!(
            read(&[0x81, 0xFE, 0, 5, 0, 0, 0, 0]),
            Err(Violation::Protocol),
            "length not in shortest form"
        );
    }

    #[test]
    fn text_that_is_not_utf_8_is_refused_also_in_pieces() {
        assert_eq!(read(&masked(true, TEXT, &[0xC3, 0x28])), Err(Violation::NotUtf8));
        let split = [masked(false, TEXT, &[0xC3]), masked(true, CONTINUATION, &[0xA4])].concat();
        assert_eq!(read(&split), Ok(vec![Heard::Message]), "a character may span two frames");
        let broken = [masked(false, TEXT, &[0xC3]), masked(true, CONTINUATION, b"a")].concat();
        assert_eq!(read(&broken), Err(Violation::NotUtf8));
        assert_eq!(read(&masked(true, BINARY, &[0xC3, 0x28])), Ok(vec![Heard::Message]));
    }

    #[test]
    fn too_much_is_refused_by_its_header_alone() {
        assert_eq!(read(&[0x81, 0xFF, 0x40, 0, 0, 0, 0, 0, 0, 0]), Err(Violation::TooBig), "2^62 bytes");
        assert_eq!(read(&[0x81, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0]), Err(Violation::Protocol), "2^63 bytes");
        assert_eq!(read(&masked(true, TEXT, &[b'a'; INBOUND_MESSAGE_MAX])), Ok(vec![Heard::Message]));
        assert_eq!(read(&masked(true, TEXT, &[b'a'; INBOUND_MESSAGE_MAX + 1])), Err(Violation::TooBig));
    }

    #[test]
    fn fragments_count_together() {
        let mut inbound = Inbound::default();
        assert_eq!(inbound.read(&masked(false, TEXT, &[b'a'; 8_192])), Ok(vec![]));
        assert_eq!(inbound.read(&masked(false, CONTINUATION, &[b'a'; 8_192])), Ok(vec![]));
        assert_eq!(inbound.read(&masked(true, CONTINUATION, b"a")), Err(Violation::TooBig));
    }

    #[test]
    fn close_codes_are_judged() {
        assert_eq!(read(&masked(true, CLOSE, b"")), Ok(vec![Heard::Close(None)]));
        assert_eq!(read(&masked(true, CLOSE, &[0x03, 0xE8])), Ok(vec![Heard::Close(Some(1000))]));
        assert_eq!(read(&masked(true, CLOSE, &[0x03])), Err(Violation::Protocol));
        for code in [0_u16, 999, 1004, 1005, 1006, 1015, 2999, 5000] {
            assert_eq!(read(&masked(true, CLOSE, &code.to_be_bytes())), Err(Violation::Protocol), "{code}");
        }
        assert_eq!(read(&masked(true, CLOSE, &[0x03, 0xE8, 0xC3, 0x28])), Err(Violation::NotUtf8));
    }

    #[test]
    fn nothing_is_held_between_messages() {
        let mut inbound = Inbound::default();
        inbound.read(&masked(true, TEXT, b"hello")).expect("a good frame");
        assert!(!inbound.is_amid());
        assert_eq!(inbound.unread.capacity(), 0);
    }

    fn a_good_frame() -> impl Strategy<Value = (Vec<u8>, Heard)> {
        prop_oneof![
            prop::collection::vec(any::<u8>(), 0..125)
                .prop_map(|payload| (masked(true, PING_CODE, &payload), Heard::Ping(payload))),
            prop::collection::vec(any::<u8>(), 0..125).prop_map(|p| (masked(true, PONG, &p), Heard::Pong)),
            ".{0,200}".prop_map(|text| (masked(true, TEXT, text.as_bytes()), Heard::Message)),
            prop::collection::vec(any::<u8>(), 0..400)
                .prop_map(|p| (masked(true, BINARY, &p), Heard::Message)),
        ]
    }

    proptest! {
        #[test]
        fn pieces_are_heard_as_the_whole(
            frames in prop::collection::vec(a_good_frame(), 0..8),
            piece in 1_usize..64,
        ) {
            let stream: Vec<u8> = frames.iter().flat_map(|(bytes, _)| bytes.clone()).collect();
            let expected: Vec<Heard> = frames.into_iter().map(|(_, heard)| heard).collect();
            let mut inbound = Inbound::default();
            let mut heard = Vec::new();
            for bytes in stream.chunks(piece) {
                heard.extend(inbound.read(bytes).expect("good frames"));
            }
            prop_assert_eq!(heard, expected);
            prop_assert!(!inbound.is_amid());
        }

        #[test]
        fn any_bytes_are_judged_and_never_held_beyond_one_message(
            pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..20),
        ) {
            let mut inbound = Inbound::default();
            for bytes in pieces {
                if inbound.read(&bytes).is_err() {
                    break;
                }
                prop_assert!(inbound.unread.len() <= INBOUND_MESSAGE_MAX + 14);
            }
        }
    }
}
