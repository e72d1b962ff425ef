//! `modem`.

use std::time::Duration;

use super::args::{ModemCommand, Simulate};
use super::table::Table;
use super::{Call, Outcome};
use crate::ask::{AskUssd, ListModems, ModemRow, Office};
use crate::domain::refusal::Refusal;
use crate::modem::simulator::{SimulatorSettings, TerminalOptions, run_on_terminal};
use crate::modem::{ProbeError, probe};

pub(super) fn run(call: &mut Call, command: ModemCommand) -> Outcome {
    match command {
        ModemCommand::List => {
            let list = call.office()?.ask(ListModems {})?;
            if call.json {
                return list.modems.iter().try_for_each(|row| call.object(row));
            }
            let table = table(call, &list.modems);
            call.table(&table)
        }
        ModemCommand::Probe { port, baud } => look(call, &port, baud),
        ModemCommand::Simulate(it) => simulate(*it),
        ModemCommand::Ussd { name, code } => {
            let answer = call.office()?.ask(AskUssd { modem: name, code })?;
            if call.json {
                return call.object(&answer);
            }
            call.line(&answer.text)
        }
    }
}

/// The modems as a table.
pub(super) fn table(call: &Call, rows: &[ModemRow]) -> Table {
    let mut table = call
        .header(&[
            "name", "kind", "state", "operator", "signal", "port", "note",
        ])
        .right(&[4]);
    for row in rows {
        table.row([
            row.name.clone(),
            call.locale.text(&format!("modem-kind-{}", row.kind)),
            call.locale.modem_state(&row.kind, &row.state),
            row.operator.clone().unwrap_or_default(),
            row.signal.map(|n| format!("{n}%")).unwrap_or_default(),
            row.port.clone().unwrap_or_default(),
            call.locale
                .modem_note(row.detail.as_deref().unwrap_or_default()),
        ]);
    }
    table
}

fn look(call: &mut Call, port: &str, baud: u32) -> Outcome {
    let found = probe(port, baud).map_err(|error| {
        let code = match error {
            ProbeError::Unreachable(_) | ProbeError::System(_) => "modem-trouble",
            ProbeError::NoModem(_) => "modem-none",
            ProbeError::Slow(_) => "modem-slow",
        };
        let (ProbeError::Unreachable(cause)
        | ProbeError::System(cause)
        | ProbeError::NoModem(cause)
        | ProbeError::Slow(cause)) = error;
        let refusal = Refusal::new(code).with("port", port);
        refusal.with("cause", call.locale.modem_note(&cause))
    })?;
    if call.json {
        return call.object(&found);
    }
    let mut table = Table::default();
    let signal = found.signal.map(|n| format!("{n}/31"));
    let state = serde_json::to_value(found.state).unwrap_or_default();
    for (name, value) in [
        ("manufacturer", found.manufacturer),
        ("model", found.model),
        ("imei", found.imei),
        ("operator", found.operator),
        ("signal", signal),
        ("sim", Some(call.locale.modem_state("serial", &found.sim))),
        (
            "state",
            state
                .as_str()
                .map(|state| call.locale.modem_state("serial", state)),
        ),
    ] {
        let value = value.unwrap_or_else(|| "-".to_owned());
        table.row([call.locale.text(&format!("column-{name}")), value]);
    }
    call.table(&table)
}

fn simulate(it: Simulate) -> Outcome {
    let settings = SimulatorSettings {
        operator: it.operator,
        latency: Duration::from_millis(it.latency),
        report_delay: Duration::from_millis(it.report_delay),
        lose_report_every: it.lose_report_every,
        report_status: it.report_status,
        faults: it.faults,
        refuse: it.refuse,
        pin: it.pin,
        pin_tries: it.pin_tries,
        sim: !it.no_sim,
        registration: it.registration,
        echo_stuck: it.echo,
        verbose_errors: it.verbose_errors,
        capacity: it.capacity,
        stored: it.stored,
        foreign: it.device,
        ..SimulatorSettings::default()
    };
    run_on_terminal(TerminalOptions {
        link: it.link,
        log: it.log,
        settings,
    })
    .map_err(|error| Refusal::new("modem-trouble").with("cause", error))?;
    Ok(())
}
