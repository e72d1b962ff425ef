//! The desk: the only part of the program that touches the terminal.

pub mod action;
mod data_file;
pub mod input;
pub mod key;
pub mod keymap;
pub mod theme;

pub use data_file::FileError;
