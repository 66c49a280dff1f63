//! Answers to reads that are kept in a file, so that an interrupted command continues where it was.
//!
//! Owns that file: one answer after the other, each a line that describes it and then its body. If a run ends in the middle of an
//! answer, the answers before it are used. Answers may contain secrets, so only the file's owner can read it; the credentials of a
//! request are in it only as a keyed hash. For commands that only read: no write may depend on such a file.
//! is only in it as a keyed hash. For commands that only read: nothing may be written by what is in such a file.

use super::Reply;
use crate::value::Json;
use aws_lc_rs::{
    hmac::{self, HMAC_SHA256},
    rand,
};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use std::{
    collections::HashMap,
    fs::{File, TryLockError},
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write},
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// The format, named in the first line of the file.
const FORMAT: &str = "janiform-answers-1";
/// The headers of an answer that are kept: no cookies.
const HEADERS: [&str; 3] = ["content-type", "date", "link"];

/// Answers that are kept in a file.
pub struct Answers {
    key: hmac::Key,
    book: Mutex<Book>,
}

struct Book {
    /// Locked until this is dropped.
    file: File,
    end: u64,
    places: HashMap<String, Place>,
    used: Used,
    trouble: Option<String>,
}

/// The place of an answer's body in the file, and what its line says.
#[derive(Clone)]
struct Place {
    at: u64,
    len: usize,
    told: u64,
    status: u16,
    headers: Vec<(&'static str, String)>,
}

/// The answers that were used so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct Used {
    /// Their number.
    pub answers: usize,
    /// The time of the oldest one, in seconds since 1970.
    pub oldest: Option<u64>,
}

impl Answers {
    /// Opens the file, and creates it if it does not exist. Answers older than `oldest` are not used.
    ///
    /// # Errors
    /// If it cannot be read or written, is another kind of file, or another run uses it.
    pub fn open(path: &Path, oldest: Duration) -> io::Result<Answers> {
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(io::Error::new(io::ErrorKind::WouldBlock, "another run uses it")),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        let mut reader = BufReader::new(&file);
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let (key, end, places) = match head(&line) {
            Some(key) => {
                let since = now().saturating_sub(oldest.as_secs());
                let (end, places) = places(&mut reader, line.len() as u64, since)?;
                (key, end, places)
            }
            None if line.is_empty() => {
                let mut key = [0; 32];
                rand::fill(&mut key).map_err(|_| io::Error::other("the system has no random numbers"))?;
                let head = Json::object([("format", Json::from(FORMAT)), ("key", hex(&key).into())]);
                let head = format!("{head}\n");
                file.write_all(head.as_bytes())?;
                (key.to_vec(), head.len() as u64, HashMap::new())
            }
            None => return Err(io::Error::new(io::ErrorKind::InvalidData, "it is no file of answers")),
        };
        // Remove an incomplete answer at the end.
        file.set_len(end)?;
        let book = Book { file, end, places, used: Used::default(), trouble: None };
        Ok(Answers { key: hmac::Key::new(HMAC_SHA256, &key), book: Mutex::new(book) })
    }

    /// Whether the file has no answers.
    pub fn is_empty(&self) -> bool {
        self.book().places.is_empty()
    }

    /// The answers that were used so far.
    pub fn used(&self) -> Used {
        self.book().used
    }

    /// Why answers could not be kept; `None` if they could.
    pub fn trouble(&self) -> Option<String> {
        self.book().trouble.clone()
    }

