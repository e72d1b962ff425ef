//! A stand-in for Kannel's smsbox that does as a test says, and Kannel's own way of bringing reports and messages.

use std::collections::{BTreeMap, VecDeque};
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, unbounded};
use percent_encoding::percent_decode_str;

use crate::support::DEADLINE;

/// What to do with the next message.
#[derive(Debug, Clone)]
pub enum Plan {
    /// Answer with this status and text.
    Answer(u16, &'static str),
    /// Take the message and say nothing for as long as the test lasts.
    Silent,
    /// Take the message and hang up.
    HangUp,
    /// Answer after this long.
    Slow(Duration),
    /// Bring this report first, then take it.
    ReportFirst(u8),
    /// Break off in the middle of the answer's head.
    Torn,
}

/// A message as it was asked for.
pub type Asked = BTreeMap<String, String>;

/// The gateway; closed when dropped.
pub struct Gateway {
    pub address: SocketAddr,
    pub asked: Receiver<Asked>,
    plans: Arc<Mutex<VecDeque<Plan>>>,
    /// What it says to a message to nobody.
    look: Arc<Mutex<(u16, &'static str)>>,
    closing: Arc<AtomicBool>,
}

impl Gateway {
    pub fn open() -> Self {
        Self::open_at("127.0.0.1:0".parse().unwrap())
    }

    pub fn open_at(address: SocketAddr) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let address = listener.local_addr().unwrap();
        let (tell, asked) = unbounded();
        let plans = Arc::new(Mutex::new(VecDeque::new()));
        let look = Arc::new(Mutex::new((400, "Missing receiver number, rejected")));
        let closing = Arc::new(AtomicBool::new(false));
        let (todo, answer, closed) = (plans.clone(), look.clone(), closing.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if closed.load(Ordering::SeqCst) {
                    return;
                }
                let (todo, answer, tell, closed) =
                    (todo.clone(), answer.clone(), tell.clone(), closed.clone());
                std::thread::spawn(move || serve(stream.unwrap(), &todo, &answer, &tell, &closed));
            }
        });
        Self {
            address,
            asked,
            plans,
            look,
            closing,
        }
    }

    /// What happens to the next messages; then they are taken.
    pub fn plan(&self, plans: impl IntoIterator<Item = Plan>) {
        self.plans.lock().unwrap().extend(plans);
    }

    /// What it says to a message to nobody.
    pub fn look(&self, status: u16, text: &'static str) {
        *self.look.lock().unwrap() = (status, text);
    }

    /// The next message that it was given.
    pub fn next(&self) -> Asked {
        self.asked.recv_timeout(DEADLINE).expect("no message came")
    }

    /// Settings of a server that sends by it and listens at `listen`.
    pub fn settings(&self, listen: SocketAddr) -> String {
        settings(self.address, listen)
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.closing.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

pub fn settings(gateway: SocketAddr, listen: SocketAddr) -> String {
    format!(
        "{}\n[[modem]]\nname = \"kannel-1\"\nkind = \"kannel\"\nurl = \"http://{gateway}/cgi-bin/sendsms\"\nusername = \"sipintar\"\npassword = \"raha sia&\"\nfrom = \"KPPN\"\nlisten = \"{listen}\"\ntimeout_seconds = 1\n",
        crate::support::ALWAYS
    )
}

/// A port that is free now.
pub fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
}

fn serve(
    mut stream: TcpStream,
    plans: &Mutex<VecDeque<Plan>>,
    look: &Mutex<(u16, &'static str)>,
    tell: &Sender<Asked>,
    closing: &AtomicBool,
) {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    while !bytes.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return,
            Ok(length) => bytes.extend_from_slice(&buffer[..length]),
        }
    }
    let head = String::from_utf8(bytes).unwrap();
    let target = head.split(' ').nth(1).unwrap();
    let (path, query) = target.split_once('?').unwrap();
    let asked: Asked = query
        .split('&')
        .map(|pair| {
            let (key, value) = pair.split_once('=').unwrap();
            let value = percent_decode_str(value).decode_utf8_lossy().into_owned();
            (key.to_owned(), value)
        })
        .collect();
    assert_eq!(path, "/cgi-bin/sendsms");
    assert_eq!(asked["username"], "sipintar");
    assert_eq!(asked["password"], "raha sia&");
    let mut answer = |status: u16, text: &str| {
        let length = text.len();
        let _ = write!(
            stream,
            "HTTP/1.1 {status} X\r\nServer: Kannel/1.4.5\r\nContent-Length: {length}\r\nConnection: Keep-Alive\r\n\r\n{text}"
        );
    };
    if !asked.contains_key("to") {
        let (status, text) = *look.lock().unwrap();
        return answer(status, text);
    }
    let plan = plans.lock().unwrap().pop_front();
    tell.send(asked.clone()).unwrap();
    match plan.unwrap_or(Plan::Answer(202, "0: Accepted for delivery")) {
        Plan::Answer(status, text) => answer(status, text),
        Plan::Silent => {
            // Until the other side hangs up.
            let _ = stream.read(&mut buffer);
            while !closing.load(Ordering::SeqCst) && matches!(stream.read(&mut buffer), Ok(1..)) {}
        }
        Plan::HangUp => {}
        Plan::Slow(pause) => {
            std::thread::sleep(pause);
            answer(202, "0: Accepted for delivery");
        }
        Plan::ReportFirst(kind) => {
            assert_eq!(report(&asked, kind, ""), 200);
            answer(202, "0: Accepted for delivery");
        }
        Plan::Torn => {
            let _ = write!(stream, "HTTP/1.1 202 Acc");
        }
    }
}

/// Brings a report of a message the way that the message asked for; the status of the answer.
pub fn report(asked: &Asked, kind: u8, words: &str) -> u16 {
    get(&asked["dlr-url"]
        .replace("%d", &kind.to_string())
        .replace("%A", words))
}

/// Asks for a URL; the status of the answer.
pub fn get(url: &str) -> u16 {
    let rest = url.strip_prefix("http://").unwrap();
    let (host, target) = rest.split_once('/').unwrap();
    let head = format!(
        "GET /{target} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: Kannel/1.4.5\r\nConnection: keep-alive\r\n\r\n"
    );
    raw(host.parse().unwrap(), head.as_bytes())
}

/// Writes these bytes and reads the status of the answer; 0 where none comes.
pub fn raw(address: SocketAddr, bytes: &[u8]) -> u16 {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    let mut answer = String::new();
    // What is not wanted may be hung up on while it is still being written.
    let _ = stream.write_all(bytes);
    let _ = stream.read_to_string(&mut answer);
    let _ = stream.shutdown(Shutdown::Both);
    answer
        .split(' ')
        .nth(1)
        .map_or(0, |status| status.parse().unwrap())
}
