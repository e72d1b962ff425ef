//! `[[answer]]`: keywords of a module with what they answer.

use super::super::answer::{ALWAYS, Answer, AnswerKind};
use super::super::reader::{Node, Table};
use super::super::{Stage, nearest};
use super::check::Defined;
use super::texts::{More, parse};
use crate::domain::keyword::{self, KEYWORD_MAX};
use crate::domain::lang::Words;

/// `keyword`, at the root of a file or in an `[[answer]]`: one or several spellings.
pub(super) fn keywords(node: &Node<'_, '_>, defined: &mut Defined) -> Vec<String> {
    let mut found = Vec::new();
    for node in node.one_or_more() {
        let Some(word) = spelling(&node) else {
            continue;
        };
        defined.keyword(&node, &word);
        found.push(word);
    }
    found
}

fn spelling(node: &Node<'_, '_>) -> Option<String> {
    let text = node.text()?;
    let count = text.chars().count();
    if !(2..=KEYWORD_MAX).contains(&count) || !text.bytes().all(|b| b.is_ascii_uppercase()) {
        let shown: String = text.chars().take(40).collect();
        node.problem(
            format!("kata kunci \"{shown}\" harus 2 sampai {KEYWORD_MAX} huruf besar, tanpa spasi dan angka"),
            format!("the keyword \"{shown}\" must have 2 to {KEYWORD_MAX} capital letters, no blanks or digits"),
        );
        return None;
    }
    if keyword::is_the_offices(&text) {
        node.problem(
            format!("kata kunci {text} dipakai oleh kantor sendiri"),
            format!("the keyword {text} is the office's own"),
        );
        return None;
    }
    if keyword::is_everyday(&text) {
        node.problem(
            format!("kata kunci {text} adalah kata sehari-hari; SMS biasa akan dikira pertanyaan"),
            format!(
                "the keyword {text} is an everyday word; ordinary SMS would be taken for questions"
            ),
        );
        return None;
    }
    Some(text)
}

pub(super) fn answers(
    root: &Table<'_, '_>,
    stages: &[Stage],
    defined: &mut Defined,
) -> Vec<Answer> {
    let tables = root.tables("answer");
    tables
        .iter()
        .filter_map(|table| answer(table, stages, defined))
        .collect()
}

fn answer(table: &Table<'_, '_>, stages: &[Stage], defined: &mut Defined) -> Option<Answer> {
    table.only(&["keyword", "kind", "text"]);
    let keywords = table
        .need("keyword")
        .map(|node| keywords(&node, defined))
        .unwrap_or_default();
    let kind = table
        .need("kind")
        .and_then(|node| node.one_of(&AnswerKind::ALL))?;
    if kind.needs_stages() && stages.is_empty() {
        table.problem_at(
            "kind",
            Words::new(
                "jawaban ini perlu [[stage]] dalam modul",
                "this answer needs [[stage]] in the module",
            ),
        );
    }
    let text = match table.get("text") {
        Some(node) => Some(parse(&node, &node.text()?, &More::new(), false)?),
        None => None,
    };
    if let (Some(node), Some(text)) = (table.get("text"), &text) {
        let known: Vec<&str> = ALWAYS.iter().chain(kind.placeholders()).copied().collect();
        for name in text.placeholders() {
            if known.contains(&name) {
                continue;
            }
            let all = known
                .iter()
                .map(|name| format!("{{{name}}}"))
                .collect::<Vec<_>>()
                .join(", ");
            node.problem_near(
                Words::new(
                    format!("isian {{{name}}} tidak terisi dalam jawaban ini. Yang terisi: {all}"),
                    format!("nothing fills {{{name}}} in this answer. Filled are: {all}"),
                ),
                nearest(name, known.iter().copied()).map(|near| format!("{{{near}}}")),
            );
        }
    }
    if keywords.is_empty() {
        return None;
    }
    Some(Answer {
        keywords,
        kind,
        text,
    })
}
