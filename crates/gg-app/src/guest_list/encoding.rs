//! Bytes into text: what a spreadsheet saved is UTF-8, UTF-16 or the code page of the machine it ran on.
//!
//! What the caller says is held to; then a byte order mark is believed; without either, valid UTF-8 is UTF-8, zeros in
//! every second byte are UTF-16, and the rest is guessed by chardetng, the detector that Firefox uses. UTF-8 with a bad
//! byte in it is not guessed at: every name would be garbled for one. Files that are no text are named for what they are.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::records::line_ends;
use super::{FILE_BYTES_MAX, FileError};

/// How much of a file is looked at for UTF-16 without a mark, in bytes: header and first rows.
const UTF_16_SAMPLE_BYTES: usize = 4096;

/// The text of a file, and the encoding it was in, by its WHATWG name.
pub(super) fn decode(bytes: &[u8]) -> Result<(Cow<'_, str>, &'static str), FileError> {
    if bytes.len() > FILE_BYTES_MAX {
        return Err(FileError::TooLarge);
    }
    refuse_known_binaries(bytes)?;
    let (text, encoding) = match Encoding::for_bom(bytes) {
        Some((encoding, mark)) => (as_claimed(&bytes[mark..], encoding)?, encoding),
        None => without_mark(bytes)?,
    };
    match text.find('\0') {
        Some(at) => Err(FileError::Binary { line: 1 + line_ends(&text[..at]) }),
        None => Ok((text, encoding.name())),
    }
}

/// A file in UTF-8, of which its sender says that it is in `charset`. A byte order mark knows better.
///
/// # Errors
/// [`FileError::UnknownCharset`]; [`FileError::NotUtf8`] or [`FileError::Garbled`] where it is not what was said.
pub fn recoded(bytes: Vec<u8>, charset: &str) -> Result<Vec<u8>, FileError> {
    let encoding = Encoding::for_label(charset.as_bytes()).ok_or(FileError::UnknownCharset)?;
    if Encoding::for_bom(&bytes).is_some() {
        return Ok(bytes);
    }
    if encoding == UTF_8 {
        return match std::str::from_utf8(&bytes) {
            Ok(_) => Ok(bytes),
            Err(error) => Err(not_utf_8(&bytes, error.valid_up_to())),
        };
    }
    as_claimed(&bytes, encoding).map(|text| text.into_owned().into_bytes())
}

fn not_utf_8(bytes: &[u8], at: usize) -> FileError {
    FileError::NotUtf8 { line: 1 + line_ends(&String::from_utf8_lossy(&bytes[..at])) }
}

