//! Published vectors of other open codecs, as facts: the Android Open Source Project (`GsmSmsTest.java`), Kent Gibson's Go package
//! `sms` (`smsdecode_test.go`), and the examples of 3GPP TS 23.038 and 23.040. Those of python-messaging are beside.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::*;
use crate::gsm::segment::{self, ReferenceWidth};

fn deliver(hex: &str) -> (String, Deliver) {
    let octets = from_hex(hex).unwrap();
    let (smsc, tpdu) = split_service_centre(&octets).unwrap();
    let smsc = smsc.map(|smsc| smsc.to_string()).unwrap_or_default();
    (smsc, Deliver::decode(tpdu).unwrap())
}

#[track_caller]
fn check(hex: &str, smsc: &str, from: &str, scts: &str, text: &str) {
    let (centre, message) = deliver(hex);
    assert_eq!(centre, smsc);
    assert_eq!(message.from.to_string(), from);
    assert_eq!(message.scts.unwrap().to_rfc3339(), scts);
    assert_eq!(message.text().unwrap(), text);
}

#[test]
fn android_messages_are_read() {
    // West of Greenwich: the zone octet 8A is 7 hours behind.
    check(
        "07914151551512f2040B916105551511f100006060605130308A04D4F29C0E",
        "+14155551212",
        "+16505551111",
        "2006-06-06T15:03:03-07:00",
        "Test",
    );
    // A protocol identifier that nobody knows is no reason to refuse.
    check(
        "07914151551512f2040B916105551511f100036060924180008A0DA8695DAC2E8FE9296A794E07",
        "+14155551212",
        "+16505551111",
        "2006-06-29T14:08:00-07:00",
        "(Subject)Test",
    );
    check(
        "07912160130300F4040B914151245584F600087010807121352B10212200A900AE00680065006C006C006F",
        "+12063130004",
        "+14154255486",
        "2007-01-08T17:12:53-08:00",
        "\u{2122}\u{a9}\u{ae}hello",
    );
    check(
        "07914151551512f2040B916105551511f100006080615131728A44D4F29C0E2AE3E96537B94C068DD16179784C2FCB41F4B0985D06B958ADD00FB0E94536AF974974DA6D281BA00E95E26D509B946FC3DBF87A25D56A04",
        "+14155551212",
        "+16505551111",
        "2006-08-16T15:13:27-07:00",
        "Test extended character table .,-!?@~_\\/&\"';^|:()<{}>[]=%*+#",
    );
    // A short number, as mail gateways use, with characters of the extension table.
    check(
        "07914151551512f204038105f400007011103105458a29e6f71b50c687db7076d9357eb741af0d0a442fcfe9c23739bfe16d289bdee6b5f1813629",
        "+14155551212",
        "504",
        "2007-11-01T13:50:54-07:00",
        "foo@example.com /{ testBody[^~\\] }",
    );
}

#[test]
fn android_names_are_read() {
    // Four semi-octets of a name are two characters.
    for (hex, name) in [
        ("07912160130310F20404D0110041006060627171118A0120", "_@"),
        (
            "07912160130310F20404D0100041006060627161058A0120",
            "\u{394}@",
        ),
    ] {
        let (_, message) = deliver(hex);
        assert_eq!(message.from, Address::Alphanumeric(name.to_owned()));
        assert_eq!(message.text(), Some(" "));
    }
}

#[test]
fn android_parts_are_read() {
    let part = |hex: &str| {
        let (_, message) = deliver(hex);
        (message.data.concat.unwrap(), message)
    };
    let concat = |reference, total, seq| Concat {
        bits: 8,
        reference,
        total,
        seq,
    };
    // Ports before the concatenation, coding group F with data in octets.
    let (first, message) = part(
        "07914140279510F6440A8111110301003BF56080207130138A8C0B05040B8423F000032A02010106276170706C69636174696F6E2F766E642E7761702E6D6D732D6D65737361676500AF848D0185B4848C8298524E453955304A6D713551414142666C414141414D7741414236514141414141008D908918802B31353132323937373638332F545950453D504C4D4E008A808E022B918805810306977F83687474703A2F2F36",
    );
    assert_eq!(first, concat(42, 2, 1));
    assert_eq!(message.coding.class(), Some(1));
    assert_eq!(message.binary().unwrap().len(), 128);
    let (second, message) = part(
        "07914140279510F6440A8111110301003BF56080207130238A3B0B05040B8423F000032A0202362E3130322E3137312E3135302F524E453955304A6D713551414142666C414141414D774141423651414141414100",
    );
    assert_eq!(second, concat(42, 2, 2));
    assert_eq!(message.binary().unwrap().len(), 47);

    let (first, message) = part(&format!(
        "07916163838408F6440B816105224431F700007060217175830AA0050003000201{}62",
        "62B1582C168BC5".repeat(19)
    ));
    assert_eq!(first, concat(0, 2, 1));
    assert_eq!(message.text().unwrap(), "1".repeat(153));
    let (second, message) = part(
        "07916163838408F6440B816105224431F700007060217185000A2305000300020262B1582C168BC96432994C2693C96432994C2693C96432990C",
    );
    assert_eq!(second, concat(0, 2, 2));
    assert_eq!(message.text().unwrap(), "1111111222222222222222222222");
}

