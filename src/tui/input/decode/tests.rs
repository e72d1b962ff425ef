//! Packets as terminals send them.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;

/// Feeds the packets, then silence; the inputs in keymap spelling, a paste in quotation marks.
fn decode(packets: &[&[u8]]) -> String {
    let (mut decoder, mut out) = (Decoder::default(), Vec::new());
    for packet in packets {
        decoder.feed(packet, &mut out);
    }
    if decoder.patience().is_some() {
        decoder.silence(&mut out);
    }
    assert_eq!(
        decoder.patience(),
        None,
        "nothing stays pending after silence"
    );
    let words: Vec<String> = out
        .into_iter()
        .map(|input| match input {
            Input::Key(key) => key.to_string(),
            Input::Paste(text) => format!("{text:?}"),
            other => format!("{other:?}"),
        })
        .collect();
    words.join(" ")
}

#[test]
fn each_key_has_one_spelling_whatever_the_terminal_sends() {
    let check = |bytes: &str, expected: &str| {
        assert_eq!(decode(&[bytes.as_bytes()]), expected, "{bytes:?}");
        // The same in packets of one byte, but for ESC with a character, which two packets make two keys.
        if !expected.starts_with("alt-") || bytes.len() > 2 {
            let packets: Vec<&[u8]> = bytes.as_bytes().chunks(1).collect();
            assert_eq!(decode(&packets), expected, "{bytes:?} in single bytes");
        }
    };
    check("n", "n");
    check("N", "N");
    check("é", "é");
    check("\r", "enter");
    check("\t", "tab");
    check("\x7f", "backspace");
    check("\x08", "backspace");
    check("\x13", "ctrl-s");
    check("\x1f", "ctrl-_");
    check("\x1b[A\x1bOB\x1b[C\x1b[D", "up down right left");
    check(
        "\x1b[1~\x1b[4~\x1b[7~\x1b[8~\x1b[H\x1b[F\x1bOH\x1bOF",
        "home end home end home end home end",
    );
    check(
        "\x1b[5~\x1b[6~\x1b[2~\x1b[3~",
        "page-up page-down insert delete",
    );
    check("\x1bOP\x1b[11~\x1b[[A", "f1 f1 f1");
    check(
        "\x1b[15~\x1b[17~\x1b[21~\x1b[23~\x1b[24~",
        "f5 f6 f10 f11 f12",
    );
    check("\x1b[Z", "shift-tab");
    check("\x1b[1;5A", "ctrl-up");
    check("\x1b[1;2R", "shift-f3");
    check("\x1b[27u\x1b[115;5u", "esc ctrl-s");
    check("\x1b\x1b[11~", "alt-f1");
    check("\x1bx", "alt-x");
    check("\x1b", "esc");
    check("\x1b\x1b", "esc esc");
    check("\x1bOM\x1bOp", "enter 0");
}

#[test]
fn a_sequence_torn_in_two_packets_is_one_key() {
    assert_eq!(decode(&[b"\x1b", b"[A"]), "up");
    assert_eq!(decode(&[b"\x1b[", b"11~x"]), "f1 x");
    assert_eq!(decode(&[b"\xc3", b"\xa9"]), "é");
}

#[test]
fn esc_and_a_key_in_two_packets_are_two_keys() {
    assert_eq!(decode(&[b"\x1b", b"n"]), "esc n");
    assert_eq!(decode(&[b"\x1b", b"]"]), "esc ]");
}

#[test]
fn answers_of_the_terminal_are_not_typed() {
    assert_eq!(decode(&[b"\x1b[24;80Rn"]), "n");
    assert_eq!(decode(&[b"\x1b]11;rgb:0000/0000/0000\x07n"]), "n");
    assert_eq!(decode(&[b"\x1bP1$r0m\x1b\\n"]), "n");
    assert_eq!(decode(&[b"\x1b[I\x1b[On"]), "n");
    assert_eq!(decode(&[b"\x1b[?62;22cn"]), "n");
}

#[test]
fn pasted_text_arrives_as_text() {
    assert_eq!(
        decode(&[b"a\x1b[200~S-12\r\nB\x1b[31m\tC\x07\x1b[201~b"]),
        r#"a "S-12\nB[31m C" b"#
    );
    assert_eq!(decode(&[b"\x1b[200~one \x1b[2", b"01~x"]), r#""one " x"#);
    assert_eq!(
        decode(&[b"\x1b[200~the end is lost"]),
        r#""the end is lost""#
    );
    let long = [
        b"\x1b[200~".as_slice(),
        &vec![b'x'; 1_000_000],
        b"\x1b[201~y",
    ]
    .concat();
    assert_eq!(decode(&[&long]).len(), LONGEST_PASTE + "\"\" y".len());
}

#[test]
fn bytes_of_another_character_set_are_shown_as_such() {
    assert_eq!(decode(&[b"caf\xe9 "]), "c a f \u{fffd} space");
    assert_eq!(decode(&[b"\xff"]), "\u{fffd}");
}

proptest! {
    #[test]
    fn no_bytes_hang_or_panic(packets in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..8)) {
        let (mut decoder, mut out) = (Decoder::default(), Vec::new());
        for packet in &packets {
            decoder.feed(packet, &mut out);
        }
        decoder.silence(&mut out);
        prop_assert_eq!(decoder.patience(), None);
        for input in out {
            if let Input::Key(Key { code: Code::Char(c), .. }) = input {
                prop_assert!(!c.is_control());
            }
        }
    }
}
