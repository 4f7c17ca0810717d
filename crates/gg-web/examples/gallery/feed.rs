//! A feed that stands in for the live one: a few messages after `after`, then one every few seconds.

use std::time::Duration;

use axum::{
    Json,
    extract::{
        Query, WebSocketUpgrade,
        ws::{Message, WebSocket},
    },
    response::Response,
};
use serde::Deserialize;
use serde_json::{Value, json};

/// Between two messages: slow enough to watch one arrive.
const BETWEEN: Duration = Duration::from_millis(2500);
/// Messages that are sent at once on connecting.
const BACKLOG: u64 = 2;

#[derive(Deserialize)]
pub(crate) struct Position {
    #[serde(default)]
    after: u64,
}

pub(crate) async fn socket(Query(position): Query<Position>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(move |socket| speak(socket, position.after))
}

async fn speak(mut socket: WebSocket, after: u64) {
    for seq in after + 1.. {
        if seq > after + BACKLOG {
            tokio::time::sleep(BETWEEN).await;
        }
        if socket.send(Message::Text(message(seq).to_string().into())).await.is_err() {
            return;
        }
    }
}

fn message(seq: u64) -> Value {
    let (kind, payload) = match seq % 5 {
        0 => (
            "access.checked",
            json!({"access_id": format!("acc-{seq}"), "guest_id": "g9", "guest_name": "Kofi Asante", "band": "medium",
                "label": "Review", "reasons": [{"code": "NET_NEW_COUNTRY", "nats": 1.8}, {"code": "DEV_NEW", "nats": 0.9},
                {"code": "NET_HOME", "nats": -0.4}], "degraded": false}),
        ),
        1 => (
            "rsvp.created",
            json!({"guest_id": "g8", "guest_name": "Akɔsua Ɔfɔriwaa <b>Łukasz</b>", "attending": true,
                "plus_ones": [{"name": "Abena Boateng"}], "note": null, "answers": {}, "source": "guest", "pending": false,
                "updated_at": "2026-12-06T14:04:00Z"}),
        ),
        2 => (
            "access.checked",
            json!({"access_id": format!("acc-{seq}"), "guest_id": "g7", "guest_name": "ليلى عمر", "band": "high",
                "label": "Suspicious", "reasons": [{"code": "GRAPH_MULTI_GUEST", "nats": 3.1}, {"code": "DEV_NEW", "nats": 1.1},
                {"code": "NET_NEW_ASN", "nats": 0.9}, {"code": "FIRST_SEEN", "nats": -0.3}], "degraded": false}),
        ),
        3 => (
            "access.checked",
            json!({"access_id": "acc-again", "guest_id": "g6", "guest_name": "Nana Addo", "band": "low",
                "label": "Verified", "reasons": [{"code": "DEV_KNOWN", "nats": -2.6}, {"code": "NET_HOME", "nats": -1.2}],
                "degraded": false}),
        ),
        _ => (
            "rsvp.updated",
            json!({"guest_id": "g5", "guest_name": "Lindiwe Khumalo", "attending": false, "plus_ones": [],
                "note": "Sending all our love from Durban", "answers": {}, "source": "guest", "pending": false,
                "updated_at": "2026-12-06T14:04:00Z"}),
        ),
    };
    json!({"type": kind, "event_id": "e1", "payload": payload, "timestamp": "2026-12-06T14:04:12Z", "seq": seq, "epoch": "ep1"})
}

pub(crate) async fn summary() -> Json<Value> {
    Json(json!({"attending": 95, "declined": 12, "waiting": 40, "plus_ones": 35, "seats": 130,
        "accesses": {"low": 160, "medium": 12, "high": 4, "block": 1}}))
}

pub(crate) async fn label() -> Json<Value> {
    Json(json!({}))
}

pub(crate) async fn access(Json(call): Json<Value>) -> Json<Value> {
    eprintln!("access: {call}");
    Json(
        json!({"access_id": "acc-1", "decision": "allow", "band": "low", "label": "Verified", "degraded": false}),
    )
}
