//! The contacts to whom nothing arrives: a phone that is wrong, off or full.

use crate::{
    ask::{ListRepairs, RepairRow, Request},
    domain::id::SatkerCode,
    tui::{
        state::{Effect, Ticket},
        widget::paged::Paged,
    },
};

pub mod view;

/// The list of contacts whose phone needs a look.
#[derive(Debug, Default)]
pub struct Repairs {
    /// The rows around the screen.
    pub list: Paged<RepairRow>,
}

impl Repairs {
    /// Asks for the rows around the screen.
    pub(in crate::tui) fn ask(
        &mut self,
        find: &str,
        satker: Option<SatkerCode>,
        height: u16,
    ) -> Option<Effect> {
        let (offset, limit) = self.list.ask(height)?;
        Some(Effect::Ask(
            Ticket::Repairs,
            Request::ListRepairs(ListRepairs {
                satker,
                find: (!find.trim().is_empty()).then(|| find.to_owned()),
                offset,
                limit,
            }),
        ))
    }
}
