//! The simulated modem in memory: its own thread, asleep until bytes come or something is due.

use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded, unbounded};

use super::network::Accepted;
use super::state::{Output, Simulator, SimulatorSettings};
use crate::modem::port::{ConnectError, Connection, Connector};

enum Input {
    Open {
        reply: Sender<Option<u64>>,
        bytes: Sender<Vec<u8>>,
    },
    Bytes(u64, Vec<u8>),
    Close(u64),
    Incoming {
        from: String,
        text: String,
    },
    Arrive(Vec<u8>),
    Unplug(Duration),
    Hang,
    Unlock(String),
    Noise(Vec<u8>),
    Change(Box<dyn FnOnce(&mut SimulatorSettings) + Send>),
    Stop,
}

/// A modem in memory. Dropping it ends its thread.
pub struct SimulatedModem {
    input: Sender<Input>,
    simulator: Arc<Mutex<Simulator>>,
    thread: Option<JoinHandle<()>>,
}

impl SimulatedModem {
    /// Switches it on.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(settings: SimulatorSettings) -> io::Result<Self> {
        let simulator = Arc::new(Mutex::new(Simulator::new(settings)));
        let (input, inputs) = unbounded();
        let shared = Arc::clone(&simulator);
        let thread = std::thread::Builder::new()
            .name("simulated modem".to_owned())
            .spawn(move || run(&shared, &inputs))?;
        Ok(Self {
            input,
            simulator,
            thread: Some(thread),
        })
    }

    /// Its port, for [`start`](crate::modem::start). Opening it anew closes the earlier opening.
    pub fn connector(&self) -> Box<dyn Connector> {
        Box::new(MemoryConnector {
            input: self.input.clone(),
        })
    }

    /// What the network has taken so far.
    pub fn accepted(&self) -> Vec<Accepted> {
        lock(&self.simulator).accepted().to_vec()
    }

    /// How often a PIN was entered, with the PINs.
    pub fn pins_entered(&self) -> Vec<String> {
        lock(&self.simulator).pins_entered.clone()
    }

    /// Messages that lie on the SIM.
    pub fn stored(&self) -> usize {
        lock(&self.simulator).slots.iter().flatten().count()
    }

    /// Somebody sends a message to the office.
    pub fn incoming(&self, from: &str, text: &str) {
        self.tell(Input::Incoming {
            from: from.to_owned(),
            text: text.to_owned(),
        });
    }

    /// Any PDU from the network, with service centre.
    pub fn arrive(&self, pdu: Vec<u8>) {
        self.tell(Input::Arrive(pdu));
    }

    /// Pulls the plug for a while.
    pub fn unplug(&self, away: Duration) {
        self.tell(Input::Unplug(away));
    }

    /// Stops answering until the port is opened anew.
    pub fn hang(&self) {
        self.tell(Input::Hang);
    }

    /// Bytes on the line that nobody asked for.
    pub fn noise(&self, bytes: &[u8]) {
        self.tell(Input::Noise(bytes.to_vec()));
    }

    /// Somebody unlocks the SIM in a telephone and gives it this PIN.
    pub fn unlock(&self, pin: &str) {
        self.tell(Input::Unlock(pin.to_owned()));
    }

    /// Changes the modem or the network while it runs.
    pub fn change(&self, change: impl FnOnce(&mut SimulatorSettings) + Send + 'static) {
        self.tell(Input::Change(Box::new(change)));
    }

    fn tell(&self, input: Input) {
        // The thread ends only with this value.
        let _ = self.input.send(input);
    }
}

impl Drop for SimulatedModem {
    fn drop(&mut self) {
        self.tell(Input::Stop);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn lock(simulator: &Mutex<Simulator>) -> MutexGuard<'_, Simulator> {
    simulator.lock().unwrap_or_else(PoisonError::into_inner)
}

fn run(simulator: &Mutex<Simulator>, inputs: &Receiver<Input>) {
    let mut connection: Option<Sender<Vec<u8>>> = None;
    let mut number = 0;
    let mut back_at: Option<Instant> = None;
    loop {
        let deadline = [lock(simulator).deadline(), back_at]
            .into_iter()
            .flatten()
            .min();
        let input = match deadline {
            Some(deadline) => match inputs.recv_deadline(deadline) {
                Ok(input) => Some(input),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return,
            },
            None => match inputs.recv() {
                Ok(input) => Some(input),
                Err(_) => return,
            },
        };
        let now = Instant::now();
        let mut modem = lock(simulator);
        if back_at.is_some_and(|back| now >= back) {
            back_at = None;
            modem.replugged();
        }
        match input {
            Some(Input::Stop) => return,
            Some(Input::Open { reply, bytes }) => {
                if modem.plugged {
                    number += 1;
                    connection = Some(bytes);
                    modem.closed();
                    modem.opened(now);
                    let _ = reply.send(Some(number));
                } else {
                    let _ = reply.send(None);
                }
            }
            Some(Input::Bytes(from, bytes)) if from == number => modem.receive(&bytes, now),
            Some(Input::Close(from)) if from == number => {
                connection = None;
                modem.closed();
            }
            None | Some(Input::Bytes(..) | Input::Close(_)) => {}
            Some(Input::Incoming { from, text }) => modem.incoming(&from, &text),
            Some(Input::Arrive(pdu)) => modem.arrive(pdu),
            Some(Input::Unplug(away)) => modem.unplug(away),
            Some(Input::Hang) => modem.hang(),
            Some(Input::Unlock(pin)) => modem.unlock(&pin),
            Some(Input::Noise(bytes)) => modem.raw(&bytes),
            Some(Input::Change(change)) => change(&mut modem.settings),
        }
        modem.tick(now);
        while let Some(output) = modem.next_output() {
            match output {
                Output::Bytes(bytes) => {
                    if let Some(connection) = &connection {
                        let _ = connection.send(bytes);
                    }
                }
                Output::Unplug(away) => {
                    connection = None;
                    number += 1;
                    back_at = Some(now + away);
                }
            }
        }
    }
}

struct MemoryConnector {
    input: Sender<Input>,
}

impl Connector for MemoryConnector {
    fn connect(&mut self) -> Result<Connection, ConnectError> {
        let missing = || ConnectError::Missing("the simulated modem".to_owned());
        let (bytes, received) = unbounded();
        let (reply, replies) = bounded(1);
        self.input
            .send(Input::Open { reply, bytes })
            .map_err(|_| missing())?;
        let number = replies.recv().ok().flatten().ok_or_else(missing)?;
        let input = self.input.clone();
        let closer = move || {
            let _ = input.send(Input::Close(number));
        };
        Ok(Connection {
            reader: Box::new(PipeReader {
                received,
                rest: Vec::new(),
            }),
            writer: Box::new(PipeWriter {
                number,
                input: self.input.clone(),
            }),
            closer: Box::new(closer),
        })
    }
}

struct PipeReader {
    received: Receiver<Vec<u8>>,
    rest: Vec<u8>,
}

impl Read for PipeReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.rest.is_empty() {
            match self.received.recv() {
                Ok(bytes) => self.rest = bytes,
                Err(_) => return Ok(0),
            }
        }
        let length = self.rest.as_slice().read(buffer)?;
        self.rest.drain(..length);
        Ok(length)
    }
}

struct PipeWriter {
    number: u64,
    input: Sender<Input>,
}

impl Write for PipeWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.input
            .send(Input::Bytes(self.number, bytes.to_vec()))
            .map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
