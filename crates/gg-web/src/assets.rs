//! The files that pages need, inside the binary: styles, fonts, scripts, icons.
//!
//! They are served under `/assets/{version}/…`, where the version is a hash over all of them. So a file may be
//! cached for ever, relative imports between scripts and from styles to fonts inherit the version, and
//! nothing is rewritten. Templates name a file through [`Asset::url`] alone, and a test looks each one up.

use std::sync::LazyLock;

use axum::{
    body::Body,
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

/// The embedded files by their path under `assets/`.
#[derive(RustEmbed)]
#[folder = "assets"]
pub struct Asset;

/// Bytes of the hash that stand in a URL: 48 bits tell two builds apart, nobody attacks this.
const VERSION_BYTES: usize = 6;
/// A version never changes its bytes, so browsers need not ask again for a year, the most HTTP knows.
const CACHE_FOR_EVER: &str = "public, max-age=31536000, immutable";
/// An address of another build: its caller should take the current one, and forget this answer.
const CACHE_NEVER: &str = "no-store";

static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut names: Vec<_> = Asset::iter().collect();
    names.sort();
    let mut hash = Sha256::new();
    for name in names {
        if let Some(file) = Asset::get(&name) {
            hash.update(name.as_bytes());
            hash.update([0]);
            hash.update(file.metadata.sha256_hash());
        }
    }
    hash.finalize().iter().take(VERSION_BYTES).map(|byte| format!("{byte:02x}")).collect()
});

impl Asset {
    /// The address of the file at `path` (such as `js/boot.js`), with the version in it.
    pub fn url(path: &str) -> String {
        format!("/assets/{}/{path}", *VERSION)
    }

    /// The version in every address: twelve hexadecimal digits.
    pub fn version() -> &'static str {
        &VERSION
    }
}

/// `GET /assets/{version}/{*path}`.
///
/// A page of another build may still be open: its version gets the current file, uncached, so that a
/// deployment breaks no page.
pub async fn handler(Path((version, path)): Path<(String, String)>) -> Response {
    let mut answer = response(&path);
    if version != *VERSION {
        answer.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static(CACHE_NEVER));
    }
    answer
}

/// The file at `path`, cached for ever, or a bare 404.
pub fn response(path: &str) -> Response {
    let Some(file) = Asset::get(path) else {
        return (StatusCode::NOT_FOUND, [(header::CACHE_CONTROL, CACHE_NEVER)]).into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, content_type(path)),
        (header::CACHE_CONTROL, CACHE_FOR_EVER),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, Body::from(file.data.into_owned())).into_response()
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        Some("webmanifest") => "application/manifest+json",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::PathBuf};

    use super::*;

    fn files_under(folder: &str) -> Vec<PathBuf> {
        let mut open = vec![PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(folder)];
        let mut files = Vec::new();
        while let Some(next) = open.pop() {
            for entry in fs::read_dir(next).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() { open.push(path) } else { files.push(path) }
            }
        }
        files
    }

    /// What stands between `before` and the next `after`, each time.
    fn between<'a>(text: &'a str, before: &str, after: &str) -> Vec<&'a str> {
        text.split(before).skip(1).filter_map(|rest| rest.split_once(after).map(|(name, _)| name)).collect()
    }

    #[test]
    fn every_file_that_a_template_names_exists() {
        let mut seen = 0;
        for template in files_under("templates") {
            for name in between(&fs::read_to_string(&template).unwrap(), "Asset::url(\"", "\")") {
                assert!(Asset::get(name).is_some(), "{} names {name}", template.display());
                seen += 1;
            }
        }
        assert!(seen > 3, "the scan sees the layouts' files");
    }

    #[test]
    fn every_script_that_a_script_imports_exists() {
        for name in Asset::iter().filter(|name| name.ends_with(".js")) {
            let text = String::from_utf8(Asset::get(&name).unwrap().data.into_owned()).unwrap();
            for import in
                between(&text, "from \"./", "\"").into_iter().chain(between(&text, "import(\"./", "\""))
            {
                assert!(Asset::get(&format!("js/{import}")).is_some(), "{name} imports {import}");
            }
        }
    }

    #[test]
    fn every_font_that_the_styles_name_exists() {
        let styles = String::from_utf8(Asset::get("app.css").unwrap().data.into_owned()).unwrap();
        let fonts = between(&styles, "url(\"./", "\")");
        assert!(!fonts.is_empty());
        for font in fonts {
            assert!(Asset::get(font).is_some(), "the styles name {font}");
        }
    }

    #[test]
    fn no_template_has_inline_style_or_script() {
        for template in files_under("templates") {
            let text = fs::read_to_string(&template).unwrap();
            assert!(!text.contains(" style="), "{} has a style attribute", template.display());
            assert!(!text.contains("<style"), "{} has a style element", template.display());
            assert!(!text.contains("javascript:"), "{} has a script address", template.display());
            assert!(!text.contains(" onclick="), "{} has a handler attribute", template.display());
            for tag in between(&text, "<script", ">") {
                assert!(tag.contains("src="), "{} has an inline script", template.display());
            }
        }
    }

    #[test]
    fn a_file_is_served_with_its_type_and_for_ever() {
        let answer = response("js/boot.js");
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/javascript; charset=utf-8");
        assert_eq!(answer.headers()[header::CACHE_CONTROL], CACHE_FOR_EVER);
    }

    #[test]
    fn an_unknown_file_is_not_found_and_not_kept() {
        let answer = response("../Cargo.toml");
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
        assert_eq!(answer.headers()[header::CACHE_CONTROL], CACHE_NEVER);
    }

    #[tokio::test]
    async fn a_page_of_another_build_gets_the_current_file_uncached() {
        let answer = handler(Path(("000000000000".to_owned(), "app.css".to_owned()))).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()[header::CACHE_CONTROL], CACHE_NEVER);
    }

    #[test]
    fn addresses_carry_the_version() {
        assert_eq!(Asset::url("app.css"), format!("/assets/{}/app.css", Asset::version()));
        assert_eq!(Asset::version().len(), 12);
    }
}
