use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::ask::{GiveDate, ImportHolidays, KeepDraft, RequestName};
use crate::domain::access::Role;

fn raw(value: &Value) -> Box<RawValue> {
    RawValue::from_string(value.to_string()).unwrap()
}

fn code<T: DeserializeOwned>(value: &Value, limits: &Limits) -> (String, Option<String>) {
    match read::<T>(&raw(value), limits) {
        Ok(_) => ("taken".to_owned(), None),
        Err(refusal) => (refusal.code, refusal.field),
    }
}

#[test]
fn a_note_a_holiday_and_a_kept_form_come_out_clean() {
    let note = json!({
        "obligation": "dipa3", "period": "2026", "item": null, "date": null,
        "note": "S-1\u{1b}[2J\u{202e}/2026", "far_seen": false,
    });
    let note: GiveDate = read(&raw(&note), &Limits::ORDINARY).unwrap();
    assert_eq!(note.note, "S-1 [2J/2026");
    let holidays = json!({
        "dry_run": true,
        "holidays": [{ "date": "2026-12-25", "name": "Natal\nRaya\u{200f}", "kind": "libur" }],
    });
    let holidays: Result<ImportHolidays, _> = read(&raw(&holidays), &Limits::IMPORT);
    assert_eq!(
        holidays.unwrap().holidays.first().unwrap().name,
        "Natal Raya"
    );
    let form =
        json!({ "form": "register/lpj\u{0}", "values": { "ca\u{7}tatan": "satu\r\ndua\u{2066}" } });
    let form: KeepDraft = read(&raw(&form), &Limits::FORM).unwrap();
    assert_eq!(form.form, "register/lpj ");
    let kept = BTreeMap::from([("ca tatan".to_owned(), "satu\ndua".to_owned())]);
    assert_eq!(form.values, kept);
}

#[test]
fn what_is_too_long_is_refused_on_its_field() {
    let limits = Limits {
        bytes: 200,
        text: 10,
        items: 3,
    };
    let check = |value: Value, code_: &str, field: Option<&str>| {
        let field = field.map(str::to_owned);
        assert_eq!(code::<Value>(&value, &limits), (code_.to_owned(), field));
    };
    check(json!({ "note": "é".repeat(10) }), "taken", None);
    check(
        json!({ "note": "é".repeat(11) }),
        "text-too-long",
        Some("note"),
    );
    check(json!({ "ids": [1, 2, 3, 4] }), "list-too-long", Some("ids"));
    check(
        json!({ "cells": [["a", "bbbbbbbbbbbb"]] }),
        "text-too-long",
        Some("cells"),
    );
    check(json!({ "n": "x".repeat(300) }), "line-too-long", None);
    check(json!({ "n".repeat(101): 1 }), "text-too-long", Some(""));
    assert_eq!(code::<KeepDraft>(&json!({}), &limits).0, "line-bad");
}

#[test]
fn values_are_counted_without_being_made() {
    assert_eq!(values_in(r#"{"a":[1,2,"x,[{\",,"],"b":{}}"#), 7);
    assert!(values_in(&"[".repeat(50)) > 50);
}

#[test]
fn every_row_of_the_table_has_a_name_as_it_travels_and_sane_limits() {
    for name in RequestName::ALL {
        assert_eq!(json!(name), json!(name.written()), "{name:?}");
        let limits = name.limits();
        assert!(limits.bytes <= Limits::IMPORT.bytes && limits.text > 0);
        assert!(name.needs() > Role::None, "{name:?}");
        if limits.bytes > Limits::LISTS.bytes {
            assert!(name.needs() >= Role::Desk);
        }
    }
    assert_eq!(RequestName::largest_for(Role::None), 0);
    assert_eq!(
        RequestName::largest_for(Role::Viewer),
        Limits::ORDINARY.bytes
    );
    assert_eq!(RequestName::largest_for(Role::Section), Limits::LISTS.bytes);
    assert_eq!(RequestName::largest_for(Role::Desk), Limits::IMPORT.bytes);
}

/// Any JSON with texts in it.
fn any_json() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        any::<String>(),
        "[a-z\u{0}-\u{1f}\u{7f}-\u{9f}\u{200b}-\u{206f}\u{61c}\u{feff}]{0,12}",
    ];
    let leaf = prop_oneof![
        text.prop_map(Value::String),
        any::<u32>().prop_map(Value::from)
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
            prop::collection::btree_map("[a-z\u{1b}\u{202e}]{1,8}", inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn texts<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => found.push(text),
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(fields) => fields.iter().for_each(|(name, value)| {
            found.push(name);
            texts(value, found);
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

proptest! {
    #[test]
    fn no_text_of_any_request_passes_with_an_unfit_character(value in any_json()) {
        let passed: Value = read(&raw(&value), &Limits::IMPORT).unwrap();
        let mut found = Vec::new();
        texts(&passed, &mut found);
        for text in found {
            prop_assert!(!text.chars().any(|c| c != '\n' && typed::is_unfit(c)), "{:?}", text);
        }
        // What has passed passes again, unchanged.
        let again: Value = read(&raw(&passed), &Limits::IMPORT).unwrap();
        prop_assert_eq!(again, passed);
    }
}
