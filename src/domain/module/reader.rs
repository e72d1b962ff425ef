//! Reading a TOML table key by key, with the place of every mistake.
