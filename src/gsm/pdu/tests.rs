//! Published vectors, then properties. The vectors are facts taken from the test suites and
//! documentation of python-messaging, from dreamfabric.com/sms and from 3GPP TS 23.040.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::time::Duration;

use chrono::{DateTime, FixedOffset, NaiveDate, TimeZone};
use proptest::prelude::*;

use super::*;
use crate::gsm::gsm7;
use crate::gsm::segment::{self, Encoding, ReferenceWidth, Segment};

fn deliver(hex: &str) -> (String, Deliver) {
    let octets = from_hex(hex).unwrap();
    let (smsc, tpdu) = split_service_centre(&octets).unwrap();
    let smsc = smsc.map(|smsc| smsc.to_string()).unwrap_or_default();
    (smsc, Deliver::decode(tpdu).unwrap())
}

fn single(text: &str) -> Segment {
    segment::split(text, 0, ReferenceWidth::Bits8)
        .unwrap()
        .remove(0)
}

#[test]
fn published_messages_are_read() {
    #[track_caller]
    fn check(hex: &str, smsc: &str, from: &str, scts: &str, text: &str) {
        let (got_smsc, message) = deliver(hex);
        assert_eq!(got_smsc, smsc);
        assert_eq!(message.from.to_string(), from);
        assert_eq!(message.scts.unwrap().to_rfc3339(), scts);
        assert_eq!(message.text().unwrap(), text);
        assert_eq!(message.data.concat, None);
    }
    check(
        "07911326040000F0040B911346610089F60000208062917314080CC8F71D14969741F977FD07",
        "+31624000000",
        "+31641600986",
        "2002-08-26T19:37:41+00:00",
        "How are you?",
    );
    check(
        "07914306073011F0040B914316709807F2000880604290224080084E2D5174901A8BAF",
        "+34607003110",
        "+34610789702",
        "2008-06-24T09:22:04+02:00",
        "中兴通讯",
    );
    check(
        "0791447758100650040C914497716247010000909010711423400A2050EC468B81C4733A",
        "+447785016005",
        "+447917267410",
        "2009-09-01T17:41:32+01:00",
        "  1741 bst",
    );
    check(
        "07919471060040340409D0C6A733390400009060920173018093CC74595C96838C4F6772085AD6DDE4320B444E9741D4B03C6D7EC3E9E9B71B9474D3CB727799DEA286CFE5B9991DA6CBC3F432E85E9793CBA0F09A9EB6A7CB72BA0B9474D3CB727799DE72D6E9FABAFB0CBAA7E56490BA4CD7D34170F91BE4ACD3F575F7794E0F9F4161F1B92C2F8FD1EE32DD054AA2E520E3D3991C82A8E5701B",
        "+491760000443",
        "FONIC",
        "2009-06-29T10:37:10+02:00",
        "Lieber FONIC Kunde, die Tarifoption Internet-Tagesflatrate wurde aktiviert. Internet-Nutzung wird jetzt pro Nutzungstag abgerechnet. Ihr FONIC Team",
    );
    check(
        "07919333852804000412D0F7FBDD454FB75D693A0000903002801153402BCD301E9F0605D9E971191483C140412A35690D52832063D2F9040599A058EE05A3BD6430580E",
        "+393358824000",
        "www.tim.it",
        "2009-03-20T08:11:35+01:00",
        "Maxxi Alice 100 ATTIVATA FINO AL 19/04/2009",
    );
}

#[test]
fn a_name_is_one_line() {
    let name = gsm7::pack(&gsm7::encode("AB\rC\nD").unwrap(), 0);
    let mut tpdu = vec![0x04, 11, 0xD0];
    tpdu.extend(name);
    tpdu.extend(from_hex("00002080629173140800").unwrap());
    let read = Deliver::decode(&tpdu).map(|message| message.from.to_string());
    assert_eq!(read, Ok("AB C D".to_owned()));
}

#[test]
fn a_zone_west_of_greenwich_is_negative() {
    let (_, message) = deliver(
        "0791553001000001040491578800000190115101112979CF340B342F9FEBE536E83D0791C3E4F71C440E83E6F53068FE66A7C7697A781C7EBB4050F99BFE1EBFD96F1D48068BC16030182E66ABD560B41988FC06D1D3F03768FA66A7C7697A781C7E83CCEF34282C2ECBE96F50B90D8AC55EB0DC4B068BC140B1994E16D3D1622E",
    );
    assert_eq!(
        message.scts.unwrap().to_rfc3339(),
        "2010-09-11T15:10:11-03:00"
    );
}

