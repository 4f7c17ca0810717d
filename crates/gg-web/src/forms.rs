//! Forms: their fields as they were typed, the word that shows they came from a page of ours, and faults beside fields.

use axum::extract::{FromRequest, FromRequestParts as _, Request};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gg_domain::fields::FieldErrors;

use crate::extract::identity::{check_csrf, check_same_site, cookie};
use crate::extract::{SessionCookie, body};
use crate::pages::html;
use crate::pages::kept::{Kept, KeptPage, ask_to_sign_in};
use crate::pages::organiser::Organiser;
use crate::problem::Problem;
use crate::state::Web;
use crate::urlencoded::{Pair, pairs};
use crate::view::Field;

/// Most bytes of a form without a file: notes of 4,000 characters, percent-encoded, three times over.
pub const FORM_BYTES_MAX: usize = 64 * 1024;
/// Most fields of a form: a column map has 200, an answer 50 names.
pub(crate) const FIELDS_MAX: usize = 400;
/// What a form without a file is sent as.
pub(crate) const FORM_TYPE: &str = "application/x-www-form-urlencoded";
/// The field with the word.
const CSRF_FIELD: &str = "csrf";
/// The cookie that stands for a browser in which nobody is signed in yet.
const FORM_COOKIE: &str = "gg_form";
/// Seconds that it lives: a sign-in page left open over night still works.
const FORM_COOKIE_LIFE_S: u32 = 24 * 60 * 60;
/// Bytes of that cookie: nobody guesses 128 bits.
const FORM_SECRET_LEN: usize = 16;

/// The fields of a form, in the order of the page. Its `Debug` says nothing of what was typed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Fields(pub Vec<(String, String)>);

impl std::fmt::Debug for Fields {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

impl Fields {
    /// What was typed into a field; empty where it is absent.
    pub fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
    }

    /// What was typed, or nothing where that is blank.
    pub fn given(&self, name: &str) -> Option<String> {
        Some(self.text(name).trim()).filter(|text| !text.is_empty()).map(str::to_string)
    }

    /// What was typed into each field of that name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The field as it is shown again, with its fault.
    pub fn again(&self, name: &str, errors: &FieldErrors) -> Field {
        Field { value: self.text(name).to_string(), error: fault(errors, &format!("/{name}")) }
    }
}

/// What is wrong with a field, as a sentence.
pub fn fault(errors: &FieldErrors, pointer: &str) -> Option<String> {
    errors.0.iter().find(|error| error.pointer == pointer).map(|error| sentence(&error.detail))
}

/// A fault as people read it: with a capital and a full stop.
pub fn sentence(detail: &str) -> String {
    let mut chars = detail.chars();
    let Some(first) = chars.next() else { return String::new() };
    let stop = if detail.ends_with(['.', '?', '”']) { "" } else { "." };
    first.to_uppercase().chain(chars).chain(stop.chars()).collect()
}

/// A form of an organiser's page: who sent it, and that it came from one of our pages.
#[derive(Debug)]
pub struct Posted {
    /// Who.
    pub organiser: Organiser,
    /// What.
    pub fields: Fields,
}

impl FromRequest<Web> for Posted {
    /// A whole answer: where the session has ended, it holds what was typed.
    type Rejection = Response;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let organiser = Organiser::from_request_parts(&mut parts, web).await;
        let ours = check_same_site(&parts.method, &parts.headers, web);
        let (path, headers) = (parts.uri.path().to_string(), parts.headers.clone());
        let request = Request::from_parts(parts, body);
        let organiser = match organiser {
            Ok(organiser) => organiser,
            Err(nobody) if nobody.status == StatusCode::UNAUTHORIZED.as_u16() && ours.is_ok() => {
                let kept = read(request).await.ok().and_then(|fields| Kept::of(&path, fields));
                return Err(
                    kept.map_or_else(|| nobody.into_response(), |kept| ask_to_sign_in(web, &headers, &kept))
                );
            }
            Err(problem) => return Err(problem.into_response()),
        };
        ours.map_err(IntoResponse::into_response)?;
        let fields = read(request).await.map_err(IntoResponse::into_response)?;
        match check_csrf(fields.text(CSRF_FIELD), &organiser.session, web) {
            Ok(()) => Ok(Self { organiser, fields }),
            // Of the session before this one: it was ended, and somebody signed in anew in another tab.
            Err(old) => Err(match Kept::of(&path, fields) {
                Some(kept) => {
                    html(StatusCode::FORBIDDEN, &KeptPage::of(kept, organiser.csrf, organiser.theme))
                }
                None => old.into_response(),
            }),
        }
    }
}

/// A form of a page that needs nobody to be signed in: signing in itself must not be forged either, or somebody would
/// plan an event in another's account.
#[derive(Debug)]
pub struct PostedByAnybody {
    /// What.
    pub fields: Fields,
    /// The word for the page, where it is shown again.
    pub word: FormWord,
}

impl FromRequest<Web> for PostedByAnybody {
    type Rejection = Problem;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Problem> {
        check_same_site(request.method(), request.headers(), web)?;
        let word = FormWord::of(request.headers(), web);
        let fields = read(request).await?;
        check_csrf(fields.text(CSRF_FIELD), &SessionCookie(word.secret.clone()), web)?;
        Ok(Self { fields, word })
    }
}

