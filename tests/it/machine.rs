//! The machine that the server runs on: owners and modes of what it keeps, its log, its service manager, and what is packaged.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::os::unix::net::{UnixDatagram, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use sipintar::ask::{GetStatus, StopServer};
use sipintar::home::Home;
use tempfile::TempDir;

use crate::support::{DEADLINE, Server, binary, cli};

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn mode_of(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().mode() & 0o7777
}

/// A home in a folder of its own, with these settings.
fn home(settings: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    fs::create_dir(&home).unwrap();
    mode(&home, 0o711);
    fs::write(home.join("sipintar.toml"), settings).unwrap();
    mode(&home.join("sipintar.toml"), 0o644);
    (folder, home)
}

/// Runs `serve`, which must refuse; what it said.
#[track_caller]
fn refused(home: &Path) -> String {
    let output = cli(home, &["--lang", "en", "serve"]);
    said(&output)
}

#[track_caller]
fn said(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{text}");
    text
}

#[test]
fn settings_that_others_may_write_are_not_believed() {
    let me = "[users]\nmallory = \"admin\"\n";
    for (open_home, open_settings) in [(0o777, 0o644), (0o711, 0o666)] {
        let (_folder, home) = home(me);
        mode(&home.join("sipintar.toml"), open_settings);
        mode(&home, open_home);
        let text = refused(&home);
        assert!(text.contains("Other accounts may write"), "{text}");
        // Neither a desk that starts a server in the background, nor anything left behind.
        let text = said(&cli(&home, &["--lang", "en", "demo"]));
        assert!(text.contains("Other accounts may write"), "{text}");
        assert_eq!(fs::read_dir(&home).unwrap().count(), 1);
    }
}

#[test]
fn a_secret_that_others_could_read_is_closed_with_a_word() {
    let pin = tempfile::NamedTempFile::new().unwrap();
    fs::write(pin.path(), "1234\n").unwrap();
    let modem = |name: &str, more: &str| {
        format!("[[modem]]\nname = \"{name}\"\nkind = \"simulated\"\n{more}\n")
    };
    let file = format!("pin_file = {:?}", pin.path());
    let settings = modem("a", "pin = \"1234\"") + &modem("b", &file);
    let mut server = Server::prepare(&settings);
    let own = server.home.settings_file();
    mode(&own, 0o644);
    mode(pin.path(), 0o644);
    fs::create_dir(server.home.log()).unwrap();
    mode(&server.home.log(), 0o755);
    server.restart();
    for path in [own.as_path(), pin.path()] {
        assert_eq!(mode_of(path), 0o600, "{}", path.display());
    }
    assert_eq!(mode_of(&server.home.log()), 0o700);
    let status = server.cli(&["--lang", "en", "status"]);
    let text = String::from_utf8_lossy(&status.stderr).into_owned();
    assert_eq!(text.matches("has been closed").count(), 3, "{text}");
    // The next start finds nothing to say.
    server.kill();
    server.restart();
    let status = server.cli(&["--lang", "en", "status"]);
    let text = String::from_utf8_lossy(&status.stderr).into_owned();
    assert!(!text.contains("closed"), "{text}");
}

#[test]
fn settings_without_a_secret_may_be_read_by_all() {
    let server = Server::start("");
    server.ask(GetStatus {}).unwrap();
    let own = server.home.settings_file();
    assert_ne!(mode_of(&own) & 0o044, 0);
}

#[test]
fn root_does_not_serve_the_home_of_another_account() {
    if !nix::unistd::Uid::effective().is_root() {
        println!("only root can do what is refused here: skipped");
        return;
    }
    let (_folder, home) = home("");
    chown(&home, Some(65_534), None).unwrap();
    let text = refused(&home);
    assert!(text.contains("sudo -u"), "{text}");
    let text = said(&cli(&home, &["--lang", "en", "demo"]));
    assert!(text.contains("sudo -u"), "{text}");
    // Nor does it make one there, whose files the account could not touch.
    let inside = home.join("new");
    assert!(refused(&inside).contains("sudo -u"));
    let text = said(&cli(&inside, &["--lang", "en", "demo"]));
    assert!(text.contains("sudo -u"), "{text}");
    assert_eq!(fs::read_dir(&home).unwrap().count(), 1);
}

