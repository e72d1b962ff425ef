//! What the members of a backup may be called. Everything else is refused: no path of a stranger's ever reaches the disk.

use std::path::PathBuf;

/// Folders whose files a person wrote, and how their names end.
pub const FOLDERS: [(&str, &str); 5] = [
    ("modules", ".toml"),
    ("keymaps", ".toml"),
    ("themes", ".toml"),
    ("locales/id", ".ftl"),
    ("locales/en", ".ftl"),
];

/// Files of the home that a person wrote.
pub const FILES: [&str; 2] = ["sipintar.toml", "holidays.csv"];

/// Longest name of a member, in bytes: so much fits into the header of any `tar`.
pub const NAME_MAX: usize = 100;

/// Most files that a person wrote: each of them costs a restore some milliseconds.
pub const FILES_MAX: usize = 1_000;

/// Most segments of the journal; closed ones hold 16 MiB each, so that no office ever has them.
pub const SEGMENTS_MAX: u32 = 10_000;

/// Largest file that a person wrote, in bytes: no larger one is read anyway.
pub const FILE_MAX: u64 = 1 << 20;

/// Largest manifest, in bytes.
pub const MANIFEST_MAX: u64 = 64 << 20;

/// What a member is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Name {
    /// A segment of the journal, by its number.
    Segment(u32),
    /// A file that a person wrote, by its place in the home.
    File(String),
    /// The manifest.
    Manifest,
}

impl Name {
    /// Reads the name of a member; none where it is not that of a backup.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?;
        if text.len() > NAME_MAX {
            return None;
        }
        if text == "manifest" {
            return Some(Self::Manifest);
        }
        if let Some(stem) = text.strip_prefix("journal/") {
            let number = stem.strip_suffix(".jsonl.gz")?.parse().ok()?;
            return (text == segment(number) && number > 0).then_some(Self::Segment(number));
        }
        if FILES.contains(&text) {
            return Some(Self::File(text.to_owned()));
        }
        let (folder, file) = text.rsplit_once('/')?;
        let (_, ending) = FOLDERS.iter().find(|(name, _)| *name == folder)?;
        let plain = file.len() > ending.len()
            && file.ends_with(ending)
            && !file.starts_with('.')
            && !file.contains(['/', '\\'])
            && !file.chars().any(char::is_control);
        plain.then(|| Self::File(text.to_owned()))
    }

    /// Where it lies in a home.
    pub fn path(&self) -> PathBuf {
        match self {
            Self::Segment(number) => segment(*number).into(),
            Self::File(name) => name.into(),
            Self::Manifest => "manifest".into(),
        }
    }
}

/// Name of a segment's member.
pub fn segment(number: u32) -> String {
    format!("journal/{number:08}.jsonl.gz")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_a_backup_are_names() {
        for name in [
            "manifest",
            "journal/00000001.jsonl.gz",
            "sipintar.toml",
            "holidays.csv",
            "modules/lpj.toml",
            "locales/id/desk.ftl",
        ] {
            assert!(Name::parse(name.as_bytes()).is_some(), "{name}");
        }
        for name in [
            "",
            "/etc/passwd",
            "../sipintar.toml",
            "./sipintar.toml",
            "modules/../../x.toml",
            "modules/.x.toml",
            "modules/.toml",
            "modules/a/b.toml",
            "locales/desk.ftl",
            "locales/../id/desk.ftl",
            "modules/a\n.toml",
            "modules",
            "journal/1.jsonl.gz",
            "journal/00000000.jsonl.gz",
            "journal/00000001.jsonl",
            "journal/manifest",
            "store/db",
        ] {
            assert_eq!(Name::parse(name.as_bytes()), None, "{name}");
        }
        assert_eq!(Name::parse(b"modules/\xff.toml"), None);
    }
}
