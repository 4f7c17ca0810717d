//! `POST /i/{token}`: takes the page's own form, with and without script.
//!
//! A form without an opening of its own (no script ran) brings its opening with it: both are written in one
//! transaction. Machines press buttons as soon as they find them, so such a form that comes back at once is shown
//! again, as it was filled in, to be pressed once more.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use gg_app::{Error, FormAnswer, InvitePage as Opened, Judged};
use gg_domain::fields::FieldErrors;
use gg_domain::rsvp::AnswerInput;
use gg_store::RsvpRow;
use jiff::SignedDuration;

use super::form::Post;
use super::show::{card, fresh_nonce, private, refused, token_of, whole};
use super::{AnswerForm, InviteState, StepUp, Stopped, words};
use crate::api::invites::{TurnedAway, Use, admit, cookies};
use crate::nonce::BadNonce;
use crate::problem::Problem;
use crate::state::Web;
use crate::visit::Visit;
use crate::{invite_cookie, nonce, pages};

/// Sooner than this after the page was made nobody has read it, chosen and pressed: the gate's own figure.
pub(super) const NO_PERSON_BEFORE: SignedDuration = SignedDuration::from_millis(1_500);

const ONCE_MORE: &str = "Please press “Send my answer” once more, so that we know it was you.";
const OPEN_TOO_LONG: &str =
    "This page was open for a long time. Your answer is still here: please send it once more.";
const NOT_WHOLE: &str = "A part of this page was missing when it was sent. Your answer is still here: please look at it and send it once more.";
const CHOOSE: &str = "Please choose whether you will be there.";
const NOT_SO_MANY: &str = "There are not enough seats left for so many. You can answer for fewer.";

/// `POST /i/{token}`.
pub(super) async fn answer(
    State(web): State<Web>,
    visit: Visit,
    uri: Uri,
    headers: HeaderMap,
    post: Post,
) -> Response {
    if is_foreign(&headers, &web) {
        return Problem::forbidden("this form did not come from one of our own pages").into_response();
    }
    let token = token_of(&uri);
    let opened = match web.app.invite_page(token, visit.viewer).await {
        Ok(opened) => opened,
        Err(error) => return refused(&web, &visit, error.into()).await,
    };
    let reply = Reply { web: &web, visit: &visit, token, opened: &opened, post: &post };
    match post.step.as_str() {
        "open" => reply.open(),
        "" | "answer" => reply.answer().await,
        "send-code" => reply.send_code().await,
        "code" => reply.try_code().await,
        "fresh-link" => reply.send_fresh_link().await,
        "passed-on" => reply.passed_on().await,
        _ => Problem::bad_request("this is no form of ours").into_response(),
    }
}

/// One form on its way to what is answered.
#[derive(Clone, Copy)]
pub(super) struct Reply<'a> {
    pub(super) web: &'a Web,
    pub(super) visit: &'a Visit,
    pub(super) token: &'a str,
    pub(super) opened: &'a Opened,
    pub(super) post: &'a Post,
}

/// What became of an answer, and of the opening that it brought.
struct Taken {
    judged: Option<Judged>,
    answer: gg_app::Result<RsvpRow>,
}

