//! `keys`: the key table.

use serde_json::json;

use super::{Call, Failure, Outcome};
use crate::tui::keymap::{Keymap, docs};

pub(super) fn run(call: &mut Call, keymap: &str) -> Outcome {
    let keymap = match Keymap::load(keymap, &call.home.folder("keymaps")) {
        Ok(keymap) => keymap,
        Err(errors) => {
            for error in &errors {
                super::remark(&call.locale.say(&error.say()));
            }
            return Err(Failure::Told);
        }
    };
    let mut table = call.header(&["place", "keys", "action", "does"]);
    for row in docs::rows(&keymap) {
        let label = call.locale.text(row.action.label());
        let (place, action) = (row.context.name(), row.action.name());
        if call.json {
            call.object(
                &json!({ "place": place, "keys": row.keys, "action": action, "does": label }),
            )?;
        } else {
            table.row([
                place.to_owned(),
                row.keys.join("  "),
                action.to_owned(),
                label,
            ]);
        }
    }
    if call.json {
        Ok(())
    } else {
        call.table(&table)
    }
}
