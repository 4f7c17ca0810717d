//! Whether time tells why a link is dead (docs/PERFORMANCE.md): answers to a token that is none and to one whose link
//! was revoked, in pairs that are asked side by side.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::json;

use crate::client::{Request, call_refused};
use crate::server::Server;

/// Pairs that are compared.
const PAIRS: usize = 20_000;
/// Pairs that are asked at the same time.
const AT_ONCE: usize = 32;

/// Prints both medians, and how often the revoked link's answer took longer: a half where time tells nothing.
pub(crate) async fn compare(program: &str) -> Result<()> {
    // Bad tokens are limited by the address that a proxy forwards, so each comes from one of its own.
    let server = Server::start(program, &[("GUESTGUARD_TRUSTED_PROXIES", "127.0.0.1/32")])?;
    let revoked = server.revoked_link().await?;
    let made_up = "A".repeat(revoked.len());
    let took: Rc<RefCell<Vec<[f64; 2]>>> = Rc::default();
    let mut callers = Vec::with_capacity(AT_ONCE);
    for caller in 0..AT_ONCE {
        let (took, tokens, address) =
            (Rc::clone(&took), [made_up.clone(), revoked.clone()], server.address());
        callers.push(tokio::task::spawn_local(async move {
            for pair in (caller..PAIRS).step_by(AT_ONCE) {
                let mut both = [0.0; 2];
                // Whichever comes first meets the connection and the caches as the other left them.
                for which in [pair % 2, 1 - pair % 2] {
                    let from = format!("10.{}.{}.{which}", pair / 256, pair % 256);
                    let body = json!({ "token": tokens[which], "signals": null });
                    let request = Request::json("POST", "/api/v1/invites/access", &body)
                        .header("x-forwarded-for", &from);
                    let began = Instant::now();
                    call_refused(address, &request, 404).await?;
                    both[which] = began.elapsed().as_secs_f64();
                }
                took.borrow_mut().push(both);
            }
            anyhow::Ok(())
        }));
    }
    for caller in callers {
        caller.await??;
    }
    let took = took.borrow();
    let median = |which: usize| {
        let mut all: Vec<f64> = took.iter().map(|pair| pair[which]).collect();
        all.sort_by(f64::total_cmp);
        Duration::from_secs_f64(all[all.len() / 2])
    };
    let longer = took.iter().filter(|[made_up, revoked]| revoked > made_up).count();
    println!(
        "dead-links no-token {:?} revoked {:?} P(revoked > no-token) {:.3} of {}",
        median(0),
        median(1),
        longer as f64 / took.len() as f64,
        took.len(),
    );
    Ok(())
}