    /// The name of the answer to a request: a keyed hash of its URL and its credentials.
    pub(super) fn name(&self, parts: &[&[u8]]) -> String {
        let mut hash = hmac::Context::with_key(&self.key);
        for part in parts {
            hash.update(&(part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        hex(hash.sign().as_ref())
    }

    /// The answer with this name.
    pub(super) fn get(&self, name: &str) -> Option<Reply> {
        let mut book = self.book();
        let place = book.places.get(name)?.clone();
        let mut body = vec![0; place.len];
        book.file.seek(SeekFrom::Start(place.at)).ok()?;
        book.file.read_exact(&mut body).ok()?;
        book.used.answers += 1;
        book.used.oldest = Some(book.used.oldest.map_or(place.told, |oldest| oldest.min(place.told)));
        let headers = place.headers.iter();
        let headers = headers.filter_map(|(name, value)| Some((HeaderName::from_static(name), HeaderValue::from_str(value).ok()?)));
        Some(Reply::new(place.status, HeaderMap::from_iter(headers), body))
    }

    /// Keeps the answer. If that fails, `trouble` says why; the command continues.
    pub(super) fn put(&self, name: &str, reply: &Reply) {
        let mut book = self.book();
        if book.trouble.is_none()
            && let Err(error) = book.add(name, reply)
        {
            book.trouble = Some(error.to_string());
        }
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    fn add(&mut self, name: &str, reply: &Reply) -> io::Result<()> {
        let told = now();
        let headers: Vec<_> = HEADERS.iter().filter_map(|header| Some((*header, reply.header(header)?))).collect();
        let said = Json::object([
            ("name", Json::from(name)),
            ("told", told.to_string().into()),
            ("status", i64::from(reply.status).into()),
            ("headers", Json::object(headers.iter().map(|(name, value)| (*name, Json::from(value.as_str()))))),
            ("bytes", reply.body.len().to_string().into()),
        ]);
        let line = format!("{said}\n");
        let place = Place { at: self.end + line.len() as u64, len: reply.body.len(), told, status: reply.status, headers };
        self.file.seek(SeekFrom::Start(self.end))?;
        self.file.write_all(line.as_bytes())?;
        self.file.write_all(&reply.body)?;
        self.file.write_all(b"\n")?;
        self.end = place.at + place.len as u64 + 1;
        self.places.insert(name.to_owned(), place);
        Ok(())
    }
}

/// The key in the first line.
fn head(line: &str) -> Option<Vec<u8>> {
    let head = Json::parse(line.strip_suffix('\n')?).ok()?;
    if head.at("format").as_str() != Some(FORMAT) {
        return None;
    }
    let key = head.at("key").as_str()?.as_bytes();
    key.chunks(2).map(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()).collect()
}

/// The places of the answers after the first line, and the end of the last complete one.
fn places(reader: &mut BufReader<&File>, start: u64, since: u64) -> io::Result<(u64, HashMap<String, Place>)> {
    let (mut end, mut places) = (start, HashMap::new());
    let size = reader.get_ref().metadata()?.len();
    loop {
        let mut line = Vec::new();
        let length = reader.read_until(b'\n', &mut line)? as u64;
        let Some((name, place)) = line.strip_suffix(b"\n").and_then(|line| place(line, end + length)) else { break };
        let next = place.at + place.len as u64;
        if next >= size {
            break;
        }
        reader.seek_relative(i64::try_from(place.len).map_err(io::Error::other)?)?;
        let mut last = [0];
        reader.read_exact(&mut last)?;
        if last != *b"\n" {
            break;
        }
        end = next + 1;
        if place.told >= since {
            places.insert(name, place);
        } else {
            places.remove(&name);
        }
    }
    Ok((end, places))
}

fn place(line: &[u8], at: u64) -> Option<(String, Place)> {
    let said = Json::parse(line).ok()?;
    let number = |name: &str| said.at(name).as_str()?.parse::<u64>().ok();
    let headers = HEADERS.iter().filter_map(|name| Some((*name, said.at("headers").get(name)?.as_str()?.to_owned())));
    let place = Place {
        at,
        len: usize::try_from(number("bytes")?).ok()?,
        told: number("told")?,
        status: u16::try_from(said.at("status").as_i64()?).ok()?,
        headers: headers.collect(),
    };
    Some((said.at("name").as_str()?.to_owned(), place))
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    const DAY: Duration = Duration::from_secs(86_400);

    fn reply(body: &str) -> Reply {
        let mut headers = HeaderMap::new();
        headers.insert("link", "</a?page_token=b>; rel=\"next\"".parse().unwrap());
        headers.insert("set-cookie", "a=secret".parse().unwrap());
        Reply::new(200, headers, body.as_bytes().to_vec())
    }

    #[test]
    fn what_is_whole_is_there_after_a_break_and_the_rest_is_asked_anew() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("answers");
        let answers = Answers::open(&path, DAY).unwrap();
        let [first, second] = ["https://a.example/1", "https://a.example/2"].map(|url| answers.name(&[url.as_bytes(), b"Bearer key"]));
        answers.put(&first, &reply("[1,\n2]"));
        answers.put(&second, &reply("[3]"));
        assert!(Answers::open(&path, DAY).is_err(), "one run at a time");
        drop(answers);
        let text = fs::read_to_string(&path).unwrap();
        assert!(!text.contains("Bearer") && !text.contains("secret") && !text.contains("a.example"), "{text}");
        let whole = fs::metadata(&path).unwrap().len();
        for cut in 1..20 {
            fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(whole - cut).unwrap();
            let answers = Answers::open(&path, DAY).unwrap();
            let kept = answers.get(&first).unwrap();
            assert_eq!((kept.status, kept.body.as_slice()), (200, &b"[1,\n2]"[..]));
            assert_eq!(kept.next_page().unwrap(), [("page_token".to_owned(), "b".to_owned())]);
            assert!(answers.get(&second).is_none(), "cut by {cut}");
            answers.put(&second, &reply("[3]"));
            assert_eq!(answers.get(&second).unwrap().body, b"[3]");
            assert_eq!(answers.used().answers, 2);
        }
        assert_eq!(fs::metadata(&path).unwrap().len(), whole);
    }

    #[test]
    fn what_is_too_old_or_of_somebody_else_is_not_used() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("answers");
        let answers = Answers::open(&path, DAY).unwrap();
        let name = answers.name(&[b"https://a.example/", b"Bearer one"]);
        assert_ne!(name, answers.name(&[b"https://a.example/", b"Bearer two"]));
        answers.put(&name, &reply("[]"));
        drop(answers);
        let text = fs::read_to_string(&path).unwrap();
        let told = text.split_once("\"told\":\"").unwrap().1.split_once('"').unwrap().0;
        let long_ago = format!("{}", told.parse::<u64>().unwrap() - 90_000);
        fs::write(&path, text.replace(told, &long_ago)).unwrap();
        assert!(Answers::open(&path, DAY).unwrap().get(&name).is_none());
        fs::write(&path, "# a plan\n").unwrap();
        assert!(Answers::open(&path, DAY).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "# a plan\n");
    }
}
