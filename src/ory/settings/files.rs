//! Reads servers' files into a project's document.

use super::{
    Left, MOVED, Origin, Server, Settings,
    content::{Contents, embed, wanted},
    left, yaml,
};
use crate::value::Json;
use std::collections::BTreeSet;

/// A configuration file of a server.
pub struct File {
    /// Its name in messages, which may also show its server.
    pub name: String,
    /// Its server.
    pub server: Server,
    config: Json,
}

impl File {
    /// Parses the text of a file. Its server is recognised by the file's name, or else by its content.
    ///
    /// # Errors
    /// If it cannot be parsed, or its server is unknown. The error never shows parts of the text.
    pub fn parse(name: &str, text: &str) -> Result<File, String> {
        let config = yaml::parse(text).map_err(|why| format!("{name} cannot be used: {why}"))?;
        if !config.is_object() {
            return Err(format!("{name} cannot be used: it is not the configuration of a server: it is empty, or not a mapping"));
        }
        let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
        let named = Server::ALL.into_iter().find(|server| file.contains(server.name()));
        let server = named.or_else(|| of_content(&config)).ok_or_else(|| {
            format!("{name} cannot be used: it is unclear which server it is for. Give it a name that contains `kratos`, `hydra` or `keto`")
        })?;
        Ok(File { name: name.to_owned(), server, config })
    }

    /// The URLs whose content is needed to read the file.
    pub fn wants(&self) -> BTreeSet<String> {
        wanted(self.server, &self.config)
    }
}

fn of_content(config: &Json) -> Option<Server> {
    let has = |names: &[&str]| names.iter().any(|name| !config.at(*name).is_null());
    [
        (Server::Kratos, &["selfservice", "identity"][..]),
        (Server::Hydra, &["urls", "oauth2", "oidc", "strategies"]),
        (Server::Keto, &["namespaces"]),
    ]
    .into_iter()
    .find_map(|(server, names)| has(names).then_some(server))
}

/// The settings of the files, as a project's document.
///
/// # Errors
/// If two files are for one server, or content is missing.
pub fn read(files: &[File], contents: &Contents) -> Result<Settings, String> {
    let mut settings = Settings { document: Json::object::<String>([]), ..Settings::default() };
    for (place, file) in files.iter().enumerate() {
        if let Some(other) = files[..place].iter().find(|other| other.server == file.server) {
            return Err(format!(
                "{} and {} are both for {}: give only one file for each server",
                other.name,
                file.name,
                file.server.name()
            ));
        }
        if let Some(url) = file.wants().into_iter().find(|url| !contents.contains_key(url)) {
            return Err(format!("{} refers to {url}, whose content is missing", file.name));
        }
        let mut config = file.config.clone();
        embed(&mut config, contents);
        let own = MOVED.iter().filter(|(server, ..)| *server == file.server);
        let moved: Vec<_> = own.filter_map(|(_, from, to)| Some((from, to, config.remove(*from)?))).collect();
        settings.document.put(file.server.place(), config);
        for (from, to, value) in moved {
            let there = settings.document.at(*to);
            if !there.is_null() && *there != value {
                let why = "a project has one setting for all of its services, and another file has a different value";
                settings.left.push(Left::new(left::named(file.server, from), why));
            } else {
                settings.document.put(*to, value);
                settings.origins.push(Origin { file: file.name.clone(), path: from, place: to });
            }
        }
        settings.origins.push(Origin { file: file.name.clone(), path: "", place: file.server.place() });
    }
    Ok(settings)
}
