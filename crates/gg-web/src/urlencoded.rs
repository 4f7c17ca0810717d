//! A form's body as browsers send it (`application/x-www-form-urlencoded`), with a word on what is no text.
//!
//! The usual decoders put a sign of their own (U+FFFD) for bytes that are no UTF-8. Then an answer is stored that nobody
//! gave; so each field says whether it arrived whole, and who reads it can ask for it once more.

/// A field of a form.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Pair {
    pub(crate) name: String,
    pub(crate) value: String,
    /// Whether all of the value was text.
    pub(crate) is_whole: bool,
}

/// The fields of `body`, in its order.
pub(crate) fn pairs(body: &[u8]) -> impl Iterator<Item = Pair> {
    body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()).map(|pair| {
        let at = pair.iter().position(|byte| *byte == b'=');
        let (name, value) = at.map_or((pair, &pair[..0]), |at| (&pair[..at], &pair[at + 1..]));
        let (name, (value, is_whole)) = (text(name).0, text(value));
        Pair { name, value, is_whole }
    })
}

/// What stands in a part of the body, and whether all of it was text.
fn text(part: &[u8]) -> (String, bool) {
    let bytes = decoded(part);
    match String::from_utf8(bytes) {
        Ok(text) => (text, true),
        Err(error) => (String::from_utf8_lossy(error.as_bytes()).into_owned(), false),
    }
}

/// A `%` without two digits behind it stands for itself (URL Standard, 1.3).
fn decoded(part: &[u8]) -> Vec<u8> {
    let digit = |at: usize| part.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let mut bytes = Vec::with_capacity(part.len());
    let mut at = 0;
    while let Some(byte) = part.get(at) {
        at += 1;
        match (byte, digit(at), digit(at + 1)) {
            (b'+', ..) => bytes.push(b' '),
            (b'%', Some(high), Some(low)) => {
                bytes.extend(u8::try_from(high * 16 + low));
                at += 2;
            }
            _ => bytes.push(*byte),
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Vec<(String, String, bool)> {
        pairs(body.as_bytes()).map(|pair| (pair.name, pair.value, pair.is_whole)).collect()
    }

    fn whole(name: &str, value: &str) -> (String, String, bool) {
        (name.into(), value.into(), true)
    }

    #[test]
    fn fields_come_in_the_order_of_the_page() {
        assert_eq!(
            read("a=1&b=x+y%26z&a=%C3%A9=&c&&=d"),
            [whole("a", "1"), whole("b", "x y&z"), whole("a", "é="), whole("c", ""), whole("", "d")]
        );
    }

    #[test]
    fn a_percent_sign_of_its_own_stays() {
        assert_eq!(read("a=100%&b=%zz&c=%4"), [whole("a", "100%"), whole("b", "%zz"), whole("c", "%4")]);
    }

    #[test]
    fn what_is_no_text_is_said_to_be_none() {
        for torn in ["%FF", "Efua%C3", "%ED%A0%80", "%c3%28"] {
            assert!(!read(&format!("a={torn}"))[0].2, "{torn}");
        }
        assert_eq!(read("a=%EF%BF%BD"), [whole("a", "\u{fffd}")], "who types that sign means it");
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_and_any_text_comes_back(bytes: Vec<u8>, name: String, value: String) {
            pairs(&bytes).for_each(drop);
            let encoded = |text: &str| crate::forms::query_value(text).replace('/', "%2F");
            let body = format!("{}={}", encoded(&name), encoded(&value));
            proptest::prop_assert_eq!(read(&body), [(name, value, true)]);
        }
    }
}
