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
        assert_eq!(read(&masked(true, code, &[b'a'; 126])), Err(Violation::Protocol), "long control frame");
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
        prop::collection::vec(any::<u8>(), 0..400).prop_map(|p| (masked(true, BINARY, &p), Heard::Message)),
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
