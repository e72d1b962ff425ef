use std::time::Duration;

use super::*;
use crate::domain::sms::{ConfirmPolicy, SmsKind};

#[test]
fn the_documented_settings_are_read() {
    let settings = Settings::parse(
        r#"
[office]
name = "KPPN Madiun"
zone = "Asia/Jakarta"
service_hours = ["08:00", "15:00"]

[sms]
window = ["00:00", "24:00"]
working_days_only = false
undo_seconds = 0
retry = { attempts = 5, first_seconds = 60, factor = 2 }
confirm = { reply = "auto", broadcast = "two-person", default = "manual" }
expire_hours = { reply = 6, default = 72 }
daily_budget = 1500
price = 350

[[modem]]
name = "telkomsel-1"
kind = "serial"
port = "/dev/ttyUSB0"
baud = 115200
pin = "1234"
prefixes = ["0811", "0812", "0813"]

[summary]
time = "07:15"
to = { VERA = "0812-1111-0001" }

[users]
sari = "desk"
budi = { role = "section", section = "VERA" }
wati = "supervisor"

[desk]
lang = "id"
theme = "default"
keymap = "default"
"#,
    )
    .unwrap();
    assert!(settings.sms.window.contains(0) && settings.sms.window.contains(1439));
    assert_eq!(settings.summary.time, 7 * 60 + 15);
    assert_eq!(settings.summary.to["VERA"].as_str(), "+6281211110001");
    assert_eq!(settings.users["budi"].section.as_deref(), Some("VERA"));
    assert_eq!(
        settings.sms.policy(SmsKind::Completed),
        ConfirmPolicy::Manual
    );
    assert_eq!(settings.sms.policy(SmsKind::Reply), ConfirmPolicy::Auto);
    assert_eq!(settings.sms.expiry(SmsKind::Reply), Some(6));
    assert_eq!(settings.sms.expiry(SmsKind::Reminder), Some(24));
    assert_eq!(settings.sms.expiry(SmsKind::Completed), Some(72));
    assert_eq!(settings.sms.retry.pause(3), Duration::from_mins(4));
    assert_eq!(Settings::parse("").unwrap(), Settings::default());
}

#[test]
fn a_default_policy_takes_neither_the_second_person_nor_the_quick_answer_away() {
    let settings = Settings::parse("[sms]\nconfirm = { default = \"auto\" }\n").unwrap();
    let policy = |kind| settings.sms.policy(kind);
    assert_eq!(policy(SmsKind::Broadcast), ConfirmPolicy::TwoPerson);
    assert_eq!(policy(SmsKind::Alert), ConfirmPolicy::Auto);
    let settings =
        Settings::parse("[sms]\nconfirm = { reply = \"manual\", broadcast = \"auto\" }\n").unwrap();
    assert_eq!(settings.sms.policy(SmsKind::Reply), ConfirmPolicy::Manual);
    assert_eq!(settings.sms.policy(SmsKind::Broadcast), ConfirmPolicy::Auto);
    assert_eq!(settings.sms.policy(SmsKind::Free), ConfirmPolicy::Manual);
    assert_eq!(settings.sms.expiry(SmsKind::Free), None);
}

