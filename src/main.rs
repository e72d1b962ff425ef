//! The `sipintar` program: the desk, the server and the command line in one binary.

fn main() -> std::process::ExitCode {
    sipintar::cli::main()
}
