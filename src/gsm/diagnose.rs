//! One line of diagnosis in, one JSON object out: `deliver|submit|report HEX`.

use serde_json::{Map, Value, json};

use super::pdu::{
    Address, Body, Concat, Deliver, PduError, StatusReport, Submit, UserData, describe, from_hex,
    split_service_centre, to_hex,
};

/// Decodes one line. The PDU starts with the service centre's address, as in `AT+CMGL`.
///
/// Fields that do not apply are left out; an unreadable line gives an object with `error`.
pub fn answer(line: &str) -> Value {
    let mut words = line.split_whitespace();
    let (Some(kind), Some(hex), None) = (words.next(), words.next(), words.next()) else {
        return json!({ "error": "expected: deliver|submit|report HEX" });
    };
    decode(kind, hex).map_or_else(|error| json!({ "error": error }), Value::Object)
}

fn decode(kind: &str, hex: &str) -> Result<Map<String, Value>, String> {
    let octets = from_hex(hex).map_err(text)?;
    let (smsc, tpdu) = split_service_centre(&octets).map_err(text)?;
    let mut object = Map::new();
    if let Some(smsc) = smsc {
        put(&mut object, "smsc", smsc.to_string());
    }
    match kind.to_ascii_lowercase().as_str() {
        "deliver" => {
            let deliver = Deliver::decode(tpdu).map_err(text)?;
            number(&mut object, &deliver.from);
            put(
                &mut object,
                "scts",
                deliver.scts.map(|time| time.to_rfc3339()),
            );
            put(&mut object, "dcs", deliver.coding.0);
            put(&mut object, "class", deliver.coding.class());
            user_data(&mut object, &deliver.data);
        }
        "submit" => {
            let submit = Submit::decode(tpdu).map_err(text)?;
            number(&mut object, &submit.to);
            put(&mut object, "mr", submit.reference);
            put(&mut object, "srr", submit.status_report);
            put(&mut object, "dcs", submit.coding.0);
            put(&mut object, "class", submit.coding.class());
            let validity = submit.validity.and_then(super::pdu::Validity::period);
            put(
                &mut object,
                "validity_seconds",
                validity.map(|period| period.as_secs()),
            );
            user_data(&mut object, &submit.data);
        }
        "report" => {
            let report = StatusReport::decode(tpdu).map_err(text)?;
            number(&mut object, &report.recipient);
            put(&mut object, "mr", report.reference);
            put(
                &mut object,
                "scts",
                report.scts.map(|time| time.to_rfc3339()),
            );
            put(
                &mut object,
                "discharge",
                report.discharge.map(|time| time.to_rfc3339()),
            );
            put(&mut object, "status", report.status);
            put(&mut object, "class", json!(report.class()));
            put(&mut object, "meaning", describe(report.status));
        }
        _ => {
            return Err(format!(
                "unknown kind {kind:?}: expected deliver, submit or report"
            ));
        }
    }
    Ok(object)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "used as a function in map_err"
)]
fn text(error: PduError) -> String {
    error.to_string()
}

/// Sets a field unless its value is null.
fn put(object: &mut Map<String, Value>, key: &str, value: impl Into<Value>) {
    let value = value.into();
    if !value.is_null() {
        object.insert(key.to_owned(), value);
    }
}

fn number(object: &mut Map<String, Value>, address: &Address) {
    put(object, "number", address.to_string());
}

fn user_data(object: &mut Map<String, Value>, data: &UserData) {
    match &data.body {
        Body::Text(text) => put(object, "text", text.as_str()),
        Body::Binary(bytes) => put(object, "data", to_hex(bytes)),
    }
    if let Some(Concat {
        bits,
        reference,
        total,
        seq,
    }) = data.concat
    {
        put(
            object,
            "concat",
            json!({ "bits": bits, "ref": reference, "total": total, "seq": seq }),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_kind_shows_the_fields_that_apply() {
        // PDUs from the test suite of python-messaging.
        let deliver = answer(
            "deliver 07919471227210244405852122F039F1015062712181804F050003190202E4E8309B5E7683DAFC319A5E76B340F73D9A5D7683A6E93268FD9ED3CB6EF67B0E5AD172B19B2C2693C9602E90355D6683A6F0B007946E8382F5393BEC26BB00",
        );
        let expected = json!({
            "smsc": "+491722270142", "number": "12220", "scts": "2010-05-26T17:12:18+02:00",
            "dcs": 0xF1, "class": 1, "concat": { "bits": 8, "ref": 25, "total": 2, "seq": 2 },
            "text": "rhalten möchten, wählen Sie kostenlos +4917212220. Viel Spaß im Ausland.",
        });
        assert_eq!(deliver, expected);

        let submit = answer("submit 0031070B914356143254F60000AA06E8721E947F03");
        let expected = json!({
            "number": "+34654123456", "text": "hey yo", "mr": 7, "srr": true, "dcs": 0,
            "validity_seconds": 4 * 86_400,
        });
        assert_eq!(submit, expected);

        let report =
            answer("REPORT 07914306073011f006270b913426565711f7012081111345400120811174054043");
        let expected = json!({
            "smsc": "+34607003110", "number": "+43626575117", "mr": 39, "status": 0x43,
            "scts": "2010-02-18T11:31:54+01:00", "discharge": "2010-02-18T11:47:50+01:00",
            "class": "failed-permanently", "meaning": "number not obtainable",
        });
        assert_eq!(report, expected);
    }

    #[test]
    fn bad_lines_say_what_is_wrong() {
        #[track_caller]
        fn check(line: &str, part: &str) {
            let object = answer(line);
            let error = object["error"].as_str().unwrap_or_default();
            assert!(error.contains(part), "{line:?} gave {object}");
            assert_eq!(object.as_object().unwrap().len(), 1);
        }
        check("", "expected");
        check("deliver", "expected");
        check("deliver 0", "odd");
        check("deliver 0G", "no digit");
        check("deliver 00", "ends inside");
        check("forward 0004", "unknown kind");
        check("deliver 0001000B91", "SUBMIT");
        check("report 00040B91", "DELIVER");
        check("submit 00060B91", "STATUS-REPORT");
        check(&format!("deliver {}", "00".repeat(5000)), "longer");
    }

    proptest! {
        #[test]
        fn any_line_is_answered(line in any::<String>()) {
            prop_assert!(answer(&line).is_object());
        }

        #[test]
        fn any_octets_are_answered(kind in "deliver|submit|report", octets in prop::collection::vec(any::<u8>(), 0..200)) {
            let object = answer(&format!("{kind} {}", to_hex(&octets)));
            prop_assert!(object.is_object());
        }
    }
}
