//! `modem`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::one_of;
use crate::modem::simulator::{Fault, Foreign};

/// `modem …`
#[derive(Debug, Subcommand)]
pub enum ModemCommand {
    /// The modems and how they are.
    List,
    /// Look at a port: which modem, SIM and network. Sends nothing; needs no server.
    Probe {
        /// For example /dev/ttyUSB0.
        port: String,
        /// Speed of the line.
        #[arg(long, default_value_t = 115_200)]
        baud: u32,
    },
    /// Offer a simulated modem on a pseudo-terminal until interrupted; needs no server.
    Simulate(Box<Simulate>),
    /// Ask the network by USSD, for example the credit of a prepaid SIM.
    Ussd {
        /// Name of the modem.
        name: String,
        /// For example *888#.
        code: String,
    },
}

/// `modem simulate`
#[derive(Debug, Args)]
pub struct Simulate {
    /// Symbolic link to make to the terminal.
    #[arg(long, value_name = "PATH")]
    pub link: PathBuf,
    /// Write each message that the network takes to this file, one JSON object per line.
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,
    /// Milliseconds from the text to the answer.
    #[arg(long, value_name = "MS", default_value_t = 300)]
    pub latency: u64,
    /// Milliseconds from the answer to the delivery report.
    #[arg(long, value_name = "MS", default_value_t = 2_000)]
    pub report_delay: u64,
    /// Lose every Nth delivery report.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub lose_report_every: u32,
    /// TP-Status of the delivery reports (3GPP TS 23.040 9.2.3.15).
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub report_status: u8,
    /// What goes wrong, and at which message, as often as wanted: 3:error=500, 5:silence, 8:hang, 9:unplug=5 … (docs/faults.md).
    #[arg(long = "fault", value_name = "N:KIND")]
    pub faults: Vec<Fault>,
    /// PIN of the SIM.
    #[arg(long)]
    pub pin: Option<String>,
    /// Tries that the PIN has left; at 0 the SIM wants its PUK.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u8).range(..=3))]
    pub pin_tries: u8,
    /// No SIM is in.
    #[arg(long)]
    pub no_sim: bool,
    /// Registration as in +CREG: 1 home, 2 searching, 3 denied, 5 roaming.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub registration: u8,
    /// Name of the network.
    #[arg(long, default_value = "SIMULASI")]
    pub operator: String,
    /// Answer commands that begin with this by ERROR.
    #[arg(long, value_name = "COMMAND")]
    pub refuse: Vec<String>,
    /// Echo what is written, whatever ATE0 says.
    #[arg(long)]
    pub echo: bool,
    /// Errors in words instead of numbers.
    #[arg(long)]
    pub verbose_errors: bool,
    /// Places for messages on the SIM.
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=255))]
    pub capacity: u16,
    /// Messages that lie on the SIM at the start.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub stored: u16,
    /// Be another device than a modem: gps or shell.
    #[arg(long, value_name = "DEVICE", value_parser = foreign)]
    pub device: Option<Foreign>,
}

fn foreign(text: &str) -> Result<Foreign, String> {
    one_of(Foreign::parse(text), &["gps", "shell"])
}