#[test]
fn a_published_message_of_two_parts_is_read() {
    let parts = [
        (
            "07919471227210244405852122F039F101506271217180A005000319020198E9B2B82C0759DFE4B0F9ED2EB7967537B9CC02B5D37450122D2FCB41EE303DFD7687D96537881A96A7CD6F383DFD7683F46134BBEC064DD36550DA0D22A7CBF3721BE42CD3F5A0198B56036DCA20B8FC0D6A0A4170767D0EAAE540433A082E7F83A6E5F93CFD76BB40D7B2DB0D9AA6CB2072BA3C2F83926EF31BE44E8FD17450BB8C9683CA",
            "Lieber Vodafone-Kunde, mit Ihrer nationalen Tarifoption zahlen Sie in diesem Netz 3,45 € pro MB plus 59 Ct pro Session. Wenn Sie diese Info nicht mehr e",
        ),
        (
            "07919471227210244405852122F039F1015062712181804F050003190202E4E8309B5E7683DAFC319A5E76B340F73D9A5D7683A6E93268FD9ED3CB6EF67B0E5AD172B19B2C2693C9602E90355D6683A6F0B007946E8382F5393BEC26BB00",
            "rhalten möchten, wählen Sie kostenlos +4917212220. Viel Spaß im Ausland.",
        ),
    ];
    for (seq, (hex, text)) in (1..).zip(parts) {
        let (_, message) = deliver(hex);
        assert_eq!(message.text().unwrap(), text);
        assert_eq!(
            message.data.concat,
            Some(Concat {
                bits: 8,
                reference: 0x19,
                total: 2,
                seq
            })
        );
        // A short code of five digits: not international.
        assert_eq!(message.from.to_string(), "12220");
        assert_eq!(message.coding.class(), Some(1));
    }
}

#[test]
fn published_submits_are_written() {
    #[track_caller]
    fn check(to: &str, text: &str, validity: Option<Validity>, report: bool, expected: &str) {
        let tpdu = Submit::encode(to, &single(text), report, validity, 0).unwrap();
        assert_eq!(to_hex(&with_service_centre(None, &tpdu).unwrap()), expected);
        let decoded = Submit::decode(&tpdu).unwrap();
        assert_eq!(decoded.to.to_string(), to);
        assert_eq!(decoded.data.text(), Some(text));
        assert_eq!(decoded.validity, validity);
        assert_eq!(decoded.status_report, report);
    }
    let four_days = Some(Validity::at_least(Duration::from_hours(4 * 24)));
    check(
        "+34616585119",
        "hola",
        None,
        false,
        "0001000B914316565811F9000004E8373B0C",
    );
    check(
        "+34616585119",
        "hola",
        four_days,
        false,
        "0011000B914316565811F90000AA04E8373B0C",
    );
    check(
        "+34654123456",
        "hey yo",
        None,
        true,
        "0021000B914356143254F6000006E8721E947F03",
    );
    check(
        "+34654123456",
        "Hölä",
        four_days,
        false,
        "0011000B914356143254F60000AA04483E7B0F",
    );
    check(
        "+34654123456",
        "BÄRÇA äñ@",
        None,
        false,
        "0001000B914356143254F6000009C2AD341104EDFB00",
    );
}

#[test]
fn a_published_message_of_three_parts_is_written() {
    let text = "Or walk with Kings - nor lose the common touch, if neither foes nor loving friends can hurt you, If all men count with you, but none too much; If you can fill the unforgiving minute With sixty seconds' worth of distance run, Yours is the Earth and everything thats in it, And - which is more - you will be a Man, my son";
    // The source writes the number without its plan (type 0x81 here), so only the rest compares.
    let expected = [
        "A00500038803019E72D03DCC5E83EE693A1AB44CBBCF73500BE47ECB41ECF7BC0CA2A3CBA0F1BBDD7EBB41F4777D8C6681D26690BB9CA6A3CB7290F95D9E83DC6F3988FDB6A7DD6790599E2EBBC973D038EC06A1EB723A28FFAEB340493328CC6683DA653768FCAEBBE9A07B9A8E06E5DF7516485CA783DC6F7719447FBF41EDFA18BD0325CDA0FCBB0E1A87DD",
        "A005000388030240E6349B0DA2A3CBA0BADBFC969FD3F6B4FB0C6AA7DD757A19744DD3D1A0791A4FCF83E6E5F1DB4D9E9F40F7B79C8E06BDCD20727A4E0FBBC76590BCEE6681B2EFBA7C0E4ACF41747419540CCBE96850D84D0695ED65799E8E4EBBCF203A3A4C9F83D26E509ACE0205DD64500B7447A7C768507A0E6ABFE565500B947FD741F7349B0D129741",
        "14050003880303C2A066D8CD02B5F3A0F9DB0D",
    ];
    let parts = segment::split(text, 136, ReferenceWidth::Bits8).unwrap();
    assert_eq!(parts.len(), 3);
    for (part, expected) in parts.iter().zip(expected) {
        let tpdu = Submit::encode("655345678", part, false, None, 0).unwrap();
        assert!(to_hex(&tpdu).starts_with("41000981563554"));
        assert!(to_hex(&tpdu).ends_with(expected));
    }
}

