//! Prints the OpenAPI document, for `scripts/openapi`.

use std::io::Write;

fn main() -> std::io::Result<()> {
    std::io::stdout().write_all(&gg_web::openapi::json())
}