#[test]
fn a_mistake_is_told_with_line_and_nearest_spelling() {
    let check = |text: &str, line: &str, key: &str, near: &str| {
        let refusal = Settings::parse(text).unwrap_err();
        let arg = |name: &str| refusal.args.get(name).cloned().unwrap_or_default();
        assert_eq!(
            (
                arg("line").as_str(),
                arg("key").as_str(),
                arg("nearest").as_str()
            ),
            (line, key, near),
            "{text:?}: {refusal}"
        );
    };
    check(
        "[sms]\nwindw = [\"08:00\", \"15:00\"]\n",
        "2",
        "windw",
        "window",
    );
    check("[smss]\n", "1", "smss", "sms");
    check("[users]\n\nsari = \"dsk\"\n", "3", "dsk", "desk");
    check(
        "[office]\nzone = \"Asia/Jakata\"\n",
        "2",
        "Asia/Jakata",
        "Asia/Jakarta",
    );
    check(
        "[sms]\nconfirm = { repyl = \"auto\" }\n",
        "2",
        "repyl",
        "reply",
    );
    check(
        "[[modem]]\nname = \"a\"\nkind = \"seriel\"\n",
        "3",
        "seriel",
        "serial",
    );
    check("[sms]\nundo_seconds = \"5\"\n", "2", "undo_seconds", "");
    check("[sms]\n\nretry = { attempts = 0 }\n", "3", "attempts", "");
    check("[sms]\nprice = 200000\n", "2", "price", "");
    for name in ["KPPN\\u001b[2J", "KPPN\\t", "\\tKPPN", "KPPN\\u202e"] {
        check(&format!("[office]\nname = \"{name}\"\n"), "2", "name", "");
        let modem = format!("[[modem]]\nkind = \"simulated\"\nname = \"{name}\"\n");
        check(&modem, "3", "name", "");
    }
    // So many hours that their minutes would begin anew at midnight.
    check(
        "[sms]\nwindow = [\"71582789:00\", \"15:00\"]\n",
        "2",
        "window",
        "",
    );
    check(
        "[sms]\nexpire_hours = { remainder = 1 }\n",
        "2",
        "remainder",
        "reminder",
    );
    check(
        "[[modem]]\nname = \"a\"\nkind = \"simulated\"\nprefixes = [\"08123\"]\n",
        "4",
        "prefixes",
        "",
    );
    check("[sms\n", "1", "", "");
    for text in [
        "[sms]\nwindow = [\"15:00\", \"08:00\"]",
        "[sms]\nwindow = [\"25:00\", \"26:00\"]",
        "[sms]\nundo_seconds = -1",
        "[sms]\nundo_seconds = 100000",
        "[sms\n",
        "[[modem]]\nname = \"a\"\nkind = \"serial\"\n",
        "[[modem]]\nname = \"a\"\nkind = \"simulated\"\n[[modem]]\nname = \"a\"\nkind = \"simulated\"\n",
        "[office]\nname = \"\"",
        "[summary]\nto = { VERA = \"0351-123\" }",
        "[users]\nbudi = { role = \"section\" }",
    ] {
        assert_eq!(
            Settings::parse(text).unwrap_err().code,
            "settings-bad",
            "{text:?}"
        );
    }
}

/// Two good modems; what a case changes is in the second.
const TWO: &str = r#"[[modem]]
name = "satu"
kind = "serial"
port = "/dev/ttyUSB0"
prefixes = ["0811"]

[[modem]]
name = "dua"
kind = "kannel"
url = "http://127.0.0.1:13013/cgi-bin/sendsms"
username = "sipintar"
password = "x"
listen = "127.0.0.1:13014"
prefixes = ["0812"]
"#;

#[test]
fn a_mistake_in_the_second_modem_is_told_with_its_own_line() {
    Settings::parse(TWO).unwrap();
    let check = |from: &str, to: &str, line: &str, key: &str| {
        assert!(TWO.contains(from), "{from}");
        let text = TWO.replace(from, to);
        let refusal = Settings::parse(&text).unwrap_err();
        let arg = |name: &str| refusal.args.get(name).cloned().unwrap_or_default();
        assert_eq!(
            (arg("line").as_str(), arg("key").as_str()),
            (line, key),
            "{to}: {refusal}"
        );
    };
    check("\"0812\"", "\"812\"", "14", "prefixes");
    check("\"dua\"", "\"satu\"", "8", "name");
    check("\"dua\"", "\" \"", "8", "name");
    check("\"kannel\"", "\"kanel\"", "9", "kanel");
    check("username", "usernam", "11", "usernam");
    check("listen = \"127", "listen = \"localhost", "13", "listen");
    check("127.0.0.1:13014", "0.0.0.0:13014", "13", "listen");
    check("127.0.0.1:13014", "10.0.0.1:13014", "13", "listen");
    check("127.0.0.1:13014", "127.0.0.1:0", "13", "listen");
    check("http:", "https:", "10", "url");
    check("/cgi-bin/sendsms", "/cgi-bin/sendsms?a=b", "10", "url");
    check("127.0.0.1:13013", "", "10", "url");
    check(
        "password = \"x\"",
        "password = \"x\"\npassword_file = \"/x\"",
        "13",
        "password_file",
    );
    check("password = \"x\"\n", "", "7", "modem");
    check(
        "url = \"http://127.0.0.1:13013/cgi-bin/sendsms\"\n",
        "",
        "7",
        "modem",
    );
    check("username =", "baud = 9600\nusername =", "11", "baud");
    check(
        "username =",
        "per_minute = 0\nusername =",
        "11",
        "per_minute",
    );
    check(
        "username =",
        "timeout_seconds = 61\nusername =",
        "11",
        "timeout_seconds",
    );
    check("port = ", "smsc = \"a\"\nport = ", "4", "smsc");
    check("name = \"dua\"\n", "", "7", "");
    // Written in one line, too.
    let inline = "modem = [{ name = \"a\", kind = \"simulated\" },\n  { name = \"a\", kind = \"simulated\" }]";
    let refusal = Settings::parse(inline).unwrap_err();
    assert_eq!(refusal.args["line"], "2");
}
