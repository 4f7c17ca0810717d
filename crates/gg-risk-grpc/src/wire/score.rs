//! What scoring says.

use std::borrow::Cow;

use gg_domain::risk::{Label, ModelVersion, Reason, ReasonCode, Score};

use super::words::Word;
use super::{Fault, chance, finite, list};
use crate::v1;

/// Who answers has scored: `degraded` is for the one who was not answered, and has no place on the wire.
impl From<&Score> for v1::Score {
    fn from(ours: &Score) -> Self {
        let Score { p, raw, z, leak, band, reasons, model, degraded: _ } = ours;
        Self {
            p: *p,
            raw: *raw,
            z: *z,
            leak: *leak,
            band: band.number(),
            reasons: reasons.iter().map(Into::into).collect(),
            model: model.to_string(),
        }
    }
}

impl TryFrom<v1::Score> for Score {
    type Error = Fault;

    fn try_from(wire: v1::Score) -> Result<Self, Fault> {
        Ok(Self {
            p: chance(wire.p, "p")?,
            raw: chance(wire.raw, "raw")?,
            z: finite(wire.z, "z")?,
            leak: chance(wire.leak, "leak")?,
            band: Word::read(wire.band, "band")?,
            reasons: list(wire.reasons, "reasons")?,
            model: ModelVersion(Cow::Owned(wire.model)),
            degraded: false,
        })
    }
}

impl From<&Reason> for v1::Reason {
    fn from(Reason { code, nats }: &Reason) -> Self {
        Self { code: code.as_str().to_owned(), nats: *nats }
    }
}

impl TryFrom<v1::Reason> for Reason {
    type Error = Fault;

    fn try_from(wire: v1::Reason) -> Result<Self, Fault> {
        let code = ReasonCode::ALL.iter().find(|code| code.as_str() == wire.code);
        let code = code.ok_or_else(|| Fault::new("code", "is none that this version knows"))?;
        Ok(Self { code: *code, nats: finite(wire.nats, "nats")? })
    }
}

/// The word on an opening.
pub(crate) fn label(number: i32) -> Result<Label, Fault> {
    Word::read(number, "label")
}

/// Its number.
pub(crate) fn label_number(label: Label) -> i32 {
    label.number()
}
