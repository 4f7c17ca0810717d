//! `/docs`
pub(crate) async fn page() -> &'static str {
    ""
}
