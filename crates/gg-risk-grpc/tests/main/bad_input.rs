//! From outside: who may ask, what is refused, what can be found out about the service.

use gg_risk_grpc::v1::risk_scorer_client::RiskScorerClient;
use gg_risk_grpc::{MESSAGE_BYTES_MAX, v1};
use tonic::{Code, Request};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::v1::ServerReflectionRequest;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;

use crate::serving::{Serving, in_the_end};

const TOKEN: &str = "sixteen letters!";

#[tokio::test]
async fn a_question_that_is_none_is_refused_by_name() {
    let serving = Serving::begin(None).await;
    let mut client = RiskScorerClient::new(serving.channel().await);

    let status = client.score(v1::ScoreRequest::default()).await.err().unwrap();
    assert_eq!((status.code(), status.message()), (Code::InvalidArgument, "snapshot is required"));
    let status = client.confirm(v1::ConfirmRequest::default()).await.err().unwrap();
    assert_eq!((status.code(), status.message()), (Code::InvalidArgument, "snapshot is required"));
}

#[tokio::test]
async fn a_message_above_the_limit_is_refused_and_the_next_is_answered() {
    let serving = Serving::begin(None).await;
    let mut client = RiskScorerClient::new(serving.channel().await);

    let huge =
        v1::ScoreRequest { guest_id: "x".repeat(MESSAGE_BYTES_MAX + 1), ..v1::ScoreRequest::default() };
    let status = client.score(huge).await.err().unwrap();
    assert!(matches!(status.code(), Code::OutOfRange | Code::ResourceExhausted), "{status:?}");
    let next = client.score(v1::ScoreRequest::default()).await.err().unwrap();
    assert_eq!(next.code(), Code::InvalidArgument);
}

#[tokio::test]
async fn without_its_token_nothing_is_told_but_health() {
    let serving = Serving::begin(Some(TOKEN)).await;
    let channel = serving.channel().await;
    let mut client = RiskScorerClient::new(channel.clone());
    for said in [None, Some("Bearer another one entirely"), Some(TOKEN)] {
        let mut request = Request::new(v1::ScoreRequest::default());
        if let Some(said) = said {
            request.metadata_mut().insert("authorization", said.parse().unwrap());
        }
        assert_eq!(client.score(request).await.err().unwrap().code(), Code::Unauthenticated, "{said:?}");
    }
    let asked = once(list_services());
    assert_eq!(
        ServerReflectionClient::new(channel.clone())
            .server_reflection_info(asked)
            .await
            .err()
            .unwrap()
            .code(),
        Code::Unauthenticated
    );
    assert!(serving.scorer(None).try_once().await.is_err());
    let scorer = serving.scorer(Some(TOKEN));
    in_the_end(&scorer, async || scorer.try_once().await).await;
    assert!(HealthClient::new(channel).check(HealthCheckRequest::default()).await.is_ok());
}

#[tokio::test]
async fn its_health_is_told_for_all_and_for_the_service() {
    let serving = Serving::begin(None).await;
    let mut client = HealthClient::new(serving.channel().await);
    for service in ["", "guestguard.risk.v1.RiskScorer"] {
        let said = client.check(HealthCheckRequest { service: service.into() }).await.unwrap().into_inner();
        assert_eq!(said.status(), ServingStatus::Serving, "{service}");
    }
    let unknown = client.check(HealthCheckRequest { service: "another".into() }).await.err().unwrap();
    assert_eq!(unknown.code(), Code::NotFound);
}

#[tokio::test]
async fn whoever_asks_is_told_what_there_is() {
    let serving = Serving::begin(None).await;
    let mut client = ServerReflectionClient::new(serving.channel().await);
    let mut answers = client.server_reflection_info(once(list_services())).await.unwrap().into_inner();
    let Some(MessageResponse::ListServicesResponse(list)) =
        answers.message().await.unwrap().unwrap().message_response
    else {
        panic!("no list");
    };
    let names: Vec<_> = list.service.iter().map(|service| service.name.as_str()).collect();
    for name in ["guestguard.risk.v1.RiskScorer", "grpc.health.v1.Health"] {
        assert!(names.contains(&name), "{names:?}");
    }
}

#[tokio::test]
async fn a_caller_who_cannot_write_a_header_is_told_so_at_the_start() {
    assert!(gg_risk_grpc::RemoteScorer::new("not an address", None).is_err());
    assert!(gg_risk_grpc::RemoteScorer::new("http://127.0.0.1:1", Some("a\nb")).is_err());
}

fn list_services() -> ServerReflectionRequest {
    ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    }
}

fn once<T: Send + 'static>(one: T) -> impl tonic::IntoStreamingRequest<Message = T> {
    futures_util::stream::iter([one])
}