#[test]
fn android_message_waiting_indications_are_messages() {
    // Coding groups C and D of TS 23.038: nothing to read, and nothing to fall over.
    for hex in [
        "07912180958750F84401800500C87020026195702B06040102000200",
        "07912180958750F84401800500C07020027160112B06040102000000",
    ] {
        let (_, message) = deliver(hex);
        assert_eq!(message.from.to_string(), "5");
        assert_eq!(message.text(), Some(""));
    }
}

#[test]
fn submits_of_the_go_package_are_read() {
    let read = |hex: &str| Submit::decode(&from_hex(hex).unwrap());
    let submit = read("010005912143f500000bc8329bfd06dddf723619").unwrap();
    assert_eq!(submit.to.to_string(), "+12345");
    assert_eq!(submit.data.text(), Some("Hello world"));
    let octets = from_hex("07911614220991f1010005912143f500000bc8329bfd06dddf723619").unwrap();
    let (centre, tpdu) = split_service_centre(&octets).unwrap();
    assert_eq!(centre.unwrap().to_string(), "+61412290191");
    assert_eq!(Submit::decode(tpdu).unwrap(), submit);
    // The last octet is missing; the named length of a service centre is not there.
    assert!(read("010005912143f500000bc8329bfd06dddf7236").is_err());
    assert!(split_service_centre(&from_hex("07911614220991").unwrap()).is_err());
}

/// TS 23.038, 6.1.2.1.1: seven spare bits at the end would read as `@`, so a message of eight times seven characters less one ends
/// with a carriage return.
#[test]
fn seven_spare_bits_are_no_character() {
    let (_, message) = deliver(
        "00040B912618325476F8000062111101410082 07 31D98C56B3DD00"
            .replace(' ', "")
            .as_str(),
    );
    assert_eq!(message.text(), Some("1234567"));
}

/// TS 23.040, 9.2.3.24.8: a reference of 16 bits; TS 23.038, 6.2.1: an escape and its character are one, and so are surrogates.
#[test]
fn neither_escapes_nor_surrogates_are_cut() {
    #[track_caller]
    fn cut(text: &str, width: ReferenceWidth, first: usize) {
        let parts = segment::split(text, 0x1234, width).unwrap();
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[0].text.chars().count(), first);
        let joined: String = parts.iter().map(|part| part.text.as_str()).collect();
        assert_eq!(joined, text);
        for part in &parts {
            let tpdu = Submit::encode("+6281200000000", part, false, None, 0).unwrap();
            let read = Submit::decode(&tpdu).unwrap();
            assert_eq!(read.data.text(), Some(part.text.as_str()));
            assert_eq!(read.data.concat, part.concat);
        }
    }
    let gsm = |before: usize| format!("{}€{}", "a".repeat(before), "b".repeat(20));
    // 153 places: the euro sign takes two and does not fit behind 152; with 16 bits 152 places.
    cut(&gsm(151), ReferenceWidth::Bits8, 152);
    cut(&gsm(152), ReferenceWidth::Bits8, 152);
    cut(&gsm(150), ReferenceWidth::Bits16, 151);
    cut(&gsm(151), ReferenceWidth::Bits16, 151);
    let ucs2 = |before: usize| format!("{}😀{}", "ж".repeat(before), "ж".repeat(10));
    // 67 places, with 16 bits 66.
    cut(&ucs2(65), ReferenceWidth::Bits8, 66);
    cut(&ucs2(66), ReferenceWidth::Bits8, 66);
    cut(&ucs2(64), ReferenceWidth::Bits16, 65);
    cut(&ucs2(65), ReferenceWidth::Bits16, 65);
}
