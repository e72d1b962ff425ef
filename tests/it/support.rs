//! A server in a temporary home, driven like its users drive it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use chrono::{DateTime, FixedOffset};
use sipintar::ask::{Ask, NewLetter, Office, RegisterLetter};
use sipintar::client::{Client, Heard, Listener};
use sipintar::domain::refusal::Refusal;
use sipintar::home::Home;
use tempfile::TempDir;

/// Long enough for a loaded machine; nothing waits this long when all is well.
pub const DEADLINE: Duration = Duration::from_secs(30);

/// Settings under which messages leave at once, whatever the day and hour of the test.
pub const ALWAYS: &str =
    "[sms]\nwindow = [\"00:00\", \"24:00\"]\nworking_days_only = false\nundo_seconds = 0\n";

/// A satker list of three, with officials in several spellings.
pub const SATKER: &str = "kode_satker,nama,nama_singkat,kode_ba,nama_ba,kode_es1,kab_kota,kewenangan,kpa_nama,kpa_hp,ppk_nama,ppk_hp,bendahara_nama,bendahara_hp,punya_bp_penerimaan,email,status
411201,Pengadilan Negeri Kota Madiun,PN Madiun,005,Mahkamah Agung,01,Kota Madiun,KD,Dwi Hidayat,0812-0000-0102,Ratna Firmansyah,0812-0000-0103,Wahyu Prasetyo,0812-0000-0101,Y,satker411201@contoh.test,aktif
411902,Madrasah Contoh Ngawi,MTsN Ngawi,025,Kementerian Agama,04,Kab. Ngawi,KD,Sri Utami,81200000222,Agus Santoso,+62 812-0000-0223,Umi Rahayu,,T,,aktif
411907,Unit Tutup Contoh,Unit Tutup,025,Kementerian Agama,04,Kab. Ngawi,KD,Budi Susanto,0812-0000-0333,,,,,T,,nonaktif
";

/// A running server; killed when dropped.
pub struct Server {
    pub home: Home,
    folder: Option<TempDir>,
    child: Option<Child>,
}

impl Server {
    /// Starts a server in a fresh home with these settings.
    pub fn start(settings: &str) -> Self {
        Self::start_at(settings, None)
    }

