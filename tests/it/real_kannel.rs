//! The recipe of `docs/kannel.md` with Kannel itself: bearerbox, smsbox and a service centre of ours behind Kannel's `fake` driver.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, unbounded};
use sipintar::ask::ListInbox;
use sipintar::domain::sms::SmsState;

use crate::gateway::free;
use crate::kannel::{row, send, wait_for_modem, wait_until};
use crate::support::{ALWAYS, DEADLINE, Server};

/// The code block of this kind in the documentation.
fn block(kind: &str) -> String {
    let page = include_str!("../../docs/kannel.md");
    let start = format!("```{kind}\n");
    let rest = &page[page.find(&start).unwrap() + start.len()..];
    rest[..rest.find("```").unwrap()].to_owned()
}

/// One of Kannel's programs; ended when dropped.
struct Box(Child);

impl Box {
    /// None where it is not installed.
    fn start(name: &str, settings: &Path) -> Option<Self> {
        let places = ["/usr/sbin", "/usr/bin", "/usr/local/sbin"];
        let path = places
            .map(|place| Path::new(place).join(name))
            .into_iter()
            .find(|path| path.exists())?;
        let child = Command::new(path)
            .arg(settings)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Some(Self(child))
    }
}

impl Drop for Box {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Connects as soon as somebody listens.
fn connect(address: SocketAddr) -> TcpStream {
    let end = Instant::now() + DEADLINE;
    loop {
        match TcpStream::connect(address) {
            Ok(stream) => return stream,
            Err(error) => assert!(Instant::now() < end, "{address}: {error}"),
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The service centre: lines of what it was given.
struct Centre {
    line: TcpStream,
    given: Receiver<String>,
}

impl Centre {
    fn at(address: SocketAddr) -> Self {
        let line = connect(address);
        let lines = BufReader::new(line.try_clone().unwrap()).lines();
        let (tell, given) = unbounded();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let _ = tell.send(line);
            }
        });
        Self { line, given }
    }

    fn next(&self) -> String {
        self.given.recv_timeout(DEADLINE).expect("nothing came")
    }

    fn bring(&mut self, message: &str) {
        self.line.write_all(message.as_bytes()).unwrap();
    }
}

#[test]
fn the_documented_recipe_works_with_kannel_itself() {
    let folder = tempfile::tempdir().unwrap();
    let conf = folder.path().join("kannel.conf");
    let (admin, boxes, sendsms, centre, listen) = (free(), free(), free(), free(), free());
    for name in ["store", "dlr"] {
        std::fs::create_dir(folder.path().join(name)).unwrap();
    }
    let token = "0123456789abcdef-test";
    let mut text = block("kannel");
    let here = folder.path().display().to_string();
    for (documented, now) in [
        ("13000", admin.port().to_string()),
        ("13001", boxes.port().to_string()),
        ("13013", sendsms.port().to_string()),
        ("13014", listen.port().to_string()),
        ("/var/spool/kannel", here.clone()),
        ("/var/log/kannel", here.clone()),
        ("http-queue-delay = 10", "http-queue-delay = 1".to_owned()),
        ("TOKEN", token.to_owned()),
    ] {
        assert!(text.contains(documented), "{documented}");
        text = text.replace(documented, &now);
    }
    let fake = format!(
        "\ngroup = smsc\nsmsc = fake\nsmsc-id = operator\nhost = 127.0.0.1\nport = {}\nconnect-allow-ip = 127.0.0.1\n",
        centre.port()
    );
    std::fs::write(&conf, text + &fake).unwrap();
    let Some(_bearerbox) = Box::start("bearerbox", &conf) else {
        println!("skipped: kannel is not installed");
        return;
    };
    drop(connect(boxes));
    let mut phone = Centre::at(centre);

    let settings = block("toml")
        .replace("13013", &sendsms.port().to_string())
        .replace("13014", &listen.port().to_string())
        .replace(
            "password_file = \"/etc/sipintar/kannel-password\"",
            "password = \"CHANGE-ME-SENDSMS\"",
        );
    // Kannel comes last: sipintar waits for it. The token is there before, as at a second start.
    let mut server = Server::prepare(&format!("{ALWAYS}{settings}"));
    server.file("kannel-token-kannel", token);
    server.restart();
    wait_for_modem(&server, "kannel", "unplugged");
    let early = send(&server, "sebelum smsbox jalan");
    let _smsbox = Box::start("smsbox", &conf).unwrap();
    wait_until(&server, early, SmsState::Delivered);
    assert_eq!(
        phone.next(),
        "KPPN +6281234567890 text sebelum smsbox jalan"
    );

    let long = format!("{}[{{€}}]", "Laporan bulan Oktober. ".repeat(20));
    let id = send(&server, &long);
    wait_until(&server, id, SmsState::Delivered);
    let parts = row(&server, id).parts;
    let mut heads: Vec<String> = (0..parts)
        .map(|_| phone.next().split(" data ").next().unwrap().to_owned())
        .collect();
    heads.dedup_by_key(|head| head[..head.len() - 3].to_owned());
    assert_eq!(
        heads.len(),
        1,
        "one reference, as many parts as counted: {heads:?}"
    );
    assert!(heads[0].contains("udh %05%00%03"), "{heads:?}");

    let id = send(&server, "你好😀");
    wait_until(&server, id, SmsState::Delivered);
    assert!(phone.next().contains(" ucs-2 O%60Y%7D%D8%3D%DE%00"));

    phone.bring("+6281234567890 500 text PAGU 411902  dua\n");
    let inbox = ListInbox {
        limit: 10,
        ..ListInbox::default()
    };
    let page = server.wait_for("it came in", inbox.clone(), |page| page.total == 1);
    assert_eq!(
        (page.rows[0].from.as_str(), page.rows[0].text.as_str()),
        ("+6281234567890", "PAGU 411902  dua")
    );
    let answer = phone.next();
    assert!(
        answer.starts_with("KPPN +6281234567890 text KPPN Madiun: Nomor Anda belum terdaftar."),
        "{answer}"
    );
    // What comes while the server is away is brought again.
    server.kill();
    phone.bring("0813 500 data NILAI+5+%E2%82%AC\n");
    server.restart();
    let page = server.wait_for("it came later", inbox, |page| page.total == 2);
    assert_eq!(page.rows[0].text, "NILAI 5 €");
    // Kannel itself sends nothing back to the phone, and we answer no short code: the next that comes is the clerk's.
    let id = send(&server, "terakhir");
    wait_until(&server, id, SmsState::Delivered);
    assert_eq!(phone.next(), "KPPN +6281234567890 text terakhir");
    assert!(phone.given.is_empty());
}
