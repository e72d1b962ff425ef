//! The pages that list the keys: `docs/keys.md` and the output of `sipintar keys`.

use std::fmt::Write as _;

use super::Keymap;
use crate::{
    locale::{LANGS, Locale},
    tui::action::{Action, Context},
};

/// One action in one table, with its keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRow {
    /// The table of the keymap.
    pub context: Context,
    /// The action.
    pub action: Action,
    /// Its keys as keymap files spell them, the first is the one that hints show.
    pub keys: Vec<String>,
}

/// Every action in every table that may bind it, table by table, in the order of the action table.
pub fn rows(keymap: &Keymap) -> Vec<KeyRow> {
    let actions = |context: Context| {
        Action::ALL
            .iter()
            .filter(move |action| action.contexts().contains(&context))
            .map(move |action| (context, *action))
    };
    Context::ALL
        .into_iter()
        .flat_map(actions)
        .map(|(context, action)| KeyRow {
            context,
            action,
            keys: keymap
                .keys(context, action)
                .into_iter()
                .map(ToString::to_string)
                .collect(),
        })
        .collect()
}

/// The page `docs/keys.md`, with the keys of all built-in keymaps.
pub fn page() -> String {
    let keymaps: Vec<_> = Keymap::names().filter_map(Keymap::built_in).collect();
    let tables: Vec<_> = keymaps.iter().map(rows).collect();
    let [indonesian, english] = LANGS.map(Locale::built_in);
    let mut page = String::from(
        "# Keys\n\nWritten by the program from its action table and `keymaps/*.toml`; a test keeps this page fresh.\n\
         What a table binds also holds in the tables that inherit from it: every screen with a list inherits `list`, and\n\
         everything but questions and pages to read inherits `global` (where text is typed: only keys that type nothing).\n",
    );
    let mut last = None;
    let first = tables.first().map(Vec::as_slice).unwrap_or_default();
    for (index, row) in first.iter().enumerate() {
        if last != Some(row.context) {
            last = Some(row.context);
            let title = english.text(&format!("context-{}", row.context.name()));
            let _ = write!(
                page,
                "\n## `[{}]` {title}\n\n| action |",
                row.context.name()
            );
            for keymap in &keymaps {
                let _ = write!(page, " {} |", keymap.name());
            }
            let _ = writeln!(
                page,
                " Indonesian | English |\n|---|{}---|---|",
                "---|".repeat(keymaps.len())
            );
        }
        let _ = write!(page, "| `{}` |", row.action);
        for table in &tables {
            let keys: Vec<_> = table
                .get(index)
                .into_iter()
                .flat_map(|row| &row.keys)
                .map(|key| format!("`{key}`"))
                .collect();
            let _ = write!(page, " {} |", keys.join(" "));
        }
        let _ = writeln!(
            page,
            " {} | {} |",
            indonesian.text(row.action.label()),
            english.text(row.action.label())
        );
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Run with `UPDATE_DOCS=1` to write the page.
    #[test]
    fn the_page_on_disk_is_fresh() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/keys.md");
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(path, page()).unwrap();
        }
        let on_disk = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            on_disk == page(),
            "docs/keys.md is stale: UPDATE_DOCS=1 cargo test --lib keymap::docs"
        );
    }
}
