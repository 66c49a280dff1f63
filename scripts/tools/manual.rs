//! Writes what comes with the command for people and shells, from the command line's own definition:
//! `cargo run --example manual -- DIR` makes `DIR/man/man1` and `DIR/completions`. Not part of the binary.
#![allow(clippy::print_stderr)]

use clap::ValueEnum;
use clap_complete::{Shell, generate_to};
use std::{env, fs, io, path::Path, process::ExitCode};

fn main() -> ExitCode {
    let Some(dir) = env::args_os().nth(1) else {
        eprintln!("usage: manual DIR");
        return ExitCode::from(2);
    };
    match write(Path::new(&dir)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {error}", dir.display());
            ExitCode::FAILURE
        }
    }
}

fn write(dir: &Path) -> io::Result<()> {
    let [pages, completions] = [dir.join("man/man1"), dir.join("completions")];
    fs::create_dir_all(&pages)?;
    fs::create_dir_all(&completions)?;
    clap_mangen::generate_to(janiform::cli::command(), pages)?;
    Shell::value_variants()
        .iter()
        .try_for_each(|shell| generate_to(*shell, &mut janiform::cli::command(), "janiform", &completions).map(drop))
}
