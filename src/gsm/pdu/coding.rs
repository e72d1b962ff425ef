//! The data coding scheme octet (3GPP TS 23.038, 4).

/// How the octets of a message are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alphabet {
    /// GSM 7-bit default alphabet, also for every reserved value.
    Gsm7,
    /// Bytes for a program.
    Data8,
    /// UCS-2; phones send UTF-16 in it.
    Ucs2,
}

/// TP-DCS as received. All 256 values have a meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodingScheme(pub u8);

impl CodingScheme {
    /// GSM 7-bit, no class.
    pub const GSM7: Self = Self(0x00);
    /// UCS-2, no class.
    pub const UCS2: Self = Self(0x08);

    /// The alphabet; reserved codings count as the default alphabet, as clause 4 asks.
    pub fn alphabet(self) -> Alphabet {
        match self.0 >> 4 {
            // General data coding, and the same marked for automatic deletion.
            0x0..=0x7 => match self.0 >> 2 & 0b11 {
                0b01 => Alphabet::Data8,
                0b10 => Alphabet::Ucs2,
                _ => Alphabet::Gsm7,
            },
            // Message waiting indication, store, UCS-2.
            0xE => Alphabet::Ucs2,
            // Data coding and message class.
            0xF if self.0 & 0b100 != 0 => Alphabet::Data8,
            _ => Alphabet::Gsm7,
        }
    }

    /// Message class 0 (flash) to 3, where the scheme has one.
    pub fn class(self) -> Option<u8> {
        let has_class = match self.0 >> 4 {
            0x0..=0x7 => self.0 & 0b1_0000 != 0,
            0xF => true,
            _ => false,
        };
        has_class.then_some(self.0 & 0b11)
    }

    /// Compressed as in 3GPP TS 23.042, which nobody sends; the body stays binary.
    pub fn compressed(self) -> bool {
        self.0 & 0b1010_0000 == 0b0010_0000
    }
}
