//! What the guest's page costs where nothing else is done: axum as it comes, and the same template with a constant
//! guest.

use askama::Template as _;
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Html;
use axum::routing::get;
use gg_web::pages::invite::{AnswerForm, InvitePage, InviteState, Palette};
use gg_web::view::Field;

/// Serves pages and prints its address.
pub(crate) fn serve() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        println!("{}", listener.local_addr()?);
        Ok(axum::serve(listener, Router::new().route("/i/{token}", get(show))).await?)
    })
}

async fn show(Path(token): Path<String>) -> Result<Html<String>, StatusCode> {
    let form = AnswerForm { names: vec![Field::default(); 3], ..AnswerForm::default() };
    let page = InvitePage {
        token,
        nonce: "x".repeat(56),
        title: "Speed".into(),
        when: "Sunday 1 January 2090, 00:00".into(),
        venue: String::new(),
        guest_name: "Guest 1000".into(),
        seats: 4,
        until: String::new(),
        palette: Palette::default(),
        test: false,
        fingerprint: true,
        access: String::new(),
        sends: true,
        state: InviteState::Open(form),
    };
    page.render().map(Html).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}