    /// The same, with a clock that starts running from this instant.
    pub fn start_at(settings: &str, clock: Option<&str>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("sipintar.toml"), settings).unwrap();
        let child = spawn(folder.path(), clock);
        Self {
            home: Home::at(folder.path()),
            folder: Some(folder),
            child: Some(child),
        }
    }

    /// The same, in a home with these modules besides the built-in ones.
    pub fn start_with(settings: &str, clock: &str, modules: &[(&str, &str)]) -> Self {
        let mut server = Self::prepare(settings);
        let folder = server.home.dir().join("modules");
        std::fs::create_dir_all(&folder).unwrap();
        for (name, text) in modules {
            std::fs::write(folder.join(name), text).unwrap();
        }
        server.child = Some(spawn(server.home.dir(), Some(clock)));
        server
    }

    /// A home with these settings and no server yet; `restart` starts the first.
    pub fn prepare(settings: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("sipintar.toml"), settings).unwrap();
        Self {
            home: Home::at(folder.path()),
            folder: Some(folder),
            child: None,
        }
    }

    /// Kills it as a power cut would, and leaves the home as it is.
    pub fn kill(&mut self) {
        let mut child = self.child.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Starts it again in the same home.
    pub fn restart(&mut self) {
        self.restart_at(None);
    }

    /// The same, with a clock that starts running from this instant.
    pub fn restart_at(&mut self, clock: Option<&str>) {
        self.child = Some(spawn(self.home.dir(), clock));
    }

    /// Starts it in the same home and kills it after so long, wherever it is then.
    pub fn start_and_kill(&self, clock: &str, after: Duration) {
        let mut child = serving(self.home.dir(), Some(clock)).spawn().unwrap();
        // How far it comes is chance; whatever it is, it must do no harm.
        std::thread::sleep(after);
        child.kill().unwrap();
        child.wait().unwrap();
    }

    pub fn pid(&self) -> u32 {
        self.child.as_ref().unwrap().id()
    }

    pub fn client(&self) -> Client {
        Client::connect(&self.home).unwrap()
    }

    /// Registers a letter from somebody who is no satker.
    pub fn register(&self, n: u32) {
        let letter = NewLetter {
            module: "lainnya".to_owned(),
            service: "surat-umum".to_owned(),
            sender: format!("Pengirim {n}"),
            subject: format!("Surat {n}"),
            ..NewLetter::default()
        };
        let asked = RegisterLetter {
            letter,
            duplicate_seen: true,
            key: None,
        };
        self.ask(asked).unwrap();
    }

    pub fn ask<A: Ask>(&self, request: A) -> Result<A::Answer, Refusal> {
        self.client().ask(request)
    }

    /// Asks until the answer is as wanted, woken by the server's notices.
    pub fn wait_for<A: Ask + Clone>(
        &self,
        what: &str,
        request: A,
        wanted: impl Fn(&A::Answer) -> bool,
    ) -> A::Answer {
        self.wait_within(DEADLINE, what, request, wanted)
    }

    /// The same for what takes longer.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a request reads best where it is made"
    )]
    pub fn wait_within<A: Ask + Clone>(
        &self,
        time: Duration,
        what: &str,
        request: A,
        wanted: impl Fn(&A::Answer) -> bool,
    ) -> A::Answer {
        let (asker, listener) = sipintar::client::connect(&self.home, true).unwrap();
        let notices = notices_of(listener);
        let end = Instant::now() + time;
        let mut client = self.client();
        loop {
            let answer = client.ask(request.clone()).unwrap();
            if wanted(&answer) {
                asker.hang_up();
                return answer;
            }
            let left = end.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "{what}: not within {time:?}");
            // A notice may have come between the answer and this wait; then the next one, or the second, wakes us.
            let _ = notices.recv_timeout(left.min(Duration::from_secs(1)));
        }
    }

    /// Runs the command line against this server.
    pub fn cli(&self, args: &[&str]) -> Output {
        cli(self.home.dir(), args)
    }

    /// Runs the command line, which must succeed; its standard output.
    pub fn ok(&self, args: &[&str]) -> String {
        let output = self.cli(args);
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(
            output.status.success(),
            "{args:?}: {text}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        text
    }

    /// Writes a file into the home.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.home.dir().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
        drop(self.folder.take());
    }
}

fn notices_of(mut listener: Listener) -> crossbeam_channel::Receiver<()> {
    let (tell, told) = crossbeam_channel::bounded(1);
    std::thread::spawn(move || {
        while let Ok(heard) = listener.hear() {
            if matches!(heard, Heard::Notice(_))
                && matches!(
                    tell.try_send(()),
                    Err(crossbeam_channel::TrySendError::Disconnected(()))
                )
            {
                return;
            }
        }
    });
    told
}

pub fn binary() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sipintar"));
    command
        .env_remove("SIPINTAR_HOME")
        .env_remove("SIPINTAR_LANG")
        .env("LANG", "C");
    command
}

pub fn cli(home: &Path, args: &[&str]) -> Output {
    binary()
        .arg("--home")
        .arg(home)
        .args(args)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// What time it is for servers without a clock of their own: a working morning on which nothing falls due, and as much
/// later as these tests have run. The day on which they run must change no outcome.
pub fn now() -> DateTime<FixedOffset> {
    static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);
    let morning = DateTime::parse_from_rfc3339("2026-11-24T09:00:00+07:00").unwrap();
    morning + BEGAN.elapsed()
}

fn serving(home: &Path, clock: Option<&str>) -> Command {
    let now = now().to_rfc3339();
    let clock = clock.unwrap_or(&now);
    let mut command = binary();
    command
        .arg("--home")
        .arg(home)
        .arg("serve")
        .arg(format!("--clock={clock}"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn spawn(home: &Path, clock: Option<&str>) -> Child {
    let mut child = serving(home, clock).spawn().unwrap();
    let (tell, told) = crossbeam_channel::bounded(1);
    let out = BufReader::new(child.stdout.take().unwrap());
    std::thread::spawn(move || {
        for line in out.lines().map_while(Result::ok) {
            let _ = tell.try_send(line);
        }
    });
    let Ok(line) = told.recv_timeout(DEADLINE) else {
        let _ = child.kill();
        let output = child.wait_with_output().unwrap();
        panic!(
            "the server did not start: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    };
    assert!(line.starts_with("ready "), "{line}");
    child
}
