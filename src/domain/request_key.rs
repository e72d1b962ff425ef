//! The key of a request: made up by the client, so that a request that is sent again after a dropped line is done once.

use std::fmt;

/// A key together with what it belongs to, as it stands in the journal: `register-letter:9f86d081884c7d659a2feaa0c55ad015:form-1`.
/// Whose it is says the entry itself. The server's own keys, and those of older journals, are plain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestKey {
    /// Name of the request: `register-letter`.
    pub request: String,
    /// Digest of its content, as [`BODY_DIGITS`] hexadecimal digits.
    pub body: String,
    /// As the client made it up.
    pub key: String,
}

/// Hexadecimal digits of the digest of a request's content: 128 bits.
pub const BODY_DIGITS: usize = 32;

impl RequestKey {
    /// Reads what stands in the journal; none for a plain key.
    pub fn read(text: &str) -> Option<Self> {
        let (request, rest) = text.split_once(':')?;
        let (body, key) = rest.split_once(':')?;
        let named = !request.is_empty()
            && request
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        let digest = body.len() == BODY_DIGITS
            && body
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        (named && digest).then(|| Self {
            request: request.to_owned(),
            body: body.to_owned(),
            key: key.to_owned(),
        })
    }
}

impl fmt::Display for RequestKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.request, self.body, self.key)
    }
}

/// What is remembered of a request that was done.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct DoneRequest {
    /// Who asked.
    pub by: String,
    /// Name of the request; empty in an older journal, which does not say it.
    pub request: String,
    /// Digest of its content; empty in an older journal.
    pub body: String,
    /// What the first of its facts is about.
    pub about: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_back_whatever_the_client_made_up() {
        for key in ["form-1", "a:b:c", "", "desk-00ff-1"] {
            let whole = RequestKey {
                request: "register-letter".to_owned(),
                body: "9f86d081884c7d659a2feaa0c55ad015".to_owned(),
                key: key.to_owned(),
            };
            assert_eq!(RequestKey::read(&whole.to_string()), Some(whole));
        }
    }

    #[test]
    fn plain_keys_are_told_apart() {
        for plain in [
            "form-1",
            "summary:2026-11-24:VERA",
            "a:b",
            "ASK:9f86d081884c7d659a2feaa0c55ad015:x",
        ] {
            assert_eq!(RequestKey::read(plain), None, "{plain}");
        }
    }
}
