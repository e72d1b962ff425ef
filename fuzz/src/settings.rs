//! `sipintar.toml` as people write it, or spoil it.

use std::sync::OnceLock;
use std::time::Duration;

use sipintar::domain::sms::SmsKind;
use sipintar::locale::{LANGS, Locale};
use sipintar::settings::Settings;

static LOCALES: OnceLock<[Locale; 2]> = OnceLock::new();

const DAY: u32 = 24 * 60;

/// What is accepted is within its ranges and says the same when it is read again; what is refused has a line and words.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    match Settings::parse(text) {
        Ok(settings) => {
            assert_eq!(Settings::parse(text).expect("as before"), settings);
            ranges(&settings);
        }
        Err(refusal) => {
            assert_eq!(refusal.code, "settings-bad");
            let line: usize = refusal.args["line"].parse().expect("a line");
            let lines = text.bytes().filter(|byte| *byte == b'\n').count() + 1;
            assert!((1..=lines).contains(&line), "{refusal}");
            for locale in LOCALES.get_or_init(|| LANGS.map(Locale::built_in)) {
                let words = locale.refusal(&refusal);
                assert!(words.contains(&line.to_string()), "{words}");
                assert!(!words.chars().any(char::is_control), "{words:?}");
            }
        }
    }
}

fn ranges(settings: &Settings) {
    let Settings {
        office,
        sms,
        reminders,
        summary,
        inbox,
        survey,
        ..
    } = settings;
    assert!((1..=30).contains(&office.name.trim().chars().count()));
    assert!(!office.name.chars().any(char::is_control));
    for hours in [office.service_hours, sms.window] {
        assert!(hours.from < hours.until && hours.until <= DAY);
        let _ = hours.service();
    }
    assert!(reminders.time < DAY && summary.time < DAY && reminders.catch_up_days <= 30);
    assert!(sms.undo_seconds <= 3600 && (1..=100).contains(&sms.retry.attempts));
    for attempts in [0, 1, 2, sms.retry.attempts, u32::MAX] {
        assert!(sms.retry.pause(attempts) <= Duration::from_hours(24));
    }
    for kind in SmsKind::ALL.iter().copied() {
        assert!(
            sms.expiry(kind)
                .is_none_or(|hours| (1..=8760).contains(&hours))
        );
        let _ = sms.policy(kind);
    }
    assert!((1..=1000).contains(&inbox.daily_limit));
    assert!(survey.share <= 100 && (1..=365).contains(&survey.valid_days));
    let _ = survey.chooses(u32::MAX);
    let modems = settings.modems();
    assert!(!modems.is_empty());
    for (at, modem) in modems.iter().enumerate() {
        assert!(
            modems
                .iter()
                .skip(at + 1)
                .all(|other| other.name != modem.name)
        );
        assert!(
            modem
                .per_minute
                .is_none_or(|limit| (1..=6000).contains(&limit))
        );
        assert!(
            !modem.name.chars().any(char::is_control),
            "{:?}",
            modem.name
        );
    }
}
