//! Writes what a package brings along of the command line, into a folder: manual pages and completions for bash, zsh and fish, all made
//! from the definition that the program itself reads its arguments by, so that they cannot disagree with it.

use std::fs;
use std::io::{Error, ErrorKind, Result};
use std::path::Path;

use clap_complete::Shell;

fn main() -> Result<()> {
    let folder = std::env::args_os().nth(1);
    let folder = folder.ok_or_else(|| Error::new(ErrorKind::InvalidInput, "which FOLDER?"))?;
    write(Path::new(&folder))
}

/// Writes `man/*.1` and `completions/*` into this folder.
///
/// # Errors
/// Those of the file system.
pub fn write(folder: &Path) -> Result<()> {
    let [man, completions] = ["man", "completions"].map(|name| folder.join(name));
    for folder in [&man, &completions] {
        // Pages of commands that are no more must not get into the package.
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        fs::create_dir_all(folder)?;
    }
    clap_mangen::generate_to(sipintar::cli::command(), &man)?;
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
        clap_complete::generate_to(
            shell,
            &mut sipintar::cli::command(),
            "sipintar",
            &completions,
        )?;
    }
    Ok(())
}
