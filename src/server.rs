//! The one owner of the journal, the store and the modems.

pub mod journal;
pub mod store;

// ---- Stand-in for the real server: replaced as a whole by the branch that brings it. ----

/// How to run.
#[derive(Debug, Clone, Default)]
pub struct ServeOptions {
    /// Trial mode: the time that it is now.
    pub clock: Option<chrono::DateTime<chrono::Utc>>,
    /// No terminal to write to.
    pub background: bool,
}

/// Stand-in.
///
/// # Errors
/// Always.
pub fn run(
    _home: &crate::home::Home,
    _options: ServeOptions,
) -> Result<(), crate::service::Refusal> {
    Err(crate::service::Refusal::new("internal").with("cause", "no server in this build"))
}
