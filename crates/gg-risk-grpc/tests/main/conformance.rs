//! One suite for both engines: the same questions, the same answers to the last bit.

use gg_domain::risk::{Band, GuestRisk, Label, Score};
use gg_domain::snapshot::Snapshot;
use gg_risk::{InProcess, Scorer};
use gg_risk_grpc::RemoteScorer;

use crate::questions::{Question, questions};
use crate::serving::{Serving, in_the_end};

/// An engine with all that a suite asks of it.
enum Engine {
    Here(InProcess),
    There(RemoteScorer),
}

impl Engine {
    async fn score(&self, question: &Question) -> Score {
        match self {
            Self::Here(scorer) => scorer.score(&question.seen, question.known()).await.unwrap(),
            Self::There(scorer) => {
                in_the_end(scorer, async || scorer.score(&question.seen, question.known()).await).await
            }
        }
    }

    async fn confirm(&self, guest: &GuestRisk, seen: &Snapshot, label: Label) -> GuestRisk {
        match self {
            Self::Here(_) => gg_risk::confirm(guest, seen, label),
            Self::There(scorer) => {
                in_the_end(scorer, async || scorer.confirm(guest, seen, label).await).await
            }
        }
    }
}

#[tokio::test]
async fn the_engine_in_this_process_conforms() {
    conforms(&Engine::Here(InProcess)).await;
}

#[tokio::test]
async fn the_engine_behind_a_port_conforms() {
    let serving = Serving::begin(None).await;
    conforms(&Engine::There(serving.scorer(None))).await;
    serving.end().await;
}

async fn conforms(engine: &Engine) {
    let questions = questions();
    assert!(questions.len() >= 300, "{}", questions.len());
    let bands = |band| questions.iter().filter(|question| question.score.band == band).count();
    assert!(
        bands(Band::Low) > 0 && bands(Band::High) + bands(Band::Block) > 0,
        "all one band teaches nothing"
    );

    for question in &questions {
        let score = engine.score(question).await;
        // What is printed of a float is what it is, to the last bit.
        assert_eq!(format!("{score:?}"), format!("{:?}", question.score));
    }
    for question in questions.iter().step_by(5) {
        for label in [Label::Guest, Label::NotGuest] {
            let after = engine.confirm(&question.guest, &question.seen, label).await;
            assert_eq!(exact(&after), exact(&gg_risk::confirm(&question.guest, &question.seen, label)));
        }
    }
}

fn exact(guest: &GuestRisk) -> String {
    serde_json::to_string(guest).unwrap()
}
