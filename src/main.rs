//! The `sipintar` program: the desk, the server and the command line in one binary.

/// Facts are read in one thread and go into the store in another: the system's allocator makes them wait for each other.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    sipintar::cli::main()
}
