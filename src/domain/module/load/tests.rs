#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used)]

use super::*;
use crate::domain::module::FieldType;
use crate::domain::rule::SATKER_ROLES;

const NAGARI: &str = include_str!("../../../../modules/contoh/nagari-mandiri-pangan.toml");

fn builtin() -> Modules {
    Modules::builtin().unwrap_or_else(|problems| panic!("{}", told(&problems)))
}

fn told(problems: &[ModuleProblem]) -> String {
    problems
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn the_nine_modules_load_in_the_order_of_the_tabs() {
    let modules = builtin();
    let ids: Vec<&str> = modules.iter().map(|module| module.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "pagu", "lpj", "komitmen", "gaji", "retur", "bar", "up-tup", "skpp", "lainnya"
        ]
    );
    for module in modules.iter() {
        assert!(!module.services.is_empty(), "{}", module.id);
        assert!(!module.keywords.is_empty(), "{}", module.id);
    }
}