#[test]
fn a_service_centre_is_written_and_read() {
    let tpdu = Submit::encode("+34616585119", &single("あ叶葉"), false, None, 0).unwrap();
    let pdu = with_service_centre(Some("+34646456456"), &tpdu).unwrap();
    assert_eq!(
        to_hex(&pdu),
        "07914346466554F601000B914316565811F9000806304253F68449"
    );
    let (smsc, rest) = split_service_centre(&pdu).unwrap();
    assert_eq!(smsc.unwrap().to_string(), "+34646456456");
    assert_eq!(rest, tpdu);
}

#[test]
fn a_published_status_report_is_read() {
    let octets =
        from_hex("07914306073011F006270B913426565711F7012081111345400120811174054043").unwrap();
    let (_, tpdu) = split_service_centre(&octets).unwrap();
    let report = StatusReport::decode(tpdu).unwrap();
    assert_eq!(report.reference, 0x27);
    assert_eq!(report.recipient.to_string(), "+43626575117");
    assert_eq!(
        report.scts.unwrap().to_rfc3339(),
        "2010-02-18T11:31:54+01:00"
    );
    assert_eq!(
        report.discharge.unwrap().to_rfc3339(),
        "2010-02-18T11:47:50+01:00"
    );
    assert_eq!(
        (report.status, report.class()),
        (0x43, ReportClass::FailedPermanently)
    );
    assert_eq!(to_hex(&report.encode()), to_hex(tpdu));
}

#[test]
fn every_status_has_a_class() {
    let groups: [(std::ops::RangeInclusive<u8>, ReportClass); 10] = [
        (0x00..=0x02, ReportClass::Delivered),
        (0x03..=0x0F, ReportClass::FailedTemporarily), // reserved: "service rejected"
        (0x10..=0x1F, ReportClass::Delivered),
        (0x20..=0x25, ReportClass::StillTrying),
        (0x26..=0x2F, ReportClass::FailedTemporarily), // reserved
        (0x30..=0x3F, ReportClass::StillTrying),
        (0x40..=0x49, ReportClass::FailedPermanently),
        (0x4A..=0x4F, ReportClass::FailedTemporarily), // reserved
        (0x50..=0x5F, ReportClass::FailedPermanently),
        (0x60..=0xFF, ReportClass::FailedTemporarily),
    ];
    let mut next = 0_u16;
    for (range, class) in groups {
        for status in range {
            assert_eq!(u16::from(status), next, "the table has a gap");
            next += 1;
            assert_eq!(classify(status), class, "{status:#04x}");
            assert!(!describe(status).is_empty());
        }
    }
    assert_eq!(next, 256);
}

#[test]
fn coding_schemes_of_every_group_are_known() {
    use Alphabet::{Data8, Gsm7, Ucs2};
    #[track_caller]
    fn check(dcs: u8, alphabet: Alphabet, class: Option<u8>, compressed: bool) {
        let coding = CodingScheme(dcs);
        let got = (coding.alphabet(), coding.class(), coding.compressed());
        assert_eq!(got, (alphabet, class, compressed), "{dcs:#04x}");
    }
    check(0x00, Gsm7, None, false);
    check(0x04, Data8, None, false);
    check(0x08, Ucs2, None, false);
    check(0x0C, Gsm7, None, false);
    check(0x10, Gsm7, Some(0), false);
    check(0x13, Gsm7, Some(3), false);
    check(0x18, Ucs2, Some(0), false);
    check(0x20, Gsm7, None, true);
    check(0x39, Ucs2, Some(1), true);
    check(0x48, Ucs2, None, false);
    check(0x80, Gsm7, None, false);
    check(0xBF, Gsm7, None, false);
    check(0xC0, Gsm7, None, false);
    check(0xD8, Gsm7, None, false);
    check(0xE0, Ucs2, None, false);
    check(0xF0, Gsm7, Some(0), false);
    check(0xF1, Gsm7, Some(1), false);
    check(0xF5, Data8, Some(1), false);
    check(0xFF, Data8, Some(3), false);
}

