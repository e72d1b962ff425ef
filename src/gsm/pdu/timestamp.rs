//! Seven semi-octet pairs: year to second, then the zone (3GPP TS 23.040, 9.2.3.11).

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, Offset, TimeZone, Timelike};

/// Minutes in the unit of the zone octet.
const QUARTER: i32 = 15;

/// The time with its zone, or `None` for octets that are no time: several networks send zeros.
/// Two-digit years from 90 belong to the last century.
pub fn decode_timestamp(octets: [u8; 7]) -> Option<DateTime<FixedOffset>> {
    let [year, month, day, hour, minute, second, zone] = octets;
    let year = decimal::<i32>(year)?;
    let year = if year >= 90 { 1900 + year } else { 2000 + year };
    let local = NaiveDate::from_ymd_opt(year, decimal(month)?, decimal(day)?)?.and_hms_opt(
        decimal(hour)?,
        decimal(minute)?,
        // A leap second is told one second early rather than not at all.
        decimal::<u32>(second)?.min(59),
    )?;
    // Bit 3 of the first semi-octet is the sign, the rest counts quarters of an hour.
    let quarters = decimal::<i32>(zone & !0b1000)?;
    let sign = if zone & 0b1000 == 0 { 1 } else { -1 };
    let offset = FixedOffset::east_opt(sign * quarters * QUARTER * 60)?;
    offset.from_local_datetime(&local).single()
}

/// The inverse; the zone is rounded down to a quarter of an hour.
pub fn encode_timestamp(time: &DateTime<FixedOffset>) -> [u8; 7] {
    let quarters = time.offset().fix().local_minus_utc() / 60 / QUARTER;
    let zone = swapped(quarters.unsigned_abs()) | if quarters < 0 { 0b1000 } else { 0 };
    [
        swapped(time.year().rem_euclid(100).unsigned_abs()),
        swapped(time.month()),
        swapped(time.day()),
        swapped(time.hour()),
        swapped(time.minute()),
        swapped(time.second().min(59)),
        zone,
    ]
}

/// Two decimal digits, the tens in the low half.
fn decimal<N: From<u8>>(octet: u8) -> Option<N> {
    let (tens, units) = (octet & 0xF, octet >> 4);
    (tens < 10 && units < 10).then(|| N::from(tens * 10 + units))
}

fn swapped(number: u32) -> u8 {
    let number = u8::try_from(number % 100).unwrap_or(0);
    ((number % 10) << 4) | (number / 10)
}
