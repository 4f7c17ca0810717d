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
mod tests;