#[test]
fn headers_of_the_field_are_read_and_strange_elements_skipped() {
    #[track_caller]
    fn check(header: &str, concat: Option<Concat>) {
        let header = from_hex(header).unwrap();
        let mut tpdu = from_hex("440B912618325476F8000421110111041400").unwrap();
        tpdu.push(u8::try_from(header.len() + 2).unwrap());
        tpdu.extend(&header);
        tpdu.extend([0xAB, 0xCD]);
        // Coding 0x04 (octets) keeps the sum simple.
        let message = Deliver::decode(&tpdu).unwrap();
        assert_eq!(message.data.concat, concat);
        assert_eq!(message.binary(), Some(&[0xAB, 0xCD][..]));
    }
    let eight = Some(Concat {
        bits: 8,
        reference: 0x2A,
        total: 3,
        seq: 2,
    });
    let sixteen = Some(Concat {
        bits: 16,
        reference: 0xBEEF,
        total: 2,
        seq: 1,
    });
    check("0500032A0302", eight);
    check("060804BEEF0201", sixteen);
    // Ports (05), then the concatenation; a national language (24) before it.
    check("0B050423F4000000032A0302", eight);
    check("0824010100032A0302", eight);
    // Part 0, part 4 of 3, none of none: the element is ignored.
    check("0500032A0300", None);
    check("0500032A0304", None);
    check("0500032A0000", None);
    // An element that runs over the end, an element of a wrong size, an empty header.
    check("0500092A0302", None);
    check("0400022A03", None);
    check("00", None);
}

#[test]
fn impossible_times_are_left_out_and_the_text_stays() {
    #[track_caller]
    fn check(scts: &str) {
        let (_, message) = deliver(&format!("00040B912618325476F80000{scts}04E8373B0C"));
        assert_eq!(message.scts, None);
        assert_eq!(message.text(), Some("hola"));
    }
    check("00000000000000");
    check("FFFFFFFFFFFFFF");
    check("62311152950082");
    check("62922042950082");
}

#[test]
fn bad_numbers_are_refused() {
    for number in [
        "",
        "+",
        "032BADNUMBER",
        "+62 811",
        "+628111111111111111111",
        "٣",
    ] {
        let error = Submit::encode(number, &single("x"), false, None, 0).unwrap_err();
        assert!(
            matches!(error, PduError::Number(_)),
            "{number:?} gave {error:?}"
        );
    }
}

#[test]
fn every_cut_is_an_error() {
    let octets =
        from_hex("07911326040000F0040B911346610089F60000208062917314080CC8F71D14969741F977FD07")
            .unwrap();
    for length in 0..octets.len() {
        let cut = octets.get(..length).unwrap();
        let result = split_service_centre(cut).and_then(|(_, tpdu)| Deliver::decode(tpdu));
        assert!(
            matches!(result, Err(PduError::Truncated(_))),
            "{length}: {result:?}"
        );
    }
}

#[test]
fn validity_is_never_shorter_than_asked() {
    #[track_caller]
    fn check(minutes: u64, code: u8) {
        let validity = Validity::at_least(Duration::from_secs(minutes * 60));
        assert_eq!(validity, Validity::Relative(code), "{minutes} minutes");
    }
    check(0, 0);
    check(5, 0);
    check(6, 1);
    check(10, 1);
    check(12 * 60, 143);
    check(12 * 60 + 1, 144);
    check(13 * 60, 145);
    check(24 * 60, 167);
    check(24 * 60 + 1, 168);
    check(2 * 24 * 60, 168);
    check(30 * 24 * 60, 196);
    check(31 * 24 * 60, 197);
    check(5 * 7 * 24 * 60, 197);
    check(63 * 7 * 24 * 60, 255);
    check(1000 * 7 * 24 * 60, 255);
    for code in 0..=u8::MAX {
        let period = Validity::Relative(code).period().unwrap();
        // Codes 192 to 196 are the days that weeks also express.
        assert_eq!(
            Validity::at_least(period),
            Validity::Relative(code),
            "{period:?}"
        );
    }
}