/// Whether bytes that are no UTF-8 are meant to be: more of its letters of several bytes are whole than broken. In the
/// code pages, two that fit together are rare.
fn is_meant_as_utf_8(bytes: &[u8]) -> bool {
    let (mut whole, mut broken) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        whole += chunk.valid().chars().filter(|letter| !letter.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    whole > broken
}

fn refuse_known_binaries(bytes: &[u8]) -> Result<(), FileError> {
    const ZIP: &[u8] = b"PK\x03\x04";
    const OLE: &[u8] = b"\xD0\xCF\x11\xE0";
    const GZIP: &[u8] = b"\x1F\x8B";
    if bytes.starts_with(ZIP) || bytes.starts_with(OLE) {
        Err(FileError::Workbook)
    } else if bytes.starts_with(GZIP) {
        Err(FileError::Compressed)
    } else {
        Ok(())
    }
}

fn without_mark(bytes: &[u8]) -> Result<(Cow<'_, str>, &'static Encoding), FileError> {
    if let Some(encoding) = utf_16_by_its_zeros(bytes) {
        return Ok((as_claimed(bytes, encoding)?, encoding));
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok((Cow::Borrowed(text), UTF_8));
    }
    if let Err(error) = std::str::from_utf8(bytes)
        && is_meant_as_utf_8(bytes)
    {
        return Err(not_utf_8(bytes, error.valid_up_to()));
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(bytes, true);
    let encoding = detector.guess(None, Utf8Detection::Deny);
    // A guess that does not fit everywhere still shows the organiser most names right in the dry run.
    Ok((encoding.decode_without_bom_handling(bytes).0, encoding))
}

fn as_claimed<'b>(bytes: &'b [u8], encoding: &'static Encoding) -> Result<Cow<'b, str>, FileError> {
    encoding
        .decode_without_bom_handling_and_without_replacement(bytes)
        .ok_or(FileError::Garbled { encoding: encoding.name() })
}

/// Latin text in UTF-16 has a zero in nearly every second byte, and in no other.
fn utf_16_by_its_zeros(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(UTF_16_SAMPLE_BYTES)];
    let pairs = sample.len() / 2;
    let zeros = |first: usize| sample.iter().skip(first).step_by(2).filter(|b| **b == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let mostly = |many: usize, few: usize| many * 2 > pairs && few * 20 <= pairs;
    if pairs < 2 {
        None
    } else if mostly(odd, even) {
        Some(UTF_16LE)
    } else if mostly(even, odd) {
        Some(UTF_16BE)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LIST: &str = "name,email\nZoë Müller,zoe@example.org\nJosé Núñez,jose@example.org\nFrançoise Lefèvre,f@example.org\n";

    fn utf_16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(to_bytes).collect()
    }

    #[test]
    fn text_is_read_whatever_its_encoding() {
        let cases: [(Vec<u8>, &str); 8] = [
            (LIST.into(), "UTF-8"),
            (format!("\u{feff}{LIST}").into(), "UTF-8"),
            (utf_16(LIST, u16::to_le_bytes), "UTF-16LE"),
            (utf_16(LIST, u16::to_be_bytes), "UTF-16BE"),
            (utf_16(&format!("\u{feff}{LIST}"), u16::to_le_bytes), "UTF-16LE"),
            (utf_16(&format!("\u{feff}{LIST}"), u16::to_be_bytes), "UTF-16BE"),
            (encoding_rs::WINDOWS_1252.encode(LIST).0.into_owned(), "windows-1252"),
            (b"name\nAda".to_vec(), "UTF-8"),
        ];
        for (bytes, encoding) in &cases[..7] {
            assert_eq!(decode(bytes), Ok((Cow::Borrowed(LIST), *encoding)));
        }
        assert_eq!(decode(&cases[7].0), Ok((Cow::Borrowed("name\nAda"), "UTF-8")));
    }

    #[test]
    fn one_bad_byte_does_not_garble_every_name() {
        let mut bytes = b"name\n\xC3\x84nne\nJos\xC3\xA9\nB\xFF\n".to_vec();
        assert_eq!(decode(&bytes), Err(FileError::NotUtf8 { line: 4 }));
        // More is broken than whole: it was never meant as UTF-8.
        bytes.extend_from_slice(b"Ren\xE9e\nZo\xEB\nFran\xE7oise\n");
        assert_eq!(decode(&bytes).map(|(_, encoding)| encoding), Ok("windows-1252"));
    }

    #[test]
    fn what_the_sender_says_is_held_to() {
        let list = "名前\n山田太郎\n";
        let sent = encoding_rs::SHIFT_JIS.encode(list).0.into_owned();
        assert_eq!(recoded(sent, "Shift_JIS"), Ok(list.as_bytes().to_vec()));
        assert_eq!(recoded(list.into(), "utf-8"), Ok(list.as_bytes().to_vec()));
        assert_eq!(recoded(b"a\nB\xFF".to_vec(), "utf8"), Err(FileError::NotUtf8 { line: 2 }));
        assert_eq!(recoded(b"abc".to_vec(), "utf-16le"), Err(FileError::Garbled { encoding: "UTF-16LE" }));
        assert_eq!(recoded(b"abc".to_vec(), "foo"), Err(FileError::UnknownCharset));
        let marked = "\u{feff}name".as_bytes().to_vec();
        assert_eq!(recoded(marked.clone(), "latin1"), Ok(marked));
    }

    #[test]
    fn other_alphabets_are_guessed() {
        for (encoding, text) in [
            (
                encoding_rs::WINDOWS_1251,
                "имя;почта\nИван Петрович Сидоров;ivan@example.org\nМария Ивановна;m@example.org\n",
            ),
            (encoding_rs::SHIFT_JIS, "名前,メール\n山田太郎,yamada@example.jp\n鈴木一郎,suzuki@example.jp\n"),
            (
                encoding_rs::WINDOWS_1250,
                "imię,email\nŁukasz Żółć,l@example.pl\nMałgorzata Świątek,m@example.pl\n",
            ),
        ] {
            let (bytes, _, lossy) = encoding.encode(text);
            assert!(!lossy);
            let read = decode(&bytes).expect("text");
            assert_eq!(read.0, text);
        }
    }

    #[test]
    fn what_is_no_text_is_named() {
        assert_eq!(decode(b"PK\x03\x04\x14\x00"), Err(FileError::Workbook));
        assert_eq!(decode(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), Err(FileError::Workbook));
        assert_eq!(decode(b"\x1F\x8B\x08\x00"), Err(FileError::Compressed));
        assert_eq!(decode(b"name\r\nAda\0,x"), Err(FileError::Binary { line: 2 }));
        assert_eq!(decode(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), Err(FileError::Binary { line: 3 }));
        assert_eq!(decode(b"\xEF\xBB\xBFname\nJos\xE9"), Err(FileError::Garbled { encoding: "UTF-8" }));
        assert_eq!(decode(b"\xFF\xFEn\0a\0m\0e"), Err(FileError::Garbled { encoding: "UTF-16LE" }));
    }

    #[test]
    fn file_beyond_the_limit_is_refused() {
        assert!(decode(&vec![b'a'; FILE_BYTES_MAX]).is_ok());
        assert_eq!(decode(&vec![b'a'; FILE_BYTES_MAX + 1]), Err(FileError::TooLarge));
    }

    proptest! {
        #[test]
        fn utf_8_is_never_taken_for_something_else(text in "[^\\x00]{0,60}") {
            prop_assume!(!text.starts_with("PK\u{3}\u{4}") && !text.starts_with('\u{feff}'));
            prop_assert_eq!(decode(text.as_bytes()), Ok((Cow::Borrowed(text.as_str()), "UTF-8")));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(&bytes);
        }
    }
}
