//! The SMS codec: any octets as any kind of PDU, any line of `sipintar pdu`, any text to be sent.

use sipintar::gsm::diagnose;
use sipintar::gsm::pdu::{
    Address, Deliver, StatusReport, Submit, decode_timestamp, encode_timestamp, from_hex,
    split_service_centre, to_hex, with_service_centre,
};
use sipintar::gsm::segment::{ReferenceWidth, measure, split};

/// The first octet chooses what the rest is taken for.
pub fn run(data: &[u8]) {
    let Some((&what, rest)) = data.split_first() else {
        return;
    };
    match what % 6 {
        0 => deliver(rest),
        1 => submit(rest),
        2 => report(rest),
        3 => line(rest),
        4 => text(rest),
        _ => {
            // With the service centre before it, as a modem tells it.
            if let Ok((centre, tpdu)) = split_service_centre(rest) {
                if let Some(centre) = centre {
                    printable(&centre.to_string());
                }
                deliver(tpdu);
                submit(tpdu);
                report(tpdu);
            }
        }
    }
}

fn deliver(octets: &[u8]) {
    let Ok(message) = Deliver::decode(octets) else {
        return;
    };
    printable(&message.from.to_string());
    // Whatever the lengths in it say, nothing grows beyond what seven-bit characters of these octets can be.
    assert!(message.text().unwrap_or_default().chars().count() <= octets.len() * 8 / 7);
    assert!(message.binary().unwrap_or_default().len() <= octets.len());
    if let Some(scts) = message.scts {
        assert_eq!(decode_timestamp(encode_timestamp(&scts)), Some(scts));
    }
    if let Some(concat) = message.data.concat {
        assert!((1..=concat.total).contains(&concat.seq));
    }
    let _ = (
        message.coding.class(),
        message.coding.alphabet(),
        message.coding.compressed(),
    );
}

fn submit(octets: &[u8]) {
    let Ok(message) = Submit::decode(octets) else {
        return;
    };
    printable(&message.to.to_string());
    assert!(message.data.text().unwrap_or_default().chars().count() <= octets.len() * 8 / 7);
}

fn report(octets: &[u8]) {
    let Ok(report) = StatusReport::decode(octets) else {
        return;
    };
    printable(&report.recipient.to_string());
    let again = StatusReport::decode(&report.encode());
    if let Ok(again) = again {
        assert_eq!(
            (again.reference, again.status, again.class()),
            (report.reference, report.status, report.class())
        );
        assert_eq!(
            (again.scts, again.discharge),
            (report.scts, report.discharge)
        );
    }
}

fn line(bytes: &[u8]) {
    let line = String::from_utf8_lossy(bytes);
    let answer = diagnose::answer(&line);
    assert!(answer.is_object());
    if let Ok(octets) = from_hex(line.trim()) {
        assert_eq!(from_hex(&to_hex(&octets)), Ok(octets));
    }
}

/// Cutting a text and putting it together again gives the text, through whole PDUs.
fn text(bytes: &[u8]) {
    let Some((&options, bytes)) = bytes.split_first() else {
        return;
    };
    let text = String::from_utf8_lossy(bytes);
    let width = if options & 1 == 0 {
        ReferenceWidth::Bits8
    } else {
        ReferenceWidth::Bits16
    };
    let Ok(parts) = split(&text, u16::from(options) * 257, width) else {
        return;
    };
    if width == ReferenceWidth::Bits8 {
        assert_eq!(measure(&text).parts, parts.len());
    }
    let mut joined = String::new();
    for part in &parts {
        let tpdu = Submit::encode("+6281311110000", part, options & 2 != 0, None, options)
            .expect("a good number");
        assert!(tpdu.len() <= 164, "{}", tpdu.len());
        let pdu = with_service_centre(None, &tpdu).expect("no number");
        let (_, tpdu) = split_service_centre(&pdu).expect("as written");
        let read = Submit::decode(tpdu).expect("as written");
        assert_eq!(read.data.concat, part.concat);
        joined += read.data.text().expect("text");
    }
    assert_eq!(joined, text);
    let number = Address::parse("+6281311110000").expect("a good number");
    assert_eq!(number.to_string(), "+6281311110000");
}

/// What a stranger chose must not steer a terminal.
fn printable(text: &str) {
    assert!(!text.chars().any(char::is_control), "{text:?}");
}
