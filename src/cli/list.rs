//! Lists, page by page.

use super::args::Limit;
use super::{Call, Failure, Outcome};
use crate::domain::refusal::Refusal;

/// Rows that the server gives at once.
const PAGE: u32 = 1000;
/// Rows of a list in text unless more are asked for.
const TEXT_LIMIT: u64 = 50;

/// A page of anything: its rows, and how many there are in all.
pub(super) type Page<R> = (Vec<R>, u64);

/// Asks for pages until the limit is reached and hands over every row. In text a person is told when there are more.
///
/// Pages are counted from the start of the list: what is added meanwhile may show a row twice.
pub(super) fn pages<R>(
    call: &mut Call,
    limit: Limit,
    mut ask: impl FnMut(u64, u32) -> Result<Page<R>, Refusal>,
    mut each: impl FnMut(&mut Call, R) -> Outcome,
) -> Result<(), Failure> {
    let most = limit
        .limit
        .unwrap_or(if call.json { u64::MAX } else { TEXT_LIMIT });
    let mut shown: u64 = 0;
    let mut total = 0;
    while shown < most {
        let wanted = u32::try_from(most - shown).unwrap_or(PAGE).min(PAGE);
        let (rows, all) = ask(shown, wanted)?;
        total = all;
        if rows.is_empty() {
            break;
        }
        for row in rows.into_iter().take(wanted as usize) {
            each(call, row)?;
            shown += 1;
        }
        if shown >= total {
            break;
        }
    }
    if !call.json && limit.limit.is_none() && shown < total {
        let text = call.locale.with(
            "cli-list-more",
            &[("shown", shown.into()), ("total", total.into())],
        );
        super::remark(&text);
    }
    Ok(())
}