/// What ties a form to the browser that it was shown in, while there is no session.
#[derive(Clone)]
pub struct FormWord {
    secret: String,
    fresh: bool,
}

impl std::fmt::Debug for FormWord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FormWord").field("fresh", &self.fresh).finish_non_exhaustive()
    }
}

impl FormWord {
    /// The browser's, or a new one.
    pub fn of(headers: &HeaderMap, web: &Web) -> Self {
        let ours =
            |value: &&str| URL_SAFE_NO_PAD.decode(value).is_ok_and(|secret| secret.len() == FORM_SECRET_LEN);
        match cookie(headers, &web.site.cookie(FORM_COOKIE)).filter(ours) {
            Some(secret) => Self { secret: secret.to_string(), fresh: false },
            None => {
                let secret = URL_SAFE_NO_PAD.encode(web.app.sources.bytes::<FORM_SECRET_LEN>());
                Self { secret, fresh: true }
            }
        }
    }

    /// The value of the form's hidden field.
    pub fn csrf(&self, web: &Web) -> String {
        web.app.secrets.csrf(&self.secret)
    }

    /// The page, with the cookie where the browser has none yet.
    pub fn with(&self, web: &Web, mut page: Response) -> Response {
        if self.fresh {
            add_cookie(&mut page, web, FORM_COOKIE, &self.secret, FORM_COOKIE_LIFE_S);
        }
        page
    }
}

/// Sets a cookie of this host for `life` seconds; nought takes it away.
pub fn add_cookie(response: &mut Response, web: &Web, name: &str, value: &str, life: u32) {
    let cookie = crate::cookie::set(&web.site.cookie(name), value, "/", life, web.site.secure);
    response.headers_mut().append(SET_COOKIE, cookie);
}

/// On to another page, which is read with GET: loading it again posts nothing twice.
pub fn go_on(path: &str) -> Response {
    Redirect::to(path).into_response()
}

/// `text` as the value of a query.
pub fn query_value(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut value, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            value.push(char::from(byte));
        } else {
            value.push_str(&format!("%{byte:02X}"));
        }
        value
    })
}

/// A path of this site to go on to, or the events: never an address of somebody else's.
pub fn own_path(next: &str) -> &str {
    let is_path = next.starts_with('/') && !next.starts_with("//");
    let is_plain = !next.contains('\\') && next.bytes().all(|byte| byte.is_ascii_graphic());
    if is_path && is_plain { next } else { "/events" }
}

/// A form with more than [`FIELDS_MAX`].
pub(crate) fn too_many_fields() -> Problem {
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "too-many-fields",
        "Too many fields",
        "the form has more fields than any of ours",
    )
}

async fn read(request: Request) -> Result<Fields, Problem> {
    body::expect_type(&request, FORM_TYPE, |kind| kind == FORM_TYPE)?;
    let body = body::read(request, FORM_BYTES_MAX).await?;
    let pairs: Vec<Pair> = pairs(&body).take(FIELDS_MAX + 1).collect();
    if pairs.len() > FIELDS_MAX {
        return Err(too_many_fields());
    }
    match pairs.iter().find(|pair| !pair.is_whole) {
        Some(Pair { name, .. }) => Err(Problem::invalid_field(&format!("/{name}"), "this is no UTF-8 text")),
        None => Ok(Fields(pairs.into_iter().map(|pair| (pair.name, pair.value)).collect())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_site_are_gone_on_to() {
        assert_eq!(own_path("/events/1?open=2#sheet"), "/events/1?open=2#sheet");
        for next in
            ["", "//evil.example", "/\\evil.example", "https://evil.example", "/\tevil", "events", "/a b"]
        {
            assert_eq!(own_path(next), "/events", "{next}");
        }
    }

    #[test]
    fn a_fault_is_a_sentence() {
        assert_eq!(sentence("choose a day and a time"), "Choose a day and a time.");
        assert_eq!(sentence("élan"), "Élan.");
        assert_eq!(sentence(""), "");
    }

    #[test]
    fn what_was_typed_is_kept_beside_its_fault() {
        let fields = Fields(vec![
            ("name".into(), " Efua ".into()),
            ("plus_one".into(), "a".into()),
            ("plus_one".into(), "b".into()),
        ]);
        let errors = FieldErrors::one("/name", "too long");
        assert_eq!(fields.again("name", &errors), Field::wrong(" Efua ", "Too long."));
        assert_eq!(fields.given("name").as_deref(), Some("Efua"));
        assert_eq!(fields.all("plus_one").collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(fields.given("email"), None);
    }

    #[test]
    fn what_was_typed_is_not_logged() {
        let fields = Fields(vec![("password".into(), "a secret of mine".into())]);
        assert!(!format!("{fields:?}").contains("secret"));
    }

    #[test]
    fn a_query_s_value_cannot_leave_it() {
        assert_eq!(query_value("/a?b=c&d#é"), "/a%3Fb%3Dc%26d%23%C3%A9");
    }
}