#[test]
fn what_belongs_to_another_account_is_not_served() {
    if !nix::unistd::Uid::effective().is_root() {
        println!("only root can give a file away: skipped");
        return;
    }
    for name in ["journal", "sipintar.toml"] {
        let mut server = Server::start("");
        server.kill();
        let path = server.home.dir().join(name);
        chown(&path, Some(65_534), None).unwrap();
        let text = refused(server.home.dir());
        assert!(text.contains("chown root"), "{text}");
    }
}

#[test]
fn a_link_is_not_followed() {
    let letter = tempfile::NamedTempFile::new().unwrap();
    fs::write(letter.path(), "precious").unwrap();
    for name in ["sipintar.lock", "journal", "store", "log"] {
        let (_folder, home) = home("");
        symlink(letter.path(), home.join(name)).unwrap();
        let text = refused(&home);
        assert!(text.contains("is a link"), "{name}: {text}");
        let text = said(&cli(&home, &["--lang", "en", "demo"]));
        assert!(text.contains("is a link"), "{name}: {text}");
    }
    assert_eq!(fs::read_to_string(letter.path()).unwrap(), "precious");
}

#[test]
fn a_server_in_the_background_leaves_nothing_open() {
    let (_folder, dir) = home("");
    let output = cli(&dir, &["demo", "--satker", "2", "--letters", "0"]);
    assert!(output.status.success(), "{output:?}");
    let home = Home::at(&dir);
    let mut client = sipintar::client::Client::connect(&home).unwrap();
    let errors = home.log().join("serve.err");
    let modes = [&home.log(), &errors, &home.lock_file()].map(|path| mode_of(path));
    sipintar::ask::Office::ask(&mut client, StopServer {}).unwrap();
    assert_eq!(modes, [0o700, 0o600, 0o600]);
}

/// The lines of the log, once the server has ended.
fn log_of(home: &Home) -> Vec<String> {
    let mut lines = Vec::new();
    for entry in fs::read_dir(home.log()).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode_of(&path), 0o600, "{}", path.display());
        let text = fs::read_to_string(path).unwrap();
        lines.extend(text.lines().map(str::to_owned));
    }
    lines
}

#[test]
fn a_stranger_cannot_forge_lines_of_the_log_or_fill_it() {
    let server = Server::start("");
    for _ in 0..100 {
        let mut stream = UnixStream::connect(server.home.socket()).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        let version = "1\\n2026-11-24T08:00:00Z ERROR sipintar: forged \\u001b[2J";
        let hello = format!("{{\"hello\":{{\"protocol\":0,\"version\":\"{version}\"}}}}\n");
        stream.write_all(hello.as_bytes()).unwrap();
        // It hangs up when it has dealt with that.
        let _ = stream.read_to_end(&mut Vec::new());
    }
    server.ok(&["stop"]);
    let lines = log_of(&server.home);
    assert!(lines.len() < 60, "{lines:#?}");
    for line in &lines {
        assert!(!line.starts_with("2026-11-24T08:00:00Z"), "{line}");
        assert!(!line.contains(char::is_control), "{line}");
        let time = line.split(' ').next().unwrap();
        assert!(chrono::DateTime::parse_from_rfc3339(time).is_ok(), "{line}");
    }
}

/// What the log is given at its usual level: no telephone number and no text of a message, whatever is masked later.
#[test]
fn no_line_of_the_log_is_given_a_phone_or_a_text() {
    let mut calls = 0;
    visit(Path::new("src"), &mut |path| {
        let source = fs::read_to_string(path).unwrap();
        for level in ["error", "warn", "info"] {
            for call in source.split(&format!("tracing::{level}!(")).skip(1) {
                let fields = without_strings(call);
                for secret in ["phone", "text", "pdu", "body", "words", "password", "pin"] {
                    let named = fields
                        .split(|c: char| !c.is_alphanumeric() && c != '_')
                        .any(|word| word == secret);
                    assert!(!named, "{}: {fields}", path.display());
                }
                calls += 1;
            }
        }
    });
    assert!(calls > 30, "{calls}");
}

/// The arguments of a call, up to its closing bracket, without the sentences in them: these may speak of phones.
fn without_strings(call: &str) -> String {
    let (mut depth, mut in_string) = (0, false);
    call.chars()
        .take_while(|c| {
            depth += match c {
                '(' if !in_string => 1,
                ')' if !in_string => -1,
                _ => 0,
            };
            in_string ^= *c == '"';
            depth >= 0
        })
        .scan(false, |in_string, c| {
            *in_string ^= c == '"';
            Some(if *in_string { ' ' } else { c })
        })
        .collect()
}

