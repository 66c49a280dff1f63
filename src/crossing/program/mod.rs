//! A program as resources, references and variables, with a printer for each language.
