//! A message as a modem gets it: numbered parts, each a complete SUBMIT.

use std::time::Duration;

use crate::gsm::pdu::{PduError, Submit, Validity};
use crate::gsm::segment::{ReferenceWidth, Segment, TooLong, split};

/// One part of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// 1 for the first.
    pub number: u8,
    /// SMS-SUBMIT, without service centre address.
    pub tpdu: Vec<u8>,
    /// The same for a gateway that makes PDUs itself.
    pub segment: Segment,
}

/// What a modem is asked to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendJob {
    /// The caller's name for it; comes back in every event about it.
    pub id: u64,
    /// Recipient, for the log and to match reports of messages whose reference is unknown.
    pub to: String,
    /// In the order of sending.
    pub parts: Vec<Part>,
    /// The whole text, for a gateway that cuts it itself.
    pub text: String,
    /// Tells attempts of the same job apart, for reports that come long after; any number that differs.
    pub attempt: u32,
}

/// How a message is to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SendOptions {
    /// Whether the network is to report what became of it.
    pub report: bool,
    /// How long the network may try; `None` leaves it to the network.
    pub validity: Option<Duration>,
    /// Ties the parts together; a retry of single parts must use the same.
    pub reference: u16,
    /// Size of that reference.
    pub width: ReferenceWidth,
}

impl Default for SendOptions {
    fn default() -> Self {
        Self {
            report: true,
            validity: None,
            reference: 0,
            width: ReferenceWidth::Bits8,
        }
    }
}

/// Why a text cannot become a job.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JobError {
    /// More parts than can be counted.
    #[error(transparent)]
    TooLong(#[from] TooLong),
    /// The number is none.
    #[error(transparent)]
    Pdu(#[from] PduError),
}

impl SendJob {
    /// Cuts a text into parts and encodes them.
    ///
    /// # Errors
    /// [`JobError`] when the text is too long or `to` is no telephone number.
    pub fn new(id: u64, to: &str, text: &str, options: SendOptions) -> Result<Self, JobError> {
        let validity = options.validity.map(Validity::at_least);
        let parts = split(text, options.reference, options.width)?
            .into_iter()
            .map(|segment| {
                let tpdu = Submit::encode(to, &segment, options.report, validity, 0)?;
                Ok(Part {
                    number: segment.number(),
                    tpdu,
                    segment,
                })
            })
            .collect::<Result<_, PduError>>()?;
        Ok(Self {
            id,
            to: to.to_owned(),
            parts,
            text: text.to_owned(),
            attempt: 0,
        })
    }

    /// Whether all parts of the message are in it.
    pub fn is_whole(&self) -> bool {
        self.parts
            .first()
            .is_some_and(|part| self.parts.len() == usize::from(part.segment.total()))
    }

    /// The same job with only the parts of these numbers, for sending the rest of a message.
    #[must_use]
    pub fn only(mut self, numbers: &[u8]) -> Self {
        self.parts.retain(|part| numbers.contains(&part.number));
        self
    }
}
