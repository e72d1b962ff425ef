//! What the fuzz targets were shown first, and what they found, run once through the same code (`docs/fuzzing.md`).

#[path = "../../fuzz/src/at.rs"]
mod at;
#[path = "../../fuzz/src/backup.rs"]
mod backup;
#[path = "../../fuzz/src/desk_files.rs"]
mod desk_files;
#[path = "../../fuzz/src/imports.rs"]
mod imports;
#[path = "../../fuzz/src/inbound.rs"]
mod inbound;
#[path = "../../fuzz/src/journal.rs"]
mod journal;
#[path = "../../fuzz/src/lines.rs"]
mod lines;
#[path = "../../fuzz/src/modules.rs"]
mod modules;
#[path = "../../fuzz/src/parts.rs"]
mod parts;
#[path = "../../fuzz/src/pdu.rs"]
mod pdu;
#[path = "../../fuzz/src/settings.rs"]
mod settings;
#[path = "../../fuzz/src/socket.rs"]
mod socket;

use std::path::Path;

fn replay(target: &str, run: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/seeds")
        .join(target);
    let mut count = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let data = std::fs::read(&path).unwrap();
        let outcome = std::panic::catch_unwind(|| run(&data));
        assert!(outcome.is_ok(), "{}", path.display());
        count += 1;
    }
    assert!(count > 0, "{} is empty", folder.display());
}

#[test]
fn the_seeds_of_every_fuzz_target_are_borne() {
    replay("pdu", pdu::run);
    replay("at", at::run);
    replay("inbound", inbound::run);
    replay("lines", lines::run);
    replay("parts", parts::run);
    replay("imports", imports::run);
    replay("settings", settings::run);
    replay("modules", modules::run);
    replay("desk-files", desk_files::run);
    replay("journal", journal::run);
    replay("backup", backup::run);
    replay("socket", socket::run);
}
