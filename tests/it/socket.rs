//! What a stranger may do to the socket.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;

use sipintar::ask::GetStatus;
use sipintar::protocol::MAX_REQUEST;

use crate::support::{DEADLINE, Server};

fn connect(server: &Server) -> (UnixStream, BufReader<UnixStream>) {
    let stream = UnixStream::connect(server.home.socket()).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    let mut lines = BufReader::new(stream.try_clone().unwrap());
    let mut hello = String::new();
    lines.read_line(&mut hello).unwrap();
    assert!(hello.contains("\"protocol\":1"), "{hello}");
    (stream, lines)
}

const HELLO: &[u8] = b"{\"hello\":{\"protocol\":1,\"version\":\"0\"}}\n";

#[test]
fn an_endless_line_is_refused_and_the_server_goes_on() {
    let server = Server::start("");
    let (mut stream, mut lines) = connect(&server);
    stream.write_all(HELLO).unwrap();
    let chunk = vec![b'x'; 1 << 20];
    // The server stops reading at its limit and hangs up; writing on fails then.
    let mut written = 0;
    while written < 2 * MAX_REQUEST && stream.write_all(&chunk).is_ok() {
        written += chunk.len() as u64;
    }
    let mut answer = String::new();
    let _ = lines.read_line(&mut answer);
    assert!(
        answer.is_empty() || answer.contains("line-too-long"),
        "{answer}"
    );
    assert!(written < 2 * MAX_REQUEST, "it never hung up");
    server.ask(GetStatus {}).unwrap();
}

#[test]
fn nonsense_gets_an_answer_and_the_connection_lives() {
    let server = Server::start("");
    let (mut stream, mut lines) = connect(&server);
    stream.write_all(HELLO).unwrap();
    for nonsense in [
        "{",
        "null",
        "[]",
        "{\"ask\":{\"id\":1}}",
        "{\"ask\":{\"id\":1,\"request\":{\"do\":\"dance\",\"with\":{}}}}",
        "\u{1b}[2J",
    ] {
        stream
            .write_all(format!("{nonsense}\n").as_bytes())
            .unwrap();
        let mut answer = String::new();
        lines.read_line(&mut answer).unwrap();
        assert!(answer.contains("line-bad"), "{nonsense}: {answer}");
    }
    stream
        .write_all(b"{\"ask\":{\"id\":7,\"request\":{\"do\":\"get-status\",\"with\":{}}}}\n")
        .unwrap();
    let mut answer = String::new();
    lines.read_line(&mut answer).unwrap();
    assert!(
        answer.contains("\"id\":7") && answer.contains("get-status"),
        "{answer}"
    );
}

#[test]
fn a_client_that_vanishes_in_the_middle_harms_nobody() {
    let server = Server::start("");
    for cut in [1, HELLO.len(), HELLO.len() + 20] {
        let (mut stream, _) = connect(&server);
        let mut bytes = HELLO.to_vec();
        bytes.extend_from_slice(
            b"{\"ask\":{\"id\":1,\"request\":{\"do\":\"get-overview\",\"with\":{}}}}\n",
        );
        stream.write_all(&bytes[..cut]).unwrap();
        drop(stream);
    }
    server.ask(GetStatus {}).unwrap();
}

#[test]
fn another_protocol_is_told_which_side_is_older() {
    let server = Server::start("");
    let (mut stream, mut lines) = connect(&server);
    stream
        .write_all(b"{\"hello\":{\"protocol\":0,\"version\":\"0.0.1\"}}\n")
        .unwrap();
    let mut rest = Vec::new();
    lines.read_to_end(&mut rest).unwrap();
    // The client knows from the server's greeting; the server only hangs up.
    assert!(rest.is_empty());
}

#[test]
fn what_the_server_keeps_is_closed_to_other_accounts_and_its_socket_is_not() {
    use std::os::unix::fs::PermissionsExt;
    let server = Server::start("");
    server.ask(GetStatus {}).unwrap();
    let mode = |path: std::path::PathBuf| {
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        (path, mode & 0o077)
    };
    for kept in [
        server.home.journal(),
        server.home.store(),
        server.home.log(),
    ] {
        assert_eq!(mode(kept.clone()), (kept, 0));
    }
    assert_eq!(mode(server.home.socket()).1, 0o066);
}

#[test]
fn a_key_too_long_for_the_journal_is_refused_and_the_server_can_start_again() {
    let mut server = Server::start("");
    let ask = |length| sipintar::ask::DraftSms {
        to: Some("0812-3456-7890".to_owned()),
        satker: None,
        role: None,
        text: "Uji".to_owned(),
        key: Some("k".repeat(length)),
    };
    for (length, code) in [
        (101, "text-too-long"),
        (3_000, "text-too-long"),
        (100 << 10, "line-too-long"),
        (9 << 20, "line-too-long"),
        (17 << 20, "line-too-long"),
    ] {
        assert_eq!(server.ask(ask(length)).unwrap_err().code, code, "{length}");
    }
    server.kill();
    server.restart();
    server.ask(GetStatus {}).unwrap();
}
