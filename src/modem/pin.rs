//! The PIN of a SIM: where it comes from, and the digest by which a refused one is remembered.

use std::fmt::{self, Write as _};
use std::sync::Arc;

use sha2::{Digest, Sha256};

/// What a SIM may have as its PIN: 3GPP TS 31.101, 9.5.1, four to eight digits.
const LENGTHS: std::ops::RangeInclusive<usize> = 4..=8;

type Read = dyn Fn() -> Result<Option<String>, String> + Send + Sync;

/// Where the PIN comes from. It is read anew each time the SIM asks, so that a corrected file counts at once.
#[derive(Clone)]
pub struct PinSource(Arc<Read>);

impl PinSource {
    /// Reads it by this: none where none is set; an error in words where it cannot be read.
    pub fn new(read: impl Fn() -> Result<Option<String>, String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(read))
    }

    /// Always this one.
    pub fn fixed(pin: &str) -> Self {
        let pin = pin.to_owned();
        Self::new(move || Ok(Some(pin.clone())))
    }

    /// No PIN is set.
    pub fn none() -> Self {
        Self::new(|| Ok(None))
    }

    /// The PIN as it stands now. What no SIM could have as its PIN is an error: entering it would use up one of three tries.
    ///
    /// # Errors
    /// In words, without the PIN.
    pub fn read(&self) -> Result<Option<String>, String> {
        let pin = (self.0)()?;
        let valid = |pin: &String| {
            LENGTHS.contains(&pin.len()) && pin.bytes().all(|byte| byte.is_ascii_digit())
        };
        if pin.as_ref().is_none_or(valid) {
            Ok(pin)
        } else {
            Err("the PIN that is set is not four to eight digits".to_owned())
        }
    }
}

impl fmt::Debug for PinSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PinSource")
    }
}

/// By this a PIN is known again without being kept: SHA-256 in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PinDigest(String);

impl PinDigest {
    /// Of this PIN.
    pub fn of(pin: &str) -> Self {
        let digest = Sha256::digest(pin.as_bytes());
        Self(digest.iter().fold(String::new(), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        }))
    }

    /// As it was written down.
    pub fn written(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    /// To be written down.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_a_pin_is_not_given_to_a_sim() {
        for good in ["1234", "12345678"] {
            assert_eq!(PinSource::fixed(good).read().unwrap().unwrap(), good);
        }
        for bad in ["", "123", "123456789", "12 34", "1234\"\r", "\u{661}234"] {
            assert!(PinSource::fixed(bad).read().is_err(), "{bad:?}");
        }
    }
}
