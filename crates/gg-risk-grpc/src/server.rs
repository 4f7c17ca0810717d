//! Serves the engine: `RiskScorer`, `grpc.health.v1` and reflection on one port.
//!
//! Who may connect may spend this process's time, no more: nothing is kept and nothing is looked up. A token, where one
//! is set, is asked for all but health.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use gg_domain::id::{GuestId, PartyId};
use gg_domain::risk::GuestRisk;
use gg_risk::Known;
use subtle::ConstantTimeEq as _;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Code, Request, Response, Status};
use tonic_health::ServingStatus;

use crate::v1::risk_scorer_server::{RiskScorer, RiskScorerServer};
use crate::wire::{Fault, id, label, optional, required};
use crate::{MESSAGE_BYTES_MAX, v1};

/// Describes the service to whoever asks (reflection).
pub const DESCRIPTORS: &[u8] = include_bytes!("generated/descriptors.bin");

/// Calls at once on one connection; a client of ours has at most [`crate::CALLS_MAX`].
const STREAMS_MAX: u32 = 256;
/// Bytes of headers of one call: ours have some hundred.
const HEADERS_BYTES_MAX: u32 = 16 * 1024;
/// How long a call may take, its message included: whoever sends it a byte at a time is let go.
const CALL_LIMIT: Duration = Duration::from_secs(5);
/// How often a client is asked whether it lives.
const KEEPALIVE_EVERY: Duration = Duration::from_secs(20);

/// Serves until told to stop; calls under way are finished.
///
/// # Errors
/// The listener's.
pub async fn serve(
    listener: TcpListener,
    token: Option<&str>,
    stop: CancellationToken,
) -> Result<(), tonic::transport::Error> {
    let door = Door { bearer: token.map(|token| format!("Bearer {token}").into()) };
    let (health, health_service) = tonic_health::server::health_reporter();
    health.set_serving::<RiskScorerServer<Engine>>().await;
    let described = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(DESCRIPTORS)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    // Many tools still ask for the older form alone.
    let reflection = described().build_v1().expect("a test reads the committed descriptors");
    let reflection_of_old = described().build_v1alpha().expect("a test reads the committed descriptors");
    let engine = RiskScorerServer::new(Engine)
        .max_decoding_message_size(MESSAGE_BYTES_MAX)
        .max_encoding_message_size(MESSAGE_BYTES_MAX);
    Server::builder()
        .timeout(CALL_LIMIT)
        .max_concurrent_streams(STREAMS_MAX)
        .http2_max_header_list_size(HEADERS_BYTES_MAX)
        .http2_keepalive_interval(Some(KEEPALIVE_EVERY))
        .add_service(health_service)
        .add_service(InterceptedService::new(reflection, door.clone()))
        .add_service(InterceptedService::new(reflection_of_old, door.clone()))
        .add_service(InterceptedService::new(engine, door))
        .serve_with_incoming_shutdown(TcpIncoming::from(listener).with_nodelay(Some(true)), async move {
            stop.cancelled().await;
            health.set_service_status("", ServingStatus::NotServing).await;
            health.set_not_serving::<RiskScorerServer<Engine>>().await;
        })
        .await
}

/// Asks for the token.
#[derive(Clone)]
struct Door {
    bearer: Option<Arc<str>>,
}

impl Interceptor for Door {
    fn call(&mut self, request: Request<()>) -> Result<Request<()>, Status> {
        let Some(bearer) = &self.bearer else { return Ok(request) };
        let said = request.metadata().get("authorization").map(|said| said.as_bytes()).unwrap_or_default();
        if bool::from(said.ct_eq(bearer.as_bytes())) {
            Ok(request)
        } else {
            Err(Status::unauthenticated(
                "the engine's token is missing or another one: see GUESTGUARD_RISK_TOKEN",
            ))
        }
    }
}

/// The pure functions of gg-risk.
#[derive(Clone, Copy, Debug)]
struct Engine;

#[tonic::async_trait]
impl RiskScorer for Engine {
    async fn score(&self, request: Request<v1::ScoreRequest>) -> Result<Response<v1::ScoreResponse>, Status> {
        answer("Score", || score(request.into_inner()))
    }

    async fn confirm(
        &self,
        request: Request<v1::ConfirmRequest>,
    ) -> Result<Response<v1::ConfirmResponse>, Status> {
        answer("Confirm", || confirm(request.into_inner()))
    }
}

fn score(wire: v1::ScoreRequest) -> Result<v1::ScoreResponse, Fault> {
    let seen = required(wire.snapshot, "snapshot")?;
    let guest = optional(wire.guest_state, "guest_state")?.unwrap_or_default();
    let policy = optional(wire.policy, "policy")?.unwrap_or_default();
    let event = optional(wire.event_facts, "event_facts")?.unwrap_or_default();
    let known = Known {
        guest_id: id!(&wire.guest_id, "guest_id", GuestId)?,
        party: id!(&wire.party_id, "party_id", PartyId)?,
        guest: &guest,
        policy: &policy,
        event: &event,
    };
    Ok(v1::ScoreResponse { score: Some((&gg_risk::score(&seen, &known)).into()) })
}

fn confirm(wire: v1::ConfirmRequest) -> Result<v1::ConfirmResponse, Fault> {
    let guest: GuestRisk = optional(wire.guest_state, "guest_state")?.unwrap_or_default();
    let seen = required(wire.snapshot, "snapshot")?;
    let after = gg_risk::confirm(&guest, &seen, label(wire.label)?);
    Ok(v1::ConfirmResponse { guest_state: Some((&after).into()) })
}

/// What a question gives: counted, timed, and never the end of the connection, on which others ask too.
fn answer<T>(call: &'static str, ask: impl FnOnce() -> Result<T, Fault>) -> Result<Response<T>, Status> {
    let began = Instant::now();
    let outcome = match catch_unwind(AssertUnwindSafe(ask)) {
        Ok(Ok(answer)) => Ok(Response::new(answer)),
        Ok(Err(fault)) => Err(Status::invalid_argument(fault.to_string())),
        // The panic is in the log already, without what was asked.
        Err(_) => Err(Status::internal("the engine failed on this opening")),
    };
    let code = outcome.as_ref().err().map_or(Code::Ok, Status::code);
    let code = match code {
        Code::Ok => "ok",
        Code::InvalidArgument => "invalid_argument",
        _ => "internal",
    };
    metrics::counter!("guestguard_risk_served_total", "call" => call, "code" => code).increment(1);
    metrics::histogram!("guestguard_risk_served_seconds", "call" => call)
        .record(began.elapsed().as_secs_f64());
    outcome
}

#[cfg(test)]
mod tests;
