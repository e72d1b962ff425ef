//! What is asked and what answers mean; how the whole behaves is shown by the integration tests.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::io;

use super::client::Reply;
use super::request::{Outcome, Piece, found, outcome, report_key};
use super::*;
use crate::modem::at::ErrorClass;
use crate::modem::job::SendOptions;

const URL: &str = "http://127.0.0.1:13013/cgi-bin/sendsms";

fn settings() -> KannelSettings {
    KannelSettings {
        name: "kannel".to_owned(),
        url: URL.to_owned(),
        username: "sipintar".to_owned(),
        password: "a&b".to_owned(),
        from: None,
        smsc: Some("operator".to_owned()),
        listen: "127.0.0.1:13014".parse().unwrap(),
        allow: Vec::new(),
        token: "0123456789abcdef".to_owned(),
        timing: KannelTiming::default(),
    }
}

fn job(text: &str) -> SendJob {
    let options = SendOptions {
        reference: 0xAB,
        ..SendOptions::default()
    };
    SendJob::new(7, "+6281", text, options).unwrap()
}

#[test]
fn a_whole_text_goes_whole_and_the_rest_of_one_part_by_part() {
    let text = "x".repeat(153) + &"y".repeat(153) + "z";
    let whole = Piece::of(&job(&text));
    assert_eq!(whole.len(), 1);
    assert_eq!(whole[0].parts, [1, 2, 3]);
    let target = whole[0].target(&job(&text), &settings());
    assert!(target.starts_with(
        "/cgi-bin/sendsms?username=sipintar&password=a%26b&to=%2B6281&smsc=operator&"
    ));
    assert!(target.contains(&text) && !target.contains("udh"));

    let rest = job(&text).only(&[2, 3]);
    let pieces = Piece::of(&rest);
    let parts: Vec<&[u8]> = pieces.iter().map(|piece| piece.parts.as_slice()).collect();
    assert_eq!(parts, [[2], [3]]);
    let target = pieces[0].target(&rest, &settings());
    assert!(
        target.contains("&udh=%05%00%03%AB%03%02&text=yyy"),
        "{target}"
    );
    assert!(!target.contains('z'));
    assert!(target.contains("part%3D2"));
    assert!(Piece::of(&job("a").only(&[])).is_empty());
}

#[test]
fn keys_of_reports_differ_in_everything_they_are_about() {
    let keys = [
        report_key("t", 1, 1, 0),
        report_key("u", 1, 1, 0),
        report_key("t", 11, 1, 0),
        report_key("t", 1, 11, 0),
        report_key("t", 1, 1, 1),
    ];
    for (at, key) in keys.iter().enumerate() {
        assert_eq!(key.len(), 32);
        assert!(!keys[..at].contains(key));
    }
}

#[test]
fn answers_mean_what_the_users_guide_says() {
    fn class(status: u16, text: &str) -> String {
        let text = text.to_owned();
        match outcome(URL, Reply::Answer { status, text }) {
            Outcome::Accepted => "accepted".to_owned(),
            Outcome::Refused(refusal) => {
                assert_eq!(refusal.code, Some(status));
                format!("{:?}", refusal.class)
            }
            Outcome::Away(state, _) => format!("{state:?}"),
            Outcome::Unknown(_) => "unknown".to_owned(),
        }
    }
    let never = format!("{:?}", ErrorClass::NeverWorks);
    for (status, text, meant) in [
        (202, "0: Accepted for delivery", "accepted"),
        (202, "3: Queued for later delivery", "accepted"),
        (200, "It works!", "unknown"),
        (301, "", "WrongPort"),
        (
            400,
            "Sender missing and no global set, rejected",
            "ModemTrouble",
        ),
        (400, "Empty text not allowed, rejected", never.as_str()),
        (401, "", "Denied"),
        (403, "Authorization failed for sendsms", "Denied"),
        (403, "Not routable. Do not try again.", never.as_str()),
        (404, "Unknown request.", "WrongPort"),
        (413, "", never.as_str()),
        (429, "", "RetryLater"),
        (500, "Sending failed.", "unknown"),
        (502, "", "unknown"),
        (503, "Temporal failure, try again later.", "RetryLater"),
        (999, "", "unknown"),
    ] {
        assert_eq!(class(status, text), meant, "{status} {text}");
    }
    let refused = || io::Error::from(io::ErrorKind::ConnectionRefused);
    assert!(matches!(
        outcome(URL, Reply::NotReached(refused())),
        Outcome::Away(ModemState::Unplugged, _)
    ));
    assert!(matches!(
        outcome(URL, Reply::Silent(refused())),
        Outcome::Unknown(_)
    ));
    let state = |status| {
        let text = String::new();
        found(URL, Reply::Answer { status, text }).0
    };
    assert_eq!(
        [400, 403, 404, 200, 501, 503].map(state),
        [
            ModemState::Ready,
            ModemState::Denied,
            ModemState::WrongPort,
            ModemState::WrongPort,
            ModemState::WrongPort,
            ModemState::Hung
        ]
    );
}
