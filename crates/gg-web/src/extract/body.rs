//! Bodies, refused as problems: 415 for another type, 413 past the cap, 400 for no JSON, 422 with a
//! pointer for JSON of another shape.

use axum::body::{Bytes, HttpBody as _};
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use gg_domain::fields::FieldErrors;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::object::Object;
use super::words;
use crate::problem::Problem;

/// Most bytes of a JSON body: the largest, a policy of 64 delegates with 200 guests each, takes half of it.
const JSON_BYTES_MAX: usize = 1024 * 1024;

/// Said of what must be there.
pub(super) const REQUIRED: &str = "this is required";

/// Faults of one body that are named.
const FAULTS_MAX: usize = 20;

/// A JSON body.
#[derive(Clone, Debug)]
pub struct Json<T>(pub T);

/// A body of text/csv, as bytes: its encoding is found out later.
#[derive(Clone, Debug)]
pub struct Text {
    /// As they came.
    pub bytes: Bytes,
    /// The encoding that the sender says.
    pub charset: Option<String>,
}

/// What a body is read into.
pub trait Input: DeserializeOwned {
    /// What is wrong with its values, as far as they tell by themselves: said beside members of a wrong type, so that
    /// the caller mends all at once.
    fn faults(self) -> FieldErrors {
        FieldErrors::default()
    }
}

impl<S: Send + Sync, T: Input> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        expect_type(&request, "application/json", |kind| {
            kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
        })?;
        let bytes = read(request, JSON_BYTES_MAX).await?;
        parse_with(&bytes, T::faults).map(Self)
    }
}

impl<S: Send + Sync> FromRequest<S> for Text {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        expect_type(&request, "text/csv", |kind| kind == "text/csv")?;
        let kind =
            request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let parameters = kind.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
        let charset = parameters.into_iter().find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"));
        let charset = charset.map(|(_, value)| value.trim().trim_matches('"').to_owned());
        Ok(Self { bytes: read(request, gg_app::guest_list::FILE_BYTES_MAX).await?, charset })
    }
}

/// Reads JSON into `T`.
///
/// # Errors
/// 400 where it is no JSON, 422 with a pointer where it is of another shape.
pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    parse_with(bytes, |_: T| FieldErrors::default())
}

fn parse_with<T: DeserializeOwned>(bytes: &[u8], judge: impl Fn(T) -> FieldErrors) -> Result<T, Problem> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    // Where a fault is, is found out once there is one.
    let read = T::deserialize(Object(&mut json));
    let value =
        read.map_err(
            |inner| {
                if inner.is_data() { Problem::invalid(faults(bytes, judge)) } else { no_json(&inner) }
            },
        )?;
    json.end().map_err(|error| no_json(&error))?;
    Ok(value)
}

fn no_json(error: &serde_json::Error) -> Problem {
    Problem::bad_request(if error.is_eof() {
        "the body is not JSON: it ends too early".to_string()
    } else {
        format!("the body is not JSON: see line {}, column {}", error.line(), error.column())
    })
}

/// Every fault of a body that is JSON of another shape. serde stops at the first: so what was faulty is put right with
/// a value of some type, and the body read again; then the rest of its values are judged.
fn faults<T: DeserializeOwned>(bytes: &[u8], judge: impl Fn(T) -> FieldErrors) -> FieldErrors {
    let Ok(mut body) = serde_json::from_slice::<Value>(bytes) else {
        return FieldErrors::one("", "the body is not an object that can be read");
    };
    let mut errors = FieldErrors::default();
    for _ in 0..FAULTS_MAX {
        let Some((pointer, detail)) = fault::<T>(&body) else { break };
        errors.push(&pointer, detail);
        let stand_ins = [json!(""), json!(0), json!(false), json!([]), json!({}), Value::Null];
        let cured = stand_ins.into_iter().find_map(|stand_in| {
            let mut tried = body.clone();
            put(&mut tried, &pointer, stand_in)?;
            let still = fault::<T>(&tried).is_some_and(|(again, _)| again == pointer || again.is_empty());
            (!still).then_some(tried)
        });
        match cured {
            Some(cured) => body = cured,
            None => break,
        }
    }
    if errors.0.is_empty() {
        errors.push("", "a member is named twice");
    }
    let values = T::deserialize(body).map(judge).unwrap_or_default();
    for fault in values.0 {
        // Of a stand-in nobody wants to hear.
        if errors.0.iter().all(|named| !fault.pointer.starts_with(&named.pointer)) {
            errors.0.push(fault);
        }
    }
    errors
}