fn visit(folder: &Path, see: &mut dyn FnMut(&Path)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            visit(&path, see);
        } else if path.extension().is_some_and(|ending| ending == "rs")
            && !path.ends_with("server/log.rs")
        {
            see(&path);
        }
    }
}

struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_service_manager_is_told_of_start_life_and_end() {
    let (folder, dir) = home("");
    let path = folder.path().join("notify");
    let manager = UnixDatagram::bind(&path).unwrap();
    manager.set_read_timeout(Some(DEADLINE)).unwrap();
    let child = binary()
        .arg("--home")
        .arg(&dir)
        .arg("serve")
        .env("NOTIFY_SOCKET", &path)
        .env("WATCHDOG_USEC", "300000")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let mut served = Served(child.unwrap());
    let wait_for = |wanted: &str| {
        let mut buffer = [0; 200];
        loop {
            let length = manager.recv(&mut buffer).unwrap();
            let told = String::from_utf8_lossy(&buffer[..length]).into_owned();
            if told.lines().any(|line| line == wanted) {
                return;
            }
        }
    };
    wait_for("READY=1");
    // Ready means that whoever comes is served.
    let home = Home::at(&dir);
    let mut client = sipintar::client::Client::connect(&home).unwrap();
    for _ in 0..3 {
        wait_for("WATCHDOG=1");
    }
    sipintar::ask::Office::ask(&mut client, StopServer {}).unwrap();
    wait_for("STOPPING=1");
    assert!(served.0.wait().unwrap().success());
}

/// What systemd itself thinks of the unit that is shipped. The number is its exposure times ten: under 3 is what it calls OK and safe.
#[test]
fn systemd_finds_little_to_say_against_the_unit() {
    let analyze = Command::new("systemd-analyze")
        .args(["security", "--offline=yes", "--threshold=29", "--no-pager"])
        .arg("packaging/sipintar.service")
        .output();
    let Ok(output) = analyze else {
        println!("systemd-analyze is not here: skipped");
        return;
    };
    let text = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    assert!(text.contains("Overall exposure level"), "{text}");
}

#[allow(dead_code, reason = "it has a main of its own")]
#[path = "../../examples/command-line.rs"]
mod command_line;

#[test]
fn every_command_has_a_manual_page_and_can_be_completed() {
    fn pages(command: &clap::Command, name: &str, found: &mut Vec<String>) {
        found.push(format!("{name}.1"));
        for below in command
            .get_subcommands()
            .filter(|below| !below.is_hide_set())
        {
            pages(below, &format!("{name}-{}", below.get_name()), found);
        }
    }
    let folder = tempfile::tempdir().unwrap();
    command_line::write(folder.path()).unwrap();
    let command = sipintar::cli::command();
    let mut wanted = Vec::new();
    pages(&command, "sipintar", &mut wanted);
    assert!(wanted.len() > 50, "{wanted:?}");
    for page in wanted {
        let text = fs::read_to_string(folder.path().join("man").join(&page)).unwrap();
        assert!(text.contains(".SH NAME"), "{page}");
    }
    for name in ["sipintar.bash", "_sipintar", "sipintar.fish"] {
        let text = fs::read_to_string(folder.path().join("completions").join(name)).unwrap();
        for command in command.get_subcommands() {
            assert!(text.contains(command.get_name()), "{name}");
        }
    }
}

/// The package is put together by a list in Cargo.toml that only `cargo deb` reads: what it names must be there.
#[test]
fn what_the_package_takes_along_is_there() {
    #[derive(serde::Deserialize)]
    struct Manifest {
        package: Package,
    }
    #[derive(serde::Deserialize)]
    struct Package {
        metadata: Metadata,
    }
    #[derive(serde::Deserialize)]
    struct Metadata {
        deb: Deb,
    }
    #[derive(serde::Deserialize)]
    struct Deb {
        assets: Vec<[String; 3]>,
    }
    let manifest: Manifest = toml::from_str(&fs::read_to_string("Cargo.toml").unwrap()).unwrap();
    let mut missing = manifest.package.metadata.deb.assets;
    missing.retain(|[from, ..]| {
        let folder = from.rsplit_once('/').map_or(".", |(folder, _)| folder);
        let there = if from.contains('*') { folder } else { from };
        !from.starts_with("target/") && !Path::new(there).exists()
    });
    assert!(missing.is_empty(), "{missing:?}");
}