impl Reply<'_> {
    /// From the neutral card to the page; who presses at once gets the card again, with the time that it has.
    fn open(&self) -> Response {
        match self.age() {
            Ok(age) if age < NO_PERSON_BEFORE => card(self.token, self.post.nonce.clone()),
            Ok(_) => self.page(StatusCode::OK, words::state(self.opened)),
            Err(_) => card(self.token, fresh_nonce(self.web, self.opened)),
        }
    }

    async fn answer(&self) -> Response {
        let age = match self.age() {
            Ok(age) => age,
            Err(BadNonce::Stale) => return self.again(StatusCode::UNPROCESSABLE_ENTITY, OPEN_TOO_LONG),
            Err(BadNonce::Foreign) => return self.again(StatusCode::UNPROCESSABLE_ENTITY, NOT_WHOLE),
        };
        if let Some(torn) = self.post.torn() {
            return self.correct(torn);
        }
        if self.post.attending.is_none() {
            return self.again(StatusCode::UNPROCESSABLE_ENTITY, CHOOSE);
        }
        if self.post.access.is_none() && age < NO_PERSON_BEFORE {
            // The nonce stays, so that the second press is not too early again.
            let form = self.post.again(self.opened, ONCE_MORE);
            return self.page_with(StatusCode::OK, self.post.nonce.clone(), InviteState::Open(form));
        }
        self.give().await
    }

    /// The answer that was typed, given.
    pub(super) async fn give(&self) -> Response {
        let Some(attending) = self.post.attending else {
            return self.again(StatusCode::UNPROCESSABLE_ENTITY, CHOOSE);
        };
        match self.take(&self.post.input(attending, self.opened)).await {
            Ok(Taken { judged, answer: Ok(_) }) => self.see_other(judged.as_ref()),
            Ok(Taken { judged, answer: Err(error) }) => self.refuse(judged.as_ref(), error),
            Err(why) => refused(self.web, self.visit, why).await,
        }
    }

    async fn take(&self, input: &AnswerInput) -> Result<Taken, TurnedAway> {
        let app = &self.web.app;
        if let Some(access) = self.post.access {
            admit(self.web, self.visit, self.token, Use::Answer).await?;
            match app.answer_invite(self.token, access, input).await {
                // Too old or of a link before: the answer brings an opening of its own.
                Err(Error::Invalid(errors)) if errors.0.iter().all(|error| error.pointer == "/access_id") => {
                }
                Err(dead @ Error::DeadLink(_)) => return Err(dead.into()),
                answer => return Ok(Taken { judged: None, answer }),
            }
        }
        admit(self.web, self.visit, self.token, Use::Opening).await?;
        let opening = self.visit.opening(self.post.signals.clone());
        match app.answer_form(self.token, &opening, input).await {
            Ok(FormAnswer { judged, answer }) => Ok(Taken { judged: Some(judged), answer }),
            Err(Error::Invalid(errors)) => Ok(Taken { judged: None, answer: Err(errors.into()) }),
            Err(error) => Err(error.into()),
        }
    }

    /// To the page that shows the answer, at the address without the token: the cookie of this very response opens
    /// it. A browser that keeps none is told there that the answer has arrived.
    fn see_other(&self, judged: Option<&Judged>) -> Response {
        let to = HeaderValue::from_static(invite_cookie::SENT);
        let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response();
        if judged.is_none() {
            let invite = invite_cookie::hand_out(self.token, self.web.site.secure);
            response.headers_mut().append(header::SET_COOKIE, invite);
        }
        self.leave(judged, response)
    }

    fn refuse(&self, judged: Option<&Judged>, error: Error) -> Response {
        let (status, state) = match error {
            Error::Invalid(errors) => return self.leave(judged, self.correct(&errors)),
            Error::Full if self.post.brings_somebody() => {
                (StatusCode::CONFLICT, InviteState::Open(self.post.again(self.opened, NOT_SO_MANY)))
            }
            Error::Full => (StatusCode::CONFLICT, self.full()),
            Error::Closed => {
                let answered = self.opened.rsvp.as_ref().map(|row| row.attending);
                (StatusCode::GONE, InviteState::Closed { answered })
            }
            Error::StepUpRequired => (StatusCode::FORBIDDEN, self.step_up(judged)),
            Error::Blocked => (StatusCode::FORBIDDEN, InviteState::Blocked(Stopped::default())),
            error => return Problem::from(error).into_response(),
        };
        let response = self.page(status, state);
        self.leave(judged, response)
    }

    fn full(&self) -> InviteState {
        let form = AnswerForm { error: None, ..self.post.again(self.opened, "") };
        let declined = self.opened.rsvp.as_ref().is_some_and(|row| !row.attending && !row.pending);
        InviteState::Full { form, declined }
    }

    fn step_up(&self, judged: Option<&Judged>) -> InviteState {
        let form = self.step_up_form();
        let access_id = judged.map_or(form.access_id, |judged| judged.access.to_string());
        InviteState::StepUp(StepUp { access_id, ..form })
    }

    /// The form again, with what is wrong beside each field.
    fn correct(&self, errors: &FieldErrors) -> Response {
        let form = self.post.corrected(self.opened, errors);
        self.page(StatusCode::UNPROCESSABLE_ENTITY, InviteState::Open(form))
    }

    pub(super) fn again(&self, status: StatusCode, error: &str) -> Response {
        self.page(status, InviteState::Open(self.post.again(self.opened, error)))
    }

    pub(super) fn page(&self, status: StatusCode, state: InviteState) -> Response {
        whole(self.web, status, self.token, self.opened, state)
    }

    pub(super) fn page_with(&self, status: StatusCode, nonce: String, state: InviteState) -> Response {
        private(pages::html(status, &words::page(self.token, nonce, self.opened, state)))
    }

    /// The page of an opening that a code has confirmed: what is answered there is answered with that one.
    pub(super) fn confirmed(&self) -> Response {
        let nonce = fresh_nonce(self.web, self.opened);
        let mut page = words::page(self.token, nonce, self.opened, words::state(self.opened));
        page.access = self.post.access.map(|access| access.to_string()).unwrap_or_default();
        private(pages::html(StatusCode::OK, &page))
    }

    /// `response` with the cookies of the opening that was judged.
    fn leave(&self, judged: Option<&Judged>, response: Response) -> Response {
        let cookies = judged.map(|judged| cookies(self.web, self.token, judged)).unwrap_or_default();
        private((AppendHeaders(cookies), response).into_response())
    }

    pub(super) fn age(&self) -> Result<SignedDuration, BadNonce> {
        let app = &self.web.app;
        nonce::age(&self.post.nonce, &app.secrets, &self.opened.claims, app.sources.now())
    }
}

/// Whether a browser says that another site's page sent the form. `null` says nothing: it is what browsers send
/// for our own page, whose referrer policy is no-referrer (Fetch, 3.2). The nonce is what keeps others out.
fn is_foreign(headers: &HeaderMap, web: &Web) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let origin = text("origin").filter(|origin| *origin != "null");
    let addressed = |origin: &str| text("host").is_some_and(|host| origin.split("://").nth(1) == Some(host));
    match origin {
        Some(origin) => !web.site.is_ours(origin) && !addressed(origin),
        None => text("sec-fetch-site") == Some("cross-site"),
    }
}
