//! Configuration files of self-hosted servers, and the content that they refer to: read from this machine, or fetched.

use super::Error;
use crate::{
    crossing::input,
    ory::settings::{self, Contents, File, Settings},
    rest::{Http, HttpOptions},
};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};

/// The maximum length of a schema, in bytes.
const MOST_BYTES: usize = 1 << 20;
/// How long to wait for a schema behind a URL.
const PATIENCE: Duration = Duration::from_secs(10);

/// The settings in the files.
pub async fn read(paths: &[PathBuf]) -> Result<Settings, Error> {
    let (mut files, mut contents) = (Vec::new(), Contents::new());
    for path in paths {
        let text = input::read_text(path).map_err(|error| {
            Error::new(
                format_args!("{} cannot be read: {error}", path.display()),
                "Give the configuration files of the servers, such as kratos.yml.",
            )
        })?;
        let file = File::parse(&path.display().to_string(), &text)
            .map_err(|why| Error::new(why, "Give one file for each server: kratos.yml, hydra.yml, keto.yml."))?;
        for url in file.wants() {
            let content = match url.strip_prefix("file://") {
                Some(named) => beside(path, Path::new(named)),
                None => fetch(&url).await,
            };
            let content = content.map_err(|why| {
                Error::new(
                    format_args!("{} refers to {url}, which cannot be read: {why}", path.display()),
                    "Put a file with this name beside the configuration, or correct the URL.",
                )
            })?;
            contents.insert(url, content);
        }
        files.push(file);
    }
    settings::read(&files, &contents).map_err(|why| Error::new(why, "Give one file for each server: kratos.yml, hydra.yml, keto.yml."))
}

/// The file at the path of its URL or, since that may be a path in a container, the file with the same name beside the
/// configuration.
fn beside(configuration: &Path, named: &Path) -> Result<String, String> {
    let dir = configuration.parent().unwrap_or(Path::new("."));
    let places = [Some(dir.join(named)), named.file_name().map(|name| dir.join(name))];
    let place = places.iter().flatten().find(|place| place.exists()).cloned().unwrap_or_else(|| dir.join(named));
    input::read_text(&place).map_err(|error| error.to_string())
}

async fn fetch(url: &str) -> Result<String, String> {
    let url = url::Url::parse(url).map_err(|why| why.to_string())?;
    Http::new(HttpOptions { timeout: Some(PATIENCE), ..HttpOptions::default() }).fetch_text(&url, MOST_BYTES).await
}
