//! Every page with sample data, on a port: for looking, for designers, and for testing the islands.
//!
//! `cargo run -p gg-web --example gallery -- 8090`, then open `/` there. `?theme=dark` or `light` forces a theme,
//! `?dir=rtl` the other direction. A small feed stands in for the live one; answers go nowhere.

mod feed;
mod samples;

use std::{env, error::Error};

use axum::{
    Router,
    extract::{Path, Query},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::{any, get, post},
};
use gg_web::assets;
use serde::Deserialize;
use tokio::net::TcpListener;

/// The very policy that the server sets: a page that breaks under it breaks here.
const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
                   connect-src 'self'; form-action 'self'; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'";

#[derive(Deserialize)]
struct Look {
    #[serde(default)]
    theme: String,
    #[serde(default)]
    dir: String,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let port = env::args().nth(1).unwrap_or_else(|| "8090".to_owned());
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    eprintln!("the gallery is open at http://{}/", listener.local_addr()?);

    let app = Router::new()
        .route("/", get(index))
        .route("/page/{name}", get(page))
        .route("/assets/{version}/{*path}", get(assets::handler))
        .route("/ws/events/{id}", any(feed::socket))
        .route("/api/v1/events/{id}/summary", get(feed::summary))
        .route("/api/v1/accesses/{id}/label", post(feed::label))
        .route("/api/v1/invites/access", post(feed::access))
        .fallback(|| async { Redirect::to("/") });
    axum::serve(listener, app).await?;
    Ok(())
}

async fn index() -> Html<String> {
    let links: String =
        samples::NAMES.iter().map(|name| format!("<li><a href=\"/page/{name}\">{name}</a></li>")).collect();
    Html(format!("<!doctype html><meta charset=\"utf-8\"><title>Gallery</title><ul>{links}</ul>"))
}

async fn page(Path(name): Path<String>, Query(look): Query<Look>) -> Response {
    let Some(html) = samples::page(&name) else {
        return (StatusCode::NOT_FOUND, "no such page").into_response();
    };
    let mut html = html.replacen("class=\"\"", &format!("class=\"{}\"", look.theme), 1);
    if look.dir == "rtl" {
        html = html.replacen("<html lang=\"en\"", "<html lang=\"en\" dir=\"rtl\"", 1);
    }
    ([(header::CONTENT_SECURITY_POLICY, CSP)], Html(html)).into_response()
}