fn instant() -> impl Strategy<Value = DateTime<FixedOffset>> {
    (
        2000..2089_i32,
        1..=12_u32,
        1..=28_u32,
        0..24_u32,
        0..60_u32,
        0..60_u32,
        -48..=56_i32,
    )
        .prop_map(|(year, month, day, hour, minute, second, quarters)| {
            let local = NaiveDate::from_ymd_opt(year, month, day)
                .unwrap()
                .and_hms_opt(hour, minute, second);
            let zone = FixedOffset::east_opt(quarters * 900).unwrap();
            zone.from_local_datetime(&local.unwrap()).unwrap()
        })
}

fn address() -> impl Strategy<Value = Address> {
    prop_oneof![
        "[0-9]{1,15}".prop_map(Address::International),
        "[0-9*#]{1,12}".prop_map(|digits| Address::Other { kind: 0x81, digits }),
        "[A-Za-z0-9 .-]{0,10}[A-Za-z]".prop_map(Address::Alphanumeric),
    ]
}

proptest! {
    #[test]
    fn random_octets_never_panic(octets in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = split_service_centre(&octets);
        let _ = Deliver::decode(&octets);
        let _ = Submit::decode(&octets);
        let _ = StatusReport::decode(&octets);
    }

    #[test]
    fn a_damaged_message_never_panics(at in 0_usize..37, octet in any::<u8>()) {
        let mut octets = from_hex("07911326040000F0440B911346610089F60000208062917314080C0500032A0302741F977FD07F").unwrap();
        octets[at] = octet;
        if let Ok((_, tpdu)) = split_service_centre(&octets) {
            let _ = Deliver::decode(tpdu);
        }
    }

    #[test]
    fn hexadecimal_comes_back(octets in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert_eq!(from_hex(&to_hex(&octets)).unwrap(), octets.clone());
        prop_assert_eq!(from_hex(&to_hex(&octets).to_lowercase()).unwrap(), octets);
    }

    #[test]
    fn times_come_back(time in instant()) {
        prop_assert_eq!(decode_timestamp(encode_timestamp(&time)), Some(time));
    }

    #[test]
    fn submits_come_back(
        text in "[ -_a-z€\\[ж😀\n]{0,400}", to in "\\+?[0-9]{1,15}", report in any::<bool>(),
        validity in proptest::option::of(any::<u8>()), reference in any::<u16>(), wide in any::<bool>(),
    ) {
        let width = if wide { ReferenceWidth::Bits16 } else { ReferenceWidth::Bits8 };
        let validity = validity.map(Validity::Relative);
        for part in segment::split(&text, reference, width).unwrap() {
            let tpdu = Submit::encode(&to, &part, report, validity, 7).unwrap();
            let decoded = Submit::decode(&tpdu).unwrap();
            prop_assert_eq!(decoded.to.to_string(), to.clone());
            prop_assert_eq!(decoded.data.text(), Some(part.text.as_str()));
            prop_assert_eq!(decoded.data.concat, part.concat);
            prop_assert_eq!((decoded.status_report, decoded.validity, decoded.reference), (report, validity, 7));
            let ucs2 = decoded.coding.alphabet() == Alphabet::Ucs2;
            prop_assert_eq!(ucs2, part.encoding == Encoding::Ucs2);
        }
    }

    #[test]
    fn delivers_come_back(text in "[ -_a-z€ж😀]{0,200}", from in address(), scts in instant()) {
        for part in segment::split(&text, 5, ReferenceWidth::Bits8).unwrap() {
            let decoded = Deliver::decode(&Deliver::encode(&from, &scts, &part).unwrap()).unwrap();
            prop_assert_eq!(&decoded.from, &from);
            prop_assert_eq!(decoded.scts, Some(scts));
            prop_assert_eq!(decoded.text(), Some(part.text.as_str()));
            prop_assert_eq!(decoded.data.concat, part.concat);
        }
    }

    #[test]
    fn reports_come_back(reference in any::<u8>(), recipient in address(), scts in proptest::option::of(instant()), status in any::<u8>()) {
        let report = StatusReport { reference, recipient, scts, discharge: None, status };
        prop_assert_eq!(StatusReport::decode(&report.encode()).unwrap(), report);
    }
}