/// The first fault of a body: where, and what.
fn fault<T: DeserializeOwned>(body: &Value) -> Option<(String, String)> {
    let mut track = serde_path_to_error::Track::new();
    let read = T::deserialize(Object(serde_path_to_error::Deserializer::new(body.clone(), &mut track)));
    let said = read.err()?.to_string();
    let pointer = pointer(&track.path());
    // serde names a missing field in its sentence, and points at what it is missing from.
    match words::missing(&said) {
        Some(name) => Some((format!("{pointer}/{name}"), REQUIRED.to_string())),
        None => Some((pointer, words::remedy(&said))),
    }
}

fn put(body: &mut Value, pointer: &str, value: Value) -> Option<()> {
    let (parent, name) = pointer.rsplit_once('/')?;
    match body.pointer_mut(parent)? {
        Value::Object(members) => {
            members.insert(name.replace("~1", "/").replace("~0", "~"), value);
        }
        Value::Array(items) => *items.get_mut(name.parse::<usize>().ok()?)? = value,
        _ => return None,
    }
    Some(())
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut pointer = String::new();
    for segment in path {
        let part = match segment {
            Segment::Seq { index } => index.to_string(),
            Segment::Map { key } => key.replace('~', "~0").replace('/', "~1"),
            Segment::Enum { .. } | Segment::Unknown => continue,
        };
        pointer.push('/');
        pointer.push_str(&part);
    }
    pointer
}

pub(crate) fn expect_type(
    request: &Request,
    expected: &str,
    fits: impl Fn(&str) -> bool,
) -> Result<(), Problem> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if fits(&kind) { Ok(()) } else { Err(Problem::unsupported_media_type(expected)) }
}

pub(crate) async fn read(request: Request, limit: usize) -> Result<Bytes, Problem> {
    // At once where the caller says so: nobody sends what is refused anyhow.
    if request.body().size_hint().lower() > u64::try_from(limit).unwrap_or(u64::MAX) {
        return Err(Problem::too_large(limit));
    }
    axum::body::to_bytes(request.into_body(), limit).await.map_err(|error| {
        let too_large = std::error::Error::source(&error)
            .is_some_and(|source| source.is::<http_body_util::LengthLimitError>());
        if too_large { Problem::too_large(limit) } else { Problem::bad_request("the body broke off") }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    struct Party {
        guests: Vec<Guest>,
    }

    #[derive(Debug, serde::Deserialize)]
    struct Guest {
        #[expect(dead_code, reason = "read by serde alone")]
        name: String,
    }

    #[test]
    fn a_wrong_type_is_pointed_at() {
        let problem = parse::<Party>(br#"{"guests": [{"name": "Efua"}, {"name": 7}]}"#).unwrap_err();

        assert_eq!(problem.status, 422);
        assert_eq!(problem.errors[0].pointer.as_deref(), Some("/guests/1/name"));
    }

    #[test]
    fn beside_a_wrong_type_the_other_values_are_judged_too() {
        let judge = |party: Party| match party.guests.len() {
            0 => FieldErrors::one("/guests", "invite somebody"),
            _ => FieldErrors::one("/guests/0/name", "is taken"),
        };
        let pointers = |text: &str| {
            let problem = parse_with(text.as_bytes(), judge).unwrap_err();
            problem.errors.into_iter().map(|fault| fault.pointer.unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(
            pointers(r#"{"guests": [{"name": "Efua"}, {"name": 7}]}"#),
            ["/guests/1/name", "/guests/0/name"]
        );
        assert_eq!(pointers(r#"{"guests": 7}"#), ["/guests"], "nothing is said of what stands in for it");
    }

    #[test]
    fn every_fault_is_named_at_once() {
        #[derive(Debug, serde::Deserialize)]
        #[expect(dead_code, reason = "read by serde alone")]
        struct Event {
            name: String,
            starts_at: String,
            capacity: Option<i64>,
        }
        let pointers = |text: &str| {
            let problem = parse::<Event>(text.as_bytes()).unwrap_err();
            let named = problem.errors.into_iter().map(|fault| fault.pointer.unwrap());
            named.collect::<Vec<_>>()
        };

        assert_eq!(pointers("{}"), ["/name", "/starts_at"]);
        assert_eq!(pointers(r#"{"name": 1, "capacity": "x"}"#), ["/capacity", "/name", "/starts_at"]);
        assert_eq!(pointers("[]"), [""]);
    }

    #[test]
    fn what_is_no_json_is_a_bad_request() {
        for text in ["{", "", "{\"guests\": []} {}", "{\"guests\": [NaN]}"] {
            assert_eq!(parse::<Party>(text.as_bytes()).unwrap_err().status, 400, "{text}");
        }
    }

    #[test]
    fn an_array_is_no_struct() {
        assert_eq!(parse::<Party>(b"[[]]").unwrap_err().errors[0].detail, "give an object, not a list");
    }

    #[test]
    fn deep_nesting_is_refused() {
        let deep = "[".repeat(100_000);

        assert_eq!(parse::<Value>(deep.as_bytes()).unwrap_err().status, 400);
    }
}
