//! Modems: the AT engine, the serial port and the simulated modem.

pub mod at;
